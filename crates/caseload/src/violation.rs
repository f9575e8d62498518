//! What was wrong: one broken rule each, with a stable code, typed parameters and a plain text.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::{AssignmentId, Day, EnrollmentId, Error, Kind, ProgramId, StaffId};

/// The order in which rules are asked: a phase with violations ends the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Is it readable at all?
    Input,
    /// May such a row stand in a batch?
    Batch,
    /// Is the command sound in itself?
    Shape,
    /// Does what it names exist, and is it open for this?
    References,
    /// May the actor do it?
    Rights,
    /// Is what it changes in a state to be changed so?
    State,
    /// Does it agree with the enrollments?
    Enrollment,
    /// Does it agree with the other assignments of the timeline?
    Timeline,
    /// Does it stay within the program's limits?
    Limits,
    /// Not a rule: worth saying about an accepted command.
    Notice,
}

impl Phase {
    /// The word of the contract for it.
    pub const fn word(self) -> &'static str {
        match self {
            Phase::Input => "input",
            Phase::Batch => "batch",
            Phase::Shape => "shape",
            Phase::References => "references",
            Phase::Rights => "rights",
            Phase::State => "state",
            Phase::Enrollment => "enrollment",
            Phase::Timeline => "timeline",
            Phase::Limits => "limits",
            Phase::Notice => "notice",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $word:literal $phase:ident,)*) => {
        /// The stable name of a rule. Codes are words, never renumbered and never reused.
        ///
        /// ```
        /// use caseload::{Code, Phase};
        /// assert_eq!(Code::OutOfOrder.word(), "out-of-order");
        /// assert_eq!(Code::OutOfOrder.phase(), Phase::Timeline);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $word, "`")] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the contract's table.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// The code itself, as it stands in answers and in the table.
            pub const fn word(self) -> &'static str {
                match self { $(Code::$variant => $word,)* }
            }

            /// The phase in which the rule is asked.
            pub const fn phase(self) -> Phase {
                match self { $(Code::$variant => Phase::$phase,)* }
            }
        }
    };
}

codes! {
    InputDate "input-date" Input,
    InputId "input-id" Input,
    InputCommand "input-command" Input,
    RequestReused "request-reused" Input,
    TooLarge "too-large" Input,
    RowKind "row-kind" Batch,
    HistoryRow "history-row" Batch,
    RowRefused "row-refused" Batch,
    EndBeforeStart "end-before-start" Shape,
    ZeroDayPeriod "zero-day-period" Shape,
    ReasonRequired "reason-required" Shape,
    SameStaff "same-staff" Shape,
    RoleRequired "role-required" Shape,
    RoleNotListed "role-not-listed" Shape,
    UnknownProgram "unknown-program" References,
    UnknownStaff "unknown-staff" References,
    UnknownActor "unknown-actor" References,
    UnknownEnrollment "unknown-enrollment" References,
    UnknownAssignment "unknown-assignment" References,
    UnknownParticipant "unknown-participant" References,
    IdTaken "id-taken" References,
    ProgramClosed "program-closed" References,
    StaffInactive "staff-inactive" References,
    OwnRightMissing "own-right-missing" Rights,
    OthersRightMissing "others-right-missing" Rights,
    CorrectRightMissing "correct-right-missing" Rights,
    EnrollRightMissing "enroll-right-missing" Rights,
    AdministerRightMissing "administer-right-missing" Rights,
    AssignmentEnded "assignment-ended" State,
    EnrollmentEnded "enrollment-ended" State,
    AssignmentNotCurrent "assignment-not-current" State,
    EnrollmentNotCurrent "enrollment-not-current" State,
    NothingToTransfer "nothing-to-transfer" State,
    OpenAssignmentsRemain "open-assignments-remain" State,
    NothingToReinstate "nothing-to-reinstate" State,
    NotEnrolled "not-enrolled" Enrollment,
    OutsideEnrollment "outside-enrollment" Enrollment,
    EnrollmentNotStarted "enrollment-not-started" Enrollment,
    EnrollmentOverlaps "enrollment-overlaps" Enrollment,
    AssignmentOutside "assignment-outside" Enrollment,
    AlreadyAssigned "already-assigned" Timeline,
    OutOfOrder "out-of-order" Timeline,
    PlannedStart "planned-start" Timeline,
    PrimaryHeld "primary-held" Timeline,
    TooManyStaff "too-many-staff" Limits,
    CaseloadFull "caseload-full" Limits,
    ClockBehind "clock-behind" Notice,
    LeftBehind "left-behind" Notice,
    Misplaced "misplaced" Notice,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether a line still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It counts.
    Current,
    /// A correction took its place.
    Superseded,
    /// It counts for nothing.
    Voided,
}

impl Status {
    /// The word of the contract for it.
    pub const fn word(self) -> &'static str {
        match self {
            Status::Current => "current",
            Status::Superseded => "superseded",
            Status::Voided => "voided",
        }
    }
}

/// What is wrong: the code with its typed parameters.
///
/// As JSON it is an object with the key `code` and one key for each parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "the parameters are those of the code's row in docs/rules.md")]
pub enum Problem {
    InputDate,
    InputId,
    InputCommand {
        what: Cow<'static, str>,
    },
    RequestReused,
    TooLarge {
        what: Cow<'static, str>,
        max: u64,
    },
    RowKind,
    HistoryRow {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start: Option<Day>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end: Option<Day>,
        on: Day,
    },
    RowRefused {
        rows: Vec<u32>,
    },
    EndBeforeStart {
        start: Day,
        end: Day,
    },
    ZeroDayPeriod {
        day: Day,
    },
    ReasonRequired,
    SameStaff {
        staff: StaffId,
    },
    RoleRequired {
        roles: Vec<String>,
    },
    RoleNotListed {
        role: String,
        roles: Vec<String>,
    },
    UnknownProgram {
        id: String,
    },
    UnknownStaff {
        id: String,
    },
    UnknownActor {
        id: String,
    },
    UnknownEnrollment {
        id: String,
    },
    UnknownAssignment {
        id: String,
    },
    UnknownParticipant {
        id: String,
    },
    IdTaken {
        id: String,
    },
    ProgramClosed {
        program: ProgramId,
    },
    StaffInactive {
        staff: StaffId,
    },
    OwnRightMissing {
        program: ProgramId,
    },
    OthersRightMissing {
        program: ProgramId,
        staff: StaffId,
    },
    CorrectRightMissing {
        program: ProgramId,
    },
    EnrollRightMissing {
        program: ProgramId,
    },
    AdministerRightMissing {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        program: Option<ProgramId>,
    },
    AssignmentEnded {
        id: AssignmentId,
        end: Day,
    },
    EnrollmentEnded {
        id: EnrollmentId,
        end: Day,
    },
    AssignmentNotCurrent {
        id: AssignmentId,
        status: Status,
    },
    EnrollmentNotCurrent {
        id: EnrollmentId,
        status: Status,
    },
    NothingToTransfer {
        staff: StaffId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        program: Option<ProgramId>,
    },
    OpenAssignmentsRemain {
        assignments: Vec<AssignmentId>,
    },
    NothingToReinstate {
        id: EnrollmentId,
    },
    NotEnrolled {
        participant: String,
        program: ProgramId,
    },
    OutsideEnrollment {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earliest_start: Option<Day>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        latest_end: Option<Day>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enrollment: Option<EnrollmentId>,
    },
    EnrollmentNotStarted {
        enrollment: EnrollmentId,
        start: Day,
    },
    EnrollmentOverlaps {
        /// Left out where the actor may not learn of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enrollment: Option<EnrollmentId>,
    },
    AssignmentOutside {
        assignments: Vec<AssignmentId>,
    },
    AlreadyAssigned {
        assignment: AssignmentId,
    },
    OutOfOrder {
        assignment: AssignmentId,
        earliest_start: Day,
    },
    PlannedStart {
        start: Day,
        on: Day,
    },
    PrimaryHeld {
        assignment: AssignmentId,
    },
    TooManyStaff {
        day: Day,
        count: u32,
        max: u32,
    },
    CaseloadFull {
        staff: StaffId,
        day: Day,
        count: u32,
        max: u32,
    },
    ClockBehind {
        seconds: u64,
    },
    LeftBehind,
    Misplaced,
}

impl Problem {
    /// The stable code.
    pub const fn code(&self) -> Code {
        match self {
            Problem::InputDate => Code::InputDate,
            Problem::InputId => Code::InputId,
            Problem::InputCommand { .. } => Code::InputCommand,
            Problem::RequestReused => Code::RequestReused,
            Problem::TooLarge { .. } => Code::TooLarge,
            Problem::RowKind => Code::RowKind,
            Problem::HistoryRow { .. } => Code::HistoryRow,
            Problem::RowRefused { .. } => Code::RowRefused,
            Problem::EndBeforeStart { .. } => Code::EndBeforeStart,
            Problem::ZeroDayPeriod { .. } => Code::ZeroDayPeriod,
            Problem::ReasonRequired => Code::ReasonRequired,
            Problem::SameStaff { .. } => Code::SameStaff,
            Problem::RoleRequired { .. } => Code::RoleRequired,
            Problem::RoleNotListed { .. } => Code::RoleNotListed,
            Problem::UnknownProgram { .. } => Code::UnknownProgram,
            Problem::UnknownStaff { .. } => Code::UnknownStaff,
            Problem::UnknownActor { .. } => Code::UnknownActor,
            Problem::UnknownEnrollment { .. } => Code::UnknownEnrollment,
            Problem::UnknownAssignment { .. } => Code::UnknownAssignment,
            Problem::UnknownParticipant { .. } => Code::UnknownParticipant,
            Problem::IdTaken { .. } => Code::IdTaken,
            Problem::ProgramClosed { .. } => Code::ProgramClosed,
            Problem::StaffInactive { .. } => Code::StaffInactive,
            Problem::OwnRightMissing { .. } => Code::OwnRightMissing,
            Problem::OthersRightMissing { .. } => Code::OthersRightMissing,
            Problem::CorrectRightMissing { .. } => Code::CorrectRightMissing,
            Problem::EnrollRightMissing { .. } => Code::EnrollRightMissing,
            Problem::AdministerRightMissing { .. } => Code::AdministerRightMissing,
            Problem::AssignmentEnded { .. } => Code::AssignmentEnded,
            Problem::EnrollmentEnded { .. } => Code::EnrollmentEnded,
            Problem::AssignmentNotCurrent { .. } => Code::AssignmentNotCurrent,
            Problem::EnrollmentNotCurrent { .. } => Code::EnrollmentNotCurrent,
            Problem::NothingToTransfer { .. } => Code::NothingToTransfer,
            Problem::OpenAssignmentsRemain { .. } => Code::OpenAssignmentsRemain,
            Problem::NothingToReinstate { .. } => Code::NothingToReinstate,
            Problem::NotEnrolled { .. } => Code::NotEnrolled,
            Problem::OutsideEnrollment { .. } => Code::OutsideEnrollment,
            Problem::EnrollmentNotStarted { .. } => Code::EnrollmentNotStarted,
            Problem::EnrollmentOverlaps { .. } => Code::EnrollmentOverlaps,
            Problem::AssignmentOutside { .. } => Code::AssignmentOutside,
            Problem::AlreadyAssigned { .. } => Code::AlreadyAssigned,
            Problem::OutOfOrder { .. } => Code::OutOfOrder,
            Problem::PlannedStart { .. } => Code::PlannedStart,
            Problem::PrimaryHeld { .. } => Code::PrimaryHeld,
            Problem::TooManyStaff { .. } => Code::TooManyStaff,
            Problem::CaseloadFull { .. } => Code::CaseloadFull,
            Problem::ClockBehind { .. } => Code::ClockBehind,
            Problem::LeftBehind => Code::LeftBehind,
            Problem::Misplaced => Code::Misplaced,
        }
    }

    /// `unknown-...` of a kind.
    pub(crate) fn unknown(kind: Kind, id: &str) -> Problem {
        let id = id.to_owned();
        match kind {
            Kind::Participant => Problem::UnknownParticipant { id },
            Kind::Staff => Problem::UnknownStaff { id },
            Kind::Program => Problem::UnknownProgram { id },
            Kind::Enrollment => Problem::UnknownEnrollment { id },
            Kind::Assignment => Problem::UnknownAssignment { id },
        }
    }
}

/// One line for people, in English, without ids: code and parameters are for programs and translators.
impl fmt::Display for Problem {
    #[expect(clippy::too_many_lines, reason = "one line a code")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::InputDate => f.write_str("is not a day; write it as YYYY-MM-DD"),
            Problem::InputId => f.write_str(
                "is not an id; use 1 to 128 bytes without control characters or white space at an end",
            ),
            Problem::InputCommand { what } => f.write_str(what),
            Problem::RequestReused => {
                f.write_str("this request id was used for another command; take a new one")
            }
            Problem::TooLarge { what, max } => write!(f, "{what} is over the limit of {max}"),
            Problem::RowKind => f.write_str("a batch takes only assign and end_assignment rows"),
            Problem::HistoryRow { start: Some(start), on, .. } => {
                write!(f, "starts on {start}, before {on}; this program takes no history in a batch")
            }
            Problem::HistoryRow { end, on, .. } => match end {
                Some(end) => write!(
                    f,
                    "is over on {end}, not after {on}; this program takes no closed history in a batch"
                ),
                None => f.write_str("this program takes no history in a batch"),
            },
            Problem::RowRefused { rows } => {
                write!(f, "{} of the rows were refused, so nothing was stored", rows.len())
            }
            Problem::EndBeforeStart { start, end } => {
                write!(f, "the end {end} is before the start {start}")
            }
            Problem::ZeroDayPeriod { day } => {
                write!(f, "starts and ends on {day}; this program takes no zero-day periods")
            }
            Problem::ReasonRequired => f.write_str("say why: a reason is required"),
            Problem::SameStaff { .. } => f.write_str("giver and receiver are the same staff member"),
            Problem::RoleRequired { .. } => f.write_str("this program requires one of its roles"),
            Problem::RoleNotListed { .. } => f.write_str("the role is not one of the program's"),
            Problem::UnknownProgram { .. } => f.write_str("no such program"),
            Problem::UnknownStaff { .. } => f.write_str("no such staff member"),
            Problem::UnknownActor { .. } => f.write_str("the actor is not a registered staff member"),
            Problem::UnknownEnrollment { .. } => f.write_str("no such enrollment"),
            Problem::UnknownAssignment { .. } => f.write_str("no such assignment"),
            Problem::UnknownParticipant { .. } => f.write_str("no such participant"),
            Problem::IdTaken { .. } => f.write_str("the id was used before; ids are never reused"),
            Problem::ProgramClosed { .. } => f.write_str("the program is closed; reopen it first"),
            Problem::StaffInactive { .. } => {
                f.write_str("the staff member is deactivated; reactivate them first")
            }
            Problem::OwnRightMissing { .. } => {
                f.write_str("the actor may not change their own caseload in this program")
            }
            Problem::OthersRightMissing { .. } => {
                f.write_str("the actor may not change other people's caseloads in this program")
            }
            Problem::CorrectRightMissing { .. } => {
                f.write_str("the actor may not correct or void in this program")
            }
            Problem::EnrollRightMissing { .. } => {
                f.write_str("the actor may not change enrollments in this program")
            }
            Problem::AdministerRightMissing { program: Some(_) } => {
                f.write_str("the actor may not administer this program")
            }
            Problem::AdministerRightMissing { program: None } => {
                f.write_str("the actor may not administer every program")
            }
            Problem::AssignmentEnded { end, .. } => {
                write!(f, "the assignment has the end {end} already; correct it instead")
            }
            Problem::EnrollmentEnded { end, .. } => {
                write!(f, "the enrollment has the end {end} already; correct it instead")
            }
            Problem::AssignmentNotCurrent { status, .. } => {
                write!(f, "the assignment is {}", status.word())
            }
            Problem::EnrollmentNotCurrent { status, .. } => {
                write!(f, "the enrollment is {}", status.word())
            }
            Problem::NothingToTransfer { .. } => {
                f.write_str("the staff member has no open assignment that could be transferred")
            }
            Problem::OpenAssignmentsRemain { .. } => {
                f.write_str("assignments still cover today or later; transfer or end them first")
            }
            Problem::NothingToReinstate { .. } => f.write_str("the enrollment was not dismissed"),
            Problem::NotEnrolled { .. } => {
                f.write_str("the participant has no enrollment in this program")
            }
            Problem::OutsideEnrollment { earliest_start, latest_end, .. } => {
                f.write_str("no single enrollment covers every day")?;
                if let Some(day) = earliest_start {
                    write!(f, "; the earliest start is {day}")?;
                }
                if let Some(day) = latest_end {
                    write!(f, "; the latest end is {day}")?;
                }
                Ok(())
            }
            Problem::EnrollmentNotStarted { start, .. } => {
                write!(f, "the enrollment starts only on {start}; assign from that day on")
            }
            Problem::EnrollmentOverlaps { .. } => {
                f.write_str("another enrollment in this program shares a day")
            }
            Problem::AssignmentOutside { assignments } => {
                write!(f, "{} assignments would lie outside their enrollment", assignments.len())
            }
            Problem::AlreadyAssigned { .. } => {
                f.write_str("the staff member has this participant on one of these days already")
            }
            Problem::OutOfOrder { earliest_start, .. } => {
                write!(f, "a later start was entered before; start on {earliest_start} or later")
            }
            Problem::PlannedStart { start, on } => {
                write!(f, "starts on {start}, after {on}; this program takes no planned starts")
            }
            Problem::PrimaryHeld { .. } => {
                f.write_str("another primary caseworker is assigned on one of these days")
            }
            Problem::TooManyStaff { day, count, max } => {
                write!(f, "{count} staff on {day}; this program allows {max} for one participant")
            }
            Problem::CaseloadFull { day, count, max, .. } => {
                write!(f, "this makes a caseload of {count} on {day}; this program's limit is {max}")
            }
            Problem::ClockBehind { seconds } => {
                write!(f, "the store's clock is {seconds} seconds behind the last entry")
            }
            Problem::LeftBehind => f.write_str("some assignments stayed as they were"),
            Problem::Misplaced => f.write_str("some assignments lie outside their enrollment now"),
        }
    }
}

/// The nearest value of a field that would pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nearest {
    /// The field of the command.
    pub field: Cow<'static, str>,
    /// The day that would pass there.
    pub day: Day,
}

/// One broken rule: its code and parameters, the command's fields it concerns, and in a batch the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Violation {
    /// The code with its parameters.
    #[serde(flatten)]
    pub problem: Problem,
    /// The names of the command's fields that it concerns.
    pub fields: Vec<Cow<'static, str>>,
    /// The nearest value that would pass, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// The row, from 1, of a batch or of mirrored rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
}

impl Violation {
    /// A problem and the command's fields it concerns.
    pub fn new(problem: Problem, fields: &[&'static str]) -> Violation {
        let fields = fields.iter().map(|&field| Cow::Borrowed(field)).collect();
        Violation { problem, fields, nearest: None, row: None }
    }

    /// With the nearest day that would pass.
    pub(crate) fn nearest(mut self, field: &'static str, day: Option<Day>) -> Violation {
        self.nearest = day.map(|day| Nearest { field: Cow::Borrowed(field), day });
        self
    }

    /// With the row it was found in.
    pub(crate) fn in_row(mut self, row: u32) -> Violation {
        self.row = Some(row);
        self
    }

    /// The stable code.
    pub const fn code(&self) -> Code {
        self.problem.code()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}, ")?;
        }
        if !self.fields.is_empty() {
            write!(f, "{}: ", self.fields.join(", "))?;
        }
        write!(f, "{} ({})", self.problem, self.code())
    }
}

fn listed(f: &mut fmt::Formatter<'_>, what: &str, violations: &[Violation]) -> fmt::Result {
    f.write_str(what)?;
    for (index, violation) in violations.iter().enumerate() {
        write!(f, "{} {violation}", if index == 0 { ":" } else { ";" })?;
    }
    Ok(())
}

/// A value could not be read: every bad field at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InputError {
    /// What was unreadable, field by field; never empty.
    pub violations: Vec<Violation>,
}

impl InputError {
    /// One unreadable thing and the fields it concerns.
    pub(crate) fn new(problem: Problem, fields: &[&'static str]) -> InputError {
        InputError { violations: vec![Violation::new(problem, fields)] }
    }

    /// `input-command` for everything at once.
    pub(crate) fn command_as_a_whole(what: &'static str) -> InputError {
        InputError::new(Problem::InputCommand { what: Cow::Borrowed(what) }, &[])
    }

    /// `input-command` for one field.
    pub(crate) fn command(field: &'static str, what: &'static str) -> InputError {
        InputError::new(Problem::InputCommand { what: Cow::Borrowed(what) }, &[field])
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        listed(f, "unreadable input", &self.violations)
    }
}

/// A command broke at least one rule: nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Every violation of the first broken phase; never empty.
    pub violations: Vec<Violation>,
    /// The verdicts of a batch's rows; empty for every other command.
    pub rows: Vec<RowVerdict>,
}

impl Refusal {
    pub(crate) fn new(violations: Vec<Violation>) -> Refusal {
        Refusal { violations, rows: Vec::new() }
    }

    /// An unreadable command is an input error, everything else a refusal.
    pub(crate) fn into_error(self) -> Error {
        let unreadable = |violation: &Violation| violation.code().phase() == Phase::Input;
        if self.violations.iter().any(unreadable) {
            Error::Input(InputError { violations: self.violations })
        } else {
            Error::Refused(self)
        }
    }

    /// The codes, in order.
    pub fn codes(&self) -> Vec<Code> {
        self.violations.iter().map(Violation::code).collect()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        listed(f, "refused", &self.violations)
    }
}

/// What the rules say of one row of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowVerdict {
    /// The row, from 1.
    pub row: u32,
    /// Why it would not pass; empty if it would.
    pub violations: Vec<Violation>,
}

/// Something worth saying about an accepted command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Notice {
    /// The code with its parameters.
    pub problem: Problem,
}

impl Notice {
    /// The stable code.
    pub const fn code(&self) -> Code {
        self.problem.code()
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.problem, self.code())
    }
}

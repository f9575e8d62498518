//! Broken rules and notices: code, typed parameters, fields, row and text.

use caseload::Problem as Core;

use crate::{
    id::{AssignmentId, EnrollmentId, ProgramId, StaffId},
    policy::choices,
    reading::counted,
    time::Day,
};

choices! {
    /// Whether a line still counts.
    Status {
        /// It counts.
        Current,
        /// A correction took its place.
        Superseded,
        /// It counts for nothing.
        Voided,
    }
}

/// What is wrong, or worth saying: the code with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Problem {
    /// `input-date`: a value is no day.
    InputDate,
    /// `input-id`: a text is no id.
    InputId,
    /// `input-command`: something else cannot be read.
    InputCommand {
        /// What it is about, in words.
        what: String,
    },
    /// `request-reused`: the request id was used for another command.
    RequestReused,
    /// `too-large`: over a limit.
    TooLarge {
        /// What it is about, in words.
        what: String,
        /// The most that is allowed.
        max: i64,
    },
    /// `row-kind`: a row that neither begins nor ends an assignment.
    RowKind,
    /// `history-row`: the program takes no such history in a batch.
    HistoryRow {
        /// The start, where there is one.
        start: Option<Day>,
        /// The end, where there is one.
        end: Option<Day>,
        /// The day on which the command was given.
        on: Day,
    },
    /// `row-refused`: some rows were refused, so nothing was stored.
    RowRefused {
        /// The rows, from 1.
        rows: Vec<i64>,
    },
    /// `end-before-start`: the end is before the start.
    EndBeforeStart {
        /// The start.
        start: Day,
        /// The end.
        end: Day,
    },
    /// `zero-day-period`: the program takes no periods that cover no day.
    ZeroDayPeriod {
        /// The day.
        day: Day,
    },
    /// `reason-required`: say why.
    ReasonRequired,
    /// `same-staff`: giver and receiver are one.
    SameStaff {
        /// The staff member.
        staff: StaffId,
    },
    /// `role-required`: the program requires one of its roles.
    RoleRequired {
        /// The program's roles.
        roles: Vec<String>,
    },
    /// `role-not-listed`: the role is none of the program's.
    RoleNotListed {
        /// The role that was given.
        role: String,
        /// The program's roles.
        roles: Vec<String>,
    },
    /// `unknown-program`: not defined.
    UnknownProgram {
        /// The id.
        id: String,
    },
    /// `unknown-staff`: not registered.
    UnknownStaff {
        /// The id.
        id: String,
    },
    /// `unknown-actor`: not registered.
    UnknownActor {
        /// The id.
        id: String,
    },
    /// `unknown-enrollment`: no such enrollment.
    UnknownEnrollment {
        /// The id.
        id: String,
    },
    /// `unknown-assignment`: no such assignment.
    UnknownAssignment {
        /// The id.
        id: String,
    },
    /// `unknown-participant`: nobody of this id.
    UnknownParticipant {
        /// The id.
        id: String,
    },
    /// `id-taken`: an id is never used twice.
    IdTaken {
        /// The id.
        id: String,
    },
    /// `program-closed`: it takes nothing new.
    ProgramClosed {
        /// The program.
        program: ProgramId,
    },
    /// `staff-inactive`: deactivated.
    StaffInactive {
        /// The staff member.
        staff: StaffId,
    },
    /// `own-right-missing`: the actor may not change their own caseload there.
    OwnRightMissing {
        /// The program.
        program: ProgramId,
    },
    /// `others-right-missing`: the actor may not change other people's caseloads there.
    OthersRightMissing {
        /// The program.
        program: ProgramId,
        /// The staff member.
        staff: StaffId,
    },
    /// `correct-right-missing`: the actor may not correct or void there.
    CorrectRightMissing {
        /// The program.
        program: ProgramId,
    },
    /// `enroll-right-missing`: the actor may not change enrollments there.
    EnrollRightMissing {
        /// The program.
        program: ProgramId,
    },
    /// `administer-right-missing`: the actor may not administer the program, or every program.
    AdministerRightMissing {
        /// The program, where there is one.
        program: Option<ProgramId>,
    },
    /// `assignment-ended`: it has an end already.
    AssignmentEnded {
        /// The id.
        id: AssignmentId,
        /// The end.
        end: Day,
    },
    /// `enrollment-ended`: it has an end already.
    EnrollmentEnded {
        /// The id.
        id: EnrollmentId,
        /// The end.
        end: Day,
    },
    /// `assignment-not-current`: it was superseded or voided.
    AssignmentNotCurrent {
        /// The id.
        id: AssignmentId,
        /// Whether the line counts.
        status: Status,
    },
    /// `enrollment-not-current`: it was superseded or voided.
    EnrollmentNotCurrent {
        /// The id.
        id: EnrollmentId,
        /// Whether the line counts.
        status: Status,
    },
    /// `nothing-to-transfer`: nothing open-ended is in scope.
    NothingToTransfer {
        /// The staff member.
        staff: StaffId,
        /// The program, where there is one.
        program: Option<ProgramId>,
    },
    /// `open-assignments-remain`: assignments still cover today or later.
    OpenAssignmentsRemain {
        /// The assignments.
        assignments: Vec<AssignmentId>,
    },
    /// `nothing-to-reinstate`: the enrollment was not dismissed.
    NothingToReinstate {
        /// The id.
        id: EnrollmentId,
    },
    /// `not-enrolled`: no enrollment in the program.
    NotEnrolled {
        /// The participant.
        participant: String,
        /// The program.
        program: ProgramId,
    },
    /// `outside-enrollment`: no single enrollment covers every day.
    OutsideEnrollment {
        /// The earliest start that would pass, where there is one.
        earliest_start: Option<Day>,
        /// The latest end that would pass, where there is one.
        latest_end: Option<Day>,
        /// The enrollment, where there is one.
        enrollment: Option<EnrollmentId>,
    },
    /// `enrollment-not-started`: the enrollment starts after today.
    EnrollmentNotStarted {
        /// The enrollment.
        enrollment: EnrollmentId,
        /// The start.
        start: Day,
    },
    /// `enrollment-overlaps`: another enrollment shares a day; it is left out where the actor may not learn of it.
    EnrollmentOverlaps {
        /// The enrollment, where there is one.
        enrollment: Option<EnrollmentId>,
    },
    /// `assignment-outside`: an assignment would lie outside its enrollment.
    AssignmentOutside {
        /// The assignments.
        assignments: Vec<AssignmentId>,
    },
    /// `already-assigned`: the same staff would hold the participant twice on a day.
    AlreadyAssigned {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// `out-of-order`: a later start was entered before.
    OutOfOrder {
        /// The assignment.
        assignment: AssignmentId,
        /// The earliest start that would pass.
        earliest_start: Day,
    },
    /// `planned-start`: the program takes no start after today.
    PlannedStart {
        /// The start.
        start: Day,
        /// The day on which the command was given.
        on: Day,
    },
    /// `primary-held`: another primary caseworker shares a day.
    PrimaryHeld {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// `too-many-staff`: more staff on a day than the program allows.
    TooManyStaff {
        /// The day.
        day: Day,
        /// How many there would be.
        count: i64,
        /// The most that is allowed.
        max: i64,
    },
    /// `caseload-full`: more assignments than the program's limit.
    CaseloadFull {
        /// The staff member.
        staff: StaffId,
        /// The day.
        day: Day,
        /// How many there would be.
        count: i64,
        /// The most that is allowed.
        max: i64,
    },
    /// `clock-behind`: the store's clock is behind the last entry.
    ClockBehind {
        /// By how many seconds.
        seconds: i64,
    },
    /// `left-behind`: some assignments stayed as they were.
    LeftBehind,
    /// `misplaced`: some assignments lie outside their enrollment now.
    Misplaced,
}

impl From<&Core> for Problem {
    #[expect(clippy::too_many_lines, reason = "one line a code")]
    fn from(problem: &Core) -> Problem {
        match problem {
            Core::InputDate => Problem::InputDate,
            Core::InputId => Problem::InputId,
            Core::InputCommand { what } => Problem::InputCommand { what: what.to_string() },
            Core::RequestReused => Problem::RequestReused,
            Core::TooLarge { what, max } => {
                Problem::TooLarge { what: what.to_string(), max: counted(*max) }
            }
            Core::RowKind => Problem::RowKind,
            Core::HistoryRow { start, end, on } => Problem::HistoryRow {
                start: start.map(Day::from),
                end: end.map(Day::from),
                on: (*on).into(),
            },
            Core::RowRefused { rows } => {
                Problem::RowRefused { rows: rows.iter().copied().map(counted).collect() }
            }
            Core::EndBeforeStart { start, end } => {
                Problem::EndBeforeStart { start: (*start).into(), end: (*end).into() }
            }
            Core::ZeroDayPeriod { day } => Problem::ZeroDayPeriod { day: (*day).into() },
            Core::ReasonRequired => Problem::ReasonRequired,
            Core::SameStaff { staff } => Problem::SameStaff { staff: staff.into() },
            Core::RoleRequired { roles } => Problem::RoleRequired { roles: roles.clone() },
            Core::RoleNotListed { role, roles } => {
                Problem::RoleNotListed { role: role.clone(), roles: roles.clone() }
            }
            Core::UnknownProgram { id } => Problem::UnknownProgram { id: id.clone() },
            Core::UnknownStaff { id } => Problem::UnknownStaff { id: id.clone() },
            Core::UnknownActor { id } => Problem::UnknownActor { id: id.clone() },
            Core::UnknownEnrollment { id } => Problem::UnknownEnrollment { id: id.clone() },
            Core::UnknownAssignment { id } => Problem::UnknownAssignment { id: id.clone() },
            Core::UnknownParticipant { id } => Problem::UnknownParticipant { id: id.clone() },
            Core::IdTaken { id } => Problem::IdTaken { id: id.clone() },
            Core::ProgramClosed { program } => Problem::ProgramClosed { program: program.into() },
            Core::StaffInactive { staff } => Problem::StaffInactive { staff: staff.into() },
            Core::OwnRightMissing { program } => {
                Problem::OwnRightMissing { program: program.into() }
            }
            Core::OthersRightMissing { program, staff } => {
                Problem::OthersRightMissing { program: program.into(), staff: staff.into() }
            }
            Core::CorrectRightMissing { program } => {
                Problem::CorrectRightMissing { program: program.into() }
            }
            Core::EnrollRightMissing { program } => {
                Problem::EnrollRightMissing { program: program.into() }
            }
            Core::AdministerRightMissing { program } => {
                Problem::AdministerRightMissing { program: program.as_ref().map(ProgramId::from) }
            }
            Core::AssignmentEnded { id, end } => {
                Problem::AssignmentEnded { id: id.into(), end: (*end).into() }
            }
            Core::EnrollmentEnded { id, end } => {
                Problem::EnrollmentEnded { id: id.into(), end: (*end).into() }
            }
            Core::AssignmentNotCurrent { id, status } => {
                Problem::AssignmentNotCurrent { id: id.into(), status: (*status).into() }
            }
            Core::EnrollmentNotCurrent { id, status } => {
                Problem::EnrollmentNotCurrent { id: id.into(), status: (*status).into() }
            }
            Core::NothingToTransfer { staff, program } => Problem::NothingToTransfer {
                staff: staff.into(),
                program: program.as_ref().map(ProgramId::from),
            },
            Core::OpenAssignmentsRemain { assignments } => Problem::OpenAssignmentsRemain {
                assignments: assignments.iter().map(AssignmentId::from).collect(),
            },
            Core::NothingToReinstate { id } => Problem::NothingToReinstate { id: id.into() },
            Core::NotEnrolled { participant, program } => {
                Problem::NotEnrolled { participant: participant.clone(), program: program.into() }
            }
            Core::OutsideEnrollment { earliest_start, latest_end, enrollment } => {
                Problem::OutsideEnrollment {
                    earliest_start: earliest_start.map(Day::from),
                    latest_end: latest_end.map(Day::from),
                    enrollment: enrollment.as_ref().map(EnrollmentId::from),
                }
            }
            Core::EnrollmentNotStarted { enrollment, start } => Problem::EnrollmentNotStarted {
                enrollment: enrollment.into(),
                start: (*start).into(),
            },
            Core::EnrollmentOverlaps { enrollment } => Problem::EnrollmentOverlaps {
                enrollment: enrollment.as_ref().map(EnrollmentId::from),
            },
            Core::AssignmentOutside { assignments } => Problem::AssignmentOutside {
                assignments: assignments.iter().map(AssignmentId::from).collect(),
            },
            Core::AlreadyAssigned { assignment } => {
                Problem::AlreadyAssigned { assignment: assignment.into() }
            }
            Core::OutOfOrder { assignment, earliest_start } => Problem::OutOfOrder {
                assignment: assignment.into(),
                earliest_start: (*earliest_start).into(),
            },
            Core::PlannedStart { start, on } => {
                Problem::PlannedStart { start: (*start).into(), on: (*on).into() }
            }
            Core::PrimaryHeld { assignment } => {
                Problem::PrimaryHeld { assignment: assignment.into() }
            }
            Core::TooManyStaff { day, count, max } => Problem::TooManyStaff {
                day: (*day).into(),
                count: counted(*count),
                max: counted(*max),
            },
            Core::CaseloadFull { staff, day, count, max } => Problem::CaseloadFull {
                staff: staff.into(),
                day: (*day).into(),
                count: counted(*count),
                max: counted(*max),
            },
            Core::ClockBehind { seconds } => Problem::ClockBehind { seconds: counted(*seconds) },
            Core::LeftBehind => Problem::LeftBehind,
            Core::Misplaced => Problem::Misplaced,
            // A code of a newer core: it is told in words.
            other => Problem::InputCommand { what: other.to_string() },
        }
    }
}

/// The nearest value of a field that would pass.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Nearest {
    /// The field of the command.
    pub field: String,
    /// The day that would pass there.
    pub day: Day,
}

/// One broken rule. Printed, it is one line for people, without ids.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display, Debug)]
pub struct Violation {
    /// The stable code: a word, never renumbered and never used for anything else.
    pub code: String,
    /// The code with its parameters.
    pub problem: Problem,
    /// The names of the command's fields that it concerns, as the contract writes them: `to_staff`.
    pub fields: Vec<String>,
    /// The nearest value that would pass, where there is one.
    pub nearest: Option<Nearest>,
    /// The row, from 1, of a batch or of mirrored rows.
    pub row: Option<i64>,
    /// What is wrong and what to do, in English and without ids.
    pub text: String,
}

impl From<&caseload::Violation> for Violation {
    fn from(violation: &caseload::Violation) -> Violation {
        let nearest = violation.nearest.as_ref();
        Violation {
            code: violation.code().word().to_owned(),
            problem: Problem::from(&violation.problem),
            fields: violation.fields.iter().map(ToString::to_string).collect(),
            nearest: nearest.map(|nearest| Nearest {
                field: nearest.field.to_string(),
                day: nearest.day.into(),
            }),
            row: violation.row.map(counted),
            text: violation.problem.to_string(),
        }
    }
}

/// Violations, as they are told.
pub(crate) fn violations(broken: &[caseload::Violation]) -> Vec<Violation> {
    broken.iter().map(Violation::from).collect()
}

/// What the rules say of one row of a batch. Printed, it is a line for people, without ids.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display, Debug)]
pub struct RowVerdict {
    /// The row, from 1.
    pub row: i64,
    /// Why it would not pass; empty if it would.
    pub violations: Vec<Violation>,
}

/// The verdicts of rows, as they are told.
pub(crate) fn rows(rows: &[caseload::RowVerdict]) -> Vec<RowVerdict> {
    let told = |caseload::RowVerdict { row, violations: broken }: &caseload::RowVerdict| {
        RowVerdict { row: counted(*row), violations: violations(broken) }
    };
    rows.iter().map(told).collect()
}

/// Something worth saying about an accepted command.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Notice {
    /// The stable code.
    pub code: String,
    /// The code with its parameters.
    pub problem: Problem,
    /// What it says, in English and without ids.
    pub text: String,
}

impl From<&caseload::Notice> for Notice {
    fn from(notice: &caseload::Notice) -> Notice {
        let caseload::Notice { problem } = notice;
        Notice {
            code: problem.code().word().to_owned(),
            problem: Problem::from(problem),
            text: problem.to_string(),
        }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}, ")?;
        }
        if !self.fields.is_empty() {
            write!(f, "{}: ", self.fields.join(", "))?;
        }
        write!(f, "{} ({})", self.text, self.code)
    }
}

impl std::fmt::Display for RowVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}: ", self.row)?;
        let codes: Vec<&str> = self.violations.iter().map(|broken| broken.code.as_str()).collect();
        f.write_str(&if codes.is_empty() { "passes".to_owned() } else { codes.join(", ") })
    }
}

/// As displayed: what a program writes into its log carries no ids.
macro_rules! debug_as_displayed {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    )*};
}

debug_as_displayed! { Violation RowVerdict }

//! What happened: typed, in the host's ids, to be read by position.

use caseload::{Event as Core, Name, Reason, Role, body};

use crate::{
    failure::{CaseloadError, bug},
    id::{AnyId, AssignmentId, EnrollmentId, ParticipantId, ProgramId, StaffId},
    policy::{self, Policy, Right, choices},
    reading::counted,
    time::{Day, Period},
};

/// One thing that happened. An entry yields any number of them, in order.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Event {
    /// A program was defined.
    ProgramDefined {
        /// The program.
        program: ProgramId,
        /// The name.
        name: Option<String>,
        /// The policy.
        policy: Policy,
    },
    /// A program got another policy.
    ProgramRevised {
        /// The program.
        program: ProgramId,
        /// The policy.
        policy: Policy,
    },
    /// A program got another name.
    ProgramRenamed {
        /// The program.
        program: ProgramId,
        /// The name.
        name: String,
    },
    /// A program takes nothing new from now on.
    ProgramClosed {
        /// The program.
        program: ProgramId,
    },
    /// A closed program was opened again.
    ProgramReopened {
        /// The program.
        program: ProgramId,
    },
    /// A staff member was registered.
    StaffRegistered {
        /// The staff member.
        staff: StaffId,
        /// The name.
        name: Option<String>,
        /// The rights.
        rights: Vec<Right>,
    },
    /// A staff member got another name.
    StaffRenamed {
        /// The staff member.
        staff: StaffId,
        /// The name.
        name: String,
    },
    /// Rights were given or taken, in a program or in every one.
    RightsChanged {
        /// The staff member.
        staff: StaffId,
        /// The program.
        program: Option<ProgramId>,
        /// The rights.
        rights: Vec<Right>,
        /// Whether they were given or taken.
        change: RightsChange,
    },
    /// A staff member was deactivated.
    StaffDeactivated {
        /// The staff member.
        staff: StaffId,
    },
    /// A staff member was activated again.
    StaffReactivated {
        /// The staff member.
        staff: StaffId,
    },
    /// A participant was enrolled.
    Enrolled {
        /// The enrollment.
        enrollment: EnrollmentId,
        /// The participant.
        participant: ParticipantId,
        /// The program.
        program: ProgramId,
        /// When.
        period: Period,
    },
    /// An enrollment was ended.
    EnrollmentEnded {
        /// The enrollment.
        enrollment: EnrollmentId,
        /// The first day that is not covered.
        end: Day,
        /// Why, if that was said and is not forgotten.
        reason: Option<String>,
    },
    /// A dismissal was undone.
    EnrollmentReinstated {
        /// The enrollment.
        enrollment: EnrollmentId,
        /// Why, if that was said and is not forgotten.
        reason: String,
    },
    /// `by` took the place of `enrollment`; a mirrored change keeps the id.
    EnrollmentCorrected {
        /// The enrollment.
        enrollment: EnrollmentId,
        /// The new line.
        by: EnrollmentId,
        /// When.
        period: Period,
        /// Why, if that was said and is not forgotten.
        reason: Option<String>,
    },
    /// An enrollment counts for nothing from now on.
    EnrollmentVoided {
        /// The enrollment.
        enrollment: EnrollmentId,
        /// Why, if that was said and is not forgotten.
        reason: Option<String>,
    },
    /// The host's enrollments of a program were mirrored.
    EnrollmentsMirrored {
        /// The program.
        program: ProgramId,
    },
    /// A staff member became responsible for a participant.
    Assigned {
        /// The assignment.
        assignment: AssignmentId,
        /// The staff member.
        staff: StaffId,
        /// The participant.
        participant: ParticipantId,
        /// The program.
        program: ProgramId,
        /// When.
        period: Period,
        /// The role.
        role: Option<String>,
    },
    /// An assignment was ended.
    AssignmentEnded {
        /// The assignment.
        assignment: AssignmentId,
        /// The first day that is not covered.
        end: Day,
        /// Why it ended.
        cause: Cause,
        /// Why, if that was said and is not forgotten.
        reason: Option<String>,
    },
    /// An assignment that a dismissal ended was opened again.
    AssignmentReopened {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// `assignment` ended on `date`, and `by` started there with the receiver `staff`.
    Transferred {
        /// The assignment.
        assignment: AssignmentId,
        /// The new line.
        by: AssignmentId,
        /// The receiver's first day.
        date: Day,
        /// The staff member.
        staff: StaffId,
        /// The role.
        role: Option<String>,
        /// Why, if that was said and is not forgotten.
        reason: Option<String>,
    },
    /// A whole caseload was handed over.
    CaseloadTransferred {
        /// The staff member.
        staff: StaffId,
        /// The receiver.
        to_staff: StaffId,
        /// The program.
        program: Option<ProgramId>,
        /// How many.
        count: i64,
    },
    /// `by` took the place of `assignment`.
    AssignmentCorrected {
        /// The assignment.
        assignment: AssignmentId,
        /// The new line.
        by: AssignmentId,
        /// The staff member.
        staff: StaffId,
        /// The role.
        role: Option<String>,
        /// When.
        period: Period,
        /// Why, if that was said and is not forgotten.
        reason: String,
    },
    /// An assignment counts for nothing from now on.
    AssignmentVoided {
        /// The assignment.
        assignment: AssignmentId,
        /// Why, if that was said and is not forgotten.
        reason: Option<String>,
    },
    /// A caseload passed the program's limit.
    LimitReached {
        /// The staff member.
        staff: StaffId,
        /// The program.
        program: ProgramId,
        /// The day.
        day: Day,
        /// How many.
        count: i64,
        /// The limit.
        max: i64,
    },
    /// The host's key of something has changed.
    IdReplaced {
        /// The old id.
        from: AnyId,
        /// The new id.
        to: AnyId,
        /// Why, if that was said and is not forgotten.
        reason: String,
    },
    /// A participant was forgotten; the id reads `erased-N`, also here.
    ParticipantForgotten {
        /// The participant.
        participant: ParticipantId,
        /// Why, if that was said and is not forgotten.
        reason: Option<String>,
    },
    /// Newer entries may follow from here on.
    LevelRaised {
        /// The level.
        level: i64,
    },
}

choices! {
    /// Why an assignment ended.
    Cause {
        /// Somebody ended it.
        Command,
        /// A whole caseload was handed over, and the receiver held the participant already.
        Transfer,
        /// The enrollment was ended.
        EnrollmentEnd,
        /// The staff member was deactivated.
        StaffDeactivated,
        /// Mirroring moved the enrollment's end before it.
        Mirror,
    }
}

/// Whether rights were given or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RightsChange {
    /// Given.
    Granted,
    /// Taken.
    Revoked,
}

/// An event with its entry, its name and the ids that it is about.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Happened {
    /// The position of its entry.
    pub position: i64,
    /// The stable name of its type: `assigned`, `transferred`.
    pub word: String,
    /// The ids that it is about.
    pub ids: Vec<String>,
    /// What happened.
    pub event: Event,
}

impl Happened {
    pub(crate) fn told(happened: &caseload::Happened) -> Result<Happened, CaseloadError> {
        let caseload::Happened { position, event } = happened;
        Ok(Happened {
            position: counted(*position),
            word: event.word().to_owned(),
            ids: event.ids().into_iter().map(str::to_owned).collect(),
            event: Event::told(event)?,
        })
    }
}

pub(crate) fn text<T: AsText>(text: Option<&T>) -> Option<String> {
    text.map(|text| text.text().to_owned())
}

/// The texts of the core.
pub(crate) trait AsText {
    /// The text.
    fn text(&self) -> &str;
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl AsText for $name {
            fn text(&self) -> &str {
                self.as_str()
            }
        }
    )*};
}

texts! { Name Reason Role }

impl Event {
    #[expect(clippy::too_many_lines, reason = "one arm an event")]
    pub(crate) fn told(event: &Core) -> Result<Event, CaseloadError> {
        Ok(match event {
            Core::ProgramDefined { program, name, policy } => Event::ProgramDefined {
                program: program.into(),
                name: text(name.as_ref()),
                policy: Policy::from(policy.as_ref()),
            },
            Core::ProgramRevised { program, policy } => Event::ProgramRevised {
                program: program.into(),
                policy: Policy::from(policy.as_ref()),
            },
            Core::ProgramRenamed { program, name } => {
                Event::ProgramRenamed { program: program.into(), name: name.as_str().to_owned() }
            }
            Core::ProgramClosed { program } => Event::ProgramClosed { program: program.into() },
            Core::ProgramReopened { program } => Event::ProgramReopened { program: program.into() },
            Core::StaffRegistered { staff, name, rights } => Event::StaffRegistered {
                staff: staff.into(),
                name: text(name.as_ref()),
                rights: policy::rights(*rights),
            },
            Core::StaffRenamed { staff, name } => {
                Event::StaffRenamed { staff: staff.into(), name: name.as_str().to_owned() }
            }
            Core::RightsChanged { staff, program, rights, change } => Event::RightsChanged {
                staff: staff.into(),
                program: program.as_ref().map(ProgramId::from),
                rights: policy::rights(*rights),
                change: RightsChange::from(*change),
            },
            Core::StaffDeactivated { staff } => Event::StaffDeactivated { staff: staff.into() },
            Core::StaffReactivated { staff } => Event::StaffReactivated { staff: staff.into() },
            Core::Enrolled { enrollment, participant, program, period } => Event::Enrolled {
                enrollment: enrollment.into(),
                participant: participant.into(),
                program: program.into(),
                period: (*period).into(),
            },
            Core::EnrollmentEnded { enrollment, end, reason } => Event::EnrollmentEnded {
                enrollment: enrollment.into(),
                end: (*end).into(),
                reason: text(reason.as_ref()),
            },
            Core::EnrollmentReinstated { enrollment, reason } => Event::EnrollmentReinstated {
                enrollment: enrollment.into(),
                reason: reason.as_str().to_owned(),
            },
            Core::EnrollmentCorrected { enrollment, by, period, reason } => {
                Event::EnrollmentCorrected {
                    enrollment: enrollment.into(),
                    by: by.into(),
                    period: (*period).into(),
                    reason: text(reason.as_ref()),
                }
            }
            Core::EnrollmentVoided { enrollment, reason } => Event::EnrollmentVoided {
                enrollment: enrollment.into(),
                reason: text(reason.as_ref()),
            },
            Core::EnrollmentsMirrored { program } => {
                Event::EnrollmentsMirrored { program: program.into() }
            }
            Core::Assigned { assignment, staff, participant, program, period, role } => {
                Event::Assigned {
                    assignment: assignment.into(),
                    staff: staff.into(),
                    participant: participant.into(),
                    program: program.into(),
                    period: (*period).into(),
                    role: text(role.as_ref()),
                }
            }
            Core::AssignmentEnded { assignment, end, cause, reason } => Event::AssignmentEnded {
                assignment: assignment.into(),
                end: (*end).into(),
                cause: (*cause).into(),
                reason: text(reason.as_ref()),
            },
            Core::AssignmentReopened { assignment } => {
                Event::AssignmentReopened { assignment: assignment.into() }
            }
            Core::Transferred { assignment, by, date, staff, role, reason } => Event::Transferred {
                assignment: assignment.into(),
                by: by.into(),
                date: (*date).into(),
                staff: staff.into(),
                role: text(role.as_ref()),
                reason: text(reason.as_ref()),
            },
            Core::CaseloadTransferred { staff, to_staff, program, count } => {
                Event::CaseloadTransferred {
                    staff: staff.into(),
                    to_staff: to_staff.into(),
                    program: program.as_ref().map(ProgramId::from),
                    count: counted(*count),
                }
            }
            Core::AssignmentCorrected { assignment, by, staff, role, period, reason } => {
                Event::AssignmentCorrected {
                    assignment: assignment.into(),
                    by: by.into(),
                    staff: staff.into(),
                    role: text(role.as_ref()),
                    period: (*period).into(),
                    reason: reason.as_str().to_owned(),
                }
            }
            Core::AssignmentVoided { assignment, reason } => Event::AssignmentVoided {
                assignment: assignment.into(),
                reason: text(reason.as_ref()),
            },
            Core::LimitReached { staff, program, day, count, max } => Event::LimitReached {
                staff: staff.into(),
                program: program.into(),
                day: (*day).into(),
                count: counted(*count),
                max: counted(*max),
            },
            Core::IdReplaced { from, to, reason } => Event::IdReplaced {
                from: from.into(),
                to: to.into(),
                reason: reason.as_str().to_owned(),
            },
            Core::ParticipantForgotten { participant, reason } => Event::ParticipantForgotten {
                participant: participant.into(),
                reason: text(reason.as_ref()),
            },
            Core::LevelRaised { level } => Event::LevelRaised { level: counted(*level) },
            other => return Err(bug(format!("the event `{}` has no form here", other.word()))),
        })
    }
}

impl From<body::RightsChange> for RightsChange {
    fn from(change: body::RightsChange) -> RightsChange {
        match change {
            body::RightsChange::Granted => RightsChange::Granted,
            body::RightsChange::Revoked => RightsChange::Revoked,
        }
    }
}

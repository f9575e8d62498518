//! What happened: typed, in the host's ids, to be read by position.

use std::sync::Arc;

use crate::{
    AnyId, AssignmentId, Cause, Day, EnrollmentId, Name, ParticipantId, Period, Policy, ProgramId,
    Reason, Rights, Role, StaffId, body::RightsChange, log::Position,
};

/// One thing that happened. An entry yields any number of them, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the command that causes it")]
pub enum Event {
    ProgramDefined {
        program: ProgramId,
        name: Option<Name>,
        policy: Arc<Policy>,
    },
    ProgramRevised {
        program: ProgramId,
        policy: Arc<Policy>,
    },
    ProgramRenamed {
        program: ProgramId,
        name: Name,
    },
    ProgramClosed {
        program: ProgramId,
    },
    ProgramReopened {
        program: ProgramId,
    },
    StaffRegistered {
        staff: StaffId,
        name: Option<Name>,
        rights: Rights,
    },
    StaffRenamed {
        staff: StaffId,
        name: Name,
    },
    RightsChanged {
        staff: StaffId,
        program: Option<ProgramId>,
        rights: Rights,
        change: RightsChange,
    },
    StaffDeactivated {
        staff: StaffId,
    },
    StaffReactivated {
        staff: StaffId,
    },
    Enrolled {
        enrollment: EnrollmentId,
        participant: ParticipantId,
        program: ProgramId,
        period: Period,
    },
    EnrollmentEnded {
        enrollment: EnrollmentId,
        end: Day,
        reason: Option<Reason>,
    },
    EnrollmentReinstated {
        enrollment: EnrollmentId,
        reason: Reason,
    },
    /// `by` took the place of `enrollment`; a mirrored change keeps the id.
    EnrollmentCorrected {
        enrollment: EnrollmentId,
        by: EnrollmentId,
        period: Period,
        reason: Option<Reason>,
    },
    EnrollmentVoided {
        enrollment: EnrollmentId,
        reason: Option<Reason>,
    },
    EnrollmentsMirrored {
        program: ProgramId,
    },
    Assigned {
        assignment: AssignmentId,
        staff: StaffId,
        participant: ParticipantId,
        program: ProgramId,
        period: Period,
        role: Option<Role>,
    },
    AssignmentEnded {
        assignment: AssignmentId,
        end: Day,
        cause: Cause,
        reason: Option<Reason>,
    },
    AssignmentReopened {
        assignment: AssignmentId,
    },
    /// `assignment` ended on `date`, and `by` started there with the receiver `staff`.
    Transferred {
        assignment: AssignmentId,
        by: AssignmentId,
        date: Day,
        staff: StaffId,
        role: Option<Role>,
        reason: Option<Reason>,
    },
    CaseloadTransferred {
        staff: StaffId,
        to_staff: StaffId,
        program: Option<ProgramId>,
        count: u32,
    },
    /// `by` took the place of `assignment`.
    AssignmentCorrected {
        assignment: AssignmentId,
        by: AssignmentId,
        staff: StaffId,
        role: Option<Role>,
        period: Period,
        reason: Reason,
    },
    AssignmentVoided {
        assignment: AssignmentId,
        reason: Option<Reason>,
    },
    LimitReached {
        staff: StaffId,
        program: ProgramId,
        day: Day,
        count: u32,
        max: u32,
    },
    IdReplaced {
        from: AnyId,
        to: AnyId,
        reason: Reason,
    },
    /// The participant's id reads `erased-N`, also here.
    ParticipantForgotten {
        participant: ParticipantId,
        reason: Option<Reason>,
    },
    LevelRaised {
        level: u32,
    },
}

impl Event {
    /// The stable name of the event's type: `assigned`, `transferred`, and so on.
    pub const fn word(&self) -> &'static str {
        match self {
            Event::ProgramDefined { .. } => "program_defined",
            Event::ProgramRevised { .. } => "program_revised",
            Event::ProgramRenamed { .. } => "program_renamed",
            Event::ProgramClosed { .. } => "program_closed",
            Event::ProgramReopened { .. } => "program_reopened",
            Event::StaffRegistered { .. } => "staff_registered",
            Event::StaffRenamed { .. } => "staff_renamed",
            Event::RightsChanged { .. } => "rights_changed",
            Event::StaffDeactivated { .. } => "staff_deactivated",
            Event::StaffReactivated { .. } => "staff_reactivated",
            Event::Enrolled { .. } => "enrolled",
            Event::EnrollmentEnded { .. } => "enrollment_ended",
            Event::EnrollmentReinstated { .. } => "enrollment_reinstated",
            Event::EnrollmentCorrected { .. } => "enrollment_corrected",
            Event::EnrollmentVoided { .. } => "enrollment_voided",
            Event::EnrollmentsMirrored { .. } => "enrollments_mirrored",
            Event::Assigned { .. } => "assigned",
            Event::AssignmentEnded { .. } => "assignment_ended",
            Event::AssignmentReopened { .. } => "assignment_reopened",
            Event::Transferred { .. } => "transferred",
            Event::CaseloadTransferred { .. } => "caseload_transferred",
            Event::AssignmentCorrected { .. } => "assignment_corrected",
            Event::AssignmentVoided { .. } => "assignment_voided",
            Event::LimitReached { .. } => "limit_reached",
            Event::IdReplaced { .. } => "id_replaced",
            Event::ParticipantForgotten { .. } => "participant_forgotten",
            Event::LevelRaised { .. } => "level_raised",
        }
    }

    /// The ids that the event is about, in the order that `docs/design.md` lists.
    pub fn ids(&self) -> Vec<&str> {
        match self {
            Event::ProgramDefined { program, .. }
            | Event::ProgramRevised { program, .. }
            | Event::ProgramRenamed { program, .. }
            | Event::ProgramClosed { program }
            | Event::ProgramReopened { program }
            | Event::EnrollmentsMirrored { program } => vec![program.as_str()],
            Event::StaffRegistered { staff, .. }
            | Event::StaffRenamed { staff, .. }
            | Event::RightsChanged { staff, program: None, .. }
            | Event::StaffDeactivated { staff }
            | Event::StaffReactivated { staff } => vec![staff.as_str()],
            Event::RightsChanged { staff, program: Some(program), .. }
            | Event::LimitReached { staff, program, .. } => vec![staff.as_str(), program.as_str()],
            Event::EnrollmentCorrected { enrollment, by, .. } if enrollment != by => {
                vec![enrollment.as_str(), by.as_str()]
            }
            Event::Enrolled { enrollment, .. }
            | Event::EnrollmentEnded { enrollment, .. }
            | Event::EnrollmentReinstated { enrollment, .. }
            | Event::EnrollmentCorrected { enrollment, .. }
            | Event::EnrollmentVoided { enrollment, .. } => vec![enrollment.as_str()],
            Event::Assigned { assignment, .. }
            | Event::AssignmentEnded { assignment, .. }
            | Event::AssignmentReopened { assignment }
            | Event::AssignmentVoided { assignment, .. } => vec![assignment.as_str()],
            Event::Transferred { assignment, by, .. }
            | Event::AssignmentCorrected { assignment, by, .. } => {
                vec![assignment.as_str(), by.as_str()]
            }
            Event::CaseloadTransferred { staff, to_staff, .. } => {
                vec![staff.as_str(), to_staff.as_str()]
            }
            Event::IdReplaced { from, to, .. } => vec![from.as_str(), to.as_str()],
            Event::ParticipantForgotten { participant, .. } => vec![participant.as_str()],
            Event::LevelRaised { .. } => Vec::new(),
        }
    }

    /// The id that it made, if it made one.
    pub(crate) fn new_id(&self) -> Option<AnyId> {
        match self {
            Event::ProgramDefined { program, .. } => Some(AnyId::Program(program.clone())),
            Event::StaffRegistered { staff, .. } => Some(AnyId::Staff(staff.clone())),
            Event::Enrolled { enrollment, .. } => Some(AnyId::Enrollment(enrollment.clone())),
            Event::EnrollmentCorrected { enrollment, by, .. } if enrollment != by => {
                Some(AnyId::Enrollment(by.clone()))
            }
            Event::Assigned { assignment: made, .. }
            | Event::Transferred { by: made, .. }
            | Event::AssignmentCorrected { by: made, .. } => Some(AnyId::Assignment(made.clone())),
            Event::IdReplaced { to, .. } => Some(to.clone()),
            _ => None,
        }
    }

    /// The assignment that it gave an end, if it gave one.
    pub(crate) const fn ended(&self) -> Option<&AssignmentId> {
        match self {
            Event::AssignmentEnded { assignment, .. } | Event::Transferred { assignment, .. } => {
                Some(assignment)
            }
            _ => None,
        }
    }
}

/// An event with the position of its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// The entry.
    pub position: Position,
    /// What happened.
    pub event: Event,
}

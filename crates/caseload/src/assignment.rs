//! Assignments: one staff member responsible for one participant in one program over a period.

use serde::{Deserialize, Serialize};

use crate::{AssignmentId, ParticipantId, Period, ProgramId, Role, StaffId, Status};

/// One entered version of an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Who is responsible.
    pub staff: StaffId,
    /// For whom.
    pub participant: ParticipantId,
    /// In which program.
    pub program: ProgramId,
    /// When.
    pub period: Period,
    /// In which role, if any.
    pub role: Option<Role>,
    /// Whether it still counts.
    pub status: Status,
    /// The line that it took the place of.
    pub supersedes: Option<AssignmentId>,
}

impl Assignment {
    /// Whether it still counts.
    pub fn is_current(&self) -> bool {
        self.status == Status::Current
    }
}

/// Why an assignment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// `end_assignment`.
    Command,
    /// `transfer_all` with `end_source`, where the receiver held the participant already.
    Transfer,
    /// The enrollment was ended.
    EnrollmentEnd,
    /// The staff member was deactivated with `end_open`.
    StaffDeactivated,
    /// Mirroring moved the enrollment's end before it.
    Mirror,
}

impl Cause {
    /// The word of the contract for it.
    ///
    /// ```
    /// assert_eq!(caseload::Cause::EnrollmentEnd.word(), "enrollment_end");
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            Cause::Command => "command",
            Cause::Transfer => "transfer",
            Cause::EnrollmentEnd => "enrollment_end",
            Cause::StaffDeactivated => "staff_deactivated",
            Cause::Mirror => "mirror",
        }
    }
}

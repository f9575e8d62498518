//! Enrollments: a participant in a program over a period.

use crate::{EnrollmentId, ParticipantId, Period, ProgramId, Status};

/// A participant in a program over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrollment {
    /// Its id.
    pub id: EnrollmentId,
    /// Who is served.
    pub participant: ParticipantId,
    /// By which program.
    pub program: ProgramId,
    /// When.
    pub period: Period,
    /// Whether it still counts.
    pub status: Status,
    /// The line that it took the place of.
    pub supersedes: Option<EnrollmentId>,
    /// Where its end, if any, comes from.
    pub ending: Ending,
}

/// Where the end of an enrollment comes from: only a dismissal can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// It has none, or one given by `enroll`, a correction or a mirror.
    AsEntered,
    /// `end_enrollment` gave it.
    Dismissed,
}

impl Ending {
    /// The word for it.
    ///
    /// ```
    /// assert_eq!(caseload::Ending::AsEntered.word(), "as_entered");
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            Ending::AsEntered => "as_entered",
            Ending::Dismissed => "dismissed",
        }
    }
}

//! What a report looks at: of whatever is more, nothing need be read.

use crate::Period;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    pub(super) at: At,
    /// At lines that are held on one of these days, and not at all of them.
    pub(super) days: Option<Period>,
}

/// At what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The lines of the staff chosen.
    Lines,
    /// These, and the lines beside them of whatever staff.
    LinesAndColleagues,
    /// These, and the enrollments of their timelines.
    LinesAndEnrollments,
    /// Enrollments alone.
    Enrollments,
    /// All that was entered about a participant, whatever staff is chosen.
    Participants,
}

impl Looks {
    /// On every day.
    pub(super) const fn at(at: At) -> Looks {
        Looks { at, days: None }
    }

    /// On these days.
    pub(super) const fn on(at: At, days: Option<Period>) -> Looks {
        Looks { at, days }
    }
}

impl At {
    /// Whether it starts from the lines of the staff chosen.
    pub(super) const fn starts_from_staff(self) -> bool {
        matches!(self, At::Lines | At::LinesAndColleagues | At::LinesAndEnrollments)
    }

    /// Whether lines of staff who are not chosen do not matter.
    pub(super) const fn is_of_chosen_staff(self) -> bool {
        matches!(self, At::Lines | At::LinesAndEnrollments)
    }

    pub(super) fn has_lines(self) -> bool {
        self != At::Enrollments
    }

    pub(super) const fn has_enrollments(self) -> bool {
        matches!(self, At::LinesAndEnrollments | At::Enrollments | At::Participants)
    }
}

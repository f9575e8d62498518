//! Which programs, staff and participants a report is about.

use crate::{ParticipantId, ProgramId, StaffId};

/// Which programs, staff and participants a report is about: all of them, or those listed.
///
/// An empty list names nobody, and so does an id that is not known.
///
/// ```
/// use caseload::{ProgramId, report::Filter};
/// let housing = Filter::all().programs([ProgramId::new("housing")?]);
/// assert_ne!(housing, Filter::all());
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub(super) programs: Option<Vec<ProgramId>>,
    pub(super) staff: Option<Vec<StaffId>>,
    pub(super) participants: Option<Vec<ParticipantId>>,
}

impl Filter {
    /// Everything.
    pub fn all() -> Filter {
        Filter::default()
    }

    /// Only these programs.
    #[must_use]
    pub fn programs(mut self, programs: impl IntoIterator<Item = ProgramId>) -> Filter {
        self.programs = Some(programs.into_iter().collect());
        self
    }

    /// Only the caseloads of these staff.
    #[must_use]
    pub fn staff(mut self, staff: impl IntoIterator<Item = StaffId>) -> Filter {
        self.staff = Some(staff.into_iter().collect());
        self
    }

    /// Only these participants.
    #[must_use]
    pub fn participants(mut self, participants: impl IntoIterator<Item = ParticipantId>) -> Filter {
        self.participants = Some(participants.into_iter().collect());
        self
    }
}

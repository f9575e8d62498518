//! Where in the log the facts about lines stand: who entered what, and when.

use super::{Known, at};
use crate::log::Recorded;

/// The entries that made a line what it was at a position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Positions {
    /// The one that entered it.
    pub(crate) entered: u32,
    /// The one that gave it the days it had then: the same, if they were never changed.
    pub(crate) days: u32,
    /// The one since which it counts no more.
    pub(crate) closed: Option<u32>,
}

impl<'a> Known<'a> {
    /// As known earlier still.
    pub(crate) fn back_to(&self, position: u32) -> Known<'a> {
        Known::new(self.state, position.min(self.at))
    }

    /// The entries behind an assignment.
    pub(crate) fn line_positions(&self, number: u32) -> Option<Positions> {
        let facts = at(&self.state.lines, number)?;
        let earlier = self.state.earlier_ends.get(&number).into_iter().flatten();
        let earlier = earlier.map(|(from, _)| *from);
        Some(self.positions(facts.entered, facts.changed, facts.closed, earlier))
    }

    /// The entries behind an enrollment.
    pub(crate) fn enrollment_positions(&self, number: u32) -> Option<Positions> {
        let facts = at(&self.state.enrollments, number)?;
        let earlier = self.state.earlier_days.get(&number).into_iter().flatten();
        let earlier = earlier.map(|earlier| earlier.from);
        Some(self.positions(facts.entered, facts.changed, facts.closed, earlier))
    }

    /// The entries that changed the days of an enrollment.
    pub(crate) fn enrollment_changes(&self, number: u32) -> Vec<u32> {
        let earlier = self.state.earlier_days.get(&number).into_iter().flatten();
        let changed = at(&self.state.enrollments, number).map(|facts| facts.changed);
        // The first days are those it was entered with.
        let changes = earlier.skip(1).map(|earlier| earlier.from).chain(changed);
        changes.filter(|position| *position != 0 && *position <= self.at).collect()
    }

    fn positions(
        &self,
        entered: u32,
        changed: u32,
        closed: u32,
        earlier: impl Iterator<Item = u32>,
    ) -> Positions {
        let known = |position: &u32| *position != 0 && *position <= self.at;
        let changes = earlier.chain([changed]).filter(known);
        Positions {
            entered,
            days: changes.last().unwrap_or(entered),
            closed: Some(closed).filter(known),
        }
    }

    /// When an entry was recorded, and the number of the staff member who gave its command; 0 is the host.
    pub(crate) fn recorded_by(&self, position: u32) -> Option<(Recorded, u32)> {
        let recorded = *at(&self.state.recorded, position)?;
        Some((recorded, *at(&self.state.actors, position)?))
    }

    /// The enrollment that an enrollment took the place of.
    pub(crate) fn superseded_by_enrollment(&self, number: u32) -> Option<u32> {
        let supersedes = at(&self.state.enrollments, number)?.supersedes;
        Some(supersedes).filter(|number| *number != 0)
    }
}

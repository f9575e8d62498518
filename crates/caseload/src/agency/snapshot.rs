//! An agency as known at one head: all questions asked of it agree.

use std::{ops::Range, sync::RwLockReadGuard};

use super::Agency;
use crate::{
    Actor, Day, Error, StoreError,
    log::{Head, Position, Recorded},
    state::{Known, State},
};

/// How fresh an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// With everything that is stored now.
    Latest,
    /// With at least the entry of this position: read your own writes.
    AtLeast(Position),
    /// With what is folded already, without asking the store.
    Cached,
}

/// Which knowledge a question is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownAt {
    /// What was known at this position of the log.
    Position(Position),
    /// What was known at this instant: up to the last entry recorded at or before it.
    Instant(Recorded),
}

/// What every question needs to know besides itself.
///
/// ```
/// use caseload::{Actor, Asked, Day, StaffId};
/// let day: Day = "2024-03-01".parse()?;
/// let asked = Asked::of(day).by(Actor::Staff(StaffId::new("s1")?));
/// assert_eq!(asked.as_of, day);
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// The day asked about.
    pub as_of: Day,
    /// As known then; as known at the snapshot's head without it.
    pub known_at: Option<KnownAt>,
    /// Whoever asks: what they do not see is left out. Everything without one.
    pub actor: Option<Actor>,
}

impl Asked {
    /// About a day, as known now, by nobody in particular.
    pub const fn of(as_of: Day) -> Asked {
        Asked { as_of, known_at: None, actor: None }
    }

    /// As known then.
    #[must_use]
    pub const fn known_at(mut self, known_at: KnownAt) -> Asked {
        self.known_at = Some(known_at);
        self
    }

    /// Whether nothing is hidden from whoever asks.
    pub(crate) fn sees_everything(&self) -> bool {
        self.actor.as_ref().is_none_or(|actor| *actor == Actor::Root)
    }

    /// As this actor sees it.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Asked {
        self.actor = Some(actor);
        self
    }
}

/// An agency as known at one head: a plain value that keeps no lock, so that long work can go on while
/// others write. The questions are its methods.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) agency: Agency,
    pub(super) head: Head,
    /// The state it was taken of.
    pub(super) born: u64,
}

impl Snapshot {
    pub(super) const fn new(agency: Agency, head: Head, born: u64) -> Snapshot {
        Snapshot { agency, head, born }
    }

    /// What it knows.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Answers from what was known then, or at the head of the snapshot. The lock on the state is held
    /// while `ask` runs and no longer.
    pub(crate) fn ask<T>(
        &self,
        known_at: Option<KnownAt>,
        ask: impl FnOnce(&Known<'_>) -> Result<T, StoreError>,
    ) -> Result<T, Error> {
        let state = self.state()?;
        let position = self.place(&state, known_at);
        Ok(ask(&state.known_at(position))?)
    }

    /// Asks about so many numbered things, some of them at a time: whoever writes waits for one part at most,
    /// however many there are.
    pub(crate) fn ask_in_parts(
        &self,
        known_at: Option<KnownAt>,
        at_once: u32,
        count: impl FnOnce(&Known<'_>) -> u32,
        mut ask: impl FnMut(&Known<'_>, Range<u32>) -> Result<(), StoreError>,
    ) -> Result<(), Error> {
        // Few, so that every test puts parts together.
        let at_once = if cfg!(test) { 2 } else { at_once };
        let count = self.ask(known_at, |known| Ok(count(known)))?;
        let mut from = 0;
        while from < count {
            let until = count.min(from.saturating_add(at_once));
            self.ask(known_at, |known| ask(known, from..until))?;
            from = until;
        }
        Ok(())
    }

    /// The state it was taken of, which may know more by now. It is locked while it is looked at.
    ///
    /// # Errors
    /// [`StoreError::Diverged`] when the log was replaced and folded anew since: what the snapshot knew is gone.
    pub(super) fn state(&self) -> Result<RwLockReadGuard<'_, State>, Error> {
        let state = self.agency.state();
        if state.born() != self.born || state.head().position < self.head.position {
            return Err(Error::Store(StoreError::Diverged { known: self.head }));
        }
        Ok(state)
    }

    /// The position that a `known_at` means, at most that of the head.
    ///
    /// # Errors
    /// As every question.
    pub fn position_of(&self, known_at: Option<KnownAt>) -> Result<Position, Error> {
        Ok(self.place(&self.agency.state(), known_at))
    }

    fn place(&self, state: &State, known_at: Option<KnownAt>) -> Position {
        match known_at {
            None => self.head.position,
            Some(KnownAt::Position(position)) => position.min(self.head.position),
            Some(KnownAt::Instant(instant)) => state.position_at(instant).min(self.head.position),
        }
    }
}

//! The census as a state keeps it: made when it is first asked for, some lines at a time, so that whoever
//! writes waits for one part at most. What happens to lines meanwhile is noted, and taken in at the end.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::{
    Census, Known, State,
    census::{Change, Place},
};
use crate::{Status, log::Position};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct KeptCensus {
    made: OnceLock<Census>,
    /// What happened since somebody began to make it.
    since: Mutex<Option<Vec<(Place, Change)>>>,
}

/// A copy is made by nobody yet.
impl Clone for KeptCensus {
    fn clone(&self) -> KeptCensus {
        KeptCensus { made: self.made.clone(), since: Mutex::default() }
    }
}

impl KeptCensus {
    /// The census, if it was made.
    pub(super) fn made(&self) -> Option<&Census> {
        self.made.get()
    }

    /// Takes in what happens to a line of a place.
    pub(super) fn take(&mut self, place: Place, change: Change) {
        if let Some(census) = self.made.get_mut() {
            census.take(place, change);
        } else if let Some(since) = self.since.get_mut().unwrap_or_else(PoisonError::into_inner) {
            since.push((place, change));
        }
    }

    /// Somebody has another id: the places lie in another order.
    pub(super) fn call_the_roll_anew(&mut self) {
        if let Some(census) = self.made.get_mut() {
            census.call_the_roll_anew();
        }
    }

    /// Bytes held in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.made().map_or(0, Census::bytes)
    }

    fn since(&self) -> MutexGuard<'_, Option<Vec<(Place, Change)>>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many lines are read in one go: a millisecond or two.
#[cfg(not(test))]
const LINES_AT_ONCE: u32 = 8_192;
#[cfg(test)]
const LINES_AT_ONCE: u32 = 3;

/// So few changes are taken in while writers wait.
#[cfg(not(test))]
const FEW_CHANGES: usize = 512;
#[cfg(test)]
const FEW_CHANGES: usize = 1;

/// The census in the making, of the lines of one position.
#[derive(Debug)]
pub(crate) struct CensusInMaking {
    census: Census,
    at: Position,
    read: u32,
    lines: u32,
}

impl CensusInMaking {
    /// Begins with a state, which notes from now on what happens to lines, until the end. `None` where the census
    /// is made, or in the making.
    pub(crate) fn begin(state: &State) -> Option<CensusInMaking> {
        if state.census.made().is_some() {
            return None;
        }
        let mut since = state.census.since();
        if since.is_some() {
            return None;
        }
        *since = Some(Vec::new());
        let lines = u32::try_from(state.lines.len()).unwrap_or(u32::MAX);
        Some(CensusInMaking { census: Census::begun(), at: state.head.position, read: 0, lines })
    }

    /// How many lines were read, and of how many.
    pub(crate) const fn progress(&self) -> (u32, u32) {
        (self.read, self.lines)
    }

    /// Reads some more lines, as they were when it was begun.
    pub(crate) fn read_some(&mut self, state: &State) {
        let known: Known<'_> = state.known_at(self.at);
        let last = self.lines.min(self.read.saturating_add(LINES_AT_ONCE));
        for number in self.read + 1..=last {
            let line = known.line(number).filter(|line| line.status == Status::Current);
            if let Some(line) = line {
                let (start, end) = super::days(line.period.start(), line.period.end());
                self.census.collect((line.staff, line.program), start, end);
            }
        }
        self.read = last;
    }

    /// Puts in order what was read; nothing of the state is needed for it.
    pub(crate) fn settle(&mut self) {
        self.census.settle();
    }

    /// Gives it to the state, with what happened meanwhile. Where that was much, it is handed out instead, to be
    /// taken in while nobody waits.
    pub(crate) fn give(&mut self, state: &State) -> Option<Happened> {
        let mut since = state.census.since();
        let happened = Happened(since.replace(Vec::new()).unwrap_or_default());
        if happened.0.len() > FEW_CHANGES {
            return Some(happened);
        }
        self.take(happened);
        // Nobody else makes one meanwhile.
        let _ = state.census.made.set(std::mem::replace(&mut self.census, Census::begun()));
        None
    }

    /// Takes in what happened meanwhile.
    pub(crate) fn take(&mut self, happened: Happened) {
        happened.0.into_iter().for_each(|(place, change)| self.census.take(place, change));
    }

    /// Whether it was given or not: nothing is noted any more.
    pub(crate) fn end(state: &State) {
        *state.census.since() = None;
    }
}

/// What happened to lines while the census was made.
#[derive(Debug)]
pub(crate) struct Happened(Vec<(Place, Change)>);

//! One look of a report at what it is about, some participants at a time.

use super::{
    Asking, Filter, asking::tell, chosen::Chosen, looks::Looks, of_census::CensusOf, read::read,
    reports::Over, scan::Part,
};
use crate::{
    Asked, Error, InputError, Snapshot, Stage, StoreError, Tell, View,
    state::{Known, State},
};

/// How many participants are looked at in one go: what the slowest report does with them takes milliseconds.
#[cfg(not(test))]
const PART: u32 = 500;
/// Small, so that every test puts parts together.
#[cfg(test)]
const PART: u32 = 2;

/// See the module.
pub(super) struct Look<'a> {
    over: Over<'a>,
    pub(super) filter: &'a Filter,
    pub(super) asked: &'a Asked,
    tell: Option<Tell<'a>>,
}

/// What is looked at: the state, or what a plain view told.
pub(super) struct Ground<'a> {
    what: What<'a>,
    looks: Looks,
}

enum What<'a> {
    State(&'a Snapshot),
    Read(Box<State>, &'a dyn View),
}

impl<'a> Look<'a> {
    pub(super) fn new<'b: 'a>(over: Over<'a>, filter: &'a Filter, asking: Asking<'b>) -> Look<'a> {
        let tell = asking.tell.map(|tell| -> Tell<'a> { tell });
        Look { over, filter, asked: asking.asked, tell }
    }

    /// The snapshot that it looks at, if it is one.
    pub(super) const fn snapshot(&self) -> Option<&'a Snapshot> {
        match self.over {
            Over::Snapshot(snapshot) => Some(snapshot),
            Over::View(_) => None,
        }
    }

    /// So much of the report is done.
    pub(super) fn tell(&mut self, done: usize, total: usize) -> Result<(), Error> {
        tell(&mut self.tell, Stage::Reporting, done, total)
    }

    /// So many entries of the log were read.
    pub(super) fn tell_read(&mut self, done: usize, total: usize) -> Result<(), Error> {
        tell(&mut self.tell, Stage::Reading, done, total)
    }

    /// What the daily census tells, where it can.
    pub(super) fn by_census<T>(
        &mut self,
        answer: impl FnOnce(&CensusOf<'_>) -> T,
    ) -> Result<Option<T>, Error> {
        let Some(snapshot) = self.snapshot() else { return Ok(None) };
        self.tell(0, 1)?;
        let (asked, filter) = (self.asked, self.filter);
        if !CensusOf::can_tell(filter, asked) {
            return Ok(None);
        }
        snapshot.take_census(asked.known_at, |done, total| self.tell(done, total))?;
        snapshot.ask(asked.known_at, |known| {
            Ok(CensusOf::of(known, filter).map(|census| answer(&census)))
        })
    }

    /// What it looks at, read from a plain view.
    pub(super) fn ground(&mut self, looks: Looks) -> Result<Ground<'a>, Error> {
        let what = match self.over {
            Over::Snapshot(snapshot) => What::State(snapshot),
            Over::View(_) if self.asked.known_at.is_some() => {
                let what = "is not known to a view: it tells what is known now";
                return Err(InputError::command("known_at", what).into());
            }
            Over::View(view) => {
                What::Read(Box::new(read(view, self.filter, looks, &mut self.tell)?), view)
            }
        };
        Ok(Ground { what, looks })
    }

    /// A report put together from those of some participants at a time: whoever writes waits for one of them
    /// at most, however large the agency is.
    pub(super) fn in_parts<T>(
        &mut self,
        ground: &Ground<'_>,
        mut part: impl FnMut(&Part<'_>) -> Result<T, StoreError>,
        mut merge: impl FnMut(T, T) -> Result<T, InputError>,
    ) -> Result<T, Error> {
        let (asked, filter) = (self.asked, self.filter);
        let parts = ground.ask(asked, |known, _| {
            let chosen = match ground.what {
                What::State(_) => Chosen::of(known, filter),
                What::Read(..) => Chosen::of_read(known, filter),
            };
            Ok(chosen.parts(known, ground.looks.at, PART))
        })?;
        // Of as many parts each, so that nothing is copied more often than there are twos in their number.
        let mut merged: Vec<(u32, T)> = Vec::new();
        for (done, chosen) in parts.iter().enumerate() {
            self.tell(done, parts.len())?;
            let mut report = ground.ask(asked, |known, view| {
                part(&Part { known, view, chosen, asked, days: ground.looks.days })
            })?;
            let mut parts = 1;
            while let Some((_, before)) = merged.pop_if(|(of, _)| *of == parts) {
                report = merge(before, report)?;
                parts *= 2;
            }
            merged.push((parts, report));
        }
        let mut rest = merged.into_iter().rev().map(|(_, report)| report);
        let last = rest.next().ok_or_else(|| StoreError::bug("a report has no part"))?;
        let report = rest.try_fold(last, |later, before| merge(before, later))?;
        self.tell(parts.len(), parts.len())?;
        Ok(report)
    }
}

impl Ground<'_> {
    /// Asks what is looked at, and the view that knows who sees whom. A lock on the state is held while `ask`
    /// runs and no longer.
    pub(super) fn ask<T>(
        &self,
        asked: &Asked,
        ask: impl FnOnce(&Known<'_>, &dyn View) -> Result<T, StoreError>,
    ) -> Result<T, Error> {
        match &self.what {
            What::State(snapshot) => snapshot.ask(asked.known_at, |known| ask(known, known)),
            What::Read(state, view) => Ok(ask(&state.now(), *view)?),
        }
    }
}

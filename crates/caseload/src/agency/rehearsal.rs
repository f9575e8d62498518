//! A rehearsal: an agency that goes on from where another is, in memory alone.

use std::{fmt, sync::Arc};

use super::{Agency, Inner};
use crate::{
    MemoryLog, RequestId, StoreError,
    log::{Entry, Erasure, Head, Log, More, Page, PageLimit, Recorded, Turn},
    system_clock,
};

impl Agency {
    /// An agency that goes on from here in memory alone: whatever is recorded there is judged and folded
    /// as it would be here, and gone when its last handle is. Nothing is ever stored or erased here.
    ///
    /// It is for work of many commands that a review cannot tell, because each builds on what those
    /// before have stored. It takes the memory of the folded state a second time, and copies it under
    /// the lock that a question takes. What is recorded here later it does not see.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Day, DefineProgram, Error, MemoryLog, ProgramId};
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let rehearsal = agency.rehearsal()?;
    /// let desk = rehearsal.acting_as(Actor::Root).on("2024-06-15".parse::<Day>()?);
    /// desk.record(DefineProgram::new(ProgramId::new("housing")?))?;
    /// assert_eq!((rehearsal.head().position, agency.head().position), (1, 0));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn rehearsal(&self) -> Result<Agency, StoreError> {
        self.catch_up()?;
        let state = self.state().clone();
        let start = state.head();
        let here = MemoryLog::after(start, system_clock());
        let log = Rehearsed { past: self.clone(), start, here };
        let inner = Inner::new(Box::new(log), state, self.inner.calendar.clone(), None);
        Ok(Agency { inner: Arc::new(inner) })
    }
}

/// The log of another agency up to a head, and what came after it here.
struct Rehearsed {
    past: Agency,
    start: Head,
    here: MemoryLog,
}

impl Rehearsed {
    /// A page of the other agency's log that ends at `start` at the latest. There is always more after
    /// it than it says itself, unless nothing was recorded here yet.
    fn past(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let mut page = self.past.inner.log.read(after, limit)?;
        page.entries.retain(|entry| entry.position <= self.start.position);
        let ends = page.entries.last().map_or(*after, Entry::head);
        let all = ends == self.start && self.here.head()? == self.start;
        page.more = if all { More::No } else { More::Yes };
        Ok(page)
    }

    fn find_in_past(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        let found = self.past.inner.log.find(request)?;
        Ok(found.filter(|entry| entry.position <= self.start.position))
    }
}

impl fmt::Debug for Rehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsed").field("start", &self.start).finish_non_exhaustive()
    }
}

impl Log for Rehearsed {
    fn head(&self) -> Result<Head, StoreError> {
        self.here.head()
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        if after.position < self.start.position {
            return self.past(after, limit);
        }
        self.here.read(after, limit)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        match self.here.find(request)? {
            Some(entry) => Ok(Some(entry)),
            None => self.find_in_past(request),
        }
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        Ok(Box::new(RehearsedTurn { log: self, here: self.here.turn()? }))
    }

    /// What was forgotten is gone from the state; the entries themselves go with the rehearsal, and
    /// those of the other agency are not its to touch.
    fn erase(&self, _: &[Erasure]) -> Result<(), StoreError> {
        Ok(())
    }
}

struct RehearsedTurn<'a> {
    log: &'a Rehearsed,
    here: Box<dyn Turn + 'a>,
}

impl Turn for RehearsedTurn<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        self.here.head()
    }

    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        self.log.read(after, limit)
    }

    fn clock(&mut self) -> Result<Recorded, StoreError> {
        self.here.clock()
    }

    fn append(mut self: Box<Self>, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        // A conflict comes before a request that was used, and the past knows no conflict.
        if self.here.head()? != *after {
            return Err(StoreError::Conflict);
        }
        for request in entries.iter().filter_map(|entry| entry.request.as_ref()) {
            if self.log.find_in_past(request)?.is_some() {
                return Err(StoreError::RequestIdReused);
            }
        }
        self.here.append(after, entries)
    }
}

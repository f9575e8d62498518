//! A rehearsal: an agency that goes on from where another is, in memory alone.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use super::{Agency, Inner};
use crate::{
    Clock, RequestId, StoreError,
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
        let log = Rehearsed {
            past: self.clone(),
            start: state.head(),
            writer: Mutex::default(),
            tail: RwLock::default(),
            clock: system_clock(),
        };
        let inner = Inner {
            log: Box::new(log),
            state: RwLock::new(state),
            waiting: Mutex::new(VecDeque::new()),
            driving: Mutex::default(),
            calendar: self.inner.calendar.clone(),
            checkpoint: None,
        };
        Ok(Agency { inner: Arc::new(inner) })
    }
}

/// The log of another agency up to a head, and what came after it here.
struct Rehearsed {
    past: Agency,
    start: Head,
    /// Held by whoever has the turn.
    writer: Mutex<()>,
    tail: RwLock<Tail>,
    clock: Clock,
}

#[derive(Default)]
struct Tail {
    entries: Vec<Entry>,
    requests: HashMap<RequestId, usize>,
}

impl Rehearsed {
    fn tail(&self) -> RwLockReadGuard<'_, Tail> {
        self.tail.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn tail_mut(&self) -> RwLockWriteGuard<'_, Tail> {
        self.tail.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page of the other agency's log that ends at `start` at the latest. There is always more after
    /// it than it says itself, unless nothing was recorded here yet.
    fn past(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let mut page = self.past.inner.log.read(after, limit)?;
        page.entries.retain(|entry| entry.position <= self.start.position);
        let ends = page.entries.last().map_or(*after, Entry::head);
        let all = ends == self.start && self.tail().entries.is_empty();
        page.more = if all { More::No } else { More::Yes };
        Ok(page)
    }
}

impl Tail {
    fn head(&self, start: &Head) -> Head {
        self.entries.last().map_or(*start, Entry::head)
    }

    fn read(&self, start: &Head, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let diverged = || StoreError::Diverged { known: *after };
        let passed = after.position.checked_sub(start.position).ok_or_else(diverged)?;
        let passed = usize::try_from(passed).map_err(|_| diverged())?;
        let known = match passed.checked_sub(1) {
            None => Some(*start),
            Some(last) => self.entries.get(last).map(Entry::head),
        };
        let rest = self.entries.get(passed..).filter(|_| known == Some(*after));
        let rest = rest.ok_or_else(diverged)?;
        let mut bytes = 0usize;
        let fits = rest.iter().take(limit.entries).take_while(|entry| {
            bytes = bytes.saturating_add(entry.size());
            bytes <= limit.bytes
        });
        let (page, left) = rest.split_at(fits.count().max(1).min(rest.len()));
        let more = if left.is_empty() { More::No } else { More::Yes };
        Ok(Page { entries: page.to_vec(), more })
    }

    fn append(
        &mut self,
        start: &Head,
        after: &Head,
        entries: &[Entry],
        used: impl Fn(&RequestId) -> bool,
    ) -> Result<(), StoreError> {
        let mut end = self.head(start);
        if end != *after {
            return Err(StoreError::Conflict);
        }
        for entry in entries {
            if !entry.continues(&end) {
                return Err(StoreError::Conflict);
            }
            end = entry.head();
        }
        let mut requests = entries.iter().filter_map(|entry| entry.request.as_ref());
        if requests.any(|request| self.requests.contains_key(request) || used(request)) {
            return Err(StoreError::RequestIdReused);
        }
        for entry in entries {
            if let Some(request) = &entry.request {
                self.requests.insert(request.clone(), self.entries.len());
            }
            self.entries.push(entry.clone());
        }
        Ok(())
    }
}

impl fmt::Debug for Rehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehearsed").field("start", &self.start).finish_non_exhaustive()
    }
}

impl Log for Rehearsed {
    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.tail().head(&self.start))
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        if after.position < self.start.position {
            return self.past(after, limit);
        }
        self.tail().read(&self.start, after, limit)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        let tail = self.tail();
        let here = tail.requests.get(request).and_then(|&index| tail.entries.get(index)).cloned();
        if here.is_some() {
            return Ok(here);
        }
        drop(tail);
        let found = self.past.inner.log.find(request)?;
        Ok(found.filter(|entry| entry.position <= self.start.position))
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Box::new(RehearsedTurn { log: self, _writer: writer }))
    }

    /// What was forgotten is gone from the state; the entries themselves go with the rehearsal, and
    /// those of the other agency are not its to touch.
    fn erase(&self, _: &[Erasure]) -> Result<(), StoreError> {
        Ok(())
    }
}

struct RehearsedTurn<'a> {
    log: &'a Rehearsed,
    _writer: MutexGuard<'a, ()>,
}

impl Turn for RehearsedTurn<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        self.log.head()
    }

    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        self.log.read(after, limit)
    }

    fn clock(&mut self) -> Result<Recorded, StoreError> {
        Ok((self.log.clock)())
    }

    fn append(self: Box<Self>, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        let log = self.log;
        // Found before the tail is locked: finding looks at the tail, too.
        let mut used = Vec::new();
        for request in entries.iter().filter_map(|entry| entry.request.as_ref()) {
            if log.find(request)?.is_some() {
                used.push(request);
            }
        }
        log.tail_mut().append(&log.start, after, entries, |request| used.contains(&request))
    }
}

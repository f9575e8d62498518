//! A store that breaks its contract: the bytes of the input say how, call by call.

use std::sync::{Arc, Mutex, PoisonError};

use caseload::{
    MemoryLog, RequestId, StoreError,
    log::{Entry, Erasure, Hash, Head, Log, More, Page, PageLimit, Recorded, Turn},
};

use crate::{
    entry::{entries_before, opens_or_says_why},
    lines::empty_log,
};

/// Whatever a store gives back, an agency opens or says what is wrong, and does not wait for ever.
pub fn hostile_log(bytes: &[u8]) {
    let log = empty_log();
    log.restore(entries_before());
    let lies = bytes.iter().rev().copied().collect();
    opens_or_says_why(Hostile { log, lies: Arc::new(Mutex::new(lies)) });
}

/// Tells the truth again once the lies are used up.
struct Hostile {
    log: MemoryLog,
    lies: Arc<Mutex<Vec<u8>>>,
}

impl Hostile {
    fn lie(&self) -> u8 {
        self.lies.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn head_with_lies(&self, head: Head) -> Head {
        match self.lie() {
            1 => Head { position: u64::MAX, ..head },
            2 => Head { position: head.position.saturating_sub(1), ..head },
            3 => Head { hash: Hash::ZERO, ..head },
            4 => Head::START,
            _ => head,
        }
    }

    /// One lie about the page as a whole, one about an entry of it.
    fn page_with_lies(&self, mut page: Page) -> Page {
        match self.lie() {
            1 => page.more = More::Yes,
            2 => page.entries.reverse(),
            3 => page.entries = Vec::new(),
            4 => page = Page { entries: Vec::new(), more: More::Yes },
            5 => drop(page.entries.pop()),
            6 => page.entries.extend(page.entries.last().cloned()),
            _ => {}
        }
        let which = usize::from(self.lie());
        let count = page.entries.len().max(1);
        let lie = self.lie();
        if let Some(entry) = page.entries.get_mut(which % count) {
            lie_about(entry, lie);
        }
        page
    }

    fn failure(&self) -> Result<(), StoreError> {
        match self.lie() {
            1 => Err(StoreError::Unavailable { what: "gone".to_owned(), cause: None }),
            2 => Err(StoreError::Diverged { known: Head::START }),
            3 => Err(StoreError::Conflict),
            4 => Err(StoreError::RequestIdReused),
            5 => Err(StoreError::UnknownOutcome { cause: None }),
            6 => Err(StoreError::Closed { what: "closed".to_owned() }),
            _ => Ok(()),
        }
    }
}

fn lie_about(entry: &mut Entry, lie: u8) {
    match lie {
        1 => entry.position = u64::MAX,
        2 => entry.position = 0,
        3 => entry.recorded = Recorded::from_micros(i64::MAX),
        4 => entry.recorded = Recorded::from_micros(i64::MIN),
        5 => entry.level = u32::MAX,
        6 => entry.body.truncate(entry.body.len() / 2),
        7 => entry.private.truncate(entry.private.len() / 2),
        8 => entry.private.clear(),
        9 => entry.private.reverse(),
        10 => entry.request = RequestId::new("somebody else's").ok(),
        11 => entry.hash = Hash::ZERO,
        _ => {}
    }
}

impl Log for Hostile {
    fn head(&self) -> Result<Head, StoreError> {
        self.failure()?;
        Ok(self.head_with_lies(self.log.head()?))
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        self.failure()?;
        Ok(self.page_with_lies(self.log.read(after, limit)?))
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        self.failure()?;
        let mut found = self.log.find(request)?;
        let lie = self.lie();
        if let Some(entry) = &mut found {
            lie_about(entry, lie);
        }
        Ok(found)
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        self.failure()?;
        Ok(Box::new(HostileTurn { turn: self.log.turn()?, log: self }))
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        self.failure()?;
        self.log.erase(items)
    }
}

struct HostileTurn<'a> {
    turn: Box<dyn Turn + 'a>,
    log: &'a Hostile,
}

impl Turn for HostileTurn<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        Ok(self.log.head_with_lies(self.turn.head()?))
    }

    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        self.log.failure()?;
        Ok(self.log.page_with_lies(self.turn.tail(after, limit)?))
    }

    fn clock(&mut self) -> Result<Recorded, StoreError> {
        match self.log.lie() {
            1 => Ok(Recorded::from_micros(i64::MAX)),
            2 => Ok(Recorded::from_micros(i64::MIN)),
            _ => self.turn.clock(),
        }
    }

    fn append(self: Box<Self>, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        self.log.failure()?;
        self.turn.append(after, entries)
    }
}

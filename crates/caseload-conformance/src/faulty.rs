//! Stores that are broken on purpose, one fault each: they show that the suite catches it.

use std::{
    collections::HashSet,
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use caseload::{
    MemoryLog, RequestId, StoreError,
    log::{Entry, Erasure, Head, Log, More, Page, PageLimit, Recorded, RequestText, Turn},
};

use crate::{Backup, Store, Stores, Trouble};

/// For how long a store waits for a turn that will not come.
const TIMEOUT: Duration = Duration::from_millis(500);
/// Of so many appends one is lost.
const LOST: u64 = 5;
/// The column that is too short, and the blob that is.
const SHORT_ID: usize = 64;
const SHORT_BLOB: usize = 1024 * 1024;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// What is broken about a store.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Fault] = &[$(Fault::$name),*];
        }
    };
}

faults! {
    /// An empty log has no head, and that is an error.
    EmptyLogFails
    /// An append now and then is acknowledged and not stored.
    LostWrite
    /// Of several entries only the first is stored.
    HalfTransfer
    /// Entries before the one that is refused are stored.
    TornRefusal
    /// Appends at the end, whatever head was named.
    IgnoredHead
    /// Looks at the head, and not whether the entries follow each other.
    UncheckedChain
    /// Does not look whether a request id is stored already.
    DuplicateAccepted
    /// Takes every refusal of the database for a conflict.
    EverythingIsAConflict
    /// Says that a refused append was stored.
    SwallowedError
    /// A handle reads what was there when it last wrote.
    StaleRead
    /// A page comes in no particular order.
    WrongOrder
    /// The last entry of a page is missing, and the page says that was all.
    TruncatedRead
    /// No page says that there is more.
    NeverMore
    /// Every page says that there is more.
    AlwaysMore
    /// A page ignores the limit of bytes.
    UnboundedPage
    /// A page in which the first entry does not fit is empty.
    EmptyPage
    /// A foreign hash at the position that is read from goes unnoticed.
    ForeignHeadNotNoticed
    /// A log that ends before the position that is read from goes unnoticed.
    EarlierEndNotNoticed
    /// The tail under the lock takes any head.
    TailTakesAnyHead
    /// The tail under the lock is what the handle had read before.
    StaleTail
    /// A turn keeps nobody out.
    NoLock
    /// A dropped turn is never given back.
    LockKept
    /// Reading waits for the turn, as with a single connection.
    ReadersWait
    /// A request id is never found.
    RequestNotFound
    /// Request ids are compared without regard to case.
    RequestsIgnoreCase
    /// Request ids are cut after 64 bytes.
    RequestsCut
    /// Entries come back without their request ids.
    RequestsNotRead
    /// The body is parsed and written anew.
    BodyWrittenAnew
    /// Instants are rounded to seconds.
    RecordedInSeconds
    /// Entries of more than a mebibyte are refused.
    SmallBlobs
    /// Erasing does nothing.
    EraseNothing
    /// Erasing removes the digests as well.
    EraseDigests
    /// Erasing removes every item of the entry.
    EraseTooMuch
    /// The request id survives its erasure.
    EraseKeepsRequest
    /// Erasing what is erased already is an error.
    EraseTwiceFails
    /// Erases at the position, whatever entry is there, and nothing where there is none.
    EraseAtPosition
    /// Erases in the entries before the one that it does not hold.
    TornErasure
}

/// Stores with one fault each, over [`MemoryLog`].
///
/// ```
/// use caseload_conformance::{CASES, faulty::{Fault, FaultyStores}};
/// let stores = FaultyStores(Fault::WrongOrder);
/// assert!(CASES.iter().any(|case| (case.run)(&stores).is_err()));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct FaultyStores(pub Fault);

impl Stores for FaultyStores {
    fn fresh(&self) -> Result<Box<dyn Store>, Trouble> {
        let log = match self.0 {
            Fault::LockKept | Fault::ReadersWait => MemoryLog::new().with_timeout(TIMEOUT),
            _ => MemoryLog::new(),
        };
        Ok(Box::new(FaultyStore { fault: self.0, log, appends: Arc::default() }))
    }
}

struct FaultyStore {
    fault: Fault,
    log: MemoryLog,
    appends: Arc<AtomicU64>,
}

impl Store for FaultyStore {
    fn open(&self) -> Result<Box<dyn Log>, Trouble> {
        let log = FaultyLog {
            fault: self.fault,
            log: self.log.clone(),
            appends: Arc::clone(&self.appends),
            seen: Mutex::default(),
        };
        log.look();
        Ok(Box::new(log))
    }

    fn backup(&self) -> Result<Backup<'_>, Trouble> {
        self.log.backup()
    }
}

struct FaultyLog {
    fault: Fault,
    /// What is truly stored.
    log: MemoryLog,
    appends: Arc<AtomicU64>,
    /// What this handle saw when it was opened and after each append of its own.
    seen: Mutex<MemoryLog>,
}

impl Log for FaultyLog {
    fn head(&self) -> Result<Head, StoreError> {
        let head = self.reader(Fault::StaleRead)?.head()?;
        if self.fault == Fault::EmptyLogFails && head == Head::START {
            return Err(StoreError::corrupt("there is no last entry"));
        }
        Ok(head)
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        self.page(&self.reader(Fault::StaleRead)?, after, limit)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        let asked = request.as_str();
        let same = |other: &str| match self.fault {
            Fault::RequestNotFound => false,
            Fault::RequestsIgnoreCase => other.eq_ignore_ascii_case(asked),
            Fault::RequestsCut => cut(other) == cut(asked),
            _ => other == asked,
        };
        let entries = self.reader(Fault::StaleRead)?.snapshot();
        let has = |entry: &Entry| entry.request.as_ref().is_some_and(|id| same(id.as_str()));
        Ok(entries.into_iter().find(has).map(|entry| self.altered(entry)))
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        let lock = if self.fault == Fault::NoLock { None } else { Some(self.log.turn()?) };
        Ok(Box::new(FaultyTurn { log: self, lock }))
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        let mut items = items.to_vec();
        match self.fault {
            Fault::EraseNothing => return Ok(()),
            Fault::EraseTooMuch => items.iter_mut().for_each(|one| one.items = (0..9).collect()),
            Fault::EraseKeepsRequest => {
                items.iter_mut().for_each(|one| one.request = RequestText::Keep);
            }
            Fault::EraseTwiceFails => return self.erase_once(&items),
            Fault::EraseAtPosition => items = self.at_positions(items),
            Fault::TornErasure => {
                return items.iter().try_for_each(|one| self.log.erase(std::slice::from_ref(one)));
            }
            _ => {}
        }
        self.log.erase(&items)?;
        if self.fault == Fault::EraseDigests {
            let mut entries = self.log.snapshot();
            for entry in &mut entries {
                if items.iter().any(|one| one.entry == entry.head()) {
                    entry.private = Vec::new();
                }
            }
            self.log.restore(entries);
        }
        Ok(())
    }
}

impl FaultyLog {
    /// The log that is read, where a fault shows what the handle saw earlier.
    fn reader(&self, stale: Fault) -> Result<MemoryLog, StoreError> {
        if self.fault == Fault::ReadersWait {
            drop(self.log.turn()?);
        }
        if self.fault != stale {
            return Ok(self.log.clone());
        }
        Ok(self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Remembers what is stored now.
    fn look(&self) {
        let now = MemoryLog::new();
        now.restore(self.log.snapshot());
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    fn page(&self, log: &MemoryLog, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let limit = match self.fault {
            Fault::UnboundedPage => PageLimit { bytes: usize::MAX, ..limit },
            _ => limit,
        };
        let mut page = match (self.fault, log.read(after, limit)) {
            (Fault::ForeignHeadNotNoticed, Err(error)) => at(log, after, limit).ok_or(error)??,
            (Fault::EarlierEndNotNoticed, Err(error)) => match at(log, after, limit) {
                None => Page::default(),
                Some(_) => return Err(error),
            },
            (_, page) => page?,
        };
        match self.fault {
            Fault::WrongOrder => page.entries.reverse(),
            Fault::TruncatedRead if page.entries.len() > 1 => {
                page.entries.pop();
                page.more = More::No;
            }
            Fault::NeverMore => page.more = More::No,
            Fault::AlwaysMore => page.more = More::Yes,
            Fault::EmptyPage
                if page.entries.first().is_some_and(|first| first.size() > limit.bytes) =>
            {
                page.entries.clear();
            }
            _ => {}
        }
        page.entries = page.entries.into_iter().map(|entry| self.altered(entry)).collect();
        Ok(page)
    }

    /// An entry as it comes back.
    fn altered(&self, mut entry: Entry) -> Entry {
        match self.fault {
            Fault::BodyWrittenAnew => {
                let body = serde_json::from_slice::<serde_json::Value>(&entry.body);
                if let Ok(body) = body.and_then(|body| serde_json::to_vec_pretty(&body)) {
                    entry.body = body;
                }
            }
            Fault::RequestsNotRead => entry.request = None,
            Fault::RecordedInSeconds => {
                let micros = entry.recorded.micros();
                entry.recorded = Recorded::from_micros(micros - micros.rem_euclid(1_000_000));
            }
            _ => {}
        }
        entry
    }

    /// Appends; the caller has the turn, unless there is none to have.
    fn append(&self, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        match self.fault {
            Fault::NoLock => self.log.turn()?.append(after, entries),
            Fault::LostWrite if self.appends.fetch_add(1, Ordering::SeqCst) % LOST == LOST - 1 => {
                self.check(after, entries)
            }
            Fault::HalfTransfer => self.store(after, entries.get(..1).unwrap_or(entries)),
            Fault::TornRefusal => {
                self.check(after, &[])?;
                entries.iter().try_fold(*after, |head, entry| {
                    self.store(&head, std::slice::from_ref(entry))?;
                    Ok(entry.head())
                })?;
                Ok(())
            }
            Fault::SmallBlobs if entries.iter().any(|entry| entry.size() > SHORT_BLOB) => {
                Err(StoreError::Full { what: "a blob is full".to_owned(), cause: None })
            }
            Fault::EverythingIsAConflict => {
                self.store(after, entries).map_err(|_| StoreError::Conflict)
            }
            Fault::SwallowedError => self.store(after, entries).or(Ok(())),
            _ => self.store(after, entries),
        }
    }

    fn store(&self, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        self.check(after, entries)?;
        let mut all = self.log.snapshot();
        all.extend_from_slice(entries);
        self.log.restore(all);
        Ok(())
    }

    /// The three checks of an append, without the one that the fault leaves out.
    fn check(&self, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        if self.fault != Fault::IgnoredHead && self.log.head()? != *after {
            return Err(StoreError::Conflict);
        }
        let end = entries
            .iter()
            .try_fold(*after, |head, entry| entry.continues(&head).then(|| entry.head()));
        if self.fault != Fault::UncheckedChain && end.is_none() {
            return Err(StoreError::Conflict);
        }
        let stored = self.log.snapshot();
        let mut known: HashSet<_> = stored.iter().filter_map(|one| one.request.clone()).collect();
        let mut new = entries.iter().filter_map(|entry| entry.request.clone());
        if self.fault != Fault::DuplicateAccepted && !new.all(|request| known.insert(request)) {
            return Err(StoreError::RequestIdReused);
        }
        Ok(())
    }

    /// The erasures with the entries that are at their positions now.
    fn at_positions(&self, mut items: Vec<Erasure>) -> Vec<Erasure> {
        let stored = self.log.snapshot();
        items.retain_mut(|one| {
            let there = stored.iter().find(|entry| entry.position == one.entry.position);
            there.map(|entry| one.entry = entry.head()).is_some()
        });
        items
    }

    fn erase_once(&self, items: &[Erasure]) -> Result<(), StoreError> {
        let before = self.log.snapshot();
        self.log.erase(items)?;
        if self.log.snapshot() == before {
            return Err(StoreError::corrupt("there is nothing to erase"));
        }
        Ok(())
    }
}

/// The page at a position, whatever the hash there.
fn at(log: &MemoryLog, after: &Head, limit: PageLimit) -> Option<Result<Page, StoreError>> {
    let head = match after.position {
        0 => Head::START,
        position => log.snapshot().iter().find(|entry| entry.position == position)?.head(),
    };
    Some(log.read(&head, limit))
}

fn cut(id: &str) -> &[u8] {
    id.as_bytes().get(..SHORT_ID).unwrap_or(id.as_bytes())
}

struct FaultyTurn<'a> {
    log: &'a FaultyLog,
    lock: Option<Box<dyn Turn + 'a>>,
}

impl Turn for FaultyTurn<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        self.log.log.head()
    }

    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let log = match self.log.fault {
            Fault::StaleTail => self.log.reader(Fault::StaleTail)?,
            _ => self.log.log.clone(),
        };
        match (self.log.fault, at(&log, after, limit)) {
            (Fault::TailTakesAnyHead, None) => Ok(Page::default()),
            (Fault::TailTakesAnyHead, Some(page)) => page,
            _ => self.log.page(&log, after, limit),
        }
    }

    fn clock(&mut self) -> Result<Recorded, StoreError> {
        match &mut self.lock {
            Some(turn) => turn.clock(),
            None => Ok((caseload::system_clock())()),
        }
    }

    fn append(mut self: Box<Self>, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        let result = self.log.append(after, entries);
        self.log.look();
        // An append gives the turn back, also where a drop does not.
        drop(self.lock.take());
        result
    }
}

impl Drop for FaultyTurn<'_> {
    fn drop(&mut self) {
        if self.log.fault == Fault::LockKept {
            mem::forget(self.lock.take());
        }
    }
}

//! A log in memory: the whole contract of `docs/storage.md`, gone with the last handle.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    RequestId, StoreError,
    log::{
        Entry, Erasure, Head, Log, More, Page, PageLimit, Position, PrivateItems, Recorded,
        RequestText, Turn,
    },
};

/// What a store reads the time from.
pub type Clock = Arc<dyn Fn() -> Recorded + Send + Sync>;

/// For how long a handle waits for its turn unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A log in memory, for tests, previews and hosts that keep nothing.
///
/// It keeps the whole contract, so what passes here passes on a database. Clones are further handles
/// on the same log.
///
/// ```
/// use caseload::{MemoryLog, log::{Entry, Head, Log, PageLimit}};
///
/// let log = MemoryLog::new();
/// let mut turn = log.turn()?;
/// let (head, now) = (turn.head()?, turn.clock()?);
/// let entry = Entry::sealed(&head, now, None, b"{}".to_vec(), Vec::new());
/// turn.append(&head, std::slice::from_ref(&entry))?;
///
/// assert_eq!(log.head()?, entry.head());
/// assert_eq!(log.read(&Head::START, PageLimit::default())?.entries, [entry]);
/// # Ok::<(), caseload::StoreError>(())
/// ```
#[derive(Clone)]
pub struct MemoryLog {
    shared: Arc<Shared>,
    clock: Clock,
    timeout: Duration,
}

struct Shared {
    writer: Mutex<Writer>,
    freed: Condvar,
    stored: RwLock<Stored>,
}

/// Whether somebody has the turn.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Writer {
    #[default]
    Free,
    Busy,
}

struct Stored {
    /// What the first entry continues: nothing, but in a rehearsal.
    start: Head,
    entries: Vec<Entry>,
    requests: HashMap<RequestId, usize>,
}

impl MemoryLog {
    /// An empty log with the system's clock.
    pub fn new() -> MemoryLog {
        MemoryLog::with_clock(system_clock())
    }

    /// An empty log with a clock of the caller's.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use caseload::{MemoryLog, log::{Log, Recorded}};
    ///
    /// let log = MemoryLog::with_clock(Arc::new(|| Recorded::from_micros(7)));
    /// assert_eq!(log.turn()?.clock()?, Recorded::from_micros(7));
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    pub fn with_clock(clock: Clock) -> MemoryLog {
        MemoryLog::after(Head::START, clock)
    }

    /// An empty log that goes on from where another ends.
    pub(crate) fn after(start: Head, clock: Clock) -> MemoryLog {
        let shared = Shared {
            writer: Mutex::default(),
            freed: Condvar::new(),
            stored: RwLock::new(Stored::starting_at(start)),
        };
        MemoryLog { shared: Arc::new(shared), clock, timeout: TIMEOUT }
    }

    /// The same log through a handle that waits at most so long for its turn (30 seconds if unsaid).
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> MemoryLog {
        MemoryLog { timeout, ..self }
    }

    /// A copy of what is stored, as an operator's backup would hold it.
    pub fn snapshot(&self) -> Vec<Entry> {
        self.stored().entries.clone()
    }

    /// Puts these entries in place of the log, unchecked and under open handles, as an operator who
    /// restores a backup does.
    ///
    /// ```
    /// use caseload::{MemoryLog, StoreError, log::{Entry, Head, Log, PageLimit}};
    ///
    /// let log = MemoryLog::new();
    /// let before = log.snapshot();
    /// let mut turn = log.turn()?;
    /// let entry = Entry::sealed(&Head::START, turn.clock()?, None, b"{}".to_vec(), Vec::new());
    /// turn.append(&Head::START, std::slice::from_ref(&entry))?;
    /// log.restore(before);
    /// let read = log.read(&entry.head(), PageLimit::default());
    /// assert!(matches!(read, Err(StoreError::Diverged { .. })));
    /// # Ok::<(), StoreError>(())
    /// ```
    pub fn restore(&self, entries: Vec<Entry>) {
        self.change(|stored| {
            *stored = Stored::starting_at(stored.start);
            entries.into_iter().for_each(|entry| stored.push(entry));
        });
    }

    fn stored(&self) -> RwLockReadGuard<'_, Stored> {
        // Every change is made whole or not at all, so a panic elsewhere leaves nothing torn.
        self.shared.stored.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Stored) -> T) -> T {
        change(&mut self.shared.stored.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self) -> Result<MemoryTurn<'_>, StoreError> {
        let busy = |writer: &mut Writer| *writer == Writer::Busy;
        let (mut writer, waited) = self
            .shared
            .freed
            .wait_timeout_while(self.writer(), self.timeout, busy)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            let what = format!(
                "the log in memory: another writer kept its turn for {:?}; end that turn first",
                self.timeout
            );
            return Err(StoreError::Locked { what, cause: None });
        }
        *writer = Writer::Busy;
        Ok(MemoryTurn { log: self })
    }
}

impl Default for MemoryLog {
    fn default() -> Self {
        MemoryLog::new()
    }
}

impl fmt::Debug for MemoryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLog").field("head", &self.stored().head()).finish_non_exhaustive()
    }
}

impl Log for MemoryLog {
    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.stored().head())
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        self.stored().read(after, limit)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        let stored = self.stored();
        Ok(stored.requests.get(request).and_then(|&index| stored.entries.get(index)).cloned())
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        Ok(Box::new(self.wait()?))
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        let _turn = self.wait()?;
        self.change(|stored| stored.erase(items))
    }
}

/// A turn at a [`MemoryLog`]; given back when dropped.
struct MemoryTurn<'a> {
    log: &'a MemoryLog,
}

impl Turn for MemoryTurn<'_> {
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
        self.log.change(|stored| stored.append(after, entries))
    }
}

impl Drop for MemoryTurn<'_> {
    fn drop(&mut self) {
        *self.log.writer() = Writer::Free;
        self.log.shared.freed.notify_one();
    }
}

impl Stored {
    fn starting_at(start: Head) -> Stored {
        Stored { start, entries: Vec::new(), requests: HashMap::new() }
    }

    fn head(&self) -> Head {
        self.entries.last().map_or(self.start, Entry::head)
    }

    /// How many entries there are up to a position; none before the start.
    fn count_to(&self, position: Position) -> Option<usize> {
        usize::try_from(position.checked_sub(self.start.position)?).ok()
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let rest = self.after(after).ok_or(StoreError::Diverged { known: *after })?;
        let mut bytes = 0usize;
        let fits = rest.iter().take(limit.entries).take_while(|entry| {
            bytes = bytes.saturating_add(entry.size());
            bytes <= limit.bytes
        });
        let (page, left) = rest.split_at(fits.count().max(1).min(rest.len()));
        let more = if left.is_empty() { More::No } else { More::Yes };
        Ok(Page { entries: page.to_vec(), more })
    }

    /// The entries after a head, if this log has that head.
    fn after(&self, head: &Head) -> Option<&[Entry]> {
        let (past, rest) = self.entries.split_at_checked(self.count_to(head.position)?)?;
        let known = past.last().map_or(self.start, Entry::head);
        (known == *head).then_some(rest)
    }

    fn append(&mut self, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        let mut end = self.head();
        if end != *after {
            return Err(StoreError::Conflict);
        }
        let mut seen = HashSet::new();
        for entry in entries {
            if !entry.continues(&end) {
                return Err(StoreError::Conflict);
            }
            end = entry.head();
            if let Some(request) = &entry.request
                && (self.requests.contains_key(request) || !seen.insert(request))
            {
                return Err(StoreError::RequestIdReused);
            }
        }
        entries.iter().cloned().for_each(|entry| self.push(entry));
        Ok(())
    }

    fn push(&mut self, entry: Entry) {
        if let Some(request) = &entry.request {
            self.requests.insert(request.clone(), self.entries.len());
        }
        self.entries.push(entry);
    }

    fn erase(&mut self, items: &[Erasure]) -> Result<(), StoreError> {
        let holds = |head: &Head| head.position > self.start.position && self.after(head).is_some();
        match items.iter().find(|erasure| !holds(&erasure.entry)) {
            Some(erasure) => Err(StoreError::Diverged { known: erasure.entry }),
            None => items.iter().try_for_each(|erasure| self.erase_in(erasure)),
        }
    }

    fn erase_in(&mut self, erasure: &Erasure) -> Result<(), StoreError> {
        let count = self.count_to(erasure.entry.position);
        let index = count.and_then(|count| count.checked_sub(1));
        let Some(entry) = index.and_then(|index| self.entries.get_mut(index)) else {
            return Ok(());
        };
        entry.private = PrivateItems::erase(&entry.private, &erasure.items)?;
        if erasure.request == RequestText::Erase
            && let Some(request) = entry.request.take()
        {
            self.requests.remove(&request);
        }
        Ok(())
    }
}

/// The clock of the machine.
///
/// ```
/// let clock = caseload::system_clock();
/// assert!(clock() > "2024-01-01T00:00:00Z".parse()?);
/// # Ok::<(), caseload::InputError>(())
/// ```
pub fn system_clock() -> Clock {
    Arc::new(|| {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that stores are given")]
        let now = SystemTime::now();
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Recorded::from_micros(match now.duration_since(UNIX_EPOCH) {
            Ok(since) => micros(since),
            Err(before) => micros(before.duration()).saturating_neg(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(after: &Head, request: Option<&str>) -> Entry {
        let mut items = PrivateItems::default();
        items.push([1; 16], "P-1");
        let request = request.map(|text| RequestId::new(text).unwrap());
        Entry::sealed(after, Recorded::from_micros(5), request, b"{}".to_vec(), items.pack())
    }

    /// A chain of so many entries with the requests `r1`, `r2` and so on.
    fn chain(count: usize) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for number in 1..=count {
            let after = entries.last().map_or(Head::START, Entry::head);
            entries.push(entry(&after, Some(&format!("r{number}"))));
        }
        entries
    }

    fn filled(count: usize) -> (MemoryLog, Vec<Entry>) {
        let (log, entries) = (MemoryLog::new(), chain(count));
        log.turn().unwrap().append(&Head::START, &entries).unwrap();
        (log, entries)
    }

    #[test]
    fn pages_hold_what_fits_and_at_least_one() {
        let (log, entries) = filled(5);
        let size = entries[0].size();
        let page = |count, bytes| {
            let page = log.read(&entries[0].head(), PageLimit { entries: count, bytes }).unwrap();
            (page.entries.len(), page.more)
        };
        assert_eq!(page(4, usize::MAX), (4, More::No));
        assert_eq!(page(3, usize::MAX), (3, More::Yes));
        assert_eq!(page(9, 2 * size), (2, More::Yes));
        assert_eq!(page(9, 2 * size - 1), (1, More::Yes));
        assert_eq!(page(0, 0), (1, More::Yes));
        let end = log.read(&entries[4].head(), PageLimit { entries: 0, bytes: 0 }).unwrap();
        assert_eq!((end.entries.len(), end.more), (0, More::No));
    }

    #[test]
    fn another_past_is_diverged() {
        let (log, entries) = filled(2);
        let foreign = Head { position: 2, hash: entries[0].hash };
        let later = Head { position: 3, hash: entries[1].hash };
        let start = Head { position: 0, hash: entries[0].hash };
        let far = Head { position: u64::MAX, hash: entries[1].hash };
        for known in [foreign, later, start, far] {
            let read = log.read(&known, PageLimit::default());
            assert!(matches!(read, Err(StoreError::Diverged { known: told }) if told == known));
        }
    }

    #[test]
    fn an_append_stores_all_or_nothing() {
        let (log, entries) = filled(2);
        let head = entries[1].head();
        let good = entry(&head, None);
        let reused = entry(&good.head(), Some("r1"));
        let twice = [entry(&head, Some("new")), entry(&entry(&head, None).head(), Some("new"))];
        let loose = entry(&entries[0].head(), None);
        let append = |after: &Head, entries: &[Entry]| {
            log.turn().unwrap().append(after, entries).unwrap_err().code()
        };
        assert_eq!(append(&entries[0].head(), &[]), "store-conflict");
        assert_eq!(append(&entries[0].head(), std::slice::from_ref(&loose)), "store-conflict");
        assert_eq!(append(&head, &[good.clone(), loose]), "store-conflict");
        assert_eq!(append(&head, &[good.clone(), reused]), "store-request-id-reused");
        assert_eq!(append(&head, &twice), "store-request-id-reused");
        assert_eq!(log.snapshot(), entries);
        log.turn().unwrap().append(&head, &[good]).unwrap();
        assert_eq!(log.head().unwrap().position, 3);
    }

    #[test]
    fn one_turn_at_a_time() {
        let log = MemoryLog::new().with_timeout(Duration::from_millis(20));
        let turn = log.turn().unwrap();
        assert!(matches!(log.clone().turn().map(drop), Err(StoreError::Locked { .. })));
        assert!(matches!(log.erase(&[]), Err(StoreError::Locked { .. })));
        drop(turn);
        assert!(log.turn().is_ok());
    }

    #[test]
    fn a_waiting_writer_gets_the_turn() {
        let log = MemoryLog::new();
        std::thread::scope(|scope| {
            let turn = log.turn().unwrap();
            let waiting = scope.spawn(|| log.turn().map(drop));
            std::thread::sleep(Duration::from_millis(20));
            assert!(!waiting.is_finished());
            drop(turn);
            waiting.join().unwrap().unwrap();
        });
    }

    #[test]
    fn erasing_takes_the_text_and_the_request() {
        let (log, entries) = filled(2);
        let erasure = |entry, request| Erasure { entry, items: vec![0], request };
        let [one, two] = [entries[0].head(), entries[1].head()];
        log.erase(&[erasure(one, RequestText::Keep), erasure(two, RequestText::Erase)]).unwrap();
        log.erase(&[erasure(two, RequestText::Erase)]).unwrap();
        let found = |text: &str| log.find(&RequestId::new(text).unwrap()).unwrap();
        assert!(found("r1").is_some_and(|entry| entry.position == 1));
        assert_eq!(found("r2"), None);
        for (now, then) in log.snapshot().iter().zip(&entries) {
            let left = PrivateItems::unpack(&now.private).unwrap();
            assert_eq!(left.text(0), None);
            assert_eq!(left.digest(), PrivateItems::unpack(&then.private).unwrap().digest());
            assert_eq!((now.hash, &now.body), (then.hash, &then.body));
        }
        assert_eq!(log.snapshot()[1].request, None);
    }

    #[test]
    fn an_entry_that_is_not_held_is_diverged_and_nothing_is_erased() {
        let (log, entries) = filled(2);
        let foreign = Head { position: 2, hash: entries[0].hash };
        let later = Head { position: 3, hash: entries[1].hash };
        for known in [foreign, later, Head::START] {
            let erasure = |entry| Erasure { entry, items: vec![0], request: RequestText::Erase };
            let refused = log.erase(&[erasure(entries[0].head()), erasure(known)]);
            assert!(matches!(refused, Err(StoreError::Diverged { known: told }) if told == known));
        }
        assert_eq!(log.snapshot(), entries);
    }

    #[test]
    fn a_restored_copy_is_what_every_handle_sees() {
        let (log, entries) = filled(3);
        let other = log.clone();
        other.restore(entries[..1].to_vec());
        assert_eq!(log.head().unwrap(), entries[0].head());
        assert_eq!(log.find(&RequestId::new("r3").unwrap()).unwrap(), None);
        assert!(log.read(&entries[2].head(), PageLimit::default()).is_err());
    }

    #[test]
    fn debug_shows_no_entry() {
        assert!(!format!("{:?}", filled(1).0).contains("private"));
    }
}

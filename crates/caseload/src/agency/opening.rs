//! Opening an agency: from a checkpoint where there is one, then fold what came since.

use std::{
    io::{self, Cursor, Read},
    sync::Arc,
};

use super::{Agency, Calendar, Inner, fold_all};
use crate::{
    Error, Flow, Progress, Stage, StoreError, Tell,
    log::{Entry, Log, More, PageLimit},
    state::State,
};

/// How many bytes of entries beyond the checkpoint are worth a new one: some fifty thousand facts. What
/// folding costs goes by facts, and a batch has ten thousand in one entry.
const WORTH_A_CHECKPOINT: usize = 8 * 1024 * 1024;

/// Where the folded state is kept between runs: a cache beside the log.
///
/// It may be lost at any time. What is read is checked against the log and dropped when anything is odd;
/// it holds ids, so it must be erased where the log is erased.
pub trait Checkpoint: Send + Sync {
    /// The bytes written last, if there are any.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it; the agency then folds the log.
    fn read(&self) -> Result<Option<CheckpointBytes>, StoreError>;

    /// Keeps these bytes in place of any others, whole or not at all.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it.
    fn write(&self, bytes: &[u8]) -> Result<(), StoreError>;

    /// Removes what is kept, so that nothing of it can be read any more.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it.
    fn remove(&self) -> Result<(), StoreError>;
}

/// The bytes of a checkpoint, read once from front to back, so that they never lie in memory as a whole.
///
/// ```
/// use caseload::CheckpointBytes;
/// assert_eq!(CheckpointBytes::from(vec![1, 2, 3]).length(), 3);
/// ```
pub struct CheckpointBytes {
    length: u64,
    from: Box<dyn Read + Send>,
}

impl CheckpointBytes {
    /// So many bytes from somewhere; a file best as it is, for it is read in large blocks.
    pub fn new(length: u64, from: impl Read + Send + 'static) -> CheckpointBytes {
        CheckpointBytes { length, from: Box::new(from) }
    }

    /// How many there are.
    pub const fn length(&self) -> u64 {
        self.length
    }
}

impl From<Vec<u8>> for CheckpointBytes {
    fn from(bytes: Vec<u8>) -> CheckpointBytes {
        CheckpointBytes::new(bytes.len() as u64, Cursor::new(bytes))
    }
}

impl Read for CheckpointBytes {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.from.read(block)
    }
}

impl std::fmt::Debug for CheckpointBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckpointBytes").field("length", &self.length).finish_non_exhaustive()
    }
}

/// What is said about an agency when it is opened.
#[derive(Default)]
pub struct Opening {
    calendar: Option<Calendar>,
    checkpoint: Option<Box<dyn Checkpoint>>,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}

impl Opening {
    /// Desks without a day ask this calendar for today's date.
    #[must_use]
    pub fn calendar(mut self, calendar: Calendar) -> Opening {
        self.calendar = Some(calendar);
        self
    }

    /// The folded state is kept here between runs.
    #[must_use]
    pub fn checkpoint(mut self, checkpoint: impl Checkpoint + 'static) -> Opening {
        self.checkpoint = Some(Box::new(checkpoint));
        self
    }

    /// Opens the agency, telling how far it has come.
    ///
    /// # Errors
    /// [`Error::Store`] as [`Agency::open`]; [`Error::Cancelled`] when the caller says so.
    pub fn open(self, log: impl Log + 'static, tell: Tell<'_>) -> Result<Agency, Error> {
        let log: Box<dyn Log> = Box::new(log);
        let mut state = self.kept_state(&*log).unwrap_or_else(State::new);
        let mut folded = 0;
        let total = log.head()?.position;
        loop {
            let page = log.read(&state.head(), PageLimit::default())?.sound()?;
            fold_all(&mut state, &page.entries)?;
            folded += page.entries.iter().map(Entry::size).sum::<usize>();
            if tell(Progress::new(Stage::Opening, state.head().position, total)) == Flow::Cancel {
                return Err(Error::Cancelled);
            }
            if page.more == More::No {
                break;
            }
        }
        let agency = self.with(log, state);
        // A store that may only be read, or is busy, can be asked all the same.
        let _ = agency.erase_what_is_owed();
        if folded >= WORTH_A_CHECKPOINT {
            // A cache: that it cannot be written now must not keep anybody from working.
            let _ = agency.keep_checkpoint();
        }
        Ok(agency)
    }

    pub(super) fn open_quietly(self, log: impl Log + 'static) -> Result<Agency, StoreError> {
        match self.open(log, &mut |_| Flow::Continue) {
            Ok(agency) => Ok(agency),
            Err(Error::Store(error)) => Err(error),
            Err(error) => Err(StoreError::bug(format!("opening said: {}", error.code()))),
        }
    }

    fn with(self, log: Box<dyn Log>, state: State) -> Agency {
        let inner = Inner::new(log, state, self.calendar, self.checkpoint);
        Agency { inner: Arc::new(inner) }
    }

    /// The state of the checkpoint, if it is whole and the log still has its head.
    fn kept_state(&self, log: &dyn Log) -> Option<State> {
        let bytes = self.checkpoint.as_ref()?.read().ok()??;
        let state = State::from_checkpoint(bytes)?;
        let one = PageLimit { entries: 1, bytes: 1 };
        log.read(&state.head(), one).ok().map(|_| state)
    }
}

impl Agency {
    /// Keeps the folded state where the agency was told to, so that opening is fast next time.
    ///
    /// # Errors
    /// [`StoreError`] as the checkpoint's store finds it; it is a cache, and nothing else is wrong then.
    pub fn keep_checkpoint(&self) -> Result<(), StoreError> {
        let Some(checkpoint) = &self.inner.checkpoint else { return Ok(()) };
        // It must not bring back whoever another process has forgotten.
        self.catch_up()?;
        let state = self.state();
        if !state.to_erase().is_empty() {
            // Opened from there, nobody would know any more what is still to be erased.
            return Ok(());
        }
        let bytes = state.to_checkpoint();
        drop(state);
        checkpoint.write(&bytes)?;
        // Who was forgotten while it was written is erased in it, too.
        self.catch_up()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Actor, Day, DefineProgram, EnrollmentId, EnrollmentRow, MemoryLog, MirrorEnrollments,
        ParticipantId, ProgramId, RequestId,
        log::{Entry, Erasure, Head, Page, Position, Turn},
    };

    /// Counts how often it was written, and keeps what was written last.
    #[derive(Clone, Default)]
    struct Kept(Arc<std::sync::Mutex<(usize, Option<Vec<u8>>)>>);

    impl Kept {
        fn written(&self) -> usize {
            self.0.lock().unwrap().0
        }
    }

    impl Checkpoint for Kept {
        fn read(&self) -> Result<Option<CheckpointBytes>, StoreError> {
            Ok(self.0.lock().unwrap().1.clone().map(CheckpointBytes::from))
        }

        fn write(&self, bytes: &[u8]) -> Result<(), StoreError> {
            let mut kept = self.0.lock().unwrap();
            *kept = (kept.0 + 1, Some(bytes.to_vec()));
            Ok(())
        }

        fn remove(&self) -> Result<(), StoreError> {
            self.0.lock().unwrap().1 = None;
            Ok(())
        }
    }

    /// Enrolls ten thousand participants as one entry.
    fn enroll_many(log: &MemoryLog, list: u32) -> Position {
        let agency = Agency::open(log.clone()).unwrap();
        let program = ProgramId::new(format!("p{list}")).unwrap();
        let day: Day = "2024-01-01".parse().unwrap();
        let row = |n: u32| {
            let id = EnrollmentId::new(format!("e-{list}-{n}")).unwrap();
            let participant = ParticipantId::new(format!("c-{list}-{n}")).unwrap();
            EnrollmentRow::new(id, participant, day, None)
        };
        let desk = agency.acting_as(Actor::Root).on(day);
        desk.record(DefineProgram::new(program.clone())).unwrap();
        let rows = (0..10_000).map(row).collect();
        desk.record(MirrorEnrollments::new(program, rows)).unwrap().head.position
    }

    #[test]
    fn few_large_entries_are_worth_a_checkpoint_and_fewer_are_not() {
        let (log, kept) = (MemoryLog::new(), Kept::default());
        let open =
            || Opening::default().checkpoint(kept.clone()).open_quietly(log.clone()).unwrap();
        enroll_many(&log, 1);
        open();
        assert_eq!(kept.written(), 0, "one list is folded as fast as it is read back");
        let ends: Vec<Position> = (2..=8).map(|list| enroll_many(&log, list)).collect();
        assert_eq!(ends.last(), Some(&16), "the log is short");
        open();
        assert_eq!(kept.written(), 1);
        open();
        assert_eq!(kept.written(), 1, "nothing came since");
        enroll_many(&log, 9);
        open();
        assert_eq!(kept.written(), 1, "only what came since counts");
    }

    /// A store that always says there is more, and gives nothing.
    struct Endless(MemoryLog);

    impl Log for Endless {
        fn head(&self) -> Result<Head, StoreError> {
            self.0.head()
        }

        fn read(&self, _: &Head, _: PageLimit) -> Result<Page, StoreError> {
            Ok(Page { entries: Vec::new(), more: More::Yes })
        }

        fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
            self.0.find(request)
        }

        fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
            self.0.turn()
        }

        fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
            self.0.erase(items)
        }
    }

    #[test]
    fn a_store_that_never_comes_to_an_end_is_damaged() {
        let error = Opening::default().open_quietly(Endless(MemoryLog::new())).unwrap_err();
        assert_eq!(error.code(), "store-corrupt");
    }
}

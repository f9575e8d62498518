//! Opening an agency: from a checkpoint where there is one, then fold what came since.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, RwLock},
};

use super::{Agency, Calendar, Inner, fold_all};
use crate::{
    Error, Flow, Progress, Stage, StoreError, Tell,
    log::{Log, More, PageLimit},
    state::State,
};

/// How many entries beyond the checkpoint are worth a new one.
const WORTH_A_CHECKPOINT: u64 = 50_000;

/// Where the folded state is kept between runs: a cache beside the log.
///
/// It may be lost at any time. What is read is checked against the log and dropped when anything is odd;
/// it holds ids, so it must be erased where the log is erased.
pub trait Checkpoint: Send + Sync {
    /// The bytes written last, if there are any.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it; the agency then folds the log.
    fn read(&self) -> Result<Option<Vec<u8>>, StoreError>;

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
        let from = state.head().position;
        let total = log.head()?.position;
        loop {
            let page = log.read(&state.head(), PageLimit::default())?;
            fold_all(&mut state, &page.entries)?;
            if tell(Progress::new(Stage::Opening, state.head().position, total)) == Flow::Cancel {
                return Err(Error::Cancelled);
            }
            if page.more == More::No {
                break;
            }
        }
        let agency = self.with(log, state);
        agency.erase_what_is_owed()?;
        if agency.head().position - from >= WORTH_A_CHECKPOINT {
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
        let inner = Inner {
            log,
            state: RwLock::new(state),
            waiting: Mutex::new(VecDeque::new()),
            driving: Mutex::default(),
            calendar: self.calendar,
            checkpoint: self.checkpoint,
        };
        Agency { inner: Arc::new(inner) }
    }

    /// The state of the checkpoint, if it is whole and the log still has its head.
    fn kept_state(&self, log: &dyn Log) -> Option<State> {
        let bytes = self.checkpoint.as_ref()?.read().ok()??;
        let state = State::from_checkpoint(&bytes)?;
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
        let bytes = self.state().to_checkpoint();
        checkpoint.write(&bytes)
    }
}

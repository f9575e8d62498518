//! A log written in the host's language, as the core sees it.

use std::{fmt, sync::Arc};

use caseload::{
    ErrorCause, StoreError as CoreError,
    log::{self, Log, Turn},
};

use crate::{
    id::RequestId,
    log_entry::{Entry, Erasure, Head, Page, PageLimit},
    reading::Reads,
    time::Recorded,
};

/// A log that the host keeps, in a database of its own for example.
///
/// The contract is `storage.md` of the Rust crate, and the conformance suite tests it. Calls come from any
/// thread. What is thrown comes back from the call of the agency that needed the log, and nothing is stored.
#[uniffi::export(with_foreign)]
pub trait HostLog: Send + Sync {
    /// Where the log ends.
    fn head(&self) -> Result<Head, StoreError>;

    /// The entries after a head, in order; `Diverged` where the log does not hold that head.
    fn read(&self, after: Head, limit: PageLimit) -> Result<Page, StoreError>;

    /// The entry with this request id, if there is one.
    fn find(&self, request: RequestId) -> Result<Option<Entry>, StoreError>;

    /// Takes the writers' lock, and waits for it; the turn gives it back.
    fn turn(&self) -> Result<Arc<dyn HostTurn>, StoreError>;

    /// Erases private items, and the request ids of entries where that is said; again is harmless.
    fn erase(&self, items: Vec<Erasure>) -> Result<(), StoreError>;
}

/// The writers' lock. It ends with `append`, whatever comes of it, or with `release`.
#[uniffi::export(with_foreign)]
pub trait HostTurn: Send + Sync {
    /// Where the log ends, under the lock.
    fn head(&self) -> Result<Head, StoreError>;

    /// As `read` of the log, under the lock.
    fn tail(&self, after: Head, limit: PageLimit) -> Result<Page, StoreError>;

    /// The store's clock.
    fn clock(&self) -> Result<Recorded, StoreError>;

    /// Appends all entries, durable, or none; then gives the lock back.
    fn append(&self, after: Head, entries: Vec<Entry>) -> Result<(), StoreError>;

    /// Gives the lock back; nothing was stored.
    fn release(&self) -> Result<(), StoreError>;
}

/// What a host's log throws. Anything else that it throws arrives as `Unexpected`.
#[derive(Debug, Clone, thiserror::Error, uniffi::Error)]
pub enum StoreError {
    /// The log does not end where the append said; nothing was stored.
    #[error("conflict")]
    Conflict,
    /// The log does not hold the head that was named.
    #[error("diverged")]
    Diverged {
        /// The head that was known.
        known: Head,
    },
    /// A stored entry has this request id already; nothing was stored.
    #[error("request id reused")]
    RequestIdReused,
    /// It cannot be said whether the entries were stored.
    #[error("unknown outcome")]
    UnknownOutcome,
    /// The store cannot be reached now.
    #[error("{what}")]
    Unavailable {
        /// Names the store and says what to do.
        what: String,
    },
    /// The store may only be read.
    #[error("{what}")]
    ReadOnly {
        /// Names the store and says what to do.
        what: String,
    },
    /// There is no room left.
    #[error("{what}")]
    Full {
        /// Names the store and says what to do.
        what: String,
    },
    /// Another writer held the lock for longer than the timeout.
    #[error("{what}")]
    Locked {
        /// Names the store and says what to do.
        what: String,
    },
    /// What is stored is damaged.
    #[error("{what}")]
    Corrupt {
        /// Says what is damaged.
        what: String,
        /// The entry, where one is damaged.
        position: Option<i64>,
    },
    /// What is stored needs another version.
    #[error("{what}")]
    Incompatible {
        /// Says which.
        what: String,
    },
    /// The log was closed.
    #[error("{what}")]
    Closed {
        /// Says what to do.
        what: String,
    },
    /// Anything else from below.
    #[error("{what}")]
    Backend {
        /// Says what was tried.
        what: String,
    },
    /// An exception of the host's own; what it says is kept apart, because it may hold anything.
    #[error("an exception of the host's log")]
    Unexpected {
        /// What it says.
        said: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for StoreError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> StoreError {
        StoreError::Unexpected { said: error.reason }
    }
}

impl StoreError {
    fn told(self, doing: &'static str) -> CoreError {
        let cause = None;
        match self {
            StoreError::Conflict => CoreError::Conflict,
            StoreError::Diverged { known } => match known.reads() {
                Ok(known) => CoreError::Diverged { known },
                Err(_) => gave_nonsense(doing),
            },
            StoreError::RequestIdReused => CoreError::RequestIdReused,
            StoreError::UnknownOutcome => CoreError::UnknownOutcome { cause },
            StoreError::Unavailable { what } => CoreError::Unavailable { what, cause },
            StoreError::ReadOnly { what } => CoreError::ReadOnly { what, cause },
            StoreError::Full { what } => CoreError::Full { what, cause },
            StoreError::Locked { what } => CoreError::Locked { what, cause },
            StoreError::Corrupt { what, position } => {
                let position = position.and_then(|position| u64::try_from(position).ok());
                CoreError::Corrupt { what, position, cause }
            }
            StoreError::Incompatible { what } => CoreError::Incompatible { what },
            StoreError::Closed { what } => CoreError::Closed { what },
            StoreError::Backend { what } => CoreError::Backend { what, cause },
            StoreError::Unexpected { said } => {
                let cause: ErrorCause = Arc::new(HostError(said));
                let what = format!("`{doing}` of the host's log threw an exception of its own");
                CoreError::Backend { what, cause: Some(cause) }
            }
        }
    }
}

/// What an exception of the host's own said, below an error of the store.
pub(crate) struct HostError(String);

impl HostError {
    pub(crate) fn said(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostError")
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exception of the host's log")
    }
}

impl std::error::Error for HostError {}

fn gave_nonsense(doing: &str) -> CoreError {
    let what = format!("`{doing}` of the host's log gave something that no log holds");
    CoreError::Backend { what, cause: None }
}

/// What the host gave, as the core knows it.
fn given<To>(doing: &'static str, given: impl Reads<To>) -> Result<To, CoreError> {
    given.reads().map_err(|_| gave_nonsense(doing))
}

/// Hosts count positions as signed numbers: a head beyond them is in no log of theirs.
fn within_reach(head: &log::Head) -> Result<(), CoreError> {
    let within = i64::try_from(head.position).map(drop);
    within.map_err(|_| CoreError::Diverged { known: *head })
}

/// The adapter: a host's log as the core's.
pub(crate) struct OfHost(pub(crate) Arc<dyn HostLog>);

struct TurnOfHost {
    turn: Arc<dyn HostTurn>,
    /// Whether an append was tried, which ends the turn whatever comes of it.
    is_over: bool,
}

impl Log for OfHost {
    fn head(&self) -> Result<log::Head, CoreError> {
        given("head", self.0.head().map_err(|error| error.told("head"))?)
    }

    fn read(&self, after: &log::Head, limit: log::PageLimit) -> Result<log::Page, CoreError> {
        within_reach(after)?;
        let page = self.0.read(after.into(), limit.into()).map_err(|error| error.told("read"))?;
        given("read", page)
    }

    fn find(&self, request: &caseload::RequestId) -> Result<Option<log::Entry>, CoreError> {
        let found = self.0.find(request.into()).map_err(|error| error.told("find"))?;
        found.map(|entry| given("find", entry)).transpose()
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, CoreError> {
        let turn = self.0.turn().map_err(|error| error.told("turn"))?;
        Ok(Box::new(TurnOfHost { turn, is_over: false }))
    }

    fn erase(&self, items: &[log::Erasure]) -> Result<(), CoreError> {
        items.iter().try_for_each(|item| within_reach(&item.entry))?;
        let items = items.iter().map(Erasure::from).collect();
        self.0.erase(items).map_err(|error| error.told("erase"))
    }
}

impl Turn for TurnOfHost {
    fn head(&mut self) -> Result<log::Head, CoreError> {
        given("turn.head", self.turn.head().map_err(|error| error.told("turn.head"))?)
    }

    fn tail(&mut self, after: &log::Head, limit: log::PageLimit) -> Result<log::Page, CoreError> {
        within_reach(after)?;
        let page = self.turn.tail(after.into(), limit.into());
        given("turn.tail", page.map_err(|error| error.told("turn.tail"))?)
    }

    fn clock(&mut self) -> Result<log::Recorded, CoreError> {
        Ok(self.turn.clock().map_err(|error| error.told("turn.clock"))?.into())
    }

    fn append(
        mut self: Box<Self>,
        after: &log::Head,
        entries: &[log::Entry],
    ) -> Result<(), CoreError> {
        self.is_over = true;
        let entries = entries.iter().map(Entry::from).collect();
        self.turn.append(after.into(), entries).map_err(|error| error.told("turn.append"))
    }
}

impl Drop for TurnOfHost {
    fn drop(&mut self) {
        if !self.is_over {
            // A turn that is given back stores nothing: there is nobody to tell that it failed.
            let _ = self.turn.release();
        }
    }
}

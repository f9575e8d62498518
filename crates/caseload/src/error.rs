//! Everything that can go wrong, each kind apart to the end.

use std::{error::Error as StdError, fmt, sync::Arc};

use crate::{
    InputError, Refusal,
    log::{Head, Position},
};

/// What a command or a question can fail with.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The rules refused it; nothing was stored.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The caller's progress function asked to stop.
    #[error("cancelled by the caller")]
    Cancelled,
}

impl Error {
    /// The stable code: that of the first violation, of the store error, or `cancelled`.
    pub fn code(&self) -> &'static str {
        let first = |violations: &[crate::Violation]| {
            violations.first().map_or("input-command", |violation| violation.code().word())
        };
        match self {
            Error::Input(input) => first(&input.violations),
            Error::Refused(refusal) => first(&refusal.violations),
            Error::Store(store) => store.code(),
            Error::Cancelled => "cancelled",
        }
    }
}

/// The cause below a store error, kept for `source()`.
pub type Cause = Arc<dyn StdError + Send + Sync + 'static>;

/// What a store can fail with. Text names the file or host and says what to do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StoreError {
    /// The log does not end where the append said; nothing was stored.
    Conflict,
    /// The log has another past than the one known here: it was restored or replaced.
    Diverged {
        /// The head that was known.
        known: Head,
    },
    /// A stored entry has this request id already; nothing was stored.
    RequestIdReused,
    /// It cannot be said whether the entries were stored; ask again with the request id.
    UnknownOutcome {
        /// What came in between.
        cause: Option<Cause>,
    },
    /// The store cannot be reached now.
    Unavailable {
        /// Names the file or host and what to do.
        what: String,
        /// The error below.
        cause: Option<Cause>,
    },
    /// The store may only be read.
    ReadOnly {
        /// Names the file or host and what to do.
        what: String,
        /// The error below.
        cause: Option<Cause>,
    },
    /// There is no room left.
    Full {
        /// Names the file or host and what to do.
        what: String,
        /// The error below.
        cause: Option<Cause>,
    },
    /// Another writer held the lock for longer than the timeout.
    Locked {
        /// Names the file or host and what to do.
        what: String,
        /// The error below.
        cause: Option<Cause>,
    },
    /// What is stored is damaged.
    Corrupt {
        /// Names what is damaged and what to do.
        what: String,
        /// The entry, where one is damaged.
        position: Option<Position>,
        /// The error below.
        cause: Option<Cause>,
    },
    /// What is stored needs another version of the library.
    Incompatible {
        /// Names the file and the version it needs.
        what: String,
    },
    /// The handle was closed, or belongs to the process this one was forked from.
    Closed {
        /// Says what to do.
        what: String,
    },
    /// Anything else from below.
    Backend {
        /// Names the file or host and what was tried.
        what: String,
        /// The error below.
        cause: Option<Cause>,
    },
    /// A promise inside the library was broken: please report it.
    Bug {
        /// Which promise.
        what: String,
    },
}

impl StoreError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            StoreError::Conflict => "store-conflict",
            StoreError::Diverged { .. } => "store-diverged",
            StoreError::RequestIdReused => "store-request-id-reused",
            StoreError::UnknownOutcome { .. } => "store-unknown-outcome",
            StoreError::Unavailable { .. } => "store-unavailable",
            StoreError::ReadOnly { .. } => "store-read-only",
            StoreError::Full { .. } => "store-full",
            StoreError::Locked { .. } => "store-locked",
            StoreError::Corrupt { .. } => "store-corrupt",
            StoreError::Incompatible { .. } => "store-incompatible",
            StoreError::Closed { .. } => "store-closed",
            StoreError::Backend { .. } => "store-backend",
            StoreError::Bug { .. } => "bug",
        }
    }

    /// [`StoreError::Corrupt`] without a place or a cause.
    pub fn corrupt(what: impl Into<String>) -> StoreError {
        StoreError::Corrupt { what: what.into(), position: None, cause: None }
    }

    /// [`StoreError::Corrupt`] at an entry.
    pub fn corrupt_at(position: Position, what: impl Into<String>) -> StoreError {
        StoreError::Corrupt { what: what.into(), position: Some(position), cause: None }
    }

    /// A broken promise inside the library.
    pub(crate) fn bug(what: impl Into<String>) -> StoreError {
        StoreError::Bug { what: what.into() }
    }

    const fn cause(&self) -> Option<&Cause> {
        match self {
            StoreError::UnknownOutcome { cause }
            | StoreError::Unavailable { cause, .. }
            | StoreError::ReadOnly { cause, .. }
            | StoreError::Full { cause, .. }
            | StoreError::Locked { cause, .. }
            | StoreError::Corrupt { cause, .. }
            | StoreError::Backend { cause, .. } => cause.as_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Conflict => f.write_str("the log moved on meanwhile; nothing was stored"),
            StoreError::Diverged { known } => write!(
                f,
                "the log no longer holds entry {} as it was known here: it was restored from a backup or replaced; \
                 the command was not stored, read anew and try again",
                known.position
            ),
            StoreError::RequestIdReused => {
                f.write_str("a stored entry has this request id already; nothing was stored")
            }
            StoreError::UnknownOutcome { .. } => f.write_str(
                "it cannot be said whether the command was stored; ask for the outcome of its request id",
            ),
            StoreError::Corrupt { what, position: Some(position), .. } => {
                write!(f, "entry {position}: {what}")
            }
            StoreError::Unavailable { what, .. }
            | StoreError::ReadOnly { what, .. }
            | StoreError::Full { what, .. }
            | StoreError::Locked { what, .. }
            | StoreError::Corrupt { what, .. }
            | StoreError::Incompatible { what }
            | StoreError::Closed { what }
            | StoreError::Backend { what, .. } => f.write_str(what),
            StoreError::Bug { what } => {
                write!(f, "a bug in caseload, please report it: {what}")
            }
        }
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause().map(|cause| &**cause as &(dyn StdError + 'static))
    }
}

//! What a call can fail with, each kind apart to the end.

use std::{
    error::Error as _,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use caseload::{Error, InputError, StoreError};
use caseload_io::{batch::BatchError, hmis::HmisError};

use crate::{
    host_log::HostError,
    log_entry::Head,
    reading::counted,
    violation::{RowVerdict, Violation, rows, violations},
};

/// What a call can fail with. Printed, it is one line for people, which holds no ids.
#[derive(Clone, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display, Debug)]
pub enum CaseloadError {
    /// The rules refused it; nothing was stored.
    #[error("{text}")]
    Refused {
        /// Every violation of the first broken phase; never empty.
        violations: Vec<Violation>,
        /// The verdicts of a batch's rows; empty for every other command.
        rows: Vec<RowVerdict>,
        /// The violations on one line.
        text: String,
    },
    /// Values could not be read: all of them, each with its field.
    #[error("{text}")]
    Input {
        /// What was unreadable; never empty.
        violations: Vec<Violation>,
        /// The violations on one line.
        text: String,
    },
    /// A file could not be taken in as a whole. What was stored before stays.
    #[error("{text}")]
    File {
        /// The stable code.
        code: String,
        /// Names the file and says what to do.
        text: String,
    },
    /// The store failed.
    #[error("{text}")]
    Store {
        /// How.
        kind: StoreErrorKind,
        /// The stable code.
        code: String,
        /// Names the file or host and says what to do.
        text: String,
        /// Of a log that diverged: the head that was known.
        known: Option<Head>,
        /// Of a damaged log: the entry.
        position: Option<i64>,
        /// What the file system, the database or the host's own log said.
        detail: Option<Detail>,
    },
    /// The host's progress listener, or the coroutine or task that waited, asked to stop.
    #[error("cancelled by the caller")]
    Cancelled,
    /// A promise inside the library was broken: please report it.
    #[error("a bug in caseload, please report it: {text}")]
    Bug {
        /// Which promise.
        text: String,
    },
}

impl fmt::Debug for CaseloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a store failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum StoreErrorKind {
    /// The log moved on meanwhile; nothing was stored.
    Conflict,
    /// The log has another past than the one known here: it was restored or replaced.
    Diverged,
    /// A stored entry has this request id already; nothing was stored.
    RequestIdReused,
    /// It cannot be said whether the command was stored; ask for the outcome of its request.
    UnknownOutcome,
    /// The store cannot be reached now.
    Unavailable,
    /// The store may only be read.
    ReadOnly,
    /// There is no room left.
    Full,
    /// Another writer held the lock for longer than the timeout.
    Locked,
    /// What is stored is damaged.
    Corrupt,
    /// What is stored needs another version of the library.
    Incompatible,
    /// The agency was closed.
    Closed,
    /// Anything else from below.
    Backend,
}

/// What was said below. It may hold anything, so it is not printed with the error.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display, Debug)]
pub struct Detail {
    /// The words.
    pub words: String,
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not shown")
    }
}

impl fmt::Debug for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Error> for CaseloadError {
    fn from(error: Error) -> CaseloadError {
        let text = error.to_string();
        match error {
            Error::Input(input) => {
                CaseloadError::Input { violations: violations(&input.violations), text }
            }
            Error::Refused(refusal) => CaseloadError::Refused {
                violations: violations(&refusal.violations),
                rows: rows(&refusal.rows),
                text,
            },
            Error::Store(store) => CaseloadError::from(store),
            Error::Cancelled => CaseloadError::Cancelled,
            _ => bug(text),
        }
    }
}

impl From<InputError> for CaseloadError {
    fn from(error: InputError) -> CaseloadError {
        Error::Input(error).into()
    }
}

impl From<StoreError> for CaseloadError {
    fn from(error: StoreError) -> CaseloadError {
        let (code, text) = (error.code().to_owned(), error.to_string());
        let below = error.source().map(|cause| match cause.downcast_ref::<HostError>() {
            Some(host) => host.said().to_owned(),
            None => cause.to_string(),
        });
        let detail = below.map(|words| Detail { words });
        let (mut known, mut position) = (None, None);
        let kind = match &error {
            StoreError::Conflict => StoreErrorKind::Conflict,
            StoreError::Diverged { known: head } => {
                known = Some(Head::from(head));
                StoreErrorKind::Diverged
            }
            StoreError::RequestIdReused => StoreErrorKind::RequestIdReused,
            StoreError::UnknownOutcome { .. } => StoreErrorKind::UnknownOutcome,
            StoreError::Unavailable { .. } => StoreErrorKind::Unavailable,
            StoreError::ReadOnly { .. } => StoreErrorKind::ReadOnly,
            StoreError::Full { .. } => StoreErrorKind::Full,
            StoreError::Locked { .. } => StoreErrorKind::Locked,
            StoreError::Corrupt { position: at, .. } => {
                position = at.map(counted);
                StoreErrorKind::Corrupt
            }
            StoreError::Incompatible { .. } => StoreErrorKind::Incompatible,
            StoreError::Closed { .. } => StoreErrorKind::Closed,
            StoreError::Bug { what } => return bug(what),
            _ => StoreErrorKind::Backend,
        };
        CaseloadError::Store { kind, code, text, known, position, detail }
    }
}

impl From<BatchError> for CaseloadError {
    fn from(error: BatchError) -> CaseloadError {
        match error {
            BatchError::Agency(error) => error.into(),
            error => {
                CaseloadError::File { code: error.code().to_owned(), text: with_cause(&error) }
            }
        }
    }
}

impl From<HmisError> for CaseloadError {
    fn from(error: HmisError) -> CaseloadError {
        match error {
            HmisError::Agency(error) => error.into(),
            error => {
                CaseloadError::File { code: error.code().to_owned(), text: with_cause(&error) }
            }
        }
    }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Does something; a panic comes out as a bug, never as one.
pub(crate) fn guarded<T>(
    work: impl FnOnce() -> Result<T, CaseloadError>,
) -> Result<T, CaseloadError> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Err(bug(text.unwrap_or("a panic")))
    })
}

/// A broken promise.
pub(crate) fn bug(text: impl Into<String>) -> CaseloadError {
    CaseloadError::Bug { text: text.into() }
}

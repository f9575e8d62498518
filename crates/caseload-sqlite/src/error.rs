//! From SQLite's errors to the library's: which file, what happened, what to do.
//!
//! No text here holds a value of a row: SQLite names columns only, and statements are not quoted.

use std::{io, path::Path, sync::Arc};

use caseload::{ErrorCause, StoreError};
use rusqlite::{Error, ErrorCode, ffi};

/// What was being done, for errors that have no better words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Open,
    Read,
    Lock,
    Append,
    Commit,
    Erase,
    Rebuild,
    Export,
    Close,
}

impl Doing {
    const fn word(self) -> &'static str {
        match self {
            Doing::Open => "opened",
            Doing::Read => "read",
            Doing::Lock => "locked",
            Doing::Append | Doing::Commit => "written",
            Doing::Erase => "erased from",
            Doing::Rebuild => "brought up to date",
            Doing::Export => "copied",
            Doing::Close => "closed",
        }
    }
}

/// A SQLite error as the library's.
pub(crate) fn store_error(file: &Path, doing: Doing, error: Error) -> StoreError {
    let (code, extended) = match &error {
        Error::SqliteFailure(error, _) | Error::SqlInputError { error, .. } => {
            (error.code, error.extended_code)
        }
        _ => (ErrorCode::Unknown, 0),
    };
    let cause: Option<ErrorCause> = Some(Arc::new(error));
    let (path, file) = (file, file.display());
    match code {
        ErrorCode::DiskFull => full(&file.to_string(), cause),
        // No room for the file of shared memory beside the database.
        ErrorCode::SystemIoFailure if extended == ffi::SQLITE_IOERR_SHMSIZE => {
            full(&file.to_string(), cause)
        }
        // After this it is unknown which pages reached the disk.
        ErrorCode::SystemIoFailure if doing == Doing::Commit => {
            StoreError::UnknownOutcome { cause }
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Locked {
            what: format!(
                "`{file}` is locked by another writer for longer than the timeout; try again, or \
                 raise `busy_timeout`; nothing was stored"
            ),
            cause,
        },
        ErrorCode::ReadOnly => read_only(path, cause),
        ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
            StoreError::Unavailable {
                what: format!("`{file}` may not be {}; check its permissions", doing.word()),
                cause,
            }
        }
        ErrorCode::CannotOpen | ErrorCode::SystemIoFailure => StoreError::Unavailable {
            what: format!(
                "`{file}` cannot be {}; check that the file and its folder can be read and \
                 written, and that the disk works",
                doing.word()
            ),
            cause,
        },
        ErrorCode::DatabaseCorrupt => damaged(&file.to_string(), cause),
        ErrorCode::NotADatabase => StoreError::Corrupt {
            what: format!(
                "`{file}` is no SQLite database, or its header is damaged; check the path, or \
                 restore a backup"
            ),
            position: None,
            cause,
        },
        _ => StoreError::Backend {
            what: format!("`{file}` cannot be {}; see the cause", doing.word()),
            cause,
        },
    }
}

/// An error of the file system as the library's.
pub(crate) fn file_error(file: &Path, doing: Doing, error: io::Error) -> StoreError {
    let shown = file.display();
    let word = doing.word();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            full(&shown.to_string(), Some(Arc::new(error)))
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            StoreError::ReadOnly {
                what: format!("`{shown}` may not be {word}; give the process the right to do so"),
                cause: Some(Arc::new(error)),
            }
        }
        _ => StoreError::Unavailable {
            what: format!("`{shown}` cannot be {word}; check the path and the disk"),
            cause: Some(Arc::new(error)),
        },
    }
}

/// What is stored in a file is damaged.
pub(crate) fn damaged(file: &str, cause: Option<ErrorCause>) -> StoreError {
    StoreError::Corrupt {
        what: format!("`{file}` is damaged; keep a copy of it and restore a backup"),
        position: None,
        cause,
    }
}

/// The operating system lets the process read a file only.
pub(crate) fn read_only(file: &Path, cause: Option<ErrorCause>) -> StoreError {
    StoreError::ReadOnly {
        what: format!(
            "`{}` may not be written; give the process the right to write to it, to the `-wal` and \
             `-shm` beside it and to their folder, or open it with `Access::ReadOnly`",
            file.display()
        ),
        cause,
    }
}

fn full(file: &str, cause: Option<ErrorCause>) -> StoreError {
    StoreError::Full {
        what: format!("no room left for `{file}`; free some and try again; nothing was stored"),
        cause,
    }
}

/// The read tables do not take what the log says.
pub(crate) fn read_tables_differ(file: &Path) -> StoreError {
    StoreError::corrupt(format!(
        "the read tables in `{}` do not agree with the log; call `rebuild_read_tables`, and if it \
         happens again, please report it; nothing was stored",
        file.display()
    ))
}

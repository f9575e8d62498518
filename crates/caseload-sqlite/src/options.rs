//! How a file is opened.

use std::{path::Path, time::Duration};

use caseload::StoreError;

use crate::SqliteLog;

/// How to open a log in a file.
///
/// ```
/// use caseload_sqlite::{Access, Durability, SqliteOptions};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("agency.db");
/// let log = SqliteOptions::new()
///     .access(Access::Create)
///     .durability(Durability::Full)
///     .busy_timeout(std::time::Duration::from_secs(2))
///     .open(&path, "north")?;
/// # drop(log);
/// # Ok::<(), caseload::StoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    pub(crate) access: Access,
    pub(crate) busy_timeout: Duration,
    pub(crate) durability: Durability,
    pub(crate) read_tables: ReadTables,
}

/// What may be done with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Read and write; a file that is not there is made.
    Create,
    /// Read and write; a file that is not there is an error.
    Existing,
    /// Read only; others may write meanwhile.
    ReadOnly,
    /// Read only, from a medium that nobody writes to: no lock is taken and no file made beside it.
    Immutable,
}

/// What a power failure may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Durability {
    /// Nothing that was acknowledged: each append is synced before it returns.
    Full,
    /// The last appends, at a power failure only; never a part of one, and never the file.
    Normal,
}

/// Whether an append also writes the read tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadTables {
    /// In the same transaction.
    Written,
    /// Only the log is written; [`SqliteLog::rebuild_read_tables`], or the first append with read
    /// tables on, brings them up to date.
    LogOnly,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        SqliteOptions::new()
    }
}

impl SqliteOptions {
    /// Read and write, make the file, durable, with read tables, waiting five seconds for a lock.
    pub const fn new() -> SqliteOptions {
        SqliteOptions {
            access: Access::Create,
            busy_timeout: Duration::from_secs(5),
            durability: Durability::Full,
            read_tables: ReadTables::Written,
        }
    }

    /// What may be done with the file.
    #[must_use]
    pub const fn access(mut self, access: Access) -> SqliteOptions {
        self.access = access;
        self
    }

    /// How long to wait for another writer.
    #[must_use]
    pub const fn busy_timeout(mut self, timeout: Duration) -> SqliteOptions {
        self.busy_timeout = timeout;
        self
    }

    /// What a power failure may take.
    #[must_use]
    pub const fn durability(mut self, durability: Durability) -> SqliteOptions {
        self.durability = durability;
        self
    }

    /// Whether an append also writes the read tables.
    #[must_use]
    pub const fn read_tables(mut self, read_tables: ReadTables) -> SqliteOptions {
        self.read_tables = read_tables;
        self
    }

    /// Only the log is written: short for [`ReadTables::LogOnly`].
    #[must_use]
    pub const fn log_only(self) -> SqliteOptions {
        self.read_tables(ReadTables::LogOnly)
    }

    /// Opens the log of an agency in a file.
    ///
    /// # Errors
    /// As [`SqliteLog::open`].
    pub fn open(self, path: impl AsRef<Path>, agency: &str) -> Result<SqliteLog, StoreError> {
        SqliteLog::open_with(path.as_ref(), agency, self)
    }

    pub(crate) const fn may_write(&self) -> bool {
        matches!(self.access, Access::Create | Access::Existing)
    }
}

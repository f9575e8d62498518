//! Where a log is: which file, whether it is still the same one, and how to connect to it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use caseload::StoreError;
use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{
    error::{Doing, file_error, read_only, store_error},
    options::{Access, Durability, SqliteOptions},
    schema,
};

/// A file, or a database in the memory of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    path: PathBuf,
    wal: PathBuf,
    in_memory: bool,
}

/// Which files a connection has open, to notice when they were replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Identity {
    database: Option<FileNumber>,
    // Unknown until the first transaction makes the file.
    wal: Option<FileNumber>,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Write,
    Read,
}

type FileNumber = (u64, u64);

impl Place {
    /// A file; its path is made absolute, so that it stays the same when the process moves on.
    pub(crate) fn file(path: &Path) -> Result<Place, StoreError> {
        let path =
            std::path::absolute(path).map_err(|error| file_error(path, Doing::Open, error))?;
        Ok(Place::at(path, false))
    }

    /// A database of its own in memory, which several connections of this process can share.
    pub(crate) fn memory() -> Place {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Place::at(format!("file:/caseload-{number}?vfs=memdb").into(), true)
    }

    fn at(path: PathBuf, in_memory: bool) -> Place {
        let mut wal = path.clone().into_os_string();
        wal.push("-wal");
        Place { path, wal: wal.into(), in_memory }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) const fn in_memory(&self) -> bool {
        self.in_memory
    }

    /// A path beside the database.
    pub(crate) fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(suffix);
        path.into()
    }

    /// Says early and in plain words what SQLite would call "unable to open database file".
    pub(crate) fn look(&self, access: Access) -> Result<Found, StoreError> {
        if self.in_memory {
            return Ok(Found::Database);
        }
        let file = self.path.display();
        let unavailable = |what: String| Err(StoreError::Unavailable { what, cause: None });
        match fs::metadata(&self.path) {
            Ok(found) if found.is_dir() => {
                unavailable(format!("`{file}` is a folder; name a file in it"))
            }
            Ok(found) if found.len() == 0 => Err(StoreError::corrupt(format!(
                "`{file}` is empty, and an empty file may have been a log; restore a backup, or \
                 delete it to start a new one"
            ))),
            Ok(_) => Ok(Found::Database),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = self.path.parent().unwrap_or(Path::new("/"));
                if !folder.is_dir() {
                    unavailable(format!(
                        "the folder `{}` does not exist; make it, or check the path",
                        folder.display()
                    ))
                } else if access == Access::Create {
                    Ok(Found::Nothing)
                } else {
                    unavailable(format!(
                        "`{file}` does not exist; check the path, or open it with `Access::Create`"
                    ))
                }
            }
            Err(error) => Err(file_error(&self.path, Doing::Open, error)),
        }
    }

    /// Opens a connection, with the settings that every one of ours has.
    pub(crate) fn connect(
        &self,
        options: &SqliteOptions,
        purpose: Use,
    ) -> Result<Connection, StoreError> {
        let failed = |error| store_error(&self.path, Doing::Open, error);
        let writes = options.may_write() && purpose == Use::Write;
        let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags |= if options.may_write() {
            // A reader opens for writing too: only so can it make the file of shared memory.
            OpenFlags::SQLITE_OPEN_READ_WRITE
        } else {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        };
        let connection = if self.in_memory {
            flags |= OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_CREATE;
            Connection::open_with_flags(&self.path, flags)
        } else if options.access == Access::Immutable {
            flags |= OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(self.immutable_uri(), flags)
        } else {
            Connection::open_with_flags(&self.path, flags)
        }
        .map_err(failed)?;
        // Before SQLite makes files beside it, which would have the rights of this one for ever.
        if options.may_write() && connection.is_readonly("main").map_err(failed)? {
            return Err(read_only(&self.path, None));
        }
        connection.busy_timeout(options.busy_timeout).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)
            .and_then(|_| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true))
            // A statement is planned once, and not anew for every value that is bound to it.
            .and_then(|_| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true))
            .map_err(failed)?;
        let synchronous = match options.durability {
            Durability::Full => "FULL",
            Durability::Normal => "NORMAL",
        };
        // Erased text must leave the file, and must never reach a temporary one. Batches dirty index
        // pages all over the file: room for them, and time to gather, saves a third of a batch.
        connection
            .execute_batch(&format!(
                "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; \
                 PRAGMA cell_size_check = ON; PRAGMA synchronous = {synchronous}; \
                 PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864"
            ))
            .map_err(failed)?;
        if writes {
            self.prepare_to_write(&connection)?;
        }
        Ok(connection)
    }

    /// Whether a write-ahead log lies there: of others at work, or of a process that was killed.
    pub(crate) fn wal_is_left(&self) -> bool {
        !self.in_memory && fs::metadata(&self.wal).is_ok_and(|wal| wal.len() > 0)
    }

    /// Which files are at the path now.
    pub(crate) fn identity(&self) -> Result<Identity, StoreError> {
        if self.in_memory {
            return Ok(Identity::default());
        }
        match fs::metadata(&self.path) {
            Ok(found) => {
                let wal = fs::metadata(&self.wal).ok();
                Ok(Identity {
                    database: file_number(&found),
                    wal: wal.as_ref().and_then(file_number),
                })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::Unavailable {
                what: format!(
                    "`{}` was moved or deleted while open; put it back, or restore a backup",
                    self.path.display()
                ),
                cause: None,
            }),
            Err(error) => Err(file_error(&self.path, Doing::Read, error)),
        }
    }

    /// Puts the write-ahead log of a database that was replaced out of the way: SQLite would play
    /// it into the new one. It is moved, not deleted, because it may hold the last commits of the
    /// former one.
    pub(crate) fn set_stale_wal_aside(
        &self,
        was: &Identity,
        now: &Identity,
    ) -> Result<(), StoreError> {
        if now.wal.is_some() && was.wal != now.wal {
            return Ok(());
        }
        let failed = |error| file_error(&self.path, Doing::Open, error);
        let gone = |result: io::Result<()>| match result {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        };
        gone(fs::rename(&self.wal, self.beside(REPLACED_WAL)))?;
        gone(fs::remove_file(self.beside("-shm")))
    }

    fn immutable_uri(&self) -> String {
        let mut uri = String::from("file:");
        for &byte in self.path.as_os_str().as_encoded_bytes() {
            if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
                uri.push(char::from(byte));
            } else {
                uri.push_str(&format!("%{byte:02X}"));
            }
        }
        uri.push_str("?immutable=1");
        uri
    }

    fn prepare_to_write(&self, connection: &Connection) -> Result<(), StoreError> {
        let failed = |error| store_error(&self.path, Doing::Open, error);
        if self.in_memory {
            return connection.execute_batch("PRAGMA journal_mode = MEMORY").map_err(failed);
        }
        // Nothing is changed in a file that is not ours, not even its journal.
        schema::version(connection, self, schema::MIGRATIONS.len())?;
        let mode: String = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
            .map_err(failed)?;
        if mode == "wal" {
            return Ok(());
        }
        Err(StoreError::Unavailable {
            what: format!(
                "`{}` is on a file system without the shared memory that SQLite's write-ahead log \
                 needs; move it to a local disk",
                self.path.display()
            ),
            cause: None,
        })
    }
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Database,
    Nothing,
}

/// What a stale write-ahead log is called once it was set aside.
pub(crate) const REPLACED_WAL: &str = "-wal-replaced";

impl Identity {
    /// Whether another database is at the path now.
    pub(crate) fn database_was_replaced(&self, now: &Identity) -> bool {
        self.database != now.database
    }

    /// Whether the write-ahead log is no longer the one that is open.
    pub(crate) fn wal_was_replaced(&self, now: &Identity) -> bool {
        self.wal.is_some() && self.wal != now.wal
    }
}

/// Closes a connection whose files were replaced, without playing its log into anything.
pub(crate) fn abandon(connection: Connection) {
    let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    drop(connection);
}

/// Sleeps between two tries of something that another connection holds up.
pub(crate) const PAUSE: Duration = Duration::from_millis(10);

#[cfg(unix)]
fn file_number(found: &fs::Metadata) -> Option<FileNumber> {
    use std::os::unix::fs::MetadataExt as _;
    Some((found.dev(), found.ino()))
}

/// Elsewhere an open file cannot be replaced.
#[cfg(not(unix))]
fn file_number(_: &fs::Metadata) -> Option<FileNumber> {
    None
}

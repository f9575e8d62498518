//! The log in a SQLite file.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use caseload::{
    RequestId, StoreError,
    log::{Entry, Erasure, Head, Log, More, Page, PageLimit, Turn},
};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use crate::{
    entries, erase,
    error::{Doing, file_error, store_error},
    options::{ReadTables, SqliteOptions},
    place::{Found, Identity, Place, Use, abandon},
    read_tables::Folder,
    rebuild,
    schema::{self, MIGRATIONS},
    slot::{Lent, NotLent, Open, Slot},
    turn::SqliteTurn,
};

/// The log of one agency in a SQLite file: the embedded default store.
///
/// Any number of handles, threads and processes on one machine may use one file. Two different
/// SQLite libraries in one process may not: they lose each other's locks, so a host that brings its
/// own reads through [`SqliteLog::sql`] and copies through [`SqliteLog::export`].
///
/// ```
/// use caseload::log::{Head, Log};
/// use caseload_sqlite::SqliteLog;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("agency.db");
/// let log = SqliteLog::open(&path, "north")?;
/// assert_eq!(log.head()?, Head::START);
/// # Ok::<(), caseload::StoreError>(())
/// ```
#[derive(Debug)]
pub struct SqliteLog {
    pub(crate) place: Place,
    pub(crate) options: SqliteOptions,
    agency_name: String,
    agency: i64,
    // A handle that comes through a fork would share file locks that it does not have.
    process: u32,
    pub(crate) writer: Slot,
    reader: Slot,
}

impl SqliteLog {
    /// Opens the log of an agency in a file, for reading and writing; makes the file if it is not
    /// there. See [`SqliteOptions`] for everything else.
    ///
    /// # Errors
    /// `store-unavailable` when the path leads nowhere, `store-read-only`, `store-locked`,
    /// `store-full`, `store-corrupt` when it is no database or damaged, `store-incompatible` when
    /// it belongs to another application or to a newer version of the library.
    pub fn open(path: impl AsRef<Path>, agency: &str) -> Result<SqliteLog, StoreError> {
        SqliteOptions::new().open(path, agency)
    }

    /// A log in memory, gone when the handle is: for tests and trials.
    ///
    /// ```
    /// # use caseload::log::Log;
    /// let log = caseload_sqlite::SqliteLog::in_memory("north")?;
    /// assert_eq!(log.head()?.position, 0);
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// As SQLite finds it.
    pub fn in_memory(agency: &str) -> Result<SqliteLog, StoreError> {
        SqliteLog::at(Place::memory(), agency, SqliteOptions::new())
    }

    /// The file; for a log in memory, the name SQLite knows it by.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Where the core may keep a checkpoint of this log: a file beside the database that may be
    /// deleted at any time, and is deleted by [`Log::erase`]. `None` for a log in memory.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let log = caseload_sqlite::SqliteLog::open(folder.path().join("a.db"), "north")?;
    /// assert!(log.checkpoint_path().unwrap().ends_with("a.db.caseload-checkpoint-1"));
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    pub fn checkpoint_path(&self) -> Option<PathBuf> {
        let suffix = format!(".caseload-checkpoint-{}", self.agency);
        (!self.place.in_memory()).then(|| self.place.beside(&suffix))
    }

    /// Writes the read tables anew from the log, in one transaction: after a bulk import that was
    /// written with [`SqliteOptions::log_only`], or when they were damaged.
    ///
    /// ```
    /// # let log = caseload_sqlite::SqliteLog::in_memory("north")?;
    /// log.rebuild_read_tables()?;
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// `store-corrupt` at the first entry that does not follow the one before, and as
    /// [`Log::turn`].
    pub fn rebuild_read_tables(&self) -> Result<(), StoreError> {
        let lent = self.lend_writer()?;
        let open = self.opened(&lent)?;
        rebuild::without_foreign_keys(open, &self.place, || {
            self.begin(&lent)?;
            rebuild::read_tables(open, &self.place)?;
            self.commit(&lent)
        })
    }

    /// Closes the file, and waits for a turn that is under way. The handle then answers
    /// `store-closed`. Dropping the handle does the same, without a word about errors.
    ///
    /// # Errors
    /// As SQLite finds it; the handle is closed all the same.
    pub fn close(&self) -> Result<(), StoreError> {
        self.same_process()?;
        for slot in [&self.reader, &self.writer] {
            let lent = match slot.borrow(self.options.busy_timeout) {
                Ok(lent) => lent,
                Err(NotLent::Closed) => continue,
                Err(NotLent::TimedOut) => return Err(self.locked()),
            };
            if let Some(connection) = lent.close() {
                connection
                    .close()
                    .map_err(|(_, error)| store_error(self.path(), Doing::Close, error))?;
            }
        }
        Ok(())
    }

    pub(crate) fn open_with(
        path: &Path,
        agency: &str,
        options: SqliteOptions,
    ) -> Result<SqliteLog, StoreError> {
        SqliteLog::at(Place::file(path)?, agency, options)
    }

    fn at(place: Place, agency: &str, options: SqliteOptions) -> Result<SqliteLog, StoreError> {
        if place.look(options.access)? == Found::Nothing {
            create(&place)?;
        }
        let process = std::process::id();
        let mut log = SqliteLog {
            place,
            options,
            agency_name: agency.to_owned(),
            agency: 0,
            process,
            writer: Slot::new(None, process),
            reader: Slot::new(None, process),
        };
        if log.options.may_write() {
            let left = log.place.wal_is_left();
            let open = log.connect(Use::Write)?;
            if left {
                erase::empty_left_wal(&log.options, &open);
            }
            log.agency = open.agency;
            log.writer = Slot::new(Some(open), process);
            if log.options.read_tables == ReadTables::Written {
                log.catch_up_read_tables()?;
            }
        }
        let open = log.connect(Use::Read)?;
        if open.agency == 0 {
            return Err(StoreError::Unavailable {
                what: format!(
                    "`{}` holds no log of this agency; check its name, or open it for writing once",
                    log.path().display()
                ),
                cause: None,
            });
        }
        log.agency = open.agency;
        log.reader = Slot::new(Some(open), process);
        Ok(log)
    }

    fn catch_up_read_tables(&self) -> Result<(), StoreError> {
        let lent = self.lend(&self.writer, Use::Write)?;
        let open = self.opened(&lent)?;
        let head = entries::head(open, &self.place)?;
        if Folder::load(open, &self.place)?.position() == head.position {
            return Ok(());
        }
        drop(lent);
        let lent = self.lock_for_writing()?;
        let open = self.opened(&lent)?;
        let mut folder = Folder::load(open, &self.place)?;
        folder.catch_up()?;
        folder.save()?;
        self.commit(&lent)
    }

    /// Opens a connection and looks the agency up in it.
    fn connect(&self, purpose: Use) -> Result<Box<Open>, StoreError> {
        let failed = |error| store_error(self.path(), Doing::Open, error);
        let mut connection = self.place.connect(&self.options, purpose)?;
        let writes = self.options.may_write() && purpose == Use::Write;
        if writes {
            schema::migrate(&mut connection, &self.place, MIGRATIONS)?;
        } else if schema::version(&connection, &self.place, MIGRATIONS.len())? == 0 {
            return Err(StoreError::Incompatible {
                what: format!(
                    "`{}` holds no log yet; open it for writing once",
                    self.path().display()
                ),
            });
        }
        let number = |connection: &Connection| {
            connection
                .query_row(
                    "SELECT agency FROM agency WHERE name = ?1",
                    [&self.agency_name],
                    |row| row.get::<_, i64>(0),
                )
                .optional()
                .map_err(failed)
        };
        let mut agency = number(&connection)?;
        if agency.is_none() && writes {
            connection
                .execute(
                    "INSERT INTO agency (name) VALUES (?1) ON CONFLICT (name) DO NOTHING",
                    [&self.agency_name],
                )
                .map_err(failed)?;
            agency = number(&connection)?;
        }
        let identity = self.place.identity()?;
        let ended = Cell::new(None);
        Ok(Box::new(Open { connection, identity, agency: agency.unwrap_or(0), ended }))
    }

    /// Borrows a connection to the file that is at the path now.
    pub(crate) fn lend<'log>(
        &self,
        slot: &'log Slot,
        purpose: Use,
    ) -> Result<Lent<'log>, StoreError> {
        self.same_process()?;
        let mut lent = slot.borrow(self.options.busy_timeout).map_err(|error| match error {
            NotLent::TimedOut => self.locked(),
            NotLent::Closed => StoreError::Closed {
                what: format!("`{}` was closed; open it again", self.path().display()),
            },
        })?;
        let now = self.place.identity()?;
        if let Some(open) = &mut lent.open {
            if open.identity.database_was_replaced(&now) {
                self.let_go(&mut lent, &now)?;
            } else if open.identity.wal_was_replaced(&now) {
                return Err(StoreError::Unavailable {
                    what: format!(
                        "the write-ahead log beside `{}` was moved or deleted while open; close \
                         every handle on the file and open it again",
                        self.path().display()
                    ),
                    cause: None,
                });
            } else if open.agency == 0 {
                // A reader that came to a file before the agency was put in: look again.
                lent.open = None;
            } else {
                open.identity = now;
            }
        }
        if lent.open.is_none() {
            lent.open = Some(self.connect(purpose)?);
        }
        Ok(lent)
    }

    fn let_go(&self, lent: &mut Lent<'_>, now: &Identity) -> Result<(), StoreError> {
        if let Some(open) = lent.open.take() {
            let Open { connection, identity, .. } = *open;
            abandon(connection);
            self.place.set_stale_wal_aside(&identity, now)?;
        }
        Ok(())
    }

    /// Borrows the writing connection with a transaction begun that nobody can write before.
    pub(crate) fn lock_for_writing(&self) -> Result<Lent<'_>, StoreError> {
        let started = now();
        let lent = self.lend_writer()?;
        self.begin_within(&lent, self.options.busy_timeout.saturating_sub(started.elapsed()))?;
        Ok(lent)
    }

    fn lend_writer(&self) -> Result<Lent<'_>, StoreError> {
        if !self.options.may_write() {
            return Err(StoreError::ReadOnly {
                what: format!(
                    "`{}` was opened for reading; open it with `Access::Existing`",
                    self.path().display()
                ),
                cause: None,
            });
        }
        self.lend(&self.writer, Use::Write)
    }

    fn begin(&self, lent: &Lent<'_>) -> Result<(), StoreError> {
        self.begin_within(lent, self.options.busy_timeout)
    }

    fn begin_within(&self, lent: &Lent<'_>, left: Duration) -> Result<(), StoreError> {
        let failed = |error| store_error(self.path(), Doing::Lock, error);
        let open = self.opened(lent)?;
        open.busy_timeout(left.max(Duration::from_millis(1))).map_err(failed)?;
        let begun = open
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut statement| statement.execute([]))
            .map_err(failed);
        open.busy_timeout(self.options.busy_timeout).map_err(failed)?;
        begun.map(|_| ())
    }

    pub(crate) fn commit(&self, lent: &Lent<'_>) -> Result<(), StoreError> {
        self.opened(lent)?
            .prepare_cached("COMMIT")
            .and_then(|mut statement| statement.execute([]))
            .map_err(|error| store_error(self.path(), Doing::Commit, error))?;
        Ok(())
    }

    pub(crate) fn lend_reader(&self) -> Result<Lent<'_>, StoreError> {
        self.lend(&self.reader, Use::Read)
    }

    /// The connection that was lent; one is always there.
    pub(crate) fn opened<'lent>(&self, lent: &'lent Lent<'_>) -> Result<&'lent Open, StoreError> {
        lent.open.as_deref().ok_or_else(|| StoreError::Bug {
            what: "a connection was lent that is not there".to_owned(),
        })
    }

    pub(crate) fn same_process(&self) -> Result<(), StoreError> {
        if std::process::id() == self.process {
            return Ok(());
        }
        Err(StoreError::Closed {
            what: format!(
                "`{}` was opened in the process this one was forked from; open it anew after a fork",
                self.path().display()
            ),
        })
    }

    fn locked(&self) -> StoreError {
        StoreError::Locked {
            what: format!(
                "`{}` is in use by another thread for longer than the timeout; try again, or raise \
                 `busy_timeout`; nothing was stored",
                self.path().display()
            ),
            cause: None,
        }
    }
}

impl Log for SqliteLog {
    fn head(&self) -> Result<Head, StoreError> {
        let lent = self.lend_reader()?;
        entries::head(self.opened(&lent)?, &self.place)
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let lent = self.lend_reader()?;
        let open = self.opened(&lent)?;
        // Looked at before the entries are: what is committed in between is found next time.
        let version = entries::data_version(open, &self.place)?;
        if open.ended.get() == Some((version, *after)) {
            return Ok(Page::default());
        }
        let page = entries::page(open, &self.place, after, limit)?;
        if page.more == More::No {
            let end = page.entries.last().map_or(*after, Entry::head);
            open.ended.set(Some((version, end)));
        }
        Ok(page)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        let lent = self.lend_reader()?;
        entries::find(self.opened(&lent)?, &self.place, request)
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        Ok(Box::new(SqliteTurn::new(self, self.lock_for_writing()?)))
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        erase::erase(self, items)
    }
}

/// Makes a new file aside and moves it into place, so that a crash leaves none or a whole one.
fn create(place: &Place) -> Result<(), StoreError> {
    let failed = |error| store_error(place.path(), Doing::Open, error);
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let draft = place.beside(&format!(".new-{}-{number}", std::process::id()));
    let made = (|| {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&draft, flags).map_err(failed)?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).map_err(failed)?;
        schema::migrate(&mut connection, place, MIGRATIONS)?;
        connection.close().map_err(|(_, error)| failed(error))?;
        // Another process may have been faster; then its file is as good.
        put_in_place(&draft, place.path()).map(|_| ())
    })();
    for suffix in ["", "-wal", "-shm"] {
        let mut rest = draft.clone().into_os_string();
        rest.push(suffix);
        // Nothing is there after success.
        let _ = fs::remove_file(rest);
    }
    made
}

/// Whether a finished file got its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Yes,
    /// Another file had it first, and kept it.
    Taken,
}

/// Gives a finished file its name, unless another has it.
pub(crate) fn put_in_place(draft: &Path, path: &Path) -> Result<Named, StoreError> {
    let failed = |error| file_error(path, Doing::Open, error);
    fs::File::open(draft).and_then(|file| file.sync_all()).map_err(failed)?;
    match fs::hard_link(draft, path) {
        Ok(()) => fs::remove_file(draft).map_err(failed)?,
        Err(_) if path.exists() => return Ok(Named::Taken),
        // A file system without links.
        Err(_) => fs::rename(draft, path).map_err(failed)?,
    }
    sync_folder(path)?;
    Ok(Named::Yes)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| file_error(path, Doing::Open, error))
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the deadline of a lock")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use caseload::log::Recorded;

    fn append(log: &SqliteLog, bytes: usize) -> Result<(), StoreError> {
        let mut turn = log.turn()?;
        let head = turn.head()?;
        let entry = Entry::sealed(&head, Recorded::from_micros(1), None, vec![b' '; bytes], vec![]);
        turn.append(&head, &[entry])
    }

    /// A file that may not grow, where no test may mount a small disk.
    #[test]
    fn a_full_file_stores_nothing_by_halves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agency.db");
        let log = SqliteOptions::new().log_only().open(&path, "north").unwrap();
        append(&log, 10).unwrap();
        let pages = |pages: u32| {
            let lent = log.lend(&log.writer, Use::Write).unwrap();
            let sql = format!("PRAGMA max_page_count = {pages}");
            log.opened(&lent).unwrap().query_row(&sql, [], |_| Ok(())).unwrap();
        };
        pages(60);
        let error = append(&log, 1_000_000).unwrap_err();
        assert_eq!(error.code(), "store-full");
        assert!(error.to_string().contains("agency.db"), "{error}");
        assert_eq!(log.head().unwrap().position, 1);
        pages(10_000);
        append(&log, 1_000_000).unwrap();
        log.check().unwrap();
    }
}

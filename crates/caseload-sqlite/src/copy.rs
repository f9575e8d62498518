//! Whole copies of a file: out, and back.

use std::{fs, path::Path};

use caseload::{
    StoreError,
    log::{Head, Log as _, More, PageLimit},
};
use rusqlite::Connection;

use crate::{
    SqliteLog,
    error::{Doing, damaged, store_error},
    log::{Named, put_in_place},
    options::{Access, SqliteOptions},
    place::{Found, Place, Use},
    schema,
};

impl SqliteLog {
    /// Copies the whole file, every agency in it, while others go on writing. The copy is small,
    /// holds nothing that was erased, and is a backup that [`SqliteLog::restore`] takes.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let log = caseload_sqlite::SqliteLog::open(folder.path().join("a.db"), "north")?;
    /// # let backup = folder.path().join("backup.db");
    /// log.export(&backup)?;
    /// assert_eq!(log.export(&backup).unwrap_err().code(), "store-unavailable");
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// `store-unavailable` when the path is taken or leads nowhere; `store-full`.
    pub fn export(&self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        drop(self.lend_reader()?);
        let connection = self.place.connect(&self.options, Use::Read)?;
        copy(&connection, &self.place, path.as_ref())
    }

    /// Makes a file from a backup, after checking the backup. Only where no file is: the file that
    /// it replaces has to be moved away first, together with its `-wal` and `-shm`.
    ///
    /// ```
    /// use caseload_sqlite::SqliteLog;
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (backup, path) = (folder.path().join("backup.db"), folder.path().join("b.db"));
    /// # SqliteLog::open(folder.path().join("a.db"), "north")?.export(&backup)?;
    /// SqliteLog::restore(&backup, &path)?;
    /// let log = SqliteLog::open(&path, "north")?;
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// `store-unavailable` when a path is taken or leads nowhere; `store-corrupt` and
    /// `store-incompatible` when the backup cannot be used; `store-full`.
    pub fn restore(backup: impl AsRef<Path>, path: impl AsRef<Path>) -> Result<(), StoreError> {
        let source = Place::file(backup.as_ref())?;
        let options = SqliteOptions::new().access(Access::ReadOnly);
        source.look(options.access)?;
        let connection = source.connect(&options, Use::Read)?;
        schema::version(&connection, &source, schema::MIGRATIONS.len())?;
        sound(&connection, &source)?;
        copy(&connection, &source, path.as_ref())
    }

    /// Checks the whole file, and that each entry of this agency follows the one before, unaltered.
    /// Slow: it reads everything.
    ///
    /// ```
    /// # let log = caseload_sqlite::SqliteLog::in_memory("north")?;
    /// log.check()?;
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// `store-corrupt`, at the first entry that is damaged where one is.
    pub fn check(&self) -> Result<(), StoreError> {
        let mut head = Head::START;
        loop {
            let page = self.read(&head, PageLimit::default())?;
            for entry in &page.entries {
                if !entry.continues(&head) {
                    return Err(StoreError::corrupt_at(
                        entry.position,
                        format!(
                            "was altered or damaged in `{}`; restore a backup",
                            self.path().display()
                        ),
                    ));
                }
                head = entry.head();
            }
            if page.more == More::No {
                break;
            }
        }
        let lent = self.lend_reader()?;
        sound(self.opened(&lent)?, &self.place)
    }
}

/// Asks SQLite whether the file is whole.
fn sound(connection: &Connection, place: &Place) -> Result<(), StoreError> {
    let answer: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| store_error(place.path(), Doing::Read, error))?;
    // Its words may quote a value, so they are not passed on.
    if answer == "ok" { Ok(()) } else { Err(damaged(&place.path().display().to_string(), None)) }
}

/// Copies into a file beside the wanted one, and gives it its name once it is whole and synced.
fn copy(connection: &Connection, place: &Place, path: &Path) -> Result<(), StoreError> {
    let target = Place::file(path)?;
    let taken = [target.path().to_owned(), target.beside("-wal"), target.beside("-shm")]
        .into_iter()
        .find(|path| path.exists());
    if let Some(path) = taken {
        return Err(is_taken(&path));
    }
    if target.look(Access::Create)? != Found::Nothing {
        return Err(damaged(&target.path().display().to_string(), None));
    }
    let draft = target.beside(&format!(".part-{}", std::process::id()));
    let done = connection
        .execute("VACUUM INTO ?1", [draft.to_string_lossy()])
        .map_err(|error| {
            let names_source = matches!(
                error.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::DatabaseBusy)
            );
            let file = if names_source { place.path() } else { target.path() };
            store_error(file, Doing::Export, error)
        })
        .and_then(|_| match put_in_place(&draft, target.path())? {
            Named::Yes => Ok(()),
            Named::Taken => Err(is_taken(target.path())),
        });
    // Nothing is there after success.
    let _ = fs::remove_file(&draft);
    done
}

fn is_taken(path: &Path) -> StoreError {
    StoreError::Unavailable {
        what: format!("`{}` exists already; move it away, or name another", path.display()),
        cause: None,
    }
}

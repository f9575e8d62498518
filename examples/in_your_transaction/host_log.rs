//! A log in the product's own database, as `docs/storage.md` describes one in a hundred lines.
//!
//! It is the whole contract (the tests run the suite on it) for one agency, and it does one thing more: an entry may
//! bring rows of the product's along, which are written in the transaction of its turn.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use caseload::{
    ErrorCause, RequestId, StoreError,
    log::{
        Entry, Erasure, Hash, Head, Log, More, Page, PageLimit, PrivateItems, Recorded,
        RequestText, Turn,
    },
    system_clock,
};
use rusqlite::{Connection, Error, ErrorCode, OptionalExtension as _, Row, params};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS entry (
    position INTEGER PRIMARY KEY, recorded INTEGER NOT NULL, level INTEGER NOT NULL,
    request TEXT, body BLOB NOT NULL, private BLOB NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS entry_request ON entry (request) WHERE request IS NOT NULL;";
const COLUMNS: &str = "position, recorded, level, request, body, private, hash";
const TIMEOUT: Duration = Duration::from_secs(30);

/// Writes rows of the product's inside a transaction.
pub(crate) type Rows = Box<dyn FnOnce(&Connection) -> rusqlite::Result<()> + Send>;

/// The log of an agency in a table of the product's. Clones share the rows that go along.
#[derive(Clone)]
pub(crate) struct HostLog {
    path: PathBuf,
    rows: Arc<Mutex<HashMap<RequestId, Rows>>>,
}

impl fmt::Debug for HostLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostLog").field("path", &self.path).finish_non_exhaustive()
    }
}

impl HostLog {
    /// Makes the table where there is none.
    pub(crate) fn open(path: impl AsRef<Path>) -> Result<HostLog, StoreError> {
        let log = HostLog { path: path.as_ref().to_owned(), rows: Arc::default() };
        log.connect()?.execute_batch(TABLE).map_err(failed)?;
        Ok(log)
    }

    /// These rows go along with the entry of this request.
    pub(crate) fn with_rows(&self, request: &RequestId, rows: Rows) {
        self.rows().insert(request.clone(), rows);
    }

    /// If there is no such entry, they do not.
    pub(crate) fn take_back(&self, request: &RequestId) {
        self.rows().remove(request);
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<RequestId, Rows>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection for each call and each turn, so that reads never wait for a turn. A product would
    /// lend one from its pool.
    fn connect(&self) -> Result<Connection, StoreError> {
        let db = Connection::open(&self.path).map_err(failed)?;
        db.busy_timeout(TIMEOUT).map_err(failed)?;
        // What is erased must not be left in freed pages.
        db.pragma_update(None, "secure_delete", true).map_err(failed)?;
        Ok(db)
    }

    fn begin(&self) -> Result<Connection, StoreError> {
        let db = self.connect()?;
        db.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        Ok(db)
    }
}

impl Log for HostLog {
    fn head(&self) -> Result<Head, StoreError> {
        head(&self.connect()?)
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        page(&self.connect()?, after, limit)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE request = ?1");
        let db = self.connect()?;
        db.query_row(&sql, [request.as_str()], entry).optional().map_err(failed)
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        Ok(Box::new(HostTurn { db: self.begin()?, log: self }))
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        let db = self.begin()?;
        for item in items {
            let known = item.entry;
            let position = i64::try_from(known.position).unwrap_or(i64::MAX);
            let sql = "SELECT private FROM entry WHERE position = ?1 AND hash = ?2";
            let found = db.query_row(sql, params![position, known.hash.as_bytes()], |row| {
                row.get::<_, Vec<u8>>(0)
            });
            let Some(private) = found.optional().map_err(failed)? else {
                return Err(StoreError::Diverged { known });
            };
            let private = PrivateItems::erase(&private, &item.items)?;
            db.execute(
                "UPDATE entry SET private = ?2 WHERE position = ?1",
                params![position, private],
            )
            .map_err(failed)?;
            if item.request == RequestText::Erase {
                db.execute("UPDATE entry SET request = NULL WHERE position = ?1", [position])
                    .map_err(failed)?;
            }
        }
        db.execute_batch("COMMIT").map_err(failed)
    }
}

/// A transaction: dropped with its connection, it is rolled back.
struct HostTurn<'log> {
    db: Connection,
    log: &'log HostLog,
}

impl Turn for HostTurn<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        head(&self.db)
    }

    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        page(&self.db, after, limit)
    }

    fn clock(&mut self) -> Result<Recorded, StoreError> {
        Ok(system_clock()())
    }

    fn append(self: Box<Self>, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        let mut end = *after;
        if head(&self.db)? != end || !entries.iter().all(|entry| follows(&mut end, entry)) {
            return Err(StoreError::Conflict);
        }
        for entry in entries {
            insert(&self.db, entry)?;
            let rows = entry.request.as_ref().and_then(|request| self.log.rows().remove(request));
            if let Some(rows) = rows {
                rows(&self.db).map_err(failed)?;
            }
        }
        self.db.execute_batch("COMMIT").map_err(|error| match error.sqlite_error_code() {
            // SQLite did not even begin to commit.
            Some(ErrorCode::DatabaseBusy) => failed(error),
            _ => StoreError::UnknownOutcome { cause: Some(Arc::new(error)) },
        })
    }
}

fn follows(end: &mut Head, entry: &Entry) -> bool {
    let follows = entry.continues(end);
    *end = entry.head();
    follows
}

fn head(db: &Connection) -> Result<Head, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM entry ORDER BY position DESC LIMIT 1");
    let last = db.query_row(&sql, [], entry).optional().map_err(failed)?;
    Ok(last.map_or(Head::START, |entry| entry.head()))
}

/// One statement: the entry of the head itself, for its hash, and those after it.
fn page(db: &Connection, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
    let diverged = || StoreError::Diverged { known: *after };
    let position = i64::try_from(after.position).map_err(|_| diverged())?;
    let most = i64::try_from(limit.entries.max(1)).unwrap_or(i64::MAX).saturating_add(2);
    let sql =
        format!("SELECT {COLUMNS} FROM entry WHERE position >= ?1 ORDER BY position LIMIT ?2");
    let mut query = db.prepare(&sql).map_err(failed)?;
    let mut found = query.query_map([position, most], entry).map_err(failed)?;
    let known = if after.position == 0 {
        *after == Head::START
    } else {
        found.next().transpose().map_err(failed)?.is_some_and(|entry| entry.head() == *after)
    };
    if !known {
        return Err(diverged());
    }
    let (mut page, mut bytes) = (Page::default(), 0);
    for entry in found {
        let entry = entry.map_err(failed)?;
        bytes += entry.size();
        let full = page.entries.len() >= limit.entries || bytes > limit.bytes;
        if full && !page.entries.is_empty() {
            page.more = More::Yes;
            break;
        }
        page.entries.push(entry);
    }
    Ok(page)
}

fn insert(db: &Connection, entry: &Entry) -> Result<(), StoreError> {
    let position = i64::try_from(entry.position).unwrap_or(i64::MAX);
    let request = entry.request.as_ref().map(RequestId::as_str);
    let sql = format!("INSERT INTO entry ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    let values = params![
        position,
        entry.recorded.micros(),
        entry.level,
        request,
        entry.body,
        entry.private,
        entry.hash.as_bytes()
    ];
    db.execute(&sql, values).map(drop).map_err(|error| match &error {
        Error::SqliteFailure(_, Some(text)) if text.contains("entry.request") => {
            StoreError::RequestIdReused
        }
        _ => failed(error),
    })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let hash: Vec<u8> = row.get(6)?;
    let request: Option<String> = row.get(3)?;
    Ok(Entry {
        position: row.get::<_, i64>(0)?.unsigned_abs(),
        recorded: Recorded::from_micros(row.get(1)?),
        level: row.get(2)?,
        request: request.and_then(|text| RequestId::new(text).ok()),
        body: row.get(4)?,
        private: row.get(5)?,
        hash: Hash::from_slice(&hash).unwrap_or(Hash::ZERO),
    })
}

fn failed(error: Error) -> StoreError {
    let busy = error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
    let (what, cause) = ("the product's database".to_owned(), Some(Arc::new(error) as ErrorCause));
    if busy { StoreError::Locked { what, cause } } else { StoreError::Backend { what, cause } }
}

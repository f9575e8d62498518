//! The handle: opening, commands, and what is asked of the log.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use caseload::{
    Freshness as CoreFreshness, RequestId as CoreRequest, StoreError,
    jsonl::{Given, read_command},
    log::Head as CoreHead,
};
use caseload_sqlite::{self as sqlite, SqliteLog, SqliteOptions};

use crate::{
    command::{self, Command, Context},
    event::Happened,
    failure::{CaseloadError, guarded},
    host_log::{HostLog, OfHost},
    id::RequestId,
    log_entry::Head,
    outcome::{Receipt, Verdict},
    progress::{Listener, telling},
    question::NativeSnapshot,
    reading::{Reading, Whole, counted, wrong_argument},
    sql::{SqlTable, SqlValue},
};

/// The most events that are handed over at once.
const MOST_EVENTS: i64 = 1_000;

/// What may be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Durability {
    /// Nothing that was acknowledged: each append is synced before it returns.
    Full,
    /// The last appends, at a power failure only; never a part of one, and never the file.
    Normal,
}

/// Whether an append also writes the read tables, which SQL is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ReadTables {
    /// In the same transaction.
    Written,
    /// Only the log is written.
    LogOnly,
}

/// How an agency's file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct FileOptions {
    /// What may be done with it; without it, the file is made.
    #[uniffi(default = None)]
    pub access: Option<Access>,
    /// What a power failure may take; nothing without it.
    #[uniffi(default = None)]
    pub durability: Option<Durability>,
    /// Whether the read tables are written; they are without it.
    #[uniffi(default = None)]
    pub read_tables: Option<ReadTables>,
    /// How long to wait for another writer, in milliseconds; five seconds without it.
    #[uniffi(default = None)]
    pub busy_timeout_millis: Option<i64>,
}

/// How fresh an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Freshness {
    /// With everything that is stored now.
    Latest,
    /// With at least the entry of this position: read your own writes.
    AtLeast {
        /// The position.
        position: i64,
    },
    /// With what is folded already, without asking the store.
    Cached,
}

/// What a walk over the whole log found in order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Verified {
    /// Where the log ends.
    pub head: Head,
    /// How many private items were erased because somebody was forgotten.
    pub erased: i64,
}

/// An agency that is open, until it is shut down. Every call blocks its thread until it is done: the packages
/// wrap it so that none blocks a thread that draws.
#[derive(uniffi::Object)]
pub struct NativeAgency(RwLock<Option<Open>>);

impl std::fmt::Debug for NativeAgency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NativeAgency")
    }
}

#[derive(Clone)]
struct Open {
    agency: caseload::Agency,
    /// The file below, unless the host brought a log of its own.
    file: Option<Arc<SqliteLog>>,
}

fn options(given: FileOptions) -> Result<SqliteOptions, CaseloadError> {
    let FileOptions { access, durability, read_tables, busy_timeout_millis } = given;
    let mut options = SqliteOptions::new();
    if let Some(access) = access {
        options = options.access(match access {
            Access::Create => sqlite::Access::Create,
            Access::Existing => sqlite::Access::Existing,
            Access::ReadOnly => sqlite::Access::ReadOnly,
            Access::Immutable => sqlite::Access::Immutable,
        });
    }
    if let Some(durability) = durability {
        options = options.durability(match durability {
            Durability::Full => sqlite::Durability::Full,
            Durability::Normal => sqlite::Durability::Normal,
        });
    }
    if let Some(read_tables) = read_tables {
        options = options.read_tables(match read_tables {
            ReadTables::Written => sqlite::ReadTables::Written,
            ReadTables::LogOnly => sqlite::ReadTables::LogOnly,
        });
    }
    if let Some(millis) = busy_timeout_millis {
        let millis = u64::try_from(millis).map_err(|_| {
            wrong_argument("busy_timeout_millis", "is not a number of milliseconds from 0")
        })?;
        options = options.busy_timeout(Duration::from_millis(millis));
    }
    Ok(options)
}

/// Opens an agency in a file of SQLite; several processes may write one file.
///
/// # Errors
/// `Store` when the file cannot be opened, is no agency's or is damaged; `Cancelled` when the listener says so.
#[uniffi::export]
pub fn open_file(
    path: String,
    agency: String,
    options: FileOptions,
    listener: Listener,
) -> Result<Arc<NativeAgency>, CaseloadError> {
    guarded(|| {
        let file = Arc::new(self::options(options)?.open(path, &agency)?);
        let mut opening = caseload::Agency::opening();
        if let Some(checkpoint) = file.checkpoint() {
            opening = opening.checkpoint(checkpoint);
        }
        let log = Arc::clone(&file);
        let agency = telling(&listener, |tell| opening.open(log, tell))?;
        Ok(NativeAgency::of(agency, Some(file)))
    })
}

/// Opens an agency in memory, gone when it is shut down.
///
/// # Errors
/// `Store` when there is no memory for it.
#[uniffi::export]
pub fn open_in_memory(agency: String) -> Result<Arc<NativeAgency>, CaseloadError> {
    guarded(|| {
        let file = Arc::new(SqliteLog::in_memory(&agency)?);
        let agency = caseload::Agency::open(Arc::clone(&file))?;
        Ok(NativeAgency::of(agency, Some(file)))
    })
}

/// Opens an agency over a log of the host's own.
///
/// # Errors
/// `Store` as the log throws; `Cancelled` when the listener says so.
#[uniffi::export]
pub fn open_log(
    log: Arc<dyn HostLog>,
    listener: Listener,
) -> Result<Arc<NativeAgency>, CaseloadError> {
    guarded(|| {
        let opening = caseload::Agency::opening();
        let agency = telling(&listener, |tell| opening.open(OfHost(log), tell))?;
        Ok(NativeAgency::of(agency, None))
    })
}

/// Makes a file from a backup that `export_to` wrote.
///
/// # Errors
/// `Store` when the backup is none, or something stands at `path` already.
#[uniffi::export]
pub fn restore(backup: String, path: String) -> Result<(), CaseloadError> {
    guarded(|| Ok(SqliteLog::restore(backup, path)?))
}

impl NativeAgency {
    fn of(agency: caseload::Agency, file: Option<Arc<SqliteLog>>) -> Arc<NativeAgency> {
        Arc::new(NativeAgency(RwLock::new(Some(Open { agency, file }))))
    }

    fn open(&self) -> Result<Open, CaseloadError> {
        let open = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let what = || "the agency was closed; open it anew".to_owned();
        Ok(open.clone().ok_or_else(|| StoreError::Closed { what: what() })?)
    }

    pub(crate) fn core(&self) -> Result<caseload::Agency, CaseloadError> {
        Ok(self.open()?.agency)
    }

    fn recorded(
        &self,
        command: caseload::Command,
        context: caseload::Context,
    ) -> Result<Receipt, CaseloadError> {
        Receipt::told(&self.core()?.record(command, context)?)
    }

    fn reviewed(
        &self,
        command: caseload::Command,
        context: caseload::Context,
    ) -> Result<Verdict, CaseloadError> {
        let agency = self.core()?;
        let verdict = agency.review(command, context)?;
        Verdict::told(&verdict, agency.head())
    }

    fn file(&self) -> Result<Arc<SqliteLog>, CaseloadError> {
        let what = || "the agency has a log of its host's own: ask that store".to_owned();
        let none = || StoreError::Unavailable { what: what(), cause: None };
        Ok(self.open()?.file.ok_or_else(none)?)
    }
}

#[uniffi::export]
impl NativeAgency {
    /// Records a command.
    ///
    /// # Errors
    /// `Refused` with every violation of the first broken phase, `Input` for unreadable values, `Store`.
    pub fn record(&self, command: Command, context: Context) -> Result<Receipt, CaseloadError> {
        guarded(|| {
            let (command, context) = command::read(command, context)?;
            self.recorded(command, context)
        })
    }

    /// What the rules say of a command; nothing is stored.
    ///
    /// # Errors
    /// `Input` for unreadable values, `Store`. A refusal is a verdict here.
    pub fn review(&self, command: Command, context: Context) -> Result<Verdict, CaseloadError> {
        guarded(|| {
            let (command, context) = command::read(command, context)?;
            self.reviewed(command, context)
        })
    }

    /// Records a command in the JSON-lines form, as an outbox on a device keeps it.
    ///
    /// # Errors
    /// As `record`; one with `"review": true` is unreadable here.
    pub fn record_text(&self, text: String) -> Result<Receipt, CaseloadError> {
        guarded(|| match read_command(&text)? {
            Given::Record(command, context) => self.recorded(command, context),
            Given::Review(..) => Err(wrong_argument("review", "give it to the review of texts")),
        })
    }

    /// What the rules say of a command in the JSON-lines form.
    ///
    /// # Errors
    /// As `review`.
    pub fn review_text(&self, text: String) -> Result<Verdict, CaseloadError> {
        guarded(|| {
            let (Given::Record(command, context) | Given::Review(command, context)) =
                read_command(&text)?;
            self.reviewed(command, context)
        })
    }

    /// The receipt of a request, if it was stored.
    ///
    /// # Errors
    /// `Input` for a text that is no id, `Store`.
    pub fn outcome(&self, request: RequestId) -> Result<Option<Receipt>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let request = fields.need("request", request);
            let request: CoreRequest = fields.all(request)?;
            let receipt = self.core()?.outcome(&request)?;
            receipt.as_ref().map(Receipt::told).transpose()
        })
    }

    /// What happened in the entries after a position, of so many entries at most (1 to 1,000).
    ///
    /// # Errors
    /// `Input` for a position or limit out of range, `Store`.
    pub fn events(&self, after: i64, limit: i64) -> Result<Vec<Happened>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let after = fields.need("after", Whole(after));
            let limit = fields.need("limit", Whole(limit.clamp(-1, MOST_EVENTS)));
            let (after, limit): (u64, usize) = fields.all(after.zip(limit))?;
            self.core()?.events(after, limit)?.iter().map(Happened::told).collect()
        })
    }

    /// Everything as known at one head, as fresh as asked for: all answers of a snapshot agree.
    ///
    /// # Errors
    /// `Input` for a negative position, `Store`.
    pub fn snapshot(&self, freshness: Freshness) -> Result<Arc<NativeSnapshot>, CaseloadError> {
        guarded(|| {
            let freshness = match freshness {
                Freshness::Latest => CoreFreshness::Latest,
                Freshness::Cached => CoreFreshness::Cached,
                Freshness::AtLeast { position } => {
                    let mut fields = Reading::default();
                    let position = fields.need("position", Whole(position));
                    CoreFreshness::AtLeast(fields.all(position)?)
                }
            };
            Ok(Arc::new(NativeSnapshot(self.core()?.snapshot_of(freshness)?)))
        })
    }

    /// Where the folded log ends, without asking the store.
    ///
    /// # Errors
    /// `Store` when the agency was shut down.
    pub fn head(&self) -> Result<Head, CaseloadError> {
        guarded(|| Ok(Head::from(&self.core()?.head())))
    }

    /// Bytes of memory that the folded state takes, about.
    ///
    /// # Errors
    /// `Store` when the agency was shut down.
    pub fn memory(&self) -> Result<i64, CaseloadError> {
        guarded(|| Ok(counted(self.core()?.memory())))
    }

    /// Walks the chain and every digest, and folds anew: finds any damage, and against a head kept elsewhere
    /// also tampering and a tail cut off.
    ///
    /// # Errors
    /// `Store` of kind `Corrupt` or `Diverged`; `Cancelled` when the listener says so.
    pub fn verify(
        &self,
        expected: Option<Head>,
        listener: Listener,
    ) -> Result<Verified, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let expected = fields.may("expected", expected);
            let expected: Option<CoreHead> = fields.all(Some(expected))?;
            let agency = self.core()?;
            let found = telling(&listener, |tell| agency.verify_telling(expected, tell))?;
            Ok(Verified { head: Head::from(&found.head), erased: counted(found.erased) })
        })
    }

    /// Asks one question in SQL of the read tables, with a value for each `?1`, `?2`; nothing can be written.
    ///
    /// # Errors
    /// `Store`: of kind `ReadOnly` for what would write, `Backend` for wrong SQL, `Unavailable` over a log of
    /// the host's own.
    pub fn sql(&self, text: String, values: Vec<SqlValue>) -> Result<SqlTable, CaseloadError> {
        guarded(|| {
            let values: Vec<_> = values.into_iter().map(Into::into).collect();
            Ok(self.file()?.sql_with(&text, &values)?.into())
        })
    }

    /// Copies the file while others go on writing: the way to back it up.
    ///
    /// # Errors
    /// `Store`: something stands at the path already, or it cannot be written.
    pub fn export_to(&self, path: String) -> Result<(), CaseloadError> {
        guarded(|| Ok(self.file()?.export(path)?))
    }

    /// Writes the read tables anew from the log.
    ///
    /// # Errors
    /// `Store`.
    pub fn rebuild_read_tables(&self) -> Result<(), CaseloadError> {
        guarded(|| Ok(self.file()?.rebuild_read_tables()?))
    }

    /// Keeps the folded state beside the file, so that opening is fast next time.
    ///
    /// # Errors
    /// `Store`.
    pub fn keep_checkpoint(&self) -> Result<(), CaseloadError> {
        guarded(|| Ok(self.core()?.keep_checkpoint()?))
    }

    /// Closes the log: from now on every call answers that it is closed. Again is harmless.
    ///
    /// # Errors
    /// `Store` when the file could not be closed.
    pub fn shut_down(&self) -> Result<(), CaseloadError> {
        guarded(|| {
            let open = self.0.write().unwrap_or_else(PoisonError::into_inner).take();
            match open.and_then(|open| open.file) {
                Some(file) => Ok(file.close()?),
                None => Ok(()),
            }
        })
    }
}

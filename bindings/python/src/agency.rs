//! The handle: opening, commands, and what is asked of the log.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use caseload::{
    Freshness, OnOutside, RequestId, StoreError,
    jsonl::{Given, read_command},
    log::Head,
    system_clock,
};
use caseload_sqlite::{Access, Durability, ReadTables, SqliteLog, SqliteOptions};
use chrono::{DateTime, Datelike as _};
use chrono_tz::Tz;
use pyo3::prelude::*;

use crate::{
    failure::{Failure, away},
    hints::{GivenLog, GivenTable, ProgressFunction},
    hmis,
    host_log::HostLog,
    progress::Telling,
    snapshot::Snapshot,
    sql::{self, Bind},
    table::Table,
    taking_in, told,
};

/// An agency that is open, until it is closed.
#[pyclass(frozen, module = "caseload._caseload")]
pub(crate) struct Agency {
    open: RwLock<Option<Open>>,
    process: u32,
}

#[derive(Clone)]
struct Open {
    agency: caseload::Agency,
    /// The file below, unless the host brought a log of its own.
    file: Option<Arc<SqliteLog>>,
}

/// Opens an agency in a SQLite file.
#[pyfunction]
#[pyo3(signature = (path, agency, *, access, durability, read_tables, busy_timeout, progress = None))]
#[expect(clippy::too_many_arguments, reason = "named in Python, where they have defaults")]
pub(crate) fn open_sqlite(
    py: Python<'_>,
    path: PathBuf,
    agency: &str,
    access: &str,
    durability: &str,
    read_tables: bool,
    busy_timeout: f64,
    progress: Option<ProgressFunction>,
) -> PyResult<Agency> {
    let access = match access {
        "create" => Access::Create,
        "existing" => Access::Existing,
        "read_only" => Access::ReadOnly,
        _ => Access::Immutable,
    };
    let durability = if durability == "full" { Durability::Full } else { Durability::Normal };
    let read_tables = if read_tables { ReadTables::Written } else { ReadTables::LogOnly };
    away(py, move || {
        let timeout = Duration::try_from_secs_f64(busy_timeout)
            .map_err(|_| Failure::argument("busy_timeout", "is not a number of seconds from 0"))?;
        let options = SqliteOptions::new()
            .access(access)
            .durability(durability)
            .read_tables(read_tables)
            .busy_timeout(timeout);
        let file = Arc::new(options.open(path, agency)?);
        let mut opening = caseload::Agency::opening();
        if let Some(checkpoint) = file.checkpoint() {
            opening = opening.checkpoint(checkpoint);
        }
        let log = Arc::clone(&file);
        let agency = Telling::to(progress).doing(|tell| opening.open(log, tell))?;
        Ok(Agency::of(Open { agency, file: Some(file) }))
    })
}

/// Opens an agency in memory, gone when it is closed.
#[pyfunction]
pub(crate) fn open_memory(py: Python<'_>, agency: &str) -> PyResult<Agency> {
    away(py, || {
        let file = Arc::new(SqliteLog::in_memory(agency)?);
        let agency = caseload::Agency::open(Arc::clone(&file))?;
        Ok(Agency::of(Open { agency, file: Some(file) }))
    })
}

/// Opens an agency over a log written in Python.
#[pyfunction]
#[pyo3(signature = (log, *, progress = None))]
pub(crate) fn open_log(
    py: Python<'_>,
    log: GivenLog,
    progress: Option<ProgressFunction>,
) -> PyResult<Agency> {
    away(py, move || {
        let opening = caseload::Agency::opening();
        let agency = Telling::to(progress).doing(|tell| opening.open(HostLog(log.0), tell))?;
        Ok(Agency::of(Open { agency, file: None }))
    })
}

/// Makes a file from a backup that `export` wrote.
#[pyfunction]
pub(crate) fn restore(py: Python<'_>, backup: PathBuf, path: PathBuf) -> PyResult<()> {
    away(py, || Ok(SqliteLog::restore(backup, path)?))
}

/// Today's date in a time zone, as year, month and day.
#[pyfunction]
pub(crate) fn today(py: Python<'_>, zone: &str) -> PyResult<(i32, u32, u32)> {
    away(py, || {
        let zone: Tz = zone.parse().map_err(|_| {
            Failure::argument(
                "zone",
                "is no time zone of the IANA database, such as America/Chicago",
            )
        })?;
        let now = DateTime::from_timestamp_micros(system_clock()().micros());
        let now = now.ok_or_else(|| Failure::Bug("the clock is out of range".to_owned()))?;
        let today = now.with_timezone(&zone);
        Ok((today.year(), today.month(), today.day()))
    })
}

impl Agency {
    fn of(open: Open) -> Agency {
        Agency { open: RwLock::new(Some(open)), process: std::process::id() }
    }

    fn open(&self) -> Result<Open, Failure> {
        let closed = |what: &str| StoreError::Closed { what: what.to_owned() };
        if std::process::id() != self.process {
            let what = "the agency was opened before a fork; open it anew in this process";
            return Err(closed(what).into());
        }
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        Ok(open.clone().ok_or_else(|| closed("the agency was closed; open it anew"))?)
    }

    fn file(&self) -> Result<Arc<SqliteLog>, Failure> {
        let what = "the agency has a log of its host's own: ask that store";
        let none = || StoreError::Unavailable { what: what.to_owned(), cause: None };
        Ok(self.open()?.file.ok_or_else(none)?)
    }
}

#[pymethods]
impl Agency {
    /// Records a command in the JSON-lines form; one with `"review": true` is refused.
    fn record(&self, py: Python<'_>, command: &str) -> PyResult<String> {
        away(py, || match read_command(command)? {
            Given::Record(command, context) => {
                let receipt = self.open()?.agency.record(command, context)?;
                Ok(told::json(&told::receipt(&receipt)))
            }
            Given::Review(..) => Err(Failure::argument("review", "give it to `review_json`")),
        })
    }

    /// What the rules say of a command in the JSON-lines form.
    fn review(&self, py: Python<'_>, command: &str) -> PyResult<String> {
        away(py, || {
            let (Given::Record(command, context) | Given::Review(command, context)) =
                read_command(command)?;
            let agency = self.open()?.agency;
            let verdict = agency.review(command, context)?;
            Ok(told::verdict(&verdict, agency.head()))
        })
    }

    /// The receipt of a request, if it was stored.
    fn outcome(&self, py: Python<'_>, request: &str) -> PyResult<Option<String>> {
        away(py, || {
            let receipt = self.open()?.agency.outcome(&RequestId::new(request)?)?;
            Ok(receipt.map(|receipt| told::json(&told::receipt(&receipt))))
        })
    }

    /// What happened after a position: position, type and ids of each event.
    fn events(
        &self,
        py: Python<'_>,
        after: u64,
        limit: usize,
    ) -> PyResult<Vec<(u64, &'static str, Vec<String>)>> {
        away(py, || {
            let happened = self.open()?.agency.events(after, limit)?;
            let told = happened.into_iter().map(|happened| {
                let ids = happened.event.ids().into_iter().map(str::to_owned).collect();
                (happened.position, happened.event.word(), ids)
            });
            Ok(told.collect())
        })
    }

    /// Everything as it is now, at a position at least, or without asking the store.
    #[pyo3(signature = (*, at_least = None, cached = false))]
    fn snapshot(&self, py: Python<'_>, at_least: Option<u64>, cached: bool) -> PyResult<Snapshot> {
        let freshness = match at_least {
            Some(position) => Freshness::AtLeast(position),
            None if cached => Freshness::Cached,
            None => Freshness::Latest,
        };
        away(py, || Ok(Snapshot::of(self.open()?.agency.snapshot_of(freshness)?)))
    }

    /// Where the folded log ends, as `position:hash`.
    fn head(&self, py: Python<'_>) -> PyResult<String> {
        away(py, || Ok(self.open()?.agency.head().to_string()))
    }

    /// Bytes of memory that the folded state takes, about.
    fn memory(&self, py: Python<'_>) -> PyResult<usize> {
        away(py, || Ok(self.open()?.agency.memory()))
    }

    /// Walks the chain and folds anew; the head, and how many private items were forgotten.
    #[pyo3(signature = (expected = None, *, progress = None))]
    fn verify(
        &self,
        py: Python<'_>,
        expected: Option<&str>,
        progress: Option<ProgressFunction>,
    ) -> PyResult<(String, u64)> {
        away(py, move || {
            let expected: Option<Head> = expected.map(str::parse).transpose()?;
            let agency = self.open()?.agency;
            let found =
                Telling::to(progress).doing(|tell| agency.verify_telling(expected, tell))?;
            Ok((found.head.to_string(), found.erased))
        })
    }

    /// Asks one question in SQL of the read tables.
    fn sql(&self, py: Python<'_>, text: &str, values: Vec<Option<Bind<'_>>>) -> PyResult<Table> {
        let null = caseload_sqlite::Value::Null;
        let values: Vec<_> =
            values.into_iter().map(|value| value.map_or(null.clone(), Bind::value)).collect();
        away(py, move || sql::table(&self.file()?.sql_with(text, &values)?))
    }

    /// Copies the file while others go on writing.
    fn export(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        away(py, || Ok(self.file()?.export(path)?))
    }

    /// Writes the read tables anew from the log.
    fn rebuild_read_tables(&self, py: Python<'_>) -> PyResult<()> {
        away(py, || Ok(self.file()?.rebuild_read_tables()?))
    }

    /// Keeps the folded state beside the file, so that opening is fast next time.
    fn keep_checkpoint(&self, py: Python<'_>) -> PyResult<()> {
        away(py, || Ok(self.open()?.agency.keep_checkpoint()?))
    }

    /// Takes tables in; whether the accepted rows are stored, and the tables of what became of them.
    #[pyo3(signature = (programs, staff, enrollments, assignments, context, *, mode, order, progress = None))]
    #[expect(clippy::too_many_arguments, reason = "named in Python, where they have defaults")]
    fn import_tables(
        &self,
        py: Python<'_>,
        programs: Option<GivenTable>,
        staff: Option<GivenTable>,
        enrollments: Option<GivenTable>,
        assignments: Option<GivenTable>,
        context: &str,
        mode: &str,
        order: &str,
        progress: Option<ProgressFunction>,
    ) -> PyResult<(bool, Vec<Table>)> {
        let given = [programs, staff, enrollments, assignments].map(|table| Some(table?.0));
        away(py, move || {
            let agency = self.open()?.agency;
            taking_in::tables(&agency, given, context, mode, order, Telling::to(progress))
        })
    }

    /// Takes an HMIS CSV export in; the tables of what became of its rows, and the numbers of enrollments
    /// taken back and of staff registered without a name.
    #[pyo3(signature = (folder, context, *, review, complete, assign_by_user, on_outside, progress = None))]
    #[expect(clippy::too_many_arguments, reason = "named in Python, where they have defaults")]
    fn import_hmis(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        context: &str,
        review: bool,
        complete: bool,
        assign_by_user: bool,
        on_outside: &str,
        progress: Option<ProgressFunction>,
    ) -> PyResult<hmis::Imported> {
        let chosen = hmis::Chosen {
            is_review: review,
            is_complete: complete,
            by_user: assign_by_user,
            on_outside: if on_outside == "report" { OnOutside::Report } else { OnOutside::Clip },
        };
        away(py, move || {
            let (agency, telling) = (self.open()?.agency, Telling::to(progress));
            hmis::import(&agency, &folder, context, &chosen, telling)
        })
    }

    /// Uploads a batch file; how many rows became what, and how many problems of each code there are.
    #[pyo3(signature = (path, result, context, *, mode, sheet = None, progress = None))]
    #[expect(clippy::too_many_arguments, reason = "named in Python, where they have defaults")]
    fn upload(
        &self,
        py: Python<'_>,
        path: PathBuf,
        result: Option<PathBuf>,
        context: &str,
        mode: &str,
        sheet: Option<String>,
        progress: Option<ProgressFunction>,
    ) -> PyResult<taking_in::Counted> {
        away(py, move || {
            let (agency, telling) = (self.open()?.agency, Telling::to(progress));
            taking_in::upload(&agency, &path, result.as_deref(), context, mode, sheet, telling)
        })
    }

    /// Writes the template of a batch file.
    fn template(
        &self,
        py: Python<'_>,
        path: PathBuf,
        program: &str,
        staff: &str,
        end: &str,
    ) -> PyResult<()> {
        away(py, || taking_in::template(&self.open()?.agency, &path, program, staff, end))
    }

    /// Closes the agency; again is harmless.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        away(py, || {
            let open = self.open.write().unwrap_or_else(PoisonError::into_inner).take();
            match open.and_then(|open| open.file) {
                Some(file) if std::process::id() == self.process => Ok(file.close()?),
                _ => Ok(()),
            }
        })
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self) -> bool {
        self.open.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

//! The suite for logs written in Python, and random commands beside the naive auditor.

use std::sync::{Mutex, PoisonError};

use caseload::{Agency, MemoryLog, jsonl::Replay, log::Log};
use caseload_conformance::{
    Backup, CASES, Store, Stores, Trouble, auditor, generate::Generator as RandomLines,
};
use pyo3::prelude::*;

use crate::{
    failure::{Failure, HostError, away},
    hints::FreshStores,
    host_log::HostLog,
};

/// The names of the cases of the suite, in order.
#[pyfunction]
pub(crate) fn conformance_cases() -> Vec<&'static str> {
    CASES.iter().map(|case| case.name).collect()
}

/// Runs one case over stores that Python makes; `None`, or what was seen.
#[pyfunction]
pub(crate) fn run_conformance(
    py: Python<'_>,
    case: &str,
    fresh: FreshStores,
) -> PyResult<Option<String>> {
    away(py, move || {
        let found = CASES.iter().find(|known| known.name == case);
        let case = found.ok_or_else(|| Failure::argument("case", "is no case of the suite"))?;
        Ok((case.run)(&HostStores(fresh.0)).err().map(|failure| failure.to_string()))
    })
}

struct HostStores(Py<PyAny>);
struct HostStore(Py<PyAny>);

fn trouble(error: PyErr) -> Trouble {
    let text = Python::attach(|py| error.value(py).to_string());
    format!("{}: {text}", HostError(error)).into()
}

impl Stores for HostStores {
    fn fresh(&self) -> Result<Box<dyn Store>, Trouble> {
        let store = Python::attach(|py| self.0.call0(py)).map_err(trouble)?;
        Ok(Box::new(HostStore(store)))
    }
}

impl Store for HostStore {
    fn open(&self) -> Result<Box<dyn Log>, Trouble> {
        let log = Python::attach(|py| self.0.call_method0(py, "open")).map_err(trouble)?;
        Ok(Box::new(HostLog(log)))
    }

    fn backup(&self) -> Result<Backup<'_>, Trouble> {
        let restore = Python::attach(|py| self.0.call_method0(py, "backup")).map_err(trouble)?;
        Ok(Box::new(move || Python::attach(|py| restore.call0(py)).map(drop).map_err(trouble)))
    }
}

/// Random commands and questions as JSON lines, the same ones for the same seed.
#[pyclass(frozen, module = "caseload._caseload")]
pub(crate) struct Generator(Mutex<RandomLines>);

#[pymethods]
impl Generator {
    #[new]
    fn new(seed: u64) -> Generator {
        Generator(Mutex::new(RandomLines::new(seed)))
    }

    /// The next line; every id that could be left out is given.
    fn next_line(&self, py: Python<'_>) -> PyResult<String> {
        away(py, || Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).next_line_with_ids()))
    }
}

/// An engine of its own that keeps days one by one, and knows nothing of the library's.
#[pyclass(frozen, module = "caseload._caseload")]
pub(crate) struct Auditor(Mutex<auditor::Auditor>);

#[pymethods]
impl Auditor {
    #[new]
    fn new() -> Auditor {
        Auditor(Mutex::new(auditor::Auditor::new()))
    }

    /// The answer to the next line, as JSON; none to an empty one.
    fn line(&self, py: Python<'_>, text: &str) -> PyResult<Option<String>> {
        away(py, || {
            let mut auditor = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(auditor.line(text).map(|answer| answer.to_string()))
        })
    }
}

/// The first thing in which an answer differs from the auditor's, if any.
#[pyfunction]
pub(crate) fn differences(
    py: Python<'_>,
    answer: Option<&str>,
    auditors: Option<&str>,
) -> PyResult<Option<String>> {
    away(py, || {
        let read = |text: Option<&str>| {
            text.map(serde_json::from_str).transpose().map_err(|error: serde_json::Error| {
                Failure::argument("answer", format!("is no JSON: {error}"))
            })
        };
        let (answer, auditors) = (read(answer)?, read(auditors)?);
        Ok(auditor::differences(answer.as_ref(), auditors.as_ref()))
    })
}

/// The library's own replay over an agency in memory, which bindings must answer like.
#[pyclass(frozen, module = "caseload._caseload")]
pub(crate) struct CoreReplay(Mutex<Replay>);

#[pymethods]
impl CoreReplay {
    #[new]
    fn new(py: Python<'_>) -> PyResult<CoreReplay> {
        away(py, || {
            let agency = Agency::open(MemoryLog::new())?;
            Ok(CoreReplay(Mutex::new(Replay::new(agency))))
        })
    }

    /// The answer to the next line; none to an empty one.
    fn line(&self, py: Python<'_>, text: &str) -> PyResult<Option<String>> {
        away(py, || Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).line(text)))
    }
}

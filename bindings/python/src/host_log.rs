//! A log written in Python, as the core sees it.

use caseload::{
    RequestId, StoreError,
    log::{self, Erasure, Head, Log, PageLimit, Recorded, Turn},
};
use pyo3::{exceptions::PyException, prelude::*};

use crate::{
    failure::HostError,
    host_page::{Entry, erasure_for, head_for, head_from, limit_for, page_from},
};

/// A Python object with the methods of `caseload.log.Log`.
pub(crate) struct HostLog(pub(crate) Py<PyAny>);

/// A Python object with the methods of `caseload.log.Turn`.
struct HostTurn {
    turn: Py<PyAny>,
    /// Whether an append was tried, which ends the turn whatever comes of it.
    is_over: bool,
}

/// Calls into Python; what it raises is an error of the store.
fn ask<T>(
    doing: &str,
    call: impl for<'py> FnOnce(Python<'py>) -> PyResult<T>,
) -> Result<T, StoreError> {
    Python::attach(|py| call(py).map_err(|error| store_error(py, doing, error)))
}

/// An exception as an error of the store: those of `caseload` keep their kind.
fn store_error(py: Python<'_>, doing: &str, error: PyErr) -> StoreError {
    let code: String = match error.value(py).getattr("code").and_then(|code| code.extract()) {
        Ok(code) if is_of_caseload(py, &error) => code,
        _ => String::new(),
    };
    let said = error.value(py).to_string();
    let known = error.value(py).getattr("known").and_then(|known| known.extract::<String>());
    let known = known.ok().and_then(|known| known.parse().ok());
    let position = error.value(py).getattr("position").and_then(|position| position.extract());
    let position: Option<u64> = position.ok().flatten();
    let named = error.get_type(py).name().map(|name| name.to_string()).unwrap_or_default();
    let is_exception = error.is_instance_of::<PyException>(py);
    let cause: Option<caseload::ErrorCause> = Some(std::sync::Arc::new(HostError(error)));
    match (code.as_str(), known) {
        ("store-conflict", _) => StoreError::Conflict,
        ("store-diverged", Some(known)) => StoreError::Diverged { known },
        ("store-request-id-reused", _) => StoreError::RequestIdReused,
        ("store-unknown-outcome", _) => StoreError::UnknownOutcome { cause },
        ("store-unavailable", _) => StoreError::Unavailable { what: said, cause },
        ("store-read-only", _) => StoreError::ReadOnly { what: said, cause },
        ("store-full", _) => StoreError::Full { what: said, cause },
        ("store-locked", _) => StoreError::Locked { what: said, cause },
        ("store-corrupt", _) => StoreError::Corrupt { what: said, position, cause },
        ("store-incompatible", _) => StoreError::Incompatible { what: said },
        ("store-closed", _) => StoreError::Closed { what: said },
        ("store-backend", _) => StoreError::Backend { what: said, cause },
        // What an exception of the host's own says may hold anything: it is kept as the cause alone.
        _ => {
            let raised = if is_exception { "raised" } else { "was interrupted by" };
            StoreError::Backend { what: format!("`{doing}` of the log {raised} {named}"), cause }
        }
    }
}

fn is_of_caseload(py: Python<'_>, error: &PyErr) -> bool {
    let class = py.import("caseload.errors").and_then(|errors| errors.getattr("StoreError"));
    class.is_ok_and(|class| error.value(py).is_instance(&class).unwrap_or(false))
}

impl Log for HostLog {
    fn head(&self) -> Result<Head, StoreError> {
        ask("head", |py| head_from(&self.0.bind(py).call_method0("head")?))
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<log::Page, StoreError> {
        ask("read", |py| {
            let asked = (head_for(py, after)?, limit_for(py, limit)?);
            page_from(&self.0.bind(py).call_method1("read", asked)?)
        })
    }

    fn find(&self, request: &RequestId) -> Result<Option<log::Entry>, StoreError> {
        ask("find", |py| {
            let found = self.0.bind(py).call_method1("find", (request.as_str(),))?;
            Ok(found.extract::<Option<Entry>>()?.map(|entry| entry.entry))
        })
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        let turn = ask("turn", |py| Ok(self.0.bind(py).call_method0("turn")?.unbind()))?;
        Ok(Box::new(HostTurn { turn, is_over: false }))
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        ask("erase", |py| {
            let items = items.iter().map(|item| erasure_for(py, item));
            let items: Vec<_> = items.collect::<PyResult<_>>()?;
            self.0.bind(py).call_method1("erase", (items,)).map(drop)
        })
    }
}

impl Turn for HostTurn {
    fn head(&mut self) -> Result<Head, StoreError> {
        ask("turn.head", |py| head_from(&self.turn.bind(py).call_method0("head")?))
    }

    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<log::Page, StoreError> {
        ask("turn.tail", |py| {
            let asked = (head_for(py, after)?, limit_for(py, limit)?);
            page_from(&self.turn.bind(py).call_method1("tail", asked)?)
        })
    }

    fn clock(&mut self) -> Result<Recorded, StoreError> {
        ask("turn.clock", |py| {
            let micros = self.turn.bind(py).call_method0("clock")?.extract()?;
            Ok(Recorded::from_micros(micros))
        })
    }

    fn append(mut self: Box<Self>, after: &Head, entries: &[log::Entry]) -> Result<(), StoreError> {
        self.is_over = true;
        ask("turn.append", |py| {
            let after = head_for(py, after)?;
            let entries: Vec<Entry> =
                entries.iter().map(|entry| Entry { entry: entry.clone() }).collect();
            self.turn.bind(py).call_method1("append", (after, entries)).map(drop)
        })
    }
}

impl Drop for HostTurn {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        // A turn that is given back stores nothing: there is nobody to tell that it failed.
        let _ = ask("turn.release", |py| self.turn.bind(py).call_method0("release").map(drop));
    }
}

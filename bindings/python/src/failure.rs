//! What goes wrong on the way, and how it reaches Python: as the classes of `caseload.errors`.

use std::{
    error::Error as _,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use caseload::{Error, InputError, Problem, StoreError, Violation};
use pyo3::{exceptions::PyException, prelude::*};
use serde::Serialize;

use crate::told;

/// What a call into the library can fail with.
pub(crate) enum Failure {
    Caseload(Error),
    /// What came in many rows cannot be read: column by column.
    Unreadable(Vec<Unreadable>),
    /// Raised by what the host gave: a progress function, a log of its own, an interrupt.
    Python(PyErr),
    /// A panic, or a promise that another library broke.
    Bug(String),
}

/// Something unreadable that is no field of a command.
#[derive(Serialize)]
pub(crate) struct Unreadable {
    pub(crate) code: &'static str,
    pub(crate) fields: Vec<String>,
    pub(crate) text: String,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Caseload(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Caseload(Error::Store(error))
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Failure {
        Failure::Caseload(Error::Input(error))
    }
}

impl From<caseload_arrow::Error> for Failure {
    fn from(error: caseload_arrow::Error) -> Failure {
        Failure::Bug(error.to_string())
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Failure {
        Failure::Python(error)
    }
}

impl Failure {
    /// `input-command` about one argument.
    pub(crate) fn argument(field: &'static str, what: impl Into<String>) -> Failure {
        let problem = Problem::InputCommand { what: what.into().into() };
        InputError { violations: vec![Violation::new(problem, &[field])] }.into()
    }
}

/// Does something without holding the interpreter, so that other Python threads go on; no lock of ours is
/// taken while it is held. A panic comes out as `caseload.Bug`, never as one.
pub(crate) fn away<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Failure> + Send,
) -> PyResult<T> {
    let done = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    let done = done.unwrap_or_else(|panic| Err(Failure::Bug(panicked(&*panic).to_owned())));
    done.map_err(|failure| failure.raised(py))
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}

impl Failure {
    fn raised(self, py: Python<'_>) -> PyErr {
        let (told, cause) = match &self {
            Failure::Python(error) => return error.clone_ref(py),
            Failure::Bug(what) => {
                let text = format!("a bug in caseload, please report it: {what}");
                (Told { kind: "bug", code: "bug", text, ..Told::default() }, None)
            }
            Failure::Unreadable(problems) => (Told::unreadable(problems), None),
            Failure::Caseload(error) => (Told::of(error), host_error(py, error)),
        };
        let interrupt = cause.as_ref().filter(|cause| !cause.is_instance_of::<PyException>(py));
        if let Some(interrupt) = interrupt {
            // Ctrl-C inside a host's log is Ctrl-C.
            return interrupt.clone_ref(py);
        }
        match made(py, &told::json(&told)) {
            Ok(error) => {
                error.set_cause(py, cause);
                error
            }
            Err(error) => error,
        }
    }
}

/// Lets Python make the error out of what is told of it.
fn made(py: Python<'_>, told: &str) -> PyResult<PyErr> {
    let error = py.import("caseload.errors")?.call_method1("_from_native", (told,))?;
    Ok(PyErr::from_value(error))
}

/// What Python is told of an error.
#[derive(Default, Serialize)]
struct Told<'a> {
    kind: &'static str,
    code: &'a str,
    text: String,
    violations: Vec<Wrong<'a>>,
    rows: Vec<told::ToldRow<'a>>,
    known: Option<String>,
    position: Option<u64>,
    cause: Option<String>,
}

/// A broken rule, or something unreadable that no rule is about.
#[derive(Serialize)]
#[serde(untagged)]
enum Wrong<'a> {
    Rule(told::ToldViolation<'a>),
    Unreadable(&'a Unreadable),
}

impl Told<'_> {
    fn unreadable(problems: &[Unreadable]) -> Told<'_> {
        Told {
            kind: "input",
            code: problems.first().map_or("input-command", |problem| problem.code),
            text: "unreadable input".to_owned(),
            violations: problems.iter().map(Wrong::Unreadable).collect(),
            ..Told::default()
        }
    }

    fn of(error: &Error) -> Told<'_> {
        let told = Told { code: error.code(), text: error.to_string(), ..Told::default() };
        let rules = |broken| told::violations(broken).into_iter().map(Wrong::Rule).collect();
        match error {
            Error::Input(input) => {
                Told { kind: "input", violations: rules(&input.violations), ..told }
            }
            Error::Refused(refusal) => Told {
                kind: "refused",
                violations: rules(&refusal.violations),
                rows: told::rows(&refusal.rows),
                ..told
            },
            Error::Store(StoreError::Bug { .. }) => Told { kind: "bug", ..told },
            Error::Store(store) => {
                // The cause's own words help: what the file system said. What a host's log said may
                // hold anything: it is there as the cause.
                let cause = store.source().filter(|cause| !cause.is::<HostError>());
                let (known, position) = match store {
                    StoreError::Diverged { known } => (Some(known.to_string()), None),
                    StoreError::Corrupt { position, .. } => (None, *position),
                    _ => (None, None),
                };
                let cause = cause.map(ToString::to_string);
                Told { kind: "store", known, position, cause, ..told }
            }
            _ => Told { kind: "cancelled", ..told },
        }
    }
}

/// What a host's log raised, below an error of the store.
fn host_error(py: Python<'_>, error: &Error) -> Option<PyErr> {
    let Error::Store(store) = error else { return None };
    let HostError(error) = store.source()?.downcast_ref::<HostError>()?;
    Some(error.clone_ref(py))
}

/// A Python exception as the cause of an error of the store.
pub(crate) struct HostError(pub(crate) PyErr);

impl fmt::Debug for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostError")
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exception of the host's log")
    }
}

impl std::error::Error for HostError {}

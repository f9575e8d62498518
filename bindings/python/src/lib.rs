//! The native half of the Python package `caseload`: convert, call, convert.
//!
//! What Python itself can say better lies in its other half, `python/caseload`: the commands as methods, the
//! errors as classes, the reports as frames and charts. The two halves speak JSON where a value is small, and
//! Arrow where there are many. Nothing here decides anything.

mod agency;
mod arguments;
mod conformance;
mod failure;
mod hints;
mod hmis;
mod host_log;
mod host_page;
mod progress;
mod reports;
mod snapshot;
mod sql;
mod table;
mod taking_in;
mod told;

/// The native half of the package `caseload`: use the package itself.
#[pyo3::pymodule(gil_used = false)]
mod _caseload {
    #[pymodule_export]
    use super::{
        agency::{Agency, open_log, open_memory, open_sqlite, restore, today},
        conformance::{
            Auditor, CoreReplay, Generator, conformance_cases, differences, run_conformance,
        },
        host_page::{Entry, without_items},
        snapshot::Snapshot,
        table::{Table, gathered},
    };
}

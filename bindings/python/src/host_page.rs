//! Entries, heads and pages as a log in Python sees them.

use caseload::{
    RequestId,
    log::{self, Erasure, Hash, Head, More, PageLimit, Recorded, RequestText},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyBytes};

/// One entry of a log, to be kept field by field as it is.
#[pyclass(frozen, eq, module = "caseload.log", from_py_object)]
#[derive(Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) entry: log::Entry,
}

#[pymethods]
impl Entry {
    #[new]
    #[pyo3(signature = (*, position, recorded, level, request, body, private, hash))]
    fn new(
        position: u64,
        recorded: i64,
        level: u32,
        request: Option<&str>,
        body: Vec<u8>,
        private: Vec<u8>,
        hash: &[u8],
    ) -> PyResult<Entry> {
        let request = request.map(RequestId::new).transpose();
        let request = request.map_err(|error| PyValueError::new_err(error.to_string()))?;
        let hash = hash_of(hash)?;
        let recorded = Recorded::from_micros(recorded);
        Ok(Entry { entry: log::Entry { position, recorded, level, request, body, private, hash } })
    }

    /// The place in the log, from 1.
    #[getter]
    fn position(&self) -> u64 {
        self.entry.position
    }

    /// When it was recorded: microseconds since 1970-01-01T00:00:00Z.
    #[getter]
    fn recorded(&self) -> i64 {
        self.entry.recorded.micros()
    }

    /// The level its body is written in.
    #[getter]
    fn level(&self) -> u32 {
        self.entry.level
    }

    /// The host's request id, to be found by; `None` too once it was erased.
    #[getter]
    fn request(&self) -> Option<&str> {
        self.entry.request.as_ref().map(RequestId::as_str)
    }

    /// Canonical JSON of numbers and days: keep these very bytes.
    #[getter]
    fn body(&self) -> &[u8] {
        &self.entry.body
    }

    /// The private items, packed.
    #[getter]
    fn private(&self) -> &[u8] {
        &self.entry.private
    }

    /// SHA-256 over the previous hash, position, instant, level and body: 32 bytes.
    #[getter]
    fn hash(&self) -> &[u8] {
        self.entry.hash.as_bytes()
    }

    /// Bytes that count towards the limit of a page.
    #[getter]
    fn size(&self) -> usize {
        self.entry.size()
    }

    fn __repr__(&self) -> String {
        // Neither private items nor the request id reach a log through it.
        format!("Entry(position={})", self.entry.position)
    }
}

/// The private items of an entry without some of them, which can never be read again.
#[pyfunction]
pub(crate) fn without_items<'py>(
    py: Python<'py>,
    private: &[u8],
    items: Vec<u32>,
) -> PyResult<Bound<'py, PyBytes>> {
    let left = log::PrivateItems::erase(private, &items);
    let left = left.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &left))
}

fn hash_of(bytes: &[u8]) -> PyResult<Hash> {
    Hash::from_slice(bytes).ok_or_else(|| PyValueError::new_err("a hash has 32 bytes"))
}

/// A head, as Python gives it: a position and a hash of 32 bytes.
pub(crate) fn head_from(head: &Bound<'_, PyAny>) -> PyResult<Head> {
    let (position, hash): (u64, Vec<u8>) = head.extract()?;
    Ok(Head { position, hash: hash_of(&hash)? })
}

/// A head for Python: `caseload.log.Head`.
pub(crate) fn head_for<'py>(py: Python<'py>, head: &Head) -> PyResult<Bound<'py, PyAny>> {
    let hash = PyBytes::new(py, head.hash.as_bytes());
    py.import("caseload.log")?.getattr("Head")?.call1((head.position, hash))
}

/// A page for Python to fill: how much it may hold.
pub(crate) fn limit_for<'py>(py: Python<'py>, limit: PageLimit) -> PyResult<Bound<'py, PyAny>> {
    py.import("caseload.log")?.getattr("Limit")?.call1((limit.entries, limit.bytes))
}

/// A page that Python gave: entries, and whether the log had more.
pub(crate) fn page_from(page: &Bound<'_, PyAny>) -> PyResult<log::Page> {
    let entries: Vec<Entry> = page.getattr("entries")?.extract()?;
    let more = if page.getattr("more")?.is_truthy()? { More::Yes } else { More::No };
    Ok(log::Page { entries: entries.into_iter().map(|entry| entry.entry).collect(), more })
}

/// What is to be erased, for Python: `caseload.log.Erasure`.
pub(crate) fn erasure_for<'py>(py: Python<'py>, item: &Erasure) -> PyResult<Bound<'py, PyAny>> {
    let entry = head_for(py, &item.entry)?;
    let request = item.request == RequestText::Erase;
    py.import("caseload.log")?.getattr("Erasure")?.call1((entry, item.items.clone(), request))
}

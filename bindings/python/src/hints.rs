//! What the stubs say of values that pyo3 does not know the type of.
//!
//! `maturin generate-stubs` writes `_caseload.pyi` from what the macros see. They see Rust types, so whatever
//! Python gives or gets as a plain object has a type of its own here.

use std::convert::Infallible;

use pyo3::{
    inspect::PyStaticExpr, prelude::*, type_hint_identifier, type_hint_subscript, types::PyList,
};
use pyo3_arrow::input::{AnyArray, AnyRecordBatch};

const ANYTHING: PyStaticExpr = type_hint_identifier!("typing", "Any");

/// An object that is taken as it is, and what the stubs call it.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident, $hint:expr) => {
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) Py<PyAny>);

        impl<'py> FromPyObject<'_, 'py> for $name {
            type Error = Infallible;
            const INPUT_TYPE: PyStaticExpr = $hint;

            fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<$name, Infallible> {
                Ok($name(object.to_owned().unbind()))
            }
        }
    };
}

object!(
    /// A function of (done, total).
    ProgressFunction,
    type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Callable"),
        PyStaticExpr::List {
            elts: &[type_hint_identifier!("builtins", "int"), type_hint_identifier!("builtins", "int")]
        },
        type_hint_identifier!("builtins", "object")
    )
);
object!(
    /// A log written in Python.
    GivenLog,
    type_hint_identifier!("caseload.log", "Log")
);
object!(
    /// A function that makes an empty store.
    FreshStores,
    type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Callable"),
        PyStaticExpr::List { elts: &[] },
        type_hint_identifier!("caseload.conformance", "Store")
    )
);

/// A table of anything that gives itself to Arrow.
pub(crate) struct GivenTable(pub(crate) AnyRecordBatch);

impl<'py> FromPyObject<'_, 'py> for GivenTable {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = ANYTHING;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<GivenTable> {
        object.extract().map(GivenTable)
    }
}

/// A column of anything that gives itself to Arrow, or a list of texts.
pub(crate) enum GivenColumn {
    Arrow(AnyArray),
    Texts(Vec<Option<String>>),
}

impl<'py> FromPyObject<'_, 'py> for GivenColumn {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = ANYTHING;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<GivenColumn> {
        match object.extract() {
            Ok(column) => Ok(GivenColumn::Arrow(column)),
            Err(_) => object.extract().map(GivenColumn::Texts),
        }
    }
}

/// Rows as a list of dicts.
pub(crate) struct Rows<'py>(pub(crate) Bound<'py, PyList>);

impl<'py> IntoPyObject<'py> for Rows<'py> {
    type Target = PyList;
    type Output = Bound<'py, PyList>;
    type Error = Infallible;
    const OUTPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("builtins", "list"),
        type_hint_subscript!(
            type_hint_identifier!("builtins", "dict"),
            type_hint_identifier!("builtins", "str"),
            ANYTHING
        )
    );

    fn into_pyobject(self, _: Python<'py>) -> Result<Bound<'py, PyList>, Infallible> {
        Ok(self.0)
    }
}

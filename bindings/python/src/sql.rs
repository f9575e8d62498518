//! An answer in SQL as a table: each column has one type, as far as SQLite's values have.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, Float64Array, Int64Array, NullArray, RecordBatch, RecordBatchOptions,
    StringArray,
};
use arrow_schema::{Field, Schema};
use caseload_sqlite::Value;
use pyo3::{prelude::*, types::PyBytes};

use crate::{failure::Failure, table::Table};

/// A value for a `?1` of a question.
#[derive(FromPyObject)]
pub(crate) enum Bind<'py> {
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Bound<'py, PyBytes>),
}

impl Bind<'_> {
    pub(crate) fn value(self) -> Value {
        match self {
            Bind::Integer(number) => Value::Integer(number),
            Bind::Real(number) => Value::Real(number),
            Bind::Text(text) => Value::Text(text),
            Bind::Blob(bytes) => Value::Blob(bytes.as_bytes().to_vec()),
        }
    }
}

/// The type that holds all values of a column; a column of several kinds is one of texts.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Nothing,
    Integer,
    Real,
    Text,
    Blob,
}

impl Kind {
    const fn of(value: &Value) -> Kind {
        match value {
            Value::Null => Kind::Nothing,
            Value::Integer(_) => Kind::Integer,
            Value::Real(_) => Kind::Real,
            Value::Text(_) => Kind::Text,
            Value::Blob(_) => Kind::Blob,
        }
    }

    fn both(self, other: Kind) -> Kind {
        match (self, other) {
            (a, b) if a == b => a,
            (Kind::Nothing, kind) | (kind, Kind::Nothing) => kind,
            (Kind::Integer, Kind::Real) | (Kind::Real, Kind::Integer) => Kind::Real,
            _ => Kind::Text,
        }
    }
}

/// The table of an answer.
pub(crate) fn table(answer: &caseload_sqlite::Table) -> Result<Table, Failure> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (place, name) in answer.columns.iter().enumerate() {
        let values: Vec<&Value> = answer.rows.iter().filter_map(|row| row.get(place)).collect();
        let kind = values.iter().fold(Kind::Nothing, |kind, value| kind.both(Kind::of(value)));
        let column = column(kind, &values);
        fields.push(Field::new(name, column.data_type().clone(), true));
        columns.push(column);
    }
    let rows = RecordBatchOptions::new().with_row_count(Some(answer.rows.len()));
    let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &rows);
    Ok(Table::new("sql", batch.map_err(|error| Failure::Bug(error.to_string()))?))
}

fn column(kind: Kind, values: &[&Value]) -> ArrayRef {
    match kind {
        Kind::Nothing => Arc::new(NullArray::new(values.len())),
        Kind::Integer => Arc::new(Int64Array::from_iter(values.iter().map(|value| match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }))),
        Kind::Real => Arc::new(Float64Array::from_iter(values.iter().map(|value| match value {
            Value::Real(number) => Some(*number),
            Value::Integer(number) => Some(*number as f64),
            _ => None,
        }))),
        Kind::Blob => Arc::new(BinaryArray::from_iter(values.iter().map(|value| match value {
            Value::Blob(bytes) => Some(bytes.as_slice()),
            _ => None,
        }))),
        Kind::Text => Arc::new(StringArray::from_iter(values.iter().map(|value| text(value)))),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

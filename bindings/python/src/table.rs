//! A table of an answer: Arrow for whoever reads Arrow, rows for whoever asks for them.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{
    Array, ArrayRef, RecordBatch, StructArray,
    cast::AsArray as _,
    types::{Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType},
};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBytes, PyCapsule, PyDict, PyList, PyString},
};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

use crate::{
    failure::{Failure, away},
    hints::{GivenTable, Rows},
};

/// A table of an answer, as Arrow record batches.
#[pyclass(frozen, module = "caseload._caseload")]
pub(crate) struct Table {
    name: String,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// All tables of a report.
    pub(crate) fn all_of(report: &impl caseload_arrow::ToArrow) -> Result<Vec<Table>, Failure> {
        report.tables().into_iter().map(Table::of).collect()
    }

    fn of(table: caseload_arrow::Table<'_>) -> Result<Table, Failure> {
        let (name, schema) = (table.name().to_owned(), table.schema());
        Ok(Table { name, schema, batches: table.into_batches()? })
    }

    /// A table of one batch.
    pub(crate) fn new(name: &str, batch: RecordBatch) -> Table {
        Table { name: name.to_owned(), schema: batch.schema(), batches: vec![batch] }
    }

    /// Says something more of what it is about, unless the report itself says it.
    pub(crate) fn about(mut self, key: &str, value: &str) -> Result<Table, Failure> {
        let mut schema = self.schema.as_ref().clone();
        schema.metadata.entry(format!("caseload.{key}")).or_insert_with(|| value.to_owned());
        self.schema = Arc::new(schema);
        let batches = self.batches.into_iter().map(|batch| batch.with_schema(self.schema.clone()));
        let batches: Result<Vec<RecordBatch>, ArrowError> = batches.collect();
        self.batches = batches.map_err(|error| Failure::Bug(error.to_string()))?;
        Ok(self)
    }

    /// A struct that stands for a row, as streams of tables name them.
    fn row_field(&self) -> FieldRef {
        let row = Field::new_struct("", self.schema.fields().clone(), false);
        Arc::new(row.with_metadata(self.schema.metadata().clone()))
    }
}

/// Reads a stream to its end, so that whoever gives it can give another.
#[pyfunction]
pub(crate) fn gathered(py: Python<'_>, table: GivenTable) -> PyResult<Table> {
    away(py, move || {
        let reader = table.0.into_reader()?;
        let schema = reader.schema();
        let batches: Result<Vec<RecordBatch>, _> = reader.collect();
        let unread =
            |error: ArrowError| Failure::argument("table", format!("cannot be read: {error}"));
        Ok(Table { name: "gathered".to_owned(), schema, batches: batches.map_err(unread)? })
    })
}

#[pymethods]
impl Table {
    /// The name of the table: no two have the same.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// The names of the columns, in order.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// What the table is about.
    #[getter]
    fn metadata(&self) -> HashMap<String, String> {
        self.schema.metadata().clone()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// At most `limit` rows from `offset` on, each as a dict.
    #[pyo3(signature = (offset = 0, limit = None))]
    fn rows<'py>(
        &self,
        py: Python<'py>,
        offset: usize,
        limit: Option<usize>,
    ) -> PyResult<Rows<'py>> {
        let rows = PyList::empty(py);
        let (mut skip, mut left) = (offset, limit.unwrap_or(usize::MAX));
        for batch in &self.batches {
            let length = batch.num_rows().saturating_sub(skip).min(left);
            if length > 0 {
                append(&rows, &batch.slice(skip, length))?;
                left -= length;
            }
            skip = skip.saturating_sub(batch.num_rows());
        }
        Ok(Rows(rows))
    }

    // Python's own name for the type of a capsule is younger than 3.11.
    #[pyo3(signature = () -> "object")]
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema: &Schema = &self.schema;
        Ok(to_schema_pycapsule(py, schema)?)
    }

    #[pyo3(signature = (requested_schema: "object | None" = None) -> "object")]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batches = self.batches.clone().into_iter();
        let rows = batches.map(|batch| Ok(Arc::new(StructArray::from(batch)) as ArrayRef));
        let stream = Box::new(ArrayIterator::new(rows, self.row_field()));
        Ok(to_stream_pycapsule(py, stream, requested_schema)?)
    }
}

/// Appends a batch's rows to a list of dicts, a column at a time.
fn append(rows: &Bound<'_, PyList>, batch: &RecordBatch) -> PyResult<()> {
    let py = rows.py();
    let dicts: Vec<Bound<'_, PyDict>> = (0..batch.num_rows()).map(|_| PyDict::new(py)).collect();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let name = PyString::intern(py, field.name());
        let cells = Cells::of(py, column)?;
        for (row, dict) in dicts.iter().enumerate() {
            dict.set_item(&name, cells.at(py, row)?)?;
        }
    }
    dicts.into_iter().try_for_each(|dict| rows.append(dict))
}

/// A column, and what makes its cells Python values.
enum Cells<'a, 'py> {
    Value(&'a ArrayRef, Bound<'py, PyAny>),
    /// Each text is made once.
    Dictionary(&'a ArrayRef, Vec<Bound<'py, PyString>>),
}

impl<'a, 'py> Cells<'a, 'py> {
    fn of(py: Python<'py>, column: &'a ArrayRef) -> PyResult<Cells<'a, 'py>> {
        if let Some(dictionary) = column.as_dictionary_opt::<Int32Type>() {
            let texts = dictionary.values().as_string::<i32>();
            let texts = texts.iter().map(|text| PyString::new(py, text.unwrap_or_default()));
            return Ok(Cells::Dictionary(column, texts.collect()));
        }
        let datetime = py.import("datetime")?;
        let maker = match column.data_type() {
            DataType::Date32 => datetime.getattr("date")?.getattr("fromordinal")?,
            DataType::Timestamp(..) => py.import("caseload.days")?.getattr("_instant")?,
            _ => py.None().into_bound(py),
        };
        Ok(Cells::Value(column, maker))
    }

    fn at(&self, py: Python<'py>, row: usize) -> PyResult<Bound<'py, PyAny>> {
        let (Cells::Value(column, _) | Cells::Dictionary(column, _)) = self;
        // A column of nothing but nulls says of none that it is one.
        if column.is_null(row) || column.data_type() == &DataType::Null {
            return Ok(py.None().into_bound(py));
        }
        match self {
            Cells::Dictionary(column, texts) => {
                let key = column.as_dictionary::<Int32Type>().keys().value(row);
                let text = usize::try_from(key).ok().and_then(|key| texts.get(key));
                Ok(text.map_or_else(|| py.None().into_bound(py), |text| text.clone().into_any()))
            }
            Cells::Value(column, maker) => value(py, column, maker, row),
        }
    }
}

/// Days from 0001-01-01 as Python counts them, to 1970-01-01.
const ORDINAL_OF_1970: i32 = 719_163;

fn value<'py>(
    py: Python<'py>,
    column: &ArrayRef,
    maker: &Bound<'py, PyAny>,
    row: usize,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match column.data_type() {
        DataType::Utf8 => PyString::new(py, column.as_string::<i32>().value(row)).into_any(),
        DataType::Binary => PyBytes::new(py, column.as_binary::<i32>().value(row)).into_any(),
        DataType::Boolean => {
            column.as_boolean().value(row).into_pyobject(py)?.to_owned().into_any()
        }
        DataType::Int64 => {
            column.as_primitive::<Int64Type>().value(row).into_pyobject(py)?.into_any()
        }
        DataType::Float64 => {
            column.as_primitive::<Float64Type>().value(row).into_pyobject(py)?.into_any()
        }
        DataType::Date32 => {
            let day = column.as_primitive::<Date32Type>().value(row);
            maker.call1((day.saturating_add(ORDINAL_OF_1970),))?
        }
        DataType::Timestamp(..) => {
            maker.call1((column.as_primitive::<TimestampMicrosecondType>().value(row),))?
        }
        other => return Err(PyTypeError::new_err(format!("no Python value for {other}"))),
    })
}

//! Tables read back as text, by another way than they were made.

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray, cast::AsArray, types::Int32Type,
};
use caseload::{
    AssignmentId, Day, EnrollmentId, ParticipantId, ProgramId, Reason, Role, StaffId, log::Recorded,
};
use caseload_arrow::{Table, ToArrow};

/// What one cell is as text; what is null is `-`.
pub(crate) trait Cell {
    fn cell(&self) -> String;
}

macro_rules! cells_as_printed {
    ($($type:ty)*) => {$(
        impl Cell for $type {
            fn cell(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

cells_as_printed! { Day ParticipantId ProgramId StaffId EnrollmentId AssignmentId Recorded u64 u32 f64 bool str String }

impl Cell for Role {
    fn cell(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Cell for Reason {
    fn cell(&self) -> String {
        self.as_str().to_owned()
    }
}

impl<T: Cell + ?Sized> Cell for &T {
    fn cell(&self) -> String {
        (*self).cell()
    }
}

impl<T: Cell> Cell for Option<T> {
    fn cell(&self) -> String {
        self.as_ref().map_or("-".to_owned(), Cell::cell)
    }
}

/// A row of cells.
macro_rules! row {
    ($($value:expr),* $(,)?) => {
        vec![$(crate::read::Cell::cell(&$value)),*]
    };
}
pub(crate) use row;

pub(crate) type Rows = Vec<Vec<String>>;

/// The table of this name.
pub(crate) fn table<'a>(report: &'a (impl ToArrow + ?Sized), name: &str) -> Table<'a> {
    let found = report.tables().into_iter().find(|table| table.name() == name);
    found.unwrap_or_else(|| panic!("no table {name}"))
}

/// That the table has these columns and these rows.
#[track_caller]
pub(crate) fn assert_rows(
    report: &(impl ToArrow + ?Sized),
    name: &str,
    columns: &str,
    rows: impl IntoIterator<Item = Vec<String>>,
) {
    let table = table(report, name);
    let names: Vec<String> =
        table.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names.join(" "), columns, "{name}");
    let expected: Rows = rows.into_iter().collect();
    assert_eq!(rows_of(&table.into_batches().unwrap()), expected, "{name}");
}

pub(crate) fn rows_of(batches: &[RecordBatch]) -> Rows {
    let row = |batch: &RecordBatch, row| {
        batch.columns().iter().map(|column| text(column, row)).collect::<Vec<String>>()
    };
    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |at| row(batch, at))).collect()
}

fn text(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return "-".to_owned();
    }
    let column = column.as_any();
    if let Some(texts) = column.downcast_ref::<StringArray>() {
        texts.value(row).to_owned()
    } else if let Some(coded) = column.downcast_ref::<DictionaryArray<Int32Type>>() {
        let key = coded.key(row).unwrap();
        coded.values().as_string::<i32>().value(key).to_owned()
    } else if let Some(days) = column.downcast_ref::<Date32Array>() {
        days.value_as_date(row).unwrap().to_string()
    } else if let Some(instants) = column.downcast_ref::<TimestampMicrosecondArray>() {
        let instant = instants.value_as_datetime(row).unwrap();
        instant.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
    } else if let Some(counts) = column.downcast_ref::<Int64Array>() {
        counts.value(row).to_string()
    } else if let Some(floats) = column.downcast_ref::<Float64Array>() {
        floats.value(row).to_string()
    } else {
        column.downcast_ref::<BooleanArray>().unwrap().value(row).to_string()
    }
}

/// Every text in any dictionary or text column of a report.
pub(crate) fn texts_in(report: &(impl ToArrow + ?Sized)) -> Vec<String> {
    let mut all = Vec::new();
    for batch in report.tables().into_iter().flat_map(|table| table.into_batches().unwrap()) {
        for column in batch.columns() {
            let values = match column.as_dictionary_opt::<Int32Type>() {
                Some(coded) => coded.values(),
                None => column,
            };
            if let Some(texts) = values.as_string_opt::<i32>() {
                all.extend(texts.iter().flatten().map(str::to_owned));
            }
        }
    }
    all
}

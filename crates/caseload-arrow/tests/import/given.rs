//! Tables and agencies for the tests.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray};
use arrow_schema::ArrowError;
use caseload::{Actor, Agency, Asked, Context, Flow, Lines, MemoryLog};
use caseload_arrow::import::{ImportError, InputTable, Mode, TableImport, Tables};

/// The policy of a program that takes history.
pub(crate) const HISTORY: &str = r#"{"batch_history":"allow","entry_order":"any"}"#;

pub(crate) const PROGRAMS: InputTable = InputTable::Programs;
pub(crate) const STAFF: InputTable = InputTable::Staff;
pub(crate) const ENROLLMENTS: InputTable = InputTable::Enrollments;
pub(crate) const ASSIGNMENTS: InputTable = InputTable::Assignments;

/// A column of the words of a text; `-` is null.
pub(crate) fn words(cells: &str) -> ArrayRef {
    let cells = cells.split_whitespace().map(|cell| (cell != "-").then_some(cell));
    Arc::new(cells.collect::<StringArray>())
}

pub(crate) fn texts<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(cells))
}

pub(crate) fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns.iter().map(|(name, array)| (*name, array.clone(), true)),
    )
    .unwrap()
}

pub(crate) type Reader = RecordBatchIterator<Vec<Result<RecordBatch, ArrowError>>>;

/// A table of batches; there must be one, if only for the schema.
pub(crate) fn reader(batches: &[RecordBatch]) -> Reader {
    let schema = batches[0].schema();
    let batches: Vec<_> = batches.iter().cloned().map(Ok).collect();
    RecordBatchIterator::new(batches, schema)
}

pub(crate) fn table(columns: &[(&str, ArrayRef)]) -> Reader {
    reader(&[batch(columns)])
}

/// A table whose cells are words.
pub(crate) fn worded(columns: &[(&str, &str)]) -> Reader {
    let columns: Vec<_> = columns.iter().map(|(name, cells)| (*name, words(cells))).collect();
    table(&columns)
}

pub(crate) fn programs(ids: &str) -> impl RecordBatchReader + Send + use<> {
    let ids = words(ids);
    let policies = texts(vec![HISTORY; ids.len()]);
    table(&[("id", ids), ("policy", policies)])
}

pub(crate) fn staff(ids: &str) -> impl RecordBatchReader + Send + use<> {
    worded(&[("id", ids)])
}

pub(crate) fn agency() -> Agency {
    Agency::open(MemoryLog::new()).unwrap()
}

pub(crate) fn context() -> Context {
    Context::new(Actor::Root, "2024-06-15".parse().unwrap())
}

pub(crate) fn import(agency: &Agency, tables: Tables<'_>) -> TableImport {
    import_as(agency, tables, Mode::Partial).unwrap()
}

/// Every import of a test must count every row in one place.
pub(crate) fn import_as(
    agency: &Agency,
    tables: Tables<'_>,
    mode: Mode,
) -> Result<TableImport, ImportError> {
    let import = tables.import(agency, &context(), mode, &mut |_| Flow::Continue)?;
    for table in InputTable::ALL {
        let counts = import.of(table);
        assert!(counts.add_up(), "{table}: {counts:?}");
        let refused = import.refused.iter().filter(|refused| refused.table == table);
        assert_eq!(refused.count() as u64, counts.refused, "{table}");
    }
    assert!(import.refused.iter().all(|refused| !refused.violations.is_empty()));
    let places: Vec<_> = import.refused.iter().map(|row| (row.table, row.row)).collect();
    assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
    Ok(import)
}

/// Accepted, already there and refused rows of a table.
pub(crate) fn counts(import: &TableImport, table: InputTable) -> [u64; 3] {
    let counts = import.of(table);
    [counts.accepted, counts.already_there, counts.refused]
}

/// `row code fields` of each violation in a table.
pub(crate) fn refusals(import: &TableImport, table: InputTable) -> Vec<String> {
    let of_table = import.refused.iter().filter(|refused| refused.table == table);
    let each = of_table.flat_map(|refused| {
        refused.violations.iter().map(|violation| {
            format!("{} {} {}", refused.row, violation.code().word(), violation.fields.join(","))
        })
    });
    each.collect()
}

pub(crate) fn everything(agency: &Agency) -> Lines {
    agency.snapshot().unwrap().everything(&Asked::of(context().on)).unwrap()
}

/// Two programs, two staff members and three participants, each enrolled in `p1` from 2020.
pub(crate) fn founded() -> Agency {
    let agency = agency();
    let enrollments = worded(&[
        ("id", "e1 e2 e3"),
        ("participant", "c1 c2 c3"),
        ("program", "p1 p1 p1"),
        ("start", "2020-01-01 2020-01-01 2020-01-01"),
    ]);
    let tables = Tables::new().programs(programs("p1 p2")).staff(staff("s1 s2"));
    let import = import(&agency, tables.enrollments(enrollments));
    assert!(import.refused.is_empty(), "{:?}", import.refused);
    agency
}

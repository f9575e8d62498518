//! Columns that do not fit are told before anything is stored.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float64Array, Int64Array, RecordBatch,
    TimestampNanosecondArray,
};
use arrow_schema::{DataType, Field, Schema};
use caseload_arrow::import::{ColumnFault, ColumnProblem, ImportError, InputTable, Mode, Tables};

use crate::given::{agency, import_as, programs, reader, table, worded, words};

/// The problems of tables, which must keep everything from being stored.
#[track_caller]
fn problems(tables: Tables<'_>) -> Vec<(InputTable, String, ColumnFault, String)> {
    let agency = agency();
    let error = import_as(&agency, tables.programs(programs("p1")), Mode::Partial).unwrap_err();
    assert_eq!((error.code(), agency.head().position), ("import-columns", 0));
    let ImportError::Columns { problems } = error else { panic!("{error}") };
    let told = |one: &ColumnProblem| (one.table, one.column.clone(), one.fault, one.to_string());
    problems.iter().map(told).collect()
}

fn enrollments_with(name: &str, column: ArrayRef) -> Tables<'static> {
    let mut columns = vec![
        ("id", words("e1")),
        ("participant", words("c1")),
        ("program", words("p1")),
        ("start", words("2024-01-01")),
        ("end", words("-")),
    ];
    columns.iter_mut().filter(|(one, _)| *one == name).for_each(|one| one.1 = column.clone());
    Tables::new().enrollments(table(&columns))
}

#[test]
fn missing_and_unknown_columns_of_all_tables_at_once() {
    let found =
        problems(
            Tables::new()
                .staff(worded(&[("name", "Sam"), ("email", "x@y")]))
                .assignments(worded(&[("id", "a1"), ("staff", "s1"), ("program", "p1")])),
        );
    let found: Vec<_> =
        found.iter().map(|(table, column, fault, _)| (*table, column.as_str(), *fault)).collect();
    assert_eq!(
        found,
        [
            (InputTable::Staff, "email", ColumnFault::Unknown),
            (InputTable::Staff, "id", ColumnFault::Missing),
            (InputTable::Assignments, "participant", ColumnFault::Missing),
            (InputTable::Assignments, "start", ColumnFault::Missing),
        ]
    );
}

#[test]
fn what_was_found_and_what_is_expected_is_told() {
    let instants: ArrayRef = Arc::new(TimestampNanosecondArray::from(vec![0]));
    let [(_, _, fault, text)] = &problems(enrollments_with("start", instants))[..] else {
        panic!("one problem");
    };
    assert_eq!(*fault, ColumnFault::Type);
    for part in
        ["column `start` of enrollments", "Timestamp(ns)", "date32", "YYYY-MM-DD", ".dt.date"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let floats: ArrayRef = Arc::new(Float64Array::from(vec![57.0]));
    let [(_, _, _, text)] = &problems(enrollments_with("participant", floats))[..] else {
        panic!("one problem");
    };
    assert!(text.contains("Float64") && text.contains("text or integers"), "{text}");
}

#[test]
fn other_types_are_refused_in_every_kind_of_column() {
    let wrong: [ArrayRef; 3] = [
        Arc::new(BooleanArray::from(vec![true])),
        Arc::new(Float64Array::from(vec![1.0])),
        Arc::new(BinaryArray::from(vec![b"x".as_slice()])),
    ];
    for column in wrong {
        for name in ["id", "participant", "program", "start", "end"] {
            assert_eq!(problems(enrollments_with(name, column.clone())).len(), 1, "{name}");
        }
        let of_staff = |name| table(&[("id", words("s1")), (name, column.clone())]);
        assert_eq!(problems(Tables::new().staff(of_staff("rights"))).len(), 1);
        assert_eq!(problems(Tables::new().staff(of_staff("name"))).len(), 1);
    }
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![20_240_101]));
    assert_eq!(problems(enrollments_with("start", numbers)).len(), 1, "a number is no day");
}

#[test]
fn a_column_twice() {
    let field = |name| Field::new(name, DataType::Utf8, true);
    let schema = Arc::new(Schema::new(vec![field("id"), field("id")]));
    let batch = RecordBatch::try_new(schema, vec![words("a"), words("b")]).unwrap();
    let found = problems(Tables::new().staff(reader(&[batch])));
    assert_eq!((found.len(), found[0].2), (1, ColumnFault::Twice));
}

#[test]
fn a_batch_of_another_type_than_the_schema_says_is_unreadable() {
    let good = crate::given::batch(&[("id", words("s1 s2"))]);
    let bad = crate::given::batch(&[("id", Arc::new(BooleanArray::from(vec![true])) as ArrayRef)]);
    let agency = agency();
    let error = import_as(&agency, Tables::new().staff(reader(&[good, bad])), Mode::Partial);
    let error = error.unwrap_err();
    assert_eq!(error.code(), "import-unreadable");
    assert!(matches!(error, ImportError::Unreadable { table: InputTable::Staff, rows: 2, .. }));
    assert_eq!(agency.head().position, 2, "what came before is stored");
}

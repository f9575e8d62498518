//! What is told of an import: as Arrow tables, and as text for people.

use arrow_array::{
    Array, RecordBatch,
    cast::AsArray,
    types::{Date32Type, Int32Type, Int64Type},
};
use caseload_arrow::{
    ToArrow,
    import::{TableImport, Tables},
};

use crate::given::{ASSIGNMENTS, founded, import, worded};

fn refused() -> TableImport {
    import(
        &founded(),
        Tables::new().staff(worded(&[("id", "s1 s9")])).assignments(worded(&[
            ("staff", "s1 secret s1"),
            ("participant", "c1 c1 -"),
            ("program", "p1 p1 p1"),
            ("start", "2019-01-01 2024-01-01 tomorrow"),
        ])),
    )
}

fn only(import: &TableImport, name: &str) -> RecordBatch {
    let table = import.tables().into_iter().find(|table| table.name() == name).unwrap();
    assert_eq!(table.schema().metadata()["caseload.stored"], "accepted");
    let mut batches = table.into_batches().unwrap();
    assert_eq!(batches.len(), 1);
    batches.remove(0)
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    let column = batch.column_by_name(name).unwrap();
    let text = |column: &dyn Array, row| column.as_string::<i32>().value(row).to_owned();
    (0..batch.num_rows())
        .map(|row| match column.as_dictionary_opt::<Int32Type>() {
            _ if column.is_null(row) => "-".to_owned(),
            Some(coded) => text(coded.values(), coded.key(row).unwrap()),
            None => text(column, row),
        })
        .collect()
}

#[test]
fn refused_rows_are_a_table_with_a_row_for_each_violation() {
    let batch = only(&refused(), "import_refused");
    assert_eq!(texts(&batch, "table"), ["assignments"; 4]);
    let rows = batch.column_by_name("row").unwrap().as_primitive::<Int64Type>();
    assert_eq!(rows.values().to_vec(), [1, 2, 3, 3]);
    let codes = ["outside-enrollment", "unknown-staff", "input-command", "input-date"];
    assert_eq!(texts(&batch, "code"), codes);
    assert_eq!(texts(&batch, "fields"), ["start", "staff", "participant", "start"]);
    assert_eq!(texts(&batch, "nearest_field"), ["start", "-", "-", "-"]);
    let days = batch.column_by_name("nearest_day").unwrap().as_primitive::<Date32Type>();
    assert_eq!((days.value(0), days.null_count()), (18_262, 3));
    assert!(texts(&batch, "text").iter().all(|text| !text.contains("secret")));
}

#[test]
fn counts_are_a_table_of_four_rows() {
    let batch = only(&refused(), "import_counts");
    let all = ["programs", "staff", "enrollments", "assignments"];
    assert_eq!(texts(&batch, "table"), all);
    let numbers = |name: &str| {
        let column = batch.column_by_name(name).unwrap().as_primitive::<Int64Type>();
        column.values().to_vec()
    };
    assert_eq!(numbers("rows"), [0, 2, 0, 3]);
    assert_eq!(numbers("accepted"), [0, 1, 0, 0]);
    assert_eq!(numbers("already_there"), [0, 1, 0, 0]);
    assert_eq!(numbers("refused"), [0, 0, 0, 3]);
}

#[test]
fn printed_it_counts_rows_and_codes() {
    let printed = refused().to_string();
    for line in ["assignments", "already there", "outside-enrollment", "input-date"] {
        assert!(printed.contains(line), "{printed}");
    }
    assert!(!printed.contains("secret"));
    assert_eq!(refused().of(ASSIGNMENTS).refused, 3);
}

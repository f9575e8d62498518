//! Questions in SQL.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]

mod common;

use caseload_sqlite::{SqliteLog, Value};
use common::*;

#[test]
fn a_question_with_values() {
    let (_folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    let caseload = |staff: &str, day: &str| {
        let values = [Value::Text(staff.into()), Value::Text(day.into())];
        let question = "SELECT participant, program FROM current_assignment \
             WHERE staff = ?1 AND start <= ?2 AND (end IS NULL OR end > ?2)";
        log.sql_with(question, &values).unwrap()
    };
    let table = caseload("s-1", "2024-02-01");
    assert_eq!(table.columns, ["participant", "program"]);
    assert_eq!(table.rows, [[Value::Text("c-1".into()), Value::Text("p-1".into())]]);
    assert!(caseload("s-1", "2024-01-31").rows.is_empty());
    assert!(caseload("s-2", "2024-02-01").rows.is_empty());
    let table = log.sql_with(
        "SELECT ?1, ?2, ?3, typeof(?4)",
        &[Value::Null, Value::Integer(7), Value::Real(0.5), Value::Blob(vec![1])],
    );
    assert_eq!(
        table.unwrap().rows,
        [[Value::Null, Value::Integer(7), Value::Real(0.5), Value::Text("blob".into())]]
    );
}

#[test]
fn nothing_can_be_written() {
    let (_folder, path) = folder();
    let on_disk = SqliteLog::open(&path, "north").unwrap();
    let in_memory = SqliteLog::in_memory("north").unwrap();
    for log in [&on_disk, &in_memory] {
        small_agency(log);
        let before = (all(log), ask(log, "SELECT * FROM assignment_line"));
        for text in [
            "DELETE FROM entry",
            "UPDATE assignment_base SET end = '2024-01-01'",
            "CREATE TABLE t (x)",
            "CREATE TEMP TABLE t (x)",
            "WITH x AS (SELECT 1) DELETE FROM entry",
            "BEGIN IMMEDIATE",
            "PRAGMA query_only = OFF",
            "PRAGMA user_version = 9",
            "ATTACH ':memory:' AS other",
            "VACUUM",
        ] {
            let error = log.sql(text).unwrap_err();
            assert_eq!(error.code(), "store-read-only", "{text}: {error}");
        }
        assert_eq!((all(log), ask(log, "SELECT * FROM assignment_line")), before);
    }
}

#[test]
fn a_wrong_question_is_answered_with_what_is_wrong_and_without_its_text() {
    let log = SqliteLog::in_memory("north").unwrap();
    for (text, words) in [
        ("SELECT nonsense FROM staff WHERE 'Sam' = 1", "no such column: nonsense"),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
        ("SELEC 1", "syntax error"),
        ("SELECT ?1", "0 values were given for 1 parameters"),
        ("SELECT 1; DELETE FROM entry", "more than one statement"),
    ] {
        let error = log.sql(text).unwrap_err();
        assert_eq!(error.code(), "store-backend", "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.to_string().contains("Sam"), "{error}");
    }
}

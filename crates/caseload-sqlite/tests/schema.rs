//! The schema is pinned as text, and old files are brought up to it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]

mod common;

use std::{fs, process::Command, time::Duration};

use caseload::log::Log;
use caseload_sqlite::{Access, SqliteLog, SqliteOptions};
use common::*;
use rusqlite::Connection;

/// Version 1 by hand: what the first migration made.
fn old_file(path: &std::path::Path, entries: u32) {
    let template = SqliteOptions::new().log_only().open(path, "north").unwrap();
    for number in 1..=entries {
        append(&template, program(number, &format!("p-{number}"), "x")).unwrap();
    }
    template.close().unwrap();
    let raw = Connection::open(path).unwrap();
    let views = "SELECT name FROM sqlite_schema WHERE type = 'view'";
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE '%_base' \
                  OR name = 'read_state') ORDER BY rowid DESC";
    for (kind, question) in [("VIEW", views), ("TABLE", tables)] {
        let mut statement = raw.prepare(question).unwrap();
        let names: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        for name in names {
            raw.execute_batch(&format!("DROP {kind} {name}")).unwrap();
        }
    }
    raw.execute_batch("DROP TABLE sqlite_stat1; PRAGMA user_version = 1").unwrap();
}

#[test]
fn the_schema_is_the_one_that_was_released() {
    let (_folder, path) = folder();
    drop(SqliteLog::open(&path, "north").unwrap());
    let raw = Connection::open(&path).unwrap();
    let mut statement = raw
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
        .unwrap();
    let parts: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let pragma = |name: &str| -> i64 {
        raw.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap()
    };
    let (application, version) = (pragma("application_id"), pragma("user_version"));
    let found =
        format!("application_id {application}\nuser_version {version}\n\n{}\n", parts.join("\n\n"));
    let pinned = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema.txt");
    if std::env::var_os("CASELOAD_BLESS").is_some() {
        fs::write(pinned, &found).unwrap();
    }
    let wanted = fs::read_to_string(pinned).unwrap();
    assert!(
        found == wanted,
        "the schema has changed: add a migration instead of changing one, then bless the text with \
         CASELOAD_BLESS=1\n{found}"
    );
}

#[test]
fn every_table_column_and_index_is_explained_where_it_is_created() {
    for sql in [
        include_str!("../migrations/0001_log.sql"),
        include_str!("../migrations/0002_read_tables.sql"),
    ] {
        let lines: Vec<&str> = sql.lines().collect();
        for pair in lines.windows(2) {
            let creates = pair[1].starts_with("CREATE")
                && !pair[1].contains("_id ON")
                && !pair[1].contains("_text ON");
            assert!(!creates || pair[0].starts_with("--"), "{}", pair[1]);
        }
    }
}

#[test]
fn an_old_file_is_brought_up_to_date_with_what_it_holds() {
    let (_folder, path) = folder();
    old_file(&path, 3);
    // Reading needs no change of the file.
    let read = SqliteOptions::new().access(Access::ReadOnly).open(&path, "north").unwrap();
    assert_eq!(read.head().unwrap().position, 3);
    drop(read);
    let log = SqliteLog::open(&path, "north").unwrap();
    assert_eq!(ask(&log, "SELECT program FROM program"), ["p-1", "p-2", "p-3"]);
    log.check().unwrap();
}

/// Killed at any moment, a file is left in the old or in the new schema, and opens.
#[test]
fn a_kill_while_upgrading_leaves_the_old_or_the_new() {
    let (_folder, path) = folder();
    let (mut old, mut new) = (0, 0);
    for round in 0..24_u64 {
        let path = path.with_file_name(format!("agency-{round}.db"));
        old_file(&path, 5);
        let mut upgrade = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "upgrade", "--ignored"])
            .env("CASELOAD_TEST_PATH", &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(round * 700));
        upgrade.kill().unwrap();
        upgrade.wait().unwrap();
        let raw = Connection::open(&path).unwrap();
        let version: i64 = raw.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        let views: i64 = raw
            .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'view'", [], |row| {
                row.get(0)
            })
            .unwrap();
        match (version, views) {
            (1, 0) => old += 1,
            (2, 7) => new += 1,
            torn => panic!("neither the old nor the new schema: {torn:?}"),
        }
        drop(raw);
        let log = SqliteLog::open(&path, "north").unwrap();
        log.check().unwrap();
        assert_eq!(ask(&log, "SELECT count(*) FROM program"), ["5"]);
    }
    println!("{old} were left old, {new} new");
    assert!(old > 0, "no kill came in time to prove anything");
}

#[test]
#[ignore = "run, and killed, by the test above"]
fn upgrade() {
    let Some(path) = std::env::var_os("CASELOAD_TEST_PATH") else { return };
    drop(SqliteLog::open(path, "north"));
}

#[test]
fn processes_that_make_the_same_file_at_once_agree() {
    let (_folder, path) = folder();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| append(&SqliteLog::open(&path, "north").unwrap(), draft()).unwrap());
        }
    });
    let log = SqliteLog::open(&path, "north").unwrap();
    assert_eq!(log.head().unwrap().position, 8);
    let left: Vec<String> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".new-"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

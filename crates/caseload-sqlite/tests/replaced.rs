//! A file that is replaced under an open handle.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]
#![cfg(unix)]

mod common;

use std::fs;

use caseload::log::{Head, Log, PageLimit};
use caseload_sqlite::SqliteLog;
use common::*;

#[test]
fn a_backup_moved_into_place_is_diverged_and_then_goes_on() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    let backup = folder.path().join("backup.db");
    log.export(&backup).unwrap();
    let saved = log.head().unwrap();
    append(&log, assign(2, "a-2", 1, 1, 1, "2024-03-01", None)).unwrap();
    let known = log.head().unwrap();

    // The write-ahead log of the former file still lies there.
    assert!(fs::metadata(folder.path().join("agency.db-wal")).unwrap().len() > 0);
    fs::rename(&backup, &path).unwrap();
    let error = log.turn().unwrap().tail(&known, PageLimit::default()).unwrap_err();
    assert_eq!(error.code(), "store-diverged");
    assert_eq!(log.read(&known, PageLimit::default()).unwrap_err().code(), "store-diverged");
    assert_eq!(log.head().unwrap(), saved);
    log.check().unwrap();
    append(&log, assign(2, "b-2", 1, 1, 1, "2024-03-01", None)).unwrap();
    assert_eq!(ask(&log, "SELECT assignment FROM assignment_line ORDER BY 1"), ["a-1", "b-2"]);
    drop(log);
    let log = SqliteLog::open(&path, "north").unwrap();
    log.check().unwrap();
    assert_eq!(log.head().unwrap().position, 5);
}

#[test]
fn a_reader_notices_first() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    let other = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    let saved = log.head().unwrap();
    let backup = folder.path().join("backup.db");
    log.export(&backup).unwrap();
    append(&log, draft()).unwrap();
    fs::rename(&backup, &path).unwrap();
    assert_eq!(other.head().unwrap(), saved);
    assert_eq!(log.head().unwrap(), saved);
    append(&log, draft().request("r")).unwrap();
    append(&other, draft()).unwrap();
    assert_eq!(log.head().unwrap(), other.head().unwrap());
    assert_eq!(log.head().unwrap().position, 6);
    log.check().unwrap();
}

#[test]
fn restored_in_place_by_sqlite_itself() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    let backup = folder.path().join("backup.db");
    log.export(&backup).unwrap();
    let saved = log.head().unwrap();
    append(&log, draft()).unwrap();
    let known = log.head().unwrap();
    // What `.restore` of the command line does.
    let mut raw = rusqlite::Connection::open(&path).unwrap();
    raw.restore("main", &backup, None::<fn(rusqlite::backup::Progress)>).unwrap();
    drop(raw);
    assert_eq!(log.read(&known, PageLimit::default()).unwrap_err().code(), "store-diverged");
    assert_eq!(log.head().unwrap(), saved);
    append(&log, draft()).unwrap();
    log.check().unwrap();
}

#[test]
fn a_backup_of_before_the_agency_was_there() {
    let (folder, path) = folder();
    let south = SqliteLog::open(&path, "south").unwrap();
    let backup = folder.path().join("backup.db");
    south.export(&backup).unwrap();
    let north = SqliteLog::open(&path, "north").unwrap();
    small_agency(&north);
    let known = north.head().unwrap();
    fs::rename(&backup, &path).unwrap();
    assert_eq!(north.head().unwrap(), Head::START);
    assert_eq!(north.read(&known, PageLimit::default()).unwrap_err().code(), "store-diverged");
    small_agency(&north);
    assert_eq!(north.head().unwrap().position, 4);
    assert_eq!(south.head().unwrap(), Head::START);
}

#[test]
fn a_file_that_was_moved_away() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    let away = folder.path().join("away.db");
    fs::rename(&path, &away).unwrap();
    for error in [log.head().unwrap_err(), log.turn().map(|_| ()).unwrap_err()] {
        assert_eq!(error.code(), "store-unavailable");
        assert!(error.to_string().contains("agency.db` was moved or deleted"), "{error}");
    }
    fs::rename(&away, &path).unwrap();
    append(&log, draft()).unwrap();
    assert_eq!(log.head().unwrap().position, 5);
}

#[test]
fn a_write_ahead_log_that_was_deleted() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    let known = log.head().unwrap();
    fs::remove_file(folder.path().join("agency.db-wal")).unwrap();
    let error = append(&log, draft()).unwrap_err();
    assert_eq!(error.code(), "store-unavailable");
    assert!(error.to_string().contains("write-ahead log beside"), "{error}");
    // Closing saves what the deleted file held.
    log.close().unwrap();
    let log = SqliteLog::open(&path, "north").unwrap();
    assert_eq!(log.head().unwrap(), known);
    log.check().unwrap();
}

#[test]
fn restore_checks_the_backup_and_replaces_nothing() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    let backup = folder.path().join("backup.db");
    log.export(&backup).unwrap();
    let error = SqliteLog::restore(&backup, &path).unwrap_err();
    assert_eq!(error.code(), "store-unavailable");
    let copy = folder.path().join("copy.db");
    SqliteLog::restore(&backup, &copy).unwrap();
    let restored = SqliteLog::open(&copy, "north").unwrap();
    assert_eq!(all(&restored), all(&log));
    append(&restored, draft()).unwrap();

    let mut bytes = fs::read(&backup).unwrap();
    bytes.truncate(bytes.len() - 8_192);
    fs::write(&backup, bytes).unwrap();
    let none = folder.path().join("none.db");
    assert_eq!(SqliteLog::restore(&backup, &none).unwrap_err().code(), "store-corrupt");
    let error = SqliteLog::restore(folder.path().join("nowhere.db"), &none).unwrap_err();
    assert_eq!(error.code(), "store-unavailable");
    assert!(!none.exists());
}

//! Everything that goes wrong with files, made to happen: the error has its own code, names the
//! file, says what to do, holds no id; and the store works again once the cause is gone.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]
#![cfg(unix)]

mod common;

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command, time::Duration};

use caseload::{
    StoreError,
    log::{Head, Log, PageLimit},
};
use caseload_sqlite::{Access, SqliteLog, SqliteOptions};
use common::*;

fn says(error: &StoreError, code: &str, words: &[&str]) {
    let text = error.to_string();
    assert_eq!(error.code(), code, "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
    assert!(!text.contains("c-1") && !text.contains("Sam") && !text.contains('\n'), "{text}");
}

fn open(path: &Path) -> Result<SqliteLog, StoreError> {
    SqliteLog::open(path, "north")
}

fn whole(log: &SqliteLog) {
    log.check().unwrap();
    append(log, draft()).unwrap();
}

/// A file with a small agency in it, closed.
fn filled(path: &Path) -> Head {
    let log = open(path).unwrap();
    small_agency(&log);
    let head = log.head().unwrap();
    log.close().unwrap();
    head
}

#[test]
fn a_missing_folder() {
    let (folder, _) = folder();
    let path = folder.path().join("none").join("agency.db");
    says(&open(&path).unwrap_err(), "store-unavailable", &["none", "does not exist"]);
    fs::create_dir(folder.path().join("none")).unwrap();
    whole(&open(&path).unwrap());
}

#[test]
fn a_folder_given() {
    let (folder, path) = folder();
    let error = open(folder.path()).unwrap_err();
    says(&error, "store-unavailable", &[&folder.path().display().to_string(), "is a folder"]);
    whole(&open(&path).unwrap());
}

#[test]
fn a_file_that_must_exist() {
    let (_folder, path) = folder();
    for access in [Access::Existing, Access::ReadOnly] {
        let error = SqliteOptions::new().access(access).open(&path, "north").unwrap_err();
        says(&error, "store-unavailable", &["agency.db", "does not exist"]);
    }
    filled(&path);
    whole(&SqliteOptions::new().access(Access::Existing).open(&path, "north").unwrap());
}

#[test]
fn an_empty_file_is_not_taken_for_a_new_one() {
    let (_folder, path) = folder();
    fs::write(&path, "").unwrap();
    says(&open(&path).unwrap_err(), "store-corrupt", &["agency.db", "is empty"]);
    fs::remove_file(&path).unwrap();
    whole(&open(&path).unwrap());
}

#[test]
fn not_a_database() {
    let (_folder, path) = folder();
    let text = "a letter, and no database at all. ".repeat(100);
    fs::write(&path, &text).unwrap();
    says(&open(&path).unwrap_err(), "store-corrupt", &["agency.db", "no SQLite database"]);
    // It was not touched.
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    fs::remove_file(&path).unwrap();
    whole(&open(&path).unwrap());
}

#[test]
fn the_database_of_another_application() {
    let (_folder, path) = folder();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE entry (x)").unwrap();
    other.close().unwrap();
    let before = fs::read(&path).unwrap();
    says(&open(&path).unwrap_err(), "store-incompatible", &["agency.db", "another application"]);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_schema() {
    let (_folder, path) = folder();
    filled(&path);
    let newer = |version: i64| {
        let raw = rusqlite::Connection::open(&path).unwrap();
        raw.execute_batch(&format!("PRAGMA user_version = {version}")).unwrap();
    };
    newer(3);
    for access in [Access::Create, Access::ReadOnly] {
        let error = SqliteOptions::new().access(access).open(&path, "north").unwrap_err();
        says(&error, "store-incompatible", &["agency.db", "schema 3", "update the library"]);
    }
    newer(2);
    whole(&open(&path).unwrap());
}

#[test]
fn a_truncated_file() {
    let (_folder, path) = folder();
    filled(&path);
    let good = fs::read(&path).unwrap();
    for len in [good.len() - 4096, good.len() / 2, 4096, 100, 50] {
        fs::write(&path, &good[..len]).unwrap();
        let error = open(&path).and_then(|log| log.check()).unwrap_err();
        says(&error, "store-corrupt", &["agency.db", "restore a backup"]);
    }
    fs::write(&path, &good).unwrap();
    whole(&open(&path).unwrap());
}

#[test]
fn a_flipped_header() {
    let (_folder, path) = folder();
    filled(&path);
    let good = fs::read(&path).unwrap();
    for at in [0, 7, 15] {
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        fs::write(&path, &bad).unwrap();
        says(&open(&path).unwrap_err(), "store-corrupt", &["agency.db", "restore a backup"]);
    }
    fs::write(&path, &good).unwrap();
    whole(&open(&path).unwrap());
}

#[test]
fn a_flipped_bit_in_an_entry() {
    let (_folder, path) = folder();
    filled(&path);
    let good = fs::read(&path).unwrap();
    let body = all(&open(&path).unwrap())[3].body.clone();
    let at = good.windows(body.len()).position(|window| window == body).unwrap();
    for bit in 0..8 {
        let mut bad = good.clone();
        bad[at + body.len() / 2] ^= 1 << bit;
        fs::write(&path, &bad).unwrap();
        let error = open(&path).unwrap().check().unwrap_err();
        says(&error, "store-corrupt", &["entry 4: ", "agency.db", "restore a backup"]);
        let error = open(&path).unwrap().rebuild_read_tables().unwrap_err();
        says(&error, "store-corrupt", &["entry 4: ", "agency.db"]);
    }
    fs::write(&path, &good).unwrap();
    whole(&open(&path).unwrap());
}

#[test]
fn an_entry_that_was_deleted() {
    let (_folder, path) = folder();
    filled(&path);
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch("CREATE TABLE kept AS SELECT * FROM entry WHERE position = 2").unwrap();
    raw.execute_batch("DELETE FROM entry WHERE position = 2").unwrap();
    let log = open(&path).unwrap();
    let error = log.read(&Head::START, PageLimit::default()).unwrap_err();
    says(&error, "store-corrupt", &["entry 2: ", "agency.db", "restore a backup"]);
    raw.execute_batch("INSERT INTO entry SELECT * FROM kept; DROP TABLE kept").unwrap();
    whole(&log);
}

#[test]
fn locked_past_the_timeout() {
    let (_folder, path) = folder();
    filled(&path);
    let log =
        SqliteOptions::new().busy_timeout(Duration::from_millis(30)).open(&path, "north").unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = log.turn().map(|_| ()).unwrap_err();
    says(&error, "store-locked", &["agency.db", "try again"]);
    assert!(std::error::Error::source(&error).is_some());
    // Reading goes on.
    assert_eq!(log.head().unwrap().position, 4);
    other.execute_batch("ROLLBACK").unwrap();
    whole(&log);
}

#[test]
fn opened_for_reading() {
    let (_folder, path) = folder();
    filled(&path);
    for access in [Access::ReadOnly, Access::Immutable] {
        let log = SqliteOptions::new().access(access).open(&path, "north").unwrap();
        assert_eq!((log.head().unwrap().position, all(&log).len()), (4, 4));
        assert_eq!(ask(&log, "SELECT assignment FROM assignment_line"), ["a-1"]);
        for error in [
            log.turn().map(|_| ()).unwrap_err(),
            log.erase(&[]).unwrap_err(),
            log.rebuild_read_tables().unwrap_err(),
        ] {
            says(&error, "store-read-only", &["agency.db", "Access::Existing"]);
        }
        log.check().unwrap();
        let error = SqliteOptions::new().access(access).open(&path, "south").unwrap_err();
        says(&error, "store-unavailable", &["agency.db", "no log of this agency"]);
    }
    whole(&open(&path).unwrap());
}

#[test]
fn a_closed_handle() {
    let (_folder, path) = folder();
    let log = open(&path).unwrap();
    small_agency(&log);
    log.close().unwrap();
    log.close().unwrap();
    for error in [
        log.head().unwrap_err(),
        log.turn().map(|_| ()).unwrap_err(),
        log.sql("SELECT 1").unwrap_err(),
        log.erase(&[]).unwrap_err(),
    ] {
        says(&error, "store-closed", &["agency.db", "open it again"]);
    }
    // Closing tidies up: no write-ahead log stays behind.
    assert!(!path.with_file_name("agency.db-wal").exists());
    whole(&open(&path).unwrap());
}

#[test]
fn a_disk_that_is_full() {
    let (folder, _) = folder();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=400k", "tmpfs"])
        .arg(&disk)
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        println!(
            "skipped: no right to mount a small disk; the unit test with a page limit stands in"
        );
        return;
    }
    let outcome = std::panic::catch_unwind(|| fill(&disk));
    assert!(Command::new("umount").arg("-l").arg(&disk).status().unwrap().success());
    outcome.unwrap();
}

fn fill(disk: &Path) {
    let path = disk.join("agency.db");
    fs::write(disk.join("ballast"), vec![0; 100_000]).unwrap();
    let log = open(&path).unwrap();
    let mut stored = 0;
    let error = loop {
        match append(&log, program(stored + 1, &format!("p-{stored}"), &"x".repeat(4_000))) {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    says(&error, "store-full", &["agency.db", "free some"]);
    // Nothing half written, reading goes on, and it stays an error as long as it is full.
    assert!(stored > 0);
    assert_eq!(log.head().unwrap().position, u64::from(stored));
    let error = append(&log, program(stored + 1, "p", &"x".repeat(4_000))).unwrap_err();
    says(&error, "store-full", &["agency.db"]);
    log.check().unwrap();
    fs::remove_file(disk.join("ballast")).unwrap();
    append(&log, program(stored + 1, "p", &"x".repeat(4_000))).unwrap();
    log.check().unwrap();
    drop(log);
    assert_eq!(open(&path).unwrap().head().unwrap().position, u64::from(stored) + 1);
}

/// Root may write everywhere, so these run again as `nobody`, in a process of their own.
#[test]
fn a_file_or_folder_that_may_not_be_written() {
    let (folder, path) = folder();
    if is_root(&folder) {
        run_as_nobody(&folder, &path);
    } else {
        forbidden(&path);
    }
}

#[test]
#[ignore = "run by the test above, as another user"]
fn as_nobody() {
    let Some(path) = std::env::var_os("CASELOAD_TEST_PATH") else { return };
    forbidden(Path::new(&path));
}

fn forbidden(path: &Path) {
    let folder = path.parent().unwrap().join("own");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("agency.db");
    filled(&path);
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    // A file that may only be read.
    mode(&path, 0o444);
    says(&open(&path).unwrap_err(), "store-read-only", &["agency.db", "right to write"]);
    let log = SqliteOptions::new().access(Access::ReadOnly).open(&path, "north").unwrap();
    assert_eq!(log.head().unwrap().position, 4);
    drop(log);
    // The reader made files beside it, with the rights of the database.
    for suffix in ["agency.db-wal", "agency.db-shm"] {
        mode(&folder.join(suffix), 0o644);
    }
    // A file that may not even be read.
    mode(&path, 0o000);
    let error = open(&path).unwrap_err();
    says(&error, "store-unavailable", &["agency.db", "check"]);
    mode(&path, 0o644);
    // Closing it takes the files away that the reader had to leave.
    open(&path).unwrap().close().unwrap();
    // A folder that may only be read, for an old file and for a new one.
    mode(&folder, 0o555);
    let error = open(&path).unwrap_err();
    assert!(["store-read-only", "store-unavailable"].contains(&error.code()), "{error}");
    says(&error, error.code(), &["agency.db", "folder"]);
    let error = open(&folder.join("new.db")).unwrap_err();
    says(&error, "store-unavailable", &["new.db", "folder"]);
    let read = |access| SqliteOptions::new().access(access).open(&path, "north");
    assert_eq!(read(Access::Immutable).unwrap().head().unwrap().position, 4);
    mode(&folder, 0o755);
    whole(&open(&path).unwrap());
}

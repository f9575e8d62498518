//! What is erased is in no file any more.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]

mod common;

use std::{fs, time::Duration};

use caseload::{
    Kind, StoreError,
    body::{Body, Fact},
    log::{Entry, Erasure, Head, Log, PrivateItems, RequestText},
};
use caseload_sqlite::{SqliteLog, SqliteOptions};
use common::*;

/// An erasure in the entry that is at a position now.
fn erasure(log: &dyn Log, position: u64, items: &[u32], request: RequestText) -> Erasure {
    let entry = all(log).iter().find(|entry| entry.position == position).map(Entry::head).unwrap();
    Erasure { entry, items: items.to_vec(), request }
}

#[test]
fn erased_text_is_gone_from_every_file_and_table() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    append(&log, program(1, "p-1", "Shelter")).unwrap();
    append(&log, staff(1, "s-1", "Sam")).unwrap();
    let secret = enroll(1, "secret-e", Some((1, "secret-c")), 1, "2024-01-01", None);
    append(&log, secret.request("secret-r")).unwrap();
    append(&log, assign(1, "secret-a", 1, 1, 1, "2024-02-01", None).request("r-2")).unwrap();
    fs::write(log.checkpoint_path().unwrap(), "secret-c").unwrap();
    assert!(folder_holds(folder.path(), "secret").len() >= 2);

    let items =
        [erasure(&log, 3, &[0, 1], RequestText::Erase), erasure(&log, 4, &[0], RequestText::Keep)];
    log.erase(&items).unwrap();
    assert_eq!(folder_holds(folder.path(), "secret"), Vec::<String>::new());
    assert!(!log.checkpoint_path().unwrap().exists());
    assert_eq!(
        ask(&log, "SELECT assignment, participant, program FROM assignment_line"),
        ["erased-1 erased-1 p-1"]
    );
    assert_eq!(ask(&log, "SELECT enrollment, participant FROM enrollment"), ["erased-1 erased-1"]);
    assert_eq!(log.find(&request("secret-r")).unwrap(), None);
    assert_eq!(log.find(&request("r-2")).unwrap().unwrap().position, 4);

    // The chain and the digests still hold; again is harmless; a rebuild agrees.
    log.check().unwrap();
    for entry in all(&log) {
        let body = Body::decode(entry.position, &entry.body).unwrap();
        assert!(body.seals(&PrivateItems::unpack(&entry.private).unwrap()));
    }
    log.erase(&items).unwrap();
    let before = ask(&log, "SELECT * FROM assignment_line");
    log.rebuild_read_tables().unwrap();
    assert_eq!(ask(&log, "SELECT * FROM assignment_line"), before);
    let backup = folder.path().join("backup.db");
    log.export(&backup).unwrap();
    assert_eq!(folder_holds(folder.path(), "secret"), Vec::<String>::new());
}

#[test]
fn replaced_ids_names_and_roles_are_erased_too() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    let replaced = |id| Fact::IdReplaced { id, kind: Kind::Participant, number: 1, reason: 0 };
    append(&log, draft().with_text("secret-c", replaced)).unwrap();
    append(&log, draft().with_text("secret-name", |name| Fact::StaffRenamed { name, staff: 1 }))
        .unwrap();
    append(&log, assign(2, "a-2", 1, 1, 1, "2024-03-01", None).role("secret-role")).unwrap();
    log.erase(&[
        erasure(&log, 5, &[0], RequestText::Keep),
        erasure(&log, 6, &[0], RequestText::Keep),
        erasure(&log, 7, &[1], RequestText::Keep),
    ])
    .unwrap();
    assert_eq!(folder_holds(folder.path(), "secret"), Vec::<String>::new());
    assert_eq!(ask(&log, "SELECT participant FROM participant"), ["erased-1"]);
    assert_eq!(ask(&log, "SELECT staff, name FROM staff"), ["s-1 erased-1"]);
    assert_eq!(ask(&log, "SELECT role FROM role_base"), ["erased-1"]);
}

/// Trees that were split and joined keep no former copy of what moved in them.
#[test]
fn nothing_is_left_where_rows_once_were() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    append(&log, program(1, "p-1", "Shelter")).unwrap();
    append(&log, staff(1, "s-1", "Sam")).unwrap();
    // Ids in an order that makes the trees split everywhere.
    let scattered = |number: u32| number.wrapping_mul(2_654_435_761);
    let mut at = Vec::new();
    for first in (1..=3_000_u32).step_by(60) {
        let mut batch = draft();
        for number in first..first + 60 {
            batch = batch
                .id(Kind::Participant, &format!("secret-c-{:010}", scattered(number)))
                .id(Kind::Enrollment, &format!("secret-e-{:010}", scattered(number)))
                .id(Kind::Assignment, &format!("secret-a-{:010}", scattered(number)));
        }
        for number in first..first + 60 {
            let start = day("2024-01-01");
            batch = batch
                .fact(Fact::Enrolled {
                    end: None,
                    enrollment: number,
                    participant: number,
                    program: 1,
                    start,
                })
                .fact(assigned(number, 1, number, 1, "2024-01-01", None));
        }
        let entry = append(&log, batch.request(&format!("secret-r-{first}"))).unwrap();
        at.push((entry.position, first));
    }
    // A few at a time, as it happens; then all.
    for (position, _) in &at {
        log.erase(&[erasure(&log, *position, &[7, 67, 127], RequestText::Keep)]).unwrap();
    }
    for (_, first) in &at {
        for kind in ["c", "e", "a"] {
            let gone = format!("secret-{kind}-{:010}", scattered(first + 7));
            assert_eq!(folder_holds(folder.path(), &gone), Vec::<String>::new(), "{gone}");
        }
    }
    let everything: Vec<u32> = (0..180).collect();
    for (position, _) in &at {
        log.erase(&[erasure(&log, *position, &everything, RequestText::Erase)]).unwrap();
    }
    assert_eq!(folder_holds(folder.path(), "secret"), Vec::<String>::new());
}

#[test]
fn a_reader_that_holds_on_is_named_and_erasing_again_finishes() {
    let (folder, path) = folder();
    let log =
        SqliteOptions::new().busy_timeout(Duration::from_millis(50)).open(&path, "north").unwrap();
    append(&log, program(1, "secret-p", "Shelter")).unwrap();
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM entry").unwrap();
    let _held: i64 = reader.query_row("SELECT count(*) FROM entry", [], |row| row.get(0)).unwrap();
    let items = [erasure(&log, 1, &[0], RequestText::Keep)];
    let error = log.erase(&items).unwrap_err();
    assert_eq!(error.code(), "store-locked");
    assert!(error.to_string().contains("agency.db"), "{error}");
    assert_eq!(ask(&log, "SELECT program FROM program"), ["erased-1"]);
    reader.execute_batch("COMMIT").unwrap();
    log.erase(&items).unwrap();
    assert_eq!(folder_holds(folder.path(), "secret"), Vec::<String>::new());
}

#[test]
fn what_is_not_there_is_harmless() {
    let log = SqliteLog::in_memory("north").unwrap();
    small_agency(&log);
    log.erase(&[erasure(&log, 1, &[99], RequestText::Keep)]).unwrap();
    let gone = Head { position: 9, ..log.head().unwrap() };
    let mut items = [
        erasure(&log, 1, &[0], RequestText::Keep),
        Erasure { entry: gone, items: vec![0], request: RequestText::Erase },
    ];
    for entry in [gone, Head { position: 2, ..gone }, Head { position: u64::MAX, ..gone }] {
        items[1].entry = entry;
        let error = log.erase(&items).unwrap_err();
        assert!(matches!(error, StoreError::Diverged { known } if known == entry), "{error}");
    }
    assert_eq!(ask(&log, "SELECT program FROM program"), ["p-1"]);
}

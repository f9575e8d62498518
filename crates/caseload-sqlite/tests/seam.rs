//! The five methods of the seam, on a file.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]
#![cfg(not(miri))]

mod common;

use std::{sync::Arc, thread, time::Duration};

use caseload::{
    StoreError,
    log::{Entry, Hash, Head, Log, More, PageLimit},
};
use caseload_sqlite::{SqliteLog, SqliteOptions};
use common::*;

#[test]
fn entries_come_back_as_they_were_given() {
    let (_folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    let first = append(&log, program(1, "p-1", "Shelter").request("r-1")).unwrap();
    let second = append(&log, staff(1, "s-1", "Sam")).unwrap();
    assert_eq!(all(&log), [first.clone(), second.clone()]);
    assert_eq!(log.head().unwrap(), second.head());
    assert_eq!(log.find(&request("r-1")).unwrap(), Some(first.clone()));
    assert_eq!(log.find(&request("r-2")).unwrap(), None);
    assert_eq!(log.read(&first.head(), PageLimit::default()).unwrap().entries, all(&log)[1..]);
    assert!(log.read(&second.head(), PageLimit::default()).unwrap().entries.is_empty());
    log.close().unwrap();
    drop(log);
    let log = SqliteLog::open(&path, "north").unwrap();
    assert_eq!(all(&log), [first, second]);
}

#[test]
fn agencies_of_one_file_do_not_see_each_other() {
    let (_folder, path) = folder();
    let north = SqliteLog::open(&path, "north").unwrap();
    let south = SqliteLog::open(&path, "south").unwrap();
    small_agency(&north);
    small_agency(&south);
    append(&south, program(2, "p-2", "Food").request("r")).unwrap();
    append(&north, program(2, "p-2", "Food").request("r")).unwrap();
    assert_eq!((all(&north).len(), all(&south).len()), (5, 5));
    assert_eq!(
        ask(&north, "SELECT agency, assignment FROM assignment_line ORDER BY agency"),
        ["north a-1", "south a-1"]
    );
    assert_ne!(north.checkpoint_path(), south.checkpoint_path());
    south.rebuild_read_tables().unwrap();
    assert_eq!(ask(&north, "SELECT count(*) FROM program"), ["4"]);
}

#[test]
fn pages_are_bounded_by_entries_and_bytes() {
    let log = SqliteLog::in_memory("north").unwrap();
    for number in 1..=5 {
        append(&log, program(number, &format!("p-{number}"), "x")).unwrap();
    }
    let size = all(&log)[0].size();
    let page = |entries, bytes| {
        let page = log.read(&Head::START, PageLimit { entries, bytes }).unwrap();
        (page.entries.len(), page.more)
    };
    assert_eq!(page(2, usize::MAX), (2, More::Yes));
    assert_eq!(page(5, usize::MAX), (5, More::No));
    assert_eq!(page(9, size * 2), (2, More::Yes));
    assert_eq!(page(9, size * 3 - 1), (2, More::Yes));
    assert_eq!(page(9, 0), (1, More::Yes));
    assert_eq!(page(0, 0), (1, More::Yes));
    let before_last = all(&log)[3].head();
    let page = log.read(&before_last, PageLimit { entries: 1, bytes: 1 }).unwrap();
    assert_eq!((page.entries.len(), page.more), (1, More::No));
}

#[test]
fn another_past_is_diverged() {
    let log = SqliteLog::in_memory("north").unwrap();
    small_agency(&log);
    let head = log.head().unwrap();
    for known in [
        Head { hash: Hash::ZERO, ..head },
        Head { position: 2, ..head },
        Head { position: 5, ..head },
        Head { position: u64::MAX, ..head },
        Head { position: 0, ..head },
    ] {
        let error = log.read(&known, PageLimit::default()).unwrap_err();
        assert!(matches!(error, StoreError::Diverged { known: k } if k == known), "{error:?}");
        let error = log.turn().unwrap().tail(&known, PageLimit::default()).unwrap_err();
        assert_eq!(error.code(), "store-diverged");
    }
}

#[test]
fn an_append_must_continue_the_log() {
    let log = SqliteLog::in_memory("north").unwrap();
    small_agency(&log);
    let head = log.head().unwrap();
    let next = |after: &Head| program(9, "p-9", "x").seal(after);
    let refused = |after: &Head, entries: &[Entry]| {
        let error = log.turn().unwrap().append(after, entries).unwrap_err();
        assert_eq!(error.code(), "store-conflict");
    };
    refused(&Head::START, &[next(&Head::START)]);
    refused(&Head { hash: Hash::ZERO, ..head }, &[next(&head)]);
    refused(&head, &[next(&Head::START)]);
    refused(&head, &[next(&head), next(&head)]);
    refused(&head, &[Entry { body: b"{}".to_vec(), ..next(&head) }]);
    assert_eq!(log.head().unwrap(), head);
    log.turn().unwrap().append(&head, &[]).unwrap();
    assert_eq!(log.head().unwrap(), head);
}

#[test]
fn several_entries_are_stored_whole_or_not_at_all() {
    let log = SqliteLog::in_memory("north").unwrap();
    append(&log, program(1, "p-1", "x").request("r-1")).unwrap();
    let head = log.head().unwrap();
    let second = program(2, "p-2", "x").seal(&head);
    let third = program(3, "p-3", "x").request("r-1").seal(&second.head());
    let error = log.turn().unwrap().append(&head, &[second.clone(), third]).unwrap_err();
    assert_eq!(error.code(), "store-request-id-reused");
    assert_eq!(log.head().unwrap(), head);
    assert_eq!(ask(&log, "SELECT count(*) FROM program"), ["1"]);
    let third = program(3, "p-3", "x").request("r-2").seal(&second.head());
    log.turn().unwrap().append(&head, &[second, third.clone()]).unwrap();
    assert_eq!(log.head().unwrap(), third.head());
}

#[test]
fn a_dropped_turn_changes_nothing_and_gives_the_lock_back() {
    let (_folder, path) = folder();
    let options = SqliteOptions::new().busy_timeout(Duration::from_millis(50));
    let log = options.clone().open(&path, "north").unwrap();
    let other = options.open(&path, "north").unwrap();
    let turn = log.turn().unwrap();
    // Neither another handle nor another thread comes in between; readers go on.
    assert_eq!(other.turn().map(|_| ()).unwrap_err().code(), "store-locked");
    assert_eq!(log.turn().map(|_| ()).unwrap_err().code(), "store-locked");
    assert_eq!(log.head().unwrap(), Head::START);
    drop(turn);
    small_agency(&other);
    small_agency_is_seen(&log);
}

fn small_agency_is_seen(log: &SqliteLog) {
    assert_eq!(log.turn().unwrap().head().unwrap().position, 4);
    assert_eq!(log.head().unwrap().position, 4);
}

#[test]
fn the_clock_is_that_of_the_machine() {
    let log = SqliteLog::in_memory("north").unwrap();
    let mut turn = log.turn().unwrap();
    let (first, second) = (turn.clock().unwrap(), turn.clock().unwrap());
    assert!(first <= second && first.micros() > 1_700_000_000_000_000);
}

#[test]
fn threads_and_handles_take_turns() {
    const EACH: u32 = 25;
    let (_folder, path) = folder();
    let one = Arc::new(SqliteLog::open(&path, "north").unwrap());
    let two = Arc::new(SqliteLog::open(&path, "north").unwrap());
    thread::scope(|scope| {
        for log in [&one, &one, &two, &two] {
            scope.spawn(|| {
                for _ in 0..EACH {
                    append(log.as_ref(), draft()).unwrap();
                }
            });
        }
    });
    let entries = all(one.as_ref());
    assert_eq!(entries.len(), 4 * EACH as usize);
    let mut head = Head::START;
    for entry in entries {
        assert!(entry.continues(&head));
        head = entry.head();
    }
}

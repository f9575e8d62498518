//! Loss of power as far as a file can show it: the write-ahead log cut at every edge of a frame and at
//! random bytes. Every cut opens, without a repair, to a prefix of what was stored.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]

mod common;
#[path = "common/office.rs"]
mod office;

use std::{collections::BTreeSet, fs, path::Path};

use caseload::{Agency, log::Entry, log::Head};
use caseload_sqlite::SqliteLog;
use common::all;
use office::*;
use serde_json::json;

const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Some forty entries, transfers and batches among them.
fn write(agency: &Agency) {
    found(agency);
    for number in 0..9 {
        let participant = format!("c{number}");
        ok(agency, enroll(&format!("e{number}"), &participant));
        ok(agency, assign(&format!("a{number}"), "s1", &participant));
        ok(
            agency,
            json!({"op": "transfer", "id": format!("a{number}"), "to_staff": "s2",
            "date": "2024-03-01", "new_id": format!("t{number}")}),
        );
        let row = |row: usize| {
            with(
                assign(&format!("b{number}-{row}"), "s3", &participant),
                json!({
                    "start": format!("2024-0{}-01", row + 4), "end": null,
                }),
            )
        };
        let rows = json!([row(0), {"op": "end_assignment", "id": format!("b{number}-0"),
            "end": "2024-05-01"}]);
        ok(agency, json!({"op": "batch", "mode": "all_or_nothing", "rows": rows}));
    }
}

/// What a cut opens to: how many entries. It must be a prefix, with read tables of the same length.
fn opened(path: &Path, entries: &[Entry]) -> usize {
    let agency = open(path).unwrap();
    let head = agency.head();
    let count = usize::try_from(head.position).unwrap();
    let known = count.checked_sub(1).map_or(Head::START, |last| entries[last].head());
    assert_eq!(head, known, "not a prefix of what was stored");
    agency.verify(Some(head)).unwrap();
    let log = SqliteLog::open(path, "north").unwrap();
    assert_eq!(all(&log), entries[..count]);
    assert_read_tables(&agency, &log);
    log.check().unwrap();
    // And it goes on.
    ok(&agency, json!({"op": "register_staff", "id": "s-after"}));
    count
}

#[test]
fn every_cut_opens_to_a_prefix() {
    let (folder, path) = fast_folder();
    let agency = open(&path).unwrap();
    write(&agency);
    // The files as they lie there while the writer has them open.
    let database = fs::read(&path).unwrap();
    let wal = fs::read(folder.path().join("agency.db-wal")).unwrap();
    let entries = all(&SqliteLog::open(&path, "north").unwrap());
    assert_eq!(entries.len(), 40);
    let page = u32::from_be_bytes(wal[8..12].try_into().unwrap());
    let frame = FRAME_HEADER + usize::try_from(page).unwrap();
    let mut cuts: BTreeSet<usize> = (WAL_HEADER..=wal.len()).step_by(frame).collect();
    let edges = cuts.len();
    let mut dice = 20_240_615_u64;
    while cuts.len() < edges + 200 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        cuts.insert(usize::try_from(dice >> 33).unwrap() % wal.len());
    }
    let (mut before, mut lengths) = (0, BTreeSet::new());
    for cut in &cuts {
        let copy = folder.path().join(format!("cut-{cut}.db"));
        fs::write(&copy, &database).unwrap();
        fs::write(folder.path().join(format!("cut-{cut}.db-wal")), &wal[..*cut]).unwrap();
        let count = opened(&copy, &entries);
        assert!(count >= before, "more bytes hold fewer entries");
        before = count;
        lengths.insert(count);
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(folder.path().join(format!("cut-{cut}.db{suffix}")));
        }
    }
    println!("{} cuts ({edges} at an edge) opened to {} prefixes", cuts.len(), lengths.len());
    assert_eq!(before, entries.len(), "the whole log holds everything");
    assert!(lengths.len() > 38, "each entry is a prefix of its own: {lengths:?}");
}

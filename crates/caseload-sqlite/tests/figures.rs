//! Insert figures, beside a hand-written SQLite table with two indexes and the same checks.
//!
//! `cargo test --release -p caseload-sqlite --test figures -- --ignored --nocapture`
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests, which clippy does not know for tests"
)]

mod common;

use std::{path::Path, time::Instant};

use caseload::{
    Kind,
    body::Fact,
    log::{Entry, Log},
};
use caseload_sqlite::{Durability, SqliteLog, SqliteOptions};
use common::*;
use rusqlite::{Connection, OptionalExtension as _, params};

const STAFF: u32 = 2_000;
const PARTICIPANTS: u32 = 100_000;
const PROGRAMS: u32 = 100;
const BATCH: u32 = 1_000;

/// The same scattered rows for everybody: number, staff, participant, program, start day number.
fn row(number: u32) -> (u32, u32, u32, String) {
    let mixed = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let part = |below: u32, shift: u32| (mixed >> shift) as u32 % below + 1;
    let participant = part(PARTICIPANTS, 0);
    let day = caseload::Day::from_number(730_000 + i32::try_from(number / 400).unwrap()).unwrap();
    (part(STAFF, 17), participant, participant % PROGRAMS + 1, day.to_string())
}

/// Staff, programs, and every participant enrolled.
fn prepare(log: &dyn Log) {
    for number in 1..=PROGRAMS {
        append(log, program(number, &format!("p-{number}"), "x")).unwrap();
    }
    for number in 1..=STAFF {
        append(log, staff(number, &format!("s-{number}"), "x")).unwrap();
    }
    for first in (1..=PARTICIPANTS).step_by(5_000) {
        let mut batch = draft();
        for number in first..first + 5_000 {
            batch = batch
                .id(Kind::Participant, &format!("c-{number}"))
                .id(Kind::Enrollment, &format!("e-{number}"))
                .fact(Fact::Enrolled {
                    end: None,
                    enrollment: number,
                    participant: number,
                    program: number % PROGRAMS + 1,
                    start: day("1999-01-01"),
                });
        }
        append(log, batch).unwrap();
    }
}

fn batch(log: &dyn Log, first: u32, rows: u32) -> Entry {
    let mut batch = draft();
    for number in first..first + rows {
        let (staff, participant, program, start) = row(number);
        // The host's own keys, as random as a hash.
        let id = format!("{:016x}", u64::from(number).wrapping_mul(0x2545_F491_4F6C_DD1D));
        batch = batch.id(Kind::Assignment, &id).fact(assigned(
            number,
            staff,
            participant,
            program,
            &start,
            None,
        ));
    }
    batch.seal(&log.head().unwrap())
}

/// Rows a second, of batches from `first` on; sealing them is the engine's work and not counted.
fn batches(log: &SqliteLog, first: u32, count: u32, rows: u32) -> f64 {
    let mut spent = 0.0;
    for number in 0..count {
        let entry = batch(log, first + number * rows, rows);
        let started = Instant::now();
        let turn = log.turn().unwrap();
        let head = caseload::log::Head { position: entry.position - 1, ..log.head().unwrap() };
        turn.append(&head, &[entry]).unwrap();
        spent += started.elapsed().as_secs_f64();
    }
    f64::from(count * rows) / spent
}

fn peer(
    path: &Path,
    preload: u32,
    count: u32,
    synchronous: &str,
    cache: i32,
    checkpoint: u32,
) -> f64 {
    let mut db = Connection::open(path).unwrap();
    db.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA cache_size = {cache}; PRAGMA wal_autocheckpoint = {checkpoint};
         CREATE TABLE enrollment (id TEXT PRIMARY KEY, participant INTEGER, program INTEGER, s TEXT, e TEXT);
         CREATE INDEX e_timeline ON enrollment (participant, program, s, e);
         CREATE TABLE assignment (id TEXT PRIMARY KEY, staff INTEGER, participant INTEGER, program INTEGER, s TEXT, e TEXT);
         CREATE INDEX a_staff ON assignment (staff, e, s);
         CREATE INDEX a_timeline ON assignment (participant, program, staff, s, e);"
    ))
    .unwrap();
    let tx = db.transaction().unwrap();
    for number in 1..=PARTICIPANTS {
        tx.prepare_cached("INSERT INTO enrollment VALUES (?1, ?2, ?3, '1999-01-01', NULL)")
            .unwrap()
            .execute(params![format!("e-{number}"), number, number % PROGRAMS + 1])
            .unwrap();
    }
    tx.commit().unwrap();
    let mut insert = |first: u32, rows: u32| {
        let started = Instant::now();
        let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
        for number in first..first + rows {
            let (staff, participant, program, start) = row(number);
            let id = format!("{:016x}", u64::from(number).wrapping_mul(0x2545_F491_4F6C_DD1D));
            for check in [
                "SELECT 1 FROM enrollment WHERE participant = ?1 AND program = ?2 AND s <= ?3 AND e IS NULL AND ?4 = ?4",
                "SELECT max(s) FROM assignment WHERE participant = ?1 AND program = ?2 AND s > ?3 AND ?4 = ?4",
                "SELECT 1 FROM assignment WHERE participant = ?1 AND program = ?2 AND staff = ?4 AND (e IS NULL OR e > ?3)",
            ] {
                let _found: Option<rusqlite::types::Value> = tx
                    .prepare_cached(check)
                    .unwrap()
                    .query_row(params![participant, program, start, staff], |row| row.get(0))
                    .optional()
                    .unwrap();
            }
            tx.prepare_cached("INSERT INTO assignment VALUES (?1, ?2, ?3, ?4, ?5, NULL)")
                .unwrap()
                .execute(params![id, staff, participant, program, start])
                .unwrap();
        }
        tx.commit().unwrap();
        started.elapsed().as_secs_f64()
    };
    for first in (1..=preload).step_by(10_000) {
        insert(first, 10_000);
    }
    let spent: f64 = (0..count).map(|batch| insert(preload + 1 + batch * BATCH, BATCH)).sum();
    f64::from(count * BATCH) / spent
}

#[test]
#[ignore = "takes a minute, and says nothing on a busy machine"]
fn rows_a_second() {
    let preload =
        std::env::var("CASELOAD_PRELOAD").map_or(300_000, |number| number.parse().unwrap());
    let (folder, path) = folder();
    for (durability, synchronous) in [(Durability::Full, "FULL"), (Durability::Normal, "NORMAL")] {
        let options = SqliteOptions::new().durability(durability);
        let path = path.with_extension(synchronous);
        let bare = options.clone().log_only().open(&path, "north").unwrap();
        prepare(&bare);
        let bulk = batches(&bare, 1, preload / 10_000, 10_000);
        let started = Instant::now();
        let log = options.clone().open(&path, "north").unwrap();
        let rebuilt = f64::from(preload) / started.elapsed().as_secs_f64();
        let with_tables = batches(&log, preload + 1, 30, BATCH);
        let bare_batches = batches(&bare, preload + 30 * BATCH + 1, 30, BATCH);
        let singles = batches(&bare, preload + 60 * BATCH + 1, 500, 1);
        log.rebuild_read_tables().unwrap();
        let single_tables = batches(&log, preload + 61 * BATCH + 1, 500, 1);
        let by_hand = |name: &str, cache, checkpoint| {
            let path = folder.path().join(format!("{name}.{synchronous}"));
            peer(&path, preload, 30, synchronous, cache, checkpoint)
        };
        // With the settings of SQLite, and with those of this store.
        let (plain, tuned) = (by_hand("plain", -2_000, 1_000), by_hand("tuned", -65_536, 8_000));

        println!(
            "{synchronous}, {preload} rows before: batches of 1,000: log only {bare_batches:.0}, with read \
             tables {with_tables:.0}, by hand {plain:.0}, tuned {tuned:.0} rows/s; single rows: log only {singles:.0}, with \
             read tables {single_tables:.0}; bulk log only {bulk:.0}, read tables built {rebuilt:.0} rows/s"
        );
    }
}

//! The three ways of the example `in_your_transaction`, each interrupted where it hurts.

#![allow(clippy::unwrap_used, reason = "helpers of tests, which clippy does not know for tests")]

#[path = "../in_your_transaction/mod.rs"]
mod product;

use std::{fs, path::Path};

use caseload::{Agency, Asked, Day, log::Log};
use caseload_conformance::{Backup, Store, Stores, Trouble};
use caseload_sqlite::SqliteLog;
use product::{
    Note, append_first, host_log::HostLog, notes, outbox, request, same_transaction, takes_on,
};
use rusqlite::Connection;
use tempfile::TempDir;

const APRIL: &str = r#"{"op":"assign","id":"A-1","staff":"sam","participant":"P-1023","program":"housing",
    "start":"2024-04-01","end":"2024-05-01","actor":"root","on":"2024-06-15"}"#;

/// Opens everything anew, as a process does after a crash.
fn open(folder: &Path) -> (Agency, Connection) {
    let agency = Agency::open(SqliteLog::open(folder.join("agency.db"), "north").unwrap()).unwrap();
    product::set_up(&agency).unwrap();
    let db = Connection::open(folder.join("product.db")).unwrap();
    product::create(&db).unwrap();
    (agency, db)
}

fn held_in_april(agency: &Agency) -> usize {
    let day: Day = "2024-04-15".parse().unwrap();
    agency.snapshot().unwrap().held(None, &Asked::of(day)).unwrap().len()
}

fn note(request: Option<&str>, position: Option<i64>, text: &str) -> Note {
    Note { request: request.map(str::to_owned), position, text: text.to_owned() }
}

#[test]
fn the_feed_brings_the_note_that_a_crash_left_out() {
    let folder = TempDir::new().unwrap();
    let form = request("form-1").unwrap();
    let april = takes_on("A-1", "2024-04-01", "2024-05-01").unwrap();
    let (agency, db) = open(folder.path());
    append_first::append(&agency, &form, april.clone()).unwrap();
    drop((agency, db));

    let (agency, mut db) = open(folder.path());
    assert_eq!(held_in_april(&agency), 1);
    assert_eq!(notes(&db).unwrap(), [], "the crash came before the note");
    assert_eq!(append_first::hear(&agency, &mut db).unwrap(), 1);
    assert_eq!(notes(&db).unwrap(), [note(None, Some(4), "assigned: A-1")]);
    assert_eq!(append_first::hear(&agency, &mut db).unwrap(), 0, "heard once");

    append_first::record(&agency, &mut db, &form, april, "Sam takes over").unwrap();
    assert_eq!(notes(&db).unwrap(), [note(Some("form-1"), Some(4), "Sam takes over")]);
    assert_eq!(agency.snapshot().unwrap().head().position, 4, "sent again it is stored once");
}

#[test]
fn without_a_crash_the_feed_adds_no_second_note() {
    let folder = TempDir::new().unwrap();
    let (agency, mut db) = open(folder.path());
    let april = takes_on("A-1", "2024-04-01", "2024-05-01").unwrap();
    let form = request("form-1").unwrap();
    append_first::record(&agency, &mut db, &form, april, "Sam takes over").unwrap();
    assert_eq!(append_first::hear(&agency, &mut db).unwrap(), 0);
    assert_eq!(notes(&db).unwrap(), [note(Some("form-1"), Some(4), "Sam takes over")]);
}

#[test]
fn what_waits_in_the_outbox_is_carried_out_once_wherever_the_worker_dies() {
    let folder = TempDir::new().unwrap();
    let (agency, mut db) = open(folder.path());
    outbox::put(&mut db, "form-1", APRIL, "Sam takes over").unwrap();
    drop((agency, db)); // before anything was carried out

    let (agency, db) = open(folder.path());
    assert_eq!(held_in_april(&agency), 0);
    let waiting = outbox::next(&db).unwrap().unwrap();
    outbox::carry_out(&agency, &waiting).unwrap();
    drop((agency, db)); // in the log, and still in the outbox

    let (agency, mut db) = open(folder.path());
    assert_eq!(held_in_april(&agency), 1);
    assert_eq!(notes(&db).unwrap(), [note(Some("form-1"), None, "Sam takes over")]);
    assert_eq!(outbox::send(&agency, &mut db).unwrap(), 1);
    assert_eq!(notes(&db).unwrap(), [note(Some("form-1"), Some(4), "Sam takes over")]);
    assert_eq!(agency.snapshot().unwrap().head().position, 4, "carried out once");
    assert_eq!(outbox::send(&agency, &mut db).unwrap(), 0);
}

#[test]
fn a_refused_command_leaves_the_outbox_and_says_why() {
    let folder = TempDir::new().unwrap();
    let (agency, mut db) = open(folder.path());
    let too_early = APRIL.replace("2024-04-01", "2024-01-01");
    outbox::put(&mut db, "form-1", &too_early, "Sam takes over").unwrap();
    outbox::put(&mut db, "form-2", APRIL, "Sam takes over later").unwrap();
    assert_eq!(outbox::send(&agency, &mut db).unwrap(), 2);
    let shown = notes(&db).unwrap();
    assert!(shown[0].text.contains("(refused: "), "{shown:?}");
    assert_eq!(shown[1], note(Some("form-2"), Some(4), "Sam takes over later"));
}

/// A product whose log is a table of its own.
fn one_database(folder: &Path) -> (Agency, HostLog, Connection) {
    let path = folder.join("product.db");
    let db = Connection::open(&path).unwrap();
    product::create(&db).unwrap();
    let log = HostLog::open(&path).unwrap();
    let agency = Agency::open(log.clone()).unwrap();
    product::set_up(&agency).unwrap();
    (agency, log, db)
}

#[test]
fn the_note_and_the_entry_are_rolled_back_together() {
    let folder = TempDir::new().unwrap();
    let (agency, log, db) = one_database(folder.path());
    let write = |sql: &'static str| -> product::host_log::Rows {
        Box::new(move |db| db.execute(sql, []).map(drop))
    };
    let april = || takes_on("A-1", "2024-04-01", "2024-05-01").unwrap();
    let form = request("form-1").unwrap();
    let good = "INSERT INTO case_note (request, text) VALUES ('form-1', 'Sam takes over')";
    let bad = "INSERT INTO no_such_table VALUES (1)";

    let failed = same_transaction::record(&agency, &log, &form, april(), write(bad));
    assert!(failed.unwrap_err().to_string().contains("database"));
    assert_eq!((held_in_april(&agency), log.head().unwrap().position), (0, 3));

    let unwritten = takes_on("A-9", "2024-01-01", "2024-02-01").unwrap();
    let refused = same_transaction::record(&agency, &log, &form, unwritten, write(good));
    assert!(refused.is_err());
    assert_eq!(notes(&db).unwrap(), [], "refused, and noted all the same");

    for _ in 0..2 {
        same_transaction::record(&agency, &log, &form, april(), write(good)).unwrap();
        assert_eq!(notes(&db).unwrap(), [note(Some("form-1"), None, "Sam takes over")]);
        assert_eq!((held_in_april(&agency), log.head().unwrap().position), (1, 4));
    }
    let (other, ..) = one_database(folder.path());
    assert_eq!(held_in_april(&other), 1);
}

/// The log of the product under the suite that every store must pass.
struct Databases;

struct Database(TempDir);

impl Stores for Databases {
    fn fresh(&self) -> Result<Box<dyn Store>, Trouble> {
        Ok(Box::new(Database(TempDir::new()?)))
    }
}

impl Store for Database {
    fn open(&self) -> Result<Box<dyn Log>, Trouble> {
        Ok(Box::new(HostLog::open(self.0.path().join("product.db"))?))
    }

    fn backup(&self) -> Result<Backup<'_>, Trouble> {
        let (path, copy) = (self.0.path().join("product.db"), self.0.path().join("copy.db"));
        Connection::open(&path)?.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
        Ok(Box::new(move || Ok(fs::rename(copy, path)?)))
    }
}

mod conformance {
    use super::*;
    caseload_conformance::caseload_conformance!(Databases);
}

//! A real fork: the child must not touch the file, and the parent must not feel it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]
#![cfg(unix)]

mod common;

use caseload::{Actor, Agency, RegisterStaff, StaffId, log::Log};
use caseload_sqlite::SqliteLog;
use common::*;
use fork::{Fork, fork, waitpid};

#[test]
fn a_handle_answers_closed_after_a_fork() {
    let (_folder, path) = folder();
    let agency = Agency::open(SqliteLog::open(&path, "north").unwrap()).unwrap();
    let desk = agency.acting_as(Actor::Root).on(day("2024-06-15"));
    let staff = |id: &str| RegisterStaff::new(StaffId::new(id).unwrap());
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    match fork().unwrap() {
        Fork::Child => {
            let refused = log.head().is_err_and(|error| error.code() == "store-closed")
                && log.turn().is_err_and(|error| error.code() == "store-closed")
                && log.close().is_err_and(|error| error.code() == "store-closed")
                && log.sql("SELECT 1").is_err_and(|error| error.code() == "store-closed")
                && desk.record(staff("s-2")).is_err_and(|error| error.code() == "store-closed")
                && agency.snapshot().is_err_and(|error| error.code() == "store-closed");
            drop((log, desk, agency));
            // A handle of its own works.
            let own = SqliteLog::open(&path, "north")
                .is_ok_and(|own| append(&own, draft()).is_ok() && own.close().is_ok());
            std::process::exit(i32::from(!(refused && own)));
        }
        Fork::Parent(child) => {
            assert_eq!(waitpid(child).unwrap(), 0);
            assert!(path.with_file_name("agency.db-wal").exists());
            assert_eq!(log.head().unwrap().position, 5);
            append(&log, draft()).unwrap();
            desk.record(staff("s-2")).unwrap();
            assert_eq!(log.head().unwrap().position, 7);
            log.check().unwrap();
        }
    }
}

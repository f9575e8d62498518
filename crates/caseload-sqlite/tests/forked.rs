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

use caseload::log::Log;
use caseload_sqlite::SqliteLog;
use common::*;
use fork::{Fork, fork, waitpid};

#[test]
fn a_handle_answers_closed_after_a_fork() {
    let (_folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    small_agency(&log);
    match fork().unwrap() {
        Fork::Child => {
            let refused = log.head().is_err_and(|error| error.code() == "store-closed")
                && log.turn().is_err_and(|error| error.code() == "store-closed")
                && log.close().is_err_and(|error| error.code() == "store-closed")
                && log.sql("SELECT 1").is_err_and(|error| error.code() == "store-closed");
            drop(log);
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
            log.check().unwrap();
        }
    }
}

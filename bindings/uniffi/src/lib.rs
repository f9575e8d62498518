//! The native half of the Kotlin and Swift packages of caseload: convert, call, convert.
//!
//! What a host language says better than a generated file can lies in the packages themselves, in
//! `bindings/kotlin` and `bindings/swift`: the desk with its commands, calls that do not block, lists that are
//! read as they are looked at. Nothing here decides anything.
//!
//! - Ids, days and instants are taken as the host gives them and read with the call that they belong to: all
//!   unreadable ones are told at once, each with its field, and none can end a program.
//! - Numbers are `i64`, because neither language likes unsigned ones.
//! - Every call that may fail returns a `Result`; a panic comes out as [`failure::CaseloadError::Bug`].
//! - Long lists stay here and are handed over a page at a time.

pub mod agency;
pub mod command;
pub mod conformance;
pub mod event;
pub mod failure;
pub mod host_log;
pub mod id;
pub mod log_entry;
pub mod outcome;
pub mod policy;
pub mod progress;
pub mod question;
pub mod report;
pub mod sql;
pub mod taking_in;
pub mod time;
pub mod violation;

mod lists;
mod read_command;
mod reading;

uniffi::setup_scaffolding!("caseload");

//! The scenario files on a memory log, and that together they show every code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    reason = "a test stops where something is wrong"
)]

use std::path::Path;

use caseload::{Agency, Code, MemoryLog};
use caseload_conformance::scenario::{Found, run_folder};

fn run() -> Found {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    run_folder(&folder, &|| Agency::open(MemoryLog::new())).unwrap()
}

#[test]
fn what_the_scenarios_say_holds() {
    let found = run();
    assert!(
        found.failures.is_empty(),
        "{}\n{} failures",
        found.failures.join("\n"),
        found.failures.len()
    );
    assert!(found.compared > 1_000, "only {} answers were compared", found.compared);
}

#[test]
fn every_code_is_shown_refused_and_narrowly_allowed() {
    let found = run();
    for code in Code::ALL {
        // The clock of a store cannot be set from a scenario; a test of the agency shows this one.
        if *code == Code::ClockBehind {
            continue;
        }
        assert!(found.refused.contains_key(code.word()), "{code} is never shown refused");
        assert!(found.allowed.contains_key(code.word()), "{code} is never shown allowed");
    }
}

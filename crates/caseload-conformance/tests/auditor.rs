//! The engine beside the naive auditor, on random commands and questions.
//!
//! `CASELOAD_SEEDS=1000` asks more seeds; `CASELOAD_SEED=17` prints the story of one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    reason = "a test stops where something is wrong"
)]

use caseload::{Agency, MemoryLog, jsonl::Replay};
use caseload_conformance::auditor::{Auditor, differences};
use caseload_conformance::generate::Generator;

const LINES: usize = 300;

/// The lines of a seed up to the first on which engine and auditor disagree, and how they do.
fn disagreement(seed: u64) -> Option<(Vec<String>, String)> {
    let mut generator = Generator::new(seed);
    let mut replay = Replay::new(Agency::open(MemoryLog::new()).unwrap());
    let mut auditor = Auditor::new();
    let mut told = Vec::new();
    for _ in 0..LINES {
        let line = generator.next_line_with_ids();
        let engine = replay.line(&line).map(|answer| serde_json::from_str(&answer).unwrap());
        let audited = auditor.line(&line);
        told.push(line);
        if let Some(difference) = differences(engine.as_ref(), audited.as_ref()) {
            return Some((told, difference));
        }
    }
    None
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn engine_and_auditor_agree() {
    if let Some(seed) = setting("CASELOAD_SEED")
        && let Some((told, difference)) = disagreement(seed)
    {
        panic!("{}\n{difference}", told.join("\n"));
    }
    let mut failures = Vec::new();
    for seed in 0..setting("CASELOAD_SEEDS").unwrap_or(60) {
        if let Some((told, difference)) = disagreement(seed) {
            let line = told.last().unwrap();
            failures.push(format!("seed {seed}, line {}: {difference}\n  {line}\n", told.len()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

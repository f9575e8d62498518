//! The store in memory passes the whole suite.

use caseload_conformance::{CASES, MemoryStores, caseload_conformance};

caseload_conformance!(MemoryStores);

/// A case that is written and not listed would never run.
#[test]
fn every_case_is_listed() {
    let sources = [
        include_str!("../src/cases/append.rs"),
        include_str!("../src/cases/entries.rs"),
        include_str!("../src/cases/erase.rs"),
        include_str!("../src/cases/find.rs"),
        include_str!("../src/cases/head.rs"),
        include_str!("../src/cases/other_past.rs"),
        include_str!("../src/cases/pages.rs"),
        include_str!("../src/cases/turn.rs"),
    ];
    let mut written: Vec<&str> = sources
        .iter()
        .flat_map(|source| source.split("\npub fn ").skip(1))
        .filter_map(|rest| rest.split('(').next())
        .collect();
    let mut listed: Vec<&str> = CASES.iter().map(|case| case.name).collect();
    written.sort_unstable();
    listed.sort_unstable();
    assert_eq!(written, listed);
}

#[test]
fn names_begin_with_the_rule() {
    for case in CASES {
        let number: u32 = case.rule.to_string()[1..].parse().unwrap();
        assert!(case.name.starts_with(&format!("s{number:02}_")), "{}", case.name);
    }
}

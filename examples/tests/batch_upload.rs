//! The example `batch_upload`, as a process: every row of its sheet has the verdict worked out here by hand.
#![allow(clippy::unwrap_used, reason = "helpers of tests, which clippy does not know for tests")]

use std::{path::PathBuf, process::Command};

/// Beside the tests, where cargo puts the examples it builds along with them.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    folder.join("examples").join(format!("batch_upload{}", std::env::consts::EXE_SUFFIX))
}

#[test]
fn the_sheet_gets_a_verdict_on_every_row() {
    let output = Command::new(example()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // What a table has broken over lines is one line again.
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "│┆".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    let told = words.join(" ");
    for line in [
        "Dry run: 13 rows, 0 stored, 4 would pass, 7 refused, 2 skipped",
        "Partial: 13 rows, 4 stored, 7 refused, 2 skipped",
        "(unknown-assignment)",
        "(outside-enrollment); would pass: Start date 2024-02-01",
        "(already-assigned)",
        "(not-enrolled)",
        "(unknown-name)",
        "(input-date)",
        "(ambiguous-name)",
        "(field-missing)",
        "maria 2",
        "tom 1",
    ] {
        assert!(told.contains(line), "`{line}` is not in:\n{text}");
    }
}

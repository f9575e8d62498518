//! The example `replay`, as a process: the same answers from every store.
#![allow(clippy::unwrap_used, reason = "helpers of tests, which clippy does not know for tests")]

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

const LINES: &str = r#"{"op": "define_program", "id": "p1", "actor": "root", "on": "2024-06-15"}
{"op": "register_staff", "id": "s1", "actor": "root", "on": "2024-06-15"}

{"op": "enroll", "id": "e1", "participant": "c1", "program": "p1", "start": "2024-01-01", "actor": "root", "on": "2024-06-15"}
{"op": "assign", "id": "a1", "staff": "s1", "participant": "c1", "program": "p1", "start": "2024-02-01", "actor": "root", "on": "2024-06-15"}
{"op": "assign", "id": "a2", "staff": "s9", "participant": "c1", "program": "p1", "start": "2024-02-01", "actor": "root", "on": "2024-06-15"}
not json
{"ask": "snapshot", "as_of": "2024-03-01"}
"#;

/// Beside the tests, where cargo puts the examples it builds along with them.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    folder.join("examples").join(format!("replay{}", std::env::consts::EXE_SUFFIX))
}

fn replay(store: &str, lines: &str) -> Output {
    let mut child = Command::new(example())
        .args(["--store", store])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A process that refuses its store may be gone before it has read anything.
    let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn every_store_gives_the_same_answers() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("agency.db").display());
    let answers = said(&replay("memory", LINES));
    assert_eq!(answers.lines().count(), 7);
    assert!(answers.ends_with("{\"line\":8,\"answer\":[[\"p1\",\"c1\",\"s1\"]]}\n"), "{answers}");
    assert_eq!(said(&replay(&store, LINES)), answers);
    // The file goes on where it ended.
    let again = said(&replay(&store, r#"{"ask": "snapshot", "as_of": "2024-03-01"}"#));
    assert_eq!(again, "{\"line\":1,\"answer\":[[\"p1\",\"c1\",\"s1\"]]}\n");
}

#[test]
fn a_store_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = format!("sqlite:{}", folder.path().join("none").join("agency.db").display());
    for (store, word) in [
        (nowhere.as_str(), "does not exist"),
        ("sqlite:", "usage"),
        ("paper", "no store is called paper"),
    ] {
        let output = replay(store, LINES);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(word), "{store}: {said}");
    }
}

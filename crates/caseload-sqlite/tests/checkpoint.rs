//! Opening from a checkpoint gives the same agency as folding the log, and a bad checkpoint harms nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where something is wrong"
)]

use std::{fs, path::Path};

use caseload::{Agency, Flow, jsonl::Replay};
use caseload_sqlite::SqliteLog;

/// Opens the agency with its checkpoint.
fn open(path: &Path) -> Agency {
    let log = SqliteLog::open(path, "north").unwrap();
    let opening = Agency::opening().checkpoint(log.checkpoint().unwrap());
    opening.open(log, &mut |_| Flow::Continue).unwrap()
}

fn say(agency: &Agency, lines: &[&str]) -> Vec<String> {
    let mut replay = Replay::new(agency.clone());
    let answers = lines.iter().filter_map(|line| replay.line(line));
    answers.inspect(|answer| assert!(!answer.contains("\"ok\":false"), "{answer}")).collect()
}

const STORY: &[&str] = &[
    r#"{"op":"define_program","id":"p1","actor":"root","on":"2024-06-15"}"#,
    r#"{"op":"register_staff","id":"s1","actor":"root","on":"2024-06-15"}"#,
    r#"{"op":"enroll","id":"e1","participant":"jane-doe","program":"p1","start":"2024-01-01","actor":"root","on":"2024-06-15"}"#,
    r#"{"op":"assign","id":"a1","staff":"s1","participant":"jane-doe","program":"p1","start":"2024-02-01","actor":"root","on":"2024-06-15"}"#,
];
const LATER: &[&str] =
    &[r#"{"op":"end_assignment","id":"a1","end":"2024-05-01","actor":"root","on":"2024-06-15"}"#];
const STATE: &[&str] = &[r#"{"ask":"state"}"#, r#"{"ask":"state","known_at":{"line":0}}"#];

#[test]
fn what_is_kept_is_opened_and_what_came_since_is_folded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let agency = open(&path);
    say(&agency, STORY);
    agency.keep_checkpoint().unwrap();
    say(&agency, LATER);
    let expected = say(&agency, STATE);
    drop(agency);
    assert_eq!(say(&open(&path), STATE), expected);
    let plain = Agency::open(SqliteLog::open(&path, "north").unwrap()).unwrap();
    assert_eq!(say(&plain, STATE), expected);
}

#[test]
fn a_damaged_or_foreign_checkpoint_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let agency = open(&path);
    say(&agency, STORY);
    agency.keep_checkpoint().unwrap();
    let expected = say(&agency, STATE);
    drop(agency);
    let log = SqliteLog::open(&path, "north").unwrap();
    let kept = log.checkpoint().unwrap().path().to_owned();
    drop(log);

    let mut bytes = fs::read(&kept).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&kept, &bytes).unwrap();
    assert_eq!(say(&open(&path), STATE), expected);

    // The checkpoint of another log: whole, but of a head that this log never had.
    let other = folder.path().join("other.db");
    let agency = open(&other);
    say(&agency, &STORY[..2]);
    agency.keep_checkpoint().unwrap();
    drop(agency);
    let foreign = SqliteLog::open(&other, "north").unwrap().checkpoint().unwrap();
    fs::copy(foreign.path(), &kept).unwrap();
    assert_eq!(say(&open(&path), STATE), expected);
}

#[test]
fn forgetting_removes_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let agency = open(&path);
    say(&agency, STORY);
    agency.keep_checkpoint().unwrap();
    let forget = r#"{"op":"forget","participant":"jane-doe","reason":"asked","actor":"root","on":"2024-06-15"}"#;
    say(&agency, &[forget]);
    for file in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|text| text == b"jane-doe"));
    }
}

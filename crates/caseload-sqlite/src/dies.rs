//! Killed inside the transaction of an append: all of it is there afterwards, or nothing.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where something is wrong"
)]

use std::{
    path::Path,
    process::{Command, Stdio},
};

use caseload::{Agency, jsonl::Replay, log::Log as _};
use serde_json::{Value, json};

use crate::{SqliteLog, place::Use, read_tables::Folder, slot::Open};

const CHILD: &str = "CASELOAD_SQLITE_DIES";

/// The steps of a transaction, and whether the append is there after a death at each.
const POINTS: [(&str, u64); 5] = [
    // The row of the entry is written, the read tables are not.
    ("entry", 0),
    // Every row is written.
    ("read_state", 0),
    ("before COMMIT", 0),
    ("after COMMIT", 1),
    ("rollback", 0),
];

fn die() {
    let me = std::process::id().to_string();
    let _ = Command::new("kill").args(["-9", &me]).status();
    std::process::abort()
}

/// Dies where the transaction has come to a point.
fn set_a_trap(open: &mut Open, point: &'static str) {
    let connection = &mut open.connection;
    match point {
        "before COMMIT" => connection.commit_hook(Some(|| {
            die();
            false
        })),
        "rollback" => connection.rollback_hook(Some(die)),
        "after COMMIT" => connection.wal_hook(Some(|_: &mut _, _| {
            die();
            Ok(())
        })),
        table => connection.update_hook(Some(move |_, _: &str, changed: &str, _| {
            if changed == table {
                die();
            }
        })),
    }
    .unwrap();
}

fn answer(agency: &Agency, mut command: Value) -> Value {
    command["actor"] = json!("root");
    command["on"] = json!("2024-06-15");
    let answer = Replay::new(agency.clone()).line(&command.to_string()).unwrap();
    serde_json::from_str(&answer).unwrap()
}

fn commands() -> [Value; 2] {
    let assign = |number: u32| {
        json!({"op": "assign", "id": format!("b{number}"), "staff": "s2", "participant": "c1",
            "program": "p1", "start": format!("2024-0{number}-01"), "end": format!("2024-0{number}-09")})
    };
    [
        json!({"op": "transfer", "id": "a1", "to_staff": "s2", "date": "2024-06-01", "new_id": "a2",
            "request": "r1"}),
        json!({"op": "batch", "mode": "partial", "rows": [assign(3), assign(4), assign(5)],
            "request": "r1"}),
    ]
}

#[test]
#[ignore = "the process that the test below has killed"]
fn dies() {
    let Some(said) = std::env::var_os(CHILD) else { return };
    let said: Value = serde_json::from_str(said.to_str().unwrap()).unwrap();
    let number = |key: &str| usize::try_from(said[key].as_u64().unwrap()).unwrap();
    let log = SqliteLog::open(said["path"].as_str().unwrap(), "north").unwrap();
    let (point, _) = POINTS[number("point")];
    {
        let mut lent = log.lend(&log.writer, Use::Write).unwrap();
        set_a_trap(lent.open.as_mut().unwrap(), point);
    }
    if point == "rollback" {
        // A turn that comes to nothing.
        drop(log.turn());
        return;
    }
    answer(&Agency::open(log).unwrap(), commands()[number("command")].clone());
}

fn found(path: &Path) -> u64 {
    let agency = Agency::open(SqliteLog::open(path, "north").unwrap()).unwrap();
    let policy = json!({"entry_order": "any", "batch_history": "allow"});
    for command in [
        json!({"op": "define_program", "id": "p1", "policy": policy}),
        json!({"op": "register_staff", "id": "s1"}),
        json!({"op": "register_staff", "id": "s2"}),
        json!({"op": "enroll", "id": "e1", "participant": "c1", "program": "p1",
            "start": "2024-01-01"}),
        json!({"op": "assign", "id": "a1", "staff": "s1", "participant": "c1", "program": "p1",
            "start": "2024-01-01"}),
    ] {
        let told = answer(&agency, command);
        assert_eq!(told["ok"], json!(true), "{told}");
    }
    agency.head().position
}

#[test]
fn killed_within_a_transaction() {
    for (number, (point, stored)) in POINTS.into_iter().enumerate() {
        for (which, command) in commands().into_iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("agency.db");
            let before = found(&path);
            let said = json!({"path": path.to_str().unwrap(), "point": number, "command": which});
            let killed = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "dies::dies", "--ignored", "--nocapture"])
                .env(CHILD, said.to_string())
                .stdout(Stdio::null())
                .output()
                .unwrap();
            let signal = std::os::unix::process::ExitStatusExt::signal(&killed.status);
            assert_eq!(signal, Some(9), "{point}: {killed:?}");
            let agency = Agency::open(SqliteLog::open(&path, "north").unwrap()).unwrap();
            assert_eq!(agency.head().position, before + stored, "{point}");
            agency.verify(None).unwrap();
            assert_read_tables(&path, before + stored);
            // Whoever did not hear asks again, and it is there once.
            let told = answer(&agency, command);
            assert_eq!(told["ok"], json!(true), "{point}: {told}");
            assert_eq!(agency.head().position, before + 1, "{point}");
            assert_read_tables(&path, before + 1);
        }
    }
}

/// They stand where the log does, and are what a fold from the start makes of it.
fn assert_read_tables(path: &Path, position: u64) {
    let log = SqliteLog::open(path, "north").unwrap();
    log.check().unwrap();
    {
        let lent = log.lend(&log.writer, Use::Write).unwrap();
        let folder = Folder::load(log.opened(&lent).unwrap(), &log.place).unwrap();
        assert_eq!(folder.position(), position);
    }
    let lines = "SELECT * FROM assignment_line ORDER BY entered_position, assignment";
    let before = log.sql(lines).unwrap();
    log.rebuild_read_tables().unwrap();
    assert_eq!(log.sql(lines).unwrap(), before);
}

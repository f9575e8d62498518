//! What goes wrong with files, as an agency meets it: the error of its own kind, nothing by halves, and
//! the same agency works again once the cause is gone.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]
#![cfg(unix)]

mod common;
#[path = "common/office.rs"]
mod office;

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command, time::Duration};

use caseload::{
    Agency, Freshness, StoreError,
    log::{Entry, Log, Recorded},
};
use caseload_sqlite::{Access, SqliteLog, SqliteOptions};
use common::{all, folder, is_root, run_as_nobody};
use office::*;
use serde_json::{Value, json};

fn says(error: &StoreError, code: &str, word: &str) {
    let text = error.to_string();
    assert_eq!(error.code(), code, "{text}");
    assert!(text.contains(word) && !text.contains("jane"), "{text}");
}

/// A command fails with this code and a text that says so; nothing of it is stored.
fn fails(agency: &Agency, command: Value, code: &str, word: &str) {
    let error = store_error(agency, command);
    let text = error["text"].as_str().unwrap();
    assert_eq!(error["code"], json!(code), "{text}");
    assert!(text.contains(word) && !text.contains("jane"), "{text}");
}

fn sound(path: &Path, agency: &Agency) {
    let head = agency.snapshot().unwrap().head();
    agency.verify(Some(head)).unwrap();
    let log = SqliteLog::open(path, "north").unwrap();
    log.check().unwrap();
    assert_read_tables(agency, &log);
    assert_eq!(everything(&open(path).unwrap()), everything(agency));
}

/// A closed file with `jane` in it.
fn filled(path: &Path) {
    let agency = open(path).unwrap();
    found(&agency);
    ok(&agency, enroll("e1", "jane"));
    ok(&agency, assign("a1", "s1", "jane"));
}

/// What keeps an agency from opening; undone, it opens and goes on.
#[test]
fn what_cannot_be_opened() {
    let (folder, path) = folder();
    filled(&path);
    let good = fs::read(&path).unwrap();
    let bytes = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bad = good.clone();
        change(&mut bad);
        fs::write(&path, bad).unwrap();
        open(&path).err().unwrap()
    };
    let error = bytes(&|bad| *bad = "no database at all. ".repeat(100).into_bytes());
    says(&error, "store-corrupt", "no SQLite database");
    for len in [good.len() - 4096, good.len() / 2, 4096, 100, 0] {
        // What a cut leaves of the schema may still open; then the walk over it finds the damage.
        let error = bytes(&|bad| bad.truncate(len));
        says(&error, "store-corrupt", "restore a backup");
    }
    let error = bytes(&|bad| bad[7] ^= 0x20);
    says(&error, "store-corrupt", "restore a backup");
    let error = bytes(&|bad| bad[63] += 1);
    says(&error, "store-incompatible", "update the library");
    fs::write(&path, &good).unwrap();

    says(&open(folder.path()).err().unwrap(), "store-unavailable", "is a folder");
    let within = folder.path().join("none").join("agency.db");
    says(&open(&within).err().unwrap(), "store-unavailable", "does not exist");
    fs::create_dir(folder.path().join("none")).unwrap();
    found(&open(&within).unwrap());

    let agency = open(&path).unwrap();
    ok(&agency, enroll("e2", "joe"));
    sound(&path, &agency);
}

/// A byte of a body: an agency does not open, an open one goes on with what it knows and `verify` names
/// the entry.
#[test]
fn a_flipped_byte_in_an_entry() {
    let (_folder, path) = folder();
    filled(&path);
    let good = fs::read(&path).unwrap();
    let body = all(&looker(&path))[4].body.clone();
    let at = good.windows(body.len()).position(|window| window == body).unwrap();
    for bit in 0..8 {
        let mut bad = good.clone();
        bad[at + body.len() / 3] ^= 1 << bit;
        fs::write(&path, &bad).unwrap();
        let error = open(&path).err().unwrap();
        assert!(matches!(error, StoreError::Corrupt { position: Some(5), .. }), "{error}");
    }
    fs::write(&path, &good).unwrap();
    let agency = open(&path).unwrap();
    let raw = rusqlite::Connection::open(&path).unwrap();
    let set = |body: &[u8]| {
        raw.execute("UPDATE entry SET body = ?1 WHERE position = 5", [body]).unwrap();
    };
    let mut bad = body.clone();
    bad[body.len() / 3] ^= 1;
    set(&bad);
    let error = agency.verify(None).unwrap_err();
    assert!(error.to_string().starts_with("entry 5: "), "{error}");
    ok(&agency, enroll("e2", "joe"));
    set(&body);
    sound(&path, &agency);
}

#[test]
fn an_entry_of_a_higher_level() {
    let (_folder, path) = folder();
    filled(&path);
    let agency = open(&path).unwrap();
    let log = SqliteOptions::new().log_only().open(&path, "north").unwrap();
    let head = log.head().unwrap();
    let mut entry =
        Entry::sealed(&head, Recorded::from_micros(i64::MAX / 2), None, b"{}".to_vec(), Vec::new());
    entry.level = 2;
    entry.hash = entry.expected_hash(&head);
    log.turn().unwrap().append(&head, &[entry]).unwrap();
    for _ in 0..2 {
        fails(&agency, enroll("e2", "joe"), "store-incompatible", "level 2");
    }
    assert_eq!(log.head().unwrap().position, head.position + 1);
    // What it knows from before can be asked for.
    assert_eq!(agency.snapshot_of(Freshness::Cached).unwrap().head(), head);
    says(&open(&path).err().unwrap(), "store-incompatible", "level 2");
    // As if it had never been.
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute("DELETE FROM entry WHERE level = 2", []).unwrap();
    ok(&agency, enroll("e2", "joe"));
    sound(&path, &agency);
}

#[test]
fn locked_past_the_timeout() {
    let (_folder, path) = folder();
    let options = SqliteOptions::new().busy_timeout(Duration::from_millis(30));
    let agency = Agency::open(options.open(&path, "north").unwrap()).unwrap();
    found(&agency);
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    fails(&agency, enroll("e1", "jane"), "store-locked", "try again");
    assert_eq!(agency.snapshot().unwrap().head().position, 4);
    raw.execute_batch("ROLLBACK").unwrap();
    ok(&agency, enroll("e1", "jane"));
    sound(&path, &agency);
}

#[test]
fn a_file_that_was_moved_away() {
    let (folder, path) = folder();
    let agency = open(&path).unwrap();
    found(&agency);
    let away = folder.path().join("away.db");
    fs::rename(&path, &away).unwrap();
    fails(&agency, enroll("e1", "jane"), "store-unavailable", "put it back");
    let error = give(&agency, json!({"ask": "state"}));
    assert_eq!(error["error"]["code"], json!("store-unavailable"));
    fs::rename(&away, &path).unwrap();
    ok(&agency, enroll("e1", "jane"));
    sound(&path, &agency);
}

/// The host is told once; then the agency has the past of the backup, and goes on from there.
#[test]
fn a_backup_restored_under_an_open_agency() {
    for first in ["a command", "a question", "a request"] {
        let (folder, path) = folder();
        let agency = open(&path).unwrap();
        found(&agency);
        let backup = folder.path().join("backup.db");
        SqliteLog::open(&path, "north").unwrap().export(&backup).unwrap();
        let with_request = with(enroll("e1", "jane"), json!({"request": "r1"}));
        ok(&agency, with_request.clone());
        ok(&agency, assign("a1", "s1", "jane"));
        fs::rename(&backup, &path).unwrap();
        match first {
            "a command" => fails(&agency, enroll("e2", "joe"), "store-diverged", "backup"),
            "a request" => fails(&agency, with_request.clone(), "store-diverged", "backup"),
            _ => {
                let told = give(&agency, json!({"ask": "state"}));
                assert_eq!(told["error"]["code"], json!("store-diverged"), "{told}");
            }
        }
        let state = give(&agency, json!({"ask": "state"}));
        assert_eq!(state["answer"]["enrollments"], json!([]), "after {first}");
        // What the backup lacks is not there any more, and can be given anew.
        assert_eq!(ok(&agency, with_request)["receipt"]["position"], json!(5));
        ok(&agency, enroll("e2", "joe"));
        sound(&path, &agency);
    }
}

/// Whoever was to be erased in the log of before is not looked for in the backup.
#[test]
fn a_backup_restored_while_somebody_is_forgotten() {
    let (folder, path) = folder();
    let agency = open(&path).unwrap();
    found(&agency);
    let backup = folder.path().join("backup.db");
    SqliteLog::open(&path, "north").unwrap().export(&backup).unwrap();
    ok(&agency, enroll("e1", "jane"));
    fs::rename(&backup, &path).unwrap();
    let forget = json!({"op": "forget", "participant": "jane", "reason": "asked"});
    fails(&agency, forget.clone(), "store-diverged", "backup");
    ok(&agency, enroll("e9", "joe"));
    assert_eq!(give(&agency, forget)["violations"][0]["code"], json!("unknown-participant"));
    let state = give(&agency, json!({"ask": "state"}));
    assert_eq!(state["answer"]["enrollments"][0][1], json!("joe"));
    sound(&path, &agency);
}

#[test]
fn opened_for_reading() {
    let (_folder, path) = folder();
    filled(&path);
    let log = SqliteOptions::new().access(Access::ReadOnly).open(&path, "north").unwrap();
    let agency = Agency::open(log).unwrap();
    assert_eq!(agency.snapshot().unwrap().head().position, 6);
    fails(&agency, enroll("e2", "joe"), "store-read-only", "Access::Existing");
    let other = open(&path).unwrap();
    ok(&other, enroll("e2", "joe"));
    assert_eq!(everything(&agency), everything(&other));
}

#[test]
fn a_closed_log() {
    let (_folder, path) = folder();
    let agency = open(&path).unwrap();
    found(&agency);
    let closed = SqliteLog::open(&path, "north").unwrap();
    closed.close().unwrap();
    says(&Agency::open(closed).err().unwrap(), "store-closed", "open it again");
    ok(&agency, enroll("e1", "jane"));
}

#[test]
fn a_disk_that_is_full() {
    let (folder, _) = folder();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=500k", "tmpfs"])
        .arg(&disk)
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        println!("skipped: no right to mount a small disk");
        return;
    }
    let outcome = std::panic::catch_unwind(|| fill(&disk));
    assert!(Command::new("umount").arg("-l").arg(&disk).status().unwrap().success());
    outcome.unwrap();
}

fn fill(disk: &Path) {
    let path = disk.join("agency.db");
    fs::write(disk.join("ballast"), vec![0; 120_000]).unwrap();
    let agency = open(&path).unwrap();
    found(&agency);
    let command = |number: u64| json!({"op": "define_program", "id": format!("p-{number}"), "name": "x".repeat(1_500)});
    let full = (0..).find(|number| give(&agency, command(*number))["ok"] == json!(false)).unwrap();
    fails(&agency, command(full), "store-full", "free some");
    // A whole batch that does not fit, either.
    let rows: Vec<Value> = (0..500).map(|n| assign(&format!("a{n}"), "nobody", "joe")).collect();
    let batch = json!({"op": "batch", "mode": "partial", "rows": rows});
    fails(&agency, batch.clone(), "store-full", "free some");
    assert_eq!(agency.snapshot().unwrap().head().position, 4 + full);
    agency.verify(None).unwrap();
    fs::remove_file(disk.join("ballast")).unwrap();
    ok(&agency, command(full));
    ok(&agency, batch);
    sound(&path, &agency);
    drop(agency);
    assert_eq!(open(&path).unwrap().head().position, 4 + full + 2);
}

/// Root may write everywhere, so this runs again as `nobody`, in a process of its own.
#[test]
fn a_file_that_may_not_be_written() {
    let (folder, path) = folder();
    if is_root(&folder) {
        run_as_nobody(&folder, &path);
    } else {
        forbidden(&path);
    }
}

#[test]
#[ignore = "run by the test above, as another user"]
fn as_nobody() {
    let Some(path) = std::env::var_os("CASELOAD_TEST_PATH") else { return };
    forbidden(Path::new(&path));
}

fn forbidden(path: &Path) {
    let own = path.parent().unwrap().join("own");
    fs::create_dir(&own).unwrap();
    let path = own.join("agency.db");
    filled(&path);
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&path, 0o444);
    says(&open(&path).err().unwrap(), "store-read-only", "right to write");
    mode(&path, 0o644);
    mode(&own, 0o555);
    let error = open(&path).err().unwrap();
    assert!(["store-read-only", "store-unavailable"].contains(&error.code()), "{error}");
    mode(&own, 0o755);
    let agency = open(&path).unwrap();
    ok(&agency, enroll("e2", "joe"));
    sound(&path, &agency);
}

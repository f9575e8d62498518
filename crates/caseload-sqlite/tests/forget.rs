//! Whoever was forgotten is in no file any more: no id, old or new, no reason, no request, no verdict.
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
#[path = "common/tapped.rs"]
mod tapped;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use caseload::{
    Agency, Flow, RequestId, StoreError,
    log::{Entry, Erasure, Head, Log, Page, PageLimit, Turn},
};
use caseload_sqlite::{CheckpointFile, SqliteLog, SqliteOptions};
use common::{ask, folder, folder_holds};
use office::*;
use serde_json::{Value, json};
use tapped::*;

/// Ids of one person: as first given, and later. Quotes and backslashes are written otherwise in JSON.
const JANE: &str = "zq-jane\"\\ö";
const LATER: &str = "zq-janet";
/// What must be gone, each in a form that nothing else contains.
const TRACES: &[&str] =
    &["zq-jane", "zq-janet", "because-of-jane", "asked-by-jane", "swapped", "r-zq", "import-zq"];

/// Everything that can be stored about a person, and about another one who stays.
fn live_and_leave(agency: &Agency) {
    found(agency);
    let reason = json!({"reason": "because-of-jane"});
    // Named in rows that were refused, before they were enrolled and by a request that names them.
    let rows = json!([assign("a-early", "s1", JANE), assign("a-joe", "nobody", "zq-joe")]);
    let refused = json!({"op": "batch", "mode": "partial", "rows": rows});
    ok(agency, with(refused.clone(), json!({"request": format!("import-{JANE}")})));
    ok(agency, with(enroll(&format!("e-{JANE}"), JANE), json!({"request": format!("r-{JANE}")})));
    ok(agency, enroll("e-joe", "zq-joe"));
    ok(agency, assign("joe", "s1", "zq-joe"));
    ok(agency, assign(&format!("a-{JANE}"), "s1", JANE));
    let transfer = json!({"op": "transfer", "id": format!("a-{JANE}"), "to_staff": "s2",
        "date": "2024-03-01", "new_id": format!("{JANE}.2")});
    ok(agency, with(transfer, reason.clone()));
    let correct = json!({"op": "correct", "id": format!("{JANE}.2"), "start": "2024-03-01",
        "new_id": format!("{JANE}.3")});
    ok(agency, with(correct, reason.clone()));
    // A row that names a line of theirs that never came to be, and one of somebody else's.
    let rows = json!([
        {"op": "end_assignment", "id": format!("a-{JANE}-none"), "end": "2024-05-01"},
        {"op": "end_assignment", "id": "joe-none", "end": "2024-05-01"},
    ]);
    ok(agency, json!({"op": "batch", "mode": "partial", "rows": rows}));
    let end = json!({"op": "end_enrollment", "id": format!("e-{JANE}"), "end": "2024-06-01"});
    ok(agency, with(end, reason.clone()));
    let reinstate = json!({"op": "reinstate_enrollment", "id": format!("e-{JANE}")});
    ok(agency, with(reinstate, reason.clone()));
    let correct = json!({"op": "correct_enrollment", "id": format!("e-{JANE}"),
        "new_id": format!("e2-{JANE}"), "start": "2024-01-02"});
    ok(agency, with(correct, reason.clone()));
    let replace = json!({"op": "replace_id", "kind": "participant", "id": JANE, "new_id": LATER});
    ok(agency, with(replace, reason.clone()));
    let replace = json!({"op": "replace_id", "kind": "enrollment", "id": format!("e2-{JANE}"),
        "new_id": "e-plain"});
    ok(agency, with(replace, reason.clone()));
    ok(agency, with(assign(&format!("r-{LATER}"), "s3", LATER), json!({"end": "2024-02-10"})));
    ok(agency, with(json!({"op": "void", "id": format!("r-{LATER}")}), reason));
    // A reason that names both, given for the other one.
    let joe = json!({"op": "transfer", "id": "joe", "to_staff": "s2", "date": "2024-03-01",
        "new_id": "joe.2", "reason": format!("swapped with {LATER}")});
    ok(agency, joe);
}

fn forget() -> Value {
    json!({"op": "forget", "participant": LATER, "reason": format!("asked-by-jane: {LATER}"),
        "request": "forget-1"})
}

/// The texts of the list that some file of a folder still holds.
fn traces(folder: &Path) -> Vec<&'static str> {
    TRACES.iter().copied().filter(|trace| !folder_holds(folder, trace).is_empty()).collect()
}

fn assert_forgotten(folder: &Path, path: &Path, agency: &Agency) {
    assert_eq!(traces(folder), Vec::<&str>::new());
    let (head, log) = (agency.head(), SqliteLog::open(path, "north").unwrap());
    assert!(agency.verify(Some(head)).unwrap().erased > 10);
    log.check().unwrap();
    assert_read_tables(agency, &log);
    let before = whole_tables(&log);
    log.rebuild_read_tables().unwrap();
    assert_eq!(whole_tables(&log), before);
    // The other one is still there, with their verdicts, and goes on.
    assert!(!folder_holds(folder, "zq-joe").is_empty());
    assert!(!folder_holds(folder, "joe-none").is_empty());
    let lines = ask(&log, "SELECT assignment FROM current_assignment ORDER BY 1");
    assert!(lines.contains(&"joe.2".to_owned()), "{lines:?}");
    ok(agency, json!({"op": "end_assignment", "id": "joe.2", "end": "2024-04-01"}));
    assert_eq!(traces(folder), Vec::<&str>::new());
}

#[test]
fn nothing_is_left_in_any_file() {
    for options in [SqliteOptions::new(), SqliteOptions::new().log_only()] {
        let (folder, path) = folder();
        let log = options.open(&path, "north").unwrap();
        let checkpoint = log.checkpoint_path().unwrap();
        let agency = Agency::open(log).unwrap();
        live_and_leave(&agency);
        fs::write(&checkpoint, LATER).unwrap();
        let before = traces(folder.path());
        assert_eq!(before.len(), TRACES.len() - 1, "all but the reason of forgetting: {before:?}");
        let another = open(&path).unwrap();
        ok(&agency, forget());
        assert!(!checkpoint.exists());
        assert_forgotten(folder.path(), &path, &agency);
        // Who knew them from before the entry writes nothing back, either.
        ok(&another, assign("joe.9", "s3", "zq-joe"));
        assert_forgotten_by(&another);
        assert_eq!(traces(folder.path()), Vec::<&str>::new());
        drop((agency, another));
        let agency = open(&path).unwrap();
        assert_forgotten_by(&agency);
        assert_eq!(
            ok(&agency, forget())["receipt"]["position"],
            ok(&agency, forget())["receipt"]["position"]
        );
        assert_eq!(traces(folder.path()), Vec::<&str>::new());
    }
}

/// An agency that keeps a checkpoint beside its file.
fn open_with_checkpoint(log: impl Log + 'static, checkpoint: CheckpointFile) -> Agency {
    Agency::opening().checkpoint(checkpoint).open(log, &mut |_| Flow::Continue).unwrap()
}

#[test]
fn a_checkpoint_holds_nobody_who_was_forgotten() {
    let (folder, path) = folder();
    let opened = || SqliteLog::open(&path, "north").unwrap();
    let checkpoint = opened().checkpoint().unwrap();
    let [agency, another] = [0, 1].map(|_| open_with_checkpoint(opened(), checkpoint.clone()));
    live_and_leave(&agency);
    another.snapshot().unwrap();
    agency.keep_checkpoint().unwrap();
    // And what is left of one whose writer was killed.
    let unfinished = folder.path().join("agency.db.caseload-checkpoint-1-new");
    fs::copy(checkpoint.path(), &unfinished).unwrap();
    assert_ne!(folder_holds(folder.path(), LATER), [""; 0]);
    ok(&agency, forget());
    assert!(!checkpoint.path().exists() && !unfinished.exists());
    // One that has not heard of it yet.
    another.keep_checkpoint().unwrap();
    assert_forgotten(folder.path(), &path, &agency);
    drop((agency, another));
    assert_forgotten_by(&open_with_checkpoint(opened(), checkpoint));
}

/// Opened from a checkpoint that was kept before the erasure came through, it is still made up for.
#[test]
fn a_checkpoint_does_not_forget_to_erase() {
    let (folder, path) = folder();
    let log = SqliteLog::open(&path, "north").unwrap();
    let checkpoint = log.checkpoint().unwrap();
    let log = Tapped::new(log, |point| match point {
        Point::BeforeErase => {
            Err(StoreError::Locked { what: "the file is busy".to_owned(), cause: None })
        }
        _ => Ok(()),
    });
    let agency = open_with_checkpoint(log, checkpoint.clone());
    live_and_leave(&agency);
    store_error(&agency, forget());
    agency.keep_checkpoint().unwrap();
    drop(agency);
    let agency = open_with_checkpoint(SqliteLog::open(&path, "north").unwrap(), checkpoint);
    assert_forgotten(folder.path(), &path, &agency);
}

fn assert_forgotten_by(agency: &Agency) {
    let answers = everything(agency);
    assert!(!answers.contains("zq-jane") && answers.contains("erased-"), "{answers}");
}

/// The same search finds them where erasing does nothing.
#[test]
fn a_store_that_erases_nothing_is_caught() {
    let (folder, path) = folder();
    let agency = Agency::open(NeverErases(SqliteLog::open(&path, "north").unwrap())).unwrap();
    live_and_leave(&agency);
    ok(&agency, forget());
    assert_eq!(traces(folder.path()), TRACES);
}

const CHILD: &str = "CASELOAD_TEST_FORGETS";

#[test]
#[ignore = "forgets and dies, for the tests below"]
fn forgets() {
    let Some(said) = std::env::var_os(CHILD) else { return };
    let said: Value = serde_json::from_str(said.to_str().unwrap()).unwrap();
    let path = Path::new(said["path"].as_str().unwrap());
    let options = SqliteOptions::new().busy_timeout(Duration::from_millis(100));
    let log = options.open(path, "north").unwrap();
    if said["dies"] == json!("before") {
        let log = Tapped::new(log, |point| match point {
            Point::BeforeErase => die(),
            _ => Ok(()),
        });
        give(&Agency::open(log).unwrap(), forget());
    } else {
        // A reader keeps the former pages in the write-ahead log.
        let reader = rusqlite::Connection::open(path).unwrap();
        reader.execute_batch("BEGIN").unwrap();
        let count = |sql| reader.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert!(count("SELECT count(*) FROM entry") > 0);
        let error = store_error(&Agency::open(log).unwrap(), forget());
        assert_eq!(error["code"], json!("store-locked"), "{error}");
        die().unwrap();
    }
}

/// Killed between storing that somebody is forgotten and erasing them, or in the middle of erasing: the
/// next one who opens the file erases.
#[test]
fn the_next_one_erases_what_a_killed_process_could_not() {
    for dies in ["before", "within"] {
        let (folder, path) = folder();
        let agency = open(&path).unwrap();
        live_and_leave(&agency);
        let before = agency.head().position;
        drop(agency);
        let said = json!({"path": path.to_str().unwrap(), "dies": dies});
        let killed = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "forgets", "--ignored", "--nocapture"])
            .env(CHILD, said.to_string())
            .stdout(Stdio::null())
            .output()
            .unwrap();
        let signal = std::os::unix::process::ExitStatusExt::signal(&killed.status);
        assert_eq!(signal, Some(9), "{killed:?}");
        assert!(traces(folder.path()).len() > 2, "{dies}: it was not killed in time");
        let agency = open(&path).unwrap();
        assert_eq!(agency.head().position, before + 1);
        assert_forgotten(folder.path(), &path, &agency);
    }
}

/// Its erasing does nothing and says that all is well.
struct NeverErases(SqliteLog);

impl Log for NeverErases {
    fn head(&self) -> Result<Head, StoreError> {
        self.0.head()
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        self.0.read(after, limit)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        self.0.find(request)
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        self.0.turn()
    }

    fn erase(&self, _: &[Erasure]) -> Result<(), StoreError> {
        Ok(())
    }
}

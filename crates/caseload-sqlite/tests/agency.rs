//! The engine over this store: the scenarios, random worlds beside the auditor, read tables beside the
//! resident state, and writers in threads and processes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]

mod common;
#[path = "common/office.rs"]
mod office;
#[path = "common/tapped.rs"]
mod tapped;

use std::{
    cell::{Cell, RefCell},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use caseload::{Agency, StoreError, jsonl::Replay};
use caseload_conformance::{
    auditor::{Auditor, differences},
    generate::Generator,
    scenario::run_folder,
};
use caseload_sqlite::{SqliteLog, SqliteOptions};
use common::{ask, folder};
use office::*;
use serde_json::{Value, json};
use tapped::*;

/// What must hold of any file, whatever was written into it.
fn assert_sound(path: &Path, agency: &Agency) {
    let head = agency.snapshot().unwrap().head();
    assert_eq!(agency.verify(Some(head)).unwrap().head, head);
    let log = SqliteLog::open(path, "north").unwrap();
    assert_read_tables(agency, &log);
    let before = whole_tables(&log);
    log.rebuild_read_tables().unwrap();
    assert_eq!(whole_tables(&log), before, "read tables written at once and one by one");
    log.check().unwrap();
    assert_eq!(everything(&open(path).unwrap()), everything(agency), "after reopening");
}

/// Where the log alone was written, opening it with read tables writes them.
fn assert_tables(path: &Path, agency: &Agency) {
    assert_read_tables(agency, &SqliteLog::open(path, "north").unwrap());
}

#[test]
fn the_scenarios_hold() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    for options in [fast(), fast().log_only()] {
        let (folder, _) = fast_folder();
        let number = Cell::new(0);
        let opened: RefCell<Vec<(PathBuf, Agency)>> = RefCell::default();
        let fresh = || -> Result<Agency, StoreError> {
            number.set(number.get() + 1);
            let path = folder.path().join(format!("{}.db", number.get()));
            let agency = Agency::open(options.clone().open(&path, "north")?)?;
            opened.borrow_mut().push((path, agency.clone()));
            Ok(agency)
        };
        let found = run_folder(&scenarios, &fresh).unwrap();
        assert!(found.failures.is_empty(), "{}", found.failures.join("\n"));
        assert!(found.compared > 1_000, "only {} answers were compared", found.compared);
        // Opening what was written to the log only takes longer: some of them will do.
        let every = if options == fast() { 1 } else { 8 };
        for (path, agency) in opened.borrow().iter().step_by(every) {
            assert_tables(path, agency);
        }
    }
}

const LINES: usize = 250;

/// A random world on a file, beside the auditor.
fn random_world(seed: u64, options: SqliteOptions) {
    let (_folder, path) = fast_folder();
    let agency = Agency::open(options.open(&path, "north").unwrap()).unwrap();
    let mut generator = Generator::new(seed);
    let (mut replay, mut auditor) = (Replay::new(agency.clone()), Auditor::new());
    for number in 1..=LINES {
        let line = generator.next_line_with_ids();
        let engine = replay.line(&line).map(|answer| serde_json::from_str(&answer).unwrap());
        let audited = auditor.line(&line);
        let difference = differences(engine.as_ref(), audited.as_ref());
        assert_eq!(difference, None, "seed {seed}, line {number}: {line}");
    }
    assert_sound(&path, &agency);
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn random_worlds_with_read_tables() {
    let from = setting("CASELOAD_SEED").unwrap_or(5_000);
    (from..from + setting("CASELOAD_SEEDS").unwrap_or(24)).for_each(|seed| {
        random_world(seed, fast());
    });
}

#[test]
fn random_worlds_in_the_log_only() {
    let from = setting("CASELOAD_SEED").unwrap_or(6_000);
    (from..from + setting("CASELOAD_SEEDS").unwrap_or(16)).for_each(|seed| {
        random_world(seed, fast().log_only());
    });
}

/// The part of a forgotten participant's ids that tells nothing is kept, in the tables as in the state.
#[test]
fn replaced_and_forgotten_ids_read_the_same_everywhere() {
    let (_folder, path) = fast_folder();
    let agency = Agency::open(fast().open(&path, "north").unwrap()).unwrap();
    found(&agency);
    let replace = |kind: &str, id: &str, new_id: &str| {
        let command = json!({"op": "replace_id", "kind": kind, "id": id, "new_id": new_id,
            "reason": "a merger"});
        ok(&agency, command);
    };
    for (enrollment, participant) in [("e-jane", "jane"), ("e2", "joe"), ("e3", "june")] {
        ok(&agency, enroll(enrollment, participant));
    }
    for (assignment, participant) in [("a-jane", "jane"), ("a2", "joe"), ("a3", "june")] {
        ok(&agency, assign(assignment, "s1", participant));
    }
    // From a text that tells to one that does not, the other way round, and both ways for a person.
    replace("enrollment", "e-jane", "e1");
    replace("assignment", "a-jane", "a1");
    replace("enrollment", "e2", "e-joe");
    replace("assignment", "a2", "a-joe");
    replace("participant", "june", "juno");
    replace("assignment", "a3", "a-june");
    for participant in ["jane", "joe", "juno"] {
        ok(&agency, json!({"op": "forget", "participant": participant, "reason": "asked"}));
    }
    let show = "SELECT assignment, participant FROM assignment_line ORDER BY entered_position";
    assert_eq!(
        ask(&looker(&path), show),
        ["a1 erased-1", "erased-2 erased-2", "erased-3 erased-3"]
    );
    assert_sound(&path, &agency);
}

/// A forgotten id may be given again while its first owner is still to be erased by another process.
#[test]
fn an_id_given_again_is_not_taken_for_the_forgotten_one() {
    let (_folder, path) = fast_folder();
    let fails = Arc::new(AtomicBool::new(false));
    let failing = fails.clone();
    let log = Tapped::new(fast().open(&path, "north").unwrap(), move |point| {
        if point == Point::BeforeErase && failing.swap(false, SeqCst) {
            let what = "the file is busy".to_owned();
            return Err(StoreError::Locked { what, cause: None });
        }
        Ok(())
    });
    let agency = Agency::open(log).unwrap();
    found(&agency);
    for round in 1..=3 {
        ok(&agency, enroll(&format!("e-jane-{round}"), "jane"));
        ok(&agency, assign(&format!("a-jane-{round}"), "s1", "jane"));
        fails.store(true, SeqCst);
        store_error(&agency, json!({"op": "forget", "participant": "jane", "reason": "asked"}));
    }
    ok(&agency, enroll("e4", "jane"));
    let show = "SELECT enrollment, participant FROM enrollment ORDER BY entered_position";
    let seen = ask(&looker(&path), show);
    assert_eq!(seen, ["erased-1 erased-1", "erased-2 erased-2", "erased-3 erased-3", "e4 jane"]);
    assert_sound(&path, &agency);
}

/// What a writer does: people of its own, and one case that everybody wants.
fn work(writer: usize, rounds: usize) -> impl Iterator<Item = Value> {
    (0..rounds).flat_map(move |round| {
        let (id, staff) = (format!("{writer}-{round}"), format!("s{}", 1 + (writer + round) % 3));
        let other = format!("s{}", 1 + (writer + round + 1) % 3);
        let row = |place: usize| {
            with(assign(&format!("b{id}-{place}"), &other, &format!("c{id}")), json!({
                "start": format!("2024-0{}-01", 3 + place), "end": format!("2024-0{}-01", 4 + place),
            }))
        };
        [
            enroll(&format!("e{id}"), &format!("c{id}")),
            with(assign(&format!("a{id}"), &staff, &format!("c{id}")), json!({
                "request": format!("r{id}"),
            })),
            assign(&format!("hot{id}"), &staff, "hot"),
            json!({"op": "transfer", "id": format!("a{id}"), "to_staff": other, "date": "2024-03-01",
                "new_id": format!("t{id}")}),
            json!({"op": "end_assignment", "id": format!("hot{id}"), "end": "2024-02-15"}),
            json!({"op": "batch", "mode": "partial", "rows": [row(0), row(1), row(2)]}),
        ]
    })
}

fn answers(agency: &Agency, commands: impl Iterator<Item = Value>) -> Vec<Accepted> {
    let accepted = |command: Value| {
        let answer = give(agency, command.clone());
        assert!(answer["error"].is_null(), "{command} gave {answer}");
        let accepted = Accepted { line: line(command), answer };
        (accepted.answer["ok"] == json!(true)).then_some(accepted)
    };
    commands.filter_map(accepted).collect()
}

#[test]
fn threads_share_turns() {
    const WRITERS: usize = 8;
    for options in [SqliteOptions::new(), fast().log_only()] {
        let (_folder, path) = folder();
        let agency = Agency::open(options.open(&path, "north").unwrap()).unwrap();
        let begin = founding().into_iter().chain([enroll("e-hot", "hot")]);
        let mut accepted = answers(&agency, begin);
        thread::scope(|scope| {
            let agency = &agency;
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| scope.spawn(move || answers(agency, work(writer, 6))))
                .collect();
            writers.into_iter().for_each(|writer| accepted.extend(writer.join().unwrap()));
        });
        assert!(accepted.len() > WRITERS * 6 * 3, "{}", accepted.len());
        audit(&agency, accepted);
        assert_sound(&path, &agency);
    }
}

const CHILD: &str = "CASELOAD_TEST_WRITER";

#[test]
#[ignore = "a writer of the test below, in a process of its own"]
fn writer() {
    let Some(said) = std::env::var_os(CHILD) else { return };
    let said: Value = serde_json::from_str(said.to_str().unwrap()).unwrap();
    let agency = open(Path::new(said["path"].as_str().unwrap())).unwrap();
    let number = |key: &str| usize::try_from(said[key].as_u64().unwrap()).unwrap();
    for accepted in answers(&agency, work(number("writer"), number("rounds"))) {
        let told = json!({"line": accepted.line, "answer": accepted.answer});
        writeln!(std::io::stderr(), "{told}").unwrap();
    }
}

fn start_writer(path: &Path, writer: usize, rounds: usize) -> Child {
    let said = json!({"path": path.to_str().unwrap(), "writer": writer, "rounds": rounds});
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--ignored", "--nocapture"])
        .env(CHILD, said.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Four processes, each with an agency of its own, and no busy error within the timeout.
#[test]
fn processes_share_a_file() {
    let (_folder, path) = folder();
    let agency = open(&path).unwrap();
    let begin = founding().into_iter().chain([enroll("e-hot", "hot")]);
    let mut accepted = answers(&agency, begin);
    let rounds = usize::try_from(setting("CASELOAD_ROUNDS").unwrap_or(12)).unwrap();
    let mut writers: Vec<Child> =
        (0..4).map(|writer| start_writer(&path, writer, rounds)).collect();
    for writer in &mut writers {
        for told in BufReader::new(writer.stderr.take().unwrap()).lines() {
            let told = told.unwrap();
            let Ok(told) = serde_json::from_str::<Value>(&told) else { panic!("{told}") };
            let line = told["line"].as_str().unwrap().to_owned();
            accepted.push(Accepted { line, answer: told["answer"].clone() });
        }
        assert!(writer.wait().unwrap().success());
    }
    assert!(accepted.len() > 4 * rounds * 3, "{}", accepted.len());
    println!("{} commands of 4 processes were accepted", accepted.len());
    audit(&agency, accepted);
    assert_sound(&path, &agency);
}

/// A reader of another process sees what was acknowledged before it asked.
#[test]
fn two_agencies_on_one_file_read_each_others_writes() {
    let (_folder, path) = fast_folder();
    let options = fast().busy_timeout(Duration::from_secs(30));
    let [one, two] =
        [0, 1].map(|_| Agency::open(options.clone().open(&path, "north").unwrap()).unwrap());
    found(&one);
    thread::scope(|scope| {
        // Several readers of one agency, so that they fold beside each other.
        for reader in 0..3 {
            let (one, two) = (&one, &two);
            scope.spawn(move || {
                for number in 0..40 {
                    let id = format!("{reader}-{number}");
                    let written = ok(one, enroll(&format!("e{id}"), &format!("c{id}")));
                    let position = written["receipt"]["position"].as_u64().unwrap();
                    assert!(two.snapshot().unwrap().head().position >= position);
                }
            });
        }
    });
    assert_eq!(everything(&one), everything(&two));
}

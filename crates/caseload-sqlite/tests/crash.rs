//! Killed while it writes: nothing acknowledged is lost, nothing is torn, nobody has to repair anything.
//!
//! `CASELOAD_KILLS=2000` kills more often.
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
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};

use caseload::{Agency, Asked, Day, RequestId};
use caseload_sqlite::SqliteLog;
use common::{day, folder};
use office::*;
use serde_json::{Value, json};
use tapped::*;

const CHILD: &str = "CASELOAD_TEST_WRITES";
const WRITERS: usize = 2;
/// The cases of each writer.
const CASES: usize = 3;
const ROWS: usize = 5;
/// How many processes die over one file.
const LIVES: usize = 15;

// --- The process that is killed.

/// How a process writes. The last two are broken, for the checks to catch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Right,
    /// The two halves of a transfer as two commands.
    Halves,
    /// Acknowledges before it stores.
    Early,
}

const WAYS: [Way; 3] = [Way::Right, Way::Halves, Way::Early];

#[test]
#[ignore = "the process that the tests below kill"]
fn writes() {
    let Some(said) = std::env::var_os(CHILD) else { return };
    let said: Value = serde_json::from_str(said.to_str().unwrap()).unwrap();
    let log = SqliteLog::open(said["path"].as_str().unwrap(), "north").unwrap();
    let way = WAYS[usize::try_from(said["way"].as_u64().unwrap()).unwrap()];
    let Some(point) = said["point"].as_u64() else {
        let agency = Agency::open(log).unwrap();
        thread::scope(|scope| {
            for writer in 0..WRITERS {
                let agency = &agency;
                scope.spawn(move || write_for_ever(agency, writer, way));
            }
        });
        return;
    };
    let (point, passed) = (POINTS[usize::try_from(point).unwrap()], AtomicUsize::new(0));
    let last = usize::try_from(said["after"].as_u64().unwrap()).unwrap();
    let log = Tapped::new(log, move |here| {
        if here == point && passed.fetch_add(1, SeqCst) == last { die() } else { Ok(()) }
    });
    write_for_ever(&Agency::open(log).unwrap(), 0, way);
}

fn write_for_ever(agency: &Agency, writer: usize, way: Way) {
    for number in 0.. {
        let request = format!("r{writer}-{}-{number}", std::process::id());
        if number % 3 == 2 {
            acknowledged(agency, way, &request, batch(agency, &request));
        } else {
            transfer(agency, way, &request, &format!("c{writer}-{}", number % CASES));
        }
    }
}

/// Stores a command and says so, in one write, so that no line is torn.
fn acknowledged(agency: &Agency, way: Way, request: &str, command: Value) {
    let say = |position: &Value| {
        let told = format!("{position} {request}\n");
        std::io::stderr().write_all(told.as_bytes()).unwrap();
    };
    if way == Way::Early {
        say(&json!(agency.head().position + 1));
    }
    let answer = ok(agency, with(command, json!({"request": request, "on": "2999-01-01"})));
    if way != Way::Early {
        say(&answer["receipt"]["position"]);
    }
}

/// Hands a case over to the other of two, a day after it was last handed over.
fn transfer(agency: &Agency, way: Way, request: &str, participant: &str) {
    let lines = agency.snapshot().unwrap().everything(&Asked::of(day("2024-01-01"))).unwrap();
    let of_case = |line: &&caseload::Assignment| {
        line.participant.as_str() == participant && line.staff.as_str() != "s3"
    };
    let line = lines.assignments.iter().filter(of_case).max_by_key(|line| line.period.start());
    let line = line.unwrap();
    let to_staff = if line.staff.as_str() == "s1" { "s2" } else { "s1" };
    let (id, new_id) = (line.id.as_str(), format!("t-{request}"));
    let date: Day = line.period.start().plus(1).unwrap();
    let date = date.to_string();
    if way == Way::Halves {
        let end = json!({"op": "end_assignment", "id": id, "end": date});
        acknowledged(agency, way, &format!("{request}-end"), end);
        let start = with(assign(&new_id, to_staff, participant), json!({"start": date}));
        return acknowledged(agency, way, request, start);
    }
    let transfer = json!({"op": "transfer", "id": id, "to_staff": to_staff, "date": date,
        "new_id": new_id});
    acknowledged(agency, way, request, transfer);
}

/// One day for each of five people who come and go.
fn batch(agency: &Agency, request: &str) -> Value {
    let rows: Vec<Value> = (0..ROWS)
        .map(|row| {
            let start = day("2100-01-01").plus(i32::try_from(agency.head().position).unwrap() * 2);
            // Two writers may choose the same day: each has people of its own.
            let participant = format!("b{}-{row}", &request[1..2]);
            with(
                assign(&format!("b-{request}+{row}"), "s3", &participant),
                json!({"start": start.unwrap().to_string(),
                    "end": start.unwrap().plus(1).unwrap().to_string()}),
            )
        })
        .collect();
    json!({"op": "batch", "mode": "all_or_nothing", "rows": rows})
}

// --- Who kills it, and looks at what is left.

fn found_cases(path: &Path) {
    let agency = open(path).unwrap();
    let policy = json!({"entry_order": "any", "batch_history": "allow"});
    ok(&agency, json!({"op": "define_program", "id": "p1", "policy": policy}));
    for staff in ["s1", "s2", "s3"] {
        ok(&agency, json!({"op": "register_staff", "id": staff}));
    }
    for writer in 0..WRITERS {
        for case in 0..CASES {
            let participant = format!("c{writer}-{case}");
            ok(&agency, enroll(&format!("e{participant}"), &participant));
            ok(&agency, assign(&format!("a{participant}"), "s1", &participant));
        }
        for row in 0..ROWS {
            ok(&agency, enroll(&format!("eb{writer}-{row}"), &format!("b{writer}-{row}")));
        }
    }
}

fn start(path: &Path, way: Way, more: Value) -> Child {
    let said = json!({"path": path.to_str().unwrap(),
        "way": WAYS.iter().position(|other| *other == way).unwrap()});
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes", "--ignored", "--nocapture"])
        .env(CHILD, with(said, more).to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a process said to have stored.
type Acknowledged = Vec<(u64, String)>;

/// Hears what a process says until it is dead; `first` is told of the first word.
fn hear(child: &mut Child, first: mpsc::Sender<()>) -> thread::JoinHandle<Acknowledged> {
    let told = BufReader::new(child.stderr.take().unwrap());
    thread::spawn(move || {
        let mut acknowledged = Vec::new();
        for line in told.lines() {
            let line = line.unwrap();
            let Some((position, request)) = line.split_once(' ') else { panic!("{line}") };
            let Ok(position) = position.parse() else { panic!("it said: {line}") };
            acknowledged.push((position, request.to_owned()));
            // Nobody may wait for it any more.
            let _ = first.send(());
        }
        acknowledged
    })
}

/// Kills a process at some moment after its first word, or before it.
fn killed_at_random(path: &Path, way: Way, dice: &mut u64) -> Acknowledged {
    let mut roll = |below: u64| {
        *dice =
            dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*dice >> 33) % below
    };
    let mut child = start(path, way, json!({}));
    let (first, heard) = mpsc::channel();
    let told = hear(&mut child, first);
    if roll(6) > 0 {
        heard.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    thread::sleep(Duration::from_micros(roll(60_000)));
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    told.join().unwrap()
}

/// What is not as it should be.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    lost: usize,
    torn: usize,
}

/// Opens what a killed process left, without any repair, and looks for what was acknowledged.
fn look(path: &Path, acknowledged: &Acknowledged) -> Seen {
    let agency = open(path).unwrap();
    let head = agency.head();
    agency.verify(Some(head)).unwrap();
    let log = SqliteLog::open(path, "north").unwrap();
    log.check().unwrap();
    assert_read_tables(&agency, &log);
    let stored = |(position, request): &&(u64, String)| {
        let outcome = agency.outcome(&RequestId::new(request.as_str()).unwrap()).unwrap();
        outcome.is_some_and(|receipt| receipt.head.position == *position)
    };
    let kept = acknowledged.iter().filter(stored).count();
    Seen { lost: acknowledged.len() - kept, torn: torn(&agency) }
}

/// Cases without exactly one open line, lines that do not meet, and batches that are not whole.
fn torn(agency: &Agency) -> usize {
    let lines = agency.snapshot().unwrap().everything(&Asked::of(day("2024-01-01"))).unwrap();
    let mut cases: BTreeMap<&str, Vec<(Day, Option<Day>)>> = BTreeMap::new();
    let mut batches: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &lines.assignments {
        match line.id.as_str().split_once('+') {
            Some((batch, _)) => *batches.entry(batch).or_default() += 1,
            None => {
                let days = (line.period.start(), line.period.end());
                cases.entry(line.participant.as_str()).or_default().push(days);
            }
        }
    }
    let is_torn = |days: &mut Vec<(Day, Option<Day>)>| {
        days.sort();
        let meet = days.windows(2).all(|pair| pair[0].1 == Some(pair[1].0));
        !meet || days.last().is_none_or(|(_, end)| end.is_some())
    };
    let cases = cases.values_mut().filter_map(|days| is_torn(days).then_some(())).count();
    cases + batches.values().filter(|rows| **rows != ROWS).count()
}

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn killed_at_random_moments() {
    let kills = setting("CASELOAD_KILLS", 60);
    let (mut dice, mut killed, mut told) = (20_240_615, 0, 0);
    while killed < kills {
        let (_folder, path) = folder();
        found_cases(&path);
        let mut acknowledged = Acknowledged::new();
        for _ in 0..LIVES.min(kills - killed) {
            acknowledged.extend(killed_at_random(&path, Way::Right, &mut dice));
            assert_eq!(look(&path, &acknowledged), Seen::default(), "after {killed} kills");
            killed += 1;
        }
        told += acknowledged.len();
    }
    println!("{killed} kills, {told} acknowledged, 0 lost, 0 torn, 0 repairs");
    assert!(told > kills, "only {told} commands were acknowledged");
}

/// Kills until the checks find something, or for too long.
fn caught(way: Way, is_caught: fn(&Seen) -> bool) -> usize {
    let (_folder, path): (_, PathBuf) = folder();
    found_cases(&path);
    let (mut acknowledged, mut dice) = (Acknowledged::new(), 7);
    for kill in 1..=60 {
        acknowledged.extend(killed_at_random(&path, way, &mut dice));
        if is_caught(&look(&path, &acknowledged)) {
            return kill;
        }
    }
    panic!("{way:?} was not caught by 60 kills");
}

#[test]
fn a_transfer_in_two_halves_is_caught() {
    println!("caught by kill {}", caught(Way::Halves, |seen| seen.torn > 0));
}

#[test]
fn an_acknowledgement_before_the_append_is_caught() {
    println!("caught by kill {}", caught(Way::Early, |seen| seen.lost > 0));
}

const POINTS: [Point; 4] =
    [Point::BeforeTurn, Point::AfterTail, Point::BeforeAppend, Point::AfterAppend];

/// Each point, at the first command, at the second, and so on: what was under way is there whole once
/// the append is done, and not at all before.
#[test]
fn killed_at_each_step_of_an_append() {
    let (_folder, path) = folder();
    found_cases(&path);
    let mut acknowledged = Acknowledged::new();
    for (number, point) in POINTS.into_iter().enumerate() {
        for after in 0..4 {
            let before = open(&path).unwrap().head().position;
            let mut child = start(&path, Way::Right, json!({"point": number, "after": after}));
            let told = hear(&mut child, mpsc::channel().0);
            assert_eq!(child.wait().unwrap().signal(), Some(9));
            let told = told.join().unwrap();
            assert_eq!(told.len(), after);
            acknowledged.extend(told);
            assert_eq!(look(&path, &acknowledged), Seen::default(), "{point:?}, {after}");
            let stored = open(&path).unwrap().head().position - before;
            let under_way = u64::from(point == Point::AfterAppend);
            assert_eq!(stored, u64::try_from(after).unwrap() + under_way, "{point:?}");
        }
    }
}

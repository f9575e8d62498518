//! What `Agency` makes of a store that fails in the middle: outcomes that nobody knows, erasures that do
//! not get through, groups of which one cannot be stored.
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
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};

use caseload::{Agency, MemoryLog, StoreError, log::Log};
use office::*;
use serde_json::{Value, json};
use tapped::*;

const UNKNOWN: StoreError = StoreError::UnknownOutcome { cause: None };

fn away() -> StoreError {
    StoreError::Unavailable { what: "the log is away; wait".to_owned(), cause: None }
}

fn full() -> StoreError {
    StoreError::Full { what: "the log is full; free some".to_owned(), cause: None }
}

/// An agency over a log in memory that fails at a point as often as it is told to.
struct Failing {
    agency: Agency,
    log: MemoryLog,
    left: Arc<AtomicUsize>,
}

fn failing(at: Point, error: fn() -> StoreError) -> Failing {
    let (log, left) = (MemoryLog::new(), Arc::new(AtomicUsize::new(0)));
    let failures = left.clone();
    let tapped = Tapped::new(log.clone(), move |point| {
        let fails = point == at
            && failures.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok();
        if fails { Err(error()) } else { Ok(()) }
    });
    let agency = Agency::open(tapped).unwrap();
    found(&agency);
    Failing { agency, log, left }
}

impl Failing {
    fn fail(&self, times: usize) {
        self.left.store(times, SeqCst);
    }

    fn entries(&self) -> u64 {
        self.log.head().unwrap().position
    }
}

/// Accepted as often as it is given, so that only the log can tell whether it is there.
fn nameless() -> Value {
    json!({"op": "grant", "staff": "s1", "rights": ["own"]})
}

#[test]
fn stored_and_not_told_is_answered_with_its_receipt() {
    let failing = failing(Point::AfterAppend, || UNKNOWN);
    for (number, command) in
        [nameless(), enroll("e1", "c1"), enroll("e2", "c2")].into_iter().enumerate()
    {
        failing.fail(1);
        let answer = ok(&failing.agency, command);
        assert_eq!(answer["receipt"]["position"], json!(5 + number));
    }
    failing.fail(1);
    let command = with(assign("a1", "s1", "c1"), json!({"request": "r1"}));
    let answer = ok(&failing.agency, command.clone());
    assert_eq!(ok(&failing.agency, command)["receipt"], answer["receipt"]);
    assert_eq!(failing.entries(), 8);
    failing.agency.verify(None).unwrap();
}

#[test]
fn not_stored_and_not_told_is_stored_once() {
    let failing = failing(Point::BeforeAppend, || UNKNOWN);
    for (times, command) in [(1, nameless()), (1, enroll("e1", "c1")), (3, enroll("e2", "c2"))] {
        failing.fail(times);
        let before = failing.entries();
        ok(&failing.agency, command);
        assert_eq!((failing.entries(), failing.left.load(SeqCst)), (before + 1, 0));
    }
    failing.agency.verify(None).unwrap();
}

/// A group of more bytes than a page holds: it is there whole, though one look does not show all of it.
#[test]
fn a_big_group_that_was_stored_is_not_stored_again() {
    let (log, first) = (MemoryLog::new(), Arc::new(AtomicBool::new(false)));
    let (held, arrived) = (first.clone(), Arc::new(Barrier::new(2)));
    let arrive = arrived.clone();
    let tapped = Tapped::new(log.clone(), move |point| {
        if point == Point::BeforeTurn && held.swap(false, SeqCst) {
            // Until all the others wait for their turn.
            arrive.wait();
            thread::sleep(Duration::from_millis(300));
        }
        if point == Point::AfterAppend { Err(UNKNOWN) } else { Ok(()) }
    });
    let agency = Agency::open(tapped).unwrap();
    let rows: Vec<Value> = (0..8_000)
        .map(|row| {
            assign(&format!("{row}-{}", "x".repeat(120)), &"s".repeat(128), &"c".repeat(128))
        })
        .collect();
    let batch = json!({"op": "batch", "mode": "partial", "rows": rows});
    first.store(true, SeqCst);
    thread::scope(|scope| {
        scope.spawn(|| ok(&agency, json!({"op": "register_staff", "id": "s0"})));
        arrived.wait();
        for _ in 0..8 {
            scope.spawn(|| ok(&agency, batch.clone()));
        }
    });
    let entries = log.snapshot();
    let bytes: usize = entries.iter().map(caseload::log::Entry::size).sum();
    assert!(bytes > 16 << 20, "{bytes} bytes are no more than a page");
    assert_eq!(entries.len(), 9);
}

/// While the log cannot be reached it is not known; the request id tells later.
#[test]
fn an_outcome_that_cannot_be_looked_up_is_said_to_be_unknown() {
    for (cause, error) in [("away", away as fn() -> StoreError), ("full", full)] {
        let (log, broken) = (MemoryLog::new(), Arc::new(AtomicBool::new(false)));
        let breaks = broken.clone();
        let tapped = Tapped::new(log.clone(), move |point| match point {
            Point::AfterAppend if breaks.load(SeqCst) => Err(UNKNOWN),
            Point::BeforeTurn | Point::BeforeRead if breaks.load(SeqCst) && log_has(&log, 5) => {
                Err(error())
            }
            _ => Ok(()),
        });
        let agency = Agency::open(tapped).unwrap();
        found(&agency);
        broken.store(true, SeqCst);
        let command = with(nameless(), json!({"request": "r1"}));
        let told = store_error(&agency, command.clone());
        assert_eq!(told["code"], json!("store-unknown-outcome"), "{cause}");
        broken.store(false, SeqCst);
        let request = caseload::RequestId::new("r1").unwrap();
        assert_eq!(agency.outcome(&request).unwrap().unwrap().head.position, 5);
        assert_eq!(ok(&agency, command)["receipt"]["position"], json!(5));
    }
}

fn log_has(log: &MemoryLog, position: u64) -> bool {
    log.head().unwrap().position >= position
}

/// One that the store refuses does not take those with it that share its turn.
#[test]
fn a_group_is_cut_where_the_store_refuses_it() {
    for (code, error) in [
        ("store-full", full as fn() -> StoreError),
        ("store-backend", || StoreError::Backend { what: "too long".to_owned(), cause: None }),
    ] {
        let log = MemoryLog::new();
        let (gate, arrived) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(2)));
        let (held, arrive, appends) = (gate.clone(), arrived.clone(), AtomicUsize::new(0));
        let tapped = Tapped::new(log.clone(), move |point| {
            if point == Point::BeforeTurn && held.swap(false, SeqCst) {
                arrive.wait();
                thread::sleep(Duration::from_millis(200));
                appends.store(1, SeqCst);
            } else if point == Point::BeforeAppend
                && appends.load(SeqCst) > 0
                && appends.fetch_add(1, SeqCst) == 2
            {
                // The append after the one that was held: the group.
                return Err(error());
            }
            Ok(())
        });
        let agency = Agency::open(tapped).unwrap();
        found(&agency);
        gate.store(true, SeqCst);
        thread::scope(|scope| {
            scope.spawn(|| ok(&agency, enroll("e0", "c0")));
            arrived.wait();
            for number in 1..=6 {
                let agency = &agency;
                scope.spawn(move || {
                    ok(agency, enroll(&format!("e{number}"), &format!("c{number}")))
                });
            }
        });
        assert_eq!(log.head().unwrap().position, 4 + 7, "{code}");
    }
}

fn forget(participant: &str) -> Value {
    json!({"op": "forget", "participant": participant, "reason": "asked"})
}

fn holds(log: &MemoryLog, text: &str) -> bool {
    let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    log.snapshot().iter().any(|entry| holds(&entry.private))
}

/// A `forget` is stored once; that it is not erased yet is said, and questions go on.
#[test]
fn an_erasure_that_fails_is_said_and_made_up_for() {
    let failing = failing(Point::BeforeErase, full);
    ok(&failing.agency, enroll("e1", "jane"));
    failing.fail(2);
    let command = with(forget("jane"), json!({"request": "r1"}));
    assert_eq!(store_error(&failing.agency, command.clone())["code"], json!("store-full"));
    assert_eq!(failing.entries(), 6);
    assert!(holds(&failing.log, "jane"));
    // A question is answered all the same, and the request is repeated until it is done.
    let state = give(&failing.agency, json!({"ask": "state"}));
    assert_eq!(state["answer"]["enrollments"][0][1], json!("erased-1"));
    assert_eq!(store_error(&failing.agency, command.clone())["code"], json!("store-full"));
    assert_eq!(ok(&failing.agency, command)["receipt"]["position"], json!(6));
    assert!(!holds(&failing.log, "jane"));
    assert_eq!(failing.entries(), 6);
}

#[test]
fn an_erasure_that_failed_is_made_up_for_by_the_next_command() {
    let failing = failing(Point::BeforeErase, full);
    ok(&failing.agency, enroll("e1", "jane"));
    ok(&failing.agency, enroll("e2", "joe"));
    failing.fail(1);
    store_error(&failing.agency, forget("jane"));
    // Whoever comes next is not blamed for it.
    failing.fail(1);
    ok(&failing.agency, nameless());
    assert!(holds(&failing.log, "jane"));
    ok(&failing.agency, assign("a2", "s1", "joe"));
    assert!(!holds(&failing.log, "jane") && holds(&failing.log, "joe"));
}

/// A store that may only be read owes an erasure to nobody.
#[test]
fn a_log_that_cannot_erase_can_be_read() {
    let failing = failing(Point::BeforeErase, full);
    ok(&failing.agency, enroll("e1", "jane"));
    failing.fail(1);
    store_error(&failing.agency, forget("jane"));
    let reader = Tapped::new(failing.log.clone(), |point| match point {
        Point::BeforeErase | Point::BeforeTurn => {
            Err(StoreError::ReadOnly { what: "read only".to_owned(), cause: None })
        }
        _ => Ok(()),
    });
    let reader = Agency::open(reader).unwrap();
    assert_eq!(reader.snapshot().unwrap().head().position, 6);
    assert!(holds(&failing.log, "jane"));
    // One that may write erases when it opens the log.
    Agency::open(failing.log.clone()).unwrap();
    assert!(!holds(&failing.log, "jane"));
}

/// Someone forgotten by another process while an erasure is under way is erased as well.
#[test]
fn an_erasure_does_not_take_another_for_done() {
    let log = MemoryLog::new();
    let (gate, reached) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(2)));
    let (held, reach) = (gate.clone(), reached.clone());
    let tapped = Tapped::new(log.clone(), move |point| {
        if point == Point::AfterErase && held.swap(false, SeqCst) {
            reach.wait();
            reach.wait();
        }
        Ok(())
    });
    let agency = Agency::open(tapped).unwrap();
    // The other process dies before it erases.
    let other =
        Tapped::new(
            log.clone(),
            |point| {
                if point == Point::BeforeErase { Err(away()) } else { Ok(()) }
            },
        );
    let other = Agency::open(other).unwrap();
    found(&agency);
    ok(&agency, enroll("e1", "jane"));
    ok(&agency, enroll("e2", "joe"));
    gate.store(true, SeqCst);
    thread::scope(|scope| {
        let forgetting = scope.spawn(|| ok(&agency, forget("jane")));
        reached.wait();
        store_error(&other, forget("joe"));
        // Folded by a question while the first erasure comes to its end.
        let question = scope.spawn(|| give(&agency, json!({"ask": "state"})));
        thread::sleep(Duration::from_millis(100));
        reached.wait();
        forgetting.join().unwrap();
        question.join().unwrap();
    });
    ok(&agency, nameless());
    assert!(!holds(&log, "jane") && !holds(&log, "joe"));
}

/// What was acknowledged before a question was asked is in its answer, whoever folds beside it.
#[test]
fn a_question_is_not_answered_with_what_a_slower_one_read() {
    let log = MemoryLog::new();
    let reads = Arc::new(AtomicUsize::new(usize::MAX / 2));
    let (to_slow, slow_may_go) = mpsc::channel::<()>();
    let (to_fast, fast_may_go) = mpsc::channel::<()>();
    let (slow_may_go, fast_may_go) =
        (std::sync::Mutex::new(slow_may_go), std::sync::Mutex::new(fast_may_go));
    let (slow_reached, reached) = mpsc::channel::<()>();
    let counted = reads.clone();
    let tapped = Tapped::new(log.clone(), move |point| {
        if point != Point::AfterRead {
            return Ok(());
        }
        match counted.fetch_add(1, SeqCst) {
            0 => {
                slow_reached.send(()).unwrap();
                slow_may_go.lock().unwrap().recv().unwrap();
            }
            1 => {
                to_slow.send(()).unwrap();
                fast_may_go.lock().unwrap().recv().unwrap();
            }
            _ => {}
        }
        Ok(())
    });
    let agency = Agency::open(tapped).unwrap();
    let other = Agency::open(log).unwrap();
    ok(&other, json!({"op": "register_staff", "id": "s1"}));
    reads.store(0, SeqCst);
    thread::scope(|scope| {
        let slow = scope.spawn(|| agency.snapshot().unwrap().head().position);
        reached.recv().unwrap();
        ok(&other, json!({"op": "register_staff", "id": "s2"}));
        let fast = scope.spawn(|| agency.snapshot().unwrap().head().position);
        assert!(slow.join().unwrap() >= 1);
        to_fast.send(()).unwrap();
        assert_eq!(fast.join().unwrap(), 2);
    });
}

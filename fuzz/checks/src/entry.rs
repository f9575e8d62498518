//! An entry that somebody made by hand and sealed well: a chain without a flaw, and any facts in it.

use caseload::{
    Agency, Asked, Day, KnownAt, ParticipantId, ProgramId, StaffId, StoreError,
    jsonl::Replay,
    log::{Entry, Head, PrivateItems, Recorded},
};
use serde_json::Value;

use crate::lines::empty_log;

/// What was entered before: one of everything, so that facts have something to be about.
const BEFORE: &str = include_str!("before.jsonl");

/// The log of `before.jsonl`.
pub(crate) fn entries_before() -> Vec<Entry> {
    let log = empty_log();
    let agency = Agency::open(log.clone());
    assert!(agency.is_ok(), "an empty log opens");
    if let Ok(agency) = agency {
        let mut replay = Replay::new(agency);
        for line in BEFORE.lines() {
            let answer = replay.line(line).unwrap_or_default();
            assert!(answer.contains(r#""ok":true"#), "{answer}");
        }
    }
    log.snapshot()
}

/// Reads bodies, a line each, and after every one the texts of its private items, a line each that
/// begins with `-`. However odd, the agency opens or names what is damaged, and answers.
pub fn entry(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for sealing in [Sealing::AsGiven, Sealing::Fitting] {
        let mut entries = entries_before();
        let mut head = entries.last().map_or(Head::START, Entry::head);
        let mut lines = text.lines().peekable();
        while let Some(body) = lines.next() {
            let mut items = PrivateItems::default();
            while let Some(item) = lines.next_if(|line| line.starts_with('-')) {
                items.push([7; 16], item.trim_start_matches('-'));
            }
            let recorded = Recorded::from_micros(2_000_000_000_000_000);
            let body = sealing.of(body, &items);
            let entry = Entry::sealed(&head, recorded, None, body, items.pack());
            head = entry.head();
            entries.push(entry);
        }
        let log = empty_log();
        log.restore(entries);
        opens_or_says_why(log);
    }
}

/// What the body says of its private items.
enum Sealing {
    /// Whatever the input says.
    AsGiven,
    /// Their digest, so that what is behind that check is reached.
    Fitting,
}

impl Sealing {
    fn of(&self, body: &str, items: &PrivateItems) -> Vec<u8> {
        let as_given = || body.as_bytes().to_vec();
        let Sealing::Fitting = self else { return as_given() };
        let Ok(Value::Object(mut object)) = serde_json::from_str(body) else { return as_given() };
        object.insert("private".to_owned(), Value::from(items.digest().to_string()));
        serde_json::to_vec(&object).unwrap_or_default()
    }
}

/// An agency over a log that cannot be trusted: it answers or says what is wrong.
pub(crate) fn opens_or_says_why(log: impl caseload::log::Log + 'static) {
    match Agency::open(log) {
        Ok(agency) => ask_everything(&agency),
        Err(StoreError::Bug { what }) => assert!(what.is_empty(), "no bug of ours: {what}"),
        Err(error) => assert!(!error.to_string().is_empty() && !error.code().is_empty()),
    }
}

/// Asks every question, and lets commands be judged by what is known now.
pub(crate) fn ask_everything(agency: &Agency) {
    let verified = agency.verify(None);
    assert!(verified.is_ok() || verified.is_err_and(|error| !error.to_string().is_empty()));
    let _ = agency.events(0, 1_000);
    let id = |text| (StaffId::new(text), ParticipantId::new(text), ProgramId::new(text));
    let ((Ok(staff), _, _), (_, Ok(participant), _), (_, _, Ok(program))) =
        (id("s1"), id("c1"), id("p1"))
    else {
        return;
    };
    for as_of in [Day::FIRST, Day::LAST, Day::from_number(738_800).unwrap_or(Day::FIRST)] {
        for known_at in [None, Some(KnownAt::Position(9))] {
            let mut asked = Asked::of(as_of);
            asked.known_at = known_at;
            let Ok(snapshot) = agency.snapshot() else { continue };
            for asked in [asked.clone(), asked.by(staff.clone().into())] {
                let _ = snapshot.everything(&asked);
                let _ = snapshot.history(&participant, &program, &asked);
                let _ = snapshot.held(None, &asked);
                let _ = snapshot.caseload(&staff, None, &asked);
                let _ = snapshot.caseworkers(&participant, &program, &asked);
                let _ = snapshot.counts(Some(&program), &asked);
                let _ = snapshot.unassigned(&program, &asked);
                let everybody = std::slice::from_ref(&participant);
                let _ = snapshot.visible(&staff.clone().into(), everybody, &asked);
            }
            let _ = (snapshot.programs(known_at), snapshot.staff(known_at));
        }
    }
    let mut replay = Replay::new(agency.clone());
    for line in include_str!("after.jsonl").lines() {
        let _ = replay.line(line);
    }
}

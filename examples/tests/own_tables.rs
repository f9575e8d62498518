//! The rules over a product's own tables say what they say over the library's log.
//!
//! Every command goes to an agency on a log in memory and to [`caseload::decide`] over the own tables
//! of the example. Verdicts, events, ids, what stayed and every parameter must be the same, and so
//! must every line that is stored, and every report: so the documented `View` is all that a host needs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

#[path = "../own_tables/mod.rs"]
mod tables;

use std::{collections::BTreeMap, fs, path::Path};

use caseload::{
    Actor, Agency, Asked, Command, Context, Day, Decision, Error, MemoryLog, NewIds, Outcome,
    RowVerdict, Verdict, Violation, decide,
    jsonl::{Given, read_command},
    log::{Log as _, Recorded},
    report::{Filter, Range, Reports},
};
use caseload_conformance::{ReportQuestions, fixed_clock, generate::Generator};
use rusqlite::Connection;
use serde_json::Value;
use tables::Tables;

/// What the rules said.
#[derive(Debug, PartialEq)]
enum Said {
    Accepted(Outcome),
    Refused(Vec<Violation>, Vec<RowVerdict>),
}

/// An agency on a log, and a product with its own tables, that are told the same.
struct Both {
    log: MemoryLog,
    agency: Agency,
    db: Connection,
    /// How often each command was accepted and refused by both.
    counts: BTreeMap<&'static str, u32>,
}

impl Both {
    fn new() -> Both {
        let start: Recorded = "2024-06-15T08:00:00Z".parse().unwrap();
        let log = MemoryLog::with_clock(fixed_clock(start));
        let agency = Agency::open(log.clone()).unwrap();
        let db = Connection::open_in_memory().unwrap();
        tables::create(&db).unwrap();
        Both { log, agency, db, counts: BTreeMap::new() }
    }

    /// Gives one command to both.
    fn give(&mut self, text: &str) {
        // What cannot be read never comes to the rules; and that a request was stored before is
        // known by whoever stores requests.
        let Ok(given) = read_command(text) else { return };
        let (Given::Record(command, context) | Given::Review(command, context)) = &given;
        if let Some(request) = &context.request
            && self.log.find(request).unwrap().is_some()
        {
            return;
        }
        let by_agency = match &given {
            Given::Record(..) => self.record(command, context),
            Given::Review(..) => self.review(command, context),
        };
        let Some(by_agency) = by_agency else { return };
        let mut ids = self.ids_of(command, context, &by_agency);
        let by_tables = said(match &given {
            Given::Record(..) => tables::give(&mut self.db, command, context, &mut ids),
            Given::Review(..) => self.decide(command, context, &mut ids),
        });
        assert_eq!(by_tables, Some(by_agency), "{text}");
        let accepted = matches!(by_tables, Some(Said::Accepted(_)));
        *self.counts.entry(if accepted { "accepted" } else { "refused" }).or_default() += 1;
    }

    fn record(&self, command: &Command, context: &Context) -> Option<Said> {
        let recorded = self.agency.record(command.clone(), context.clone());
        match recorded.map(|receipt| Said::Accepted(receipt.outcome)) {
            Ok(accepted) => Some(accepted),
            Err(error) => refused(error),
        }
    }

    fn review(&self, command: &Command, context: &Context) -> Option<Said> {
        match self.agency.review(command.clone(), context.clone()) {
            Ok(Verdict::Accepted { outcome, .. }) => Some(Said::Accepted(outcome)),
            Ok(Verdict::Refused { violations, rows }) => Some(Said::Refused(violations, rows)),
            Ok(Verdict::Known(_)) => None,
            Err(error) => refused(error),
        }
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context,
        ids: &mut dyn NewIds,
    ) -> Result<Decision, Error> {
        decide(&Tables::in_transaction(&self.db), command, context, ids)
    }

    /// Gives the ids that the agency made, each where it is asked for.
    ///
    /// Ids are asked for that no outcome shows, those of refused rows: which are shown is known from
    /// asking once with numbers.
    fn ids_of(
        &self,
        command: &Command,
        context: &Context,
        by_agency: &Said,
    ) -> impl NewIds + use<> {
        let numbers = || {
            let mut asked = 0;
            move || {
                asked += 1;
                format!("asked-{asked}")
            }
        };
        let numbered = said(self.decide(command, context, &mut numbers()));
        let mut made: BTreeMap<String, String> = BTreeMap::new();
        if let (Some(Said::Accepted(numbered)), Said::Accepted(by_agency)) = (&numbered, by_agency)
        {
            let pairs = numbered.ids().into_iter().zip(by_agency.ids());
            made.extend(pairs.map(|(own, id)| (own.as_str().to_owned(), id.as_str().to_owned())));
        }
        let mut number = numbers();
        move || {
            let asked = number();
            made.get(&asked).cloned().unwrap_or(asked)
        }
    }

    /// Both hold the same lines.
    fn compare_lines(&self, place: &str) {
        let asked = Asked::of("2024-06-15".parse().unwrap());
        let lines = self.agency.snapshot().unwrap().everything(&asked).unwrap();
        let (stays, responsibilities) = Tables::in_transaction(&self.db).everything().unwrap();
        assert_eq!(stays, lines.enrollments, "{place}");
        assert_eq!(responsibilities, lines.assignments, "{place}");
    }

    /// Both report the same, of everybody and of somebody, to everybody and to somebody. Gives how many cases
    /// were reported.
    fn compare_reports(&self, turn: usize) -> usize {
        let day = |from: usize| "2023-12-20".parse::<Day>().unwrap().plus(from as i32).unwrap();
        let (range, as_of) = (Range::new(day(turn), day(turn + 60)).unwrap(), day(turn + 30));
        let snapshot = self.agency.snapshot().unwrap();
        let lines = snapshot.everything(&Asked::of(as_of)).unwrap();
        let staff: Vec<_> = lines.assignments.iter().map(|line| line.staff.clone()).collect();
        let participants: Vec<_> =
            lines.enrollments.iter().map(|line| line.participant.clone()).collect();
        let enrollments: Vec<_> = lines.enrollments.iter().map(|line| line.id.clone()).collect();
        let tables = Tables::in_transaction(&self.db);
        let (all, somebody) = (Filter::all, staff.get(turn.checked_rem(staff.len()).unwrap_or(0)));
        let filters = [
            all(),
            all().staff(somebody.cloned()),
            all().participants(participants.iter().step_by(3).cloned()),
        ];
        let asked = somebody.map(|staff| Asked::of(as_of).by(Actor::Staff(staff.clone())));
        let mut cases = 0;
        for asked in asked.into_iter().chain([Asked::of(as_of)]) {
            for filter in &filters {
                let (participants, enrollments) = (&participants, &enrollments);
                let questions =
                    ReportQuestions { range, filter, asked: &asked, participants, enrollments };
                let (of_state, of_tables) = (snapshot.reports(), Reports::over(&tables));
                let differing = questions.answered_differently(of_state, of_tables).unwrap();
                assert!(differing.is_empty(), "{differing:?} of {questions:?}");
                cases += of_tables.current_caseload(filter, &asked).unwrap().cases.len();
            }
        }
        cases
    }

    fn count(&self, what: &str) -> u32 {
        self.counts.get(what).copied().unwrap_or_default()
    }
}

fn said(decided: Result<Decision, Error>) -> Option<Said> {
    match decided.map(Decision::into_outcome) {
        Ok(outcome) => Some(Said::Accepted(outcome)),
        Err(error) => refused(error),
    }
}

/// `None` for what is no matter of the rules: the log's own limit of an entry.
fn refused(error: Error) -> Option<Said> {
    match error {
        Error::Refused(refusal) => Some(Said::Refused(refusal.violations, refusal.rows)),
        Error::Input(_) => None,
        error => panic!("{error}"),
    }
}

#[test]
fn every_scenario_ends_alike() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let (mut accepted, mut refused) = (0, 0);
    let mut tell = |both: Both, place: &str| {
        both.compare_lines(place);
        accepted += both.count("accepted");
        refused += both.count("refused");
    };
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let mut both = Both::new();
        for text in fs::read_to_string(&path).unwrap().lines() {
            let line: Value = serde_json::from_str(text).unwrap_or_default();
            if line.get("reset").is_some() {
                tell(std::mem::replace(&mut both, Both::new()), &path.display().to_string());
            } else if line.get("op").is_some() {
                both.give(text);
            }
        }
        tell(both, &path.display().to_string());
    }
    assert!(accepted > 800 && refused > 300, "only {accepted} accepted, {refused} refused");
}

#[test]
fn random_agencies_end_alike() {
    let seeds = std::env::var("CASELOAD_SEEDS").ok().and_then(|text| text.parse().ok());
    let mut cases = 0;
    for seed in 0..seeds.unwrap_or(15) {
        let mut generator = Generator::new(seed);
        let mut both = Both::new();
        for line in 1..=300 {
            both.give(&generator.next_line());
            if line % 20 == 0 {
                both.compare_lines(&format!("seed {seed}, line {line}"));
            }
            if line % 60 == 0 {
                cases += both.compare_reports(line / 6 + seed as usize);
            }
        }
    }
    assert!(cases > 500, "only {cases}");
}

/// What the example prints at its end.
#[test]
fn the_week_is_read_from_the_tables() {
    let mut both = Both::new();
    for command in [
        r#""define_program","id":"housing""#,
        r#""register_staff","id":"jo""#,
        r#""register_staff","id":"kim""#,
        r#""enroll","id":"e1","participant":"anna","program":"housing","start":"2024-06-01""#,
        r#""assign","id":"a1","staff":"jo","participant":"anna","program":"housing","start":"2024-06-02""#,
        r#""transfer","id":"a1","new_id":"a2","to_staff":"kim","date":"2024-06-04""#,
    ] {
        both.give(&format!(r#"{{"op":{command},"actor":"root","on":"2024-06-15"}}"#));
    }
    let day = |text: &str| text.parse::<Day>().unwrap();
    let week = Range::new(day("2024-06-01"), day("2024-06-06")).unwrap();
    let text = tables::week_of(&mut both.db, day("2024-06-15"), week).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "kim for anna since 2024-06-04",
            "jo: 0 1 1 0 0 cases a day",
            "kim: 0 0 0 1 1 cases a day"
        ]
    );
}

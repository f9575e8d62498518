//! The rules over a product's own tables say what they say over the library's log.
//!
//! Every command goes to an agency on a log in memory and to [`caseload::decide`] over the own tables
//! of the example. Verdicts, events, ids, what stayed and every parameter must be the same, and so
//! must every line that is stored: so the documented `View` is all that a host needs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

#[path = "../own_tables/mod.rs"]
mod tables;

use std::{collections::BTreeMap, fs, path::Path};

use caseload::{
    Agency, Asked, Command, Context, Decision, Error, MemoryLog, NewIds, Outcome, RowVerdict,
    Verdict, Violation, decide,
    jsonl::{Given, read_command},
    log::{Log as _, Recorded},
};
use caseload_conformance::{fixed_clock, generate::Generator};
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
    for seed in 0..seeds.unwrap_or(15) {
        let mut generator = Generator::new(seed);
        let mut both = Both::new();
        for line in 1..=300 {
            both.give(&generator.next_line());
            if line % 20 == 0 {
                both.compare_lines(&format!("seed {seed}, line {line}"));
            }
        }
    }
}

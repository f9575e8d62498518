//! What the state keeps in order for reports, after every entry: on every day of half a year, and as known at
//! every position when all is entered.

use std::collections::BTreeMap;

use caseload::{
    Agency, Asked, Day, KnownAt, MemoryLog, Snapshot,
    jsonl::Replay,
    report::{Filter, Range},
};
use caseload_conformance::{auditor::Auditor, generate::Generator};

use super::{Truth, Way, daily, flow, number};

const LINES: usize = 160;

#[test]
fn what_is_kept_in_order_is_what_every_day_shows_after_every_entry() {
    let (mut entries, mut cases) = (0, 0);
    for seed in 0..12 {
        let mut generator = Generator::new(seed);
        let agency = Agency::open(MemoryLog::new()).unwrap();
        let mut replay = Replay::new(agency.clone());
        let mut auditor = Auditor::new();
        let mut told = Vec::new();
        // Questions are lines to the auditor, too.
        for line in (1..).step_by(2).take(LINES) {
            let text = generator.next_line_with_ids();
            replay.line(&text);
            auditor.line(&text);
            let truth = Truth::of(&mut auditor, line, Day::FIRST, None);
            let snapshot = agency.snapshot().unwrap();
            let position = snapshot.head().position;
            if told.last().is_some_and(|(last, _)| *last == position) {
                continue;
            }
            for way in ways() {
                daily(&snapshot, &truth, &way);
                flow(&snapshot, &truth, &way);
            }
            let counts = counts(&snapshot, None);
            assert_eq!(counts, by_days(&truth), "{seed}: {line}");
            cases += truth.lines.len();
            told.push((position, counts));
        }
        let snapshot = agency.snapshot().unwrap();
        for (position, then) in &told {
            let known_at = Some(KnownAt::Position(*position));
            assert_eq!(counts(&snapshot, known_at), *then, "{seed}: {position}");
        }
        entries += told.len();
    }
    assert!(entries > 700 && cases > 5_000, "{entries} {cases}");
}

fn half_a_year() -> Range {
    Range::new("2023-12-01".parse().unwrap(), "2024-06-01".parse().unwrap()).unwrap()
}

/// Of whole months, and of cut ones.
fn ways() -> [Way; 2] {
    let cut = Range::new("2023-12-20".parse().unwrap(), "2024-03-11".parse().unwrap()).unwrap();
    [half_a_year(), cut].map(|range| Way {
        asked: Asked::of(range.first()),
        range,
        filter: Filter::all(),
        program: None,
        staff: None,
    })
}

/// How many cases each staff member has on each day.
type Counts = BTreeMap<(i32, String), u32>;

fn counts(snapshot: &Snapshot, known_at: Option<KnownAt>) -> Counts {
    let mut all = Counts::new();
    for day in half_a_year().each_day() {
        let asked = Asked::of(day);
        let asked = known_at.map_or(asked.clone(), |known_at| asked.known_at(known_at));
        let counts = snapshot.counts(None, &asked).unwrap();
        all.extend(counts.iter().map(|(staff, cases)| ((number(day), staff.to_string()), cases)));
    }
    all
}

fn by_days(truth: &Truth) -> Counts {
    let mut all = Counts::new();
    for day in half_a_year().each_day().map(number) {
        for line in truth.lines.iter().filter(|line| line.covers(day)) {
            *all.entry((day, line.staff.clone())).or_default() += 1;
        }
    }
    all
}

//! The reports beside counting day by day over what the naive auditor knows, on random histories: with
//! corrections, voids, mirrored and dismissed enrollments, as known at several positions, as seen by several.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    reason = "a test stops where something is wrong"
)]

mod continuity;
mod corrections;
mod deeds;
mod distribution;
mod every_entry;
mod history;
mod lengths;
mod misplaced;
mod plain_view;
mod plain_views;
mod transfers;

use std::collections::{BTreeMap, BTreeSet};

use caseload::{
    Actor, Agency, Asked, AssignmentId, Day, EnrollmentId, KnownAt, MemoryLog, ParticipantId,
    ProgramId, Snapshot, StaffId,
    jsonl::Replay,
    report::{
        ActiveIn, Balance, By, CaseloadFilter, Filter, InRole, Misplaced, OnCaseload, Range, Stay,
        When,
    },
};
use caseload_conformance::{auditor::Auditor, generate::Generator};
use deeds::{Commands, Deeds};
use serde_json::{Value, json};

const SEEDS: u64 = 25;
const LINES: usize = 220;

/// An enrollment or an assignment as the auditor tells it, its days as numbers.
#[derive(Clone)]
struct Told {
    id: String,
    staff: String,
    participant: String,
    program: String,
    start: i32,
    end: Option<i32>,
}

impl Told {
    /// Of `[id, staff?, participant, program, start, end, status, supersedes]`, if it counts.
    fn read(row: &Value, staff: usize) -> Option<Told> {
        let text = |place: usize| row[place].as_str().unwrap_or_default().to_owned();
        let day = |place: usize| row[place].as_str().map(|text| number(text.parse().unwrap()));
        (row[staff + 5] == json!("current")).then(|| Told {
            id: text(0),
            staff: text(staff),
            participant: text(staff + 1),
            program: text(staff + 2),
            start: day(staff + 3).unwrap(),
            end: day(staff + 4),
        })
    }

    fn covers(&self, day: i32) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    fn covers_one_of(&self, days: &[i32]) -> bool {
        days.iter().any(|day| self.covers(*day))
    }

    fn ends_on(&self, day: i32) -> bool {
        self.end == Some(day)
    }

    fn is_of(&self, other: &Told) -> bool {
        (&self.participant, &self.program) == (&other.participant, &other.program)
    }
}

fn number(day: Day) -> i32 {
    day.number()
}

/// What the auditor knew after a line, as an actor sees it on a day.
struct Truth {
    enrollments: Vec<Told>,
    lines: Vec<Told>,
    /// How many lines count for nothing: superseded or voided.
    passed_over: usize,
    /// As the auditor answered.
    raw: Value,
}

impl Truth {
    fn of(auditor: &mut Auditor, line: usize, day: Day, actor: Option<&str>) -> Truth {
        let question = json!({
            "ask": "state", "known_at": {"line": line}, "as_of": day.to_string(), "actor": actor,
        });
        let answer = auditor.line(&question.to_string()).unwrap();
        let told = |kind: &str, staff: usize| {
            let rows = answer["answer"][kind].as_array().unwrap();
            rows.iter().filter_map(|row| Told::read(row, staff)).collect::<Vec<_>>()
        };
        let (enrollments, lines) = (told("enrollments", 0), told("assignments", 1));
        let passed_over = answer["answer"]["assignments"].as_array().unwrap().len() - lines.len();
        Truth { enrollments, lines, passed_over, raw: answer["answer"].clone() }
    }

    /// Everybody ever enrolled.
    fn participants(&self) -> BTreeSet<String> {
        let rows = self.raw["enrollments"].as_array().unwrap().iter();
        rows.map(|row| row[1].as_str().unwrap().to_owned()).collect()
    }

    fn staff(&self) -> Vec<String> {
        self.lines
            .iter()
            .map(|line| line.staff.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    fn programs(&self) -> Vec<String> {
        let all = self.enrollments.iter().map(|enrollment| enrollment.program.clone());
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// One way to ask.
struct Way {
    asked: Asked,
    range: Range,
    filter: Filter,
    /// What the filter names, in plain words.
    program: Option<String>,
    staff: Option<String>,
}

impl Way {
    fn names(&self, line: &Told) -> bool {
        self.program.as_ref().is_none_or(|program| *program == line.program)
            && self.staff.as_ref().is_none_or(|staff| *staff == line.staff)
    }

    fn days(&self) -> Vec<i32> {
        self.range.each_day().map(number).collect()
    }

    fn lines<'a>(&'a self, truth: &'a Truth) -> impl Iterator<Item = &'a Told> {
        truth.lines.iter().filter(|line| self.names(line))
    }
}

/// A number for each staff member and program, in one of them, or in all: `("s1", "")` is s1 anywhere.
type Cube<T> = BTreeMap<(String, String), T>;

fn places(line: &Told) -> [(String, String); 4] {
    let (staff, program) = (line.staff.clone(), line.program.clone());
    let none = String::new;
    [(staff.clone(), program.clone()), (staff, none()), (none(), program), (none(), none())]
}

fn place(of: &caseload::report::Of) -> (String, String) {
    let text = |id: Option<String>| id.unwrap_or_default();
    (
        text(of.staff.as_ref().map(ToString::to_string)),
        text(of.program.as_ref().map(ToString::to_string)),
    )
}

fn current(snapshot: &Snapshot, truth: &Truth, way: &Way, roles: &BTreeMap<String, String>) {
    let day = number(way.asked.as_of);
    let mut cases: Cube<u64> = Cube::new();
    let mut persons: Cube<BTreeSet<String>> = Cube::new();
    let mut primaries: Cube<BTreeSet<String>> = Cube::new();
    let mut ids = BTreeSet::new();
    for line in way.lines(truth).filter(|line| line.covers(day)) {
        ids.insert(line.id.clone());
        for place in places(line) {
            *cases.entry(place.clone()).or_default() += 1;
            persons.entry(place.clone()).or_default().insert(line.participant.clone());
            if roles.get(&line.id).is_some_and(|role| role == "primary") {
                primaries.entry(place).or_default().insert(line.participant.clone());
            }
        }
    }
    let report = snapshot.current_caseload(&way.filter, &way.asked).unwrap();
    assert_eq!(
        report.cases.iter().map(|case| case.assignment.to_string()).collect::<BTreeSet<_>>(),
        ids
    );
    assert!(report.cases.is_sorted());
    assert_eq!(report.loads.len(), cases.len());
    for (of, load) in &report.loads {
        let place = place(&of);
        let count = |of: &Cube<BTreeSet<String>>| of.get(&place).map_or(0, BTreeSet::len) as u64;
        assert_eq!(load.cases, cases[&place]);
        assert_eq!(report.cases_of(&of).count() as u64, load.cases);
        assert_eq!((load.participants, load.primaries), (count(&persons), count(&primaries)));
    }
}

const KINDS: [By; 4] = [By::All, By::Program, By::Staff, By::StaffAndProgram];

fn daily(snapshot: &Snapshot, truth: &Truth, way: &Way) {
    let days = way.days();
    let mut counts: Cube<Vec<u32>> = Cube::new();
    for (place, day) in days.iter().enumerate() {
        for line in way.lines(truth).filter(|line| line.covers(*day)) {
            for of in places(line) {
                counts.entry(of).or_insert_with(|| vec![0; days.len()])[place] += 1;
            }
        }
    }
    let mut told: Cube<Vec<u32>> = Cube::new();
    for by in KINDS {
        let series = snapshot.daily_series(way.range, by, &way.filter, &way.asked).unwrap();
        told.extend(series.iter().map(|(of, counts)| (place(&of), counts)));
    }
    assert_eq!(told, counts);
    let average = snapshot.average_daily_caseload(way.range, &way.filter, &way.asked).unwrap();
    assert_eq!(average.covered_days.len(), counts.len());
    for of in average.covered_days.keys() {
        let ratio = average.average(&of).unwrap();
        let days_of: u32 = counts[&place(&of)].iter().sum();
        assert_eq!(ratio.numerator(), u64::from(days_of));
        assert_eq!(ratio.denominator().get(), days.len() as u64);
    }
}

/// Whether an assignment is active, by the words that define each meaning, day by day.
fn is_active(line: &Told, days: &[i32], meaning: ActiveIn) -> bool {
    let (first, last) = (days[0], days[days.len() - 1]);
    let zero_day = line.end == Some(line.start);
    match meaning {
        ActiveIn::AtLeastOneDay => line.covers_one_of(days),
        ActiveIn::Touched => line.covers_one_of(days) || (zero_day && days.contains(&line.start)),
        ActiveIn::StrictDates => line.start < last && line.end.is_none_or(|end| first < end),
        ActiveIn::OpenOrEndedWithin => {
            line.start <= last && line.end.is_none_or(|end| days.contains(&end))
        }
    }
}

fn filtered(snapshot: &Snapshot, truth: &Truth, all: &Truth, way: &Way) {
    let days = way.days();
    let meanings = [
        ActiveIn::AtLeastOneDay,
        ActiveIn::Touched,
        ActiveIn::StrictDates,
        ActiveIn::OpenOrEndedWithin,
    ];
    let whens = meanings.map(|meaning| When::In(way.range, meaning));
    for when in whens.into_iter().chain([When::AsOf(way.asked.as_of)]) {
        let matches = |line: &Told| match when {
            When::AsOf(day) => line.covers(number(day)),
            When::In(_, meaning) => is_active(line, &days, meaning),
        };
        let filter = CaseloadFilter::when(when).of(way.filter.clone());
        // Everybody there is, seen or not, the last first.
        let people: BTreeSet<&String> = all.enrollments.iter().map(|e| &e.participant).collect();
        let list: Vec<ParticipantId> =
            people.into_iter().rev().map(|id| ParticipantId::new(id).unwrap()).collect();
        let found = snapshot.on_caseload(&list, &filter, &way.asked).unwrap();
        for (id, on) in list.iter().zip(&found.mask) {
            let is_on =
                way.lines(truth).any(|line| line.participant == id.as_str() && matches(line));
            assert_eq!(*on == OnCaseload::Yes, is_on);
            assert_eq!(found.ids.contains(id), is_on);
        }
        let list: Vec<EnrollmentId> =
            all.enrollments.iter().rev().map(|e| EnrollmentId::new(&e.id).unwrap()).collect();
        let found = snapshot.enrollments_on_caseload(&list, &filter, &way.asked).unwrap();
        for (enrollment, on) in all.enrollments.iter().rev().zip(&found.mask) {
            let has = |line: &Told| {
                let zero_day = enrollment.end == Some(enrollment.start);
                line.is_of(enrollment)
                    && (enrollment.covers(line.start)
                        || (zero_day && enrollment.start == line.start))
            };
            let is_on = way.lines(truth).any(|line| has(line) && matches(line));
            assert_eq!(*on == OnCaseload::Yes, is_on);
        }
    }
}

/// Carried in, opened, transferred in, closed, transferred out, carried out, served cases, served persons.
type Counts = [u64; 8];

fn month_by_days(truth: &Truth, way: &Way, program: &str, days: &[i32]) -> (Counts, Vec<u64>) {
    let mut counts = Counts::default();
    let (mut served, mut lengths) = (BTreeSet::new(), Vec::new());
    let colleague = |line: &Told, meets: &dyn Fn(&Told) -> bool| {
        truth
            .lines
            .iter()
            .any(|other| other.is_of(line) && other.staff != line.staff && meets(other))
    };
    for line in way.lines(truth).filter(|line| line.program == program) {
        counts[0] += u64::from(line.covers(days[0] - 1));
        counts[5] += u64::from(line.covers(days[days.len() - 1]));
        for day in days {
            if line.start == *day {
                counts[if colleague(line, &|other| other.ends_on(*day)) { 2 } else { 1 }] += 1;
            }
            if line.ends_on(*day) {
                counts[if colleague(line, &|other| other.start == *day) { 4 } else { 3 }] += 1;
                lengths.push((line.start..*day).count() as u64);
            }
        }
        if line.covers_one_of(days) {
            counts[6] += 1;
            served.insert(line.participant.clone());
        }
    }
    counts[7] = served.len() as u64;
    lengths.sort_unstable();
    (counts, lengths)
}

fn flow(snapshot: &Snapshot, truth: &Truth, way: &Way) {
    let report = snapshot.flow(way.range, &way.filter, &way.asked).unwrap();
    let mut found = 0;
    for program in truth.programs() {
        for month in way.range.months() {
            let days: Vec<i32> = month.each_day().map(number).collect();
            let (counts, lengths) = month_by_days(truth, way, &program, &days);
            let flow = report.get(&ProgramId::new(&program).unwrap(), month);
            found += usize::from(flow.is_some());
            let flow = flow.cloned().unwrap_or_default();
            assert_eq!(flow.balance(), Balance::Even);
            let told = [
                flow.carried_in,
                flow.opened,
                flow.transferred_in,
                flow.closed,
                flow.transferred_out,
                flow.carried_out,
                flow.served_cases,
                flow.served_participants,
            ];
            assert_eq!(told, counts, "{program} {month:?}");
            let median = flow
                .median_length()
                .map(|ratio| (ratio.numerator() * 2, ratio.denominator().get()));
            let (low, high) = (lengths.len().saturating_sub(1) / 2, lengths.len() / 2);
            let by_hand = lengths.get(low).zip(lengths.get(high)).map(|(low, high)| low + high);
            assert_eq!(median.map(|(twice, of)| twice / of), by_hand);
        }
    }
    assert_eq!(found, report.len());
}

fn gaps(snapshot: &Snapshot, truth: &Truth, way: &Way) {
    let covered = |enrollment: &Told, day: i32| {
        way.lines(truth).any(|line| line.is_of(enrollment) && line.covers(day))
    };
    let of_program = |enrollment: &&Told| {
        way.program.as_ref().is_none_or(|program| *program == enrollment.program)
    };
    let report = snapshot.coverage_gaps(way.range, &way.filter, &way.asked).unwrap();
    let mut days: BTreeMap<(String, String), (u64, Vec<i32>)> = BTreeMap::new();
    let mut waiting = BTreeSet::new();
    let mut enrolled: BTreeMap<String, u64> = BTreeMap::new();
    let as_of = number(way.asked.as_of);
    for enrollment in truth.enrollments.iter().filter(of_program) {
        for day in way.days().into_iter().filter(|day| enrollment.covers(*day)) {
            let place = (enrollment.program.clone(), enrollment.participant.clone());
            let (enrolled, bare) = days.entry(place).or_default();
            *enrolled += 1;
            bare.extend((!covered(enrollment, day)).then_some(day));
        }
        if enrollment.covers(as_of) {
            *enrolled.entry(enrollment.program.clone()).or_default() += 1;
            if !covered(enrollment, as_of) {
                let bare = |day: &i32| enrollment.covers(*day) && !covered(enrollment, *day);
                let since = (1..=as_of).rev().take_while(bare).last().unwrap();
                waiting.insert((enrollment.program.clone(), enrollment.participant.clone(), since));
            }
        }
    }
    let told = report.timelines.iter().map(|((program, participant), uncovered)| {
        let mut bare: Vec<i32> =
            uncovered.gaps.iter().flat_map(|gap| gap.each_day()).map(number).collect();
        bare.sort_unstable();
        assert_eq!(bare.len() as u64, uncovered.uncovered_days);
        ((program.to_string(), participant.to_string()), (uncovered.enrolled_days, bare))
    });
    let told: BTreeMap<_, _> = told.collect();
    days.values_mut().for_each(|(_, bare)| bare.sort_unstable());
    assert_eq!(told, days);
    let report = snapshot.without_caseworker(&way.filter, &way.asked).unwrap();
    let told = report
        .waiting
        .iter()
        .map(|who| (who.program.to_string(), who.participant.to_string(), number(who.since)));
    assert_eq!(told.collect::<BTreeSet<_>>(), waiting);
    let told = report.counts.iter().map(|(program, count)| (program.to_string(), count.enrolled));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), enrolled);
}

/// The parts of seven, merged, against the whole.
fn merged(snapshot: &Snapshot, all: &Truth, way: &Way) {
    // A report of then reads ids as they were known then.
    let then = KnownAt::Position(40);
    let earlier = snapshot.everything(&Asked::of(Day::FIRST).known_at(then)).unwrap();
    let earlier = earlier.enrollments.iter().map(|line| line.participant.to_string());
    let people: BTreeSet<String> = all.participants().into_iter().chain(earlier).collect();
    let part = |number: usize| {
        let of_part =
            people.iter().skip(number).step_by(7).map(|id| ParticipantId::new(id).unwrap());
        way.filter.clone().participants(of_part)
    };
    macro_rules! same {
        ($ask:expr) => {{
            let parts = (0..7).map(|number| $ask(&part(number)).unwrap());
            let merged = parts.reduce(|all, part| all.merge(part).unwrap()).unwrap();
            assert_eq!(merged, $ask(&way.filter).unwrap());
        }};
    }
    let (range, asked) = (way.range, &way.asked);
    same!(|filter: &Filter| snapshot.current_caseload(filter, asked));
    same!(|filter: &Filter| snapshot.average_daily_caseload(range, filter, asked));
    for by in KINDS {
        same!(|filter: &Filter| snapshot.daily_series(range, by, filter, asked));
    }
    same!(|filter: &Filter| snapshot.flow(range, filter, asked));
    same!(|filter: &Filter| snapshot.without_caseworker(filter, asked));
    same!(|filter: &Filter| snapshot.coverage_gaps(range, filter, asked));
    same!(|filter: &Filter| snapshot.transfers(range, filter, asked));
    same!(|filter: &Filter| snapshot.caseload_distribution(filter, asked));
    same!(|filter: &Filter| snapshot.corrections(None, filter, asked));
    same!(|filter: &Filter| snapshot.caseload_then_and_now(then, filter, asked));
    let misplaced = |filter: &Filter| snapshot.misplaced(filter, asked).unwrap();
    let parts = (0..7).map(|number| misplaced(&part(number)));
    assert_eq!(parts.reduce(Misplaced::merge).unwrap(), misplaced(&way.filter));
    same!(|filter: &Filter| snapshot.length_of_stay(Stay::Assignment, range, filter, asked));
    same!(|filter: &Filter| snapshot.length_of_stay(Stay::Enrollment, range, filter, asked));
    same!(|filter: &Filter| snapshot.worker_continuity(range, &InRole::Any, filter, asked));
}

/// Roles are in no answer of the auditor: they are read from the lines themselves.
fn roles(snapshot: &Snapshot, known_at: KnownAt) -> BTreeMap<String, String> {
    let all = snapshot.everything(&Asked::of(Day::FIRST).known_at(known_at)).unwrap();
    let role = |id: &AssignmentId, role: Option<caseload::Role>| {
        role.map(|role| (id.to_string(), role.as_str().to_owned()))
    };
    all.assignments.iter().filter_map(|line| role(&line.id, line.role.clone())).collect()
}

fn ways(truth: &Truth, seed: u64, known_at: KnownAt, actor: Option<&str>) -> Vec<Way> {
    let first: Day = "2023-12-25".parse().unwrap();
    let pick = |of: &[String], turn: u64| of.get((seed + turn) as usize % of.len().max(1)).cloned();
    let mut ways = Vec::new();
    for (turn, (from, days)) in [(0, 130), (20, 1), (45, 37)].into_iter().enumerate() {
        let turn = turn as u64;
        let from = first.plus(from + (seed % 11) as i32).unwrap();
        let range = Range::new(from, from.plus(days).unwrap()).unwrap();
        let mut asked = Asked::of(first.plus(40 + 17 * turn as i32).unwrap()).known_at(known_at);
        if let Some(actor) = actor {
            asked = asked.by(Actor::Staff(StaffId::new(actor).unwrap()));
        }
        let program = if turn == 1 { pick(&truth.programs(), turn) } else { None };
        let staff = if turn == 2 { pick(&truth.staff(), turn) } else { None };
        let mut filter = Filter::all();
        if let Some(program) = &program {
            filter = filter.programs([ProgramId::new(program).unwrap()]);
        }
        if let Some(staff) = &staff {
            filter = filter.staff([StaffId::new(staff).unwrap()]);
        }
        ways.push(Way { asked, range, filter, program, staff });
    }
    ways
}

/// What was recorded, as known at some line.
struct World<'a> {
    snapshot: &'a Snapshot,
    /// Everything, seen by everyone.
    all: Truth,
    roles: BTreeMap<String, String>,
    deeds: Deeds,
    commands: &'a Commands,
}

/// How much was met: worlds in which nothing happens would show nothing.
#[derive(Debug, Default)]
struct Met {
    compared: usize,
    passed_over: usize,
    hidden: usize,
    reasons: usize,
    handed_over: usize,
    worker_changes: u64,
    misplaced: usize,
    corrected: usize,
}

impl World<'_> {
    fn compare(&self, truth: &Truth, way: &Way, met: &mut Met) {
        let (snapshot, all) = (self.snapshot, &self.all);
        current(snapshot, truth, way, &self.roles);
        daily(snapshot, truth, way);
        filtered(snapshot, truth, all, way);
        flow(snapshot, truth, way);
        gaps(snapshot, truth, way);
        merged(snapshot, all, way);
        met.reasons += history::histories(self, truth, way);
        met.handed_over += transfers::transfers(self, truth, way);
        met.worker_changes += continuity::continuity(self, truth, way);
        distribution::distribution(self, truth, way);
        met.corrected += corrections::corrections(self, truth, way);
        met.misplaced += misplaced::misplaced(self, truth, way);
        lengths::lengths(self, truth, way);
        met.compared += truth.lines.len();
        met.passed_over += truth.passed_over;
        met.hidden += all.lines.len() - truth.lines.len();
    }
}

#[test]
fn every_report_is_what_counting_day_by_day_gives() {
    let mut met = Met::default();
    for seed in 0..SEEDS {
        let mut generator = Generator::new(seed);
        let agency = Agency::open(MemoryLog::new()).unwrap();
        let mut replay = Replay::new(agency.clone());
        let mut auditor = Auditor::new();
        let mut positions = vec![0];
        let mut commands = Commands::new();
        for _ in 0..LINES {
            let line = generator.next_line_with_ids();
            replay.line(&line);
            auditor.line(&line);
            let position = agency.head().position;
            if position > positions[positions.len() - 1] {
                commands.insert(position, serde_json::from_str(&line).unwrap());
            }
            positions.push(position);
        }
        let (snapshot, commands) = (&agency.snapshot().unwrap(), &commands);
        for line in [LINES, LINES * 3 / 4, LINES / 3] {
            let known_at = KnownAt::Position(positions[line]);
            let roles = roles(snapshot, known_at);
            let all = Truth::of(&mut auditor, line, Day::FIRST, None);
            let deeds = Deeds::of(&mut auditor, line, commands);
            let world = World { snapshot, all, roles, deeds, commands };
            let staff = world.all.staff();
            let somebody = |turn: u64| staff.get(((seed + turn) % 3) as usize).map(String::as_str);
            for actor in [None, somebody(0), somebody(1)] {
                for way in ways(&world.all, seed, known_at, actor) {
                    let truth = Truth::of(&mut auditor, line, way.asked.as_of, actor);
                    world.compare(&truth, &way, &mut met);
                }
            }
        }
    }
    assert!(met.compared > 5_000 && met.passed_over > 500 && met.hidden > 300, "{met:?}");
    assert!(met.reasons > 500 && met.handed_over > 300, "{met:?}");
    assert!(met.misplaced > 30, "{met:?}");
    assert!(met.worker_changes > 300 && met.corrected > 500, "{met:?}");
}

//! What holds for any log, tried on random worlds: the seed of the generator is the input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    reason = "a test stops where something is wrong"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use caseload::{
    Actor, Agency, Asked, Assignment, Counts, Day, Enrollment, Held, KnownAt, Lines, MemoryLog,
    ParticipantId, ProgramId, RequestId, Snapshot, StaffId, Status, StoreError,
    jsonl::Replay,
    log::{Entry, Erasure, Head, Log, Page, PageLimit, Turn},
};
use caseload_conformance::{
    auditor::{Auditor, differences},
    fixed_clock,
    generate::Generator,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A seed has no smaller one, so nothing is shrunk; the seed that failed is printed.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 0, failure_persistence: None, ..Default::default() }
}

/// An agency in which what a generator makes up is recorded.
struct World {
    log: MemoryLog,
    agency: Agency,
    replay: Replay,
    generator: Generator,
}

impl World {
    fn new(seed: u64) -> World {
        World::over(Vec::new(), Generator::new(seed))
    }

    /// The same log in a store of its own.
    fn fork(&self) -> World {
        World::over(self.log.snapshot(), Generator::new(0))
    }

    fn over(entries: Vec<Entry>, generator: Generator) -> World {
        let log = MemoryLog::with_clock(fixed_clock("2024-03-01T12:00:00Z".parse().unwrap()));
        log.restore(entries);
        let agency = Agency::open(log.clone()).unwrap();
        World { log, replay: Replay::new(agency.clone()), agency, generator }
    }

    /// The next command, good or bad; questions and what is no JSON are passed over.
    fn next_command(&mut self) -> Value {
        loop {
            let line = serde_json::from_str(&self.generator.next_line()).unwrap_or(Value::Null);
            if line["op"].is_string() {
                return line;
            }
        }
    }

    fn give(&mut self, command: &Value) -> Value {
        let answer = self.replay.line(&command.to_string()).unwrap();
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer.get("error"), None, "{command}");
        answer["line"] = Value::Null;
        answer
    }

    /// Records so many commands.
    fn live(&mut self, commands: usize) {
        for _ in 0..commands {
            let command = self.next_command();
            self.give(&command);
        }
    }

    fn position(&self) -> u64 {
        self.agency.head().position
    }
}

fn accepted(answer: &Value) -> bool {
    answer["ok"] == json!(true)
}

/// Ids that the library made itself are random: they read alike here.
fn with_made_ids_alike(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() == 36 && text.matches('-').count() == 4 => json!("made"),
        Value::Array(values) => values.iter().map(with_made_ids_alike).collect(),
        Value::Object(object) => {
            let alike = object.iter().map(|(key, value)| (key.clone(), with_made_ids_alike(value)));
            Value::Object(alike.collect())
        }
        value => value.clone(),
    }
}

// ------------------------------------------------------------ questions

/// Who and what can be asked about.
struct Names {
    staff: BTreeSet<StaffId>,
    timelines: BTreeSet<(ParticipantId, ProgramId)>,
    programs: BTreeSet<ProgramId>,
}

fn about(day: Day, known_at: Option<KnownAt>, actor: Option<Actor>) -> Asked {
    let mut asked = Asked::of(day);
    (asked.known_at, asked.actor) = (known_at, actor);
    asked
}

impl Names {
    fn known(snapshot: &Snapshot, known_at: Option<KnownAt>) -> Names {
        let all = snapshot.everything(&about(Day::FIRST, known_at, None)).unwrap();
        let timeline = |line: &Enrollment| (line.participant.clone(), line.program.clone());
        Names {
            staff: all.assignments.iter().map(|line| line.staff.clone()).collect(),
            timelines: all.enrollments.iter().map(timeline).collect(),
            programs: all.enrollments.iter().map(|line| line.program.clone()).collect(),
        }
    }
}

/// Days in and around those that the generator uses.
fn days() -> Vec<Day> {
    let first: Day = "2023-12-31".parse().unwrap();
    (0..8).filter_map(|number| first.plus(number * 16)).collect()
}

/// A question for people, and its answer written out. (`Debug` shows no ids.)
type Answers = Vec<(String, String)>;

fn written<T: fmt::Display>(ids: &[T]) -> String {
    ids.iter().map(|id| format!("{id} ")).collect()
}

fn held(rows: &[Held]) -> String {
    rows.iter().map(|row| format!("{}/{}/{} ", row.program, row.participant, row.staff)).collect()
}

fn counted(counts: &Counts) -> String {
    counts.iter().map(|(staff, cases)| format!("{staff} {cases} ")).collect()
}

fn lines(lines: &Lines) -> String {
    let mut text = String::new();
    for line in &lines.enrollments {
        let Enrollment { id, participant, program, period, status, ending, .. } = line;
        let before = line.supersedes.as_ref().map(ToString::to_string);
        text +=
            &format!("{id} {participant} {program} {period:?} {status:?} {ending:?} {before:?}\n");
    }
    for line in &lines.assignments {
        let Assignment { id, staff, participant, program, period, status, .. } = line;
        let before = line.supersedes.as_ref().map(ToString::to_string);
        let role = line.role.as_ref().map(|role| role.as_str());
        text += &format!(
            "{id} {staff} {participant} {program} {period:?} {role:?} {status:?} {before:?}\n"
        );
    }
    text
}

fn counts(snapshot: &Snapshot, known_at: Option<KnownAt>) -> Answers {
    let counts = |day| snapshot.counts(None, &about(day, known_at, None)).unwrap();
    days().into_iter().map(|day| (format!("counts on {day}"), counted(&counts(day)))).collect()
}

/// Every question about many days, asked by nobody, by `root` and by two of the staff.
fn answers(snapshot: &Snapshot, known_at: Option<KnownAt>, names: &Names) -> Answers {
    let mut actors = vec![None, Some(Actor::Root)];
    actors.extend(names.staff.iter().take(2).cloned().map(Actor::Staff).map(Some));
    let mut all = counts(snapshot, known_at);
    for (day, actor) in days().into_iter().flat_map(|day| actors.iter().map(move |by| (day, by))) {
        let asked = about(day, known_at, actor.clone());
        let by = match actor {
            None => "nobody".to_owned(),
            Some(Actor::Root) => "root".to_owned(),
            Some(Actor::Staff(staff)) => staff.to_string(),
        };
        let mut say = |what: &str, answer: String| {
            all.push((format!("{what} on {day} by {by}"), answer));
        };
        for staff in &names.staff {
            say(&format!("{staff}"), held(&snapshot.caseload(staff, None, &asked).unwrap()));
        }
        for (participant, program) in &names.timelines {
            let staff = snapshot.caseworkers(participant, program, &asked).unwrap();
            let history = snapshot.history(participant, program, &asked).unwrap();
            let answer = format!("{}: {}", written(&staff), lines(&history));
            say(&format!("{participant} in {program}"), answer);
        }
        for program in &names.programs {
            let unassigned = snapshot.unassigned(program, &asked).unwrap();
            let rows = snapshot.held(Some(program), &asked).unwrap();
            say(&format!("{program}"), format!("{}: {}", written(&unassigned), held(&rows)));
        }
        let participants: Vec<_> = names.timelines.iter().map(|(who, _)| who.clone()).collect();
        if let Some(actor) = actor {
            let visible = snapshot.visible(actor, &participants, &asked).unwrap();
            say("visible", written(&visible));
        }
        say("held", held(&snapshot.held(None, &asked).unwrap()));
        say("counts", counted(&snapshot.counts(None, &asked).unwrap()));
        say("state", lines(&snapshot.everything(&asked).unwrap()));
    }
    all
}

/// The first answer that differs.
#[track_caller]
fn assert_same(now: &Answers, before: &Answers) {
    let differing = now.iter().zip(before).find(|(now, before)| now != before);
    assert_eq!(differing, None);
    assert_eq!(now.len(), before.len());
}

/// What was known at a position, and what was said of it.
struct Kept {
    position: u64,
    names: Names,
    counts: Answers,
    answers: Answers,
}

impl Kept {
    fn at(snapshot: &Snapshot, position: u64) -> Kept {
        let known_at = Some(KnownAt::Position(position));
        let names = Names::known(snapshot, known_at);
        let answers = answers(snapshot, known_at, &names);
        Kept { position, counts: counts(snapshot, known_at), answers, names }
    }

    fn still_holds(&self, snapshot: &Snapshot) {
        let known_at = Some(KnownAt::Position(self.position));
        assert_same(&answers(snapshot, known_at, &self.names), &self.answers);
    }
}

proptest! {
    #![proptest_config(cases(10))]

    #[test]
    fn what_was_known_at_a_position_changes_only_by_forget(seed in any::<u64>(), step in 5..35usize) {
        let mut world = World::new(seed);
        let mut kept: Vec<Kept> = Vec::new();
        for _ in 0..6 {
            for _ in 0..step {
                let command = world.next_command();
                let answer = world.give(&command);
                if command["op"] == "forget" && accepted(&answer) {
                    let snapshot = world.agency.snapshot().unwrap();
                    for kept in &mut kept {
                        let known_at = Some(KnownAt::Position(kept.position));
                        assert_same(&counts(&snapshot, known_at), &kept.counts);
                        *kept = Kept::at(&snapshot, kept.position);
                    }
                }
            }
            let snapshot = world.agency.snapshot().unwrap();
            kept.iter().for_each(|kept| kept.still_holds(&snapshot));
            let position = world.position();
            let new = Kept::at(&snapshot, position);
            if let Some(entry) = world.log.snapshot().last() {
                let instant = Some(KnownAt::Instant(entry.recorded));
                assert_same(&answers(&snapshot, instant, &new.names), &new.answers);
            }
            kept.push(new);
        }
    }

    #[test]
    fn folding_a_log_anew_gives_the_same_answers(seed in any::<u64>(), length in 20..220usize) {
        let mut world = World::new(seed);
        world.live(length);
        let anew = Agency::open(world.log.clone()).unwrap();
        prop_assert_eq!(anew.head(), world.agency.head());
        prop_assert_eq!(anew.events(0, usize::MAX).unwrap(), world.agency.events(0, usize::MAX).unwrap());
        let (lived, folded) = (world.agency.snapshot().unwrap(), anew.snapshot().unwrap());
        let positions = [0, 1, 2].map(|third| KnownAt::Position(world.position() * third / 3));
        for known_at in positions.into_iter().map(Some).chain([None]) {
            let names = Names::known(&lived, known_at);
            assert_same(&answers(&folded, known_at, &names), &answers(&lived, known_at, &names));
        }
    }
}

// ------------------------------------------------------------ order in what stands

/// Assignments that a mirror left outside, under the ids that they have now.
#[derive(Default)]
struct Misplaced {
    ids: BTreeSet<String>,
    /// How many of them `forget` may have renamed.
    erased: usize,
}

impl Misplaced {
    fn note(&mut self, command: &Value, answer: &Value) {
        for left in answer["receipt"]["left"].as_array().into_iter().flatten() {
            if left[1] == "misplaced" {
                self.ids.extend(left[0].as_str().map(str::to_owned));
            }
        }
        let replaces = command["op"] == "replace_id" && command["kind"] == "assignment";
        if replaces && self.ids.contains(command["id"].as_str().unwrap_or_default()) {
            self.ids.extend(command["new_id"].as_str().map(str::to_owned));
        }
        if command["op"] == "forget" {
            let named = command["participant"].as_str().unwrap_or_default();
            self.erased += self.ids.iter().filter(|id| id.contains(named)).count();
        }
    }

    fn excuse(&self, id: &str) -> bool {
        self.ids.contains(id) || (self.erased > 0 && id.starts_with("erased-"))
    }
}

fn assert_in_order(
    enrollments: &[&Enrollment],
    assignments: &[&Assignment],
    misplaced: &Misplaced,
) {
    for (place, one) in enrollments.iter().enumerate() {
        for other in &enrollments[place + 1..] {
            let same = one.participant == other.participant && one.program == other.program;
            assert!(!(same && one.period.held_with(other.period)), "{} {}", one.id, other.id);
        }
    }
    for (place, one) in assignments.iter().enumerate() {
        let around = enrollments.iter().filter(|enrollment| {
            enrollment.participant == one.participant
                && enrollment.program == one.program
                && enrollment.period.contains(one.period)
        });
        let inside = around.count() == 1;
        assert!(inside || misplaced.excuse(one.id.as_str()), "{}", one.id);
        for other in &assignments[place + 1..] {
            let same = one.staff == other.staff
                && one.participant == other.participant
                && one.program == other.program;
            assert!(!(same && one.period.held_with(other.period)), "{} {}", one.id, other.id);
        }
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn assignments_lie_in_one_enrollment_and_nobody_is_held_twice(seed in any::<u64>()) {
        let mut world = World::new(seed);
        let mut misplaced = Misplaced::default();
        for number in 0..240 {
            let command = world.next_command();
            let answer = world.give(&command);
            if accepted(&answer) && command["review"] != json!(true) {
                misplaced.note(&command, &answer);
            }
            if number % 8 == 0 {
                let snapshot = world.agency.snapshot().unwrap();
                let all = snapshot.everything(&Asked::of(Day::FIRST)).unwrap();
                let enrollments: Vec<_> =
                    all.enrollments.iter().filter(|line| line.status == Status::Current).collect();
                let assignments: Vec<_> =
                    all.assignments.iter().filter(|line| line.status == Status::Current).collect();
                assert_in_order(&enrollments, &assignments, &misplaced);
            }
        }
    }

    #[test]
    fn a_review_says_what_recording_then_does_and_stores_nothing(seed in any::<u64>()) {
        let mut world = World::new(seed);
        for _ in 0..240 {
            let mut command = world.next_command();
            command["review"] = json!(true);
            let head = world.agency.head();
            let review = world.give(&command);
            prop_assert_eq!(world.agency.head(), head);
            prop_assert_eq!(world.log.snapshot().len() as u64, head.position);
            command["review"] = json!(false);
            let recorded = world.give(&command);
            prop_assert_eq!(
                with_made_ids_alike(&review), with_made_ids_alike(&recorded), "{}", command
            );
        }
    }
}

// ------------------------------------------------------------ the nearest value

/// Commands that give days to one line. (Of several lines each violation speaks of its own.)
const WITH_DAYS: [&str; 7] = [
    "assign",
    "correct",
    "transfer",
    "enroll",
    "end_assignment",
    "end_enrollment",
    "correct_enrollment",
];

/// The phases in order, as far as a violation can have a nearest day.
fn phase(code: &Value) -> usize {
    let code = code.as_str().unwrap_or_default();
    let known = caseload::Code::ALL.iter().find(|known| known.word() == code).unwrap();
    known.phase() as usize
}

fn assert_nearest_passes(world: &mut World, command: &Value, refusal: &Value) {
    for violation in refusal["violations"].as_array().into_iter().flatten() {
        let Some(field) = violation["nearest"]["field"].as_str() else { continue };
        let mut nearer = command.clone();
        nearer[field] = violation["nearest"]["day"].clone();
        nearer["review"] = json!(true);
        let answer = world.give(&nearer);
        for still in answer["violations"].as_array().into_iter().flatten() {
            let passes = still["code"] != violation["code"]
                && phase(&still["code"]) >= phase(&violation["code"]);
            assert!(passes, "{command}\n{violation}\n{still}");
        }
    }
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn the_nearest_value_passes_the_rule_that_names_it(seed in any::<u64>()) {
        let mut world = World::new(seed);
        for _ in 0..240 {
            let command = world.next_command();
            let answer = world.give(&command);
            if WITH_DAYS.iter().any(|op| command["op"] == *op) {
                assert_nearest_passes(&mut world, &command, &answer);
            }
        }
    }
}

// ------------------------------------------------------------ batches

/// Gives every row of a batch the id that it leaves to the library.
fn with_ids(mut batch: Value) -> Value {
    let rows = batch["rows"].as_array_mut().into_iter().flatten();
    for (number, row) in rows.enumerate() {
        if row["op"] == "assign" && row["id"].is_null() {
            row["id"] = json!(format!("row-{number}"));
        }
    }
    batch
}

/// A row as a command of its own, if it can be one.
fn alone(row: &Value, batch: &Value) -> Option<Value> {
    let mut command = row.as_object()?.clone();
    let plain = row["op"] == "assign" || row["op"] == "end_assignment";
    let context = ["actor", "on", "request", "review", "entered"];
    if !plain || context.iter().any(|field| command.contains_key(*field)) {
        return None;
    }
    command.extend(["actor", "on"].map(|field| (field.to_owned(), batch[field].clone())));
    Some(Value::Object(command))
}

/// Violations as a single command gives them.
fn without_rows(violations: &Value) -> Value {
    let mut violations = violations.as_array().cloned().unwrap_or_default();
    for violation in violations.iter_mut().filter_map(Value::as_object_mut) {
        violation.remove("row");
    }
    violations.into()
}

fn append(to: &mut Value, from: &Value) {
    if let (Some(to), Some(from)) = (to.as_array_mut(), from.as_array()) {
        to.extend(from.iter().cloned());
    }
}

/// A partial batch on one copy of a log, its rows one by one on another.
fn assert_rows_alone_do_the_same(world: &World, batch: &Value) {
    let (mut together, mut single) = (world.fork(), world.fork());
    let answer = together.give(batch);
    if !accepted(&answer) {
        return;
    }
    let keys = ["ids", "ended", "notices"];
    let mut sum = json!({"ids": [], "ended": [], "notices": []});
    let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (rows, verdicts) = (listed(&batch["rows"]), listed(&answer["rows"]));
    assert_eq!(rows.len(), verdicts.len());
    for (row, verdict) in rows.iter().zip(&verdicts) {
        let violations = without_rows(&verdict["violations"]);
        let history = violations.as_array().into_iter().flatten();
        let history = history.into_iter().any(|violation| violation["code"] == "history-row");
        let Some(command) = alone(row, batch).filter(|_| !history) else {
            assert_eq!(verdict["ok"], json!(false), "{row}");
            continue;
        };
        let one = single.give(&command);
        assert_eq!(one["ok"], verdict["ok"], "{command} {verdict} {one}");
        assert_eq!(without_rows(&one["violations"]), violations, "{command}");
        keys.iter().for_each(|key| append(&mut sum[*key], &one["receipt"][*key]));
    }
    for key in keys {
        assert_eq!(answer["receipt"][key], sum[key], "{batch}");
    }
    let (together, single) =
        (together.agency.snapshot().unwrap(), single.agency.snapshot().unwrap());
    let names = Names::known(&together, None);
    assert_same(&answers(&together, None, &names), &answers(&single, None, &names));
}

proptest! {
    #![proptest_config(cases(10))]

    #[test]
    fn a_partial_batch_is_its_rows_given_singly(seed in any::<u64>()) {
        let mut world = World::new(seed);
        let mut compared = 0;
        for _ in 0..240 {
            let mut command = with_ids(world.next_command());
            if command["op"] == "batch" {
                let original = command.clone();
                command["mode"] = json!("partial");
                command["review"] = json!(false);
                command["request"] = Value::Null;
                assert_rows_alone_do_the_same(&world, &command);
                command = original;
                compared += 1;
            }
            world.give(&command);
        }
        prop_assert!(compared > 0);
    }
}

// ------------------------------------------------------------ damage

/// Turns one bit of a text of bytes over.
fn flip(bytes: &mut [u8], bit: usize) -> bool {
    let bits = bytes.len() * 8;
    if bits > 0 {
        let bit = bit % bits;
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    bits > 0
}

/// Turns one bit of an entry over; false where there is none.
fn damage(entry: &mut Entry, part: usize, bit: usize) -> bool {
    match part {
        0 => flip(&mut entry.body, bit),
        1 => flip(&mut entry.private, bit),
        2 => {
            let mut hash = *entry.hash.as_bytes();
            let flipped = flip(&mut hash, bit);
            entry.hash = caseload::log::Hash::new(hash);
            flipped
        }
        _ => {
            let mut recorded = entry.recorded.micros().to_le_bytes();
            let flipped = flip(&mut recorded, bit);
            entry.recorded = caseload::log::Recorded::from_micros(i64::from_le_bytes(recorded));
            flipped
        }
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn every_flipped_bit_is_found(
        seed in any::<u64>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..4usize, any::<usize>()), 60),
    ) {
        let mut world = World::new(seed);
        world.live(120);
        let (whole, head) = (world.log.snapshot(), world.agency.head());
        prop_assert_eq!(world.agency.verify(Some(head)).unwrap().head, head);
        for (entry, part, bit) in flips {
            let mut damaged = whole.clone();
            let entry = entry.index(damaged.len());
            if damage(&mut damaged[entry], part, bit) {
                world.log.restore(damaged);
                let found = world.agency.verify(None);
                prop_assert!(found.is_err(), "entry {}, part {}, bit {}", entry + 1, part, bit);
            }
        }
        world.log.restore(whole[..whole.len() - 1].to_vec());
        prop_assert!(world.agency.verify(Some(head)).is_err(), "the tail was cut off");
        world.log.restore(whole);
        prop_assert!(world.agency.verify(Some(head)).is_ok());
    }
}

// ------------------------------------------------------------ many hands

/// Commands that name every id that they make, each with a request id of its own.
fn commands(seed: u64, count: usize) -> Vec<Value> {
    let mut world = World::new(seed);
    let mut commands = Vec::new();
    for number in 0..count {
        let mut command = with_ids(world.next_command());
        let made = match command["op"].as_str().unwrap_or_default() {
            "assign" | "enroll" => Some("id"),
            "transfer" | "correct" | "correct_enrollment" => Some("new_id"),
            "transfer_all" => Some("prefix"),
            _ => None,
        };
        if let Some(field) = made.filter(|field| command[*field].is_null()) {
            command[field] = json!(format!("m{number}"));
        }
        command["review"] = Value::Null;
        command["request"] = json!(format!("q{number}"));
        commands.push(command);
    }
    commands
}

/// What was acknowledged: the command and its answer, by position.
type Acknowledged = BTreeMap<u64, (Value, Value)>;

/// Records the commands from eight threads, thread by thread through these agencies in turn.
fn record_at_once(agencies: &[Agency], commands: &[Value]) -> Acknowledged {
    let hand = |agency: Agency, number: usize| {
        let mut replay = Replay::new(agency);
        let mine = commands.iter().skip(number).step_by(8);
        let give = |command: &Value| {
            let answer = replay.line(&command.to_string()).unwrap();
            (command.clone(), serde_json::from_str::<Value>(&answer).unwrap())
        };
        mine.map(give).collect::<Vec<_>>()
    };
    let answers: Vec<(Value, Value)> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..8)
            .map(|number| {
                let agency = agencies[number % agencies.len()].clone();
                scope.spawn(move || hand(agency, number))
            })
            .collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    let mut acknowledged = Acknowledged::new();
    for (command, answer) in answers {
        assert_eq!(answer.get("error"), None, "{command}");
        // A mirror that finds no difference stores nothing.
        let nothing = command["op"] == "mirror_enrollments"
            && answer["receipt"]["ids"] == json!([])
            && !is_stored(&agencies[0], &command);
        if accepted(&answer) && !nothing {
            let position = answer["receipt"]["position"].as_u64().unwrap();
            let other = acknowledged.insert(position, (command, answer));
            assert_eq!(other, None, "acknowledged twice");
        }
    }
    acknowledged
}

fn is_stored(agency: &Agency, command: &Value) -> bool {
    let request = command["request"].as_str().unwrap();
    let request = caseload::RequestId::new(request).unwrap();
    agency.outcome(&request).unwrap().is_some()
}

fn assert_once_and_in_order(log: &MemoryLog, first: &[(Value, Value)], then: &Acknowledged) {
    let entries = log.snapshot();
    let all = first.iter().chain(then.values());
    assert_eq!(entries.len(), first.len() + then.len());
    let mut auditor = Auditor::new();
    for (entry, (command, answer)) in entries.iter().zip(all) {
        let request = entry.request.as_ref().map(|request| request.as_str());
        assert_eq!(request, command["request"].as_str());
        assert_eq!(Some(entry.position), answer["receipt"]["position"].as_u64());
        let mut audited = auditor.line(&command.to_string()).unwrap();
        audited["line"] = answer["line"].clone();
        assert_eq!(differences(Some(answer), Some(&audited)), None, "{command}");
    }
    let mut anew = Replay::new(Agency::open(log.clone()).unwrap());
    let state: Value = serde_json::from_str(&anew.line(r#"{"ask":"state"}"#).unwrap()).unwrap();
    let audited = auditor.line(r#"{"ask":"state"}"#).unwrap();
    // The interleaving cannot be had again from the seed: the lines themselves can be replayed.
    let lines: Vec<String> =
        first.iter().chain(then.values()).map(|(command, _)| command.to_string()).collect();
    assert_eq!(state["answer"], audited["answer"], "{}", lines.join("\n"));
}

fn hold_with_many_hands(seed: u64, handles: usize) {
    let log = MemoryLog::new();
    let agencies: Vec<Agency> = (0..handles).map(|_| Agency::open(log.clone()).unwrap()).collect();
    let commands = commands(seed, 500);
    let (first, then) = commands.split_at(25);
    let mut replay = Replay::new(agencies[0].clone());
    let mut founded = Vec::new();
    for command in first {
        let answer = replay.line(&command.to_string()).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        if accepted(&answer) && is_stored(&agencies[0], command) {
            founded.push((command.clone(), answer));
        }
    }
    let acknowledged = record_at_once(&agencies, then);
    // How many depends on the interleaving: commands that build on a later one are refused.
    assert!(acknowledged.len() > 20, "only {} were accepted", acknowledged.len());
    assert_once_and_in_order(&log, &founded, &acknowledged);
    let last = agencies[0].snapshot().unwrap().head();
    assert!(agencies.iter().all(|agency| agency.snapshot().unwrap().head() == last));
    assert_eq!(agencies[0].verify(None).unwrap().head, last);
}

#[test]
fn what_eight_threads_record_through_one_agency_is_stored_once_and_in_order() {
    (0..6).for_each(|seed| hold_with_many_hands(seed, 1));
}

#[test]
fn what_they_record_through_two_agencies_on_one_log_is_too() {
    (6..12).for_each(|seed| hold_with_many_hands(seed, 2));
}

// ------------------------------------------------------------ left to be erased

/// A handle whose process dies whenever it should erase something.
struct Dying(MemoryLog);

impl Log for Dying {
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

    fn erase(&self, _items: &[Erasure]) -> Result<(), StoreError> {
        Ok(())
    }
}

#[test]
fn whoever_erases_late_erases_neither_more_nor_less() {
    let log = MemoryLog::new();
    let dying = Agency::open(Dying(log.clone())).unwrap();
    let mut replay = Replay::new(dying.clone());
    let enroll = |id: &str, participant: &str| {
        json!({
            "op": "enroll", "id": id, "participant": participant, "program": "p1", "start": "2024-01-01",
        })
    };
    let again = |id: &str, new_id: &str| {
        json!({
            "op": "correct_enrollment", "id": id, "new_id": new_id, "start": "2024-01-02", "reason": "late",
        })
    };
    for mut command in [
        json!({"op": "define_program", "id": "p1"}),
        // Each id holds that of another participant.
        enroll("e-c2", "c1"),
        enroll("e-c1", "c2"),
        enroll("own-c1", "c3"),
        json!({"op": "forget", "participant": "c1", "reason": "asked for"}),
        json!({"op": "forget", "participant": "c2", "reason": "asked for"}),
        // Given afterwards, a text tells of nobody any more.
        again("e-c2", "later-c1"),
    ] {
        command["actor"] = json!("root");
        command["on"] = json!("2024-06-15");
        let answer = replay.line(&command.to_string()).unwrap();
        assert!(answer.contains("\"ok\":true"), "{answer}");
    }
    let erasing = Agency::open(log.clone()).unwrap();
    let anew = Agency::open(log).unwrap();
    let state = |agency: &Agency| {
        let all = agency.snapshot().unwrap().everything(&Asked::of(Day::FIRST)).unwrap();
        let row = |line: &Enrollment| format!("{} of {}", line.id, line.participant);
        all.enrollments.iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(state(&erasing), state(&dying));
    assert_eq!(state(&anew), state(&dying));
    assert_eq!(
        state(&anew),
        ["e-c1 of erased-2", "e-c2 of erased-1", "later-c1 of erased-1", "own-c1 of c3"]
    );
}

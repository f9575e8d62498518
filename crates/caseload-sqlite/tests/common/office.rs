//! An agency over a file, told what to do in JSON lines, and what must hold of it afterwards.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use caseload::{
    Activity, Agency, AnyId, Asked, Event, Kind, Period, Right, Rights, StoreError,
    body::RightsChange, jsonl::Replay,
};
use caseload_conformance::auditor::{Auditor, differences};
use caseload_sqlite::{Access, Durability, SqliteLog, SqliteOptions};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::common::{ask, day};

/// A folder in memory where there is one: for what is not about the disk.
pub fn fast_folder() -> (TempDir, PathBuf) {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.unwrap();
    let path = folder.path().join("agency.db");
    (folder, path)
}

pub fn fast() -> SqliteOptions {
    SqliteOptions::new().durability(Durability::Normal)
}

pub fn open(path: &Path) -> Result<Agency, StoreError> {
    Agency::open(SqliteLog::open(path, "north")?)
}

/// A handle that only looks.
pub fn looker(path: &Path) -> SqliteLog {
    SqliteOptions::new().access(Access::ReadOnly).open(path, "north").unwrap()
}

/// By root, on a day, unless the line says otherwise.
pub fn line(mut command: Value) -> String {
    for (key, value) in [("actor", "root"), ("on", "2024-06-15")] {
        if command["op"].is_string() && command[key].is_null() {
            command[key] = json!(value);
        }
    }
    command.to_string()
}

pub fn give(agency: &Agency, command: Value) -> Value {
    let answer = Replay::new(agency.clone()).line(&line(command)).unwrap();
    serde_json::from_str(&answer).unwrap()
}

/// What must be accepted.
pub fn ok(agency: &Agency, command: Value) -> Value {
    let answer = give(agency, command.clone());
    assert_eq!(answer["ok"], json!(true), "{command} gave {answer}");
    answer
}

/// The code of the error of the store that a command must meet.
pub fn store_error(agency: &Agency, command: Value) -> Value {
    let answer = give(agency, command.clone());
    assert!(answer["error"].is_object(), "{command} gave {answer}");
    answer["error"].clone()
}

/// Program `p1`, staff `s1` to `s3`.
pub fn found(agency: &Agency) {
    founding().into_iter().for_each(|command| drop(ok(agency, command)));
}

pub fn founding() -> Vec<Value> {
    let mut commands =
        vec![json!({"op": "define_program", "id": "p1", "policy": {"entry_order": "any"}})];
    commands.extend(["s1", "s2", "s3"].map(|id| json!({"op": "register_staff", "id": id})));
    commands
}

pub fn enroll(id: &str, participant: &str) -> Value {
    json!({"op": "enroll", "id": id, "participant": participant, "program": "p1",
        "start": "2024-01-01"})
}

pub fn assign(id: &str, staff: &str, participant: &str) -> Value {
    json!({"op": "assign", "id": id, "staff": staff, "participant": participant,
        "program": "p1", "start": "2024-02-01"})
}

pub fn with(mut command: Value, more: Value) -> Value {
    let more: Map<String, Value> = serde_json::from_value(more).unwrap();
    command.as_object_mut().unwrap().extend(more);
    command
}

/// What a command that was accepted said, and was answered.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub line: String,
    pub answer: Value,
}

impl Accepted {
    pub fn position(&self) -> u64 {
        self.answer["receipt"]["position"].as_u64().unwrap()
    }
}

/// Every answer is in the log exactly once, and the auditor, told the commands in the order of the log,
/// accepts each with the same answer.
pub fn audit(agency: &Agency, mut accepted: Vec<Accepted>) {
    accepted.sort_by_key(Accepted::position);
    let positions: Vec<u64> = accepted.iter().map(Accepted::position).collect();
    let all: Vec<u64> = (1..=agency.snapshot().unwrap().head().position).collect();
    assert_eq!(positions, all, "every entry answers one command, and every answer is an entry");
    let mut auditor = Auditor::new();
    for Accepted { line, mut answer } in accepted {
        let audited = auditor.line(&line).unwrap();
        answer["line"] = audited["line"].clone();
        let difference = differences(Some(&answer), Some(&audited));
        assert_eq!(difference, None, "{line}");
    }
}

/// Everything the agency answers about everyone, as text.
pub fn everything(agency: &Agency) -> String {
    let asked = [json!({"ask": "state"}), json!({"ask": "events", "after": 0})];
    asked.map(|question| give(agency, question)["answer"].to_string()).join("\n")
}

/// The read tables say what the resident state says.
pub fn assert_read_tables(agency: &Agency, log: &SqliteLog) {
    let (wanted, seen) = (wanted_tables(agency), read_tables(log));
    for (wanted, seen) in wanted.iter().zip(&seen) {
        assert_eq!(seen, wanted);
    }
}

/// Every view, with its columns that the state knows as well.
pub fn read_tables(log: &SqliteLog) -> [Vec<String>; 6] {
    let line = "assignment, staff, participant, program, start, end, role";
    [
        format!("SELECT {line}, status, supersedes FROM assignment_line"),
        format!("SELECT {line}, supersedes FROM current_assignment"),
        "SELECT enrollment, participant, program, start, end, status, supersedes, dismissed \
         FROM enrollment"
            .to_owned(),
        "SELECT program, name, open, policy FROM program".to_owned(),
        "SELECT staff, name, active FROM staff".to_owned(),
        "SELECT staff, program, own, others, correct, enroll, administer, view_all FROM staff_right"
            .to_owned(),
    ]
    .map(|sql| sorted(ask(log, &sql)))
}

/// All columns of all views.
pub fn whole_tables(log: &SqliteLog) -> Vec<Vec<String>> {
    let views = [
        "assignment_line",
        "current_assignment",
        "enrollment",
        "program",
        "staff",
        "staff_right",
        "participant",
    ];
    views.iter().map(|view| sorted(ask(log, &format!("SELECT * FROM {view}")))).collect()
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}

fn wanted_tables(agency: &Agency) -> [Vec<String>; 6] {
    let asked = Asked::of(day("2024-06-15"));
    let lines = agency.snapshot().unwrap().everything(&asked).unwrap();
    let (mut all, mut current) = (Vec::new(), Vec::new());
    for line in &lines.assignments {
        let role = line.role.as_ref().map_or("-", |role| role.as_str());
        let head = format!(
            "{} {} {} {} {} {role}",
            line.id.as_str(),
            line.staff.as_str(),
            line.participant.as_str(),
            line.program.as_str(),
            days(line.period)
        );
        let supersedes = line.supersedes.as_ref().map_or("-", |id| id.as_str());
        all.push(format!("{head} {} {supersedes}", line.status.word()));
        if line.is_current() {
            current.push(format!("{head} {supersedes}"));
        }
    }
    let enrollments = lines.enrollments.iter().map(|line| {
        format!(
            "{} {} {} {} {} {} {}",
            line.id.as_str(),
            line.participant.as_str(),
            line.program.as_str(),
            days(line.period),
            line.status.word(),
            line.supersedes.as_ref().map_or("-", |id| id.as_str()),
            u8::from(line.ending == caseload::Ending::Dismissed)
        )
    });
    let organisation = Organisation::told_by(agency);
    [
        sorted(all),
        sorted(current),
        sorted(enrollments.collect()),
        organisation.programs(),
        organisation.staff(),
        organisation.rights(),
    ]
}

fn days(period: Period) -> String {
    let end = period.end().map_or_else(|| "-".to_owned(), |day| day.to_string());
    format!("{} {end}", period.start())
}

/// Programs and staff, folded from the feed of events.
#[derive(Default)]
struct Organisation {
    programs: BTreeMap<String, (Option<String>, bool, Value)>,
    staff: BTreeMap<String, Worker>,
}

struct Worker {
    name: Option<String>,
    activity: Activity,
    everywhere: Rights,
    own: BTreeMap<String, Rights>,
}

impl Organisation {
    fn told_by(agency: &Agency) -> Organisation {
        let mut organisation = Organisation::default();
        for happened in agency.events(0, usize::MAX).unwrap() {
            organisation.hear(happened.event);
        }
        organisation
    }

    fn hear(&mut self, event: Event) {
        let policy_json = |policy: &caseload::Policy| serde_json::to_value(policy).unwrap();
        match event {
            Event::ProgramDefined { program, name, policy } => {
                let name = name.map(|name| name.as_str().to_owned());
                let facts = (name, true, policy_json(&policy));
                self.programs.insert(program.as_str().to_owned(), facts);
            }
            Event::ProgramRevised { program, policy } => {
                self.program(program.as_str()).2 = policy_json(&policy);
            }
            Event::ProgramRenamed { program, name } => {
                self.program(program.as_str()).0 = Some(name.as_str().to_owned());
            }
            Event::ProgramClosed { program } => self.program(program.as_str()).1 = false,
            Event::ProgramReopened { program } => self.program(program.as_str()).1 = true,
            Event::StaffRegistered { staff, name, rights } => {
                let name = name.map(|name| name.as_str().to_owned());
                let own = BTreeMap::new();
                let worker = Worker { name, activity: Activity::Active, everywhere: rights, own };
                self.staff.insert(staff.as_str().to_owned(), worker);
            }
            Event::StaffRenamed { staff, name } => {
                self.worker(staff.as_str()).name = Some(name.as_str().to_owned());
            }
            Event::StaffDeactivated { staff } => {
                self.worker(staff.as_str()).activity = Activity::Deactivated;
            }
            Event::StaffReactivated { staff } => {
                self.worker(staff.as_str()).activity = Activity::Active;
            }
            Event::RightsChanged { staff, program, rights, change } => {
                let program = program.as_ref().map(|program| program.as_str());
                self.worker(staff.as_str()).change_rights(program, rights, change);
            }
            Event::IdReplaced { from, to, .. } => self.replace(&from, &to),
            _ => {}
        }
    }

    fn program(&mut self, id: &str) -> &mut (Option<String>, bool, Value) {
        self.programs.get_mut(id).unwrap()
    }

    fn worker(&mut self, id: &str) -> &mut Worker {
        self.staff.get_mut(id).unwrap()
    }

    fn replace(&mut self, from: &AnyId, to: &AnyId) {
        let (from, new) = (from.as_str(), to.as_str().to_owned());
        match to.kind() {
            Kind::Program => {
                let facts = self.programs.remove(from).unwrap();
                self.programs.insert(new.clone(), facts);
                for worker in self.staff.values_mut() {
                    if let Some(rights) = worker.own.remove(from) {
                        worker.own.insert(new.clone(), rights);
                    }
                }
            }
            Kind::Staff => {
                let worker = self.staff.remove(from).unwrap();
                self.staff.insert(new, worker);
            }
            _ => {}
        }
    }

    fn programs(&self) -> Vec<String> {
        let row = |(id, (name, open, policy)): (&String, &(Option<String>, bool, Value))| {
            format!("{id} {} {} {policy}", name.as_deref().unwrap_or("-"), u8::from(*open))
        };
        sorted(self.programs.iter().map(row).collect())
    }

    fn staff(&self) -> Vec<String> {
        let row = |(id, worker): (&String, &Worker)| {
            let active = u8::from(worker.activity == Activity::Active);
            format!("{id} {} {active}", worker.name.as_deref().unwrap_or("-"))
        };
        sorted(self.staff.iter().map(row).collect())
    }

    fn rights(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for (id, worker) in &self.staff {
            rows.push(format!("{id} - {}", flags(worker.everywhere)));
            let own = worker.own.iter();
            rows.extend(own.map(|(program, rights)| format!("{id} {program} {}", flags(*rights))));
        }
        sorted(rows)
    }
}

impl Worker {
    fn change_rights(&mut self, program: Option<&str>, rights: Rights, change: RightsChange) {
        let changed = |held: Rights| match change {
            RightsChange::Granted => held.and(rights),
            RightsChange::Revoked => held.without(rights),
        };
        if let Some(program) = program {
            let held = self.own.get(program).copied().unwrap_or(self.everywhere);
            self.own.insert(program.to_owned(), changed(held));
            return;
        }
        self.everywhere = changed(self.everywhere);
        self.own.values_mut().for_each(|held| *held = changed(*held));
    }
}

fn flags(rights: Rights) -> String {
    let order = [
        Right::Own,
        Right::Others,
        Right::Correct,
        Right::Enroll,
        Right::Administer,
        Right::ViewAll,
    ];
    order.map(|right| u8::from(rights.has(right)).to_string()).join(" ")
}

//! Writes entries by hand, as the engine would.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::path::PathBuf;

use caseload::{
    Day, Kind, Policy, RequestId, Rights, StoreError,
    body::{Body, Fact, Mentions},
    log::{Entry, Head, Log, PageLimit, PrivateItems, Recorded},
};
use caseload_sqlite::{SqliteLog, Value};
use tempfile::TempDir;

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn request(text: &str) -> RequestId {
    RequestId::new(text).unwrap()
}

pub fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agency.db");
    (folder, path)
}

/// One entry in the making.
#[derive(Default)]
pub struct Draft {
    new: [Vec<String>; 6],
    more: Vec<String>,
    facts: Vec<Fact>,
    request: Option<RequestId>,
}

impl Draft {
    /// Mentions an id for the first time. Before any `item`.
    pub fn id(mut self, kind: Kind, id: &str) -> Draft {
        let place = Kind::ALL.iter().position(|other| *other == kind).unwrap();
        self.new[place].push(id.to_owned());
        self
    }

    pub fn role(mut self, role: &str) -> Draft {
        self.new[5].push(role.to_owned());
        self
    }

    pub fn fact(mut self, fact: Fact) -> Draft {
        self.facts.push(fact);
        self
    }

    /// Adds a text after the mentions; the fact takes its index.
    pub fn with_text(mut self, text: &str, fact: impl FnOnce(u32) -> Fact) -> Draft {
        let index = self.new.iter().map(Vec::len).sum::<usize>() + self.more.len();
        self.more.push(text.to_owned());
        self.facts.push(fact(u32::try_from(index).unwrap()));
        self
    }

    pub fn request(mut self, text: &str) -> Draft {
        self.request = Some(request(text));
        self
    }

    pub fn seal(self, after: &Head) -> Entry {
        let mut items = PrivateItems::default();
        for (number, text) in self.new.iter().flatten().chain(&self.more).enumerate() {
            let salt = [u8::try_from(number % 251).unwrap() + 1; 16];
            items.push(salt, text.clone());
        }
        let body = Body {
            actor: 0,
            entered: None,
            facts: self.facts,
            left: Vec::new(),
            new: Mentions(self.new.each_ref().map(|ids| u32::try_from(ids.len()).unwrap())),
            notices: Vec::new(),
            on: day("2024-06-15"),
            private: items.digest(),
            request: None,
            rows: None,
        };
        let recorded = Recorded::from_micros(1_700_000_000_000_000);
        Entry::sealed(after, recorded, self.request, body.encode().unwrap(), items.pack())
    }
}

pub fn draft() -> Draft {
    Draft::default()
}

/// Appends one entry at the end of a log.
pub fn append(log: &dyn Log, draft: Draft) -> Result<Entry, StoreError> {
    let mut turn = log.turn()?;
    let head = turn.head()?;
    let entry = draft.seal(&head);
    turn.append(&head, std::slice::from_ref(&entry))?;
    Ok(entry)
}

pub fn all(log: &dyn Log) -> Vec<Entry> {
    log.read(&Head::START, PageLimit::default()).unwrap().entries
}

/// Program 1 `p-1`, staff 1 `s-1`, participant 1 `c-1` enrolled as `e-1`, assigned as `a-1`.
pub fn small_agency(log: &dyn Log) {
    append(log, program(1, "p-1", "Shelter")).unwrap();
    append(log, staff(1, "s-1", "Sam")).unwrap();
    append(log, enroll(1, "e-1", Some((1, "c-1")), 1, "2024-01-01", None)).unwrap();
    append(log, assign(1, "a-1", 1, 1, 1, "2024-02-01", None)).unwrap();
}

pub fn program(number: u32, id: &str, name: &str) -> Draft {
    draft().id(Kind::Program, id).with_text(name, |name| Fact::ProgramDefined {
        name: Some(name),
        policy: Box::new(policy()),
        program: number,
    })
}

pub fn policy() -> Policy<u32> {
    serde_json::from_str(&serde_json::to_string(&Policy::default()).unwrap()).unwrap()
}

pub fn staff(number: u32, id: &str, name: &str) -> Draft {
    draft().id(Kind::Staff, id).with_text(name, |name| Fact::StaffRegistered {
        name: Some(name),
        rights: Rights::NONE,
        staff: number,
    })
}

/// With a participant's id where this is their first mention; else participant 1.
pub fn enroll(
    number: u32,
    id: &str,
    new: Option<(u32, &str)>,
    program: u32,
    start: &str,
    end: Option<&str>,
) -> Draft {
    let draft = match new {
        Some((_, participant)) => draft().id(Kind::Participant, participant),
        None => draft(),
    };
    draft.id(Kind::Enrollment, id).fact(Fact::Enrolled {
        end: end.map(day),
        enrollment: number,
        participant: new.map_or(1, |(participant, _)| participant),
        program,
        start: day(start),
    })
}

pub fn assign(
    number: u32,
    id: &str,
    staff: u32,
    participant: u32,
    program: u32,
    start: &str,
    end: Option<&str>,
) -> Draft {
    draft().id(Kind::Assignment, id).fact(assigned(number, staff, participant, program, start, end))
}

pub fn assigned(
    assignment: u32,
    staff: u32,
    participant: u32,
    program: u32,
    start: &str,
    end: Option<&str>,
) -> Fact {
    Fact::Assigned {
        assignment,
        end: end.map(day),
        participant,
        program,
        role: None,
        staff,
        start: day(start),
    }
}

/// Rows as text, columns joined by a blank, NULL as `-`.
pub fn ask(log: &SqliteLog, text: &str) -> Vec<String> {
    let table = log.sql(text).unwrap();
    let show = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    };
    table.rows.iter().map(|row| row.iter().map(show).collect::<Vec<_>>().join(" ")).collect()
}

/// Whether any file of a folder holds these bytes.
pub fn folder_holds(folder: &std::path::Path, text: &str) -> Vec<String> {
    let holds = |path: &std::path::Path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .filter(|path| path.is_file() && holds(path))
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

/// Whether files belong to root here, who may write everywhere.
#[cfg(unix)]
pub fn is_root(folder: &TempDir) -> bool {
    let found = std::fs::metadata(folder.path()).unwrap();
    std::os::unix::fs::MetadataExt::uid(&found) == 0
}

/// Runs the ignored test `as_nobody` of this test file as `nobody`, in a process of its own.
#[cfg(unix)]
pub fn run_as_nobody(folder: &TempDir, path: &std::path::Path) {
    use std::os::unix::{fs::PermissionsExt as _, process::CommandExt as _};
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let test = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "as_nobody", "--ignored", "--nocapture"])
        .env("CASELOAD_TEST_PATH", path)
        .current_dir(folder.path())
        .uid(65_534)
        .gid(65_534)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&test.stdout).into_owned();
    assert!(test.status.success() && said.contains("1 passed"), "{test:?}");
}

//! Violations, the phases of the walk, and what an accepted command leaves behind.

use serde_json::{Map, Value, json};

use super::state::{Kind, State};

/// The phases of the contract's walk, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the phase of its name")]
pub enum Phase {
    Input,
    Batch,
    Shape,
    References,
    Rights,
    State,
    Enrollment,
    Timeline,
    Limits,
}

/// Every code with its phase, in the order of the table of rules.
pub const TABLE: &[(&str, Phase)] = &[
    ("input-date", Phase::Input),
    ("input-id", Phase::Input),
    ("input-command", Phase::Input),
    ("request-reused", Phase::Input),
    ("too-large", Phase::Input),
    ("row-kind", Phase::Batch),
    ("history-row", Phase::Batch),
    ("row-refused", Phase::Batch),
    ("end-before-start", Phase::Shape),
    ("zero-day-period", Phase::Shape),
    ("reason-required", Phase::Shape),
    ("same-staff", Phase::Shape),
    ("role-required", Phase::Shape),
    ("role-not-listed", Phase::Shape),
    ("unknown-program", Phase::References),
    ("unknown-staff", Phase::References),
    ("unknown-actor", Phase::References),
    ("unknown-enrollment", Phase::References),
    ("unknown-assignment", Phase::References),
    ("unknown-participant", Phase::References),
    ("id-taken", Phase::References),
    ("program-closed", Phase::References),
    ("staff-inactive", Phase::References),
    ("own-right-missing", Phase::Rights),
    ("others-right-missing", Phase::Rights),
    ("correct-right-missing", Phase::Rights),
    ("enroll-right-missing", Phase::Rights),
    ("administer-right-missing", Phase::Rights),
    ("assignment-ended", Phase::State),
    ("enrollment-ended", Phase::State),
    ("assignment-not-current", Phase::State),
    ("enrollment-not-current", Phase::State),
    ("nothing-to-transfer", Phase::State),
    ("open-assignments-remain", Phase::State),
    ("nothing-to-reinstate", Phase::State),
    ("not-enrolled", Phase::Enrollment),
    ("outside-enrollment", Phase::Enrollment),
    ("enrollment-not-started", Phase::Enrollment),
    ("enrollment-overlaps", Phase::Enrollment),
    ("assignment-outside", Phase::Enrollment),
    ("already-assigned", Phase::Timeline),
    ("out-of-order", Phase::Timeline),
    ("planned-start", Phase::Timeline),
    ("primary-held", Phase::Timeline),
    ("too-many-staff", Phase::Limits),
    ("caseload-full", Phase::Limits),
];

fn place(code: &str) -> usize {
    TABLE.iter().position(|(known, _)| *known == code).unwrap_or(TABLE.len())
}

/// One broken rule, or (with the same words) one notice.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub code: &'static str,
    pub fields: Vec<String>,
    pub params: Map<String, Value>,
}

impl Violation {
    pub(super) fn new(code: &'static str, fields: &[&str]) -> Self {
        Violation {
            code,
            fields: fields.iter().map(|field| field.to_string()).collect(),
            params: Map::new(),
        }
    }

    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.params.insert(key.to_string(), value.into());
        self
    }

    pub(super) fn phase(&self) -> Phase {
        TABLE[place(self.code)].1
    }

    pub(super) fn to_json(&self) -> Value {
        let mut object = self.params.clone();
        object.insert("code".to_string(), json!(self.code));
        object.insert("fields".to_string(), json!(self.fields));
        Value::Object(object)
    }

    pub(super) fn to_notice(&self) -> Value {
        let mut object = self.params.clone();
        object.insert("code".to_string(), json!(self.code));
        Value::Object(object)
    }
}

/// The end of the walk: of everything that is broken only the earliest phase is reported.
///
/// Rules may thus all be asked at once; a later rule that looks at nonsense is never heard.
pub(super) fn walk(mut found: Vec<Violation>) -> Result<(), Vec<Violation>> {
    let Some(first) = found.iter().map(Violation::phase).min() else {
        return Ok(());
    };
    found.retain(|violation| violation.phase() == first);
    found.sort_by_key(|violation| place(violation.code));
    Err(found)
}

/// An id that an answer or an event mentions; its kind is kept so that it can be forgotten.
pub(super) type Mention = (Kind, String);

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub kind: &'static str,
    pub ids: Vec<Mention>,
}

impl Event {
    pub(super) fn new(kind: &'static str, ids: &[(Kind, &str)]) -> Self {
        Event { kind, ids: ids.iter().map(|(kind, id)| (*kind, id.to_string())).collect() }
    }
}

/// What an accepted command does: the next state and all that is said about it.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub state: State,
    pub ids: Vec<Mention>,
    pub ended: Vec<String>,
    pub left: Vec<(String, &'static str)>,
    pub notices: Vec<Violation>,
    pub events: Vec<Event>,
    pub rows: Option<Vec<Value>>,
    /// False only for mirrored rows that make no difference.
    pub stored: bool,
    /// The participant that a `forget` removes, by place in the list of participants.
    pub forgotten: Option<usize>,
}

impl Change {
    pub(super) fn of(state: State) -> Self {
        Change {
            state,
            ids: Vec::new(),
            ended: Vec::new(),
            left: Vec::new(),
            notices: Vec::new(),
            events: Vec::new(),
            rows: None,
            stored: true,
            forgotten: None,
        }
    }

    pub(super) fn event(&mut self, kind: &'static str, ids: &[(Kind, &str)]) {
        self.events.push(Event::new(kind, ids));
    }

    /// Ends an assignment and lists it in the receipt.
    pub(super) fn end(&mut self, line: usize, day: super::day::Day) -> String {
        let assignment = &mut self.state.assignments[line];
        assignment.period.end = Some(day);
        let id = assignment.id.clone();
        self.ended.push(id.clone());
        id
    }

    /// Notices of a passed limit, each with its event.
    pub(super) fn passed_limits(&mut self, notices: Vec<Violation>, staff: usize, program: usize) {
        for notice in notices {
            let staff_id = self.state.staff[staff].id.clone();
            let program_id = self.state.programs[program].id.clone();
            self.event("limit_reached", &[(Kind::Staff, &staff_id), (Kind::Program, &program_id)]);
            self.notices.push(notice);
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub violations: Vec<Violation>,
    pub rows: Option<Vec<Value>>,
}

impl From<Vec<Violation>> for Refusal {
    fn from(violations: Vec<Violation>) -> Self {
        Refusal { violations, rows: None }
    }
}

pub(super) type Outcome = Result<Change, Refusal>;

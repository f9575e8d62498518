//! A naive auditor: the whole contract over plain lists, answered by full scans.
//!
//! After every entry a full copy of the state is kept, and a question about an earlier state is
//! put to that copy. Whether days are shared, covered or counted is decided day by day over sets
//! of days. Nothing is indexed and nothing is clever, so that it is easy to see that it is right.

#![expect(
    clippy::indexing_slicing,
    reason = "test support: a wrong place must stop the test, not be passed over"
)]

mod commands;
mod compare;
mod day;
mod input;
mod policy;
mod questions;
mod rules;
mod state;
mod verdict;

use serde_json::{Map, Value, json};

use commands::Command;
use input::{Fields, is_id};
use questions::Question;
use rules::Context;
use state::{Kind, State};
use verdict::{Change, Event, Mention, Refusal, Violation};

pub use compare::differences;
pub use day::{format_day, parse_day};
pub use verdict::{Phase, TABLE};

pub(crate) use state::{State as Facts, Status as LineStatus};

/// What was answered to an accepted command.
#[derive(Clone, Debug)]
struct Answer {
    position: usize,
    ids: Vec<Mention>,
    ended: Vec<String>,
    left: Vec<(String, &'static str)>,
    notices: Vec<Value>,
    rows: Option<Vec<Value>>,
}

/// An accepted command that had a request id.
struct Request {
    id: String,
    content: Value,
    /// It named a participant who is forgotten: what was asked can no longer be compared.
    forgotten: bool,
    answer: Answer,
}

/// An entry of the log.
struct Entry {
    recorded: i128,
    events: Vec<Event>,
    /// The state after it.
    state: State,
}

/// Reads JSON lines and answers each.
pub struct Auditor {
    /// Position 0 is the empty agency, before everything.
    entries: Vec<Entry>,
    requests: Vec<Request>,
    /// The position of the head after each line; line 0 is before everything.
    heads: Vec<usize>,
    now: i128,
}

impl Default for Auditor {
    fn default() -> Self {
        Auditor::new()
    }
}

impl std::fmt::Debug for Auditor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auditor").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Auditor {
    /// An empty agency.
    pub fn new() -> Self {
        Auditor {
            entries: vec![Entry {
                recorded: i128::MIN,
                events: Vec::new(),
                state: State::default(),
            }],
            requests: Vec::new(),
            heads: vec![0],
            now: 0,
        }
    }

    /// Sets the clock that labels the entries, in nanoseconds since 1970-01-01T00:00:00Z.
    pub fn set_clock(&mut self, nanoseconds: i128) {
        self.now = nanoseconds;
    }

    /// Answers one line; an empty one has no answer, but it counts.
    pub fn line(&mut self, text: &str) -> Option<Value> {
        let number = self.heads.len();
        let answer = if text.trim().is_empty() {
            None
        } else {
            let answer = self.object(text, number).unwrap_or_else(|refusal| {
                let mut answer = json!({
                    "ok": false,
                    "violations": list(&refusal.violations, Violation::to_json),
                });
                if let Some(rows) = refusal.rows {
                    answer["rows"] = json!(rows);
                }
                answer
            });
            Some(numbered(answer, number))
        };
        self.heads.push(self.head());
        answer
    }

    pub(crate) fn facts(&self) -> &State {
        &self.entries[self.head()].state
    }

    fn head(&self) -> usize {
        self.entries.len() - 1
    }

    fn object(&mut self, text: &str, number: usize) -> Result<Value, Refusal> {
        let Ok(Value::Object(object)) = serde_json::from_str(text) else {
            return Err(unreadable("line"));
        };
        let written = |name: &str| object.get(name).filter(|value| !value.is_null());
        match (written("op"), written("ask")) {
            (Some(Value::String(op)), None) => self.command(op, &object),
            (None, Some(Value::String(kind))) => self.question(kind, &object, number),
            _ => Err(unreadable("op")),
        }
    }

    // ------------------------------------------------------------ commands

    fn command(&mut self, op: &str, object: &Map<String, Value>) -> Result<Value, Refusal> {
        let mut fields = Fields::of(object);
        fields.value("op");
        let context = Context { actor: fields.id("actor"), on: fields.day("on") };
        let request = fields.optional_id("request");
        let review = fields.flag("review");
        fields.instant("entered");
        let Some(command) = Command::read(op, &mut fields) else {
            return Err(unreadable("op"));
        };
        fields.finish()?;

        let content = content_of(object);
        if let Some(known) = self.requests.iter().find(|known| Some(&known.id) == request.as_ref())
        {
            if known.forgotten || known.content == content {
                return Ok(receipt(&known.answer));
            }
            return Err(vec![Violation::new("request-reused", &["request"])].into());
        }
        let change = command.judge(self.facts(), &context)?;
        let answer = self.answer_to(&change);
        if !review && change.stored {
            self.record(change, request, content, answer.clone());
        }
        Ok(receipt(&answer))
    }

    fn answer_to(&self, change: &Change) -> Answer {
        let mut notices = list(&change.notices, Violation::to_notice);
        if change.stored && self.now < self.entries[self.head()].recorded {
            notices.push(json!({"code": "clock-behind"}));
        }
        Answer {
            position: self.head() + usize::from(change.stored),
            ids: change.ids.clone(),
            ended: change.ended.clone(),
            left: change.left.clone(),
            notices,
            rows: change.rows.clone(),
        }
    }

    fn record(&mut self, change: Change, request: Option<String>, content: Value, answer: Answer) {
        let last = self.entries[self.head()].recorded;
        self.entries.push(Entry {
            recorded: self.now.max(last),
            events: change.events,
            state: change.state,
        });
        if let Some(id) = request {
            self.requests.push(Request { id, content, forgotten: false, answer });
        }
        if let Some(participant) = change.forgotten {
            self.erase(participant);
        }
    }

    // ------------------------------------------------------------ questions

    fn question(
        &self,
        kind: &str,
        object: &Map<String, Value>,
        number: usize,
    ) -> Result<Value, Refusal> {
        let mut fields = Fields::of(object);
        fields.value("ask");
        let position = self.known_at(&mut fields, number);
        let Some(question) = Question::read(kind, &mut fields) else {
            return Err(unreadable("ask"));
        };
        fields.finish()?;
        let answer = match question.events_after() {
            Some(after) => self.events(after, position),
            None => question.answer(&self.entries[position].state),
        };
        Ok(json!({ "answer": answer }))
    }

    /// The position as of which a question is asked.
    fn known_at(&self, fields: &mut Fields<'_>, number: usize) -> usize {
        match fields.value("known_at") {
            None => return self.head(),
            Some(Value::String(_)) => {
                if let Some(instant) = fields.instant("known_at") {
                    let earlier = self.entries.iter().rposition(|entry| entry.recorded <= instant);
                    return earlier.unwrap_or(0);
                }
                // The field was refused already.
                return 0;
            }
            Some(Value::Object(object)) if object.len() == 1 => {
                let line = object.get("line").and_then(Value::as_u64);
                if let Some(line) = line.filter(|line| *line < number as u64) {
                    return self.heads[line as usize];
                }
            }
            Some(_) => {}
        }
        fields.refuse("input-command", "known_at");
        0
    }

    fn events(&self, after: u64, position: usize) -> Value {
        let mut found = Vec::new();
        for (at, entry) in self.entries.iter().enumerate().take(position + 1) {
            for event in &entry.events {
                if at as u64 > after {
                    let ids: Vec<&String> = event.ids.iter().map(|(_, id)| id).collect();
                    found.push(json!([at, event.kind, ids]));
                }
            }
        }
        json!(found)
    }

    // ------------------------------------------------------------ forgetting

    /// Removes what could identify a participant from everything kept, earlier states included.
    fn erase(&mut self, participant: usize) {
        let texts = texts_of(self.facts(), participant);
        let named = |text: &str| texts.iter().any(|id| text.contains(id.as_str()));
        let erased = erased_mentions(self.facts(), participant, &texts);

        for entry in &mut self.entries {
            erase_from_state(&mut entry.state, participant, &texts);
            for event in &mut entry.events {
                event.ids.iter_mut().for_each(|mention| forget_mention(mention, &erased));
            }
        }
        self.requests.retain(|request| !named(&request.id));
        for request in &mut self.requests {
            if mentions(&request.content, &named) {
                request.forgotten = true;
            }
            let answer = &mut request.answer;
            answer.ids.iter_mut().for_each(|mention| forget_mention(mention, &erased));
            let ended = answer.ended.iter_mut();
            let left = answer.left.iter_mut().map(|(id, _)| id);
            for id in ended.chain(left) {
                let mut mention = (Kind::Assignment, std::mem::take(id));
                forget_mention(&mut mention, &erased);
                *id = mention.1;
            }
            for row in answer.rows.iter_mut().flatten() {
                if mentions(row, &named) {
                    // The verdict goes; whether the row passed stays.
                    *row = json!({"row": row["row"], "ok": row["ok"]});
                }
            }
        }
    }
}

/// Every text that ever named a participant.
fn texts_of(state: &State, participant: usize) -> Vec<String> {
    let mut texts = vec![state.participants[participant].id.clone()];
    for (kind, id, place) in &state.old_ids {
        if *kind == Kind::Participant && *place == participant {
            texts.push(id.clone());
        }
    }
    texts
}

/// What each mention of a participant, or of an id that contains theirs, reads from now on.
fn erased_mentions(state: &State, participant: usize, texts: &[String]) -> Vec<(Mention, String)> {
    let named = |text: &str| texts.iter().any(|id| text.contains(id.as_str()));
    let mut erased = Vec::new();
    for text in texts {
        erased.push(((Kind::Participant, text.clone()), erased_id(participant)));
    }
    let mut note = |kind: Kind, place: usize, id: &String| {
        if named(id) {
            erased.push(((kind, id.clone()), erased_id(place)));
        }
    };
    for (place, enrollment) in state.enrollments.iter().enumerate() {
        if enrollment.participant == participant {
            note(Kind::Enrollment, place, &enrollment.id);
        }
    }
    for (place, line) in state.assignments.iter().enumerate() {
        if line.participant == participant {
            note(Kind::Assignment, place, &line.id);
        }
    }
    for (kind, id, place) in &state.old_ids {
        let owner = match kind {
            Kind::Enrollment => state.enrollments[*place].participant,
            Kind::Assignment => state.assignments[*place].participant,
            _ => continue,
        };
        if owner == participant {
            note(*kind, *place, id);
        }
    }
    erased
}

fn erased_id(place: usize) -> String {
    format!("erased-{}", place + 1)
}

fn forget_mention(mention: &mut Mention, erased: &[(Mention, String)]) {
    if let Some((_, reads)) = erased.iter().find(|(known, _)| known == mention) {
        mention.1 = reads.clone();
    }
}

fn erase_from_state(state: &mut State, participant: usize, texts: &[String]) {
    let named = |text: &str| texts.iter().any(|id| text.contains(id.as_str()));
    if participant < state.participants.len() {
        state.participants[participant].id = erased_id(participant);
        state.participants[participant].erased = true;
    }
    for (place, enrollment) in state.enrollments.iter_mut().enumerate() {
        if enrollment.participant == participant && named(&enrollment.id) {
            enrollment.id = erased_id(place);
            enrollment.erased = true;
        }
    }
    for (place, line) in state.assignments.iter_mut().enumerate() {
        if line.participant == participant && named(&line.id) {
            line.id = erased_id(place);
            line.erased = true;
        }
    }
    let (enrollments, assignments) = (&state.enrollments, &state.assignments);
    state.old_ids.retain(|(kind, id, place)| match kind {
        Kind::Participant => *place != participant,
        Kind::Enrollment => enrollments[*place].participant != participant || !named(id),
        Kind::Assignment => assignments[*place].participant != participant || !named(id),
        _ => true,
    });
}

/// Whether a text anywhere in a value is named.
fn mentions(value: &Value, named: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => named(text),
        Value::Array(values) => values.iter().any(|value| mentions(value, named)),
        Value::Object(object) => object.values().any(|value| mentions(value, named)),
        _ => false,
    }
}

/// The content of a command, as far as a repeated request is concerned: null is absent, and
/// `review` does not count.
fn content_of(object: &Map<String, Value>) -> Value {
    let mut content = object.clone();
    content.remove("review");
    without_nulls(&Value::Object(content))
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), without_nulls(value)))
                .collect(),
        ),
        Value::Array(values) => Value::Array(values.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

fn unreadable(field: &str) -> Refusal {
    vec![Violation::new("input-command", &[field])].into()
}

fn list(violations: &[Violation], form: impl Fn(&Violation) -> Value) -> Vec<Value> {
    violations.iter().map(form).collect()
}

fn receipt(answer: &Answer) -> Value {
    let ids: Vec<&String> = answer.ids.iter().map(|(_, id)| id).collect();
    let left: Vec<Value> = answer.left.iter().map(|(id, code)| json!([id, code])).collect();
    let mut object = json!({
        "ok": true,
        "receipt": {
            "position": answer.position,
            "ids": ids,
            "ended": answer.ended,
            "left": left,
            "notices": answer.notices,
        },
    });
    if let Some(rows) = &answer.rows {
        object["rows"] = json!(rows);
    }
    object
}

fn numbered(mut answer: Value, number: usize) -> Value {
    answer["line"] = json!(number);
    answer
}

/// Whether a text could be an id.
pub fn could_be_id(text: &str) -> bool {
    is_id(text)
}

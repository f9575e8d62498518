//! The questions, each answered by a scan over one state.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::day::{Day, format_day};
use super::input::Fields;
use super::rules::{Who, sees, who};
use super::state::{State, Status};

/// A question that was read in full.
pub(super) struct Question {
    kind: String,
    as_of: Option<Day>,
    program: Option<String>,
    staff: String,
    participant: String,
    participants: Vec<String>,
    actor: Option<String>,
    after: u64,
}

impl Question {
    /// Reads the fields of a question; `None` if there is no such question.
    pub(super) fn read(kind: &str, fields: &mut Fields<'_>) -> Option<Question> {
        let mut question = Question {
            kind: kind.to_string(),
            as_of: None,
            program: None,
            staff: String::new(),
            participant: String::new(),
            participants: Vec::new(),
            actor: None,
            after: 0,
        };
        match kind {
            "caseload" => {
                question.staff = fields.id("staff");
                question.program = fields.optional_id("program");
            }
            "caseworkers" | "history" => {
                question.participant = fields.id("participant");
                question.program = Some(fields.id("program"));
            }
            "snapshot" | "counts" => question.program = fields.optional_id("program"),
            "unassigned" => question.program = Some(fields.id("program")),
            "visible" => question.participants = fields.ids("participants"),
            "state" => {}
            "events" => {
                let after = fields.value("after").and_then(Value::as_u64);
                if after.is_none() {
                    fields.refuse("input-command", "after");
                }
                question.after = after.unwrap_or(0);
            }
            _ => return None,
        }
        question.read_who_and_when(fields);
        Some(question)
    }

    fn read_who_and_when(&mut self, fields: &mut Fields<'_>) {
        match self.kind.as_str() {
            // The log itself is for the host: it has no day and no actor.
            "events" => {}
            "visible" => {
                self.actor = Some(fields.id("actor"));
                self.as_of = Some(fields.day("as_of"));
            }
            // Only an actor makes these two depend on a day.
            "state" | "history" if fields.value("actor").is_none() => {
                fields.optional_day("as_of");
            }
            _ => {
                self.actor = fields.optional_id("actor");
                self.as_of = Some(fields.day("as_of"));
            }
        }
    }

    pub(super) fn events_after(&self) -> Option<u64> {
        (self.kind == "events").then_some(self.after)
    }

    pub(super) fn answer(&self, state: &State) -> Value {
        match self.kind.as_str() {
            "caseload" => self.caseload(state),
            "caseworkers" => self.caseworkers(state),
            "snapshot" => self.snapshot(state),
            "counts" => self.counts(state),
            "unassigned" => self.unassigned(state),
            "visible" => self.visible(state),
            _ => self.lines(state),
        }
    }

    fn day(&self) -> Day {
        self.as_of.unwrap_or_default()
    }

    fn may_see(&self, state: &State, participant: usize, program: usize) -> bool {
        match &self.actor {
            None => true,
            Some(actor) => sees(state, who(state, actor), participant, program, self.day()),
        }
    }

    /// The lines that cover the day, in the program asked for, that the actor may see.
    fn covering(&self, state: &State) -> Vec<[String; 3]> {
        let mut found = Vec::new();
        for place in 0..state.assignments.len() {
            let line = &state.assignments[place];
            let program = &state.programs[line.program].id;
            let asked = self.program.as_ref().is_none_or(|asked| asked == program);
            if asked
                && state.covers(place, self.day())
                && self.may_see(state, line.participant, line.program)
            {
                found.push([
                    program.clone(),
                    state.participants[line.participant].id.clone(),
                    state.staff[line.staff].id.clone(),
                ]);
            }
        }
        found.sort();
        found
    }

    fn caseload(&self, state: &State) -> Value {
        let held: Vec<[String; 2]> = self
            .covering(state)
            .into_iter()
            .filter(|[_, _, staff]| *staff == self.staff)
            .map(|[program, participant, _]| [program, participant])
            .collect();
        json!(held)
    }

    fn caseworkers(&self, state: &State) -> Value {
        let known = state.find_participant(&self.participant).is_some();
        let staff: BTreeSet<String> = self
            .covering(state)
            .into_iter()
            .filter(|[_, participant, _]| known && *participant == self.participant)
            .map(|[_, _, staff]| staff)
            .collect();
        json!(staff)
    }

    fn snapshot(&self, state: &State) -> Value {
        json!(self.covering(state))
    }

    fn counts(&self, state: &State) -> Value {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for [_, _, staff] in self.covering(state) {
            *counts.entry(staff).or_default() += 1;
        }
        let pairs: Vec<Value> = counts.into_iter().map(|(staff, n)| json!([staff, n])).collect();
        json!(pairs)
    }

    fn unassigned(&self, state: &State) -> Value {
        let Some(program) = self.program.as_ref().and_then(|id| state.find_program(id)) else {
            return json!([]);
        };
        let mut found = BTreeSet::new();
        for enrollment in &state.enrollments {
            let enrolled = enrollment.program == program
                && enrollment.status == Status::Current
                && enrollment.period.covers(self.day());
            let participant = enrollment.participant;
            let held = state
                .assignments_of(participant, program)
                .into_iter()
                .any(|line| state.covers(line, self.day()));
            if enrolled && !held && self.may_see(state, participant, program) {
                found.insert(state.participants[participant].id.clone());
            }
        }
        json!(found)
    }

    fn visible(&self, state: &State) -> Value {
        let actor = who(state, self.actor.as_deref().unwrap_or_default());
        if actor == Who::Root {
            return json!(self.participants);
        }
        let mut found: Vec<&String> = self
            .participants
            .iter()
            .filter(|id| {
                state.find_participant(id).is_some_and(|participant| {
                    (0..state.programs.len())
                        .any(|program| sees(state, actor, participant, program, self.day()))
                })
            })
            .collect();
        found.sort();
        json!(found)
    }

    /// `state` and `history`.
    fn lines(&self, state: &State) -> Value {
        let asked = |participant: usize, program: usize| {
            let in_timeline = self.kind == "state"
                || (state.find_participant(&self.participant) == Some(participant)
                    && Some(&state.programs[program].id) == self.program.as_ref());
            in_timeline && self.may_see(state, participant, program)
        };
        let end = |end: Option<Day>| end.map(format_day);
        let mut enrollments = BTreeMap::new();
        for line in &state.enrollments {
            if asked(line.participant, line.program) {
                let row = json!([
                    line.id,
                    state.participants[line.participant].id,
                    state.programs[line.program].id,
                    format_day(line.period.start),
                    end(line.period.end),
                    line.status.word(),
                    line.supersedes.map(|place| state.enrollments[place].id.clone()),
                ]);
                enrollments.insert(line.id.clone(), row);
            }
        }
        let mut assignments = BTreeMap::new();
        for line in &state.assignments {
            if asked(line.participant, line.program) {
                let row = json!([
                    line.id,
                    state.staff[line.staff].id,
                    state.participants[line.participant].id,
                    state.programs[line.program].id,
                    format_day(line.period.start),
                    end(line.period.end),
                    line.status.word(),
                    line.supersedes.map(|place| state.assignments[place].id.clone()),
                ]);
                assignments.insert(line.id.clone(), row);
            }
        }
        json!({
            "enrollments": enrollments.into_values().collect::<Vec<Value>>(),
            "assignments": assignments.into_values().collect::<Vec<Value>>(),
        })
    }
}

//! Batches of assign and end_assignment rows.

use serde_json::{Value, json};

use super::assignments::{Assign, End};
use crate::auditor::input::Fields;
use crate::auditor::rules::{Context, actor_rules};
use crate::auditor::state::State;
use crate::auditor::verdict::{Change, Outcome, Refusal, Violation, walk};

const MAX_ROWS: usize = 10_000;

#[derive(Clone, Debug)]
pub(crate) struct Batch {
    all_or_nothing: bool,
    rows: Vec<Value>,
}

impl Batch {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        let mode = fields.word("mode", &["all_or_nothing", "partial"]);
        let rows = fields.list("rows");
        fields.limit("rows", rows.len(), MAX_ROWS);
        Batch { all_or_nothing: mode == "all_or_nothing", rows }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        // The actor is not a matter of the rows.
        walk(actor_rules(state, context))?;
        let mut change = Change::of(state.clone());
        let mut verdicts = Vec::new();
        let mut refused = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let number = index + 1;
            match judge_row(row, &change.state, context) {
                Ok(done) => {
                    change.state = done.state;
                    change.ids.extend(done.ids);
                    change.ended.extend(done.ended);
                    change.notices.extend(done.notices);
                    change.events.extend(done.events);
                    verdicts.push(json!({"row": number, "ok": true}));
                }
                Err(refusal) => {
                    let violations: Vec<Value> = refusal
                        .violations
                        .into_iter()
                        .map(|violation| violation.with("row", number).to_json())
                        .collect();
                    verdicts.push(json!({"row": number, "ok": false, "violations": violations}));
                    refused.push(number);
                }
            }
        }
        if self.all_or_nothing && !refused.is_empty() {
            return Err(Refusal {
                violations: vec![Violation::new("row-refused", &["rows"]).with("rows", refused)],
                rows: Some(verdicts),
            });
        }
        change.rows = Some(verdicts);
        Ok(change)
    }
}

fn judge_row(row: &Value, state: &State, context: &Context) -> Outcome {
    let unreadable = || vec![Violation::new("input-command", &["rows"])];
    let Value::Object(object) = row else {
        return Err(unreadable().into());
    };
    let mut fields = Fields::of(object);
    let op = fields.text("op");
    match op.as_str() {
        "assign" => {
            let command = Assign::read(&mut fields);
            fields.finish()?;
            walk(command.history(state, context))?;
            command.judge(state, context)
        }
        "end_assignment" => {
            let command = End::read(&mut fields);
            fields.finish()?;
            command.judge(state, context)
        }
        _ => {
            // Another row could still be unreadable in the ways that no row may be.
            let mut bad = Vec::new();
            if !object.get("op").is_some_and(Value::is_string) {
                bad.push(Violation::new("input-command", &["op"]));
            }
            for name in ["actor", "on", "request"] {
                if object.get(name).is_some_and(|value| !value.is_null()) {
                    bad.push(Violation::new("input-command", &[name]));
                }
            }
            walk(bad)?;
            Err(vec![Violation::new("row-kind", &["op"]).with("op", op)].into())
        }
    }
}

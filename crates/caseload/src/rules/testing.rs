//! Given a small world, when a command is given, then it is accepted or refused with these codes.
//!
//! Commands are written in the JSON-lines form without `actor` and `on`, which are `root` and
//! 2024-06-15 unless they are said.

use serde_json::{Map, Value, json};

use crate::{Agency, MemoryLog, jsonl::Replay};

pub(crate) struct World {
    replay: Replay,
}

impl World {
    /// Program `p1`, staff `s1` to `s3`, participants `c1` and `c2` enrolled in it as `e1` and `e2`
    /// from 2024-01-01 on.
    pub(crate) fn new() -> World {
        World::with_policy(json!({}))
    }

    /// The same, with a policy of `p1`.
    pub(crate) fn with_policy(policy: Value) -> World {
        let mut world = World { replay: Replay::new(Agency::open(MemoryLog::new()).unwrap()) };
        world.given(json!({"op": "define_program", "id": "p1", "policy": policy}));
        for staff in ["s1", "s2", "s3"] {
            world.given(json!({"op": "register_staff", "id": staff}));
        }
        for (enrollment, participant) in [("e1", "c1"), ("e2", "c2")] {
            world.given(json!({
                "op": "enroll", "id": enrollment, "participant": participant, "program": "p1",
                "start": "2024-01-01",
            }));
        }
        world
    }

    /// A command that must be accepted for the story to go on.
    pub(crate) fn given(&mut self, command: Value) -> &mut World {
        self.accepts(command);
        self
    }

    /// The command is accepted; gives back its receipt.
    #[track_caller]
    pub(crate) fn accepts(&mut self, command: Value) -> Value {
        let answer = self.answer(&command);
        assert_eq!(answer["ok"], json!(true), "{command}\n{answer}");
        answer["receipt"].clone()
    }

    /// The command is refused with exactly these codes, in order; gives back the violations.
    #[track_caller]
    pub(crate) fn refuses(&mut self, command: Value, codes: &[&str]) -> Value {
        let answer = self.answer(&command);
        let violations = answer["violations"].as_array().cloned().unwrap_or_default();
        let found: Vec<&str> = violations.iter().filter_map(|v| v["code"].as_str()).collect();
        assert_eq!(found, codes, "{command}\n{answer}");
        answer["violations"].clone()
    }

    /// The command is refused with exactly these violations, in order; only their texts are left out.
    #[track_caller]
    pub(crate) fn refuses_as(&mut self, command: Value, violations: Value) {
        let answer = self.answer(&command);
        assert_eq!(answer["ok"], json!(false), "{command}\n{answer}");
        assert_eq!(without_texts(&answer["violations"]), violations, "{command}");
    }

    /// The batch is answered; gives back what is said of each row, texts left out.
    #[track_caller]
    pub(crate) fn rows(&mut self, batch: Value) -> Vec<Value> {
        let answer = self.answer(&batch);
        let rows = answer["rows"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| without_texts(&row["violations"])).collect()
    }

    /// The whole answer to a command.
    pub(crate) fn answer(&mut self, command: &Value) -> Value {
        let mut command: Map<String, Value> = command.as_object().cloned().unwrap_or_default();
        command.entry("actor").or_insert(json!("root"));
        command.entry("on").or_insert(json!("2024-06-15"));
        self.line(&Value::Object(command))
    }

    fn line(&mut self, line: &Value) -> Value {
        let answer = self.replay.line(&line.to_string()).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

/// Violations without their texts for people; an empty list when there are none.
fn without_texts(violations: &Value) -> Value {
    let mut violations = violations.as_array().cloned().unwrap_or_default();
    for violation in violations.iter_mut().filter_map(Value::as_object_mut) {
        violation.remove("text");
    }
    violations.into()
}

/// A command with more fields, or others.
pub(crate) fn with(mut command: Value, fields: Value) -> Value {
    for (field, value) in fields.as_object().into_iter().flatten() {
        command[field] = value.clone();
    }
    command
}

/// The same command, given by a staff member.
pub(crate) fn by(actor: &str, command: Value) -> Value {
    with(command, json!({"actor": actor}))
}

/// An open-ended assignment in `p1`.
pub(crate) fn assign(id: &str, staff: &str, participant: &str, start: &str) -> Value {
    json!({
        "op": "assign", "id": id, "staff": staff, "participant": participant, "program": "p1", "start": start,
    })
}

/// An assignment in `p1` with an end.
pub(crate) fn assign_until(
    id: &str,
    staff: &str,
    participant: &str,
    start: &str,
    end: &str,
) -> Value {
    with(assign(id, staff, participant, start), json!({"end": end}))
}

/// An open-ended enrollment in `p1`.
pub(crate) fn enroll(id: &str, participant: &str, start: &str) -> Value {
    json!({"op": "enroll", "id": id, "participant": participant, "program": "p1", "start": start})
}

/// The end of an assignment.
pub(crate) fn end_assignment(id: &str, end: &str) -> Value {
    json!({"op": "end_assignment", "id": id, "end": end})
}

/// A dismissal.
pub(crate) fn end_enrollment(id: &str, end: &str) -> Value {
    json!({"op": "end_enrollment", "id": id, "end": end})
}

/// A hand-over.
pub(crate) fn transfer(id: &str, new_id: &str, to_staff: &str, date: &str) -> Value {
    json!({"op": "transfer", "id": id, "new_id": new_id, "to_staff": to_staff, "date": date})
}

/// A hand-over of everything that `staff` has in `p1`; new ids begin with `t.`.
pub(crate) fn transfer_all(staff: &str, to_staff: &str, date: &str) -> Value {
    json!({
        "op": "transfer_all", "staff": staff, "to_staff": to_staff, "program": "p1", "date": date, "prefix": "t",
    })
}

/// A correction that leaves the assignment open.
pub(crate) fn correct(id: &str, new_id: &str, start: &str) -> Value {
    json!({"op": "correct", "id": id, "new_id": new_id, "start": start, "reason": "mistyped"})
}

/// A correction that leaves the enrollment open.
pub(crate) fn correct_enrollment(id: &str, new_id: &str, start: &str) -> Value {
    with(correct(id, new_id, start), json!({"op": "correct_enrollment"}))
}

/// An assignment is voided.
pub(crate) fn void(id: &str) -> Value {
    json!({"op": "void", "id": id, "reason": "entered twice"})
}

/// An enrollment is voided.
pub(crate) fn void_enrollment(id: &str) -> Value {
    with(void(id), json!({"op": "void_enrollment"}))
}

/// A dismissal is undone.
pub(crate) fn reinstate(id: &str) -> Value {
    with(void(id), json!({"op": "reinstate_enrollment"}))
}

/// Rights in `p1`.
pub(crate) fn grant(staff: &str, rights: &[&str]) -> Value {
    json!({"op": "grant", "staff": staff, "rights": rights, "program": "p1"})
}

/// A batch in which each row stands alone.
pub(crate) fn batch(rows: &[Value]) -> Value {
    json!({"op": "batch", "mode": "partial", "rows": rows})
}

/// The host's own list of the enrollments in `p1`.
pub(crate) fn mirror(rows: &[Value]) -> Value {
    json!({"op": "mirror_enrollments", "program": "p1", "rows": rows})
}

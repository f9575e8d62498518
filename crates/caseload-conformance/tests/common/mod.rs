//! A small agency to try commands on.

use caseload_conformance::auditor::Auditor;
use serde_json::{Value, json};

pub(crate) struct Desk {
    pub auditor: Auditor,
    pub actor: String,
    pub on: String,
}

#[allow(dead_code, reason = "not every test file uses all of it")]
impl Desk {
    /// Programs p1 (with a policy) and p2, staff s1 to s3 with no rights, participants c1 and c2
    /// enrolled in p1 from 2024-01-01 (e1, e2).
    pub(crate) fn with(policy: Value) -> Desk {
        let mut desk = Desk {
            auditor: Auditor::new(),
            actor: "root".to_string(),
            on: "2024-06-15".to_string(),
        };
        desk.ok(json!({"op": "define_program", "id": "p1", "policy": policy}));
        desk.ok(json!({"op": "define_program", "id": "p2"}));
        for id in ["s1", "s2", "s3"] {
            desk.ok(json!({"op": "register_staff", "id": id}));
        }
        for (id, participant) in [("e1", "c1"), ("e2", "c2")] {
            desk.enroll(id, participant, "2024-01-01", Value::Null);
        }
        desk
    }

    pub(crate) fn new() -> Desk {
        Desk::with(json!({"entry_order": "any"}))
    }

    pub(crate) fn send(&mut self, mut object: Value) -> Value {
        if object["op"].is_string() && object["actor"].is_null() {
            object["actor"] = json!(self.actor);
        }
        if object["op"].is_string() && object["on"].is_null() {
            object["on"] = json!(self.on);
        }
        self.auditor.line(&object.to_string()).expect("an answer")
    }

    pub(crate) fn ok(&mut self, object: Value) -> Value {
        let answer = self.send(object.clone());
        assert_eq!(answer["ok"], json!(true), "{object} gave {answer}");
        answer["receipt"].clone()
    }

    pub(crate) fn no(&mut self, object: Value, codes: &[&str]) -> Value {
        let answer = self.send(object.clone());
        assert_eq!(answer["ok"], json!(false), "{object} gave {answer}");
        assert_eq!(codes_of(&answer["violations"]), codes, "{object} gave {answer}");
        answer
    }

    pub(crate) fn ask(&mut self, object: Value) -> Value {
        let answer = self.send(object.clone());
        assert!(answer.get("answer").is_some(), "{object} gave {answer}");
        answer["answer"].clone()
    }

    pub(crate) fn enroll(&mut self, id: &str, participant: &str, start: &str, end: Value) -> Value {
        self.ok(json!({
            "op": "enroll", "id": id, "participant": participant, "program": "p1",
            "start": start, "end": end,
        }))
    }

    pub(crate) fn assign(
        &mut self,
        id: &str,
        staff: &str,
        participant: &str,
        start: &str,
    ) -> Value {
        self.ok(assign(id, staff, participant, start))
    }
}

/// An open-ended assignment in p1.
pub(crate) fn assign(id: &str, staff: &str, participant: &str, start: &str) -> Value {
    json!({
        "op": "assign", "id": id, "staff": staff, "participant": participant, "program": "p1",
        "start": start,
    })
}

pub(crate) fn codes_of(violations: &Value) -> Vec<&str> {
    let list = violations.as_array().expect("violations");
    list.iter().map(|violation| violation["code"].as_str().unwrap()).collect()
}

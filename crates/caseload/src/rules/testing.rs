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

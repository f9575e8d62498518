//! Programs, staff, rights, ids.

use serde_json::{Map, Value, json};

use super::{Generator, command};

const RIGHTS: [&str; 6] = ["own", "others", "correct", "enroll", "administer", "view_all"];

impl Generator {
    /// A policy; every key takes each of its values now and then.
    pub(super) fn policy(&mut self) -> Value {
        let mut policy = Map::new();
        let keys: [(&str, usize, &[&str]); 7] = [
            ("entry_order", 60, &["program", "staff", "any", "any"]),
            ("planned_starts", 30, &["allow", "refuse"]),
            ("zero_day", 30, &["allow", "refuse"]),
            ("on_enrollment_end", 45, &["end_assignments", "refuse"]),
            ("batch_history", 50, &["refuse_closed", "refuse_past_start", "allow", "allow"]),
            ("hand_off", 50, &["both_rights", "own_right"]),
            ("visibility", 60, &["all", "own_caseload"]),
        ];
        for (key, chance, words) in keys {
            if self.dice.percent(chance) {
                policy.insert(key.to_string(), json!(self.dice.word(words)));
            }
        }
        if self.dice.percent(25) {
            let roles = match self.dice.below(12) {
                0 => json!([]),
                1..=6 => json!(["primary", "backup"]),
                _ => json!(["backup"]),
            };
            policy.insert("roles".to_string(), roles);
        }
        if self.dice.percent(40) {
            policy.insert("one_primary".to_string(), json!(self.dice.percent(80)));
        }
        if self.dice.percent(30) {
            policy.insert("max_staff".to_string(), json!(self.dice.between(1, 3)));
        }
        if self.dice.percent(40) {
            let mut limit = json!({"max": self.dice.between(1, 3)});
            if self.dice.percent(70) {
                limit["enforcement"] = json!(self.dice.word(&["notice", "refuse"]));
            }
            policy.insert("caseload_limit".to_string(), limit);
        }
        if self.dice.percent(40) {
            let days = [0, 1, 5, 30][self.dice.below(4)];
            policy.insert("former_access_days".to_string(), json!(days));
        }
        if self.dice.percent(10) {
            policy.insert("max_staff".to_string(), Value::Null);
        }
        Value::Object(policy)
    }

    pub(super) fn some_rights(&mut self) -> Vec<&'static str> {
        let generous = self.dice.percent(60);
        RIGHTS.into_iter().filter(|_| self.dice.percent(if generous { 85 } else { 35 })).collect()
    }

    fn policy_or_nonsense(&mut self) -> Value {
        let mut policy = self.policy();
        if self.dice.percent(6) {
            let (key, value) = [
                ("colour", json!("blue")),
                ("max_staff", json!(0)),
                ("zero_day", json!("maybe")),
                ("caseload_limit", json!({"enforcement": "refuse"})),
                ("one_primary", json!("yes")),
                ("former_access_days", json!(-1)),
                ("roles", json!("primary")),
            ][self.dice.below(7)]
            .clone();
            policy[key] = value;
        }
        policy
    }

    pub(super) fn define_program(&mut self) -> Map<String, Value> {
        let number = self.number();
        let id = match self.dice.below(10) {
            0..=2 => self.program(),
            _ => format!("p{number}"),
        };
        let policy = self.policy_or_nonsense();
        command("define_program", json!({"id": id, "name": "A program", "policy": policy}))
    }

    pub(super) fn revise_program(&mut self) -> Map<String, Value> {
        let id = self.program();
        let policy = self.policy_or_nonsense();
        command("revise_program", json!({"id": id, "policy": policy}))
    }

    pub(super) fn rename_program(&mut self) -> Map<String, Value> {
        let name = format!("Program {}", self.number());
        command("rename_program", json!({"id": self.program(), "name": name}))
    }

    pub(super) fn close_program(&mut self) -> Map<String, Value> {
        command("close_program", json!({"id": self.program()}))
    }

    pub(super) fn reopen_program(&mut self) -> Map<String, Value> {
        let closed: Vec<String> = self
            .facts()
            .programs
            .iter()
            .filter(|program| program.closed)
            .map(|program| program.id.clone())
            .collect();
        let id = match self.dice.pick(&closed) {
            Some(id) => id.clone(),
            None => self.program(),
        };
        command("reopen_program", json!({"id": id}))
    }

    pub(super) fn register_staff(&mut self) -> Map<String, Value> {
        let id = match self.dice.below(10) {
            0 => "root".to_string(),
            1..=2 => self.staff(),
            _ => format!("s{}", self.number()),
        };
        let mut fields = json!({"id": id, "name": "A worker"});
        if self.dice.percent(85) {
            fields["rights"] = json!(self.some_rights());
        }
        command("register_staff", fields)
    }

    pub(super) fn rename_staff(&mut self) -> Map<String, Value> {
        let name = format!("Worker {}", self.number());
        command("rename_staff", json!({"id": self.staff(), "name": name}))
    }

    fn rights_command(&mut self, op: &str) -> Map<String, Value> {
        let mut rights = self.some_rights();
        if rights.is_empty() {
            rights.push("own");
        }
        if self.dice.percent(3) {
            rights.push("fly");
        }
        let mut fields = json!({"staff": self.staff(), "rights": rights});
        if self.dice.percent(55) {
            fields["program"] = json!(self.program());
        }
        command(op, fields)
    }

    pub(super) fn grant(&mut self) -> Map<String, Value> {
        self.rights_command("grant")
    }

    pub(super) fn revoke(&mut self) -> Map<String, Value> {
        self.rights_command("revoke")
    }

    pub(super) fn deactivate_staff(&mut self) -> Map<String, Value> {
        let mut fields = json!({"id": self.staff()});
        if self.dice.percent(60) {
            let day = self.start() + self.dice.between(0, 12);
            fields["end_open"] = json!(self.day_text(day));
        }
        command("deactivate_staff", fields)
    }

    pub(super) fn reactivate_staff(&mut self) -> Map<String, Value> {
        let away: Vec<String> = self
            .facts()
            .staff
            .iter()
            .filter(|staff| !staff.active)
            .map(|staff| staff.id.clone())
            .collect();
        let id = match self.dice.pick(&away) {
            Some(id) => id.clone(),
            None => self.staff(),
        };
        command("reactivate_staff", json!({"id": id}))
    }

    pub(super) fn replace_id(&mut self) -> Map<String, Value> {
        let kind = self.dice.word(&["participant", "staff", "program", "enrollment", "assignment"]);
        let number = self.number();
        let (id, new_id) = match kind {
            "participant" => (self.participant(), format!("d{number}z")),
            "staff" => (self.staff(), format!("s{number}")),
            "program" => (self.program(), format!("p{number}")),
            "enrollment" => {
                let ids = self.enrollment_ids(|_| true);
                let id = self.dice.pick(&ids).cloned();
                (self.or_unknown(id), format!("e{number}"))
            }
            _ => {
                let ids = self.assignment_ids(|_| true);
                let id = self.dice.pick(&ids).cloned();
                (self.or_unknown(id), format!("a{number}"))
            }
        };
        let new_id = match self.dice.below(20) {
            0 => id.clone(),
            1 => self.old_id().unwrap_or(new_id),
            2 if kind == "staff" => "root".to_string(),
            _ => new_id,
        };
        let id = match self.dice.below(25) {
            0 => self.old_id().unwrap_or(id),
            _ => id,
        };
        let reason = self.reason();
        command("replace_id", json!({"kind": kind, "id": id, "new_id": new_id, "reason": reason}))
    }

    pub(super) fn forget(&mut self) -> Map<String, Value> {
        let participant = self.participant();
        command("forget", json!({"participant": participant, "reason": self.reason()}))
    }
}

//! Questions.

use serde_json::{Map, Value, json};

use super::Generator;

const KINDS: &[(usize, &str)] = &[
    (16, "caseload"),
    (12, "caseworkers"),
    (14, "snapshot"),
    (12, "counts"),
    (12, "unassigned"),
    (14, "visible"),
    (10, "state"),
    (12, "history"),
    (10, "events"),
];

impl Generator {
    pub(super) fn question_line(&mut self) -> String {
        let mut kind = self.dice.weighted(KINDS);
        if !self.has_lines() {
            // Nothing is assigned yet; ask what does not need it.
            kind = self.dice.word(&["unassigned", "visible", "state", "events"]);
        }
        let mut question = self.question(kind);
        question.insert("ask".to_string(), json!(kind));
        if self.dice.percent(40) {
            let line = match self.dice.below(40) {
                0 => self.lines + 1,
                1 => self.lines + 7,
                2 => 0,
                _ => self.dice.below(self.lines + 1),
            };
            question.insert("known_at".to_string(), json!({ "line": line }));
        }
        if self.dice.percent(4) {
            self.spoil_question(&mut question);
        }
        Value::Object(question).to_string()
    }

    fn question(&mut self, kind: &str) -> Map<String, Value> {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| {
            fields.insert(name.to_string(), value);
        };
        match kind {
            "caseload" => {
                put("staff", json!(self.staff()));
                if self.dice.percent(50) {
                    put("program", json!(self.program()));
                }
            }
            "snapshot" | "counts" if self.dice.percent(40) => put("program", json!(self.program())),
            "caseworkers" | "history" => {
                put("participant", json!(self.participant_or_old()));
                put("program", json!(self.program()));
            }
            "unassigned" => put("program", json!(self.program())),
            "visible" => put("participants", json!(self.everybody())),
            "events" => {
                put("after", json!(self.dice.below(self.lines + 1)));
                return fields;
            }
            _ => {}
        }
        let acts = kind == "visible" || self.dice.percent(40);
        if acts {
            let actor = match self.dice.below(12) {
                0 => "root".to_string(),
                _ => self.staff(),
            };
            put("actor", json!(actor));
        }
        let needs_no_day = !acts && (kind == "state" || kind == "history");
        if !needs_no_day {
            let day = match self.dice.below(40) {
                0 => "9999-12-31".to_string(),
                1 => "0001-01-01".to_string(),
                _ => {
                    let day = self.question_day();
                    self.day_text(day)
                }
            };
            put("as_of", json!(day));
        }
        fields
    }

    fn question_day(&mut self) -> i32 {
        if self.dice.percent(25) {
            return self.dice.between(-5, 125);
        }
        self.cursor() + self.dice.between(-20, 20)
    }

    fn participant_or_old(&mut self) -> String {
        match self.old_id() {
            Some(id) if self.dice.percent(10) => id,
            _ => self.participant(),
        }
    }

    /// Every participant there could be, in an order of its own.
    fn everybody(&mut self) -> Vec<String> {
        let mut ids: Vec<String> =
            (1..=self.participants).map(|number| format!("c{number}")).collect();
        for participant in &self.facts().participants {
            if !participant.erased && !ids.contains(&participant.id) {
                ids.push(participant.id.clone());
            }
        }
        ids.reverse();
        ids.push("nobody".to_string());
        ids
    }

    fn spoil_question(&mut self, question: &mut Map<String, Value>) {
        match self.dice.below(5) {
            0 => {
                question.insert("colour".to_string(), json!("blue"));
            }
            1 => {
                question.insert("as_of".to_string(), json!("2024-2-1"));
            }
            2 => {
                question.remove("program");
            }
            3 => {
                question.insert("known_at".to_string(), json!("yesterday"));
            }
            _ => {
                question.insert("actor".to_string(), json!(""));
            }
        }
    }
}

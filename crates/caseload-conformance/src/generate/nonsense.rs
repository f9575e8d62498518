//! Lines that cannot be read, fields that cannot be right, and requests that come twice.

use serde_json::{Map, Value, json};

use super::Generator;

impl Generator {
    pub(super) fn unreadable_line(&mut self) -> String {
        let lines = [
            "not json",
            "[1,2]",
            "{}",
            "{\"op\":\"dance\",\"actor\":\"root\",\"on\":\"2024-03-01\"}",
            "{\"op\":7,\"actor\":\"root\",\"on\":\"2024-03-01\"}",
            "{\"ask\":\"weather\",\"as_of\":\"2024-03-01\"}",
            "{\"op\":\"assign\"",
            "null",
        ];
        self.dice.word(&lines).to_string()
    }

    /// Makes a field or two of a command unreadable.
    pub(super) fn spoil(&mut self, command: &mut Map<String, Value>) {
        for _ in 0..1 + self.dice.below(2) {
            self.spoil_one(command);
        }
    }

    fn spoil_one(&mut self, command: &mut Map<String, Value>) {
        let names: Vec<String> = command.keys().filter(|name| *name != "op").cloned().collect();
        let Some(name) = self.dice.pick(&names).cloned() else {
            return;
        };
        match self.dice.below(10) {
            0..=1 => {
                command.insert("colour".to_string(), json!("blue"));
            }
            2..=3 => {
                command.remove(&name);
            }
            4..=5 => {
                let wrong = [json!(7), json!({}), json!(1.5)][self.dice.below(3)].clone();
                command.insert(name, wrong);
            }
            6..=8 => {
                let days = ["start", "end", "date", "on", "end_open"];
                let present: Vec<&str> =
                    days.into_iter().filter(|day| command.contains_key(*day)).collect();
                if let Some(day) = self.dice.pick(&present) {
                    let bad = ["2024-2-1", "20240201", "2023-02-29", "", "2024-03-01 "];
                    command.insert(day.to_string(), json!(self.dice.word(&bad)));
                }
            }
            _ => {
                let ids = ["id", "staff", "participant", "program", "to_staff", "actor", "new_id"];
                let present: Vec<&str> =
                    ids.into_iter().filter(|id| command.contains_key(*id)).collect();
                if let Some(id) = self.dice.pick(&present) {
                    let long = "x".repeat(129);
                    let bad = ["", " x", "x ", "a\u{7}b", &long];
                    command.insert(id.to_string(), json!(self.dice.word(&bad)));
                }
            }
        }
    }

    /// A known request again: the same, the same as a review, or with other content.
    pub(super) fn repeated_line(&mut self) -> String {
        if self.remembered.is_empty() {
            return self.command_line();
        }
        let at = self.dice.below(self.remembered.len());
        let mut content = self.remembered[at].clone();
        content.remove("review");
        match self.dice.below(10) {
            0 => {
                content.insert("review".to_string(), json!(true));
            }
            1..=4 => {
                let on = self.dice.between(200, 300);
                content.insert("on".to_string(), json!(self.day_text(on)));
            }
            _ => {}
        }
        Value::Object(content).to_string()
    }
}

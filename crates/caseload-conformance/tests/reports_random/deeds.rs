//! Who did what to which line, and where in the log: from the auditor's events and the lines given to it.

use std::collections::BTreeMap;

use caseload_conformance::auditor::Auditor;
use serde_json::{Value, json};

/// What an entry did to a line last: the event's word and the position.
pub(crate) type Deed = (String, u64);

/// The kind of a line and its id: forgotten lines of two kinds may both read `erased-7`.
pub(crate) type Key = (LineKind, String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LineKind {
    Enrollment,
    Assignment,
}

/// By the id that a line has at the end.
#[derive(Default)]
pub(crate) struct Deeds {
    pub(crate) entered: BTreeMap<Key, u64>,
    pub(crate) days: BTreeMap<Key, Deed>,
    pub(crate) closed: BTreeMap<Key, Deed>,
    /// Each correction: where, of what, and what took its place.
    pub(crate) corrected: Vec<(u64, Key, Option<Key>)>,
    /// Where ids of staff were replaced.
    renamed: Vec<(u64, String, String)>,
}

impl Deeds {
    /// All that happened up to a line.
    pub(crate) fn of(auditor: &mut Auditor, line: usize, commands: &Commands) -> Deeds {
        let question = json!({"ask": "events", "after": 0, "known_at": {"line": line}});
        let answer = auditor.line(&question.to_string()).unwrap();
        let mut deeds = Deeds::default();
        for event in answer["answer"].as_array().unwrap() {
            let ids: Vec<String> =
                event[2].as_array().unwrap().iter().map(|id| text(id).to_owned()).collect();
            let position = event[0].as_u64().unwrap();
            match (text(&event[1]), ids.as_slice()) {
                // The event does not say of which kind the id is.
                ("id_replaced", [old, new]) => {
                    deeds.rename(position, text(&commands[&position]["kind"]), old, new);
                }
                (word, ids) => deeds.take_in(position, word, ids),
            }
        }
        deeds
    }

    fn take_in(&mut self, position: u64, word: &str, ids: &[String]) {
        let deed = (word.to_owned(), position);
        let kind = match word.starts_with("enroll") {
            true => LineKind::Enrollment,
            false => LineKind::Assignment,
        };
        let key = |id: &String| (kind, id.clone());
        match (word, ids) {
            ("assigned" | "enrolled", [id]) => {
                self.entered.insert(key(id), position);
            }
            ("transferred", [old, new]) => {
                self.days.insert(key(old), deed);
                self.entered.insert(key(new), position);
            }
            ("assignment_corrected" | "enrollment_corrected", [old, new]) => {
                self.closed.insert(key(old), deed);
                self.entered.insert(key(new), position);
                self.corrected.push((position, key(old), Some(key(new))));
            }
            ("assignment_voided" | "enrollment_voided", [id]) => {
                self.closed.insert(key(id), deed);
                self.corrected.push((position, key(id), None));
            }
            (
                "assignment_ended"
                | "assignment_reopened"
                | "enrollment_ended"
                | "enrollment_reinstated"
                | "enrollment_corrected",
                [id],
            ) => {
                self.days.insert(key(id), deed);
                if word == "enrollment_corrected" {
                    self.corrected.push((position, key(id), Some(key(id))));
                }
            }
            _ => {}
        }
    }

    fn rename(&mut self, position: u64, kind: &str, old: &str, new: &str) {
        let kind = match kind {
            "staff" => return self.renamed.push((position, old.to_owned(), new.to_owned())),
            "enrollment" => LineKind::Enrollment,
            "assignment" => LineKind::Assignment,
            _ => return,
        };
        let (old, new) = ((kind, old.to_owned()), (kind, new.to_owned()));
        for (_, before, after) in &mut self.corrected {
            for key in std::iter::once(before).chain(after).filter(|key| **key == old) {
                *key = new.clone();
            }
        }
        if let Some(known) = self.entered.remove(&old) {
            self.entered.insert(new.clone(), known);
        }
        for map in [&mut self.days, &mut self.closed] {
            if let Some(known) = map.remove(&old) {
                map.insert(new.clone(), known);
            }
        }
    }

    /// What a staff member's id of a time reads now.
    pub(crate) fn reads_now(&self, id: &str, position: u64) -> String {
        let later = self.renamed.iter().filter(|(at, ..)| *at > position);
        later.fold(id.to_owned(), |id, (_, old, new)| if id == *old { new.clone() } else { id })
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Each accepted command, by its position.
pub(crate) type Commands = BTreeMap<u64, Value>;

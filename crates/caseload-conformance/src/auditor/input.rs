//! Reading the fields of a line. Every bad field is noted; nothing stops at the first.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::day::{Day, parse_day, parse_instant};
use super::policy::{Policy, read_policy};
use super::verdict::Violation;

pub(super) const RIGHTS: [&str; 6] =
    ["own", "others", "correct", "enroll", "administer", "view_all"];
const MAX_REASON: usize = 2_000;
const MAX_ROLE: usize = 64;

/// Whether a text may be an id.
pub(super) fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && !text.chars().any(char::is_control) && text.trim() == text
}

/// The fields of one object.
///
/// A field that cannot be read gives a placeholder and a violation; `finish` refuses the whole, so
/// no placeholder is ever used.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    asked: BTreeSet<&'static str>,
    bad: Vec<Violation>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(object: &'a Map<String, Value>) -> Self {
        Fields { object, asked: BTreeSet::new(), bad: Vec::new() }
    }

    /// The value of a field; absent and null are the same.
    pub(super) fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.insert(name);
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn refuse(&mut self, code: &'static str, name: &str) {
        self.bad.push(Violation::new(code, &[name]));
    }

    fn wanted<T: Default>(&mut self, name: &'static str, found: Option<T>) -> T {
        // A field that is there and bad was refused where it was read.
        if found.is_none() && self.value(name).is_none() {
            self.refuse("input-command", name);
        }
        found.unwrap_or_default()
    }

    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.refuse("input-command", name);
                None
            }
        }
    }

    pub(super) fn text(&mut self, name: &'static str) -> String {
        let found = self.optional_text(name);
        self.wanted(name, found)
    }

    pub(super) fn optional_id(&mut self, name: &'static str) -> Option<String> {
        let text = self.optional_text(name)?;
        if is_id(&text) {
            return Some(text);
        }
        self.refuse("input-id", name);
        None
    }

    pub(super) fn id(&mut self, name: &'static str) -> String {
        let found = self.optional_id(name);
        self.wanted(name, found)
    }

    /// The id of something new; the library makes one where none is given.
    pub(super) fn new_id(&mut self, name: &'static str) -> String {
        self.optional_id(name).unwrap_or_else(|| uuid::Uuid::now_v7().to_string())
    }

    pub(super) fn optional_day(&mut self, name: &'static str) -> Option<Day> {
        let text = self.optional_text(name)?;
        let day = parse_day(&text);
        if day.is_none() {
            self.refuse("input-date", name);
        }
        day
    }

    pub(super) fn day(&mut self, name: &'static str) -> Day {
        let found = self.optional_day(name);
        self.wanted(name, found)
    }

    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        match self.value(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.refuse("input-command", name);
                false
            }
        }
    }

    /// One of some words.
    pub(super) fn optional_word(&mut self, name: &'static str, words: &[&str]) -> Option<String> {
        let word = self.optional_text(name)?;
        if words.contains(&word.as_str()) {
            return Some(word);
        }
        self.refuse("input-command", name);
        None
    }

    pub(super) fn word(&mut self, name: &'static str, words: &[&str]) -> String {
        let found = self.optional_word(name, words);
        self.wanted(name, found)
    }

    pub(super) fn reason(&mut self) -> String {
        let reason = self.optional_text("reason").unwrap_or_default();
        self.limit("reason", reason.len(), MAX_REASON);
        reason
    }

    pub(super) fn role(&mut self) -> Option<String> {
        let role = self.optional_text("role");
        self.limit("role", role.as_deref().map_or(0, str::len), MAX_ROLE);
        role
    }

    pub(super) fn limit(&mut self, name: &str, size: usize, max: usize) {
        if size > max {
            self.bad.push(Violation::new("too-large", &[name]).with("what", name).with("max", max));
        }
    }

    pub(super) fn instant(&mut self, name: &'static str) -> Option<i128> {
        let text = self.optional_text(name)?;
        let instant = parse_instant(&text);
        if instant.is_none() {
            self.refuse("input-command", name);
        }
        instant
    }

    pub(super) fn optional_list(&mut self, name: &'static str) -> Option<&'a Vec<Value>> {
        match self.value(name)? {
            Value::Array(list) => Some(list),
            _ => {
                self.refuse("input-command", name);
                None
            }
        }
    }

    pub(super) fn list(&mut self, name: &'static str) -> Vec<Value> {
        let found = self.optional_list(name).cloned();
        self.wanted(name, found)
    }

    pub(super) fn optional_ids(&mut self, name: &'static str) -> Option<Vec<String>> {
        let list = self.optional_list(name)?;
        let mut ids = Vec::new();
        for value in list {
            match value.as_str() {
                Some(text) if is_id(text) => ids.push(text.to_string()),
                Some(_) => self.refuse("input-id", name),
                None => self.refuse("input-command", name),
            }
        }
        Some(ids)
    }

    pub(super) fn ids(&mut self, name: &'static str) -> Vec<String> {
        let found = self.optional_ids(name);
        self.wanted(name, found)
    }

    pub(super) fn optional_rights(&mut self) -> Option<Vec<String>> {
        let list = self.optional_list("rights")?;
        let mut rights = Vec::new();
        for value in list {
            match value.as_str() {
                Some(text) if RIGHTS.contains(&text) => rights.push(text.to_string()),
                _ => self.refuse("input-command", "rights"),
            }
        }
        Some(rights)
    }

    pub(super) fn rights(&mut self) -> Vec<String> {
        let found = self.optional_rights();
        self.wanted("rights", found)
    }

    pub(super) fn optional_policy(&mut self) -> Option<Policy> {
        let read = match self.value("policy")? {
            Value::Object(object) => read_policy(object),
            _ => Err(vec!["policy".to_string()]),
        };
        match read {
            Ok(policy) => Some(policy),
            Err(keys) => {
                for key in keys {
                    self.bad.push(Violation::new("input-command", &["policy"]).with("key", key));
                }
                None
            }
        }
    }

    pub(super) fn policy(&mut self) -> Policy {
        let found = self.optional_policy();
        self.wanted("policy", found)
    }

    /// Refuses what could not be read, and every field that nobody asked for.
    pub(super) fn finish(self) -> Result<(), Vec<Violation>> {
        let mut bad = self.bad;
        for (name, value) in self.object {
            if !value.is_null() && !self.asked.contains(name.as_str()) {
                bad.push(Violation::new("input-command", &[name]));
            }
        }
        super::verdict::walk(bad)
    }

    /// Whether a key is written at all, null included.
    pub(super) fn is_written(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }
}

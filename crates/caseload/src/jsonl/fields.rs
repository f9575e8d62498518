//! Taking the fields of a JSON object one by one, and every bad one at once.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::{Day, InputError, Problem, Violation, log::Recorded};

/// The fields of an object that were not taken yet, and what was wrong with those that were.
#[derive(Debug)]
pub(super) struct Fields {
    object: Map<String, Value>,
    wrong: Vec<Violation>,
}

impl Fields {
    /// The fields of an object; null is as good as absent.
    pub(super) fn new(mut object: Map<String, Value>) -> Fields {
        object.retain(|_, value| !value.is_null());
        Fields { object, wrong: Vec::new() }
    }

    /// What was read, if nothing was wrong and no field is left over.
    pub(super) fn finish<T>(mut self, read: Option<T>) -> Result<T, InputError> {
        let left_over: Vec<String> = self.object.keys().cloned().collect();
        for field in left_over {
            self.wrong(&field, "unknown field");
        }
        match read {
            Some(read) if self.wrong.is_empty() => Ok(read),
            _ if self.wrong.is_empty() => Err(InputError::command_as_a_whole("is unreadable")),
            _ => Err(InputError { violations: self.wrong }),
        }
    }

    /// `input-command` for a field.
    pub(super) fn wrong(&mut self, field: &str, what: &'static str) {
        self.problem(field, Problem::InputCommand { what: Cow::Borrowed(what) });
    }

    fn problem(&mut self, field: &str, problem: Problem) {
        let mut violation = Violation::new(problem, &[]);
        violation.fields.push(Cow::Owned(field.to_owned()));
        self.wrong.push(violation);
    }

    /// Notes what was wrong with something read apart.
    pub(super) fn absorb(&mut self, error: InputError) {
        self.wrong.extend(error.violations);
    }

    /// What a reading function found, its error noted under this field.
    fn noted<T>(&mut self, field: &str, read: Result<T, InputError>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                for violation in error.violations {
                    self.problem(field, violation.problem);
                }
                None
            }
        }
    }

    /// Whether a field is given.
    pub(super) fn has(&self, field: &str) -> bool {
        self.object.contains_key(field)
    }

    /// Any value.
    pub(super) fn value(&mut self, field: &str) -> Option<Value> {
        self.object.remove(field)
    }

    /// A field that must be given.
    pub(super) fn need<T>(
        &mut self,
        field: &'static str,
        take: impl FnOnce(&mut Fields, &'static str) -> Option<T>,
    ) -> Option<T> {
        if !self.has(field) {
            self.wrong(field, "missing field");
            return None;
        }
        take(self, field)
    }

    /// A text, if one is given.
    pub(super) fn text(&mut self, field: &str) -> Option<String> {
        match self.value(field)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong(field, "is not a text");
                None
            }
        }
    }

    /// A text read as something, if one is given.
    pub(super) fn read<T>(
        &mut self,
        field: &str,
        read: impl FnOnce(&str) -> Result<T, InputError>,
    ) -> Option<T> {
        let text = self.text(field)?;
        self.noted(field, read(&text))
    }

    /// A day, if one is given.
    pub(super) fn day(&mut self, field: &str) -> Option<Day> {
        self.read(field, str::parse)
    }

    /// An RFC 3339 instant in UTC, if one is given.
    pub(super) fn instant(&mut self, field: &str) -> Option<Recorded> {
        self.read(field, str::parse)
    }

    /// One of these words, if one is given.
    pub(super) fn word<T: Copy>(&mut self, field: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(field)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.wrong(field, "is none of the words it may be");
        }
        found
    }

    /// `true` or `false` as one of two meanings, if it is given.
    pub(super) fn switch<T>(&mut self, field: &str, off: T, on: T) -> Option<T> {
        match self.value(field)? {
            Value::Bool(false) => Some(off),
            Value::Bool(true) => Some(on),
            _ => {
                self.wrong(field, "is neither true nor false");
                None
            }
        }
    }

    /// A whole number of at least so much, if one is given.
    pub(super) fn number(&mut self, field: &str, least: u32) -> Option<u32> {
        let number = self.value(field)?.as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| *number >= least);
        if number.is_none() {
            self.wrong(field, "is not a whole number of the allowed size");
        }
        number
    }

    /// A list, if one is given.
    pub(super) fn list(&mut self, field: &str) -> Option<Vec<Value>> {
        match self.value(field)? {
            Value::Array(values) => Some(values),
            _ => {
                self.wrong(field, "is not a list");
                None
            }
        }
    }

    /// A list of texts read as something, if one is given.
    pub(super) fn texts<T>(
        &mut self,
        field: &str,
        read: impl Fn(&str) -> Result<T, InputError>,
    ) -> Option<Vec<T>> {
        let values = self.list(field)?;
        let count = values.len();
        let mut all = Vec::with_capacity(count);
        for value in values {
            match value {
                Value::String(text) => all.extend(self.noted(field, read(&text))),
                _ => self.wrong(field, "holds something that is not a text"),
            }
        }
        (all.len() == count).then_some(all)
    }

    /// An object, if one is given.
    pub(super) fn object(&mut self, field: &str) -> Option<Map<String, Value>> {
        match self.value(field)? {
            Value::Object(object) => Some(object),
            _ => {
                self.wrong(field, "is not an object");
                None
            }
        }
    }
}

//! Runs scenario files: JSON lines with the answers that must come back.
//!
//! A file holds commands and questions in the JSON-lines form, and directly after each the line
//! `{"expect": ...}` about it; a command without one must be accepted. `{"comment": ...}` says what is
//! shown, and `{"reset": true}` starts a fresh agency. Every line of the file counts in the numbering,
//! so that a `known_at` can name the line of the file.

use std::{collections::BTreeMap, fs, path::Path};

use caseload::{Agency, Error, StoreError, jsonl::Replay};
use serde_json::{Map, Value};

/// What running scenario files found.
#[derive(Debug, Default)]
pub struct Found {
    /// How many answers were compared with what must hold.
    pub compared: usize,
    /// What did not hold: file, line, and what was seen.
    pub failures: Vec<String>,
    /// How often each code was shown refused (or noticed).
    pub refused: BTreeMap<String, usize>,
    /// How often each code was shown narrowly allowed.
    pub allowed: BTreeMap<String, usize>,
}

/// Runs every `.jsonl` file of a folder, each on fresh agencies.
///
/// # Errors
/// A line for people when the folder or a file cannot be read, or a store cannot be opened.
pub fn run_folder(
    folder: &Path,
    fresh: &dyn Fn() -> Result<Agency, StoreError>,
) -> Result<Found, String> {
    run_folder_in_turn(folder, &|| Ok(vec![fresh()?]))
}

/// As [`run_folder`], over several handles on one log, which are given the lines in turn.
///
/// # Errors
/// As [`run_folder`].
pub fn run_folder_in_turn(
    folder: &Path,
    fresh: &dyn Fn() -> Result<Vec<Agency>, StoreError>,
) -> Result<Found, String> {
    let listing = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = listing.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut found = Found::default();
    for path in files {
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        run_file(&name, &text, fresh, &mut found).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(found)
}

/// Handles on one log that take turns: each counts every line, and answers its own.
struct InTurn {
    handles: Vec<(Agency, Replay)>,
    next: usize,
}

impl InTurn {
    fn new(agencies: Vec<Agency>) -> InTurn {
        let handle = |agency: Agency| (agency.clone(), Replay::new(agency));
        InTurn { handles: agencies.into_iter().map(handle).collect(), next: 0 }
    }

    /// The answer of the handle whose turn it is.
    fn line(&mut self, text: &str) -> Result<Option<String>, StoreError> {
        let turn = self.next % self.handles.len().max(1);
        // An empty line is nobody's turn.
        self.next += usize::from(!text.is_empty());
        let answer = self.handles.get_mut(turn).and_then(|(_, replay)| replay.line(text));
        for (place, (agency, replay)) in self.handles.iter_mut().enumerate() {
            if place != turn {
                // So that it knows where the log ends after this line.
                agency.snapshot().map_err(in_the_store)?;
                replay.line("");
            }
        }
        Ok(answer)
    }
}

fn in_the_store(error: Error) -> StoreError {
    match error {
        Error::Store(error) => error,
        error => StoreError::Unavailable { what: error.to_string(), cause: None },
    }
}

/// A command that was answered and waits for what is expected of it.
struct Open {
    line: usize,
    question: bool,
    answer: Value,
}

fn run_file(
    name: &str,
    text: &str,
    fresh: &dyn Fn() -> Result<Vec<Agency>, StoreError>,
    found: &mut Found,
) -> Result<(), StoreError> {
    let mut replay = InTurn::new(fresh()?);
    let mut open: Option<Open> = None;
    for (line, text) in (1..).zip(text.lines()) {
        let object = match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(object)) => object,
            _ => Map::new(),
        };
        if let Some(expected) = object.get("expect") {
            replay.line("")?;
            if let Some(open) = open.take() {
                found.compared += 1;
                compare(name, &open, expected, found);
            }
            continue;
        }
        if let Some(open) = open.take() {
            must_be_accepted(name, &open, found);
        }
        if object.contains_key("reset") {
            replay = InTurn::new(fresh()?);
            for _ in 0..line {
                replay.line("")?;
            }
            continue;
        }
        if let Some(comment) = object.get("comment").and_then(Value::as_str) {
            mark(comment, found);
        }
        let question = object.contains_key("ask");
        let asked = question || object.contains_key("op");
        let answer = replay.line(if asked { text } else { "" })?;
        let answer = answer.and_then(|answer| serde_json::from_str(&answer).ok());
        open = answer.map(|answer| Open { line, question, answer });
    }
    if let Some(open) = open {
        must_be_accepted(name, &open, found);
    }
    Ok(())
}

fn mark(comment: &str, found: &mut Found) {
    let code = |rest: &str| rest.split_whitespace().next().unwrap_or_default().to_owned();
    if let Some(rest) = comment.strip_prefix("refused: ") {
        *found.refused.entry(code(rest)).or_default() += 1;
    }
    if let Some(rest) = comment.strip_prefix("allowed: ") {
        *found.allowed.entry(code(rest)).or_default() += 1;
    }
}

fn must_be_accepted(name: &str, open: &Open, found: &mut Found) {
    if !open.question && open.answer.get("ok") != Some(&Value::Bool(true)) {
        found.failures.push(format!("{name}:{}: not accepted: {}", open.line, open.answer));
    }
}

fn compare(name: &str, open: &Open, expected: &Value, found: &mut Found) {
    let Some(expected) = expected.as_object() else { return };
    for (key, expected) in expected {
        let seen = match key.as_str() {
            "codes" => codes(open.answer.get("violations")),
            "rows" => rows(open.answer.get("rows"), expected),
            "receipt" => receipt(open.answer.get("receipt"), expected),
            "violations" => subsets(open.answer.get("violations"), expected),
            key => open.answer.get(key).cloned().unwrap_or(Value::Null),
        };
        if seen != *expected {
            let line = open.line;
            found.failures.push(format!("{name}:{line}: {key} is {seen}, not {expected}"));
        }
    }
}

/// The codes of violations or notices, sorted.
fn codes(violations: Option<&Value>) -> Value {
    let violations = violations.and_then(Value::as_array).into_iter().flatten();
    let mut codes: Vec<&str> = violations
        .filter_map(|violation| violation.get("code"))
        .filter_map(Value::as_str)
        .collect();
    codes.sort_unstable();
    codes.into_iter().map(Value::from).collect()
}

/// Each row with its codes in place of its violations, as far as codes are expected.
fn rows(rows: Option<&Value>, expected: &Value) -> Value {
    let Some(rows) = rows.and_then(Value::as_array) else { return Value::Null };
    let expected = expected.as_array().into_iter().flatten().chain(std::iter::repeat(&Value::Null));
    rows.iter()
        .zip(expected)
        .map(|(row, expected)| {
            let mut row = row.clone();
            let codes = codes(row.get("violations"));
            if let Some(row) = row.as_object_mut()
                && row.remove("violations").is_some()
                && expected.get("codes").is_some()
            {
                row.insert("codes".to_owned(), codes);
            }
            row
        })
        .collect()
}

/// The expected keys of a receipt, notices as codes.
fn receipt(receipt: Option<&Value>, expected: &Value) -> Value {
    let Some(receipt) = receipt.and_then(Value::as_object) else { return Value::Null };
    let Some(expected) = expected.as_object() else { return Value::Null };
    let pick = |key: &String| match key.as_str() {
        "notices" => {
            let notices = receipt.get("notices").and_then(Value::as_array).into_iter().flatten();
            notices.filter_map(|notice| notice.get("code")).cloned().collect()
        }
        key => receipt.get(key).cloned().unwrap_or(Value::Null),
    };
    expected.keys().map(|key| (key.clone(), pick(key))).collect::<Map<_, _>>().into()
}

/// Of each violation the keys that are expected of the one in its place.
fn subsets(violations: Option<&Value>, expected: &Value) -> Value {
    let violations = violations.and_then(Value::as_array).into_iter().flatten();
    let expected = expected.as_array().into_iter().flatten().chain(std::iter::repeat(&Value::Null));
    violations
        .zip(expected)
        .map(|(violation, expected)| {
            let keys = expected.as_object().into_iter().flat_map(Map::keys);
            let pick =
                |key: &String| (key.clone(), violation.get(key).cloned().unwrap_or(Value::Null));
            Value::from(keys.map(pick).collect::<Map<_, _>>())
        })
        .collect()
}

//! What an engine's answer must have in common with the auditor's.

use serde_json::Value;

/// What is compared of an answer, and under which name a difference is told.
type Part = (&'static str, fn(&Value) -> Value);

/// The first thing in which two answers to the same line differ, if any: whether it was accepted, which
/// codes, rows, ids, ends, lines left, notices, the position, and the whole answer to a question.
pub fn differences(engine: Option<&Value>, auditor: Option<&Value>) -> Option<String> {
    let (Some(engine), Some(auditor)) = (engine, auditor) else {
        let both_silent = engine.is_none() && auditor.is_none();
        return (!both_silent).then(|| format!("one answers: {engine:?}, {auditor:?}"));
    };
    let views: [Part; 7] = [
        ("ok", |answer| at(answer, &["ok"])),
        ("codes", |answer| codes(&at(answer, &["violations"]))),
        ("rows", rows),
        ("answer", |answer| at(answer, &["answer"])),
        ("made and moved", |answer| {
            ["position", "ids", "ended", "left"]
                .map(|key| at(answer, &["receipt", key]))
                .to_vec()
                .into()
        }),
        ("notices", |answer| codes(&at(answer, &["receipt", "notices"]))),
        ("line", |answer| at(answer, &["line"])),
    ];
    views.into_iter().find_map(|(what, view)| {
        let (engine_says, auditor_says) = (view(engine), view(auditor));
        (engine_says != auditor_says).then(|| {
            format!("{what}: engine {engine_says}, auditor {auditor_says}\n  {engine}\n  {auditor}")
        })
    })
}

fn at(answer: &Value, path: &[&str]) -> Value {
    let found = path.iter().try_fold(answer, |value, key| value.get(key));
    found.cloned().unwrap_or(Value::Null)
}

/// Codes as a set: how often one is given is for the engine to choose.
fn codes(violations: &Value) -> Value {
    let violations = violations.as_array().into_iter().flatten();
    let mut codes: Vec<Value> = violations.filter_map(|v| v.get("code")).cloned().collect();
    codes.sort_by_key(ToString::to_string);
    codes.dedup();
    codes.into()
}

/// An answer without rows is another one than that to a batch of none.
fn rows(answer: &Value) -> Value {
    let rows = at(answer, &["rows"]);
    let Some(rows) = rows.as_array() else { return rows };
    let verdict = |row: &Value| {
        Value::from(vec![at(row, &["row"]), at(row, &["ok"]), codes(&at(row, &["violations"]))])
    };
    rows.iter().map(verdict).collect()
}

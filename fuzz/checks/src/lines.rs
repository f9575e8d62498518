//! Commands, questions and policies as JSON.

use caseload::{Agency, MemoryLog, Policy, StoreError, jsonl::Replay, log::Recorded};
use caseload_conformance::fixed_clock;
use serde_json::{Value, json};

/// The most lines of one input: what is wrong shows in few.
const LINES: usize = 200;

/// An empty log whose instants are the same in every run.
pub(crate) fn empty_log() -> MemoryLog {
    MemoryLog::with_clock(fixed_clock(Recorded::from_micros(1_718_438_400_000_000)))
}

/// Every line is answered with one JSON object that says its number; what was stored stands
/// verification, and another handle reads the same from it.
pub fn jsonl(bytes: &[u8]) {
    let log = empty_log();
    let stored = answer_all(&log, &String::from_utf8_lossy(bytes));
    assert!(stored.is_ok(), "{stored:?}");
}

fn answer_all(log: &MemoryLog, text: &str) -> Result<(), StoreError> {
    let agency = Agency::open(log.clone())?;
    let mut replay = Replay::new(agency.clone());
    for (number, line) in (1..).zip(text.lines().take(LINES)) {
        let before = agency.head().position;
        let Some(answer) = replay.line(line) else {
            assert!(line.trim().is_empty(), "no answer to {line:?}");
            continue;
        };
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        assert_eq!(answer.get("line"), Some(&json!(number)), "{line:?} was answered {answer}");
        assert!(answer.get("error").is_none(), "{line:?} was answered {answer}");
        if answer.get("ok") == Some(&json!(false)) {
            assert_eq!(agency.head().position, before, "refused and stored: {line:?}");
            let violations = answer.get("violations").and_then(Value::as_array);
            assert!(violations.is_some_and(|all| !all.is_empty()), "{line:?}: {answer}");
        }
    }
    assert!(agency.verify(Some(agency.head())).is_ok());
    let (state, events) = (r#"{"ask":"state"}"#, r#"{"ask":"events","after":0}"#);
    let mut again = Replay::new(Agency::open(log.clone())?);
    let mut here = Replay::new(agency);
    for question in [state, events] {
        assert_eq!(again.line(question), here.line(question), "folded anew it is another");
    }
    Ok(())
}

/// A policy is accepted and rules, or every bad key is named; either way the next command is judged.
pub fn policy(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // One line, whatever the bytes: a policy spread over lines is still one.
    let policy = text.replace(['\n', '\r'], " ");
    let rest = r#""actor":"root","on":"2024-06-15""#;
    let lines = [
        format!(r#"{{"op":"define_program","id":"p","policy":{policy},{rest}}}"#),
        format!(r#"{{"op":"define_program","id":"q",{rest}}}"#),
        format!(r#"{{"op":"revise_program","id":"q","policy":{policy},{rest}}}"#),
        format!(r#"{{"op":"register_staff","id":"s",{rest}}}"#),
        format!(
            r#"{{"op":"enroll","id":"e","participant":"c","program":"p","start":"2024-01-01",{rest}}}"#
        ),
        format!(
            r#"{{"op":"assign","id":"a","staff":"s","participant":"c","program":"p","role":"primary","start":"2024-01-01",{rest}}}"#
        ),
        format!(
            r#"{{"op":"assign","id":"b","staff":"s","participant":"c","program":"p","start":"2024-02-01","end":"2024-02-01",{rest}}}"#
        ),
        format!(r#"{{"op":"end_enrollment","id":"e","end":"2024-05-01",{rest}}}"#),
        r#"{"ask":"visible","actor":"s","participants":["c"],"as_of":"9999-12-31"}"#.to_owned(),
    ];
    jsonl(lines.join("\n").as_bytes());
    if let Ok(policy) = serde_json::from_slice::<Policy>(bytes) {
        let written = serde_json::to_vec(&policy).unwrap_or_default();
        assert_eq!(serde_json::from_slice(&written).ok(), Some(policy));
    }
}

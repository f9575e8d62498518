//! What Python is told as JSON: receipts, verdicts, violations, with their parameters in the order of the rule table.

use caseload::{Keeping, Notice, Outcome, Receipt, RowVerdict, Verdict, Violation, log::Head};
use serde::Serialize;

/// Something with a text for people beside it.
#[derive(Serialize)]
pub(crate) struct WithText<'a, T> {
    #[serde(flatten)]
    told: &'a T,
    text: String,
}

pub(crate) type ToldViolation<'a> = WithText<'a, Violation>;

/// Violations with their texts.
pub(crate) fn violations(violations: &[Violation]) -> Vec<ToldViolation<'_>> {
    violations.iter().map(|told| WithText { told, text: told.problem.to_string() }).collect()
}

/// The verdict of a batch's row.
#[derive(Serialize)]
pub(crate) struct ToldRow<'a> {
    row: u32,
    violations: Vec<ToldViolation<'a>>,
}

pub(crate) fn rows(rows: &[RowVerdict]) -> Vec<ToldRow<'_>> {
    rows.iter()
        .map(|row| ToldRow { row: row.row, violations: violations(&row.violations) })
        .collect()
}

#[derive(Serialize)]
struct ToldOutcome<'a> {
    ids: Vec<String>,
    ended: Vec<String>,
    left: Vec<(&'a str, &'static str)>,
    notices: Vec<WithText<'a, Notice>>,
    rows: Vec<ToldRow<'a>>,
    events: Vec<(&'static str, Vec<&'a str>)>,
}

#[derive(Serialize)]
pub(crate) struct ToldReceipt<'a> {
    #[serde(flatten)]
    outcome: ToldOutcome<'a>,
    head: String,
    request: Option<&'a str>,
}

/// A verdict, by its word.
#[derive(Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
enum ToldVerdict<'a> {
    Accepted {
        #[serde(flatten)]
        outcome: ToldOutcome<'a>,
        position: u64,
    },
    Known {
        receipt: ToldReceipt<'a>,
    },
    Refused {
        violations: Vec<ToldViolation<'a>>,
        rows: Vec<ToldRow<'a>>,
    },
}

/// What is told, as text.
pub(crate) fn json(told: &impl Serialize) -> String {
    // Nothing that is told has keys that are no texts, so it can always be written down.
    serde_json::to_string(told).unwrap_or_default()
}

pub(crate) fn receipt(receipt: &Receipt) -> ToldReceipt<'_> {
    ToldReceipt {
        outcome: outcome(&receipt.outcome),
        head: receipt.head.to_string(),
        request: receipt.request.as_ref().map(|id| id.as_str()),
    }
}

/// A verdict on a command that would follow this head.
pub(crate) fn verdict(verdict: &Verdict, after: Head) -> String {
    json(&match verdict {
        Verdict::Accepted { outcome: would, keeping } => ToldVerdict::Accepted {
            outcome: outcome(would),
            position: match keeping {
                Keeping::Entry => after.position.saturating_add(1),
                Keeping::Nothing => after.position,
            },
        },
        Verdict::Known(first) => ToldVerdict::Known { receipt: receipt(first) },
        Verdict::Refused { violations: broken, rows: verdicts } => {
            ToldVerdict::Refused { violations: violations(broken), rows: rows(verdicts) }
        }
    })
}

fn outcome(outcome: &Outcome) -> ToldOutcome<'_> {
    let notices = outcome.notices.iter();
    ToldOutcome {
        ids: outcome.ids().iter().map(|id| id.as_str().to_owned()).collect(),
        ended: outcome.ended().iter().map(|id| id.as_str().to_owned()).collect(),
        left: outcome.left.iter().map(|(id, code)| (id.as_str(), code.word())).collect(),
        notices: notices.map(|told| WithText { told, text: told.problem.to_string() }).collect(),
        rows: rows(&outcome.rows),
        events: outcome.events.iter().map(|event| (event.word(), event.ids())).collect(),
    }
}

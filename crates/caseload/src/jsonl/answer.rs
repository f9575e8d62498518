//! Answers as JSON, each on one line with its keys in the contract's order.

use serde::Serialize;
use serde_json::Value;

use crate::{
    Error, Keeping, Notice, Outcome, Receipt, RowVerdict, Verdict, Violation, log::Position,
};

/// The answer to one line.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Written>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<Vec<Explained>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
}

#[derive(Debug, Serialize)]
struct Written {
    position: Position,
    ids: Vec<String>,
    ended: Vec<String>,
    left: Vec<(String, &'static str)>,
    notices: Vec<Notice>,
}

/// A violation with its text.
#[derive(Debug, Serialize)]
struct Explained {
    #[serde(flatten)]
    violation: Violation,
    text: String,
}

#[derive(Debug, Serialize)]
struct Row {
    row: u32,
    ok: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Explained>,
}

#[derive(Debug, Serialize)]
struct Failure {
    code: &'static str,
    text: String,
}

impl Answer {
    /// The text of the answer to a line.
    pub(super) fn written(mut self, line: usize) -> String {
        self.line = line;
        let broken = |error| format!("{{\"line\":{line},\"ok\":false,\"error\":\"{error}\"}}");
        serde_json::to_string(&self).unwrap_or_else(broken)
    }

    pub(super) fn question(answer: Value) -> Answer {
        Answer { answer: Some(answer), ..Answer::default() }
    }

    pub(super) fn receipt(receipt: &Receipt) -> Answer {
        Answer::accepted(&receipt.outcome, receipt.head.position)
    }

    /// A verdict on a command that would follow this position.
    pub(super) fn verdict(verdict: &Verdict, after: Position) -> Answer {
        match verdict {
            Verdict::Accepted { outcome, keeping: Keeping::Entry } => {
                Answer::accepted(outcome, after.saturating_add(1))
            }
            Verdict::Accepted { outcome, keeping: Keeping::Nothing } => {
                Answer::accepted(outcome, after)
            }
            Verdict::Known(known) => Answer::receipt(known),
            Verdict::Refused { violations, rows } => Answer::refused(violations, rows),
        }
    }

    /// The same as the answer to a batch: one that was accepted has rows, were there none.
    pub(super) fn with_rows(mut self) -> Answer {
        if self.receipt.is_some() {
            self.rows.get_or_insert_default();
        }
        self
    }

    pub(super) fn failed(error: &Error) -> Answer {
        match error {
            Error::Refused(refusal) => Answer::refused(&refusal.violations, &refusal.rows),
            Error::Input(input) => Answer::refused(&input.violations, &[]),
            error => Answer {
                ok: Some(false),
                error: Some(Failure { code: error.code(), text: error.to_string() }),
                ..Answer::default()
            },
        }
    }

    fn accepted(outcome: &Outcome, position: Position) -> Answer {
        let left = outcome.left.iter().map(|(id, code)| (id.as_str().to_owned(), code.word()));
        let written = Written {
            position,
            ids: outcome.ids().iter().map(|id| id.as_str().to_owned()).collect(),
            ended: outcome.ended().iter().map(|id| id.as_str().to_owned()).collect(),
            left: left.collect(),
            notices: outcome.notices.clone(),
        };
        let rows = rows(&outcome.rows);
        Answer { ok: Some(true), receipt: Some(written), rows, ..Answer::default() }
    }

    fn refused(violations: &[Violation], verdicts: &[RowVerdict]) -> Answer {
        Answer {
            ok: Some(false),
            violations: Some(explained(violations)),
            rows: rows(verdicts),
            ..Answer::default()
        }
    }
}

/// Only batches have rows; one that is refused as a whole has none.
fn rows(verdicts: &[RowVerdict]) -> Option<Vec<Row>> {
    let row = |verdict: &RowVerdict| Row {
        row: verdict.row,
        ok: verdict.violations.is_empty(),
        violations: explained(&verdict.violations),
    };
    (!verdicts.is_empty()).then(|| verdicts.iter().map(row).collect())
}

fn explained(violations: &[Violation]) -> Vec<Explained> {
    let explain = |violation: &Violation| Explained {
        violation: violation.clone(),
        text: violation.problem.to_string(),
    };
    violations.iter().map(explain).collect()
}

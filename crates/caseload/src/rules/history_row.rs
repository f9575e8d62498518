//! An upload is not the way to enter history, unless the program says so.

use super::Rule;
use crate::{BatchHistory, Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::HistoryRow,
    parameters: "end or start, on",
    broken_when: "an assign row of a batch speaks of the past; see `batch_history`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(row) = &case.batch_row else { return Ok(()) };
    let on = case.on;
    match (row.program.policy.batch_history, row.end) {
        (BatchHistory::RefuseClosed, Some(end)) if end <= on => {
            let problem = Problem::HistoryRow { start: None, end: Some(end), on };
            found.push(Violation::new(problem, &["end"]).nearest("end", on.plus(1)));
        }
        (BatchHistory::RefusePastStart, _) if row.start < on => {
            let problem = Problem::HistoryRow { start: Some(row.start), end: None, on };
            found.push(Violation::new(problem, &["start"]).nearest("start", Some(on)));
        }
        _ => {}
    }
    Ok(())
}

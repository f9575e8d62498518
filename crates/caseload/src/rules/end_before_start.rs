//! A period cannot end before it starts.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::EndBeforeStart,
    parameters: "start, end",
    broken_when: "end < start",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for part in &case.periods {
        if let Some(end) = part.end.filter(|end| *end < part.start) {
            let problem = Problem::EndBeforeStart { start: part.start, end };
            let last = part.fields.last().copied().unwrap_or("end");
            let mut violation =
                Violation::new(problem, part.fields).nearest(last, Some(part.start));
            violation.row = part.row;
            found.push(violation);
        }
    }
    Ok(())
}

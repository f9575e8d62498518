//! A program may take no plans.

use super::Rule;
use crate::{
    Code, PlannedStarts, Problem, StoreError, Violation,
    decide::case::{Case, Entering},
};

pub(super) const RULE: Rule = Rule {
    code: Code::PlannedStart,
    parameters: "start, on",
    broken_when: "the policy `planned_starts` refuses a start after `on`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(line) = &case.new_line
        && line.entering != Entering::Reopening
        && line.program.policy.planned_starts == PlannedStarts::Refuse
        && line.period.start() > case.on
    {
        let problem = Problem::PlannedStart { start: line.period.start(), on: case.on };
        found.push(
            Violation::new(problem, &[line.start_field]).nearest(line.start_field, Some(case.on)),
        );
    }
    Ok(())
}

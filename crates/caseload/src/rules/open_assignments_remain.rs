//! Nobody leaves with participants in their care.

use super::Rule;
use crate::{
    Code, Problem, StoreError, Violation,
    decide::case::{Case, Remaining},
};

pub(super) const RULE: Rule = Rule {
    code: Code::OpenAssignmentsRemain,
    parameters: "assignments",
    broken_when: "deactivating staff whose assignments cover `on` or later",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Remaining::Some(assignments) = &case.remaining {
        let problem = Problem::OpenAssignmentsRemain { assignments: assignments.clone() };
        found.push(Violation::new(problem, &["id"]));
    }
    Ok(())
}

//! An enrollment does not leave its assignments behind.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::AssignmentOutside,
    parameters: "assignments",
    broken_when: "ending, correcting or voiding an enrollment would leave an assignment outside it",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((assignments, fields)) = &case.sticking_out
        && !assignments.is_empty()
    {
        let problem = Problem::AssignmentOutside { assignments: assignments.clone() };
        found.push(Violation::new(problem, fields));
    }
    Ok(())
}

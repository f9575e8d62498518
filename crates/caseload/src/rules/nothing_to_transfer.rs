//! A transfer of nothing is a mistake.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::NothingToTransfer,
    parameters: "staff, program?",
    broken_when: "nothing open-ended in scope, or all of it skipped",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((staff, program)) = &case.nothing_to_transfer {
        let problem = Problem::NothingToTransfer { staff: staff.clone(), program: program.clone() };
        found.push(Violation::new(problem, &["staff"]));
    }
    Ok(())
}

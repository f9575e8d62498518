//! Corrections are made with `correct`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::CorrectRightMissing,
    parameters: "program",
    broken_when: "correct or void, of assignments and enrollments, without `correct`, which is all they need",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for need in case.needs.iter().filter(|need| need.right == Right::Correct) {
        if let Some(program) = need.program.clone()
            && !case.may(need)?
        {
            let problem = Problem::CorrectRightMissing { program };
            found.push(Violation::new(problem, need.fields));
        }
    }
    Ok(())
}

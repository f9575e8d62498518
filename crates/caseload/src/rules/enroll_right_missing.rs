//! Enrollments are changed with `enroll`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::EnrollRightMissing,
    parameters: "program",
    broken_when: "enroll, end, reinstate or mirror enrollments without `enroll`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for need in case.needs.iter().filter(|need| need.right == Right::Enroll) {
        if let Some(program) = need.program.clone()
            && !case.may(need)?
        {
            let problem = Problem::EnrollRightMissing { program };
            found.push(Violation::new(problem, need.fields));
        }
    }
    Ok(())
}

//! Nobody is assigned in a program that they are not enrolled in.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::NotEnrolled,
    parameters: "participant, program",
    broken_when: "no current enrollment in that program (then this alone)",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(line) = &case.new_line
        && line.enrollments.is_empty()
    {
        let problem = Problem::NotEnrolled {
            participant: line.participant.as_str().to_owned(),
            program: line.program.id.clone(),
        };
        found.push(Violation::new(problem, &["participant", "program"]));
    }
    Ok(())
}

//! A closed program takes nothing new.

use super::Rule;
use crate::{Code, Door, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::ProgramClosed,
    parameters: "program",
    broken_when: "a new enrollment, assignment or hand-over in a closed program",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for (program, fields) in &case.entered {
        if program.door == Door::Closed {
            let problem = Problem::ProgramClosed { program: program.id.clone() };
            found.push(Violation::new(problem, fields));
        }
    }
    Ok(())
}

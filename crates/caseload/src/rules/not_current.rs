//! What was superseded or voided is not changed any more.

use super::Rule;
use crate::{Code, Problem, Status, StoreError, Violation, decide::case::Case};

pub(super) const ASSIGNMENT: Rule = Rule {
    code: Code::AssignmentNotCurrent,
    parameters: "id, status",
    broken_when: "the assignment is superseded or voided (then this alone)",
    check: assignment,
};

pub(super) const ENROLLMENT: Rule = Rule {
    code: Code::EnrollmentNotCurrent,
    parameters: "id, status",
    broken_when: "the enrollment is superseded or voided (then this alone)",
    check: enrollment,
};

fn assignment(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((line, _)) = &case.line
        && line.status != Status::Current
    {
        let problem = Problem::AssignmentNotCurrent { id: line.id.clone(), status: line.status };
        found.push(Violation::new(problem, &["id"]));
    }
    Ok(())
}

fn enrollment(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((line, _)) = &case.enrollment
        && line.status != Status::Current
    {
        let problem = Problem::EnrollmentNotCurrent { id: line.id.clone(), status: line.status };
        found.push(Violation::new(problem, &["id"]));
    }
    Ok(())
}

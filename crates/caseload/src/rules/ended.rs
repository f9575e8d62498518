//! Dates entered are never edited: what has an end already is not ended again.

use super::Rule;
use crate::{
    Code, Problem, Status, StoreError, Violation,
    decide::case::{Case, Change},
};

pub(super) const ASSIGNMENT: Rule = Rule {
    code: Code::AssignmentEnded,
    parameters: "id, end",
    broken_when: "the assignment has an end already",
    check: assignment,
};

pub(super) const ENROLLMENT: Rule = Rule {
    code: Code::EnrollmentEnded,
    parameters: "id, end",
    broken_when: "the enrollment has an end already",
    check: enrollment,
};

fn assignment(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((line, Change::End)) = &case.line
        && line.status == Status::Current
        && let Some(end) = line.period.end()
    {
        let problem = Problem::AssignmentEnded { id: line.id.clone(), end };
        found.push(Violation::new(problem, &["id"]));
    }
    Ok(())
}

fn enrollment(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((line, Change::End)) = &case.enrollment
        && line.status == Status::Current
        && let Some(end) = line.period.end()
    {
        let problem = Problem::EnrollmentEnded { id: line.id.clone(), end };
        found.push(Violation::new(problem, &["id"]));
    }
    Ok(())
}

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, correct, correct_enrollment, end_assignment, end_enrollment,
        transfer, with,
    };

    #[test]
    fn an_assignment_is_ended_once() {
        let mut world = World::new();
        world
            .given(assign("a1", "s1", "c1", "2024-02-01"))
            .given(end_assignment("a1", "2024-03-01"));
        for again in [end_assignment("a1", "2024-03-01"), transfer("a1", "a2", "s2", "2024-02-15")]
        {
            world.refuses_as(
                again,
                json!([{
                    "code": "assignment-ended", "id": "a1", "end": "2024-03-01", "fields": ["id"],
                }]),
            );
        }
    }

    #[test]
    fn a_planned_end_is_final() {
        let mut world = World::new();
        world
            .given(assign("a1", "s1", "c1", "2024-02-01"))
            .given(end_assignment("a1", "2030-01-01"));
        world.refuses(end_assignment("a1", "2024-06-15"), &["assignment-ended"]);
        world.given(assign_until("a2", "s2", "c1", "2024-02-01", "2030-01-01"));
        world.refuses(end_assignment("a2", "2024-06-15"), &["assignment-ended"]);
    }

    #[test]
    fn an_enrollment_is_dismissed_once() {
        let mut world = World::new();
        world.given(end_enrollment("e1", "2024-03-01"));
        world.refuses_as(
            end_enrollment("e1", "2024-04-01"),
            json!([{"code": "enrollment-ended", "id": "e1", "end": "2024-03-01", "fields": ["id"]}]),
        );
        world.given(end_enrollment("e2", "2024-04-01"));
    }

    #[test]
    fn corrections_are_exempt() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01"));
        world.given(correct("a1", "a2", "2024-02-01")).given(end_assignment("a2", "2024-03-02"));
        let until = json!({"end": "2024-05-01"});
        world.given(with(correct_enrollment("e1", "e3", "2024-01-01"), until));
        world.given(correct_enrollment("e3", "e4", "2024-01-01"));
    }

    #[test]
    fn it_is_a_matter_of_state_asked_before_the_enrollment() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01"));
        world.given(end_enrollment("e1", "2024-03-01"));
        world.refuses(transfer("a1", "a2", "s2", "2024-04-01"), &["assignment-ended"]);
    }
}

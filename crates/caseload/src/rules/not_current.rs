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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, correct, correct_enrollment, end_assignment, end_enrollment,
        reinstate, transfer, void, void_enrollment,
    };

    #[test]
    fn a_superseded_assignment_is_left_alone() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01"));
        world.given(correct("a1", "a2", "2024-02-01"));
        for command in [
            end_assignment("a1", "2024-03-01"),
            transfer("a1", "a3", "s2", "2024-03-01"),
            correct("a1", "a3", "2024-02-01"),
            void("a1"),
        ] {
            world.refuses_as(
                command,
                json!([{
                    "code": "assignment-not-current", "id": "a1", "status": "superseded", "fields": ["id"],
                }]),
            );
        }
        world.given(end_assignment("a2", "2024-03-01"));
    }

    #[test]
    fn a_voided_enrollment_is_left_alone() {
        let mut world = World::new();
        world.given(end_enrollment("e1", "2024-03-01")).given(void_enrollment("e1"));
        for command in [
            end_enrollment("e1", "2024-03-01"),
            reinstate("e1"),
            correct_enrollment("e1", "e3", "2024-01-01"),
            void_enrollment("e1"),
        ] {
            world.refuses_as(
                command,
                json!([{
                    "code": "enrollment-not-current", "id": "e1", "status": "voided", "fields": ["id"],
                }]),
            );
        }
        world.given(end_enrollment("e2", "2024-03-01"));
    }

    #[test]
    fn status_tells_superseded_from_voided() {
        let mut world = World::new();
        world.given(correct_enrollment("e1", "e3", "2024-01-02"));
        let found = world.refuses(void_enrollment("e1"), &["enrollment-not-current"]);
        assert_eq!(found[0]["status"], "superseded");
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(void("a1"));
        assert_eq!(world.refuses(void("a1"), &["assignment-not-current"])[0]["status"], "voided");
    }
}

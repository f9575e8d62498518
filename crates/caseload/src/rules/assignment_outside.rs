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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, correct_enrollment, end_assignment, end_enrollment, mirror,
        void, void_enrollment,
    };

    #[test]
    fn a_corrected_enrollment_keeps_its_assignments() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(assign(
            "a2",
            "s2",
            "c1",
            "2024-02-01",
        ));
        world.refuses_as(
            correct_enrollment("e1", "e3", "2024-02-02"),
            json!([{
                "code": "assignment-outside", "assignments": ["a1", "a2"], "fields": ["start", "end"],
            }]),
        );
        world.given(correct_enrollment("e1", "e3", "2024-02-01"));
    }

    #[test]
    fn a_dismissal_closes_what_is_open_but_not_what_starts_on_its_day_or_has_a_later_end() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-02"));
        world.given(assign("a2", "s2", "c1", "2024-03-01"));
        let found = world.refuses(end_enrollment("e1", "2024-03-01"), &["assignment-outside"]);
        assert_eq!(found[0]["assignments"], json!(["a1", "a2"]));
        assert_eq!(found[0]["fields"], json!(["end"]));
        let receipt = world.accepts(end_enrollment("e1", "2024-03-02"));
        assert_eq!(receipt["ended"], json!(["a2"]));
    }

    #[test]
    fn a_dismissal_on_the_first_day_leaves_zero_day_assignments() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-01-01"));
        assert_eq!(world.accepts(end_enrollment("e1", "2024-01-01"))["ended"], json!(["a1"]));
    }

    #[test]
    fn where_the_policy_refuses_the_assignments_are_ended_first() {
        let mut world = World::with_policy(json!({"on_enrollment_end": "refuse"}));
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        world.refuses(end_enrollment("e1", "2024-03-01"), &["assignment-outside"]);
        world.given(end_assignment("a1", "2024-03-01"));
        world.refuses(end_enrollment("e1", "2024-02-29"), &["assignment-outside"]);
        world.given(end_enrollment("e1", "2024-03-01"));
    }

    #[test]
    fn an_enrollment_is_voided_once_its_assignments_are() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-02-01"));
        let found = world.refuses(void_enrollment("e1"), &["assignment-outside"]);
        assert_eq!(found[0]["fields"], json!(["id"]));
        world.given(void("a1")).given(void_enrollment("e1"));
    }

    #[test]
    fn mirroring_is_never_refused_for_it() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        let row =
            json!({"id": "e1", "participant": "c1", "start": "2024-01-01", "end": "2024-03-01"});
        assert_eq!(world.accepts(mirror(&[row]))["ended"], json!(["a1"]));
    }
}

//! Nobody leaves with participants in their care.

use super::Rule;
use crate::{
    Code, Problem, StoreError, Violation,
    decide::case::{Case, Remaining},
};

pub(super) const RULE: Rule = Rule {
    code: Code::OpenAssignmentsRemain,
    parameters: "assignments",
    broken_when: "deactivating staff whose assignments cover `on` or later",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Remaining::Some(assignments) = &case.remaining {
        let problem = Problem::OpenAssignmentsRemain { assignments: assignments.clone() };
        found.push(Violation::new(problem, &["id"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, assign_until, by, end_assignment, grant};

    fn deactivate() -> serde_json::Value {
        json!({"op": "deactivate_staff", "id": "s1"})
    }

    fn ending(day: &str) -> serde_json::Value {
        json!({"op": "deactivate_staff", "id": "s1", "end_open": day})
    }

    #[test]
    fn nobody_leaves_while_an_assignment_covers_today_or_later() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-06-16"));
        world.given(assign("a2", "s1", "c2", "2024-07-01"));
        world.refuses_as(
            deactivate(),
            json!([{
                "code": "open-assignments-remain", "assignments": ["a1", "a2"], "fields": ["id"],
            }]),
        );
    }

    #[test]
    fn what_ended_by_today_does_not_matter() {
        let mut world = World::new();
        world
            .given(assign("a1", "s1", "c1", "2024-02-01"))
            .given(end_assignment("a1", "2024-06-15"));
        world.given(assign_until("a2", "s1", "c2", "2024-07-01", "2024-07-01")).given(deactivate());
    }

    #[test]
    fn the_open_ones_are_ended_on_whichever_day_but_a_planned_end_stays() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        world.given(assign_until("a2", "s1", "c2", "2024-02-01", "2024-06-16"));
        let found = world.refuses(ending("2024-06-01"), &["open-assignments-remain"]);
        assert_eq!(found[0]["assignments"], json!(["a2"]));
        world.given(json!({"op": "void", "id": "a2", "reason": "never began"}));
        assert_eq!(world.accepts(ending("2030-01-01"))["ended"], json!(["a1"]));
    }

    #[test]
    fn repeating_changes_nothing_whatever_they_hold() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(ending("2030-01-01"));
        world.given(deactivate());
        assert_eq!(world.accepts(ending("2024-06-01"))["ended"], json!([]));
    }

    #[test]
    fn to_a_restricted_actor_no_ids_are_given() {
        let mut world = World::with_policy(json!({"visibility": "own_caseload"}));
        world.given(json!({"op": "grant", "staff": "s2", "rights": ["administer"]}));
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(assign(
            "a2",
            "s1",
            "c2",
            "2024-02-01",
        ));
        world.given(assign("a3", "s2", "c2", "2024-02-01"));
        let found = world.refuses(by("s2", deactivate()), &["open-assignments-remain"]);
        assert_eq!(found[0]["assignments"], json!(["a2"]));
        world.given(grant("s2", &["view_all"]));
        let found = world.refuses(by("s2", deactivate()), &["open-assignments-remain"]);
        assert_eq!(found[0]["assignments"], json!(["a1", "a2"]));
    }
}

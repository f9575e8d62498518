//! One's own caseload is changed with `own`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::OwnRightMissing,
    parameters: "program",
    broken_when: "the actor changes their own caseload without `own`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(actor) = &case.actor_staff else { return Ok(()) };
    for change in case.caseloads.iter().filter(|change| change.staff == actor.id) {
        if !case.view.rights(&actor.id, Some(&change.program))?.has(Right::Own) {
            let problem = Problem::OwnRightMissing { program: change.program.clone() };
            found.push(Violation::new(problem, change.fields));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, by, end_assignment, grant, transfer};

    #[test]
    fn ones_own_caseload_is_changed_with_own_and_others_does_not_include_it() {
        let mut world = World::new();
        world.given(grant("s1", &["others", "correct", "enroll", "administer", "view_all"]));
        let own = by("s1", assign("a1", "s1", "c1", "2024-02-01"));
        world.refuses_as(
            own.clone(),
            json!([{"code": "own-right-missing", "program": "p1", "fields": ["staff"]}]),
        );
        world.given(by("s1", assign("a2", "s2", "c1", "2024-02-01")));
        world.given(grant("s1", &["own"])).given(own);
    }

    #[test]
    fn giving_and_taking_are_both_a_change() {
        let mut world = World::new();
        world.given(grant("s1", &["others"])).given(assign("a1", "s1", "c1", "2024-02-01"));
        world.given(assign("a2", "s2", "c2", "2024-02-01"));
        let giving = by("s1", transfer("a1", "a3", "s2", "2024-03-01"));
        assert_eq!(world.refuses(giving, &["own-right-missing"])[0]["fields"], json!(["id"]));
        let taking = by("s1", transfer("a2", "a3", "s1", "2024-03-01"));
        assert_eq!(world.refuses(taking, &["own-right-missing"])[0]["fields"], json!(["to_staff"]));
    }

    #[test]
    fn with_own_right_the_receivers_side_is_not_asked() {
        let mut world = World::with_policy(json!({"hand_off": "own_right"}));
        world.given(grant("s1", &["others"])).given(assign("a1", "s2", "c1", "2024-02-01"));
        world.given(by("s1", transfer("a1", "a2", "s1", "2024-03-01")));
    }

    #[test]
    fn the_right_is_asked_in_the_program_of_the_line_and_before_its_state() {
        let mut world = World::new();
        world.given(json!({"op": "define_program", "id": "p2"}));
        world.given(json!({"op": "grant", "staff": "s1", "rights": ["own"], "program": "p2"}));
        world
            .given(assign("a1", "s1", "c1", "2024-02-01"))
            .given(end_assignment("a1", "2024-03-01"));
        world.refuses(by("s1", end_assignment("a1", "2024-03-01")), &["own-right-missing"]);
    }
}

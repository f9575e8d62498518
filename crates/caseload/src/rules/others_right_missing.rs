//! Other people's caseloads are changed with `others`, which does not include `own`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::OthersRightMissing,
    parameters: "program, staff",
    broken_when: "the actor changes someone else's caseload without `others`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(actor) = &case.actor_staff else { return Ok(()) };
    for change in case.caseloads.iter().filter(|change| change.staff != actor.id) {
        if !case.view.rights(&actor.id, Some(&change.program))?.has(Right::Others) {
            let problem = Problem::OthersRightMissing {
                program: change.program.clone(),
                staff: change.staff.clone(),
            };
            found.push(Violation::new(problem, change.fields));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, batch, by, end_assignment, grant, transfer};

    #[test]
    fn another_caseload_is_changed_with_others() {
        let mut world = World::new();
        world.given(grant("s1", &["own", "correct", "enroll", "administer", "view_all"]));
        let for_s2 = by("s1", assign("a1", "s2", "c1", "2024-02-01"));
        world.refuses_as(
            for_s2.clone(),
            json!([{
                "code": "others-right-missing", "program": "p1", "staff": "s2", "fields": ["staff"],
            }]),
        );
        world.given(grant("s1", &["others"])).given(for_s2);
    }

    #[test]
    fn ending_and_batch_rows_are_judged_alike() {
        let mut world = World::new();
        world.given(grant("s1", &["own"])).given(assign("a1", "s2", "c1", "2024-02-01"));
        let end = end_assignment("a1", "2024-03-01");
        let found = world.refuses(by("s1", end.clone()), &["others-right-missing"]);
        assert_eq!(found[0]["fields"], json!(["id"]));
        assert_eq!(world.rows(by("s1", batch(&[end])))[0][0]["code"], "others-right-missing");
    }

    #[test]
    fn a_hand_over_changes_both_caseloads() {
        let mut world = World::new();
        world.given(grant("s1", &["own"])).given(assign("a1", "s1", "c1", "2024-02-01"));
        let away = by("s1", transfer("a1", "a2", "s2", "2024-03-01"));
        let found = world.refuses(away.clone(), &["others-right-missing"]);
        assert_eq!((&found[0]["staff"], &found[0]["fields"]), (&json!("s2"), &json!(["to_staff"])));
        world.given(grant("s1", &["others"])).given(away);
    }

    #[test]
    fn with_own_right_whoever_may_change_the_givers_side_hands_over_to_anyone() {
        let mut world = World::with_policy(json!({"hand_off": "own_right"}));
        world.given(grant("s1", &["own"])).given(assign("a1", "s1", "c1", "2024-02-01"));
        world.given(by("s1", transfer("a1", "a2", "s2", "2024-03-01")));
        let back = by("s1", transfer("a2", "a3", "s1", "2024-04-01"));
        let found = world.refuses(back, &["others-right-missing"]);
        assert_eq!((&found[0]["staff"], &found[0]["fields"]), (&json!("s2"), &json!(["id"])));
    }
}

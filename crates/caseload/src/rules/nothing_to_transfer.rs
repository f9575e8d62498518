//! A transfer of nothing is a mistake.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::NothingToTransfer,
    parameters: "staff, program?",
    broken_when: "nothing open-ended in scope, or all of it skipped",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((staff, program)) = &case.nothing_to_transfer {
        let problem = Problem::NothingToTransfer { staff: staff.clone(), program: program.clone() };
        found.push(Violation::new(problem, &["staff"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, assign_until, by, grant, transfer_all, with};

    #[test]
    fn an_empty_caseload_is_not_handed_over() {
        let mut world = World::new();
        world.refuses_as(
            transfer_all("s1", "s2", "2024-03-01"),
            json!([{
                "code": "nothing-to-transfer", "staff": "s1", "program": "p1", "fields": ["staff"],
            }]),
        );
        let everywhere = with(transfer_all("s1", "s2", "2024-03-01"), json!({"program": null}));
        let found = world.refuses(everywhere, &["nothing-to-transfer"]);
        assert_eq!(found[0].get("program"), None);
    }

    #[test]
    fn one_open_assignment_in_scope_is_enough() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        let only =
            |names: &[&str]| with(transfer_all("s1", "s2", "2024-03-01"), json!({"only": names}));
        world.refuses(only(&[]), &["nothing-to-transfer"]);
        world.refuses(only(&["c2", "c9"]), &["nothing-to-transfer"]);
        world.given(only(&["c1", "c9"]));
    }

    #[test]
    fn a_planned_end_is_not_open() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2030-01-01"));
        world.refuses(transfer_all("s1", "s2", "2024-03-01"), &["nothing-to-transfer"]);
    }

    #[test]
    fn when_all_of_it_is_skipped_nothing_is_left_to_do() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(assign(
            "a2",
            "s1",
            "c2",
            "2024-03-02",
        ));
        let skipping =
            |date| with(transfer_all("s1", "s2", date), json!({"skip_ineligible": true}));
        world.refuses(skipping("2024-01-31"), &["nothing-to-transfer"]);
        let receipt = world.accepts(skipping("2024-03-01"));
        assert_eq!(receipt["left"], json!([["a2", "end-before-start"]]));
    }

    #[test]
    fn what_a_restricted_actor_does_not_see_is_not_there() {
        let mut world = World::with_policy(json!({"visibility": "own_caseload"}));
        world.given(grant("s3", &["own", "others"])).given(assign("a1", "s1", "c1", "2024-02-01"));
        let all = by("s3", transfer_all("s1", "s2", "2024-03-01"));
        world.refuses(all.clone(), &["nothing-to-transfer"]);
        world.given(grant("s3", &["view_all"])).given(all);
    }
}

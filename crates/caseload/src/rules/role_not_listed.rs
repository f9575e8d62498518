//! Where roles are listed, no other may be taken.

use super::Rule;
use crate::{Code, Problem, Role, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::RoleNotListed,
    parameters: "role, roles",
    broken_when: "the policy `roles` lists roles and not this one",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(part) = &case.role
        && let (Some(role), Some(roles)) = (&part.role, &part.program.policy.roles)
        && !roles.contains(role)
    {
        let role = role.as_str().to_owned();
        let roles = roles.iter().map(Role::as_str).map(str::to_owned).collect();
        found.push(Violation::new(Problem::RoleNotListed { role, roles }, &["role"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, correct, transfer, with};

    fn world() -> World {
        World::with_policy(json!({"roles": ["primary", "backup"]}))
    }

    fn assign_as(role: &str) -> serde_json::Value {
        with(assign("a1", "s1", "c1", "2024-02-01"), json!({"role": role}))
    }

    #[test]
    fn only_listed_roles_are_taken_to_the_letter() {
        let mut world = world();
        world.refuses_as(
            assign_as("Backup"),
            json!([{
                "code": "role-not-listed", "role": "Backup", "roles": ["primary", "backup"],
                "fields": ["role"],
            }]),
        );
        world.given(assign_as("backup"));
    }

    #[test]
    fn an_empty_list_refuses_all_and_no_list_none() {
        let mut closed = World::with_policy(json!({"roles": []}));
        closed.refuses(assign_as("backup"), &["role-not-listed"]);
        closed.refuses(assign("a1", "s1", "c1", "2024-02-01"), &["role-required"]);
        World::new().given(assign_as("whatever"));
    }

    #[test]
    fn a_role_that_is_kept_is_judged_by_the_policy_of_today() {
        let mut world = world();
        world.given(assign_as("backup"));
        world.given(json!({"op": "revise_program", "id": "p1", "policy": {"roles": ["primary"]}}));
        let kept = transfer("a1", "a2", "s2", "2024-03-01");
        world.refuses(kept.clone(), &["role-not-listed"]);
        world.refuses(correct("a1", "a2", "2024-02-02"), &["role-not-listed"]);
        world.given(with(kept, json!({"role": "primary"})));
    }

    #[test]
    fn without_the_program_it_is_silent() {
        let elsewhere = with(assign_as("stranger"), json!({"program": "p9"}));
        world().refuses(elsewhere, &["unknown-program"]);
    }
}

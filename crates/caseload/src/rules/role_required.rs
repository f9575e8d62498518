//! Where roles are listed, one must be taken.

use super::Rule;
use crate::{Code, Problem, Role, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::RoleRequired,
    parameters: "roles",
    broken_when: "the policy `roles` lists roles and none is given",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(part) = &case.role
        && let (None, Some(roles)) = (&part.role, &part.program.policy.roles)
    {
        let roles = roles.iter().map(Role::as_str).map(str::to_owned).collect();
        found.push(Violation::new(Problem::RoleRequired { roles }, &["role"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, batch, correct, transfer, with};

    fn listing() -> serde_json::Value {
        json!({"op": "revise_program", "id": "p1", "policy": {"roles": ["primary"]}})
    }

    #[test]
    fn where_roles_are_listed_one_is_taken() {
        let mut world = World::new();
        world.given(listing());
        let plain = assign("a1", "s1", "c1", "2024-02-01");
        world.refuses_as(
            plain.clone(),
            json!([{"code": "role-required", "roles": ["primary"], "fields": ["role"]}]),
        );
        assert_eq!(world.rows(batch(std::slice::from_ref(&plain)))[0][0]["code"], "role-required");
        world.given(with(plain, json!({"role": "primary"})));
    }

    #[test]
    fn where_none_are_listed_it_is_optional() {
        World::new().given(assign("a1", "s1", "c1", "2024-02-01"));
    }

    #[test]
    fn a_line_without_a_role_gets_one_when_it_is_handed_over_or_corrected() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(listing());
        world.refuses(transfer("a1", "a2", "s2", "2024-03-01"), &["role-required"]);
        let correction = correct("a1", "a2", "2024-02-02");
        world.refuses(correction.clone(), &["role-required"]);
        world.given(with(correction, json!({"role": "primary"})));
        world.given(transfer("a2", "a3", "s2", "2024-03-01"));
    }
}

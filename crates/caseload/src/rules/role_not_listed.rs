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

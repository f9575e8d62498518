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

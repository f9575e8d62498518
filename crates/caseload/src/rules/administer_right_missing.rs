//! Programs, staff, rights and ids are changed with `administer`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::AdministerRightMissing,
    parameters: "program?",
    broken_when: "revise, rename, close, reopen, grant and revoke in a program without `administer` there; define, register, rename, deactivate and reactivate staff, replace_id, forget, and grant or revoke without a program without it for every program",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for need in case.needs.iter().filter(|need| need.right == Right::Administer) {
        if !case.may(need)? {
            let problem = Problem::AdministerRightMissing { program: need.program.clone() };
            found.push(Violation::new(problem, need.fields));
        }
    }
    Ok(())
}

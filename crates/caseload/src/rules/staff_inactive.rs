//! Who has left neither receives nor acts.

use super::Rule;
use crate::{Activity, Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::StaffInactive,
    parameters: "staff",
    broken_when: "an assignment or hand-over to deactivated staff, or a deactivated actor",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for (staff, fields) in &case.receivers {
        if staff.activity == Activity::Deactivated {
            let problem = Problem::StaffInactive { staff: staff.id.clone() };
            found.push(Violation::new(problem, fields));
        }
    }
    Ok(())
}

//! Nobody hands over to themselves.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::SameStaff,
    parameters: "staff",
    broken_when: "giver and receiver are one",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(hand_over) = &case.hand_over
        && hand_over.from == hand_over.to
    {
        let problem = Problem::SameStaff { staff: hand_over.to.clone() };
        found.push(Violation::new(problem, &["to_staff"]));
    }
    Ok(())
}

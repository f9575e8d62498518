//! What changes the record says why.

use super::Rule;
use crate::{
    Code, Problem, StoreError, Violation,
    decide::case::{Case, ReasonPart},
};

pub(super) const RULE: Rule = Rule {
    code: Code::ReasonRequired,
    parameters: "",
    broken_when: "correct, void, reinstate, replace_id, forget and the enrollment twins without a non-blank reason",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if case.reason == ReasonPart::Missing {
        found.push(Violation::new(Problem::ReasonRequired, &["reason"]));
    }
    Ok(())
}

//! Only a dismissal can be undone.

use super::Rule;
use crate::{
    Code, Ending, Problem, Status, StoreError, Violation,
    decide::case::{Case, Change},
};

pub(super) const RULE: Rule = Rule {
    code: Code::NothingToReinstate,
    parameters: "id",
    broken_when: "the enrollment was not dismissed",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((line, Change::Reinstate)) = &case.enrollment
        && line.status == Status::Current
        && line.ending != Ending::Dismissed
    {
        let problem = Problem::NothingToReinstate { id: line.id.clone() };
        found.push(Violation::new(problem, &["id"]));
    }
    Ok(())
}

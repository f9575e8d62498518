//! One's own caseload is changed with `own`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::OwnRightMissing,
    parameters: "program",
    broken_when: "the actor changes their own caseload without `own`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(actor) = &case.actor_staff else { return Ok(()) };
    for change in case.caseloads.iter().filter(|change| change.staff == actor.id) {
        if !case.view.rights(&actor.id, Some(&change.program))?.has(Right::Own) {
            let problem = Problem::OwnRightMissing { program: change.program.clone() };
            found.push(Violation::new(problem, change.fields));
        }
    }
    Ok(())
}

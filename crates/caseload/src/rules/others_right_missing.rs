//! Other people's caseloads are changed with `others`, which does not include `own`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::OthersRightMissing,
    parameters: "program, staff",
    broken_when: "the actor changes someone else's caseload without `others`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(actor) = &case.actor_staff else { return Ok(()) };
    for change in case.caseloads.iter().filter(|change| change.staff != actor.id) {
        if !case.view.rights(&actor.id, Some(&change.program))?.has(Right::Others) {
            let problem = Problem::OthersRightMissing {
                program: change.program.clone(),
                staff: change.staff.clone(),
            };
            found.push(Violation::new(problem, change.fields));
        }
    }
    Ok(())
}

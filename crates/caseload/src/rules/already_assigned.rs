//! Nobody holds a participant twice on one day.

use super::Rule;
use crate::{Code, LineFilter, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::AlreadyAssigned,
    parameters: "assignment",
    broken_when: "the same staff would hold the participant twice on a day in that program",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let filter = LineFilter::timeline(&line.participant, &line.program.id)
        .by(&line.staff)
        .held_with(line.period);
    let held = case.view.lines(&filter)?;
    if let Some(other) = held.iter().find(|other| !line.gives_way(&other.id)) {
        let problem = Problem::AlreadyAssigned { assignment: other.id.clone() };
        found.push(
            Violation::new(problem, line.staff_fields)
                .nearest(line.start_field, other.period.end()),
        );
    }
    Ok(())
}

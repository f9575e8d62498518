//! A program may allow one primary caseworker at a time.

use super::Rule;
use crate::{
    Code, LineFilter, Primaries, Problem, Role, StoreError, Violation, decide::case::Case,
};

pub(super) const RULE: Rule = Rule {
    code: Code::PrimaryHeld,
    parameters: "assignment",
    broken_when: "the policy `one_primary` and another primary shares a day",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let primary = line.role.as_ref().is_some_and(Role::is_primary);
    if line.program.policy.one_primary == Primaries::Any || !primary {
        return Ok(());
    }
    let filter = LineFilter::timeline(&line.participant, &line.program.id).held_with(line.period);
    let sharing = case.view.lines(&filter)?;
    let other = sharing.iter().find(|other| {
        other.role.as_ref().is_some_and(Role::is_primary)
            && other.period.shares_a_day(line.period)
            && !line.gives_way(&other.id)
    });
    if let Some(other) = other {
        let problem = Problem::PrimaryHeld { assignment: other.id.clone() };
        found
            .push(Violation::new(problem, &["role"]).nearest(line.start_field, other.period.end()));
    }
    Ok(())
}

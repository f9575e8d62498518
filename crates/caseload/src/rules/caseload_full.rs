//! A program may limit the size of a caseload.

use super::Rule;
use crate::{
    Code, Enforcement, Problem, StoreError, Violation,
    decide::case::{Case, NewLine},
};

pub(super) const RULE: Rule = Rule {
    code: Code::CaseloadFull,
    parameters: "staff, day, count, max",
    broken_when: "the policy `caseload_limit` with `refuse`: more assignments of the staff in the program on the start day",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let refuses = line
        .program
        .policy
        .caseload_limit
        .is_some_and(|limit| limit.enforcement == Enforcement::Refuse);
    if refuses && let Some(problem) = passed(case, line)? {
        found.push(Violation::new(problem, line.staff_fields));
    }
    Ok(())
}

/// Whether a line passes the limit of its program, whatever passing it does. The limit counts the
/// start day; a zero-day line is not judged.
pub(crate) fn passed(case: &Case<'_>, line: &NewLine) -> Result<Option<Problem>, StoreError> {
    let Some(limit) = line.program.policy.caseload_limit else { return Ok(None) };
    let day = line.period.start();
    if line.period.is_zero_day() {
        return Ok(None);
    }
    let gives_way = line
        .instead_of
        .as_ref()
        .is_some_and(|old| old.is_current() && old.staff == line.staff && old.period.covers(day));
    let held = case.view.caseload(&line.staff, &line.program.id, day)?;
    let count = held.saturating_sub(u32::from(gives_way)).saturating_add(1);
    let max = limit.max.get();
    let problem = Problem::CaseloadFull { staff: line.staff.clone(), day, count, max };
    Ok((count > max).then_some(problem))
}

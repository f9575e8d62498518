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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, assign_until, correct, transfer};

    fn world(enforcement: &str) -> World {
        let limit = json!({"max": 1, "enforcement": enforcement});
        let mut world = World::with_policy(json!({"caseload_limit": limit}));
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01"));
        world
    }

    #[test]
    fn one_more_than_the_limit_on_the_start_day_is_refused() {
        world("refuse").refuses_as(
            assign("a2", "s1", "c2", "2024-02-29"),
            json!([{
                "code": "caseload-full", "staff": "s1", "day": "2024-02-29", "count": 2, "max": 1,
                "fields": ["staff"],
            }]),
        );
    }

    #[test]
    fn only_the_start_day_and_the_same_staff_count() {
        let mut world = world("refuse");
        world.given(assign("a2", "s2", "c2", "2024-02-29"));
        world.given(assign("a3", "s1", "c2", "2024-03-01"));
    }

    #[test]
    fn with_notice_it_is_only_said() {
        let notices =
            world("notice").accepts(assign("a2", "s1", "c2", "2024-02-29"))["notices"].clone();
        let full = json!({
            "code": "caseload-full", "staff": "s1", "day": "2024-02-29", "count": 2, "max": 1,
        });
        assert_eq!(notices, json!([full]));
    }

    #[test]
    fn a_zero_day_assignment_is_neither_judged_nor_counted() {
        let mut world = world("refuse");
        world.given(assign_until("a2", "s1", "c2", "2024-02-29", "2024-02-29"));
        world.given(assign_until("a3", "s2", "c2", "2024-02-29", "2024-02-29"));
        world.given(assign("a4", "s2", "c1", "2024-02-29"));
    }

    #[test]
    fn a_correction_does_not_count_the_line_it_replaces() {
        let mut world = world("refuse");
        world.given(correct("a1", "a2", "2024-02-15"));
    }

    #[test]
    fn a_transfer_is_judged_on_its_date() {
        let mut world = world("refuse");
        world.given(assign("a2", "s2", "c2", "2024-02-01"));
        let found = world.refuses(transfer("a2", "a3", "s1", "2024-02-29"), &["caseload-full"]);
        assert_eq!(found[0]["fields"], json!(["to_staff"]));
        world.given(transfer("a2", "a3", "s1", "2024-03-01"));
    }
}

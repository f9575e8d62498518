//! A program may limit how many staff one participant has.

use std::collections::HashSet;

use super::Rule;
use crate::{
    Code, Day, LineFilter, Period, Problem, StaffId, StoreError, Violation, decide::case::Case,
};

pub(super) const RULE: Rule = Rule {
    code: Code::TooManyStaff,
    parameters: "day, count, max",
    broken_when: "the policy `max_staff` on some day",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let Some(max) = line.program.policy.max_staff else { return Ok(()) };
    if line.period.is_zero_day() {
        return Ok(());
    }
    let filter = LineFilter::timeline(&line.participant, &line.program.id).held_with(line.period);
    let sharing = case.view.lines(&filter)?;
    let others = sharing
        .iter()
        .filter(|other| !line.gives_way(&other.id) && other.staff != line.staff)
        .map(|other| (&other.staff, other.period))
        .filter(|(_, period)| period.shares_a_day(line.period));
    let others: Vec<_> = others.collect();
    if let Some((day, count)) = first_day_over(max.get(), line.period, &others) {
        let problem = Problem::TooManyStaff { day, count, max: max.get() };
        found.push(Violation::new(problem, line.staff_fields));
    }
    Ok(())
}

/// The first day of a period on which these others and one more are over the limit.
///
/// The number of others only grows where the period or one of them starts, so only those days are asked.
fn first_day_over(max: u32, period: Period, others: &[(&StaffId, Period)]) -> Option<(Day, u32)> {
    let mut starts: Vec<Day> = others.iter().map(|(_, other)| other.start()).collect();
    starts.push(period.start());
    starts.retain(|day| period.covers(*day));
    starts.sort_unstable();
    starts.into_iter().find_map(|day| {
        let staff: HashSet<&StaffId> =
            others.iter().filter(|(_, other)| other.covers(day)).map(|(staff, _)| *staff).collect();
        let count = u32::try_from(staff.len()).unwrap_or(u32::MAX).saturating_add(1);
        (count > max).then_some((day, count))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, assign_until, correct, transfer, void};

    /// At most two staff: `s1` from February on, `s2` in March.
    fn world() -> World {
        let mut world = World::with_policy(json!({"max_staff": 2, "entry_order": "any"}));
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        world.given(assign_until("a2", "s2", "c1", "2024-03-01", "2024-04-01"));
        world
    }

    #[test]
    fn the_first_day_over_the_limit_is_said() {
        world().refuses_as(
            assign("a3", "s3", "c1", "2024-02-15"),
            json!([{
                "code": "too-many-staff", "day": "2024-03-01", "count": 3, "max": 2, "fields": ["staff"],
            }]),
        );
    }

    #[test]
    fn before_and_after_there_is_room() {
        let mut world = world();
        world.given(assign_until("a3", "s3", "c1", "2024-02-15", "2024-03-01"));
        world.given(assign("a4", "s3", "c1", "2024-04-01"));
    }

    #[test]
    fn other_participants_and_voided_lines_do_not_count() {
        let mut world = world();
        world.given(assign("a3", "s3", "c2", "2024-03-01"));
        world.given(void("a2")).given(assign("a4", "s3", "c1", "2024-03-01"));
    }

    #[test]
    fn a_zero_day_line_is_neither_judged_nor_counted() {
        let mut world = world();
        world.given(assign_until("a3", "s3", "c1", "2024-03-15", "2024-03-15"));
        world.given(void("a2"));
        world.given(assign_until("a4", "s2", "c1", "2024-03-15", "2024-03-16"));
    }

    #[test]
    fn giver_and_corrected_line_make_room() {
        let mut world = world();
        world.given(transfer("a1", "a3", "s3", "2024-03-15"));
        world.given(correct("a2", "a4", "2024-03-01"));
        world.refuses(assign("a5", "s1", "c1", "2024-03-15"), &["too-many-staff"]);
    }
}

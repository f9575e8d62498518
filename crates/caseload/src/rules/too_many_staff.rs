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

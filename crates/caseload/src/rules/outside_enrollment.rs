//! An assignment sits inside exactly one enrollment.

use super::Rule;
use crate::{
    Code, Enrollment, Problem, StoreError, Violation,
    decide::case::{Case, NewLine},
};

pub(super) const RULE: Rule = Rule {
    code: Code::OutsideEnrollment,
    parameters: "earliest_start?, latest_end?, enrollment?",
    broken_when: "no single enrollment covers every day of the period",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    if line.enrollments.is_empty() || line.enclosing().is_some() {
        return Ok(());
    }
    if let Some(nearest) = nearest(line) {
        found.push(outside(line, nearest));
    }
    Ok(())
}

/// The enrollment that was probably meant: the one that covers the start, else the next, else the last.
fn nearest(line: &NewLine) -> Option<&Enrollment> {
    let start = line.period.start();
    let covering = line.enrollments.iter().find(|enrollment| enrollment.period.starts_at(start));
    let next = || line.enrollments.iter().find(|enrollment| enrollment.period.start() > start);
    covering.or_else(next).or_else(|| line.enrollments.last())
}

fn outside(line: &NewLine, nearest: &Enrollment) -> Violation {
    let (start, end) = (line.period.start(), line.period.end());
    let days = nearest.period;
    let too_early = start < days.start();
    let too_late = days.end().is_some_and(|last| {
        end.is_none_or(|end| end > last) || start > last || !days.starts_at(start) && !too_early
    });
    let mut fields = Vec::new();
    if too_early || (!days.starts_at(start) && start > days.start()) {
        fields.push(line.start_field);
    }
    if too_late {
        fields.push(line.end_field);
    }
    fields.dedup();
    let problem = Problem::OutsideEnrollment {
        earliest_start: too_early.then_some(days.start()),
        latest_end: if too_late { days.end() } else { None },
        enrollment: Some(nearest.id.clone()),
    };
    let violation = Violation::new(problem, &fields);
    match days.end() {
        _ if too_early => violation.nearest(line.start_field, Some(days.start())),
        end if days.starts_at(start) => violation.nearest(line.end_field, end),
        _ => violation,
    }
}

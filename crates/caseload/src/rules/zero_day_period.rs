//! A period that covers no day may be unwelcome.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, ZeroDay, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::ZeroDayPeriod,
    parameters: "day",
    broken_when: "end = start, and the policy `zero_day` refuses",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for part in &case.periods {
        if part.end == Some(part.start) && part.zero_day == Some(ZeroDay::Refuse) {
            let last = part.fields.last().copied().unwrap_or("end");
            let mut violation =
                Violation::new(Problem::ZeroDayPeriod { day: part.start }, part.fields)
                    .nearest(last, part.start.plus(1));
            violation.row = part.row;
            found.push(violation);
        }
    }
    Ok(())
}

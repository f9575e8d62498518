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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, correct, end_assignment, end_enrollment, enroll, transfer,
        with,
    };

    fn world() -> World {
        World::with_policy(json!({"zero_day": "refuse"}))
    }

    #[test]
    fn a_period_without_a_day_may_be_unwelcome() {
        let mut world = world();
        world.refuses_as(
            assign_until("a1", "s1", "c1", "2024-02-01", "2024-02-01"),
            json!([{
                "code": "zero-day-period", "day": "2024-02-01", "fields": ["start", "end"],
                "nearest": {"field": "end", "day": "2024-02-02"},
            }]),
        );
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-02-02"));
    }

    #[test]
    fn by_default_it_is_welcome() {
        World::new().given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-02-01"));
    }

    #[test]
    fn whatever_would_leave_one_is_judged() {
        let mut world = world();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        for (command, field) in [
            (end_assignment("a1", "2024-02-01"), "end"),
            (transfer("a1", "a2", "s2", "2024-02-01"), "date"),
            (with(correct("a1", "a2", "2024-02-05"), json!({"end": "2024-02-05"})), "end"),
            (end_enrollment("e1", "2024-01-01"), "end"),
            (with(enroll("e3", "c3", "2024-01-01"), json!({"end": "2024-01-01"})), "end"),
            (json!({"op": "deactivate_staff", "id": "s1", "end_open": "2024-02-01"}), "end_open"),
        ] {
            let found = world.refuses(command, &["zero-day-period"]);
            assert_eq!(found[0]["nearest"]["field"], field);
        }
        world.given(transfer("a1", "a2", "s2", "2024-02-02"));
    }
}

//! An assignment sits inside exactly one enrollment.

use super::Rule;
use crate::{
    Code, Day, Enrollment, Period, Problem, StoreError, Violation, ZeroDay,
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
    if too_early {
        let later = Period::checked(days.start(), end).filter(|later| days.contains(*later));
        let later = later.and_then(|later| line.could_start(later.start()));
        violation.nearest(line.start_field, later)
    } else if line.end_field != line.start_field && days.starts_at(start) {
        let keeps_a_day = |last: &Day| start < *last || policy_allows_none(line);
        violation.nearest(line.end_field, days.end().filter(keeps_a_day))
    } else {
        violation
    }
}

fn policy_allows_none(line: &NewLine) -> bool {
    line.program.policy.zero_day == ZeroDay::Allow
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, correct, end_enrollment, enroll, transfer, with,
    };

    /// `c3` is enrolled as `e3` for January and February.
    fn world() -> World {
        let mut world = World::new();
        world.given(with(enroll("e3", "c3", "2024-01-01"), json!({"end": "2024-03-01"})));
        world
    }

    #[test]
    fn an_end_one_day_after_that_of_the_enrollment_is_outside() {
        let mut world = world();
        world.refuses_as(
            assign_until("a1", "s1", "c3", "2024-01-01", "2024-03-02"),
            json!([{
                "code": "outside-enrollment", "latest_end": "2024-03-01", "enrollment": "e3",
                "fields": ["end"], "nearest": {"field": "end", "day": "2024-03-01"},
            }]),
        );
        world.given(assign_until("a1", "s1", "c3", "2024-01-01", "2024-03-01"));
    }

    #[test]
    fn a_start_one_day_before_the_enrollment_is_outside() {
        let mut world = World::new();
        world.refuses_as(
            assign("a1", "s1", "c1", "2023-12-31"),
            json!([{
                "code": "outside-enrollment", "earliest_start": "2024-01-01", "enrollment": "e1",
                "fields": ["start"], "nearest": {"field": "start", "day": "2024-01-01"},
            }]),
        );
        world.given(assign("a1", "s1", "c1", "2024-01-01"));
    }

    #[test]
    fn a_day_that_would_be_no_help_is_not_proposed() {
        let mut world = world();
        for end in [json!(null), json!("2023-12-31"), json!("2024-03-02")] {
            let early = with(assign("a1", "s1", "c3", "2023-12-01"), json!({"end": end}));
            let found = world.refuses(early, &["outside-enrollment"]);
            assert_eq!(found[0]["nearest"], json!(null), "{end}");
        }
    }

    #[test]
    fn an_open_assignment_needs_an_open_enrollment() {
        let mut world = world();
        let found = world.refuses(assign("a1", "s1", "c3", "2024-02-01"), &["outside-enrollment"]);
        assert_eq!(found[0]["latest_end"], "2024-03-01");
    }

    #[test]
    fn touching_enrollments_do_not_add_up() {
        let mut world = world();
        world.given(enroll("e4", "c3", "2024-03-01"));
        let across = assign_until("a1", "s1", "c3", "2024-02-28", "2024-03-02");
        world.refuses(across, &["outside-enrollment"]);
        world.given(assign_until("a1", "s1", "c3", "2024-02-28", "2024-03-01"));
        world.given(assign("a2", "s1", "c3", "2024-03-01"));
    }

    #[test]
    fn a_zero_day_period_starts_on_an_enrolled_day_or_with_a_zero_day_enrollment() {
        let mut world = world();
        let on = |id, participant, day| assign_until(id, "s1", participant, day, day);
        world.refuses(on("a1", "c3", "2024-03-01"), &["outside-enrollment"]);
        world.given(on("a1", "c3", "2024-02-29"));
        world.given(end_enrollment("e1", "2024-01-01")).given(on("a2", "c1", "2024-01-01"));
        world.refuses(on("a3", "c1", "2024-01-02"), &["outside-enrollment"]);
    }

    #[test]
    fn corrections_and_hand_overs_stay_inside_too() {
        let mut world = world();
        world.given(assign_until("a1", "s1", "c3", "2024-02-01", "2024-03-01"));
        world.refuses(correct("a1", "a2", "2024-02-01"), &["outside-enrollment"]);
        world.given(assign("a2", "s1", "c1", "2024-02-01"));
        let row =
            json!({"id": "e1", "participant": "c1", "start": "2024-01-01", "end": "2024-03-01"});
        world.given(json!({
            "op": "mirror_enrollments", "program": "p1", "rows": [row], "on_outside": "report",
        }));
        let found =
            world.refuses(transfer("a2", "a3", "s2", "2024-02-15"), &["outside-enrollment"]);
        assert_eq!((&found[0]["fields"], &found[0]["nearest"]), (&json!(["date"]), &json!(null)));
    }
}

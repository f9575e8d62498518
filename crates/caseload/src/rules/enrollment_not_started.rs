//! A post-dated enrollment can be assigned only once it has begun.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::EnrollmentNotStarted,
    parameters: "enrollment, start",
    broken_when: "the enrollment that covers it starts after `on`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(line) = &case.new_line
        && let Some(enrollment) = line.enclosing()
        && enrollment.period.start() > case.on
    {
        let problem = Problem::EnrollmentNotStarted {
            enrollment: enrollment.id.clone(),
            start: enrollment.period.start(),
        };
        found.push(Violation::new(problem, &[line.start_field]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, correct, end_enrollment, enroll, reinstate, with};

    #[test]
    fn an_enrollment_that_starts_tomorrow_takes_no_assignment_today() {
        let mut world = World::new();
        world.given(enroll("e3", "c3", "2024-06-16"));
        world.refuses_as(
            assign("a1", "s1", "c3", "2024-07-01"),
            json!([{
                "code": "enrollment-not-started", "enrollment": "e3", "start": "2024-06-16",
                "fields": ["start"],
            }]),
        );
    }

    #[test]
    fn on_its_first_day_it_does_whenever_the_assignment_starts() {
        let mut world = World::new();
        world.given(enroll("e3", "c3", "2024-06-15"));
        world.given(assign("a1", "s1", "c3", "2024-07-01"));
    }

    #[test]
    fn corrections_are_judged_by_the_day_on_which_they_are_made() {
        let mut world = World::new();
        world.given(enroll("e3", "c3", "2024-06-15")).given(assign("a1", "s1", "c3", "2024-06-20"));
        let earlier = with(correct("a1", "a2", "2024-06-16"), json!({"on": "2024-06-14"}));
        world.refuses(earlier, &["enrollment-not-started"]);
        world.given(correct("a1", "a2", "2024-06-16"));
    }

    #[test]
    fn an_assignment_outside_is_only_that() {
        let mut world = World::new();
        world.given(enroll("e3", "c3", "2024-06-16"));
        world.refuses(assign("a1", "s1", "c3", "2024-06-15"), &["outside-enrollment"]);
    }

    #[test]
    fn it_keeps_an_assignment_ended_that_a_reinstatement_would_open() {
        let mut world = World::new();
        world.given(enroll("e3", "c3", "2024-06-15")).given(assign("a1", "s1", "c3", "2024-06-15"));
        world.given(end_enrollment("e3", "2024-06-20"));
        let early = with(reinstate("e3"), json!({"on": "2024-06-14"}));
        assert_eq!(world.accepts(early)["left"], json!([["a1", "enrollment-not-started"]]));
    }
}

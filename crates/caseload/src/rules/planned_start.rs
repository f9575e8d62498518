//! A program may take no plans.

use super::Rule;
use crate::{
    Code, PlannedStarts, Problem, StoreError, Violation,
    decide::case::{Case, Entering},
};

pub(super) const RULE: Rule = Rule {
    code: Code::PlannedStart,
    parameters: "start, on",
    broken_when: "the policy `planned_starts` refuses a start after `on`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(line) = &case.new_line
        && line.entering != Entering::Reopening
        && line.program.policy.planned_starts == PlannedStarts::Refuse
        && line.period.start() > case.on
    {
        let problem = Problem::PlannedStart { start: line.period.start(), on: case.on };
        found.push(
            Violation::new(problem, &[line.start_field])
                .nearest(line.start_field, line.could_start(case.on)),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, correct, end_enrollment, reinstate, transfer, with,
    };

    fn world() -> World {
        World::with_policy(json!({"planned_starts": "refuse"}))
    }

    #[test]
    fn a_start_tomorrow_is_refused_and_one_today_is_not() {
        let mut world = world();
        world.refuses_as(
            assign("a1", "s1", "c1", "2024-06-16"),
            json!([{
                "code": "planned-start", "start": "2024-06-16", "on": "2024-06-15", "fields": ["start"],
                "nearest": {"field": "start", "day": "2024-06-15"},
            }]),
        );
        world.given(assign("a1", "s1", "c1", "2024-06-15"));
    }

    #[test]
    fn plans_are_allowed_unless_the_policy_refuses_them() {
        World::new().given(assign("a1", "s1", "c1", "2030-01-01"));
    }

    #[test]
    fn hand_overs_and_corrections_are_judged() {
        let mut world = world();
        world.given(assign("a1", "s1", "c1", "2024-06-01"));
        let found = world.refuses(transfer("a1", "a2", "s2", "2024-06-16"), &["planned-start"]);
        assert_eq!(found[0]["nearest"], json!({"field": "date", "day": "2024-06-15"}));
        let yesterday = with(transfer("a1", "a2", "s2", "2024-06-16"), json!({"on": "2024-05-31"}));
        let found = world.refuses(yesterday, &["planned-start"]);
        assert_eq!(found[0]["nearest"], json!(null), "the giver starts after that");
        world.refuses(correct("a1", "a2", "2024-06-16"), &["planned-start"]);
    }

    #[test]
    fn a_planned_end_is_no_planned_start_and_a_reinstatement_is_exempt() {
        let mut world = world();
        world.given(assign("a1", "s1", "c1", "2024-06-15"));
        world.given(end_enrollment("e1", "2024-06-20"));
        let early = with(reinstate("e1"), json!({"on": "2024-06-14"}));
        assert_eq!(world.accepts(early)["left"], json!([]));
    }
}

//! Nobody is assigned in a program that they are not enrolled in.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::NotEnrolled,
    parameters: "participant, program",
    broken_when: "no current enrollment in that program (then this alone)",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(line) = &case.new_line
        && line.enrollments.is_empty()
    {
        let problem = Problem::NotEnrolled {
            participant: line.participant.as_str().to_owned(),
            program: line.program.id.clone(),
        };
        found.push(Violation::new(problem, &["participant", "program"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, by, correct, end_enrollment, enroll, grant, void_enrollment,
        with,
    };

    #[test]
    fn without_an_enrollment_in_that_program_there_is_no_assignment() {
        let mut world = World::new();
        world.given(json!({"op": "define_program", "id": "p2"}));
        world.given(with(enroll("e3", "c3", "2024-01-01"), json!({"program": "p2"})));
        world.refuses_as(
            assign("a1", "s1", "c3", "2024-02-01"),
            json!([{
                "code": "not-enrolled", "participant": "c3", "program": "p1",
                "fields": ["participant", "program"],
            }]),
        );
        world.given(with(assign("a1", "s1", "c3", "2024-02-01"), json!({"program": "p2"})));
    }

    #[test]
    fn a_voided_enrollment_is_none_and_a_past_one_is() {
        let mut world = World::new();
        world.given(void_enrollment("e1"));
        world.refuses(assign("a1", "s1", "c1", "2024-02-01"), &["not-enrolled"]);
        world.given(end_enrollment("e2", "2024-03-01"));
        world.refuses(assign("a1", "s1", "c2", "2024-04-01"), &["outside-enrollment"]);
    }

    #[test]
    fn to_a_restricted_actor_whom_they_do_not_see_is_not_enrolled() {
        let mut world = World::with_policy(json!({"visibility": "own_caseload"}));
        world.given(grant("s1", &["own", "others"])).given(assign("a1", "s2", "c1", "2024-02-01"));
        let legal = by("s1", assign("a2", "s1", "c1", "2024-02-01"));
        world.refuses(legal.clone(), &["not-enrolled"]);
        world.given(grant("s1", &["view_all"])).given(legal);
    }

    #[test]
    fn own_cases_are_seen_up_to_the_last_day_and_the_days_of_former_access() {
        let mut world = World::with_policy(
            json!({"visibility": "own_caseload", "former_access_days": 5, "entry_order": "any"}),
        );
        world.given(grant("s1", &["own", "correct"]));
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-06-10"));
        let again = |on: &str| {
            with(assign("a2", "s1", "c1", "2024-06-10"), json!({"actor": "s1", "on": on}))
        };
        world.refuses(again("2024-06-15"), &["not-enrolled"]);
        world.given(again("2024-06-14"));
        world.given(by("s1", correct("a2", "a3", "2024-06-11")));
    }
}

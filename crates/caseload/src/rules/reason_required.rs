//! What changes the record says why.

use super::Rule;
use crate::{
    Code, Problem, StoreError, Violation,
    decide::case::{Case, ReasonPart},
};

pub(super) const RULE: Rule = Rule {
    code: Code::ReasonRequired,
    parameters: "",
    broken_when: "correct, void, reinstate, replace_id, forget and the enrollment twins without a non-blank reason",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if case.reason == ReasonPart::Missing {
        found.push(Violation::new(Problem::ReasonRequired, &["reason"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, correct, correct_enrollment, end_assignment, end_enrollment, reinstate,
        void, void_enrollment, with,
    };

    #[test]
    fn what_changes_the_record_says_why() {
        let mut world = World::new();
        world
            .given(assign("a1", "s1", "c1", "2024-02-01"))
            .given(end_enrollment("e2", "2024-03-01"));
        for command in [
            correct("a1", "a2", "2024-02-01"),
            void("a1"),
            reinstate("e2"),
            correct_enrollment("e1", "e3", "2024-01-02"),
            void_enrollment("e2"),
            json!({"op": "replace_id", "kind": "staff", "id": "s2", "new_id": "s4"}),
            json!({"op": "forget", "participant": "c2"}),
        ] {
            for reason in [json!(null), json!(""), json!(" \t\u{a0} ")] {
                world.refuses_as(
                    with(command.clone(), json!({"reason": reason})),
                    json!([{"code": "reason-required", "fields": ["reason"]}]),
                );
            }
        }
    }

    #[test]
    fn a_word_is_enough() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        world.given(with(void("a1"), json!({"reason": " x "})));
    }

    #[test]
    fn ends_need_none() {
        let mut world = World::new();
        world
            .given(assign("a1", "s1", "c1", "2024-02-01"))
            .given(end_assignment("a1", "2024-03-01"));
        world.given(end_enrollment("e1", "2024-03-01"));
    }

    #[test]
    fn all_that_is_wrong_with_the_shape_is_said_at_once_and_before_references() {
        let backwards = json!({"reason": null, "end": "2024-01-31", "staff": "s9"});
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        let wrong = with(correct("a1", "a2", "2024-02-01"), backwards);
        world.refuses(wrong, &["end-before-start", "reason-required"]);
    }
}

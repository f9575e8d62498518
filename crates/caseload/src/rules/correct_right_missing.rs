//! Corrections are made with `correct`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::CorrectRightMissing,
    parameters: "program",
    broken_when: "correct or void, of assignments and enrollments, without `correct`, which is all they need",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for need in case.needs.iter().filter(|need| need.right == Right::Correct) {
        if let Some(program) = need.program.clone()
            && !case.may(need)?
        {
            let problem = Problem::CorrectRightMissing { program };
            found.push(Violation::new(problem, need.fields));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, by, correct, correct_enrollment, grant, void, void_enrollment,
    };

    #[test]
    fn every_right_but_correct_is_not_enough() {
        let mut world = World::new();
        world.given(grant("s1", &["own", "others", "enroll", "administer", "view_all"]));
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        for command in [
            correct("a1", "a2", "2024-01-15"),
            void("a1"),
            correct_enrollment("e2", "e3", "2024-01-15"),
            void_enrollment("e2"),
        ] {
            world.refuses_as(
                by("s1", command),
                json!([{"code": "correct-right-missing", "program": "p1", "fields": ["id"]}]),
            );
        }
    }

    #[test]
    fn correct_is_all_they_need_whoever_holds_the_line() {
        let mut world = World::new();
        world.given(grant("s1", &["correct"])).given(assign("a1", "s2", "c1", "2024-02-01"));
        world.given(by("s1", correct("a1", "a2", "2024-01-15"))).given(by("s1", void("a2")));
        world.given(by("s1", correct_enrollment("e1", "e3", "2024-01-15")));
        world.given(by("s1", void_enrollment("e3")));
    }

    #[test]
    fn a_missing_reason_is_said_before_a_missing_right() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        world.refuses(by("s1", json!({"op": "void", "id": "a1"})), &["reason-required"]);
    }
}

//! Enrollments are changed with `enroll`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::EnrollRightMissing,
    parameters: "program",
    broken_when: "enroll, end, reinstate or mirror enrollments without `enroll`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for need in case.needs.iter().filter(|need| need.right == Right::Enroll) {
        if let Some(program) = need.program.clone()
            && !case.may(need)?
        {
            let problem = Problem::EnrollRightMissing { program };
            found.push(Violation::new(problem, need.fields));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, by, end_enrollment, enroll, grant, mirror, reinstate};

    #[test]
    fn enrolling_needs_enroll_in_that_program() {
        let mut world = World::new();
        world.given(json!({"op": "define_program", "id": "p2"}));
        world.given(json!({"op": "grant", "staff": "s1", "rights": ["enroll"], "program": "p2"}));
        world.given(grant("s1", &["own", "others", "correct", "administer", "view_all"]));
        world.refuses_as(
            by("s1", enroll("e3", "c3", "2024-01-01")),
            json!([{"code": "enroll-right-missing", "program": "p1", "fields": ["program"]}]),
        );
        world.given(grant("s1", &["enroll"])).given(by("s1", enroll("e3", "c3", "2024-01-01")));
    }

    #[test]
    fn dismissing_reinstating_and_mirroring_need_it_too() {
        let mut world = World::new();
        world.given(end_enrollment("e2", "2024-03-01"));
        let row = json!({"id": "e3", "participant": "c3", "start": "2024-01-01"});
        let commands = [end_enrollment("e1", "2024-03-01"), reinstate("e2"), mirror(&[row])];
        for command in &commands {
            world.refuses(by("s1", command.clone()), &["enroll-right-missing"]);
        }
        world.given(grant("s1", &["enroll"]));
        for command in commands {
            world.given(by("s1", command));
        }
    }
}

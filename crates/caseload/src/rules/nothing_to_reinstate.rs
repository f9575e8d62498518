//! Only a dismissal can be undone.

use super::Rule;
use crate::{
    Code, Ending, Problem, Status, StoreError, Violation,
    decide::case::{Case, Change},
};

pub(super) const RULE: Rule = Rule {
    code: Code::NothingToReinstate,
    parameters: "id",
    broken_when: "the enrollment was not dismissed",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some((line, Change::Reinstate)) = &case.enrollment
        && line.status == Status::Current
        && line.ending != Ending::Dismissed
    {
        let problem = Problem::NothingToReinstate { id: line.id.clone() };
        found.push(Violation::new(problem, &["id"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, correct_enrollment, end_enrollment, enroll, mirror, reinstate, with,
    };

    #[test]
    fn only_a_dismissal_is_undone_and_only_once() {
        let mut world = World::new();
        let nothing = json!([{"code": "nothing-to-reinstate", "id": "e1", "fields": ["id"]}]);
        world.refuses_as(reinstate("e1"), nothing.clone());
        world.given(end_enrollment("e1", "2024-03-01")).given(reinstate("e1"));
        world.refuses_as(reinstate("e1"), nothing);
    }

    #[test]
    fn an_end_given_by_enroll_a_correction_or_a_mirror_is_no_dismissal() {
        let mut world = World::new();
        let end = json!({"end": "2024-03-01"});
        world.given(with(enroll("e3", "c3", "2024-01-01"), end.clone()));
        world.given(with(correct_enrollment("e1", "e4", "2024-01-01"), end.clone()));
        let row = json!({"id": "e2", "participant": "c2", "start": "2024-01-01"});
        world.given(mirror(&[with(row, end)]));
        for id in ["e2", "e3", "e4"] {
            world.refuses(reinstate(id), &["nothing-to-reinstate"]);
        }
    }

    #[test]
    fn a_dismissal_on_the_first_day_is_one() {
        let mut world = World::new();
        world.given(end_enrollment("e1", "2024-01-01")).given(reinstate("e1"));
    }
}

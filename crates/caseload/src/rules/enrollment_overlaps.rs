//! Nobody is enrolled twice on one day.

use super::Rule;
use crate::{
    Code, Problem, StoreError, Violation,
    decide::case::{Case, Naming},
};

pub(super) const RULE: Rule = Rule {
    code: Code::EnrollmentOverlaps,
    parameters: "enrollment?",
    broken_when: "two enrollments of one participant in one program share a day",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for new in &case.new_enrollments {
        let sharing = || new.others.iter().filter(|other| other.period.held_with(new.period));
        if let Some(other) = sharing().next() {
            let enrollment = (new.naming == Naming::Named).then(|| other.id.clone());
            let mut violation =
                Violation::new(Problem::EnrollmentOverlaps { enrollment }, new.fields);
            violation.row = new.row;
            let free = new.period.start_after(sharing().map(|other| other.period));
            let free = free.filter(|_| new.naming == Naming::Named);
            found.push(match new.fields.first() {
                Some(field) if *field == "start" => violation.nearest("start", free),
                _ => violation,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, by, correct_enrollment, end_enrollment, enroll, grant, mirror, reinstate,
        void_enrollment, with,
    };

    #[test]
    fn nobody_is_enrolled_twice_on_a_day() {
        let mut world = World::new();
        world.given(end_enrollment("e1", "2024-03-01"));
        world.refuses_as(
            enroll("e3", "c1", "2024-02-29"),
            json!([{
                "code": "enrollment-overlaps", "enrollment": "e1", "fields": ["start", "end"],
                "nearest": {"field": "start", "day": "2024-03-01"},
            }]),
        );
        world.given(enroll("e3", "c1", "2024-03-01"));
    }

    #[test]
    fn after_an_open_enrollment_there_is_no_nearest_start() {
        let found =
            World::new().refuses(enroll("e3", "c1", "2024-05-01"), &["enrollment-overlaps"]);
        assert_eq!(found[0]["nearest"], json!(null));
    }

    #[test]
    fn the_nearest_start_is_after_all_of_them_and_before_the_end() {
        let mut world = World::new();
        let until =
            |id: &str, start: &str, end: &str| with(enroll(id, "c3", start), json!({"end": end}));
        world.given(until("e3", "2024-01-01", "2024-02-01"));
        world.given(until("e4", "2024-02-01", "2024-03-01"));
        let found =
            world.refuses(until("e5", "2024-01-15", "2024-03-02"), &["enrollment-overlaps"]);
        assert_eq!(found[0]["nearest"], json!({"field": "start", "day": "2024-03-01"}));
        let found =
            world.refuses(until("e5", "2024-01-15", "2024-03-01"), &["enrollment-overlaps"]);
        assert_eq!(found[0]["nearest"], json!(null));
    }

    #[test]
    fn a_zero_day_enrollment_counts_as_its_start_day() {
        let mut world = World::new();
        world.given(end_enrollment("e1", "2024-01-01"));
        world.refuses_as(
            enroll("e3", "c1", "2024-01-01"),
            json!([{
                "code": "enrollment-overlaps", "enrollment": "e1", "fields": ["start", "end"],
                "nearest": {"field": "start", "day": "2024-01-02"},
            }]),
        );
        world.given(enroll("e3", "c1", "2024-01-02"));
    }

    #[test]
    fn another_program_and_a_voided_enrollment_do_not_count() {
        let mut world = World::new();
        world.given(json!({"op": "define_program", "id": "p2"}));
        world.given(with(enroll("e3", "c1", "2024-01-01"), json!({"program": "p2"})));
        world.given(void_enrollment("e1")).given(enroll("e4", "c1", "2024-01-01"));
    }

    #[test]
    fn corrections_reinstatements_and_mirrored_rows_are_judged() {
        let mut world = World::new();
        world.given(end_enrollment("e1", "2024-03-01")).given(enroll("e3", "c1", "2024-03-01"));
        world.refuses(correct_enrollment("e3", "e4", "2024-02-29"), &["enrollment-overlaps"]);
        let found = world.refuses(reinstate("e1"), &["enrollment-overlaps"]);
        assert_eq!(found[0]["fields"], json!(["id"]));
        let row =
            json!({"id": "e4", "participant": "c2", "start": "2023-12-31", "end": "2024-01-02"});
        let found = world.refuses(mirror(&[row]), &["enrollment-overlaps"]);
        assert_eq!((&found[0]["row"], &found[0]["enrollment"]), (&json!(1), &json!("e2")));
        world.given(void_enrollment("e3")).given(reinstate("e1"));
    }

    #[test]
    fn a_restricted_actor_learns_neither_which_nor_when() {
        let mut world = World::with_policy(json!({"visibility": "own_caseload"}));
        world.given(grant("s1", &["enroll"])).given(end_enrollment("e1", "2024-03-01"));
        let found =
            world.refuses(by("s1", enroll("e3", "c1", "2024-02-29")), &["enrollment-overlaps"]);
        assert_eq!((&found[0]["enrollment"], &found[0]["nearest"]), (&json!(null), &json!(null)));
        world.given(assign("a1", "s1", "c2", "2024-02-01"));
        let seen = by("s1", enroll("e3", "c2", "2024-02-29"));
        assert_eq!(world.refuses(seen, &["enrollment-overlaps"])[0]["enrollment"], "e2");
    }
}

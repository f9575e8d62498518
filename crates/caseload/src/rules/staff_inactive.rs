//! Who has left neither receives nor acts.

use super::Rule;
use crate::{Activity, Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::StaffInactive,
    parameters: "staff",
    broken_when: "an assignment or hand-over to deactivated staff, or a deactivated actor",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for (staff, fields) in &case.receivers {
        if staff.activity == Activity::Deactivated {
            let problem = Problem::StaffInactive { staff: staff.id.clone() };
            found.push(Violation::new(problem, fields));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, by, correct, end_assignment, grant, transfer, transfer_all,
        with,
    };

    /// `s1` has left; `a1` of `s1` and `a2` of `s2` are theirs.
    fn world() -> World {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01"));
        world.given(assign("a2", "s2", "c1", "2024-02-01"));
        world.given(json!({"op": "deactivate_staff", "id": "s1"}));
        world
    }

    #[test]
    fn who_has_left_receives_nothing() {
        let mut world = world();
        for (command, field) in [
            (assign("a3", "s1", "c2", "2024-04-01"), "staff"),
            (transfer("a2", "a3", "s1", "2024-04-01"), "to_staff"),
            (transfer_all("s2", "s1", "2024-04-01"), "to_staff"),
            (with(correct("a2", "a3", "2024-04-01"), json!({"staff": "s1"})), "staff"),
        ] {
            world.refuses_as(
                command,
                json!([{"code": "staff-inactive", "staff": "s1", "fields": [field]}]),
            );
        }
        world.given(json!({"op": "reactivate_staff", "id": "s1"}));
        world.given(assign("a3", "s1", "c2", "2024-04-01"));
    }

    #[test]
    fn a_correction_that_keeps_the_staff_is_exempt() {
        let mut world = world();
        let same = json!({"staff": "s1", "end": "2024-03-01"});
        world.given(with(correct("a1", "a3", "2024-02-02"), same));
    }

    #[test]
    fn what_they_hold_can_still_be_ended_and_handed_over() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(assign(
            "a2",
            "s1",
            "c2",
            "2024-02-01",
        ));
        world.given(json!({"op": "deactivate_staff", "id": "s1", "end_open": "2030-01-01"}));
        world.given(correct("a1", "a3", "2024-02-01")).given(correct("a2", "a4", "2024-02-01"));
        world.given(end_assignment("a3", "2024-03-01"));
        world.given(transfer("a4", "a5", "s2", "2024-03-01"));
    }

    #[test]
    fn who_has_left_does_not_act() {
        let mut world = world();
        world.given(grant("s1", &["others"]));
        let found =
            world.refuses(by("s1", end_assignment("a2", "2024-03-01")), &["staff-inactive"]);
        assert_eq!(found[0]["fields"], json!(["actor"]));
        let rows =
            json!({"op": "batch", "mode": "partial", "rows": [end_assignment("a2", "2024-03-01")]});
        let answer = world.answer(&by("s1", rows));
        assert_eq!((&answer["ok"], &answer["rows"]), (&json!(false), &json!(null)));
    }
}

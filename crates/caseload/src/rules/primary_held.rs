//! A program may allow one primary caseworker at a time.

use super::Rule;
use crate::{
    Code, LineFilter, Primaries, Problem, Role, StoreError, Violation, decide::case::Case,
};

pub(super) const RULE: Rule = Rule {
    code: Code::PrimaryHeld,
    parameters: "assignment",
    broken_when: "the policy `one_primary` and another primary shares a day",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let primary = line.role.as_ref().is_some_and(Role::is_primary);
    if line.program.policy.one_primary == Primaries::Any || !primary {
        return Ok(());
    }
    let filter = LineFilter::timeline(&line.participant, &line.program.id).held_with(line.period);
    let mut sharing = case.view.lines(&filter)?;
    sharing.retain(|other| {
        other.role.as_ref().is_some_and(Role::is_primary)
            && other.period.shares_a_day(line.period)
            && !line.gives_way(&other.id)
    });
    if let Some(other) = sharing.first() {
        let problem = Problem::PrimaryHeld { assignment: other.id.clone() };
        let free = line.period.start_after(sharing.iter().map(|other| other.period));
        found.push(
            Violation::new(problem, &["role"])
                .nearest(line.start_field, free.and_then(|free| line.could_start(free))),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, assign_until, correct, transfer, void, with};

    fn world() -> World {
        let mut world = World::with_policy(json!({"one_primary": true}));
        world.given(primary(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01")));
        world
    }

    fn primary(command: serde_json::Value) -> serde_json::Value {
        with(command, json!({"role": "primary"}))
    }

    #[test]
    fn there_is_one_primary_a_day() {
        let mut world = world();
        world.refuses_as(
            primary(assign("a2", "s2", "c1", "2024-02-29")),
            json!([{
                "code": "primary-held", "assignment": "a1", "fields": ["role"],
                "nearest": {"field": "start", "day": "2024-03-01"},
            }]),
        );
        world.given(primary(assign("a2", "s2", "c1", "2024-03-01")));
    }

    #[test]
    fn other_roles_and_other_participants_are_free() {
        let mut world = world();
        world.given(with(assign("a2", "s2", "c1", "2024-02-01"), json!({"role": "Primary"})));
        world.given(primary(assign("a3", "s1", "c2", "2024-02-01")));
    }

    #[test]
    fn zero_day_and_voided_lines_count_for_nothing() {
        let mut world = world();
        world.given(primary(assign_until("a2", "s2", "c1", "2024-02-15", "2024-02-15")));
        world.given(void("a1")).given(primary(assign("a3", "s3", "c1", "2024-02-15")));
    }

    #[test]
    fn a_hand_over_keeps_the_role_and_makes_room_for_itself() {
        let mut world = World::with_policy(json!({"one_primary": true}));
        world.given(primary(assign("a1", "s1", "c1", "2024-02-01")));
        world.given(transfer("a1", "a2", "s2", "2024-03-01"));
        world.refuses(primary(assign("a3", "s3", "c1", "2024-03-01")), &["primary-held"]);
    }

    #[test]
    fn a_correction_is_judged_and_keeps_the_role() {
        let mut world = world();
        world.given(assign("a2", "s2", "c1", "2024-02-01"));
        world.refuses(primary(correct("a2", "a3", "2024-02-01")), &["primary-held"]);
        world.given(primary(correct("a2", "a3", "2024-03-01")));
        world.refuses(correct("a1", "a4", "2024-02-01"), &["primary-held"]);
    }
}

//! Nobody holds a participant twice on one day.

use super::Rule;
use crate::{Code, LineFilter, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::AlreadyAssigned,
    parameters: "assignment",
    broken_when: "the same staff would hold the participant twice on a day in that program",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let filter = LineFilter::timeline(&line.participant, &line.program.id)
        .by(&line.staff)
        .held_with(line.period);
    let mut held = case.view.lines(&filter)?;
    held.retain(|other| !line.gives_way(&other.id));
    if let Some(other) = held.first() {
        let problem = Problem::AlreadyAssigned { assignment: other.id.clone() };
        let free = line.period.start_after(held.iter().map(|other| other.period));
        found.push(
            Violation::new(problem, line.staff_fields)
                .nearest(line.start_field, free.and_then(|free| line.could_start(free))),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, assign_until, correct, transfer, void, with};

    #[test]
    fn nobody_holds_a_participant_twice_on_a_day() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01"));
        world.refuses_as(
            assign("a2", "s1", "c1", "2024-02-29"),
            json!([{
                "code": "already-assigned", "assignment": "a1", "fields": ["staff"],
                "nearest": {"field": "start", "day": "2024-03-01"},
            }]),
        );
        world.given(assign("a2", "s1", "c1", "2024-03-01"));
    }

    #[test]
    fn someone_else_and_someone_elses_participant_are_no_second_time() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        world.given(assign("a2", "s2", "c1", "2024-02-01")).given(assign(
            "a3",
            "s1",
            "c2",
            "2024-02-01",
        ));
    }

    #[test]
    fn a_zero_day_line_counts_as_its_start_day() {
        let mut world = World::new();
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-02-01"));
        world.refuses_as(
            assign("a2", "s1", "c1", "2024-02-01"),
            json!([{
                "code": "already-assigned", "assignment": "a1", "fields": ["staff"],
                "nearest": {"field": "start", "day": "2024-02-02"},
            }]),
        );
        world.given(assign("a2", "s1", "c1", "2024-02-02"));
    }

    #[test]
    fn a_start_that_would_be_no_help_is_not_proposed() {
        let mut world = World::with_policy(json!({"entry_order": "any"}));
        world.given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01"));
        world.given(assign_until("a2", "s1", "c1", "2024-03-01", "2024-04-01"));
        for end in ["2024-02-20", "2024-03-01"] {
            let inside = assign_until("a3", "s1", "c1", "2024-02-10", end);
            let found = world.refuses(inside, &["already-assigned"]);
            assert_eq!(found[0]["nearest"], json!(null), "{end}");
        }
        let found = world.refuses(assign("a3", "s1", "c1", "2024-02-10"), &["already-assigned"]);
        assert_eq!(found[0]["nearest"], json!({"field": "start", "day": "2024-04-01"}));
    }

    #[test]
    fn a_correction_gives_way_to_itself_and_to_nothing_else() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(assign(
            "a2",
            "s2",
            "c1",
            "2024-02-01",
        ));
        world.given(correct("a1", "a3", "2024-01-15"));
        let to_the_other = with(correct("a3", "a4", "2024-01-15"), json!({"staff": "s2"}));
        world.refuses(to_the_other.clone(), &["already-assigned"]);
        world.given(void("a2")).given(to_the_other);
    }

    #[test]
    fn a_transfer_to_someone_who_has_the_participant_is_refused() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(assign(
            "a2",
            "s2",
            "c1",
            "2024-02-01",
        ));
        let found = world.refuses(transfer("a1", "a3", "s2", "2024-03-01"), &["already-assigned"]);
        assert_eq!(found[0]["fields"], json!(["to_staff"]));
    }
}

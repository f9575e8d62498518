//! A period cannot end before it starts.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, ZeroDay, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::EndBeforeStart,
    parameters: "start, end",
    broken_when: "end < start",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for part in &case.periods {
        if let Some(end) = part.end.filter(|end| *end < part.start) {
            let problem = Problem::EndBeforeStart { start: part.start, end };
            let last = part.fields.last().copied().unwrap_or("end");
            let shortest = match part.zero_day {
                Some(ZeroDay::Refuse) => part.start.plus(1),
                _ => Some(part.start),
            };
            let mut violation = Violation::new(problem, part.fields).nearest(last, shortest);
            violation.row = part.row;
            found.push(violation);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, correct, end_assignment, end_enrollment, enroll, mirror,
        transfer, with,
    };

    #[test]
    fn an_end_on_the_day_before_the_start_is_refused() {
        World::new().refuses_as(
            assign_until("a1", "s1", "c1", "2024-02-01", "2024-01-31"),
            json!([{
                "code": "end-before-start", "start": "2024-02-01", "end": "2024-01-31",
                "fields": ["start", "end"], "nearest": {"field": "end", "day": "2024-02-01"},
            }]),
        );
    }

    #[test]
    fn the_nearest_end_is_one_that_the_program_takes() {
        let mut world = World::with_policy(json!({"zero_day": "refuse"}));
        let backwards = assign_until("a1", "s1", "c1", "2024-02-01", "2024-01-31");
        let found = world.refuses(backwards, &["end-before-start"]);
        assert_eq!(found[0]["nearest"], json!({"field": "end", "day": "2024-02-02"}));
    }

    #[test]
    fn an_end_on_the_start_day_is_allowed() {
        World::new().given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-02-01"));
    }

    #[test]
    fn whatever_ends_a_line_is_held_to_its_start() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        let early = json!({"end": "2023-12-31"});
        for (command, fields) in [
            (end_assignment("a1", "2024-01-31"), json!(["end"])),
            (transfer("a1", "a2", "s2", "2024-01-31"), json!(["date"])),
            (with(correct("a1", "a2", "2024-01-15"), early.clone()), json!(["start", "end"])),
            (end_enrollment("e1", "2023-12-31"), json!(["end"])),
            (with(enroll("e3", "c3", "2024-01-01"), early), json!(["start", "end"])),
            (
                json!({"op": "deactivate_staff", "id": "s1", "end_open": "2024-01-31"}),
                json!(["end_open"]),
            ),
        ] {
            assert_eq!(world.refuses(command, &["end-before-start"])[0]["fields"], fields);
        }
    }

    #[test]
    fn a_mirrored_row_is_named() {
        let row = |id: &str, end: &str| json!({"id": id, "participant": id, "start": "2024-02-01", "end": end});
        let rows = [row("e3", "2024-02-01"), row("e4", "2024-01-31")];
        let found = World::new().refuses(mirror(&rows), &["end-before-start"]);
        assert_eq!(found[0]["row"], 2);
    }

    #[test]
    fn it_is_said_before_what_is_unknown_and_silent_without_a_start() {
        let mut world = World::new();
        let both = assign_until("a1", "s9", "c1", "2024-02-01", "2024-01-31");
        world.refuses(both, &["end-before-start"]);
        world.refuses(end_assignment("a9", "0001-01-01"), &["unknown-assignment"]);
    }
}

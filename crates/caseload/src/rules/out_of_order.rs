//! History is entered in order, where the program says so.

use super::Rule;
use crate::{
    Code, EntryOrder, Problem, StoreError, Violation,
    decide::case::{Case, Entering},
};

pub(super) const RULE: Rule = Rule {
    code: Code::OutOfOrder,
    parameters: "assignment, earliest_start",
    broken_when: "an assignment starts before the latest start already entered in its `entry_order` scope",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let staff = match line.program.policy.entry_order {
        EntryOrder::Program => None,
        EntryOrder::Staff => Some(&line.staff),
        EntryOrder::Any => return Ok(()),
    };
    if line.entering != Entering::New {
        return Ok(());
    }
    let latest = case.view.latest_start(&line.participant, &line.program.id, staff, &[])?;
    if let Some((assignment, earliest_start)) = latest
        && line.period.start() < earliest_start
    {
        let problem = Problem::OutOfOrder { assignment, earliest_start };
        found.push(
            Violation::new(problem, &[line.start_field])
                .nearest(line.start_field, Some(earliest_start)),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::World;

    fn assign(id: &str, staff: &str, start: &str) -> serde_json::Value {
        json!({
            "op": "assign", "id": id, "staff": staff, "participant": "c1", "program": "p1", "start": start,
        })
    }

    #[test]
    fn a_start_before_the_latest_is_refused_whoever_the_staff() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "2024-03-01"));
        let found = world.refuses(assign("a2", "s2", "2024-02-29"), &["out-of-order"]);
        assert_eq!(found[0]["assignment"], "a1");
        assert_eq!(found[0]["earliest_start"], "2024-03-01");
        assert_eq!(found[0]["fields"], json!(["start"]));
    }

    #[test]
    fn an_equal_start_is_in_order() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "2024-03-01")).given(assign("a2", "s2", "2024-03-01"));
    }

    #[test]
    fn per_staff_others_may_start_earlier() {
        let mut world = World::with_policy(json!({"entry_order": "staff"}));
        world.given(assign("a1", "s1", "2024-03-01")).given(assign("a2", "s2", "2024-02-01"));
        world.given(json!({"op": "end_assignment", "id": "a2", "end": "2024-02-10"}));
        let mut before = assign("a3", "s2", "2024-01-20");
        before["end"] = json!("2024-01-31");
        world.refuses(before, &["out-of-order"]);
    }

    #[test]
    fn a_voided_line_does_not_count() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "2024-03-01"));
        world.given(json!({"op": "void", "id": "a1", "reason": "entered twice"}));
        world.given(assign("a2", "s2", "2024-02-01"));
    }
}

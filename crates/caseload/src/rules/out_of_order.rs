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
    let (participant, program, start) = (&line.participant, &line.program.id, line.period.start());
    let latest = case.view.latest_start(participant, program, staff, start, &[])?;
    if let Some((assignment, earliest_start)) = latest {
        let problem = Problem::OutOfOrder { assignment, earliest_start };
        found.push(
            Violation::new(problem, &[line.start_field])
                .nearest(line.start_field, line.could_start(earliest_start)),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, batch, correct, end_assignment, end_enrollment, reinstate,
        transfer, void,
    };

    #[test]
    fn a_start_before_the_latest_is_refused_whoever_the_staff() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-03-01"));
        world.refuses_as(
            assign("a2", "s2", "c1", "2024-02-29"),
            json!([{
                "code": "out-of-order", "assignment": "a1", "earliest_start": "2024-03-01",
                "fields": ["start"], "nearest": {"field": "start", "day": "2024-03-01"},
            }]),
        );
    }

    /// Of several that start last the first by id is named, however many lines there are and whether
    /// they are stored or pending.
    #[test]
    fn of_equal_starts_the_first_id_is_named() {
        for earlier in [0, 60] {
            let mut world = World::with_policy(json!({"batch_history": "allow"}));
            for number in 0..earlier {
                let day =
                    crate::Day::from_ymd(2024, 1, 1).and_then(|day| day.plus(number)).unwrap();
                let mut over = assign(&format!("l{number}"), "s3", "c1", &day.to_string());
                over["end"] = json!(day);
                world.given(over);
            }
            let rows = |prefix: &str, start: &str| {
                let row = |id, staff| assign(&format!("{prefix}{id}"), staff, "c1", start);
                [row("b", "s1"), row("a", "s2"), row("c", "s3")]
            };
            for row in rows("stored-", "2024-04-01") {
                world.given(row);
            }
            let mut early = assign("early", "s1", "c1", "2024-03-31");
            early["end"] = early["start"].clone();
            let found = world.refuses(early.clone(), &["out-of-order"]);
            assert_eq!(found[0]["assignment"], "stored-a");
            for id in ["stored-a", "stored-b", "stored-c"] {
                world.given(json!({"op": "end_assignment", "id": id, "end": "2024-04-02"}));
            }
            let mut batch = rows("pending-", "2024-05-01").to_vec();
            batch.push(early);
            let answer = world.answer(&json!({"op": "batch", "mode": "partial", "rows": batch}));
            assert_eq!(answer["rows"][3]["violations"][0]["assignment"], "pending-a");
        }
    }

    #[test]
    fn an_equal_start_is_in_order_and_so_is_another_participant() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-03-01"));
        world.given(assign("a2", "s2", "c1", "2024-03-01"));
        world.given(assign("a3", "s1", "c2", "2024-02-01"));
    }

    #[test]
    fn per_staff_others_may_start_earlier() {
        let mut world = World::with_policy(json!({"entry_order": "staff"}));
        world.given(assign("a1", "s1", "c1", "2024-03-01"));
        world.given(assign("a2", "s2", "c1", "2024-02-01"));
        world.given(end_assignment("a2", "2024-02-10"));
        let before = assign_until("a3", "s2", "c1", "2024-01-20", "2024-01-31");
        let found = world.refuses(before, &["out-of-order"]);
        assert_eq!(found[0]["nearest"], json!(null), "it would start after its end");
    }

    #[test]
    fn without_an_order_history_may_be_entered_backwards() {
        let mut world = World::with_policy(json!({"entry_order": "any"}));
        world.given(assign("a1", "s1", "c1", "2024-03-01"));
        world.given(assign_until("a2", "s1", "c1", "2024-02-01", "2024-03-01"));
    }

    #[test]
    fn superseded_and_voided_lines_do_not_count() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-03-01")).given(correct(
            "a1",
            "a2",
            "2024-02-01",
        ));
        world.given(assign("a3", "s2", "c1", "2024-02-01"));
        world.given(void("a2")).given(void("a3"));
        world.given(assign("a4", "s2", "c1", "2024-01-01"));
    }

    #[test]
    fn a_transfer_and_a_batch_row_are_judged_a_correction_and_a_reinstatement_are_not() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        world.given(assign("a2", "s2", "c1", "2024-03-01"));
        let late = world.refuses(transfer("a1", "a3", "s3", "2024-02-29"), &["out-of-order"]);
        assert_eq!(late[0]["fields"], json!(["date"]));
        let rows = world.rows(batch(&[assign("a3", "s3", "c1", "2024-02-29")]));
        assert_eq!(rows[0][0]["code"], "out-of-order");
        world.given(correct("a1", "a3", "2024-01-15"));
        world.given(end_enrollment("e1", "2024-04-01"));
        let left = world.accepts(reinstate("e1"));
        assert_eq!(left["left"], json!([]));
    }
}

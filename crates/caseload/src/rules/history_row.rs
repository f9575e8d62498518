//! An upload is not the way to enter history, unless the program says so.

use super::Rule;
use crate::{BatchHistory, Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::HistoryRow,
    parameters: "end or start, on",
    broken_when: "an assign row of a batch speaks of the past; see `batch_history`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(row) = &case.batch_row else { return Ok(()) };
    let on = case.on;
    match (row.program.policy.batch_history, row.end) {
        (BatchHistory::RefuseClosed, Some(end)) if end <= on => {
            let problem = Problem::HistoryRow { start: None, end: Some(end), on };
            found.push(Violation::new(problem, &["end"]).nearest("end", on.plus(1)));
        }
        (BatchHistory::RefusePastStart, _) if row.start < on => {
            let problem = Problem::HistoryRow { start: Some(row.start), end: None, on };
            let start = Some(on).filter(|on| row.end.is_none_or(|end| *on < end));
            found.push(Violation::new(problem, &["start"]).nearest("start", start));
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, assign_until, batch, end_assignment};

    #[test]
    fn a_row_that_is_over_today_is_refused_and_one_that_covers_today_is_not() {
        let rows = World::new().rows(batch(&[
            assign_until("a1", "s1", "c1", "2024-02-01", "2024-06-15"),
            assign_until("a2", "s2", "c1", "2024-02-01", "2024-06-16"),
            assign("a3", "s3", "c1", "2024-02-01"),
        ]));
        assert_eq!(
            rows[0],
            json!([{
                "code": "history-row", "end": "2024-06-15", "on": "2024-06-15", "fields": ["end"],
                "nearest": {"field": "end", "day": "2024-06-16"}, "row": 1,
            }]),
        );
        assert_eq!(rows[1..], [json!([]), json!([])]);
    }

    #[test]
    fn a_program_may_refuse_past_starts_instead() {
        let mut world = World::with_policy(json!({"batch_history": "refuse_past_start"}));
        let rows = world.rows(batch(&[
            assign("a1", "s1", "c1", "2024-06-14"),
            assign_until("a2", "s1", "c1", "2024-06-15", "2024-06-15"),
        ]));
        assert_eq!(
            rows[0],
            json!([{
                "code": "history-row", "start": "2024-06-14", "on": "2024-06-15", "fields": ["start"],
                "nearest": {"field": "start", "day": "2024-06-15"}, "row": 1,
            }]),
        );
        assert_eq!(rows[1], json!([]));
    }

    #[test]
    fn end_rows_and_single_commands_are_never_history() {
        let mut world = World::with_policy(json!({"batch_history": "refuse_past_start"}));
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        assert_eq!(world.rows(batch(&[end_assignment("a1", "2024-03-01")])), [json!([])]);
        World::new().given(assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01"));
    }

    #[test]
    fn a_program_may_take_history() {
        let mut world = World::with_policy(json!({"batch_history": "allow"}));
        let row = assign_until("a1", "s1", "c1", "2024-02-01", "2024-03-01");
        assert_eq!(world.rows(batch(&[row])), [json!([])]);
    }

    #[test]
    fn it_is_said_before_the_shape_and_silent_without_a_program() {
        let mut world = World::new();
        let backwards = assign_until("a1", "s1", "c1", "2024-02-01", "2024-01-01");
        let mut elsewhere = assign_until("a2", "s1", "c1", "2024-02-01", "2024-03-01");
        elsewhere["program"] = json!("p9");
        let rows = world.rows(batch(&[backwards, elsewhere]));
        assert_eq!(rows[0][0]["code"], "history-row");
        assert_eq!(rows[1][0]["code"], "unknown-program");
    }
}

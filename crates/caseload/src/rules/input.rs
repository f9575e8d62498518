//! What cannot be read, is over a limit, or is no row of a batch.
//!
//! Typed commands cannot be unreadable; these violations are found where text becomes a command
//! (`jsonl`), where an entry becomes too large (`agency`), and where an id is derived. Here they
//! only join the walk.

use super::Rule;
use crate::{Code, StoreError, Violation, decide::case::Case};

pub(super) const DATE: Rule = Rule {
    code: Code::InputDate,
    parameters: "",
    broken_when: "a text that is no day",
    check: |case, found| check(case, Code::InputDate, found),
};

pub(super) const ID: Rule = Rule {
    code: Code::InputId,
    parameters: "",
    broken_when: "a text that is no id (a derived id over 128 bytes too)",
    check: |case, found| check(case, Code::InputId, found),
};

pub(super) const COMMAND: Rule = Rule {
    code: Code::InputCommand,
    parameters: "what",
    broken_when: "anything else unreadable: unknown or missing fields, policy keys and rights included",
    check: |case, found| check(case, Code::InputCommand, found),
};

pub(super) const REQUEST_REUSED: Rule = Rule {
    code: Code::RequestReused,
    parameters: "",
    broken_when: "the request id was used for other content",
    check: |case, found| check(case, Code::RequestReused, found),
};

pub(super) const TOO_LARGE: Rule = Rule {
    code: Code::TooLarge,
    parameters: "what, max",
    broken_when: "over a limit: 10,000 batch rows, 2,000 bytes of reason, 64 of role, 4 MiB of stored entry",
    check: |case, found| check(case, Code::TooLarge, found),
};

pub(super) const ROW_KIND: Rule = Rule {
    code: Code::RowKind,
    parameters: "",
    broken_when: "a batch row that is neither assign nor end_assignment",
    check: |case, found| check(case, Code::RowKind, found),
};

pub(super) const ROW_REFUSED: Rule = Rule {
    code: Code::RowRefused,
    parameters: "rows",
    broken_when: "the batch itself in all_or_nothing mode: a row was refused",
    check: |case, found| check(case, Code::RowRefused, found),
};

fn check(case: &Case<'_>, code: Code, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    found.extend(case.unreadable.iter().filter(|violation| violation.code() == code).cloned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, batch, end_assignment, transfer_all, with};

    #[test]
    fn only_days_of_the_calendar_written_in_full_are_days() {
        let mut world = World::new();
        for text in
            ["2024-2-1", "20240201", "2023-02-29", "2024-02-30", "", " 2024-02-01", "10000-01-01"]
        {
            world.refuses_as(
                assign("a1", "s1", "c1", text),
                json!([{"code": "input-date", "fields": ["start"]}]),
            );
        }
        world.given(assign("a1", "s1", "c1", "2024-02-29"));
    }

    #[test]
    fn an_id_is_1_to_128_bytes_without_white_space_at_an_end() {
        let mut world = World::new();
        for text in ["", " a1", "a1 ", "a\n1", "a\u{7f}1", &"\u{e9}".repeat(65)] {
            let found = world.refuses(assign(text, "s1", "c1", "2024-02-01"), &["input-id"]);
            assert_eq!(found[0]["fields"], json!(["id"]), "{text:?}");
        }
        world.given(assign(&"\u{e9}".repeat(64), "s1", "c1", "2024-02-01"));
        world.given(assign("a 1", "s2", "c1", "2024-02-01"));
    }

    #[test]
    fn a_derived_id_is_held_to_it_too() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        let prefixed = |length| {
            with(transfer_all("s1", "s2", "2024-03-01"), json!({"prefix": "t".repeat(length)}))
        };
        let found = world.refuses(prefixed(126), &["input-id"]);
        assert_eq!(found[0]["fields"], json!(["prefix"]));
        world.given(prefixed(125));
    }

    #[test]
    fn unknown_and_missing_fields_policies_and_rights_are_unreadable_all_at_once() {
        let mut world = World::new();
        for (command, field) in [
            (with(assign("a1", "s1", "c1", "2024-02-01"), json!({"color": "red"})), "color"),
            (with(assign("a1", "s1", "c1", "2024-02-01"), json!({"staff": null})), "staff"),
            (with(assign("a1", "s1", "c1", "2024-02-01"), json!({"end": 5})), "end"),
            (json!({"op": "define_program", "id": "p2", "policy": {"max_staff": 0}}), "max_staff"),
            (json!({"op": "grant", "staff": "s1", "rights": ["fly"]}), "rights"),
            (json!({"op": "hire"}), "op"),
        ] {
            let found = world.refuses(command, &["input-command"]);
            assert_eq!(found[0]["fields"], json!([field]));
        }
        let all_program = json!({
            "op": "transfer_all", "staff": "s1", "to_staff": "s2", "date": "2024-2-1", "color": "red",
        });
        let found = world.answer(&all_program)["violations"].as_array().map(Vec::len);
        assert_eq!(found, Some(3));
    }

    #[test]
    fn a_request_id_stands_for_one_content() {
        let mut world = World::new();
        let first = with(assign("a1", "s1", "c1", "2024-02-01"), json!({"request": "r1"}));
        let receipt = world.accepts(first.clone());
        assert_eq!(world.accepts(with(first.clone(), json!({"end": null}))), receipt);
        world.refuses_as(
            with(first.clone(), json!({"on": "2024-06-16"})),
            json!([{"code": "request-reused", "fields": ["request"]}]),
        );
        let refused = with(assign("a2", "s9", "c1", "2024-02-01"), json!({"request": "r2"}));
        world.refuses(refused.clone(), &["unknown-staff"]);
        world.given(with(refused, json!({"staff": "s2"})));
    }

    #[test]
    fn role_reason_and_rows_have_a_limit() {
        let mut world = World::new();
        let role = |length| {
            with(assign("a1", "s1", "c1", "2024-02-01"), json!({"role": "r".repeat(length)}))
        };
        world.refuses_as(
            role(65),
            json!([{"code": "too-large", "what": "role", "max": 64, "fields": ["role"]}]),
        );
        world.given(role(64));
        let reason = |length| {
            with(end_assignment("a1", "2024-03-01"), json!({"reason": "r".repeat(length)}))
        };
        let found = world.refuses(reason(2_001), &["too-large"]);
        assert_eq!((&found[0]["what"], &found[0]["max"]), (&json!("reason"), &json!(2_000)));
        world.given(reason(2_000));
        let rows = |count| batch(&vec![json!({"op": "void"}); count]);
        let found = world.refuses(rows(10_001), &["too-large"]);
        assert_eq!((&found[0]["what"], &found[0]["max"]), (&json!("rows"), &json!(10_000)));
        world.given(rows(10_000));
    }

    #[test]
    fn a_batch_takes_rows_of_two_kinds_and_a_bad_row_fails_alone() {
        let mut world = World::new();
        let mut rows = vec![
            json!({"op": "void", "id": "a1", "reason": "wrong"}),
            assign("a1", "s1", "c1", "2024-2-1"),
            with(assign("a1", "s1", "c1", "2024-02-01"), json!({"actor": "s1"})),
            assign("a1", "s1", "c1", "2024-02-01"),
        ];
        let found = world.rows(batch(&rows));
        assert_eq!(found[0], json!([{"code": "row-kind", "fields": ["op"], "row": 1}]));
        assert_eq!(found[1][0]["code"], "input-date");
        assert_eq!(found[2][0]["code"], "input-command");
        assert_eq!(found[3], json!([]));
        rows[3]["id"] = json!("a2");
        rows[3]["staff"] = json!("s2");
        let whole = with(batch(&rows), json!({"mode": "all_or_nothing"}));
        world.refuses_as(
            whole.clone(),
            json!([{"code": "row-refused", "rows": [1, 2, 3], "fields": ["rows"]}]),
        );
        rows.drain(..3);
        world.given(with(whole, json!({"rows": rows})));
    }
}

//! Commands and questions, each worked out by hand from the contract.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    reason = "a test stops where something is wrong"
)]

mod common;

use common::{Desk, assign, codes_of};
use serde_json::{Value, json};

// ---------------------------------------------------------------- input

#[test]
fn every_bad_field_gives_its_own_violation() {
    let mut desk = Desk::new();
    desk.no(
        json!({"op": "assign", "id": " a", "staff": 7, "participant": "c1", "start": "2024-2-1", "colour": 1}),
        &["input-date", "input-id", "input-command", "input-command", "input-command"],
    );
    desk.no(json!({"op": "dance"}), &["input-command"]);
    desk.no(
        json!({"op": "define_program", "id": "p9", "policy": {"colour": 1}}),
        &["input-command"],
    );
    desk.no(json!({"op": "grant", "staff": "s1", "rights": ["fly"]}), &["input-command"]);
    desk.no(json!({"op": "rename_staff", "id": "s1"}), &["input-command"]);
    desk.no(json!({"op": "close_program", "id": "x".repeat(129)}), &["input-id"]);
    let answer = desk.auditor.line("{").unwrap();
    assert_eq!(codes_of(&answer["violations"]), ["input-command"]);
    assert_eq!(desk.auditor.line("  "), None);
    let line = desk.auditor.line("[]").unwrap()["line"].as_u64();
    assert_eq!(line, answer["line"].as_u64().map(|line| line + 2));
}

#[test]
fn large_texts_are_refused_by_bytes() {
    let mut desk = Desk::new();
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.no(json!({"op": "void", "id": "a1", "reason": "é".repeat(1001)}), &["too-large"]);
    desk.ok(json!({"op": "void", "id": "a1", "reason": "é".repeat(1000)}));
    let mut line = assign("a2", "s1", "c1", "2024-02-01");
    line["role"] = json!("r".repeat(65));
    desk.no(line, &["too-large"]);
    desk.no(
        json!({"op": "batch", "mode": "partial", "rows": vec![json!({}); 10_001]}),
        &["too-large"],
    );
}

#[test]
fn requests_are_answered_once() {
    let mut desk = Desk::new();
    let mut line = assign("a1", "s1", "c1", "2024-02-01");
    line["request"] = json!("r1");
    line["review"] = json!(true);
    let position = desk.ok(line.clone())["position"].clone();
    line["review"] = Value::Null;
    assert_eq!(desk.ok(line.clone())["position"], position, "a review stores nothing");
    assert_eq!(desk.ok(line.clone())["position"], position, "the first answer again");
    line["end"] = Value::Null;
    assert_eq!(desk.ok(line.clone())["position"], position, "null is absent");
    line["review"] = json!(true);
    assert_eq!(desk.ok(line.clone())["position"], position, "a review of a known request");
    line["on"] = json!("2024-06-16");
    desk.no(line.clone(), &["request-reused"]);
    line["request"] = json!("r2");
    desk.no(line.clone(), &["id-taken"]);
    line["id"] = json!("a2");
    line["participant"] = json!("c2");
    desk.ok(line);
}

// ---------------------------------------------------------------- programs and staff

#[test]
fn programs() {
    let mut desk = Desk::new();
    desk.no(json!({"op": "define_program", "id": "p1"}), &["id-taken"]);
    desk.no(json!({"op": "close_program", "id": "p9"}), &["unknown-program"]);
    desk.ok(json!({"op": "rename_program", "id": "p1", "name": "One"}));
    let head = desk.ok(json!({"op": "close_program", "id": "p1"}))["position"].as_u64().unwrap();
    let again = desk.ok(json!({"op": "close_program", "id": "p1"}))["position"].as_u64().unwrap();
    assert_eq!(again, head + 1, "repeating is an entry");
    assert_eq!(desk.ask(json!({"ask": "events", "after": head})), json!([]), "without events");
    desk.no(assign("a1", "s1", "c1", "2024-02-01"), &["program-closed"]);
    desk.ok(json!({"op": "reopen_program", "id": "p1"}));
    desk.assign("a1", "s1", "c1", "2024-02-01");
    // The whole policy: absent keys take their default.
    desk.no(json!({"op": "revise_program", "id": "p1"}), &["input-command"]);
    desk.ok(json!({"op": "revise_program", "id": "p1", "policy": {}}));
    desk.no(assign("a2", "s2", "c1", "2024-01-31"), &["out-of-order"]);
}

#[test]
fn a_closed_program_lets_lines_end_and_be_corrected() {
    let mut desk = Desk::new();
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.ok(json!({"op": "close_program", "id": "p1"}));
    let transfer = json!({"op": "transfer", "id": "a1", "to_staff": "s2", "date": "2024-03-01"});
    desk.no(transfer, &["program-closed"]);
    desk.ok(json!({"op": "correct", "id": "a1", "new_id": "a2", "start": "2024-02-02", "reason": "typo"}));
    desk.ok(json!({"op": "end_assignment", "id": "a2", "end": "2024-03-01"}));
    desk.ok(json!({"op": "end_enrollment", "id": "e1", "end": "2024-03-01"}));
    desk.ok(json!({"op": "reinstate_enrollment", "id": "e1", "reason": "back"}));
    desk.no(
        json!({"op": "enroll", "participant": "c9", "program": "p1", "start": "2024-03-01"}),
        &["program-closed"],
    );
}

#[test]
fn staff_and_root() {
    let mut desk = Desk::new();
    desk.no(json!({"op": "register_staff", "id": "root"}), &["id-taken"]);
    desk.no(json!({"op": "register_staff", "id": "s1"}), &["id-taken"]);
    desk.no(assign("a1", "root", "c1", "2024-02-01"), &["unknown-staff"]);
    desk.actor = "s9".to_string();
    desk.no(assign("a1", "s9", "c1", "2024-02-01"), &["unknown-staff", "unknown-actor"]);
    desk.no(json!({"op": "rename_staff", "id": "s1", "name": "Sam"}), &["unknown-actor"]);
}

#[test]
fn rights_follow_the_last_word() {
    let mut desk = Desk::new();
    let own = |program: Value, op: &str| json!({"op": op, "staff": "s1", "rights": ["own"], "program": program, "actor": "root"});
    desk.actor = "s1".to_string();
    desk.no(assign("a1", "s1", "c1", "2024-02-01"), &["own-right-missing"]);
    desk.ok(own(json!("p1"), "grant"));
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.ok(own(Value::Null, "revoke"));
    desk.no(assign("a2", "s1", "c2", "2024-02-01"), &["own-right-missing"]);
    desk.ok(own(Value::Null, "grant"));
    desk.ok(own(json!("p1"), "revoke"));
    desk.no(assign("a2", "s1", "c2", "2024-02-01"), &["own-right-missing"]);
    desk.no(assign("a2", "s2", "c2", "2024-02-01"), &["others-right-missing"]);
    desk.no(own_by("s1"), &["administer-right-missing"]);
}

fn own_by(actor: &str) -> Value {
    json!({"op": "grant", "staff": "s1", "rights": ["own"], "program": "p1", "actor": actor})
}

#[test]
fn administer_in_a_program_is_not_administer_everywhere() {
    let mut desk = Desk::new();
    desk.ok(json!({"op": "grant", "staff": "s1", "rights": ["administer"], "program": "p1"}));
    desk.actor = "s1".to_string();
    desk.ok(own_by("s1"));
    desk.ok(json!({"op": "close_program", "id": "p1"}));
    let missing = &["administer-right-missing"];
    desk.no(json!({"op": "close_program", "id": "p2"}), missing);
    desk.no(json!({"op": "grant", "staff": "s1", "rights": ["own"]}), missing);
    desk.no(json!({"op": "define_program", "id": "p3"}), missing);
    desk.no(json!({"op": "register_staff", "id": "s9"}), missing);
    desk.no(json!({"op": "deactivate_staff", "id": "s2"}), missing);
    desk.no(json!({"op": "forget", "participant": "c1", "reason": "law"}), missing);
    let replace =
        json!({"op": "replace_id", "kind": "staff", "id": "s2", "new_id": "x", "reason": "key"});
    desk.no(replace, missing);
}

#[test]
fn deactivation() {
    let mut desk = Desk::new();
    desk.on = "2024-03-01".to_string();
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.no(json!({"op": "deactivate_staff", "id": "s1"}), &["open-assignments-remain"]);
    let early = json!({"op": "deactivate_staff", "id": "s1", "end_open": "2024-01-31"});
    desk.no(early, &["end-before-start"]);
    let late = json!({"op": "deactivate_staff", "id": "s1", "end_open": "2024-05-01"});
    assert_eq!(desk.ok(late)["ended"], json!(["a1"]));
    desk.ok(json!({"op": "deactivate_staff", "id": "s1"}));
    desk.no(assign("a2", "s1", "c2", "2024-03-01"), &["staff-inactive"]);
    desk.actor = "s1".to_string();
    desk.no(json!({"op": "reactivate_staff", "id": "s1"}), &["staff-inactive"]);
    desk.actor = "root".to_string();
    desk.ok(json!({"op": "reactivate_staff", "id": "s1"}));
    // A planned end that still covers today keeps it refused, whatever `end_open` says.
    let again = json!({"op": "deactivate_staff", "id": "s1", "end_open": "2024-03-01"});
    desk.no(again, &["open-assignments-remain"]);
    desk.on = "2024-05-01".to_string();
    desk.ok(json!({"op": "deactivate_staff", "id": "s1"}));
}

// ---------------------------------------------------------------- enrollments

#[test]
fn enrollments_share_no_day() {
    let mut desk = Desk::new();
    let enroll = |id: &str, start: &str, end: Value| json!({"op": "enroll", "id": id, "participant": "c3", "program": "p1", "start": start, "end": end});
    desk.ok(enroll("x1", "2024-02-01", json!("2024-03-01")));
    desk.no(enroll("x2", "2024-02-29", Value::Null), &["enrollment-overlaps"]);
    desk.no(enroll("x2", "2024-01-01", json!("2024-02-02")), &["enrollment-overlaps"]);
    desk.no(enroll("x2", "2024-02-10", json!("2024-02-10")), &["enrollment-overlaps"]);
    desk.no(enroll("x2", "2024-03-02", json!("2024-03-01")), &["end-before-start"]);
    desk.ok(enroll("x2", "2024-03-01", json!("2024-03-01")));
    desk.no(enroll("x3", "2024-03-01", json!("2024-03-01")), &["enrollment-overlaps"]);
    desk.no(enroll("x3", "2024-03-01", Value::Null), &["enrollment-overlaps"]);
    desk.ok(enroll("x3", "2024-03-02", Value::Null));
    desk.no(enroll("x3", "2024-03-02", Value::Null), &["id-taken"]);
}

#[test]
fn a_dismissal_ends_open_assignments() {
    let mut desk = Desk::new();
    desk.assign("a2", "s2", "c1", "2024-02-01");
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.assign("a3", "s3", "c1", "2024-04-01");
    let end = |day: &str| json!({"op": "end_enrollment", "id": "e1", "end": day});
    desk.no(end("2024-04-01"), &["assignment-outside"]);
    desk.no(end("2023-12-31"), &["end-before-start"]);
    let receipt = desk.ok(end("2024-04-02"));
    assert_eq!(receipt["ended"], json!(["a1", "a2", "a3"]));
    desk.no(end("2024-04-02"), &["enrollment-ended"]);
    let reinstate = json!({"op": "reinstate_enrollment", "id": "e1", "reason": "back"});
    desk.ok(json!({"op": "void", "id": "a2", "reason": "wrong"}));
    desk.ok(json!({"op": "deactivate_staff", "id": "s3"}));
    let receipt = desk.ok(reinstate.clone());
    assert_eq!(
        receipt["left"],
        json!([["a2", "assignment-not-current"], ["a3", "staff-inactive"]])
    );
    assert_eq!(receipt["notices"], json!([{"code": "left-behind"}]));
    desk.no(reinstate, &["nothing-to-reinstate"]);
    let held = desk.ask(
        json!({"ask": "caseworkers", "participant": "c1", "program": "p1", "as_of": "2024-07-01"}),
    );
    assert_eq!(held, json!(["s1"]));
}

#[test]
fn a_dismissal_on_the_first_day_leaves_zero_day_lines() {
    let mut desk = Desk::new();
    desk.assign("a1", "s1", "c1", "2024-01-01");
    let receipt = desk.ok(json!({"op": "end_enrollment", "id": "e1", "end": "2024-01-01"}));
    assert_eq!(receipt["ended"], json!(["a1"]));
    desk.ok(json!({"op": "reinstate_enrollment", "id": "e1", "reason": "back"}));
    let mut strict = Desk::with(json!({"on_enrollment_end": "refuse"}));
    strict.assign("a1", "s1", "c1", "2024-01-01");
    strict.no(
        json!({"op": "end_enrollment", "id": "e1", "end": "2024-02-01"}),
        &["assignment-outside"],
    );
    strict.ok(json!({"op": "end_assignment", "id": "a1", "end": "2024-02-01"}));
    strict.ok(json!({"op": "end_enrollment", "id": "e1", "end": "2024-02-01"}));
}

#[test]
fn corrections_of_enrollments_never_change_assignments() {
    let mut desk = Desk::new();
    desk.assign("a1", "s1", "c1", "2024-02-01");
    let correct = |start: &str, end: Value, reason: &str| json!({"op": "correct_enrollment", "id": "e1", "new_id": "e1b", "start": start, "end": end, "reason": reason});
    desk.no(correct("2024-02-02", Value::Null, "typo"), &["assignment-outside"]);
    desk.no(correct("2024-01-01", json!("2024-06-01"), "typo"), &["assignment-outside"]);
    desk.no(correct("2024-02-01", Value::Null, " "), &["reason-required"]);
    desk.no(json!({"op": "void_enrollment", "id": "e1", "reason": "x"}), &["assignment-outside"]);
    desk.ok(correct("2024-02-01", Value::Null, "typo"));
    desk.no(correct("2024-02-01", Value::Null, "typo"), &["id-taken"]);
    desk.no(
        json!({"op": "end_enrollment", "id": "e1", "end": "2024-07-01"}),
        &["enrollment-not-current"],
    );
    desk.ok(json!({"op": "void", "id": "a1", "reason": "x"}));
    desk.ok(json!({"op": "void_enrollment", "id": "e1b", "reason": "x"}));
    desk.no(assign("a2", "s1", "c1", "2024-02-01"), &["not-enrolled"]);
    let history = desk.ask(json!({"ask": "history", "participant": "c1", "program": "p1"}));
    assert_eq!(
        history["enrollments"],
        json!([
            ["e1", "c1", "p1", "2024-01-01", null, "superseded", null],
            ["e1b", "c1", "p1", "2024-02-01", null, "voided", "e1"],
        ])
    );
}

// ---------------------------------------------------------------- mirroring

fn mirror(rows: Value, complete: bool, on_outside: &str) -> Value {
    json!({
        "op": "mirror_enrollments", "program": "p1", "rows": rows, "complete": complete,
        "on_outside": on_outside,
    })
}

#[test]
fn a_mirror_records_the_difference() {
    let mut desk = Desk::new();
    let rows = json!([
        {"id": "e1", "participant": "c1", "start": "2024-01-01"},
        {"id": "e9", "participant": "c9", "start": "2024-03-01", "end": "2024-04-01"},
    ]);
    let first = desk.ok(mirror(rows.clone(), true, "clip"));
    assert_eq!(first["ids"], json!(["e9"]));
    let second = desk.ok(mirror(rows, true, "clip"));
    assert_eq!(second["position"], first["position"], "the same rows store nothing");
    let events =
        desk.ask(json!({"ask": "events", "after": first["position"].as_u64().unwrap() - 1}));
    let position = &first["position"];
    assert_eq!(
        events,
        json!([
            [position, "enrollments_mirrored", ["p1"]],
            [position, "enrolled", ["e9"]],
            [position, "enrollment_voided", ["e2"]],
        ])
    );
    let bad = json!([{"id": "e2", "participant": "c2", "start": "2024-01-01"}]);
    desk.no(mirror(bad, false, "clip"), &["id-taken"]);
    let overlapping = json!([{"id": "e8", "participant": "c1", "start": "2024-05-01"}]);
    desk.no(mirror(overlapping, false, "clip"), &["enrollment-overlaps"]);
    let bad = json!([{"id": "e8", "participant": "c8", "start": "soon"}]);
    desk.no(mirror(bad, false, "clip"), &["input-date"]);
}

#[test]
fn a_mirror_clips_or_reports() {
    let shorter =
        json!([{"id": "e1", "participant": "c1", "start": "2024-02-01", "end": "2024-03-01"}]);
    for on_outside in ["clip", "report"] {
        let mut desk = Desk::new();
        desk.assign("a1", "s1", "c1", "2024-02-10");
        desk.assign("a2", "s2", "c1", "2024-01-10");
        desk.assign("a3", "s3", "c1", "2024-03-01");
        let receipt = desk.ok(mirror(shorter.clone(), false, on_outside));
        if on_outside == "clip" {
            assert_eq!(receipt["ended"], json!(["a1"]));
            assert_eq!(receipt["left"], json!([]));
            let state = desk.ask(json!({"ask": "state"}));
            assert_eq!(state["assignments"][1][6], json!("voided"));
            assert_eq!(state["assignments"][2][6], json!("voided"));
        } else {
            let left = json!([["a1", "misplaced"], ["a2", "misplaced"], ["a3", "misplaced"]]);
            assert_eq!(receipt["left"], left);
            assert_eq!(receipt["notices"], json!([{"code": "left-behind"}, {"code": "misplaced"}]));
        }
    }
}

// ---------------------------------------------------------------- assignments

#[test]
fn an_assignment_sits_inside_one_enrollment() {
    let mut desk = Desk::new();
    desk.enroll("x1", "c3", "2024-02-01", json!("2024-03-01"));
    desk.enroll("x2", "c3", "2024-03-01", json!("2024-04-01"));
    desk.enroll("x3", "c3", "2024-05-01", json!("2024-05-01"));
    let line = |start: &str, end: Value| {
        let mut line = assign("a1", "s1", "c3", start);
        line["end"] = end;
        line["review"] = json!(true);
        line
    };
    let outside = &["outside-enrollment"];
    desk.ok(line("2024-02-01", json!("2024-03-01")));
    desk.no(line("2024-02-01", json!("2024-03-02")), outside);
    desk.no(line("2024-01-31", json!("2024-03-01")), outside);
    desk.no(line("2024-03-01", Value::Null), outside);
    desk.ok(line("2024-03-31", json!("2024-03-31")));
    desk.no(line("2024-04-01", json!("2024-04-01")), outside);
    desk.ok(line("2024-05-01", json!("2024-05-01")));
    desk.no(line("2024-05-01", json!("2024-05-02")), outside);
    desk.no(assign("a1", "s1", "nobody", "2024-02-01"), &["not-enrolled"]);
    desk.on = "2024-02-15".to_string();
    desk.no(line("2024-03-01", json!("2024-03-02")), &["enrollment-not-started"]);
}

#[test]
fn the_same_staff_holds_a_participant_once_a_day() {
    let mut desk = Desk::new();
    let mut zero = assign("a1", "s1", "c1", "2024-02-01");
    zero["end"] = json!("2024-02-01");
    desk.ok(zero.clone());
    zero["id"] = json!("a2");
    desk.no(zero, &["already-assigned"]);
    desk.no(assign("a2", "s1", "c1", "2024-02-01"), &["already-assigned"]);
    desk.assign("a2", "s1", "c1", "2024-02-02");
    desk.no(assign("a3", "s1", "c1", "2024-03-02"), &["already-assigned"]);
    desk.assign("a3", "s2", "c1", "2024-02-02");
}

#[test]
fn starts_are_entered_in_order() {
    let mut desk = Desk::with(json!({"entry_order": "staff"}));
    desk.assign("a1", "s1", "c1", "2024-03-01");
    desk.ok(json!({"op": "end_assignment", "id": "a1", "end": "2024-03-02"}));
    desk.assign("a2", "s2", "c1", "2024-02-01");
    let answer =
        desk.no(assign("a3", "s1", "c1", "2024-02-01"), &["already-assigned", "out-of-order"]);
    assert_eq!(answer["violations"][1]["earliest_start"], json!("2024-03-01"));
    desk.ok(json!({"op": "void", "id": "a1", "reason": "x"}));
    desk.assign("a3", "s1", "c1", "2024-02-01");
}

#[test]
fn roles_limits_and_planned_starts() {
    let mut desk = Desk::with(json!({
        "roles": ["primary", "backup"], "one_primary": true, "max_staff": 2,
        "planned_starts": "refuse", "zero_day": "refuse", "entry_order": "any",
    }));
    let line = |id: &str, staff: &str, role: Value, start: &str| {
        let mut line = assign(id, staff, "c1", start);
        line["role"] = role;
        line
    };
    desk.no(line("a1", "s1", Value::Null, "2024-02-01"), &["role-required"]);
    desk.no(line("a1", "s1", json!("boss"), "2024-02-01"), &["role-not-listed"]);
    desk.ok(line("a1", "s1", json!("primary"), "2024-02-01"));
    desk.no(line("a2", "s2", json!("primary"), "2024-02-01"), &["primary-held"]);
    desk.ok(line("a2", "s2", json!("backup"), "2024-02-01"));
    desk.no(line("a3", "s3", json!("backup"), "2024-01-01"), &["too-many-staff"]);
    desk.no(line("a3", "s3", json!("backup"), "2024-06-16"), &["planned-start"]);
    let mut zero = line("a3", "s3", json!("backup"), "2024-03-01");
    zero["end"] = json!("2024-03-01");
    desk.no(zero, &["zero-day-period"]);
    desk.no(json!({"op": "end_assignment", "id": "a2", "end": "2024-02-01"}), &["zero-day-period"]);
    desk.ok(json!({"op": "end_assignment", "id": "a2", "end": "2024-06-15"}));
    desk.ok(line("a3", "s3", json!("backup"), "2024-06-15"));
}

#[test]
fn a_caseload_limit_refuses_or_notices() {
    for enforcement in ["notice", "refuse"] {
        let mut desk =
            Desk::with(json!({"caseload_limit": {"max": 1, "enforcement": enforcement}}));
        desk.assign("a1", "s1", "c1", "2024-02-01");
        let mut zero = assign("a0", "s1", "c2", "2024-03-01");
        zero["end"] = json!("2024-03-01");
        assert_eq!(desk.ok(zero)["notices"], json!([]));
        let line = assign("a2", "s1", "c2", "2024-03-02");
        if enforcement == "refuse" {
            desk.no(line, &["caseload-full"]);
        } else {
            let receipt = desk.ok(line);
            assert_eq!(receipt["notices"][0]["code"], json!("caseload-full"));
            let after = receipt["position"].as_u64().unwrap() - 1;
            let events = desk.ask(json!({"ask": "events", "after": after}));
            assert_eq!(events[1], json!([after + 1, "limit_reached", ["s1", "p1"]]));
        }
    }
}

#[test]
fn ends_are_final() {
    let mut desk = Desk::new();
    desk.assign("a1", "s1", "c1", "2024-02-01");
    let end = |day: &str| json!({"op": "end_assignment", "id": "a1", "end": day});
    desk.no(end("2024-01-31"), &["end-before-start"]);
    desk.no(
        json!({"op": "end_assignment", "id": "a9", "end": "2024-02-01"}),
        &["unknown-assignment"],
    );
    desk.ok(end("2024-09-01"));
    desk.no(end("2024-09-01"), &["assignment-ended"]);
    desk.ok(
        json!({"op": "correct", "id": "a1", "new_id": "a2", "start": "2024-02-01", "reason": "x"}),
    );
    desk.no(end("2024-09-01"), &["assignment-not-current"]);
    let state = desk.ask(json!({"ask": "state"}));
    assert_eq!(
        state["assignments"],
        json!([
            ["a1", "s1", "c1", "p1", "2024-02-01", "2024-09-01", "superseded", null],
            ["a2", "s1", "c1", "p1", "2024-02-01", null, "current", "a1"],
        ])
    );
}

#[test]
fn corrections_need_correct_and_no_more() {
    let mut desk = Desk::with(json!({}));
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.assign("a2", "s2", "c1", "2024-03-01");
    desk.ok(json!({"op": "grant", "staff": "s3", "rights": ["correct"]}));
    desk.actor = "s1".to_string();
    let correct =
        json!({"op": "correct", "id": "a1", "new_id": "a3", "start": "2024-02-10", "reason": "x"});
    desk.no(correct.clone(), &["correct-right-missing"]);
    desk.actor = "s3".to_string();
    desk.ok(correct);
    let mut taken =
        json!({"op": "correct", "id": "a3", "new_id": "a4", "start": "2024-02-10", "reason": "x"});
    taken["staff"] = json!("s2");
    desk.no(taken, &["already-assigned"]);
    desk.no(json!({"op": "void", "id": "a3"}), &["reason-required"]);
    desk.ok(json!({"op": "void", "id": "a3", "reason": "x"}));
    desk.no(json!({"op": "void", "id": "a3", "reason": "x"}), &["assignment-not-current"]);
}

// ---------------------------------------------------------------- transfers

#[test]
fn a_transfer_gives_the_day_to_the_receiver() {
    let mut desk = Desk::new();
    desk.assign("a1", "s1", "c1", "2024-02-01");
    let transfer = |to: &str, date: &str| json!({"op": "transfer", "id": "a1", "new_id": "a2", "to_staff": to, "date": date});
    desk.no(transfer("s1", "2024-03-01"), &["same-staff"]);
    desk.no(transfer("s9", "2024-03-01"), &["unknown-staff"]);
    desk.no(transfer("s2", "2024-01-31"), &["end-before-start"]);
    let receipt = desk.ok(transfer("s2", "2024-03-01"));
    assert_eq!((&receipt["ids"], &receipt["ended"]), (&json!(["a2"]), &json!(["a1"])));
    let on = |day: &str| json!({"ask": "caseworkers", "participant": "c1", "program": "p1", "as_of": day});
    assert_eq!(desk.ask(on("2024-02-29")), json!(["s1"]));
    assert_eq!(desk.ask(on("2024-03-01")), json!(["s2"]));
    desk.no(
        json!({"op": "transfer", "id": "a1", "to_staff": "s3", "date": "2024-03-01"}),
        &["assignment-ended"],
    );
    // On the line's own start day the giver keeps a zero-day line.
    desk.ok(json!({"op": "transfer", "id": "a2", "new_id": "a3", "to_staff": "s3", "date": "2024-03-01"}));
    assert_eq!(desk.ask(on("2024-03-01")), json!(["s3"]));
}

#[test]
fn a_transfer_needs_rights_on_both_sides() {
    for (hand_off, codes) in [("both_rights", vec!["others-right-missing"]), ("own_right", vec![])]
    {
        let mut desk = Desk::with(json!({"hand_off": hand_off}));
        desk.assign("a1", "s1", "c1", "2024-02-01");
        desk.ok(json!({"op": "grant", "staff": "s1", "rights": ["own"]}));
        let mut transfer = json!({"op": "transfer", "id": "a1", "to_staff": "s2", "date": "2024-03-01", "actor": "s3"});
        let neither = if codes.is_empty() { 1 } else { 2 };
        desk.no(transfer.clone(), &vec!["others-right-missing"; neither]);
        transfer["actor"] = json!("s1");
        match codes.is_empty() {
            true => drop(desk.ok(transfer)),
            false => drop(desk.no(transfer, &codes)),
        }
    }
}

fn transfer_all(program: Value, date: &str, more: Value) -> Value {
    let mut command = json!({
        "op": "transfer_all", "staff": "s1", "to_staff": "s2", "program": program, "date": date,
        "prefix": "t",
    });
    for (key, value) in more.as_object().unwrap() {
        command[key] = value.clone();
    }
    command
}

#[test]
fn a_whole_caseload_moves_as_one_entry() {
    let mut desk = Desk::new();
    let nothing = &["nothing-to-transfer"];
    desk.no(transfer_all(Value::Null, "2024-03-01", json!({})), nothing);
    desk.assign("a2", "s1", "c2", "2024-02-01");
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.no(transfer_all(json!("p2"), "2024-03-01", json!({})), nothing);
    desk.no(transfer_all(Value::Null, "2024-03-01", json!({"only": ["c9"]})), nothing);
    desk.no(transfer_all(Value::Null, "2024-03-01", json!({"to_staff": "s1"})), &["same-staff"]);
    desk.no(
        transfer_all(Value::Null, "2024-03-01", json!({"prefix": "x".repeat(126)})),
        &["input-id", "input-id"],
    );
    let mut unsaid = transfer_all(Value::Null, "2024-03-01", json!({}));
    unsaid.as_object_mut().unwrap().remove("program");
    desk.no(unsaid, &["input-command"]);
    let receipt = desk.ok(transfer_all(Value::Null, "2024-03-01", json!({})));
    assert_eq!(receipt["ids"], json!(["t.a1", "t.a2"]));
    assert_eq!(receipt["ended"], json!(["a1", "a2"]));
    let after = receipt["position"].as_u64().unwrap() - 1;
    let kinds: Vec<Value> = desk
        .ask(json!({"ask": "events", "after": after}))
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event[1].clone())
        .collect();
    assert_eq!(kinds, [json!("transferred"), json!("transferred"), json!("caseload_transferred")]);
}

#[test]
fn a_caseload_moves_in_part() {
    let mut desk = Desk::new();
    desk.enroll("e3", "c3", "2024-01-01", Value::Null);
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.assign("a2", "s1", "c2", "2024-04-01");
    desk.assign("a3", "s1", "c3", "2024-02-01");
    desk.assign("b1", "s2", "c1", "2024-02-01");
    desk.ok(json!({"op": "end_assignment", "id": "a3", "end": "2024-08-01"}));
    // a2 starts too late, b1 holds c1 already: the earliest phase is reported.
    desk.no(transfer_all(json!("p1"), "2024-03-01", json!({})), &["end-before-start"]);
    let skip = json!({"skip_ineligible": true});
    desk.no(transfer_all(json!("p1"), "2024-03-01", skip), &["nothing-to-transfer"]);
    let both = json!({"skip_ineligible": true, "on_held": "end_source"});
    let receipt = desk.ok(transfer_all(json!("p1"), "2024-03-01", both));
    assert_eq!(receipt["ids"], json!([]));
    assert_eq!(receipt["ended"], json!(["a1"]));
    assert_eq!(receipt["left"], json!([["a2", "end-before-start"], ["a3", "assignment-ended"]]));
    assert_eq!(receipt["notices"], json!([{"code": "left-behind"}]));
}

// ---------------------------------------------------------------- batches

#[test]
fn rows_see_those_before() {
    let mut desk = Desk::new();
    let rows = json!([
        {"op": "assign", "id": "a1", "staff": "s1", "participant": "c1", "program": "p1", "start": "2024-02-01"},
        {"op": "end_assignment", "id": "a1", "end": "2024-03-01"},
        {"op": "assign", "id": "a1", "staff": "s1", "participant": "c2", "program": "p1", "start": "2024-02-01"},
        {"op": "void", "id": "a1", "reason": "x"},
        {"op": "end_assignment", "id": "a1", "end": "2024-03-01", "actor": "root"},
        {"id": "a1"},
        {"op": "assign", "id": "a2", "staff": "s1", "participant": "c2", "program": "p1", "start": "2024-02-01", "end": "2024-06-15"},
    ]);
    let batch = |mode: &str| json!({"op": "batch", "mode": mode, "rows": rows});
    let codes = [
        vec![],
        vec![],
        vec!["id-taken"],
        vec!["row-kind"],
        vec!["input-command"],
        vec!["input-command"],
        vec!["history-row"],
    ];
    for mode in ["all_or_nothing", "partial"] {
        let answer = desk.send(batch(mode));
        assert_eq!(answer["ok"], json!(mode == "partial"));
        for (index, codes) in codes.iter().enumerate() {
            let row = &answer["rows"][index];
            assert_eq!(row["row"], json!(index + 1));
            assert_eq!(row["ok"], json!(codes.is_empty()), "{row}");
            if !codes.is_empty() {
                assert_eq!(&codes_of(&row["violations"]), codes);
            }
        }
        if mode == "partial" {
            assert_eq!(answer["receipt"]["ids"], json!(["a1"]));
            assert_eq!(answer["receipt"]["ended"], json!(["a1"]));
        } else {
            assert_eq!(codes_of(&answer["violations"]), ["row-refused"]);
            assert_eq!(answer["violations"][0]["rows"], json!([3, 4, 5, 6, 7]));
        }
    }
    desk.ok(json!({"op": "batch", "mode": "all_or_nothing", "rows": []}));
    let mut unknown = batch("partial");
    unknown["actor"] = json!("s9");
    assert!(desk.no(unknown, &["unknown-actor"]).get("rows").is_none());
}

#[test]
fn history_rows() {
    let row = |start: &str, end: Value| {
        json!({"op": "batch", "mode": "partial", "review": true, "rows": [
            {"op": "assign", "staff": "s1", "participant": "c1", "program": "p1", "start": start, "end": end},
        ]})
    };
    for (policy, past_start, past_end) in
        [("refuse_closed", true, false), ("refuse_past_start", false, false), ("allow", true, true)]
    {
        let mut desk = Desk::with(json!({"batch_history": policy}));
        let passes = |answer: Value| answer["rows"][0]["ok"].clone();
        assert_eq!(passes(desk.send(row("2024-06-14", Value::Null))), json!(past_start));
        assert_eq!(passes(desk.send(row("2024-06-01", json!("2024-06-15")))), json!(past_end));
        assert_eq!(passes(desk.send(row("2024-06-15", json!("2024-06-16")))), json!(true));
    }
}

// ---------------------------------------------------------------- identity

#[test]
fn replaced_ids() {
    let mut desk = Desk::new();
    desk.assign("a1", "s1", "c1", "2024-02-01");
    let replace = |kind: &str, id: &str, new_id: &str| json!({"op": "replace_id", "kind": kind, "id": id, "new_id": new_id, "reason": "new key"});
    let before = desk.send(json!({"ask": "counts", "as_of": "2024-03-01"}))["line"].clone();
    desk.no(replace("staff", "s1", "root"), &["id-taken"]);
    desk.no(replace("staff", "root", "s8"), &["unknown-staff"]);
    desk.no(replace("participant", "c9", "c8"), &["unknown-participant"]);
    assert_eq!(desk.ok(replace("participant", "c1", "d1"))["ids"], json!(["d1"]));
    desk.ok(replace("staff", "s1", "t1"));
    desk.no(assign("a2", "s2", "c1", "2024-02-01"), &["not-enrolled"]);
    let old = json!({"op": "enroll", "participant": "c1", "program": "p2", "start": "2024-02-01"});
    desk.no(old, &["id-taken"]);
    let mut ask = json!({"ask": "snapshot", "as_of": "2024-03-01"});
    assert_eq!(desk.ask(ask.clone()), json!([["p1", "d1", "t1"]]));
    ask["known_at"] = json!({"line": before});
    assert_eq!(desk.ask(ask), json!([["p1", "c1", "s1"]]));
}

#[test]
fn forgotten_participants() {
    let mut desk = Desk::new();
    desk.enroll("e-c3", "c3", "2024-01-01", Value::Null);
    desk.assign("a-c3", "s1", "c3", "2024-02-01");
    desk.assign("b", "s2", "c3", "2024-02-01");
    let before = desk.send(json!({"ask": "state"}))["line"].clone();
    desk.no(json!({"op": "forget", "participant": "c3"}), &["reason-required"]);
    let forget = json!({"op": "forget", "participant": "c3", "reason": "law"});
    let position = desk.ok(forget.clone())["position"].clone();
    desk.no(forget, &["unknown-participant"]);
    let mut ask = json!({"ask": "snapshot", "as_of": "2024-03-01"});
    let erased = json!([["p1", "erased-3", "s1"], ["p1", "erased-3", "s2"]]);
    assert_eq!(desk.ask(ask.clone()), erased);
    ask["known_at"] = json!({"line": before});
    assert_eq!(desk.ask(ask), erased);
    let state = desk.ask(json!({"ask": "state"}));
    assert_eq!(state["enrollments"][2][0], json!("erased-3"));
    assert_eq!(state["assignments"][1][0], json!("erased-1"));
    assert_eq!(state["assignments"][0][0], json!("b"));
    let events = desk.ask(json!({"ask": "events", "after": 0}));
    let last = events.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!([position, "participant_forgotten", ["erased-3"]]));
    assert!(!events.to_string().contains("c3"));
    desk.no(
        json!({"op": "end_assignment", "id": "a-c3", "end": "2024-03-01"}),
        &["unknown-assignment"],
    );
    desk.enroll("e9", "c3", "2024-01-01", Value::Null);
    let history = desk.ask(json!({"ask": "history", "participant": "erased-3", "program": "p1"}));
    assert_eq!(history, json!({"enrollments": [], "assignments": []}));
}

// ---------------------------------------------------------------- who sees whom

fn restricted_desk() -> Desk {
    let mut desk = Desk::with(
        json!({"visibility": "own_caseload", "former_access_days": 2, "entry_order": "any"}),
    );
    desk.ok(
        json!({"op": "grant", "staff": "s1", "rights": ["own", "others", "enroll", "correct"]}),
    );
    desk.assign("a1", "s1", "c1", "2024-02-01");
    desk.assign("a2", "s2", "c2", "2024-02-01");
    desk
}

#[test]
fn a_restricted_actor_learns_nothing() {
    let mut desk = restricted_desk();
    desk.actor = "s1".to_string();
    desk.no(assign("a3", "s1", "c2", "2024-02-01"), &["not-enrolled"]);
    desk.no(assign("a2", "s1", "c1", "2024-02-01"), &["id-taken"]);
    desk.no(
        json!({"op": "end_assignment", "id": "a2", "end": "2024-03-01"}),
        &["unknown-assignment"],
    );
    desk.no(
        json!({"op": "end_enrollment", "id": "e2", "end": "2024-03-01"}),
        &["unknown-enrollment"],
    );
    let enroll =
        json!({"op": "enroll", "participant": "c2", "program": "p1", "start": "2024-02-01"});
    let answer = desk.no(enroll, &["enrollment-overlaps"]);
    assert!(answer["violations"][0].get("enrollment").is_none());
    let give = json!({
        "op": "transfer_all", "staff": "s2", "to_staff": "s3", "program": null, "date": "2024-03-01",
    });
    desk.no(give.clone(), &["nothing-to-transfer"]);
    desk.ok(json!({"op": "grant", "staff": "s1", "rights": ["view_all"], "program": "p1", "actor": "root"}));
    desk.ok(give);
}

#[test]
fn a_restricted_actor_may_undo_what_they_see() {
    let mut desk = restricted_desk();
    desk.actor = "s1".to_string();
    desk.ok(
        json!({"op": "correct", "id": "a1", "new_id": "a1b", "start": "2024-02-02", "reason": "x"}),
    );
    desk.ok(json!({"op": "end_enrollment", "id": "e1", "end": "2024-06-15"}));
    let reinstate = json!({"op": "reinstate_enrollment", "id": "e1", "reason": "back"});
    desk.on = "2024-06-17".to_string();
    desk.no(reinstate.clone(), &["unknown-enrollment"]);
    desk.on = "2024-06-16".to_string();
    assert_eq!(desk.ok(reinstate)["left"], json!([]));
}

#[test]
fn former_access_ends() {
    let mut desk = restricted_desk();
    desk.ok(json!({"op": "end_assignment", "id": "a1", "end": "2024-03-01"}));
    let seen = |actor: &str, day: &str| json!({"ask": "visible", "actor": actor, "participants": ["c2", "c1"], "as_of": day});
    assert_eq!(desk.ask(seen("s1", "2024-01-31")), json!([]));
    assert_eq!(desk.ask(seen("s1", "2024-02-01")), json!(["c1"]));
    assert_eq!(desk.ask(seen("s1", "2024-03-02")), json!(["c1"]));
    assert_eq!(desk.ask(seen("s1", "2024-03-03")), json!([]));
    assert_eq!(desk.ask(seen("root", "2024-03-03")), json!(["c2", "c1"]));
    assert_eq!(desk.ask(seen("nobody", "2024-03-03")), json!([]));
    let counts = json!({"ask": "counts", "as_of": "2024-02-15", "actor": "s1"});
    assert_eq!(desk.ask(counts), json!([["s1", 1]]));
}

// ---------------------------------------------------------------- questions

#[test]
fn questions_about_a_day() {
    let mut desk = Desk::new();
    desk.assign("a1", "s1", "c1", "2024-02-01");
    let as_of = "2024-02-01";
    assert_eq!(
        desk.ask(json!({"ask": "caseload", "staff": "s1", "as_of": as_of})),
        json!([["p1", "c1"]])
    );
    assert_eq!(desk.ask(json!({"ask": "caseload", "staff": "s9", "as_of": as_of})), json!([]));
    assert_eq!(
        desk.ask(json!({"ask": "unassigned", "program": "p1", "as_of": as_of})),
        json!(["c2"])
    );
    assert_eq!(desk.ask(json!({"ask": "unassigned", "program": "p9", "as_of": as_of})), json!([]));
    assert_eq!(desk.ask(json!({"ask": "counts", "as_of": "9999-12-31"})), json!([["s1", 1]]));
    assert_eq!(
        desk.ask(json!({"ask": "counts", "as_of": "9999-12-31", "program": "p2"})),
        json!([])
    );
    desk.no(json!({"ask": "weather"}), &["input-command"]);
    desk.no(json!({"ask": "counts"}), &["input-command"]);
    desk.no(json!({"ask": "counts", "as_of": "2024-2-1"}), &["input-date"]);
    desk.no(json!({"ask": "state", "actor": "s1"}), &["input-command"]);
    desk.no(json!({"ask": "state", "known_at": {"line": 999}}), &["input-command"]);
}

#[test]
fn questions_about_the_past() {
    let mut desk = Desk::new();
    let line = desk.auditor.line("{}").unwrap()["line"].clone();
    desk.auditor.set_clock(2_000_000_000);
    desk.assign("a1", "s1", "c1", "2024-02-01");
    let ask =
        |known_at: Value| json!({"ask": "counts", "as_of": "2024-02-01", "known_at": known_at});
    assert_eq!(desk.ask(ask(json!({"line": line}))), json!([]));
    assert_eq!(desk.ask(ask(json!({"line": 0}))), json!([]));
    assert_eq!(desk.ask(ask(json!("1970-01-01T00:00:01.999Z"))), json!([]));
    assert_eq!(desk.ask(ask(json!("1970-01-01T00:00:02Z"))), json!([["s1", 1]]));
    desk.auditor.set_clock(1_000_000_000);
    let receipt = desk.assign("a2", "s2", "c1", "2024-02-01");
    assert_eq!(receipt["notices"], json!([{"code": "clock-behind"}]));
}

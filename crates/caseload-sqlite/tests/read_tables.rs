//! Every fact, as the read tables show it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not know for tests"
)]

mod common;

use caseload::{
    Cause, Kind, Right, Rights,
    body::{Fact, RightsChange},
};
use caseload_sqlite::{SqliteLog, SqliteOptions};
use common::*;

const LINES: &str = "SELECT assignment, staff, participant, program, start, end, end_cause, role, \
     status, supersedes, transferred_from, entered_position, changed_position \
     FROM assignment_line ORDER BY assignment";
const ENROLLMENTS: &str = "SELECT enrollment, participant, program, start, end, dismissed, status, \
     supersedes, entered_position, changed_position FROM enrollment ORDER BY enrollment";

fn agency() -> SqliteLog {
    let log = SqliteLog::in_memory("north").unwrap();
    small_agency(&log);
    log
}

#[test]
fn programs() {
    let log = SqliteLog::in_memory("north").unwrap();
    let show = "SELECT program, name, open, policy ->> 'roles', entered_position, changed_position \
         FROM program";
    append(&log, program(1, "p-1", "Shelter")).unwrap();
    assert_eq!(ask(&log, show), ["p-1 Shelter 1 - 1 1"]);
    let mut with_roles = policy();
    with_roles.roles = Some(vec![2, 1]);
    let revised = Fact::ProgramRevised { policy: Box::new(with_roles), program: 1 };
    append(&log, draft().role("primary").role("backup").fact(revised)).unwrap();
    assert_eq!(ask(&log, show), [r#"p-1 Shelter 1 ["backup","primary"] 1 2"#]);
    append(&log, draft().with_text("Home", |name| Fact::ProgramRenamed { name, program: 1 }))
        .unwrap();
    append(&log, draft().fact(Fact::ProgramClosed { program: 1 })).unwrap();
    assert_eq!(ask(&log, show), [r#"p-1 Home 0 ["backup","primary"] 1 4"#]);
    append(&log, draft().fact(Fact::ProgramReopened { program: 1 })).unwrap();
    assert_eq!(ask(&log, "SELECT open FROM program"), ["1"]);
    assert_eq!(ask(&log, "SELECT policy ->> 'entry_order' FROM program"), ["program"]);
}

#[test]
fn staff_and_their_rights() {
    let log = agency();
    append(&log, program(2, "p-2", "Food")).unwrap();
    append(&log, draft().with_text("Samira", |name| Fact::StaffRenamed { name, staff: 1 }))
        .unwrap();
    append(&log, draft().fact(Fact::StaffDeactivated { staff: 1 })).unwrap();
    let show = "SELECT staff, name, active, entered_position, changed_position FROM staff";
    assert_eq!(ask(&log, show), ["s-1 Samira 0 2 7"]);
    append(&log, draft().fact(Fact::StaffReactivated { staff: 1 })).unwrap();
    assert_eq!(ask(&log, show), ["s-1 Samira 1 2 8"]);

    let shown = "SELECT program, own, others, correct, enroll, administer, view_all \
         FROM staff_right ORDER BY program";
    let change = |change, program, right| {
        let rights = Rights::of(&[right]);
        append(&log, draft().fact(Fact::RightsChanged { change, program, rights, staff: 1 }))
            .unwrap();
        ask(&log, shown)
    };
    use RightsChange::{Granted, Revoked};
    assert_eq!(ask(&log, shown), ["- 0 0 0 0 0 0"]);
    assert_eq!(change(Granted, None, Right::Own), ["- 1 0 0 0 0 0"]);
    assert_eq!(change(Granted, Some(1), Right::ViewAll), ["- 1 0 0 0 0 0", "p-1 1 0 0 0 0 1"]);
    assert_eq!(change(Granted, None, Right::Correct), ["- 1 0 1 0 0 0", "p-1 1 0 1 0 0 1"]);
    assert_eq!(change(Revoked, Some(1), Right::Own), ["- 1 0 1 0 0 0", "p-1 0 0 1 0 0 1"]);
    assert_eq!(change(Revoked, None, Right::Correct), ["- 1 0 0 0 0 0", "p-1 0 0 0 0 0 1"]);
    assert_eq!(
        change(Revoked, Some(2), Right::Own),
        ["- 1 0 0 0 0 0", "p-1 0 0 0 0 0 1", "p-2 0 0 0 0 0 0"]
    );
}

#[test]
fn enrollments() {
    let log = agency();
    assert_eq!(ask(&log, ENROLLMENTS), ["e-1 c-1 p-1 2024-01-01 - 0 current - 3 3"]);
    let ended = Fact::EnrollmentEnded { end: day("2024-05-01"), enrollment: 1, reason: None };
    append(&log, draft().fact(ended)).unwrap();
    assert_eq!(ask(&log, ENROLLMENTS), ["e-1 c-1 p-1 2024-01-01 2024-05-01 1 current - 3 5"]);
    append(
        &log,
        draft()
            .with_text("came back", |reason| Fact::EnrollmentReinstated { enrollment: 1, reason }),
    )
    .unwrap();
    assert_eq!(ask(&log, ENROLLMENTS), ["e-1 c-1 p-1 2024-01-01 - 0 current - 3 6"]);
    // A mirrored change keeps the number.
    let mirrored = Fact::EnrollmentCorrected {
        by: 1,
        end: Some(day("2024-12-31")),
        enrollment: 1,
        reason: None,
        start: day("2023-12-01"),
    };
    append(&log, draft().fact(mirrored).fact(Fact::EnrollmentsMirrored { program: 1 })).unwrap();
    assert_eq!(ask(&log, ENROLLMENTS), ["e-1 c-1 p-1 2023-12-01 2024-12-31 0 current - 3 7"]);
    let corrected = Fact::EnrollmentCorrected {
        by: 2,
        end: None,
        enrollment: 1,
        reason: None,
        start: day("2024-01-02"),
    };
    append(&log, draft().id(Kind::Enrollment, "e-2").fact(corrected)).unwrap();
    append(&log, draft().fact(Fact::EnrollmentVoided { enrollment: 2, reason: None })).unwrap();
    assert_eq!(
        ask(&log, ENROLLMENTS),
        [
            "e-1 c-1 p-1 2023-12-01 2024-12-31 0 superseded - 3 8",
            "e-2 c-1 p-1 2024-01-02 - 0 voided e-1 8 9",
        ]
    );
}

#[test]
fn assignments() {
    let log = agency();
    append(&log, staff(2, "s-2", "Toni")).unwrap();
    let transferred = Fact::Transferred {
        assignment: 1,
        by: 2,
        date: day("2024-03-01"),
        reason: None,
        role: Some(1),
        staff: 2,
    };
    append(&log, draft().id(Kind::Assignment, "a-2").role("primary").fact(transferred)).unwrap();
    assert_eq!(
        ask(&log, LINES),
        [
            "a-1 s-1 c-1 p-1 2024-02-01 2024-03-01 handed_over - current - - 4 6",
            "a-2 s-2 c-1 p-1 2024-03-01 - - primary current - a-1 6 6",
        ]
    );
    let ended =
        |cause, end| Fact::AssignmentEnded { assignment: 2, cause, end: day(end), reason: None };
    for (cause, word) in [
        (Cause::Command, "command"),
        (Cause::Transfer, "transfer"),
        (Cause::EnrollmentEnd, "enrollment_end"),
        (Cause::StaffDeactivated, "staff_deactivated"),
        (Cause::Mirror, "mirror"),
    ] {
        append(&log, draft().fact(ended(cause, "2024-04-01"))).unwrap();
        let show = "SELECT end, end_cause FROM current_assignment WHERE assignment = 'a-2'";
        assert_eq!(ask(&log, show), [format!("2024-04-01 {word}")]);
        append(&log, draft().fact(Fact::AssignmentReopened { assignment: 2 })).unwrap();
        assert_eq!(ask(&log, show), ["- -"]);
    }
    append(
        &log,
        draft().id(Kind::Assignment, "a-3").with_text("typo", |reason| Fact::AssignmentCorrected {
            assignment: 2,
            by: 3,
            end: Some(day("2024-03-02")),
            reason,
            role: None,
            staff: 1,
            start: day("2024-03-02"),
        }),
    )
    .unwrap();
    append(&log, draft().fact(Fact::AssignmentVoided { assignment: 1, reason: None })).unwrap();
    assert_eq!(
        ask(&log, LINES),
        [
            "a-1 s-1 c-1 p-1 2024-02-01 2024-03-01 handed_over - voided - - 4 18",
            "a-2 s-2 c-1 p-1 2024-03-01 - - primary superseded - a-1 6 17",
            "a-3 s-1 c-1 p-1 2024-03-02 2024-03-02 - - current a-2 - 17 17",
        ]
    );
    assert_eq!(ask(&log, "SELECT assignment, staff_name FROM current_assignment"), ["a-3 Sam"]);
}

#[test]
fn ids_are_replaced_and_participants_forgotten() {
    let log = agency();
    for (kind, id) in [
        (Kind::Participant, "c-9"),
        (Kind::Staff, "s-9"),
        (Kind::Program, "p-9"),
        (Kind::Enrollment, "e-9"),
        (Kind::Assignment, "a-9"),
    ] {
        append(
            &log,
            draft().with_text(id, |id| Fact::IdReplaced { id, kind, number: 1, reason: 0 }),
        )
        .unwrap();
    }
    let show = "SELECT assignment, staff, participant, program FROM assignment_line";
    assert_eq!(ask(&log, show), ["a-9 s-9 c-9 p-9"]);
    assert_eq!(ask(&log, "SELECT enrollment FROM enrollment"), ["e-9"]);
    // The host had an id of that form: they do not collide.
    append(&log, enroll(2, "e-2", Some((2, "erased-1")), 1, "2024-01-01", None)).unwrap();
    append(
        &log,
        draft().with_text("on request", |reason| Fact::ParticipantForgotten {
            participant: 1,
            reason,
        }),
    )
    .unwrap();
    assert_eq!(
        ask(&log, "SELECT participant, forgotten FROM participant ORDER BY forgotten"),
        ["erased-1 0", "erased-1 1"]
    );
    assert_eq!(ask(&log, show), ["a-9 s-9 erased-1 p-9"]);
}

#[test]
fn facts_that_only_tell_change_nothing() {
    let log = agency();
    let before = ask(&log, LINES);
    let told = draft()
        .fact(Fact::CaseloadTransferred { count: 1, program: None, staff: 1, to_staff: 1 })
        .fact(Fact::LimitReached { count: 1, day: day("2024-01-01"), max: 1, program: 1, staff: 1 })
        .fact(Fact::LevelRaised { level: 2 });
    append(&log, told).unwrap();
    assert_eq!(ask(&log, LINES), before);
}

#[test]
fn a_log_only_file_catches_up_and_a_rebuild_gives_the_same() {
    let (_folder, path) = folder();
    let bare = SqliteOptions::new().log_only().open(&path, "north").unwrap();
    small_agency(&bare);
    assert!(ask(&bare, LINES).is_empty());
    // Opening with read tables brings them up to date ...
    let log = SqliteLog::open(&path, "north").unwrap();
    let lines = ask(&log, LINES);
    assert_eq!(lines.len(), 1);
    // ... as does the next append, when somebody wrote the log only meanwhile.
    append(&bare, assign(2, "a-2", 1, 1, 1, "2024-03-01", None)).unwrap();
    assert_eq!(ask(&log, LINES), lines);
    append(&log, assign(3, "a-3", 1, 1, 1, "2024-04-01", None)).unwrap();
    let lines = ask(&log, LINES);
    assert_eq!(lines.len(), 3);
    let (enrollments, rights) = (ask(&log, ENROLLMENTS), ask(&log, "SELECT * FROM staff_right"));
    bare.rebuild_read_tables().unwrap();
    assert_eq!(ask(&log, LINES), lines);
    assert_eq!(ask(&log, ENROLLMENTS), enrollments);
    assert_eq!(ask(&log, "SELECT * FROM staff_right"), rights);
}

#[test]
fn the_second_line_of_defence_refuses_what_the_rules_would_never_let_pass() {
    let log = agency();
    let before = (log_head(&log), ask(&log, LINES));
    for wrong in [
        assign(2, "a-1", 1, 1, 1, "2024-02-01", None),
        assign(1, "a-2", 1, 1, 1, "2024-02-01", None),
        assign(2, "a-2", 2, 1, 1, "2024-02-01", None),
        assign(2, "a-2", 1, 2, 1, "2024-02-01", None),
        assign(2, "a-2", 1, 1, 2, "2024-02-01", None),
        assign(2, "a-2", 1, 1, 1, "2024-02-01", Some("2024-01-31")),
        enroll(2, "e-2", None, 1, "2024-02-01", Some("2024-01-31")),
        draft().fact(Fact::AssignmentReopened { assignment: 7 }),
        draft().fact(Fact::EnrollmentVoided { enrollment: 7, reason: None }),
        program(2, "p-1", "x"),
    ] {
        let error = append(&log, wrong).unwrap_err();
        assert_eq!(error.code(), "store-corrupt");
        assert!(error.to_string().contains("rebuild_read_tables"), "{error}");
    }
    assert_eq!((log_head(&log), ask(&log, LINES)), before);
}

fn log_head(log: &SqliteLog) -> caseload::log::Head {
    caseload::log::Log::head(log).unwrap()
}

#[test]
fn questions_of_hosts_use_the_indexes() {
    let log = agency();
    for (question, index) in [
        (
            "SELECT program FROM current_assignment WHERE agency = 'north' AND staff = 's-1'",
            "assignment_caseload",
        ),
        ("SELECT program FROM current_assignment WHERE staff = 's-1'", "assignment_caseload"),
        ("SELECT staff FROM assignment_line WHERE participant = 'c-1'", "assignment_timeline"),
        ("SELECT staff FROM assignment_line WHERE assignment = 'a-1'", "assignment_id"),
        (
            "SELECT start FROM enrollment WHERE participant = 'c-1' AND program = 'p-1'",
            "enrollment_timeline",
        ),
        ("SELECT start FROM enrollment WHERE enrollment = 'e-1'", "enrollment_id"),
    ] {
        let plan = ask(&log, &format!("EXPLAIN QUERY PLAN {question}")).join("\n");
        assert!(plan.contains(index), "{question}\n{plan}");
    }
}

#[test]
fn a_level_of_a_newer_version_is_not_guessed_at() {
    let (_folder, path) = folder();
    let bare = SqliteOptions::new().log_only().open(&path, "north").unwrap();
    let mut entry = program(1, "p-1", "x").seal(&caseload::log::Head::START);
    entry.level += 1;
    entry.body = b"{\"unheard_of\":1}".to_vec();
    entry.hash = entry.expected_hash(&caseload::log::Head::START);
    let turn = caseload::log::Log::turn(&bare).unwrap();
    turn.append(&caseload::log::Head::START, &[entry]).unwrap();
    let error = SqliteLog::open(&path, "north").unwrap_err();
    assert_eq!(error.code(), "store-incompatible");
    assert!(error.to_string().contains("agency.db"), "{error}");
    assert_eq!(all(&bare).len(), 1);
}

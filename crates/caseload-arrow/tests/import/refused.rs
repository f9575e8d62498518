//! What refuses a row, and that no other row suffers.

use std::sync::Arc;

use arrow_array::{ArrayRef, NullArray};
use caseload::{Actor, CloseProgram, DeactivateStaff, ProgramId, StaffId};
use caseload_arrow::import::Tables;

use crate::given::{
    ASSIGNMENTS, ENROLLMENTS, PROGRAMS, STAFF, agency, context, counts, everything, founded,
    import, refusals, table, texts, worded, words,
};

#[test]
fn nulls_where_something_must_be() {
    let import = import(
        &founded(),
        Tables::new()
            .programs(worded(&[("id", "- p9"), ("name", "A -")]))
            .staff(worded(&[("id", "-"), ("name", "A")]))
            .enrollments(worded(&[
                ("id", "- e8 e9"),
                ("participant", "c8 - c9"),
                ("program", "p1 - p1"),
                ("start", "2020-01-01 - 2020-01-01"),
                ("end", "- - -"),
            ]))
            .assignments(worded(&[
                ("id", "- a8"),
                ("staff", "- s1"),
                ("participant", "- c1"),
                ("program", "- p1"),
                ("start", "- 2024-01-01"),
            ])),
    );
    assert_eq!(refusals(&import, PROGRAMS), ["1 input-command id"]);
    assert_eq!(refusals(&import, STAFF), ["1 input-command id"]);
    let columns = |row: u64, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("{row} input-command {name}")).collect()
    };
    assert_eq!(refusals(&import, ENROLLMENTS), columns(2, &["participant", "program", "start"]));
    let all = ["staff", "participant", "program", "start"];
    assert_eq!(refusals(&import, ASSIGNMENTS), columns(1, &all));
    assert_eq!(counts(&import, ENROLLMENTS), [2, 0, 1]);
    assert_eq!(counts(&import, ASSIGNMENTS), [1, 0, 1]);
}

#[test]
fn every_bad_cell_of_a_row_is_told() {
    let import = import(
        &founded(),
        Tables::new().assignments(table(&[
            ("id", texts([" a1"])),
            ("staff", texts([""])),
            ("participant", texts(["c\t1"])),
            ("program", texts(["x".repeat(129)])),
            ("start", texts(["tomorrow"])),
            ("end", texts([""])),
            ("role", texts(["r".repeat(65)])),
        ])),
    );
    let ids = ["id", "staff", "participant", "program"].map(|name| format!("1 input-id {name}"));
    let found = refusals(&import, ASSIGNMENTS);
    assert_eq!(found[..4], ids);
    assert_eq!(found[4..], ["1 input-date start", "1 input-date end", "1 too-large role"]);
}

#[test]
fn policies_that_cannot_be_read() {
    let policies = [
        "history",
        "[]",
        r#"{"batch_history":"always"}"#,
        r#"{"max_staff":0,"unknown":1}"#,
        r#"{"caseload_limit":{"max":3}}"#,
        "{}",
    ];
    let programs = table(&[("id", words("p1 p2 p3 p4 p5 p6")), ("policy", texts(policies))]);
    let import = import(&agency(), Tables::new().programs(programs));
    assert_eq!(counts(&import, PROGRAMS), [2, 0, 4]);
    let found = refusals(&import, PROGRAMS);
    assert_eq!(
        found,
        [
            "1 input-command policy",
            "2 input-command policy",
            "3 input-command policy,batch_history",
            "4 input-command policy,max_staff",
            "4 input-command policy,unknown",
        ]
    );
}

#[test]
fn overlapping_enrollments_are_judged_in_the_order_of_the_table() {
    let agency = founded();
    let import = import(
        &agency,
        Tables::new().enrollments(worded(&[
            ("id", "x1 x2 x3 x4 x5 x6 x7"),
            ("participant", "c9 c9 c9 c9 c1 c9 c8"),
            ("program", "p1 p1 p1 p1 p1 p1 p1"),
            (
                "start",
                "2020-01-01 2020-06-01 2020-02-01 2021-01-01 2024-01-01 2020-06-01 2020-06-01",
            ),
            ("end", "2020-06-01 2021-01-01 2020-07-01 - - 2020-06-01 2020-05-01"),
        ])),
    );
    assert_eq!(
        refusals(&import, ENROLLMENTS),
        [
            "3 enrollment-overlaps start,end",
            "5 enrollment-overlaps start,end",
            "6 enrollment-overlaps start,end",
            "7 end-before-start start,end",
        ]
    );
    assert_eq!(everything(&agency).enrollments.len(), 3 + 3);
}

#[test]
fn an_enrollment_that_is_refused_itself_stands_in_nobodys_way() {
    let agency = founded();
    let import = import(
        &agency,
        Tables::new().enrollments(worded(&[
            ("id", "e1 x2 x3"),
            ("participant", "c9 c9 c9"),
            ("program", "p1 p1 p1"),
            ("start", "2020-01-01 2020-02-01 2020-03-01"),
            ("end", "- 2020-03-01 -"),
        ])),
    );
    // e1 is somebody else's, and would overlap both.
    assert_eq!(refusals(&import, ENROLLMENTS), ["1 id-taken id"]);
}

#[test]
fn programs_that_are_unknown_or_closed() {
    let agency = founded();
    let desk = agency.acting_as(Actor::Root).on(context().on);
    desk.record(CloseProgram::new(ProgramId::new("p1").unwrap())).unwrap();
    let import = import(
        &agency,
        Tables::new()
            .enrollments(worded(&[
                ("id", "e1 e9 e8"),
                ("participant", "c1 c9 c8"),
                ("program", "p1 p1 nowhere"),
                ("start", "2020-01-01 2020-01-01 2020-01-01"),
            ]))
            .assignments(worded(&[
                ("staff", "s1 s1"),
                ("participant", "c1 c1"),
                ("program", "p1 nowhere"),
                ("start", "2024-01-01 2024-01-01"),
            ])),
    );
    assert_eq!(counts(&import, ENROLLMENTS), [0, 1, 2]);
    assert_eq!(
        refusals(&import, ENROLLMENTS),
        ["2 program-closed program", "3 unknown-program program"]
    );
    assert_eq!(
        refusals(&import, ASSIGNMENTS),
        ["1 program-closed program", "2 unknown-program program"]
    );
}

#[test]
fn an_actor_who_may_not_refuses_every_row() {
    let agency = founded();
    let desk = agency.acting_as(Actor::Root).on(context().on);
    let kim = StaffId::new("s2").unwrap();
    desk.record(DeactivateStaff::new(kim.clone())).unwrap();
    let context = caseload::Context::new(Actor::Staff(kim), context().on);
    let tables = Tables::new().assignments(worded(&[
        ("staff", "s1 s1"),
        ("participant", "c1 c2"),
        ("program", "p1 p1"),
        ("start", "2024-01-01 -"),
    ]));
    let tell = &mut |_| caseload::Flow::Continue;
    let import =
        tables.import(&agency, &context, caseload_arrow::import::Mode::Partial, tell).unwrap();
    assert_eq!(counts(&import, ASSIGNMENTS), [0, 0, 2]);
    assert_eq!(import.refused[0].violations[0].code().word(), "staff-inactive");
}

#[test]
fn a_row_is_judged_by_those_before_it_alone() {
    let import = import(
        &founded(),
        Tables::new().assignments(worded(&[
            ("id", "a1 a2 a3"),
            ("staff", "s1 s1 s1"),
            ("participant", "c1 c1 c1"),
            ("program", "p1 p1 p1"),
            ("start", "2024-01-01 2024-01-15 2024-02-01"),
            ("end", "2024-02-01 2024-03-01 -"),
        ])),
    );
    // The second overlaps the first; the third would overlap the second, which is not there.
    assert_eq!(counts(&import, ASSIGNMENTS), [2, 0, 1]);
    assert_eq!(import.refused[0].row, 2);
}

#[test]
fn an_all_null_table_is_refused_row_by_row() {
    let nothing = || Arc::new(NullArray::new(3)) as ArrayRef;
    let import = import(&agency(), Tables::new().staff(table(&[("id", nothing())])));
    assert_eq!(counts(&import, STAFF), [0, 0, 3]);
}

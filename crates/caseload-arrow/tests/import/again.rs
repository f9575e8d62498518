//! The same tables again: what is there is found, whatever became of it, and nothing is stored.

use caseload::{
    Actor, AssignmentId, Correct, CorrectEnrollment, EndAssignment, EndEnrollment, EnrollmentId,
    Grant, Reason, RenameStaff, Right, Rights, StaffId, Void, VoidEnrollment,
};
use caseload_arrow::import::{Mode, Tables};

use crate::given::{
    ASSIGNMENTS, ENROLLMENTS, PROGRAMS, STAFF, agency, context, counts, everything, founded,
    import, import_as, refusals, table, texts, worded, words,
};

fn tables() -> Tables<'static> {
    let policies = [crate::given::HISTORY, r#"{"max_staff":2,"batch_history":"allow"}"#];
    Tables::new()
        .programs(table(&[
            ("id", words("p1 p2")),
            ("name", words("Shelter -")),
            ("policy", texts(policies)),
        ]))
        .staff(worded(&[("id", "s1 s2"), ("name", "Sam -"), ("rights", "own -")]))
        .enrollments(worded(&[
            ("id", "e1 e2"),
            ("participant", "c1 c1"),
            ("program", "p1 p2"),
            ("start", "2020-01-01 2020-01-01"),
            ("end", "- 2021-01-01"),
        ]))
        .assignments(worded(&[
            ("id", "a1 a2 a3"),
            ("staff", "s1 s2 s1"),
            ("participant", "c1 c1 c1"),
            ("program", "p1 p1 p2"),
            ("start", "2020-01-01 2020-06-01 2020-02-01"),
            ("end", "2020-06-01 - 2020-12-01"),
            ("role", "primary - -"),
        ]))
}

#[test]
fn a_second_time_stores_nothing() {
    let agency = agency();
    let first = import(&agency, tables());
    assert!(first.refused.is_empty(), "{:?}", first.refused);
    let head = agency.head();
    for mode in [Mode::Review, Mode::Partial, Mode::AllOrNothing] {
        let again = import_as(&agency, tables(), mode).unwrap();
        assert_eq!(counts(&again, PROGRAMS), [0, 2, 0]);
        assert_eq!(counts(&again, STAFF), [0, 2, 0]);
        assert_eq!(counts(&again, ENROLLMENTS), [0, 2, 0]);
        assert_eq!(counts(&again, ASSIGNMENTS), [0, 3, 0]);
        assert_eq!(agency.head(), head);
    }
}

#[test]
fn refused_rows_store_nothing_either_time() {
    let agency = founded();
    let head = agency.head();
    let assignments = || {
        worded(&[
            ("staff", "s1 nobody"),
            ("participant", "c9 c1"),
            ("program", "p1 p1"),
            ("start", "2024-01-01 2024-01-01"),
        ])
    };
    for _ in 0..2 {
        let import = import(&agency, Tables::new().assignments(assignments()));
        assert_eq!(counts(&import, ASSIGNMENTS), [0, 0, 2]);
        assert_eq!(agency.head(), head);
    }
}

#[test]
fn what_people_made_of_it_since_stays() {
    let agency = agency();
    import(&agency, tables());
    let desk = agency.acting_as(Actor::Root).on(context().on);
    let reason = || Reason::new("since").unwrap();
    let assignment = |id| AssignmentId::new(id).unwrap();
    let enrollment = |id| EnrollmentId::new(id).unwrap();
    let day = |text: &str| text.parse().unwrap();
    desk.record(EndAssignment::new(assignment("a2"), day("2024-01-01"))).unwrap();
    desk.record(Void::new(assignment("a1")).reason(reason())).unwrap();
    desk.record(
        Correct::new(assignment("a3"), day("2020-03-01")).end(day("2020-04-01")).reason(reason()),
    )
    .unwrap();
    desk.record(EndEnrollment::new(enrollment("e1"), day("2024-02-01"))).unwrap();
    let correct =
        CorrectEnrollment::new(enrollment("e2"), day("2020-01-02")).end(day("2020-12-31"));
    desk.record(correct.reason(reason())).unwrap();
    let own = Rights::of(&[Right::Others]);
    desk.record(Grant::new(StaffId::new("s1").unwrap(), own)).unwrap();
    let (head, before) = (agency.head(), everything(&agency));
    let again = import(&agency, tables());
    assert!(again.refused.is_empty(), "{:?}", again.refused);
    assert_eq!(counts(&again, ASSIGNMENTS), [0, 3, 0]);
    assert_eq!((agency.head(), everything(&agency)), (head, before));
}

#[test]
fn what_says_something_else_is_refused_and_stays() {
    let agency = agency();
    import(&agency, tables());
    let (head, before) = (agency.head(), everything(&agency));
    let other = Tables::new()
        .programs(table(&[
            ("id", words("p1 p2")),
            ("name", words("Other -")),
            ("policy", texts([crate::given::HISTORY, "{}"])),
        ]))
        .staff(worded(&[("id", "s1 s2 s2"), ("name", "- - Kim"), ("rights", "own,others - -")]))
        .enrollments(worded(&[
            ("id", "e1 e2 e2"),
            ("participant", "c1 c2 c1"),
            ("program", "p1 p2 p2"),
            ("start", "2020-01-01 2020-01-01 2020-01-01"),
            ("end", "2023-01-01 2021-01-01 2022-01-01"),
        ]))
        .assignments(worded(&[
            ("id", "a1 a2 a3"),
            ("staff", "s1 s2 s2"),
            ("participant", "c1 c1 c1"),
            ("program", "p1 p1 p2"),
            ("start", "2020-01-01 2020-06-01 2020-02-01"),
            ("end", "2020-06-01 2024-01-01 2020-12-01"),
        ]));
    let import = import(&agency, other);
    assert_eq!(refusals(&import, PROGRAMS), ["1 id-taken id,name", "2 id-taken id,policy"]);
    assert_eq!(refusals(&import, STAFF), ["1 id-taken id,rights", "3 id-taken id,name"]);
    let taken = ["1 id-taken id", "2 id-taken id", "3 id-taken id"];
    assert_eq!(refusals(&import, ENROLLMENTS), taken);
    assert_eq!(refusals(&import, ASSIGNMENTS), taken, "a1 has another role now");
    assert_eq!((agency.head(), everything(&agency)), (head, before));
}

#[test]
fn rows_without_an_id_are_known_by_what_they_say() {
    let agency = founded();
    let tables = || {
        Tables::new()
            .enrollments(worded(&[
                ("participant", "c8 c8 c9 c8"),
                ("program", "p1 p1 p1 p1"),
                ("start", "2020-01-01 2022-01-01 2020-01-01 2020-01-01"),
                ("end", "2021-01-01 - - 2021-01-01"),
            ]))
            .assignments(worded(&[
                ("staff", "s1 s1 s2 s1"),
                ("participant", "c8 c8 c9 c8"),
                ("program", "p1 p1 p1 p1"),
                ("start", "2020-01-01 2022-01-01 2020-01-01 2020-01-01"),
                ("end", "2021-01-01 - - 2021-01-01"),
            ]))
    };
    let first = import(&agency, tables());
    assert_eq!(counts(&first, ENROLLMENTS), [3, 1, 0], "the last is the first again");
    assert_eq!(counts(&first, ASSIGNMENTS), [3, 1, 0]);
    let head = agency.head();
    let again = import(&agency, tables());
    assert_eq!(counts(&again, ENROLLMENTS), [0, 4, 0]);
    assert_eq!(counts(&again, ASSIGNMENTS), [0, 4, 0]);
    assert_eq!(agency.head(), head);
}

#[test]
fn what_was_voided_does_not_stand_for_a_row_without_an_id() {
    let agency = founded();
    let enrollments =
        || worded(&[("participant", "c9"), ("program", "p1"), ("start", "2020-01-01")]);
    import(&agency, Tables::new().enrollments(enrollments()));
    let new =
        everything(&agency).enrollments.into_iter().find(|one| one.participant.as_str() == "c9");
    let desk = agency.acting_as(Actor::Root).on(context().on);
    let void = VoidEnrollment::new(new.unwrap().id);
    desk.record(void.reason(Reason::new("wrong").unwrap())).unwrap();
    let again = import(&agency, Tables::new().enrollments(enrollments()));
    assert_eq!(counts(&again, ENROLLMENTS), [1, 0, 0]);
}

#[test]
fn rows_that_repeat_an_id_of_their_own_table() {
    let agency = founded();
    let import = import(
        &agency,
        Tables::new()
            .programs(worded(&[("id", "p3 p3 p3"), ("name", "A A B")]))
            .staff(worded(&[("id", "s3 s3 s3"), ("name", "A - B")]))
            .enrollments(worded(&[
                ("id", "e9 e9 e9"),
                ("participant", "c9 c9 c9"),
                ("program", "p1 p1 p1"),
                ("start", "2020-01-01 2020-01-01 2020-01-02"),
            ]))
            .assignments(worded(&[
                ("id", "a9 a9 a9"),
                ("staff", "s1 s1 s2"),
                ("participant", "c9 c9 c9"),
                ("program", "p1 p1 p1"),
                ("start", "2020-02-01 2020-02-01 2020-02-01"),
            ])),
    );
    for table in [PROGRAMS, STAFF, ENROLLMENTS, ASSIGNMENTS] {
        assert_eq!(counts(&import, table), [1, 1, 1], "{table}: {:?}", import.refused);
    }
    let lines = everything(&agency);
    let e9 = lines.enrollments.iter().find(|one| one.id.as_str() == "e9").unwrap();
    assert_eq!(e9.period.start().to_string(), "2020-01-01", "the first counts");
}

#[test]
fn a_name_given_since_is_kept_and_one_that_differs_is_told() {
    let agency = agency();
    import(&agency, tables());
    let desk = agency.acting_as(Actor::Root).on(context().on);
    let name = caseload::Name::new("Samira").unwrap();
    desk.record(RenameStaff::new(StaffId::new("s1").unwrap(), name)).unwrap();
    let again = import(&agency, tables());
    assert_eq!(refusals(&again, STAFF), ["1 id-taken id,name"]);
}

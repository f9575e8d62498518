//! A review tells what partial does; all or nothing stores nothing for one bad row.

use caseload::{Actor, Context, Flow, RegisterStaff, StaffId};
use caseload_arrow::import::{Mode, Stored, Tables};

use crate::{
    given::{
        ASSIGNMENTS, agency, context, counts, everything, founded, import, import_as, programs,
        staff, worded,
    },
    random::World,
};

#[test]
fn a_review_tells_what_partial_then_does_and_stores_nothing() {
    for seed in 0..6 {
        let world = World::of(seed, 250);
        let agency = agency();
        let mut review = import_as(&agency, world.tables(), Mode::Review).unwrap();
        assert_eq!((agency.head().position, review.stored), (0, Stored::Nothing));
        let partial = import(&agency, world.tables());
        review.stored = Stored::Accepted;
        assert_eq!(review, partial);
        assert!(agency.head().position > 0);
    }
}

#[test]
fn a_review_goes_on_from_what_is_stored() {
    let agency = founded();
    let before = agency.head();
    let assignments = worded(&[
        ("staff", "s1 s1"),
        ("participant", "c1 c1"),
        ("program", "p1 p1"),
        ("start", "2024-01-01 2024-02-01"),
    ]);
    let review = import_as(&agency, Tables::new().assignments(assignments), Mode::Review).unwrap();
    assert_eq!(counts(&review, ASSIGNMENTS), [1, 0, 1], "the second overlaps the first");
    assert_eq!(agency.head(), before);
}

fn small(second: &str) -> Tables<'static> {
    Tables::new()
        .programs(programs("p1"))
        .staff(staff("s1"))
        .enrollments(worded(&[
            ("participant", "c1 c2"),
            ("program", "p1 p1"),
            ("start", "2020-01-01 2020-01-01"),
        ]))
        .assignments(worded(&[
            ("id", "a1 a2"),
            ("staff", &format!("s1 {second}")),
            ("participant", "c1 c2"),
            ("program", "p1 p1"),
            ("start", "2020-01-01 2020-01-01"),
        ]))
}

#[test]
fn all_or_nothing_stores_nothing_for_one_bad_row() {
    let agency = agency();
    let refused = import_as(&agency, small("nobody"), Mode::AllOrNothing).unwrap();
    assert_eq!((refused.stored, agency.head().position), (Stored::Nothing, 0));
    assert_eq!(counts(&refused, ASSIGNMENTS), [1, 0, 1], "the other would pass");
    let accepted = import_as(&agency, small("s1"), Mode::AllOrNothing).unwrap();
    assert_eq!((accepted.stored, accepted.refused.len()), (Stored::Accepted, 0));
    assert_eq!(everything(&agency).assignments.len(), 2);
}

#[test]
fn all_or_nothing_comes_to_the_same_as_partial_where_all_is_well() {
    let world = World::well(3, 300);
    let (one, other) = (agency(), agency());
    let partial = import(&one, world.tables());
    assert!(partial.refused.is_empty(), "{:?}", partial.refused);
    assert_eq!(import_as(&other, world.tables(), Mode::AllOrNothing).unwrap(), partial);
    assert_eq!(everything(&one), everything(&other));
}

#[test]
fn somebody_else_between_rehearsal_and_storing_is_told() {
    let agency = agency();
    let mut told = 0;
    let tell = &mut |_| {
        told += 1;
        Flow::Continue
    };
    small("s1").import(&agency.rehearsal().unwrap(), &context(), Mode::Partial, tell).unwrap();
    let rehearsed = told;
    let mut told = 0;
    let tell = &mut |_| {
        told += 1;
        // Four batches are read, then it is rehearsed, then stored.
        if told == 4 + rehearsed + 1 {
            let desk = agency.acting_as(Actor::Root).on(context().on);
            let sam = RegisterStaff::new(StaffId::new("s1").unwrap());
            desk.record(sam.name(caseload::Name::new("Sam").unwrap())).unwrap();
        }
        Flow::Continue
    };
    let named = small("s1").staff(worded(&[("id", "s1"), ("name", "Other")]));
    let error = named.import(&agency, &context(), Mode::AllOrNothing, tell).unwrap_err();
    assert_eq!(error.code(), "import-overtaken");
    assert!(error.to_string().contains("row 1 of staff"), "{error}");
}

#[test]
fn the_rights_of_the_actor_are_asked() {
    let agency = founded();
    let sam = Actor::Staff(StaffId::new("s1").unwrap());
    let context = Context::new(sam, context().on);
    let tables = Tables::new()
        .programs(programs("p9"))
        .staff(staff("s9"))
        .enrollments(worded(&[("participant", "c9"), ("program", "p1"), ("start", "2020-01-01")]))
        .assignments(worded(&[
            ("staff", "s1 s2"),
            ("participant", "c1 c1"),
            ("program", "p1 p1"),
            ("start", "2024-01-01 2024-01-01"),
        ]));
    let import = tables.import(&agency, &context, Mode::Partial, &mut |_| Flow::Continue).unwrap();
    let codes: Vec<_> = import
        .refused
        .iter()
        .flat_map(|row| &row.violations)
        .map(|one| one.code().word())
        .collect();
    assert_eq!(
        codes,
        [
            "administer-right-missing",
            "administer-right-missing",
            "enroll-right-missing",
            "own-right-missing",
            "others-right-missing",
        ]
    );
}

//! Cancelled between commands: what was stored stays, and the same tables go on from there.

use caseload::{Flow, Progress, Stage};
use caseload_arrow::import::{Mode, RowOrder, Tables};

use crate::{
    given::{ASSIGNMENTS, ENROLLMENTS, context, counts, everything, import},
    random::World,
};

/// Everything that is told of an import.
fn told(world: &World, mode: Mode) -> Vec<Progress> {
    let mut told = Vec::new();
    let agency = crate::given::agency();
    let tell = &mut |progress| {
        told.push(progress);
        Flow::Continue
    };
    world.tables().import(&agency, &context(), mode, tell).unwrap();
    told
}

#[test]
fn every_stage_is_told_up_to_its_end() {
    let world = World::of(7, 300);
    let told = told(&world, Mode::Partial);
    for stage in [Stage::Programs, Stage::Staff, Stage::Enrollments, Stage::Assignments] {
        let of_stage: Vec<_> = told.iter().filter(|one| one.stage == stage).collect();
        assert!(of_stage.is_sorted_by_key(|one| one.done), "{stage:?}");
        assert!(of_stage.iter().all(|one| one.done <= one.total));
        let last = of_stage.last().unwrap();
        assert_eq!((last.done, last.done > 0), (last.total, true), "{stage:?}");
    }
}

#[test]
fn wherever_it_is_cancelled_it_goes_on_from_there() {
    let world = World::of(11, 400);
    let whole = crate::given::agency();
    let expected = import(&whole, world.tables());
    let times = told(&world, Mode::Partial).len();
    for stop in 0..times {
        let agency = crate::given::agency();
        let mut left = stop;
        let tell = &mut |_| {
            if left == 0 {
                return Flow::Cancel;
            }
            left -= 1;
            Flow::Continue
        };
        let error = world.tables().import(&agency, &context(), Mode::Partial, tell).unwrap_err();
        assert_eq!(error.code(), "cancelled");
        let rest = import(&agency, world.tables());
        for table in [ENROLLMENTS, ASSIGNMENTS] {
            let ([new, there, refused], [all, before, bad]) =
                (counts(&rest, table), counts(&expected, table));
            assert_eq!((new + there, refused), (all + before, bad), "{table}");
        }
        assert_eq!(rest.refused, expected.refused);
        assert_eq!(everything(&agency), everything(&whole));
    }
}

#[test]
fn a_cancelled_review_or_rehearsal_stores_nothing() {
    let world = World::of(13, 200);
    for (mode, half) in [(Mode::Review, 1), (Mode::AllOrNothing, 4)] {
        let agency = crate::given::agency();
        let mut left = told(&world, mode).len() / (2 * half);
        let tell = &mut |_| {
            left = left.saturating_sub(1);
            if left == 0 { Flow::Cancel } else { Flow::Continue }
        };
        let tables: Tables<'_> = world.tables().in_order(RowOrder::AsGiven);
        let error = tables.import(&agency, &context(), mode, tell).unwrap_err();
        assert_eq!((error.code(), agency.head().position), ("cancelled", 0));
    }
}

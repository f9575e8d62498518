//! Misplaced assignments beside every day of every enrollment.

use std::collections::BTreeMap;

use caseload::Day;

use super::{Told, Truth, Way, World};

/// How many assignments were misplaced.
pub(crate) fn misplaced(world: &World<'_>, truth: &Truth, way: &Way) -> usize {
    let days = |line: &Told| [Some(line.start), line.end];
    let all = truth.enrollments.iter().chain(&truth.lines).flat_map(days).flatten();
    let beyond = all.max().unwrap_or(0) + 2;
    let lies_in = |line: &Told, enrollment: &Told| {
        let zero_day = |told: &Told| told.end == Some(told.start);
        let on_it = zero_day(enrollment) && enrollment.start == line.start;
        match zero_day(line) {
            true => enrollment.covers(line.start) || on_it,
            false => {
                let mut days = (line.start..=beyond).filter(|day| line.covers(*day));
                days.all(|day| enrollment.covers(day))
            }
        }
    };
    let mut expected = BTreeMap::new();
    for line in way.lines(truth) {
        let mut own = truth.enrollments.iter().filter(|enrollment| enrollment.is_of(line));
        if !own.any(|enrollment| lies_in(line, enrollment)) {
            expected.insert(line.id.clone(), line.end);
        }
    }
    let report = world.snapshot.misplaced(&way.filter, &way.asked).unwrap();
    let told = report
        .cases
        .iter()
        .map(|one| (one.case.assignment.to_string(), one.period.end().map(Day::number)));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), expected);
    expected.len()
}

//! Lengths of stays beside every day on which each could have ended.

use std::collections::BTreeMap;

use caseload::report::Stay;

use super::{Cube, Told, Truth, Way, World, place, places};

/// For each length: how many could have ended at it, and how many did, by looking at every day of the range.
pub(crate) fn lengths(world: &World<'_>, truth: &Truth, way: &Way) {
    let days = way.days();
    for stay in [Stay::Assignment, Stay::Enrollment] {
        let of_program =
            |told: &&Told| way.program.as_ref().is_none_or(|program| *program == told.program);
        let stays: Vec<&Told> = match stay {
            Stay::Assignment => way.lines(truth).collect(),
            Stay::Enrollment => truth.enrollments.iter().filter(of_program).collect(),
        };
        let mut tables: Cube<BTreeMap<i32, (u64, u64)>> = Cube::new();
        for told in &stays {
            for day in &days {
                // Who started by then and has not ended before could end on the day.
                if told.start <= *day && told.end.is_none_or(|end| end >= *day) {
                    let of = places(told).into_iter();
                    for of in of.filter(|(staff, _)| stay == Stay::Assignment || staff.is_empty()) {
                        let at = tables.entry(of).or_default().entry(*day - told.start);
                        let (at_risk, ended) = at.or_default();
                        *at_risk += 1;
                        *ended += u64::from(told.ends_on(*day));
                    }
                }
            }
        }
        let report =
            world.snapshot.length_of_stay(stay, way.range, &way.filter, &way.asked).unwrap();
        assert_eq!(report.lengths.len(), tables.len());
        for (of, lengths) in &report.lengths {
            let table = &tables[&place(&of)];
            let steps = lengths
                .curve()
                .into_iter()
                .map(|step| (i32::try_from(step.days).unwrap(), (step.at_risk, step.ended)));
            let expected = table.iter().filter(|(_, (_, ended))| *ended > 0);
            let expected: Vec<_> = expected.map(|(days, counts)| (*days, *counts)).collect();
            assert_eq!(steps.collect::<Vec<_>>(), expected);
        }
    }
}

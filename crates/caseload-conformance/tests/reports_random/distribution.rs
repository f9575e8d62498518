//! Caseloads side by side beside counting them one by one.

use caseload::report::Spread;

use super::{Cube, Truth, Way, World, place, places};

pub(crate) fn distribution(world: &World<'_>, truth: &Truth, way: &Way) {
    let report = world.snapshot.caseload_distribution(&way.filter, &way.asked).unwrap();
    let day = way.asked.as_of.number();
    let mut cases: Cube<u64> = Cube::new();
    for line in way.lines(truth).filter(|line| line.covers(day)) {
        for of in places(line) {
            *cases.entry(of).or_default() += 1;
        }
    }
    let told: Cube<u64> = report.cases.iter().map(|(of, cases)| (place(&of), *cases)).collect();
    assert_eq!(told, cases);
    let loads = cases
        .iter()
        .filter(|((staff, program), _)| !staff.is_empty() && program.is_empty())
        .map(|(_, n)| *n);
    let loads: Vec<u64> = loads.collect();
    assert_eq!(report.spread(None), Spread::of(loads.iter().copied()));
    // The Gini coefficient by its meaning: the mean difference of all pairs over twice the mean.
    let pairs = loads.iter().flat_map(|one| loads.iter().map(move |other| one.abs_diff(*other)));
    let differences: u64 = pairs.sum();
    let (staff, all) = (loads.len() as u64, loads.iter().sum::<u64>());
    match report.spread(None).gini() {
        Some(gini) => {
            let (over, under) = (gini.numerator(), gini.denominator().get());
            assert_eq!(differences * under, over * 2 * staff * all);
        }
        None => assert!(loads.len() < 2),
    }
}

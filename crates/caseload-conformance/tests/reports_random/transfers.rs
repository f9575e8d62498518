//! Transfers beside every pair of assignments of which one ends where the other starts.

use std::collections::BTreeMap;

use super::{Truth, Way, World, deeds::LineKind, history::is_entry};

/// How many hand-overs there were.
pub(crate) fn transfers(world: &World<'_>, truth: &Truth, way: &Way) -> usize {
    let (deeds, commands) = (&world.deeds, world.commands);
    let days = way.days();
    let mut pairs = Vec::new();
    let mut counts: BTreeMap<[String; 3], u64> = BTreeMap::new();
    for giver in &truth.lines {
        for receiver in truth.lines.iter().filter(|line| line.is_of(giver)) {
            let meet = giver.ends_on(receiver.start) && days.contains(&receiver.start);
            let named = way.names(giver) || way.names(receiver);
            if meet && named && giver.staff != receiver.staff {
                pairs.push([giver.id.clone(), receiver.id.clone()]);
                let route = [giver.staff.clone(), receiver.staff.clone(), giver.program.clone()];
                *counts.entry(route).or_default() += 1;
            }
        }
    }
    let report = world.snapshot.transfers(way.range, &way.filter, &way.asked).unwrap();
    let mut told: Vec<[String; 2]> = (report.hand_overs.iter())
        .map(|one| [one.ended.to_string(), one.started.to_string()])
        .collect();
    told.sort();
    pairs.sort();
    assert_eq!(told, pairs);
    let routes = report.counts.iter().map(|(route, count)| {
        ([route.from.to_string(), route.to.to_string(), route.program.to_string()], *count)
    });
    assert_eq!(routes.collect::<BTreeMap<_, _>>(), counts);
    assert!(report.hand_overs.is_sorted_by_key(|one| one.date));
    for one in &report.hand_overs {
        let of = |id: &str| (LineKind::Assignment, id.to_owned());
        let (ended, started) = (of(one.ended.as_str()), of(one.started.as_str()));
        let entered = deeds.entered[&ended];
        let position = deeds.days.get(&ended).map_or(entered, |(_, position)| *position);
        let reasons = is_entry(&one.ended_by, position, deeds, commands);
        is_entry(&one.started_by, deeds.entered[&started], deeds, commands);
        if let Some(reason) = &one.reason {
            assert!(reasons.iter().any(|given| given == reason.as_str()));
        }
    }
    pairs.len()
}

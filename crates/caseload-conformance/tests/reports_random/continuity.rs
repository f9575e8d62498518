//! Continuity beside one worker a day, day by day.

use std::collections::BTreeMap;

use caseload::{
    Role,
    report::{Census, Continuity, InRole},
};

use super::{Told, Truth, Way, World};

/// Whether another assignment has every day of this one, and starts first (or is the longer, or comes first by id).
fn is_cover(line: &Told, lines: &[&Told]) -> bool {
    let end = |line: &Told| line.end.unwrap_or(i32::MAX);
    lines.iter().any(|other| {
        let wholly = other.start <= line.start && end(line) <= end(other);
        let equal = (other.start, other.end) == (line.start, line.end);
        wholly && if equal { other.id < line.id } else { other.id != line.id }
    })
}

fn by_days(lines: &[&Told], enrollments: &[&Told], days: &[i32]) -> Continuity {
    let kept: Vec<&&Told> = lines.iter().filter(|line| !is_cover(line, lines)).collect();
    let worker = |day: i32| {
        kept.iter().filter(|line| line.covers(day)).max_by_key(|line| line.start).copied()
    };
    let mut one = Continuity::default();
    let mut before: Option<&Told> = None;
    for day in days {
        for line in kept.iter().filter(|line| line.start == *day) {
            let earlier = kept.iter().filter(|other| other.start < *day);
            let last = earlier.max_by_key(|other| other.start);
            one.changes += u64::from(last.is_some_and(|last| last.staff != line.staff));
        }
        if let Some(line) = worker(*day) {
            let staff = caseload::StaffId::new(&line.staff).unwrap();
            *one.days.entry(staff).or_default() += 1;
            one.broken_pairs += u64::from(before.is_some_and(|last| last.staff != line.staff));
            before = Some(line);
        }
        if enrollments.iter().any(|enrollment| enrollment.covers(*day)) {
            one.enrolled_days += 1;
            one.uncovered_days += u64::from(!lines.iter().any(|line| line.covers(*day)));
        }
    }
    if enrollments.iter().any(|enrollment| enrollment.covers(days[days.len() - 1])) {
        one.census = Census::Enrolled;
    }
    one
}

/// How many changes of worker there were.
pub(crate) fn continuity(world: &World<'_>, truth: &Truth, way: &Way) -> u64 {
    let days = way.days();
    let mut changes = 0;
    let primary = InRole::Exactly(Role::new("primary").unwrap());
    for role in [InRole::Any, primary] {
        let in_role = |line: &&Told| {
            role == InRole::Any || world.roles.get(&line.id).is_some_and(|role| role == "primary")
        };
        let mut expected = BTreeMap::new();
        let places = truth.enrollments.iter().chain(&truth.lines);
        for place in places.filter(|place| way.program.as_ref().is_none_or(|p| *p == place.program))
        {
            let zero_day = |line: &&Told| line.end == Some(line.start);
            let lines: Vec<&Told> = (truth.lines.iter())
                .filter(|line| line.is_of(place) && in_role(line) && !zero_day(line))
                .collect();
            let enrolled: Vec<&Told> =
                truth.enrollments.iter().filter(|enrollment| enrollment.is_of(place)).collect();
            let one = by_days(&lines, &enrolled, &days);
            let staff = |wanted: &String| one.days.keys().any(|staff| staff.as_str() == wanted);
            if one.enrolled_days + one.assigned_days() > 0 && way.staff.as_ref().is_none_or(staff) {
                expected.insert((place.program.clone(), place.participant.clone()), one);
            }
        }
        let report =
            world.snapshot.worker_continuity(way.range, &role, &way.filter, &way.asked).unwrap();
        let told = report.timelines.iter().map(|((program, participant), one)| {
            ((program.to_string(), participant.to_string()), one.clone())
        });
        assert_eq!(told.collect::<BTreeMap<_, _>>(), expected);
        let all = report.sums.get(&caseload::report::Of::ALL).cloned().unwrap_or_default();
        assert_eq!(all.changes, expected.values().map(|one| one.changes).sum::<u64>());
        let census = expected.values().filter(|one| one.census == Census::Enrolled);
        assert_eq!(all.cohort.values().sum::<u64>(), census.count() as u64);
        changes += all.changes;
    }
    changes
}

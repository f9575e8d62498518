//! Corrections beside the auditor's events and the commands themselves.

use caseload::{Asked, Day, KnownAt, Line, report::Correction};
use serde_json::json;

use super::{
    Truth, Way, World,
    deeds::{Key, LineKind},
    history::is_entry,
};

/// How many corrections there were.
pub(crate) fn corrections(world: &World<'_>, truth: &Truth, way: &Way) -> usize {
    let (snapshot, deeds) = (world.snapshot, &world.deeds);
    let row = |key: &Key| {
        let kind = match key.0 {
            LineKind::Enrollment => "enrollments",
            LineKind::Assignment => "assignments",
        };
        let rows = truth.raw[kind].as_array().unwrap();
        rows.iter().find(|row| row[0] == json!(key.1)).cloned()
    };
    let named = |key: &Key, after: &Option<Key>| {
        let is = |row: &serde_json::Value, column: usize, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| row[column] == json!(wanted))
        };
        let Some(before) = row(key) else { return false };
        match key.0 {
            LineKind::Enrollment => way.staff.is_none() && is(&before, 2, &way.program),
            LineKind::Assignment => {
                let after = after.as_ref().and_then(row);
                let staff = is(&before, 1, &way.staff)
                    || after.is_some_and(|after| is(&after, 1, &way.staff));
                staff && is(&before, 3, &way.program)
            }
        }
    };
    let up_to = snapshot.position_of(way.asked.known_at).unwrap();
    let since = up_to / 3;
    let mut expected: Vec<_> = (deeds.corrected.iter())
        .filter(|(position, key, after)| *position > since && named(key, after))
        .cloned()
        .collect();
    expected.sort();
    let since = Some(KnownAt::Position(since));
    let report = snapshot.corrections(since, &way.filter, &way.asked).unwrap();
    let key = |line: &Line| match line {
        Line::Enrollment(line) => (LineKind::Enrollment, line.id.to_string()),
        Line::Assignment(line) => (LineKind::Assignment, line.id.to_string()),
    };
    let told = |one: &Correction| (one.by.position, key(&one.before), one.after.as_ref().map(key));
    let mut told: Vec<_> = report.corrections.iter().map(told).collect();
    told.sort();
    assert_eq!(told, expected);
    for one in &report.corrections {
        let given = is_entry(&one.by, one.by.position, deeds, world.commands);
        if let Some(reason) = &one.reason {
            assert!(given.iter().any(|given| given == reason.as_str()));
        }
        days_are_those_of_the_time(world, one);
    }
    expected.len()
}

/// Before and after, as everything was known before and after the entry. Ids may be others by now.
fn days_are_those_of_the_time(world: &World<'_>, one: &Correction) {
    let days = |line: &Line| match line {
        Line::Enrollment(line) => (line.period, line.status),
        Line::Assignment(line) => (line.period, line.status),
    };
    let known = |line: &Line, position: u64| {
        let asked = Asked::of(Day::FIRST).known_at(KnownAt::Position(position));
        let all = world.snapshot.everything(&asked).unwrap();
        match line {
            Line::Enrollment(line) => {
                let found = all.enrollments.into_iter().find(|other| other.id == line.id);
                found.map(Line::Enrollment)
            }
            Line::Assignment(line) => {
                let found = all.assignments.into_iter().find(|other| other.id == line.id);
                found.map(Line::Assignment)
            }
        }
    };
    let position = one.by.position;
    if let Some(found) = known(&one.before, position - 1) {
        assert_eq!(days(&one.before), days(&found));
    }
    if let Some((after, found)) =
        one.after.as_ref().and_then(|after| Some((after, known(after, position)?)))
    {
        assert_eq!(days(after), days(&found));
    }
}

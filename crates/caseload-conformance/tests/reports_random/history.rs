//! Histories of participants beside the auditor's events and the commands themselves.

use std::collections::{BTreeMap, BTreeSet};

use caseload::{
    Actor, ParticipantId,
    report::{AssignmentHistory, Changed, EndCause, EnrollmentHistory, Entered},
};
use serde_json::{Value, json};

use super::{
    Truth, Way, World,
    deeds::{Commands, Deeds, Key, LineKind},
};

/// Whether an entry is the one expected, and whose; gives the reasons that its command had.
pub(crate) fn is_entry(
    entered: &Entered,
    position: u64,
    deeds: &Deeds,
    commands: &Commands,
) -> Vec<String> {
    assert_eq!(entered.position, position);
    let command = &commands[&position];
    let actor = deeds.reads_now(command["actor"].as_str().unwrap(), position);
    let told = match &entered.actor {
        Actor::Root => "root",
        Actor::Staff(staff) => staff.as_str(),
    };
    assert_eq!(told, actor);
    let rows = command["rows"].as_array().into_iter().flatten();
    let reasons = rows.chain([command]).filter_map(|part| part["reason"].as_str());
    reasons.map(ToOwned::to_owned).collect()
}

/// A reason that is told is the command's; gives 1 if one is told.
fn reason(changed: &Changed, position: u64, deeds: &Deeds, commands: &Commands) -> usize {
    let given = is_entry(&changed.by, position, deeds, commands);
    match &changed.reason {
        Some(told) => {
            assert!(given.iter().any(|given| given == told.as_str()));
            1
        }
        None => 0,
    }
}

/// By participant, the rows that the actor sees and the filter names; `staff` is the column of the staff.
fn rows<'a>(truth: &'a Truth, way: &Way, kind: &str) -> Vec<&'a Value> {
    let of = |row: &Value, column: usize, wanted: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| row[column] == json!(wanted))
    };
    let rows = truth.raw[kind].as_array().unwrap().iter();
    rows.filter(|row| match kind {
        "assignments" => of(row, 1, &way.staff) && of(row, 3, &way.program),
        _ => of(row, 2, &way.program),
    })
    .collect()
}

/// What the histories are held against.
struct Beside<'a> {
    assignments: Vec<&'a Value>,
    enrollments: Vec<&'a Value>,
    superseded_by: BTreeMap<(&'a str, &'a str), &'a str>,
    deeds: &'a Deeds,
    commands: &'a Commands,
}

impl Beside<'_> {
    /// How many reasons were told.
    fn assignment(&self, participant: &str, line: &AssignmentHistory) -> usize {
        let (deeds, commands) = (self.deeds, self.commands);
        let id = line.assignment.id.as_str();
        let key = &(LineKind::Assignment, id.to_owned());
        let row = self.assignments.iter().find(|row| row[0] == json!(id)).unwrap();
        assert_eq!(row[2], json!(participant));
        assert_eq!(row[5], json!(line.assignment.period.end().map(|end| end.to_string())));
        assert_eq!(row[6], json!(line.assignment.status.word()));
        is_entry(&line.entered, deeds.entered[key], deeds, commands);
        let mut reasons = self.closed(key, line.closed.as_ref());
        if let Some((cause, changed)) = &line.ended {
            let entered = ("entered".to_owned(), deeds.entered[key]);
            let (word, position) = deeds.days.get(key).unwrap_or(&entered);
            reasons += reason(changed, *position, deeds, commands);
            match cause {
                EndCause::HandedOver => assert_eq!(word, "transferred"),
                EndCause::Given(_) => assert_eq!(word, "assignment_ended"),
                EndCause::AsEntered => assert_eq!(word, "entered"),
            }
        }
        let by = line.superseded_by.as_ref().map(|by| by.as_str());
        assert_eq!(by, self.superseded_by.get(&("assignments", id)).copied());
        reasons
    }

    fn enrollment(&self, line: &EnrollmentHistory) -> usize {
        let (deeds, commands) = (self.deeds, self.commands);
        let id = line.enrollment.id.as_str();
        let key = &(LineKind::Enrollment, id.to_owned());
        assert!(self.enrollments.iter().any(|row| row[0] == json!(id)));
        is_entry(&line.entered, deeds.entered[key], deeds, commands);
        let mut reasons = self.closed(key, line.closed.as_ref());
        assert_eq!(line.days_changed.is_some(), deeds.days.contains_key(key));
        if let Some(changed) = &line.days_changed {
            reasons += reason(changed, deeds.days[key].1, deeds, commands);
        }
        let by = line.superseded_by.as_ref().map(|by| by.as_str());
        assert_eq!(by, self.superseded_by.get(&("enrollments", id)).copied());
        reasons
    }

    fn closed(&self, key: &Key, closed: Option<&Changed>) -> usize {
        let expected = self.deeds.closed.get(key);
        assert_eq!(closed.is_some(), expected.is_some());
        let both = closed.zip(expected);
        both.map_or(0, |(closed, (_, position))| {
            reason(closed, *position, self.deeds, self.commands)
        })
    }
}

/// How many reasons were told.
pub(crate) fn histories(world: &World<'_>, truth: &Truth, way: &Way) -> usize {
    let all = &world.all;
    let beside = Beside {
        assignments: rows(truth, way, "assignments"),
        enrollments: rows(truth, way, "enrollments"),
        superseded_by: ["assignments", "enrollments"]
            .into_iter()
            .flat_map(|kind| all.raw[kind].as_array().unwrap().iter().map(move |row| (kind, row)))
            .filter_map(|(kind, row)| {
                Some(((kind, row.as_array()?.last()?.as_str()?), row[0].as_str()?))
            })
            .collect(),
        deeds: &world.deeds,
        commands: world.commands,
    };
    let (mut reasons, mut told) = (0, 0);
    for participant in all.participants() {
        let id = ParticipantId::new(&participant).unwrap();
        let report = world.snapshot.participant_history(&id, &way.filter, &way.asked).unwrap();
        told += report.assignments.len() + report.enrollments.len();
        for line in &report.assignments {
            reasons += beside.assignment(&participant, line);
        }
        for line in &report.enrollments {
            reasons += beside.enrollment(line);
        }
        let held = truth
            .lines
            .iter()
            .filter(|line| line.participant == participant && way.names(line))
            .filter(|line| line.covers(way.asked.as_of.number()));
        let held: BTreeSet<&str> = held.map(|line| line.id.as_str()).collect();
        let workers = report.caseworkers.iter().map(|case| case.assignment.as_str());
        assert_eq!(workers.collect::<BTreeSet<_>>(), held);
    }
    let lines = beside.assignments.len() + beside.enrollments.len();
    assert_eq!(told, lines, "lines that no history has, or two have");
    reasons
}

//! The history of one participant: every line, who entered it, and what became of it.

use caseload::{
    Cause,
    report::{AssignmentHistory, Case, EndCause, EnrollmentHistory, ParticipantHistory},
};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
};

impl ToArrow for ParticipantHistory {
    fn tables(&self) -> Vec<Table<'_>> {
        vec![
            caseworkers().table(About::nothing(), || self.caseworkers.iter()),
            enrollments().table(About::nothing(), || self.enrollments.iter()),
            assignments().table(About::nothing(), || self.assignments.iter()),
        ]
    }
}

fn caseworkers<'a>() -> Layout<'a, &'a Case> {
    let caseworkers = "an assignment that covers the day asked about";
    Layout::<&Case>::of("participant_history_caseworkers", 1, caseworkers).case(|case| case)
}

fn enrollments<'a>() -> Layout<'a, &'a EnrollmentHistory> {
    let enrollments = "an enrollment of the participant, whatever its status";
    Layout::<&EnrollmentHistory>::of("participant_history_enrollments", 1, enrollments)
        .enrollment(|line| &line.enrollment)
        .entered("entered", |line| Some(&line.entered))
        .changed("days_changed", "its days are as entered", |line| line.days_changed.as_ref())
        .changed("closed", STILL_COUNTS, |line| line.closed.as_ref())
        .text("superseded_by", SUPERSEDED_BY, |line| {
            line.superseded_by.as_ref().map(|id| id.as_str())
        })
        .or_null("none did")
}

fn assignments<'a>() -> Layout<'a, &'a AssignmentHistory> {
    let assignments = "an assignment of the participant, whatever its status";
    Layout::<&AssignmentHistory>::of("participant_history_assignments", 1, assignments)
        .assignment(|line| &line.assignment)
        .entered("entered", |line| Some(&line.entered))
        .word("ended_cause", CAUSE, CAUSES, |line| {
            line.ended.as_ref().map(|(cause, _)| cause.word())
        })
        .or_null(OPEN)
        .changed("ended", OPEN, |line| line.ended.as_ref().map(|(_, changed)| changed))
        .changed("closed", STILL_COUNTS, |line| line.closed.as_ref())
        .text("superseded_by", SUPERSEDED_BY, |line| {
            line.superseded_by.as_ref().map(|id| id.as_str())
        })
        .or_null("none did")
}

const SUPERSEDED_BY: &str = "The correction that took its place";
const STILL_COUNTS: &str = "it still counts";
const OPEN: &str = "it is open";

const CAUSE: &str = "Where the end comes from: `as_entered`, with the line itself; `handed_over` by a transfer; \
     or given later, by `command`, `transfer` (`transfer_all` to somebody who held the participant already), \
     `enrollment_end`, `staff_deactivated` or `mirror`";

const CAUSES: &[&str] = &[
    EndCause::AsEntered.word(),
    EndCause::HandedOver.word(),
    Cause::Command.word(),
    Cause::Transfer.word(),
    Cause::EnrollmentEnd.word(),
    Cause::StaffDeactivated.word(),
    Cause::Mirror.word(),
];

pub(super) fn described() -> Vec<Described> {
    vec![caseworkers().described(), enrollments().described(), assignments().described()]
}

//! What was corrected or voided, before and after.

use caseload::{
    Assignment, Enrollment, Kind, Line, Period,
    report::{Correction, Corrections},
};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{ENDING, ENDINGS, NO_REASON, STATUS, STATUSES},
};

impl ToArrow for Corrections {
    fn tables(&self) -> Vec<Table<'_>> {
        let about = About::nothing().and("caseload.after", self.after);
        let about = about.and("caseload.up_to", self.up_to);
        vec![corrections().table(about, || self.corrections.iter())]
    }
}

fn corrections<'a>() -> Layout<'a, &'a Correction> {
    let corrections =
        "a line that was corrected or voided: how it stood before, and what took its place";
    Layout::<&Correction>::of("corrections", 1, corrections)
        .entered("entered", |one| Some(&one.by))
        .text("reason", "Why", |one| one.reason.as_ref().map(|reason| reason.as_str()))
        .or_null(NO_REASON)
        .word("kind", "`enrollment` or `assignment`", KINDS, |one| Some(kind(&one.before)))
        .text("participant", "Of whom, before and after", |one| Some(participant(&one.before)))
        .id("program", "In which program, before and after", |one| Some(program(&one.before)))
        .line("before", |one| Some(&one.before))
        .all_or_null("it was voided", |layout| layout.line("after", |one| one.after.as_ref()))
}

impl<'a, R> Layout<'a, R> {
    /// What both kinds of lines have, and what only one has.
    fn line(
        self,
        side: &str,
        get: impl Fn(&R) -> Option<&Line> + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        self.text(format!("{side}_id"), "The id of the line", move |row| get(row).map(id))
            .id(format!("{side}_staff"), "Who is responsible", move |row| {
                get(row).and_then(assignment).map(|line| line.staff.as_str())
            })
            .or_null(ENROLLMENT)
            .day(format!("{side}_start"), "The first day", move |row| {
                get(row).map(|line| period(line).start())
            })
            .day(format!("{side}_end"), "The first day that is not covered", move |row| {
                get(row).and_then(|line| period(line).end())
            })
            .or_null("it is open")
            .id(format!("{side}_role"), "In which role", move |row| {
                let role = get(row).and_then(assignment).and_then(|line| line.role.as_ref());
                role.map(|role| role.as_str())
            })
            .or_null("in none")
            .or_null(ENROLLMENT)
            .word(format!("{side}_ending"), ENDING, ENDINGS, move |row| {
                get(row).and_then(enrollment).map(|line| line.ending.word())
            })
            .or_null("it is an assignment")
            .word(format!("{side}_status"), STATUS, STATUSES, move |row| get(row).map(status))
            .text(format!("{side}_supersedes"), "The line that it took the place of", move |row| {
                get(row).and_then(supersedes)
            })
            .or_null("of none")
    }
}

const ENROLLMENT: &str = "it is an enrollment";

const KINDS: &[&str] = &[Kind::Enrollment.word(), Kind::Assignment.word()];

const fn kind(line: &Line) -> &'static str {
    match line {
        Line::Enrollment(_) => Kind::Enrollment.word(),
        Line::Assignment(_) => Kind::Assignment.word(),
    }
}

const fn enrollment(line: &Line) -> Option<&Enrollment> {
    match line {
        Line::Enrollment(line) => Some(line),
        Line::Assignment(_) => None,
    }
}

const fn assignment(line: &Line) -> Option<&Assignment> {
    match line {
        Line::Enrollment(_) => None,
        Line::Assignment(line) => Some(line),
    }
}

fn id(line: &Line) -> &str {
    match line {
        Line::Enrollment(line) => line.id.as_str(),
        Line::Assignment(line) => line.id.as_str(),
    }
}

fn participant(line: &Line) -> &str {
    match line {
        Line::Enrollment(line) => line.participant.as_str(),
        Line::Assignment(line) => line.participant.as_str(),
    }
}

fn program(line: &Line) -> &str {
    match line {
        Line::Enrollment(line) => line.program.as_str(),
        Line::Assignment(line) => line.program.as_str(),
    }
}

const fn period(line: &Line) -> Period {
    match line {
        Line::Enrollment(line) => line.period,
        Line::Assignment(line) => line.period,
    }
}

const fn status(line: &Line) -> &'static str {
    match line {
        Line::Enrollment(line) => line.status.word(),
        Line::Assignment(line) => line.status.word(),
    }
}

fn supersedes(line: &Line) -> Option<&str> {
    match line {
        Line::Enrollment(line) => line.supersedes.as_ref().map(|id| id.as_str()),
        Line::Assignment(line) => line.supersedes.as_ref().map(|id| id.as_str()),
    }
}

pub(super) fn described() -> Vec<Described> {
    vec![corrections().described()]
}

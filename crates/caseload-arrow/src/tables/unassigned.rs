//! Who is enrolled on a day without a caseworker.

use caseload::{
    ProgramId,
    report::{Ratio, Unassigned, Waiting, WaitingCount},
};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
};

impl ToArrow for Unassigned {
    fn tables(&self) -> Vec<Table<'_>> {
        vec![
            waiting().table(About::as_of(self.as_of), || self.waiting.iter()),
            counts().table(About::as_of(self.as_of), || self.counts.iter()),
        ]
    }
}

fn waiting<'a>() -> Layout<'a, &'a Waiting> {
    let waiting = "a participant enrolled in a program on the day without a caseworker there";
    Layout::<&Waiting>::of("unassigned_waiting", 1, waiting)
        .id("program", "In which program", |one| Some(one.program.as_str()))
        .text("participant", "Who", |one| Some(one.participant.as_str()))
        .text("enrollment", "By which enrollment", |one| Some(one.enrollment.as_str()))
        .day("since", SINCE, |one| Some(one.since))
}

const SINCE: &str =
    "The first of the days without a caseworker that lead up to the day, within this enrollment";

type Counted<'a> = (&'a ProgramId, &'a WaitingCount);

fn counts<'a>() -> Layout<'a, Counted<'a>> {
    let counts = "a program in which somebody is enrolled on the day";
    let without = "Enrolled without a caseworker";
    Layout::<Counted<'_>>::of("unassigned_counts", 1, counts)
        .id("program", "Which", |(program, _)| Some(program.as_str()))
        .count("without", "participants", without, |(_, count)| Some(count.without))
        .count("enrolled", "participants", "Enrolled", |(_, count)| Some(count.enrolled))
        .float("share", "share", "Without a caseworker over enrolled", |(_, count)| {
            count.share().map(Ratio::as_f64)
        })
        .or_null("nobody is enrolled")
}

pub(super) fn described() -> Vec<Described> {
    vec![waiting().described(), counts().described()]
}

//! Transfers: who handed whom over to whom.

use caseload::report::{HandOver, Route, Transfers};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::NO_REASON,
};

impl ToArrow for Transfers {
    fn tables(&self) -> Vec<Table<'_>> {
        vec![
            hand_overs().table(About::range(self.range), || self.hand_overs.iter()),
            routes().table(About::range(self.range), || self.counts.iter()),
        ]
    }
}

fn hand_overs<'a>() -> Layout<'a, &'a HandOver> {
    let hand_overs = "a participant who passed from one staff member to another";
    Layout::<&HandOver>::of("transfers_hand_overs", 1, hand_overs)
        .day("date", "The first day that is the receiver's", |one| Some(one.date))
        .id("program", "In which program", |one| Some(one.program.as_str()))
        .text("participant", "Who was handed over", |one| Some(one.participant.as_str()))
        .id("from_staff", "Who gave", |one| Some(one.from.as_str()))
        .id("to_staff", "Who received", |one| Some(one.to.as_str()))
        .text("ended", "The giver's assignment", |one| Some(one.ended.as_str()))
        .text("started", "The receiver's assignment", |one| Some(one.started.as_str()))
        .entered("ended", |one| Some(&one.ended_by))
        .entered("started", |one| Some(&one.started_by))
        .text("reason", "Why it ended", |one| one.reason.as_ref().map(|reason| reason.as_str()))
        .or_null(NO_REASON)
}

type Counted<'a> = (&'a Route, &'a u64);

fn routes<'a>() -> Layout<'a, Counted<'a>> {
    Layout::<Counted<'_>>::of("transfers_routes", 1, "from whom to whom, in which program")
        .id("from_staff", "Who gave", |(route, _)| Some(route.from.as_str()))
        .id("to_staff", "Who received", |(route, _)| Some(route.to.as_str()))
        .id("program", "In which program", |(route, _)| Some(route.program.as_str()))
        .count("hand_overs", "assignments", "How many", |(_, count)| Some(**count))
}

pub(super) fn described() -> Vec<Described> {
    vec![hand_overs().described(), routes().described()]
}

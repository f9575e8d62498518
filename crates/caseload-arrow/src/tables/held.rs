//! Who holds whom on a day.

use caseload::Held;

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
};

impl ToArrow for Vec<Held> {
    fn tables(&self) -> Vec<Table<'_>> {
        vec![held().table(About::nothing(), || self.iter())]
    }
}

fn held<'a>() -> Layout<'a, &'a Held> {
    Layout::<&Held>::of("held", 1, "an assignment that covers the day")
        .id("program", "In which program", |held| Some(held.program.as_str()))
        .text("participant", "For whom", |held| Some(held.participant.as_str()))
        .id("staff", "Who is responsible", |held| Some(held.staff.as_str()))
}

pub(super) fn described() -> Vec<Described> {
    vec![held().described()]
}

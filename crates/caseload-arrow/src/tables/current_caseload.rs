//! The current caseload: the assignments that cover a day, and how many they are.

use caseload::report::{Case, CurrentCaseload, Load};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{Lists, Whom, cube_rows},
};

impl ToArrow for CurrentCaseload {
    fn tables(&self) -> Vec<Table<'_>> {
        let lists = Lists::of_cube(&self.loads);
        vec![
            cases().table(About::as_of(self.as_of), || self.cases.iter()),
            loads(&lists).table(About::as_of(self.as_of), || cube_rows(&self.loads)),
        ]
    }
}

fn cases<'a>() -> Layout<'a, &'a Case> {
    Layout::<&Case>::of("current_caseload_cases", 1, "an assignment that covers the day")
        .case(|case| case)
}

fn loads<'a>(lists: &Lists) -> Layout<'a, (Whom, &'a Load)> {
    let loads = "the caseload of a staff member in a program, or a sum";
    Layout::<(Whom, &Load)>::of("current_caseload_loads", 1, loads)
        .whom(lists, |(whom, _)| *whom)
        .load(|(_, load)| **load)
}

pub(super) fn described() -> Vec<Described> {
    vec![cases().described(), loads(&Lists::none()).described()]
}

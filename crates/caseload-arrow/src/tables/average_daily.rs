//! The average daily caseload.

use std::num::NonZeroU64;

use caseload::report::{AverageDailyCaseload, Ratio};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{Lists, Whom, cube_rows},
};

impl ToArrow for AverageDailyCaseload {
    fn tables(&self) -> Vec<Table<'_>> {
        let lists = Lists::of_cube(&self.covered_days);
        let days = NonZeroU64::from(self.range.days());
        let rows = move || {
            cube_rows(&self.covered_days).map(move |(whom, covered)| (whom, *covered, days))
        };
        vec![averages(&lists).table(About::range(self.range), rows)]
    }
}

/// Of whom, covered days, days of the range.
type Row = (Whom, u64, NonZeroU64);

fn averages<'a>(lists: &Lists) -> Layout<'a, Row> {
    let averages = "the average of a staff member in a program, or of a sum";
    Layout::<Row>::of("average_daily_caseload", 1, averages)
        .whom(lists, |(whom, ..)| *whom)
        .count("covered_days", "case-days", COVERED, |(_, covered, _)| Some(*covered))
        .count("range_days", "days", "Days of the range", |(.., days)| Some(days.get()))
        .float("average_daily_caseload", "cases", AVERAGE, |(_, covered, days)| {
            Ratio::new(*covered, days.get()).map(Ratio::as_f64)
        })
}

const COVERED: &str = "Days of the range that assignments cover, added up";
const AVERAGE: &str = "Covered days over days of the range";

pub(super) fn described() -> Vec<Described> {
    vec![averages(&Lists::none()).described()]
}

//! The daily series: how large a caseload is on every day of a range.

use caseload::{Day, report::DailySeries};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{Lists, Whom},
};

impl ToArrow for DailySeries {
    /// One table, with all of the first day, then all of the next. Its batches are made one by one from the
    /// numbers that the report has, so that a long series is never held twice.
    fn tables(&self) -> Vec<Table<'_>> {
        let about = About::range(self.range).and("caseload.by", self.by.word());
        let whose: Vec<Whom> = self.rows().map(Whom::from).collect();
        let rows = move || days(self, whose.clone());
        vec![series(&Lists::of_series(self)).table(about, rows)]
    }
}

type Row = (Day, Whom, u32);

fn days(series: &DailySeries, whose: Vec<Whom>) -> impl Iterator<Item = Row> {
    let each_day = series.range.each_day().zip(series.counts().chunks(whose.len().max(1)));
    let counts = each_day.flat_map(|(day, counts)| counts.iter().map(move |count| (day, *count)));
    counts.zip(whose.into_iter().cycle()).map(|((day, count), whom)| (day, whom, count))
}

fn series<'a>(lists: &Lists) -> Layout<'a, Row> {
    let days = "a day of each that has a case on any day of the range: of a staff member, a program, both \
                or all, as `caseload.by` says";
    Layout::<Row>::of("daily_series", 1, days)
        .day("day", "The day", |(day, ..)| Some(*day))
        .whom(lists, |(_, whom, _)| *whom)
        .count("cases", "assignments", "Those that cover the day", |(.., cases)| {
            Some(u64::from(*cases))
        })
}

pub(super) fn described() -> Vec<Described> {
    vec![series(&Lists::none()).described()]
}

//! On which days of a range somebody is enrolled without a caseworker.

use caseload::report::{CoverageGaps, Range, Ratio, Uncovered};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::Timeline,
};

impl ToArrow for CoverageGaps {
    fn tables(&self) -> Vec<Table<'_>> {
        let each_gap = || {
            let timelines = self.timelines.iter();
            timelines.flat_map(|(of, found)| found.gaps.iter().map(move |gap| (of, *gap)))
        };
        vec![
            timelines().table(About::range(self.range), || self.timelines.iter()),
            gaps().table(About::range(self.range), each_gap),
        ]
    }
}

fn timelines<'a>() -> Layout<'a, (&'a Timeline, &'a Uncovered)> {
    let timelines = "a participant in a program with an enrolled day in the range, gaps or none";
    let uncovered = "Enrolled days of the range without a caseworker";
    Layout::<(&Timeline, &Uncovered)>::of("coverage_gaps_timelines", 1, timelines)
        .timeline(|(of, _)| of)
        .count("uncovered_days", "days", uncovered, |(_, found)| Some(found.uncovered_days))
        .count("enrolled_days", "days", "Enrolled days of the range", |(_, found)| {
            Some(found.enrolled_days)
        })
        .float("share", "share", "Uncovered days over enrolled days", |(_, found)| {
            found.share().map(Ratio::as_f64)
        })
        .or_null("no day is enrolled")
}

fn gaps<'a>() -> Layout<'a, (&'a Timeline, Range)> {
    let gaps = "a gap, as long as can be within one enrollment";
    Layout::<(&Timeline, Range)>::of("coverage_gaps", 1, gaps)
        .timeline(|(of, _)| of)
        .day("start", "The first day of the gap", |(_, gap)| Some(gap.first()))
        .day("end", "The first day after it", |(_, gap)| gap.end())
        .or_null("it lasts to the end of the calendar")
        .count("days", "days", "How many days it has", |(_, gap)| Some(u64::from(gap.days().get())))
}

pub(super) fn described() -> Vec<Described> {
    vec![timelines().described(), gaps().described()]
}

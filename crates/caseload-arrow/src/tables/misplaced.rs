//! The assignments that lie outside their enrollment.

use caseload::report::{Misplaced, MisplacedCase};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{Lists, Whom, cube_rows},
};

impl ToArrow for Misplaced {
    fn tables(&self) -> Vec<Table<'_>> {
        let lists = Lists::of_cube(&self.counts);
        vec![
            cases().table(About::nothing(), || self.cases.iter()),
            counts(&lists).table(About::nothing(), || cube_rows(&self.counts)),
        ]
    }
}

fn cases<'a>() -> Layout<'a, &'a MisplacedCase> {
    let cases = "a current assignment that no single enrollment covers";
    Layout::<&MisplacedCase>::of("misplaced_cases", 1, cases)
        .case(|one| &one.case)
        .day("end", "The first day that is not covered", |one| one.period.end())
        .or_null("it is open")
        .all_or_null("it starts outside every enrollment", |layout| {
            layout
                .text("enrollment", "The enrollment that covers its start", |one| {
                    one.enrollment.as_ref().map(|(id, _)| id.as_str())
                })
                .day("enrollment_start", "The first day of that", |one| {
                    one.enrollment.as_ref().map(|(_, period)| period.start())
                })
                .day("enrollment_end", "The first day that that does not cover", |one| {
                    one.enrollment.as_ref().and_then(|(_, period)| period.end())
                })
                .or_null("that is open")
        })
}

fn counts<'a>(lists: &Lists) -> Layout<'a, (Whom, &'a u64)> {
    let counts = "a staff member in a program, or a sum";
    Layout::<(Whom, &u64)>::of("misplaced_counts", 1, counts).whom(lists, |(whom, _)| *whom).count(
        "cases",
        "assignments",
        "Those misplaced",
        |(_, count)| Some(**count),
    )
}

pub(super) fn described() -> Vec<Described> {
    vec![cases().described(), counts(&Lists::none()).described()]
}

//! How caseloads are spread over staff.

use caseload::report::{CaseloadDistribution, Spread};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{Lists, Whom, cube_rows},
};

impl ToArrow for CaseloadDistribution {
    /// Bands depend on where one cuts: whoever wants them groups the cases.
    fn tables(&self) -> Vec<Table<'_>> {
        let lists = Lists::of_cube(&self.cases);
        vec![
            cases(&lists).table(About::as_of(self.as_of), || cube_rows(&self.cases)),
            spreads(&lists).table(About::as_of(self.as_of), || each_spread(self)),
        ]
    }
}

/// One for each program in which somebody has a case, after that over all programs.
fn each_spread(report: &CaseloadDistribution) -> impl Iterator<Item = Row> {
    let rows = report.cases.rows().filter(|(staff, _)| staff.is_none());
    rows.map(|(_, place)| {
        let program = place.and_then(|place| report.cases.programs().get(place));
        (place, report.spread(program))
    })
}

fn cases<'a>(lists: &Lists) -> Layout<'a, (Whom, &'a u64)> {
    let cases = "the caseload of a staff member in a program, or a sum";
    Layout::<(Whom, &u64)>::of("caseload_distribution_cases", 1, cases)
        .whom(lists, |(whom, _)| *whom)
        .count("cases", "assignments", "Those that cover the day", |(_, cases)| Some(**cases))
}

/// The place of a program, and the caseloads in it.
type Row = (Option<usize>, Spread);

fn spreads<'a>(lists: &Lists) -> Layout<'a, Row> {
    Layout::<Row>::of("caseload_distribution_spreads", 1, "a program, or all of them")
        .program_of(lists, |(program, _)| *program)
        .count("staff_members", "staff", "With a case there", |(_, spread)| Some(spread.staff()))
        .count("cases", "assignments", "Theirs", |(_, spread)| Some(spread.cases()))
        .all_or_null("nobody has a case", middle)
        .all_or_null("fewer than 2 have a case", equity)
}

fn middle(layout: Layout<'_, Row>) -> Layout<'_, Row> {
    layout
        .count("least", "assignments", "The smallest caseload", |(_, spread)| {
            spread.least_and_most().map(|(least, _)| least)
        })
        .count("most", "assignments", "The largest caseload", |(_, spread)| {
            spread.least_and_most().map(|(_, most)| most)
        })
        .ratio("mean", "assignments", "Cases over staff members", |(_, spread)| spread.mean())
        .ratio("median", "assignments", "The caseload in the middle", |(_, spread)| spread.median())
}

fn equity(layout: Layout<'_, Row>) -> Layout<'_, Row> {
    layout
        .ratio("max_over_mean", "", "The largest caseload over the mean", |(_, spread)| {
            spread.max_over_mean()
        })
        .ratio("variation_squared", "", VARIATION, |(_, spread)| spread.variation_squared())
        .ratio("gini", "index", GINI, |(_, spread)| spread.gini())
}

const VARIATION: &str =
    "The square of the coefficient of variation (population standard deviation over mean)";
const GINI: &str = "The Gini coefficient: 0 where all are alike, (n - 1) / n where one has all";

pub(super) fn described() -> Vec<Described> {
    let none = Lists::none();
    vec![cases(&none).described(), spreads(&none).described()]
}

//! How evenly cases are spread over workers.

use caseload::{ProgramId, report::Spread};
use caseload_examples::table;

use super::{
    Failure, Year,
    words::{heading, middle, or_none, rate},
};

pub(crate) fn show(year: &Year) -> Result<(), Failure> {
    let report = year.snapshot.caseload_distribution(&year.everyone, &year.asked)?;
    heading(
        &format!("How evenly cases are spread on {}", report.as_of),
        "Workers with at least one case on that day, by how many cases they have. Where all have the same, the\n\
         largest over the average is 1, and variation and inequality are 0.",
    );
    let housing = report.spread(Some(&ProgramId::new("housing")?));
    let jobs = report.spread(Some(&ProgramId::new("jobs")?));
    let both = report.spread(None);
    show_bands(&both);
    let heads = [
        "Program",
        "Workers #",
        "Cases / workers #",
        "Middle #",
        "Fewest to most",
        "Largest over average #",
        "Variation (CV) #",
        "Inequality (Gini) #",
    ];
    let mut rows = table(&heads);
    for (program, spread) in [("housing", housing), ("jobs", jobs), ("both programs", both)] {
        let ends = spread.least_and_most().map(|(least, most)| format!("{least} to {most}"));
        rows.add_row([
            program.to_owned(),
            spread.staff().to_string(),
            rate(spread.mean()),
            middle(spread.median()),
            or_none(ends),
            rate(spread.max_over_mean()),
            or_none(spread.variation().map(|variation| format!("{variation:.2}"))),
            rate(spread.gini()),
        ]);
    }
    println!("{rows}");
    Ok(())
}

fn show_bands(both: &Spread) {
    let mut rows = table(&["Size of caseload", "Workers #", "Cases of theirs #"]);
    for band in both.bands([4, 5]) {
        let size = match band.below {
            Some(below) if below == band.from + 1 => format!("{} cases", band.from),
            Some(below) => format!("fewer than {below} cases"),
            None => format!("{} cases or more", band.from),
        };
        rows.add_row([size, band.staff.to_string(), band.cases.to_string()]);
    }
    println!("{rows}");
}

//! How long enrollments and cases last, and how many there will be.

use caseload::{
    ProgramId,
    report::{LengthOfStay, Lengths, Of, Stay, StockFlow},
};
use caseload_examples::table;

use super::{
    Failure, Year,
    words::{heading, or_none, rate, rate_to, sums_last},
};

fn enrollments(year: &Year) -> Result<LengthOfStay, Failure> {
    Ok(year.snapshot.length_of_stay(Stay::Enrollment, year.days, &year.everyone, &year.asked)?)
}

pub(crate) fn show_lengths(year: &Year) -> Result<(), Failure> {
    heading(
        "How long enrollments and cases last",
        &format!(
            "In days, from what was seen {}; those still open count for as long as they were seen.\n\
             After so many days a quarter, half and three quarters have ended; none where it has not come so far.",
            year.in_words()
        ),
    );
    let heads =
        ["What", "Began #", "Ended #", "Still open #", "A quarter #", "Half #", "Three quarters #"];
    let mut rows = table(&heads);
    let mut averages = table(&[
        "What",
        "Days in the year / began = average length #",
        "Days in the year / days of the year = open on a day #",
    ]);
    for (what, lengths) in each_length(year)? {
        averages.add_row([
            what.clone(),
            rate(lengths.mean_by_littles_law()),
            rate(lengths.mean_stock()),
        ]);
        rows.add_row(lengths_row(what, &lengths));
    }
    println!(
        "{rows}\nOn average. The average length is right where about as many end as begin.\n{averages}"
    );
    Ok(())
}

/// Enrollments by program, and cases by worker.
fn each_length(year: &Year) -> Result<Vec<(String, Lengths)>, Failure> {
    let mut found = Vec::new();
    for (of, lengths) in sums_last(&enrollments(year)?.lengths) {
        let what = of.program.as_ref().map_or("both programs", |program| program.as_str());
        found.push((format!("enrolled in {what}"), lengths.clone()));
    }
    let cases = Stay::Assignment;
    let cases = year.snapshot.length_of_stay(cases, year.days, &year.everyone, &year.asked)?;
    for (of, lengths) in sums_last(&cases.lengths) {
        if let (Some(worker), None) = (&of.staff, &of.program) {
            found.push((format!("cases of {worker}"), lengths.clone()));
        }
    }
    Ok(found)
}

fn lengths_row(what: String, lengths: &Lengths) -> [String; 7] {
    [
        what,
        lengths.starts.to_string(),
        lengths.ends().to_string(),
        lengths.open().to_string(),
        or_none(lengths.first_quartile()),
        or_none(lengths.median()),
        or_none(lengths.third_quartile()),
    ]
}

pub(crate) fn show_curve(year: &Year) -> Result<(), Failure> {
    heading(
        "How many stay longer than so many days in jobs",
        &format!(
            "Enrollments in jobs, {}: of those that could have ended after so many days, how many did,\n\
             and which share of all stays longer.",
            year.in_words()
        ),
    );
    let mut rows = table(&["After days #", "Ended / could have ended #", "Stay longer #"]);
    let report = enrollments(year)?;
    let jobs = Of::program(ProgramId::new("jobs")?);
    for step in report.lengths.get(&jobs).map(Lengths::curve).unwrap_or_default() {
        rows.add_row([
            step.days.to_string(),
            format!("{} / {}", step.ended, step.at_risk),
            format!("{:.1} %", step.survival * 100.0),
        ]);
    }
    println!("{rows}");
    Ok(())
}

pub(crate) fn show_forecast(year: &Year) -> Result<(), Failure> {
    heading(
        &format!("How many will be enrolled after {}", year.days.last_day()),
        "A guess, if as many go on coming as in the year. By lengths: those enrolled stay as long as others did.\n\
         By rates: each day the same share of those enrolled leaves.",
    );
    let report = enrollments(year)?;
    let heads = [
        "Program",
        "By",
        "On the last day #",
        "30 days on #",
        "90 days on #",
        "180 days on #",
        "In the end #",
    ];
    let mut rows = table(&heads);
    let mut rates = table(&["Program", "Begin in a day #", "Leave, of all days enrolled #"]);
    for (of, lengths) in sums_last(&report.lengths) {
        let program = of.program.as_ref().map_or("both programs", |program| program.as_str());
        let on = |days| lengths.forecast(days).map(|forecast| format!("{:.1}", forecast.stock()));
        let mut row = vec![program.to_owned(), "lengths".to_owned(), lengths.open().to_string()];
        row.extend([30, 90, 180].map(|days| or_none(on(days))));
        row.push("none".to_owned());
        rows.add_row(row);
        if let Some(flow) = lengths.stock_flow() {
            rows.add_row(by_rates(program, &flow));
            let [starts, exits] = [flow.starts, flow.exits].map(|rate| rate_to(5, Some(rate)));
            rates.add_row([program.to_owned(), starts, exits]);
        }
    }
    println!("{rows}\nThe rates of the year:\n{rates}");
    Ok(())
}

fn by_rates(program: &str, flow: &StockFlow) -> Vec<String> {
    let mut row = vec![program.to_owned(), "rates".to_owned(), flow.stock.to_string()];
    row.extend([30, 90, 180].map(|days| format!("{:.1}", flow.after(days))));
    row.push(or_none(flow.limit().map(|limit| format!("{:.1}", limit.as_f64()))));
    row
}

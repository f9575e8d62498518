//! How large caseloads are: on a day, on each day, and on average.

use caseload::{
    Day, EnrollmentId, ParticipantId, StaffId,
    report::{
        ActiveIn, By, CaseloadFilter, DailySeries, Filter, Matches, Of, OnCaseload, Ratio, When,
    },
};
use caseload_examples::table;

use super::{
    Failure, Year,
    words::{heading, month_of, or_none, rate, sums_last, whose},
};

pub(crate) fn show_current(year: &Year) -> Result<(), Failure> {
    let report = year.snapshot.current_caseload(&year.everyone, &year.asked)?;
    heading(
        &format!("Current caseload on {}", report.as_of),
        "Cases and different participants of each worker on that day, and of how many the worker is the main one.",
    );
    let heads = [
        "Worker",
        "Program",
        "Cases #",
        "Participants #",
        "As main worker #",
        "Longest case since",
    ];
    let mut rows = table(&heads);
    for (of, load) in sums_last(&report.loads) {
        let [worker, program] = whose(&of);
        let longest = or_none(report.cases_of(&of).map(|case| case.start).min());
        let numbers = [load.cases, load.participants, load.primaries].map(|n| n.to_string());
        rows.add_row([worker, program].into_iter().chain(numbers).chain([longest]));
    }
    println!("{rows}");
    Ok(())
}

pub(crate) fn show_filter(year: &Year) -> Result<(), Failure> {
    heading(
        "Your own list, only those whom maria works with",
        &format!(
            "Each line of a list of yours: on maria's caseload on {}, or on any day of the year?",
            year.asked.as_of
        ),
    );
    let maria = Filter::all().staff([StaffId::new("maria")?]);
    let on_the_day = CaseloadFilter::when(When::AsOf(year.asked.as_of)).of(maria.clone());
    let any_day = CaseloadFilter::when(When::In(year.days, ActiveIn::AtLeastOneDay)).of(maria);
    let mut rows = table(&["Your line", "About", "On the day", "On any day of the year"]);

    let list = ["P-02", "P-03", "P-05", "P-11", "P-99"].map(ParticipantId::new);
    let list = list.into_iter().collect::<Result<Vec<ParticipantId>, _>>()?;
    let now = year.snapshot.on_caseload(&list, &on_the_day, &year.asked)?;
    let ever = year.snapshot.on_caseload(&list, &any_day, &year.asked)?;
    for ((id, now), ever) in list.iter().zip(answers(&now)).zip(answers(&ever)) {
        rows.add_row([id.as_str(), "participant", now, ever]);
    }

    let list = ["P-05-housing", "P-05-jobs"].map(EnrollmentId::new);
    let list = list.into_iter().collect::<Result<Vec<EnrollmentId>, _>>()?;
    let now = year.snapshot.enrollments_on_caseload(&list, &on_the_day, &year.asked)?;
    let ever = year.snapshot.enrollments_on_caseload(&list, &any_day, &year.asked)?;
    for ((id, now), ever) in list.iter().zip(answers(&now)).zip(answers(&ever)) {
        rows.add_row([id.as_str(), "enrollment", now, ever]);
    }
    println!("{rows}");
    Ok(())
}

fn answers<T>(matches: &Matches<T>) -> impl Iterator<Item = &'static str> {
    matches.mask.iter().map(|on| match on {
        OnCaseload::Yes => "yes",
        OnCaseload::No => "no",
    })
}

pub(crate) fn show_daily(year: &Year) -> Result<(), Failure> {
    let series = |by| year.snapshot.daily_series(year.days, by, &year.everyone, &year.asked);
    let (report, together) = (series(By::Staff)?, series(By::All)?);
    heading(
        "Caseload on every day",
        &format!(
            "Cases of each worker in both programs, {}. One sign a week, for its first day; the higher\n\
             the block the more cases, on one scale for all three. A dot is a day without a case.",
            year.in_words()
        ),
    );
    let mut rows = table(&["Worker", "Week by week", "Fewest #", "Most #", "First day with most"]);
    rows.add_row(["", &ruler(year), "", "", ""]);
    let largest = report.counts().iter().copied().max().unwrap_or(0);
    for of in report.keys() {
        let [worker, _] = whose(&of);
        let drawing = drawing(&report, &of, largest);
        rows.add_row([vec![worker, drawing], extremes(&report, &of)].concat());
    }
    println!("{rows}");
    if let [fewest, most, day] = extremes(&together, &Of::ALL).as_slice() {
        println!("All three together: fewest {fewest}, most {most}, on {day} for the first time.");
    }
    Ok(())
}

const WEEK: usize = 7;

fn drawing(report: &DailySeries, of: &Of, largest: u32) -> String {
    report.days_of(of).step_by(WEEK).map(|(_, count)| block(count, largest)).collect()
}

/// An eighth of the height for each eighth of the largest, and never none for a case.
fn block(count: u32, largest: u32) -> char {
    let eighths = count.saturating_mul(8).div_ceil(largest.max(1));
    match eighths {
        0 => '·',
        1 => '▁',
        2 => '▂',
        3 => '▃',
        4 => '▄',
        5 => '▅',
        6 => '▆',
        7 => '▇',
        _ => '█',
    }
}

/// The initial of each month over the first week that begins in it.
fn ruler(year: &Year) -> String {
    let mut signs = String::new();
    let mut initials = "JFMAMJJASOND".chars();
    let mut last = None;
    for day in year.days.each_day().step_by(WEEK) {
        let month = Some(month_of(day));
        let sign = if month == last { None } else { initials.next() };
        signs.push(sign.unwrap_or(' '));
        last = month;
    }
    signs
}

/// The fewest and the most cases, and the first day with the most.
fn extremes(report: &DailySeries, of: &Of) -> Vec<String> {
    let counts = || report.days_of(of).map(|(_, count)| count);
    let most = counts().max();
    let first: Option<Day> =
        report.days_of(of).find(|(_, count)| Some(*count) == most).map(|(day, _)| day);
    vec![or_none(counts().min()), or_none(most), or_none(first)]
}

pub(crate) fn show_average(year: &Year) -> Result<(), Failure> {
    let report = year.snapshot.average_daily_caseload(year.days, &year.everyone, &year.asked)?;
    heading(
        "Average daily caseload",
        &format!(
            "Days on which a case was a worker's, added up over all cases, over the {} days from {}.",
            report.range.days(),
            year.in_words()
        ),
    );
    let mut rows = table(&["Worker", "Program", "Days of cases / days = average #"]);
    for (of, _) in sums_last(&report.covered_days) {
        let average: Option<Ratio> = report.average(&of);
        let [worker, program] = whose(&of);
        rows.add_row([worker, program, rate(average)]);
    }
    println!("{rows}");
    Ok(())
}

//! What was put right after it was entered, and what does not fit together.

use std::collections::BTreeMap;

use caseload::{
    Asked, Day, KnownAt, Line,
    report::{Case, Correction, Of},
};
use caseload_examples::table;

use super::{
    Failure, Year,
    words::{day_of, heading, last_day, sums_last, whose, why},
};

pub(crate) fn show_corrections(year: &Year) -> Result<(), Failure> {
    let report = year.snapshot.corrections(None, &year.everyone, &year.asked)?;
    heading(
        "What was put right",
        &format!(
            "Enrollments and cases that were corrected or taken back, ever, as known on {}.",
            year.asked.as_of
        ),
    );
    let mut rows = table(&["On", "By", "Said before", "Put right to", "Why"]);
    for one in &report.corrections {
        let after = one.after.as_ref().map_or_else(|| "nothing: taken back".to_owned(), days_of);
        rows.add_row([
            day_of(&one.by),
            one.by.actor.as_str().to_owned(),
            format!("{}, {}", subject(&one.before), days_of(&one.before)),
            after,
            why_corrected(one),
        ]);
    }
    println!("{rows}");
    Ok(())
}

/// An enrollment keeps its id only where the program's own list moved its days.
fn why_corrected(one: &Correction) -> String {
    let is_the_same = one.after.as_ref().is_some_and(|after| after.id() == one.before.id());
    match &one.reason {
        None if is_the_same => "the program's own list says so".to_owned(),
        reason => why(reason.as_ref()),
    }
}

fn subject(line: &Line) -> String {
    match line {
        Line::Enrollment(line) => format!("{} enrolled in {}", line.participant, line.program),
        Line::Assignment(line) => {
            format!("{} in {} with {}", line.participant, line.program, line.staff)
        }
    }
}

fn days_of(line: &Line) -> String {
    let period = match line {
        Line::Enrollment(line) => line.period,
        Line::Assignment(line) => line.period,
    };
    format!("{} to {}", period.start(), last_day(period))
}

pub(crate) fn show_then_and_now(year: &Year) -> Result<(), Failure> {
    let day: Day = "2025-06-30".parse()?;
    let evening = KnownAt::Instant(format!("{day}T20:00:00.000000Z").parse()?);
    let report = year.snapshot.caseload_then_and_now(evening, &year.everyone, &Asked::of(day))?;
    heading(
        &format!("The caseload of {day}, as printed that evening and as known now"),
        "Cases of that day. The numbers differ where something was corrected or taken back since.",
    );
    let mut rows = table(&["Worker", "Cases as printed #", "Cases as known now #"]);
    let mut cases: BTreeMap<Of, (u64, u64)> = BTreeMap::new();
    for (of, load) in &report.then.loads {
        cases.entry(of).or_default().0 = load.cases;
    }
    for (of, load) in &report.now.loads {
        cases.entry(of).or_default().1 = load.cases;
    }
    for (of, (then, now)) in sums_last(cases) {
        if of.program.is_none() {
            let [worker, _] = whose(&of);
            rows.add_row([worker, then.to_string(), now.to_string()]);
        }
    }
    println!("{rows}\nWhat is different:");
    let mut rows = table(&["Where", "Worker", "Program", "Participant", "Since"]);
    for (place, cases) in [("only as printed", &report.gone), ("only as known now", &report.come)] {
        for case in cases {
            rows.add_row(case_row(place, case));
        }
    }
    println!("{rows}");
    Ok(())
}

fn case_row(place: &str, case: &Case) -> [String; 5] {
    [
        place.to_owned(),
        case.staff.to_string(),
        case.program.to_string(),
        case.participant.to_string(),
        case.start.to_string(),
    ]
}

pub(crate) fn show_misplaced(year: &Year) -> Result<(), Failure> {
    let report = year.snapshot.misplaced(&year.everyone, &year.asked)?;
    let count = report.counts.get(&Of::ALL).copied().unwrap_or(0);
    heading(
        "Cases that go on outside the enrollment",
        &format!(
            "Cases of any day that no enrollment covers wholly: {count}. Somebody should look at them;\n\
             until then they are counted in the caseloads above like any other."
        ),
    );
    let heads = [
        "Worker",
        "Program",
        "Participant",
        "Case, first to last day",
        "Enrollment, first to last day",
    ];
    let mut rows = table(&heads);
    for one in &report.cases {
        let days = |period: caseload::Period| format!("{} to {}", period.start(), last_day(period));
        let enrollment = one.enrollment.as_ref().map(|(_, period)| days(*period));
        rows.add_row([
            one.case.staff.to_string(),
            one.case.program.to_string(),
            one.case.participant.to_string(),
            days(one.period),
            enrollment.unwrap_or_else(|| "begins on a day without one".to_owned()),
        ]);
    }
    println!("{rows}");
    Ok(())
}

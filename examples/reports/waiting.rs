//! Who has no worker: on a day, and on which days of the year.

use caseload::{
    Actor, Agency, Assign, StaffId, Verdict,
    report::{Ratio, Waiting},
};
use caseload_examples::table;

use super::{
    Failure, Year,
    words::{heading, share},
};

pub(crate) fn show_waiting(year: &Year, agency: &Agency) -> Result<(), Failure> {
    let report = year.snapshot.without_caseworker(&year.everyone, &year.asked)?;
    heading(
        &format!("Enrolled without a worker on {}", report.as_of),
        "Participants in a program on that day whom no worker has, and since when.",
    );
    let mut rows = table(&["Program", "Without a worker of all enrolled"]);
    for (program, count) in &report.counts {
        rows.add_row([program.to_string(), share(count.share())]);
    }
    println!("{rows}");
    let mut rows = table(&[
        "Program",
        "Participant",
        "Without a worker since",
        "May a worker begin on that day?",
    ]);
    for waiting in &report.waiting {
        rows.add_row([
            waiting.program.to_string(),
            waiting.participant.to_string(),
            waiting.since.to_string(),
            who_could_begin(year, agency, waiting)?,
        ]);
    }
    println!("{rows}");
    Ok(())
}

/// What the rules would say of each worker today. Nothing is recorded.
fn who_could_begin(year: &Year, agency: &Agency, waiting: &Waiting) -> Result<String, Failure> {
    let desk = agency.acting_as(Actor::from(StaffId::new("ines")?)).on(year.asked.as_of);
    let mut answers = Vec::new();
    for worker in ["maria", "noor", "tom"] {
        let (program, who) = (waiting.program.clone(), waiting.participant.clone());
        let assign = Assign::new(StaffId::new(worker)?, who, program, waiting.since);
        answers.push(match desk.review(assign)? {
            Verdict::Refused { violations, .. } => {
                let why: Vec<String> = violations.iter().map(|v| v.problem.to_string()).collect();
                format!("{worker}: no, {}", why.join("; "))
            }
            Verdict::Accepted { .. } | Verdict::Known(_) => format!("{worker}: yes"),
        });
    }
    Ok(answers.join("\n"))
}

pub(crate) fn show_gaps(year: &Year) -> Result<(), Failure> {
    let report = year.snapshot.coverage_gaps(year.days, &year.everyone, &year.asked)?;
    heading(
        "Days without a worker",
        &format!(
            "Days on which a participant was enrolled and no worker had them, of all days enrolled, {}.",
            year.in_words()
        ),
    );
    let mut rows = table(&["Program", "Participant", "Days without of days enrolled", "Which"]);
    for ((program, participant), found) in &report.timelines {
        if found.uncovered_days == 0 {
            continue;
        }
        let gaps = found.gaps.iter().map(|gap| format!("{} to {}", gap.first(), gap.last_day()));
        let gaps: Vec<String> = gaps.collect();
        let which = gaps.join("\n");
        rows.add_row([program.to_string(), participant.to_string(), share(found.share()), which]);
    }
    let enrolled = report.timelines.values().map(|found| found.enrolled_days).sum();
    let uncovered = report.timelines.values().map(|found| found.uncovered_days).sum();
    let all = share(Ratio::new(uncovered, enrolled));
    rows.add_row(["both programs", "all, also those without a gap", &all, ""]);
    println!("{rows}");
    Ok(())
}

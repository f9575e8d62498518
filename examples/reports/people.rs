//! One participant's story, and how often participants change workers.

use caseload::{
    Cause, Ending, ParticipantId,
    report::{
        AssignmentHistory, Changed, Continuity, EndCause, EnrollmentHistory, InRole,
        WorkerContinuity,
    },
};
use caseload_examples::table;

use super::{
    Failure, Year,
    words::{by, heading, last_day, rate, rate_to, share, sums_last, why},
};

pub(crate) fn show_history(year: &Year, participant: &str) -> Result<(), Failure> {
    let id = ParticipantId::new(participant)?;
    let report = year.snapshot.participant_history(&id, &year.everyone, &year.asked)?;
    let workers: Vec<&str> = report.caseworkers.iter().map(|case| case.staff.as_str()).collect();
    let workers = if workers.is_empty() { "nobody".to_owned() } else { workers.join(", ") };
    heading(
        &format!("Everything entered about {participant}"),
        &format!(
            "Every line, also those that count no more. Worker on {}: {workers}.",
            year.asked.as_of
        ),
    );
    let mut rows =
        table(&["What", "Program", "First day", "Last day", "Entered by", "What became of it"]);
    for line in &report.enrollments {
        rows.add_row(enrollment_row(line));
    }
    for line in &report.assignments {
        rows.add_row(case_row(line));
    }
    println!("{rows}");
    Ok(())
}

fn enrollment_row(line: &EnrollmentHistory) -> [String; 6] {
    let enrollment = &line.enrollment;
    let changed_how = match enrollment.ending {
        Ending::Dismissed => "left the program",
        Ending::AsEntered => "days changed",
    };
    let days = line.days_changed.as_ref().map(|changed| told(changed_how, changed));
    [
        "enrolled".to_owned(),
        enrollment.program.to_string(),
        enrollment.period.start().to_string(),
        last_day(enrollment.period),
        by(&line.entered),
        closed(line.superseded_by.is_some(), line.closed.as_ref())
            .or(days)
            .unwrap_or_else(|| "still counts".to_owned()),
    ]
}

fn case_row(line: &AssignmentHistory) -> [String; 6] {
    let case = &line.assignment;
    let ended = line.ended.as_ref().map(|(cause, changed)| told(ended_how(*cause), changed));
    [
        format!("case of {}", case.staff),
        case.program.to_string(),
        case.period.start().to_string(),
        last_day(case.period),
        by(&line.entered),
        closed(line.superseded_by.is_some(), line.closed.as_ref())
            .or(ended)
            .unwrap_or_else(|| "still counts".to_owned()),
    ]
}

/// Why a line counts no more; `None` while it does.
fn closed(is_corrected: bool, closed: Option<&Changed>) -> Option<String> {
    let what = if is_corrected { "corrected, counts no more" } else { "taken back" };
    closed.map(|changed| told(what, changed))
}

fn ended_how(cause: EndCause) -> &'static str {
    match cause {
        EndCause::AsEntered => "end entered with it",
        EndCause::HandedOver | EndCause::Given(Cause::Transfer) => "handed over",
        EndCause::Given(Cause::Command) => "ended",
        EndCause::Given(Cause::EnrollmentEnd) => "ended as the enrollment did",
        EndCause::Given(Cause::StaffDeactivated) => "ended as the worker left",
        EndCause::Given(Cause::Mirror) => "ended as the program's own list said",
    }
}

fn told(what: &str, changed: &Changed) -> String {
    format!("{what}, by {}: {}", by(&changed.by), why(changed.reason.as_ref()))
}

pub(crate) fn show_continuity(year: &Year) -> Result<(), Failure> {
    let asked = &year.asked;
    let report = year.snapshot.worker_continuity(year.days, &InRole::Any, &year.everyone, asked)?;
    heading(
        "How often participants changed workers",
        &format!(
            "In the days {}, for those with a change of worker or with days without one.\n\
             COC is 1 where one worker had all days, and the nearer to 0 the more workers share them. SECON: of all\n\
             days with a worker that another such day follows, those followed by a day of the same worker.",
            year.in_words()
        ),
    );
    show_each(&report);
    show_sums(&report);
    Ok(())
}

fn show_each(report: &WorkerContinuity) {
    let heads = [
        "Program",
        "Participant",
        "Changes #",
        "Days of each worker",
        "Days of the worker who had most #",
        "One worker's all (COC) #",
        "Same worker next (SECON) #",
        "Days without #",
    ];
    let mut rows = table(&heads);
    for ((program, participant), one) in &report.timelines {
        if one.changes == 0 && one.uncovered_days == 0 {
            continue;
        }
        rows.add_row([
            program.to_string(),
            participant.to_string(),
            one.changes.to_string(),
            days_of_each(one),
            share(one.usual_worker_share()),
            rate_to(3, one.concentration()),
            rate_to(3, one.sequence()),
            one.uncovered_days.to_string(),
        ]);
    }
    println!("{rows}");
}

fn days_of_each(one: &Continuity) -> String {
    let each: Vec<String> =
        one.days.iter().map(|(staff, days)| format!("{staff} {days}")).collect();
    if each.is_empty() { "none".to_owned() } else { each.join("\n") }
}

fn show_sums(report: &WorkerContinuity) {
    println!(
        "All participants. The shares are of those still enrolled on {}; who had no worker had no change.",
        report.range.last_day()
    );
    let heads = [
        "Program",
        "Changes #",
        "Days with a worker #",
        "Changes in 1000 days #",
        "No change",
        "One",
        "Two or more",
    ];
    let mut rows = table(&heads);
    for (of, sum) in sums_last(&report.sums) {
        rows.add_row([
            of.program.as_ref().map_or_else(|| "both programs".to_owned(), ToString::to_string),
            sum.changes.to_string(),
            sum.assigned_days.to_string(),
            rate(sum.changes_per_1000_days()),
            share(sum.share_with(0)),
            share(sum.share_with(1)),
            share(sum.share_with_at_least(2)),
        ]);
    }
    println!("{rows}");
}

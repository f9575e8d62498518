//! Every question and report by its name, each converted, asked and told as tables.

use caseload::{Counts, Held, Lines, Snapshot, Tell};
use caseload_arrow::ToArrow;

use crate::{arguments::Arguments, failure::Failure, table::Table};

type Answer = Result<Vec<Table>, Failure>;

/// The tables that answer a question or a report. Questions are answered at once: only reports tell how far
/// they have come.
pub(crate) fn answer(
    snapshot: &Snapshot,
    what: &str,
    given: &mut Arguments,
    tell: Tell<'_>,
) -> Answer {
    match what {
        "caseload" | "held" | "counts" | "history" | "everything" => {
            question(snapshot, what, given)
        }
        "current_caseload" | "caseload_distribution" | "without_caseworker" | "misplaced" => {
            of_a_day(snapshot, what, given, tell)
        }
        "daily_series"
        | "average_daily_caseload"
        | "flow"
        | "coverage_gaps"
        | "transfers"
        | "length_of_stay" => over_days(snapshot, what, given, tell),
        _ => of_people(snapshot, what, given, tell),
    }
}

fn told(report: &impl ToArrow) -> Answer {
    Table::all_of(report)
}

fn question(snapshot: &Snapshot, what: &str, given: &mut Arguments) -> Answer {
    let (staff, program) = (given.staff("staff"), given.program("program"));
    let participant = given.participant("participant");
    let asked = given.asked();
    match what {
        "caseload" => {
            let (staff, asked) = given.all(staff.zip(asked))?;
            let held: Vec<Held> = snapshot.caseload(&staff, program.as_ref(), &asked)?;
            told(&held)
        }
        "held" => told(&snapshot.held(program.as_ref(), &given.all(asked)?)?),
        "counts" => {
            let counts: Counts = snapshot.counts(program.as_ref(), &given.all(asked)?)?;
            told(&counts)
        }
        "history" => {
            let read = given.all(participant.zip(program).zip(asked))?;
            let ((participant, program), asked) = read;
            let lines: Lines = snapshot.history(&participant, &program, &asked)?;
            told(&lines)
        }
        _ => told(&snapshot.everything(&given.all(asked)?)?),
    }
}

fn of_a_day(snapshot: &Snapshot, what: &str, given: &mut Arguments, tell: Tell<'_>) -> Answer {
    let (filter, asked) = (given.filter(), given.asked());
    let asked = given.all(asked)?;
    let asked = asked.telling(tell);
    match what {
        "current_caseload" => told(&snapshot.current_caseload(&filter, asked)?),
        "caseload_distribution" => told(&snapshot.caseload_distribution(&filter, asked)?),
        "without_caseworker" => told(&snapshot.without_caseworker(&filter, asked)?),
        _ => told(&snapshot.misplaced(&filter, asked)?),
    }
}

fn over_days(snapshot: &Snapshot, what: &str, given: &mut Arguments, tell: Tell<'_>) -> Answer {
    let (range, filter) = (given.range(), given.filter());
    let (by, stay) = (given.by().unwrap_or_default(), given.stay());
    let asked = given.asked();
    let (range, asked) = given.all(range.zip(asked))?;
    let asked = asked.telling(tell);
    match what {
        "daily_series" => told(&snapshot.daily_series(range, by, &filter, asked)?),
        "average_daily_caseload" => told(&snapshot.average_daily_caseload(range, &filter, asked)?),
        "flow" => told(&snapshot.flow(range, &filter, asked)?),
        "coverage_gaps" => told(&snapshot.coverage_gaps(range, &filter, asked)?),
        "transfers" => told(&snapshot.transfers(range, &filter, asked)?),
        _ => {
            let stay = stay.ok_or_else(|| Failure::argument("stay", "missing"))?;
            told(&snapshot.length_of_stay(stay, range, &filter, asked)?)
        }
    }
}

fn of_people(snapshot: &Snapshot, what: &str, given: &mut Arguments, tell: Tell<'_>) -> Answer {
    match what {
        "participant_history" => {
            let (participant, filter) = (given.participant("participant"), given.filter());
            let read = participant.zip(given.asked());
            let (participant, asked) = given.all(read)?;
            told(&snapshot.participant_history(&participant, &filter, &asked)?)
        }
        "worker_continuity" => {
            let (range, role, filter) = (given.range(), given.role(), given.filter());
            let read = range.zip(given.asked());
            let (range, asked) = given.all(read)?;
            told(&snapshot.worker_continuity(range, &role, &filter, asked.telling(tell))?)
        }
        "corrections" => {
            let (since, filter) = (given.known_at("since"), given.filter());
            let asked = given.asked();
            let asked = given.all(asked)?;
            told(&snapshot.corrections(since, &filter, asked.telling(tell))?)
        }
        "caseload_then_and_now" => {
            let (then, filter) = (given.known_at("then"), given.filter());
            let read = then.zip(given.asked());
            let (then, asked) = given.all(read)?;
            told(&snapshot.caseload_then_and_now(then, &filter, asked.telling(tell))?)
        }
        other => Err(Failure::Bug(format!("there is no report `{other}`"))),
    }
}

//! What comes to caseloads and leaves them, and who hands whom over to whom.

use caseload::{
    ProgramId,
    report::{Balance, Filter, MonthFlow},
};
use caseload_examples::table;

use super::{
    Failure, Year,
    words::{by, heading, middle, month_of, why},
};

pub(crate) fn show_flow(year: &Year) -> Result<(), Failure> {
    heading(
        "Cases that came and went, month by month",
        &format!(
            "Cases in each program, {}. What was there, was new or was taken over is what ended,\n\
             was handed on or is still there. A case ends on the day after its last day: one whose last\n\
             day is 31 July ended in August. The middle length is of those that ended or were handed on. Served is\n\
             who had a worker on a day of the month; a month without a case is left out.",
            year.in_words()
        ),
    );
    for program in ["housing", "jobs"] {
        println!("{program}:");
        let only = Filter::all().programs([ProgramId::new(program)?]);
        let report = year.snapshot.flow(year.days, &only, &year.asked)?;
        let heads = [
            "Month",
            "There before #",
            "New #",
            "Taken over #",
            "Ended #",
            "Handed on #",
            "Still there #",
            "Participants served #",
            "Middle length, days #",
            "Adds up",
        ];
        let mut rows = table(&heads);
        for (_, month, flow) in report.iter() {
            rows.add_row(flow_row(month_of(month.first()), flow));
        }
        println!("{rows}");
    }
    Ok(())
}

fn flow_row(month: String, flow: &MonthFlow) -> Vec<String> {
    let numbers = [
        flow.carried_in,
        flow.opened,
        flow.transferred_in,
        flow.closed,
        flow.transferred_out,
        flow.carried_out,
        flow.served_participants,
    ];
    let adds_up = match flow.balance() {
        Balance::Even => "yes",
        Balance::Broken => "no",
    };
    let mut row = vec![month];
    row.extend(numbers.map(|number| number.to_string()));
    row.extend([middle(flow.median_length()), adds_up.to_owned()]);
    row
}

pub(crate) fn show_transfers(year: &Year) -> Result<(), Failure> {
    let report = year.snapshot.transfers(year.days, &year.everyone, &year.asked)?;
    heading(
        "Participants handed over from one worker to another",
        &format!("Each hand-over, {}, by the first day of the new worker.", year.in_words()),
    );
    let mut rows =
        table(&["First day", "Program", "Participant", "From", "To", "Why", "Entered by"]);
    for one in &report.hand_overs {
        rows.add_row([
            one.date.to_string(),
            one.program.to_string(),
            one.participant.to_string(),
            one.from.to_string(),
            one.to.to_string(),
            why(one.reason.as_ref()),
            by(&one.started_by),
        ]);
    }
    println!("{rows}\nHow often from whom to whom:");
    let mut rows = table(&["From", "To", "Program", "Times #"]);
    for (route, times) in &report.counts {
        let ids = [route.from.to_string(), route.to.to_string(), route.program.to_string()];
        rows.add_row(ids.into_iter().chain([times.to_string()]));
    }
    println!("{rows}");
    Ok(())
}

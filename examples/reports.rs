//! Every report of [`caseload::report`], printed for a supervisor at the end of a year.
//!
//! The agency is made up and kept in memory: `reports/agency.rs` tells its year. Each other file in
//! `reports/` asks reports of one kind and lays them out; that is the only place where anything is rounded.
//!
//! `cargo run --release --example reports`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to people")]

#[path = "reports/mod.rs"]
mod pages;

use std::process::ExitCode;

use caseload::{Agency, report::Range};
use caseload_examples::in_words;

use pages::{Failure, Year, agency, audit, changes, equity, lengths, loads, people, waiting};

const USAGE: &str = "\
Makes up a small agency in memory and prints every report about its year.

usage: reports
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => match run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("reports: {}", in_words(error.as_ref()));
                ExitCode::FAILURE
            }
        },
        ["--help" | "-h"] => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        [other, ..] => {
            eprintln!("reports: `{other}` is not known here\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let agency = agency::build()?;
    let year = year_of(&agency)?;
    println!(
        "The year {} to {} in a made-up agency: the workers maria, noor and tom,\n\
         the programs housing and jobs, and fifteen participants, P-01 to P-15.\n\n\
         A case is one worker responsible for one participant in one program. A last day is still\n\
         a day of the case. What cannot be told, such as a share of nothing, is none, and never 0.",
        year.days.first(),
        year.days.last_day()
    );

    loads::show_current(&year)?;
    loads::show_filter(&year)?;
    loads::show_daily(&year)?;
    loads::show_average(&year)?;
    equity::show(&year)?;
    changes::show_flow(&year)?;
    changes::show_transfers(&year)?;
    waiting::show_waiting(&year, &agency)?;
    waiting::show_gaps(&year)?;
    for participant in ["P-14", "P-12", "P-07"] {
        people::show_history(&year, participant)?;
    }
    people::show_continuity(&year)?;
    lengths::show_lengths(&year)?;
    lengths::show_curve(&year)?;
    lengths::show_forecast(&year)?;
    audit::show_corrections(&year)?;
    audit::show_then_and_now(&year)?;
    audit::show_misplaced(&year)?;
    Ok(())
}

/// All reports are asked of one snapshot, so that they agree.
fn year_of(agency: &Agency) -> Result<Year, Failure> {
    let (first, last) = ("2025-01-01".parse()?, "2025-12-31".parse()?);
    Ok(Year::new(Range::from_last_day(first, last)?, agency.snapshot()?))
}

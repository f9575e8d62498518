//! A sheet that caseworkers fill in, from the template to the verdict on every row.
//!
//! The agency is made up and kept in memory, the files lie in a folder that is gone afterwards:
//!
//! 1. a template is written, as a workbook and as a CSV;
//! 2. somebody fills in a sheet, with the mistakes that people make;
//! 3. a dry run tells what would become of every row;
//! 4. the sheet is uploaded, and what passes is stored.
//!
//! `cargo run --release --example batch_upload`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to people")]

use std::{error::Error as StdError, fs::File, path::Path, process::ExitCode};

use caseload::{
    Actor, Agency, Asked, Command, Context, DefineProgram, Enroll, Flow, MemoryLog, Name,
    ParticipantId, ProgramId, RegisterStaff, RequestId, StaffId,
};
use caseload_examples::{in_words, progress_bar, table};
use caseload_io::batch::{BatchFile, Column, FileVerdict, Mode, Options, ResultFile, Template};

type Failure = Box<dyn StdError>;

/// The sheet as it comes back, with a blank row and seven mistakes.
const FILLED_IN: &str = "\
Participant ID,Program name,Staff name,Action,Start date,Last day,Role,Reason
#SAMPLE,Housing First,Maria Ortega,begin,2024-02-01,,primary,
P-01,Housing,Maria Ortega,begin,2024-03-01,,,
P-02,housing,\"Ortega, Maria\",,2024-03-01,,,
P-03,Housing,Tom Berg,begin,2024-04-01,2024-12-31,,

P-01,Housing,Maria Ortega,end,2024-03-01,2024-06-30,,moved to another town
P-02,Housing,Maria Ortega,end,2024-03-02,2024-06-30,,
P-02,Housing,Maria Ortega,begin,2024-05-01,,,
P-04,Housing,Tom Berg,begin,2024-01-15,,,
P-05,Housing,Tom Berg,begin,2024-03-01,,,
P-04,Housing,Tim Berg,begin,1 March 2024,,,
P-04,Housing,Noor Haddad,begin,2024-03-01,,,
P-04,Housing,Tom Berg,,2024-03-01,2024-12-31,,
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("batch_upload: {}", in_words(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let context = Context::new(Actor::Root, "2024-06-15".parse()?);
    let agency = made_up(&context)?;
    write_templates(&agency, folder.path())?;
    let sheet = folder.path().join("june.csv");
    std::fs::write(&sheet, FILLED_IN)?;

    println!("== Dry run: what would become of every row ==");
    upload(&agency, &context, &sheet, Mode::DryRun)?;
    println!("== Partial: what passes is stored ==");
    // Under the same request an upload that was cut off goes on where it was, and stores nothing twice.
    let context = context.request(RequestId::new("june")?);
    upload(&agency, &context, &sheet, Mode::Partial)?;
    show_caseloads(&agency, &context)
}

/// Two programs, four workers, two of whom share a name, and four people in housing.
fn made_up(context: &Context) -> Result<Agency, Failure> {
    let agency = Agency::open(MemoryLog::new())?;
    let record = |command: Command| agency.record(command, context.clone());
    let housing = ProgramId::new("housing")?;
    for (id, name) in [("housing", "Housing"), ("jobs", "Jobs")] {
        record(DefineProgram::new(ProgramId::new(id)?).name(Name::new(name)?).into())?;
    }
    let staff = [("maria", "Maria Ortega"), ("tom", "Tom Berg"), ("noor", "Noor Haddad")];
    for (id, name) in staff.into_iter().chain([("noor2", "Noor Haddad")]) {
        record(RegisterStaff::new(StaffId::new(id)?).name(Name::new(name)?).into())?;
    }
    for id in ["P-01", "P-02", "P-03", "P-04"] {
        let start = "2024-02-01".parse()?;
        record(Enroll::new(ParticipantId::new(id)?, housing.clone(), start).into())?;
    }
    Ok(agency)
}

fn write_templates(agency: &Agency, folder: &Path) -> Result<(), Failure> {
    let template = Template::default();
    let book = File::create(folder.join("template.xlsx"))?;
    template.write_workbook(&agency.snapshot()?, book)?;
    template.write_csv(File::create(folder.join("template.csv"))?)?;
    let columns: Vec<&str> = template.columns().into_iter().map(Column::name).collect();
    println!(
        "A template was written, as template.xlsx and template.csv:\n{}\n",
        columns.join(" | ")
    );
    Ok(())
}

fn upload(agency: &Agency, context: &Context, sheet: &Path, mode: Mode) -> Result<(), Failure> {
    let file = BatchFile::open(sheet, &Options::default().mode(mode))?;
    let mut results = ResultFile::workbook(File::create(sheet.with_extension("result.xlsx"))?)?;
    let mut rows = table(&["Row #", "Verdict", "What to do"]);
    let bar = progress_bar();
    let report = file.upload(
        agency,
        context,
        &mut |verdict| {
            rows.add_row([
                verdict.row.to_string(),
                verdict.fate.word().to_owned(),
                what_to_do(verdict),
            ]);
            results.write(verdict)
        },
        &mut |progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
            Flow::Continue
        },
    )?;
    bar.finish_and_clear();
    results.finish()?;
    println!("{rows}\n{report}");
    Ok(())
}

fn what_to_do(verdict: &FileVerdict) -> String {
    let told = verdict.problems.iter().map(|problem| match problem.nearest {
        Some((column, day)) => format!("{problem}; would pass: {column} {day}"),
        None => problem.to_string(),
    });
    told.collect::<Vec<_>>().join("\n")
}

fn show_caseloads(agency: &Agency, context: &Context) -> Result<(), Failure> {
    println!("== Current caseload per staff member, {} ==", context.on);
    let mut rows = table(&["Staff", "Cases #"]);
    for (staff, cases) in agency.snapshot()?.counts(None, &Asked::of(context.on))?.iter() {
        rows.add_row([staff.as_str(), &cases.to_string()]);
    }
    println!("{rows}");
    Ok(())
}

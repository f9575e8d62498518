//! What comes in many rows at a time: tables, and batch files.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use caseload::{Context, RequestId};
use caseload_arrow::import::{ImportError, Mode, RowOrder, Stored, Tables};
use caseload_io::batch::{
    self, BatchError, BatchFile, BatchReport, EndBy, Options, ProgramBy, ResultFile, StaffBy,
    Template,
};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;

use crate::{
    arguments::Arguments,
    failure::{Failure, Unreadable},
    progress::Telling,
    table::Table,
};

/// Who enters it, on which day, as which request.
pub(crate) fn context(arguments: &str) -> Result<Context, Failure> {
    let mut given = Arguments::of(arguments)?;
    let request = given.text("request", |text| RequestId::new(text));
    let (actor, on) = (given.actor(), given.day("on"));
    let (actor, on) = given.all(actor.zip(on))?;
    let mut context = Context::new(actor, on);
    context.request = request;
    Ok(context)
}

/// Up to four tables, in the order in which they are taken in.
pub(crate) type Given = [Option<AnyRecordBatch>; 4];

/// Takes tables in: whether the accepted rows are stored, and the tables of what became of them.
pub(crate) fn tables(
    agency: &caseload::Agency,
    given: Given,
    context: &str,
    mode: &str,
    order: &str,
    telling: Telling,
) -> Result<(bool, Vec<Table>), Failure> {
    let mode = match mode {
        "review" => Mode::Review,
        "all_or_nothing" => Mode::AllOrNothing,
        _ => Mode::Partial,
    };
    let order = if order == "as_given" { RowOrder::AsGiven } else { RowOrder::ByStart };
    let context = self::context(context)?;
    let mut tables = Tables::new().in_order(order);
    let [programs, staff, enrollments, assignments] = given;
    if let Some(table) = programs {
        tables = tables.programs(table.into_reader()?);
    }
    if let Some(table) = staff {
        tables = tables.staff(table.into_reader()?);
    }
    if let Some(table) = enrollments {
        tables = tables.enrollments(table.into_reader()?);
    }
    if let Some(table) = assignments {
        tables = tables.assignments(table.into_reader()?);
    }
    let import = telling.doing(|tell| tables.import(agency, &context, mode, tell))?;
    Ok((import.stored == Stored::Accepted, Table::all_of(&import)?))
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Failure {
        let code = error.code();
        match error {
            ImportError::Agency(error) => error.into(),
            ImportError::Columns { problems } => {
                let told = problems.iter().map(|problem| Unreadable {
                    code,
                    fields: vec![problem.column.clone()],
                    text: problem.to_string(),
                });
                Failure::Unreadable(told.collect())
            }
            error => {
                let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
                let text = format!("{error}{}", cause.unwrap_or_default());
                Failure::Unreadable(vec![Unreadable { code, fields: Vec::new(), text }])
            }
        }
    }
}

/// What an upload came to, for Python to count.
pub(crate) type Counted = (Vec<(&'static str, u64)>, Vec<(&'static str, u64)>);

/// Uploads a batch file, and writes the verdicts into a result file where one is asked for.
pub(crate) fn upload(
    agency: &caseload::Agency,
    path: &Path,
    result: Option<&Path>,
    context: &str,
    mode: &str,
    sheet: Option<String>,
    telling: Telling,
) -> Result<Counted, Failure> {
    let context = self::context(context)?;
    let mut options = Options::default().mode(match mode {
        "dry_run" => batch::Mode::DryRun,
        "all_or_nothing" => batch::Mode::AllOrNothing,
        _ => batch::Mode::Partial,
    });
    options.sheet = sheet;
    let file = BatchFile::open(path, &options)?;
    let mut told = match result {
        Some(path) if is_workbook(path) => Some(ResultFile::workbook(made(path)?)?),
        Some(path) => Some(ResultFile::csv(made(path)?)?),
        None => None,
    };
    let report = telling.doing(|tell| {
        let mut each = |verdict: &batch::FileVerdict| match &mut told {
            Some(told) => told.write(verdict),
            None => Ok(()),
        };
        file.upload(agency, &context, &mut each, tell)
    });
    // What was told before an error is worth reading, too.
    let finished = told.map_or(Ok(()), ResultFile::finish);
    let report = report?;
    finished?;
    Ok(counted(&report))
}

fn counted(report: &BatchReport) -> Counted {
    let counts = report.counts;
    let rows = vec![
        ("rows", counts.rows),
        ("stored", counts.stored),
        ("would_pass", counts.would_pass),
        ("refused", counts.refused),
        ("skipped", counts.skipped),
    ];
    (rows, report.problems.iter().map(|(code, times)| (*code, *times)).collect())
}

/// Writes the template of a batch file.
pub(crate) fn template(
    agency: &caseload::Agency,
    path: &Path,
    program: &str,
    staff: &str,
    end: &str,
) -> Result<(), Failure> {
    let template = Template::default()
        .program_by(if program == "id" { ProgramBy::Id } else { ProgramBy::Name })
        .staff_by(match staff {
            "id" => StaffBy::Id,
            "first_and_last_name" => StaffBy::FirstAndLastName,
            _ => StaffBy::Name,
        })
        .end_by(if end == "last_day" { EndBy::LastDay } else { EndBy::FirstDayNotCovered });
    let snapshot = agency.snapshot()?;
    let mut to = made(path)?;
    if is_workbook(path) {
        template.write_workbook(&snapshot, &mut to)?;
    } else {
        template.write_csv(&mut to)?;
    }
    Ok(to.flush().map_err(PyErr::from)?)
}

fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))
}

fn made(path: &Path) -> Result<BufWriter<File>, Failure> {
    Ok(BufWriter::new(File::create(PathBuf::from(path)).map_err(PyErr::from)?))
}

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Failure {
        let code = error.code();
        match error {
            BatchError::Agency(error) => error.into(),
            BatchError::Unwritable { source } => Failure::Python(source.into()),
            error => {
                let text = error.to_string();
                Failure::Unreadable(vec![Unreadable { code, fields: Vec::new(), text }])
            }
        }
    }
}

//! HMIS CSV exports, and what became of every row of them as tables.

use std::{collections::HashMap, path::Path, sync::Arc};

use arrow_array::{Array as _, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{Field, Schema};
use caseload::OnOutside;
use caseload_io::hmis::{FileCounts, HmisError, ImportReport, Options, Plan, RefusedRow};

use crate::{
    failure::{Failure, Unreadable},
    progress::Telling,
    table::Table,
    taking_in,
};

/// What Python chooses of an import.
pub(crate) struct Chosen {
    pub(crate) is_review: bool,
    pub(crate) is_complete: bool,
    pub(crate) by_user: bool,
    pub(crate) on_outside: OnOutside,
}

/// What an import came to: its tables, then the numbers of enrollments taken back and of staff
/// registered without a name.
pub(crate) type Imported = (Vec<Table>, u64, u64);

/// Takes an export in.
pub(crate) fn import(
    agency: &caseload::Agency,
    folder: &Path,
    context: &str,
    chosen: &Chosen,
    telling: Telling,
) -> Result<Imported, Failure> {
    let context = taking_in::context(context)?;
    let mut options = Options::default().on_outside(chosen.on_outside);
    if chosen.by_user {
        options = options.assign_by_user();
    }
    if chosen.is_complete {
        options = options.complete();
    }
    let plan = Plan::read(folder, &options)?;
    // Each command builds on what those before it stored, so a review has to store them somewhere.
    let rehearsal = if chosen.is_review { Some(agency.rehearsal()?) } else { None };
    let agency = rehearsal.as_ref().unwrap_or(agency);
    let report = telling.doing(|tell| plan.record(agency, &context, tell))?;
    Ok((tables(&report)?, report.voided, report.stubs))
}

/// The `file` of assignments that were made from users: they are no rows of any.
const BY_USER: &str = "assignments by user";

fn tables(report: &ImportReport) -> Result<Vec<Table>, Failure> {
    let tables = [
        ("hmis_counts", counts(report)),
        ("hmis_refused", refused(report)),
        ("hmis_left_out", left_out(report)),
        ("hmis_warnings", warnings(report)),
    ];
    tables.into_iter().map(|(name, columns)| table(name, about(name, report), columns)).collect()
}

type Columns = Vec<(&'static str, ArrayRef)>;

/// A row for each file: what its rows came to.
fn counts(report: &ImportReport) -> Columns {
    let mut counts: Vec<(&str, FileCounts)> =
        report.files.iter().map(|(file, counts)| (file.name(), *counts)).collect();
    if let Some(made) = &report.proxies {
        let mut by_user = FileCounts::default();
        (by_user.rows, by_user.stored) = (made.rows, made.stored);
        (by_user.unchanged, by_user.refused) = (made.unchanged, made.refused);
        counts.push((BY_USER, by_user));
    }
    let each = || counts.iter().map(|(_, counts)| counts);
    vec![
        ("file", texts(counts.iter().map(|(file, _)| *file))),
        ("rows", numbers(each().map(|counts| counts.rows))),
        ("stored", numbers(each().map(|counts| counts.stored))),
        ("unchanged", numbers(each().map(|counts| counts.unchanged))),
        ("left_out", numbers(each().map(|counts| counts.left_out))),
        ("refused", numbers(each().map(|counts| counts.refused))),
    ]
}

/// A row for each row that was refused, and each assignment made from its user that was.
fn refused(report: &ImportReport) -> Columns {
    let rows = report.refused.iter().map(|row| ("row", row));
    let rows = rows.chain(report.refused_proxies.iter().map(|row| ("assignment", row)));
    let rows: Vec<(&str, &RefusedRow)> = rows.collect();
    vec![
        ("file", texts(rows.iter().map(|(_, row)| row.file.name()))),
        ("line", numbers(rows.iter().map(|(_, row)| row.line))),
        ("what", texts(rows.iter().map(|(what, _)| *what))),
        ("code", texts(rows.iter().map(|(_, row)| row.code))),
        ("text", texts(rows.iter().map(|(_, row)| row.text.as_str()))),
    ]
}

/// A row for each reason for which rows of a file were left out on purpose.
fn left_out(report: &ImportReport) -> Columns {
    let each = || report.left_out.iter();
    vec![
        ("file", texts(each().map(|((file, _), _)| file.name()))),
        ("reason", texts(each().map(|((_, why), _)| why.code()))),
        ("rows", numbers(each().map(|(_, rows)| *rows))),
    ]
}

/// A row for each thing worth knowing.
fn warnings(report: &ImportReport) -> Columns {
    let each = || report.warnings.iter();
    let words: Vec<String> = each().map(|(code, _)| code.to_string()).collect();
    vec![
        ("code", texts(each().map(|(code, _)| code.code()))),
        ("times", numbers(each().map(|(_, times)| *times))),
        ("text", texts(words.iter().map(String::as_str))),
    ]
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(texts))
}

fn numbers(numbers: impl Iterator<Item = u64>) -> ArrayRef {
    let numbers = numbers.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    Arc::new(Int64Array::from_iter_values(numbers))
}

/// Which export it was, as it says itself.
fn about(name: &str, report: &ImportReport) -> HashMap<String, String> {
    let said = [
        ("schema", Some(format!("{name}/1"))),
        ("export", Some(report.export_id.clone())),
        ("export_start", report.export_start.map(|day| day.to_string())),
        ("export_end", report.export_end.map(|day| day.to_string())),
        ("csv_version", Some(report.csv_version.clone())),
    ];
    let said = said.into_iter().filter_map(|(key, value)| Some((key, value?)));
    said.map(|(key, value)| (format!("caseload.{key}"), value)).collect()
}

fn table(name: &str, about: HashMap<String, String>, columns: Columns) -> Result<Table, Failure> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), false))
        .collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, about));
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    let batch = RecordBatch::try_new(schema, columns);
    Ok(Table::new(name, batch.map_err(|error| Failure::Bug(error.to_string()))?))
}

impl From<HmisError> for Failure {
    fn from(error: HmisError) -> Failure {
        let code = error.code();
        match error {
            HmisError::Agency(error) => error.into(),
            error => {
                let text = error.to_string();
                Failure::Unreadable(vec![Unreadable { code, fields: Vec::new(), text }])
            }
        }
    }
}

//! A file of verdicts, one line a row, for whoever filled in the sheet.

use std::io::{self, Write};

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::{BatchError, FileVerdict, template::for_print};

/// The columns of a result file.
const HEADS: [&str; 7] = ["Row", "Line", "Verdict", "Code", "Columns", "Would pass", "Why"];
const WIDTHS: [u16; 7] = [8, 8, 12, 22, 30, 28, 80];

/// The most verdicts of one worksheet: a few less than it has rows.
const MOST_ROWS: u32 = 1_000_000;

/// A file of verdicts. It names rows, columns, codes and days; no id, no name and no other value of the
/// uploaded file, so it may be mailed around.
///
/// Both kinds stream: a workbook through a temporary file, with a new worksheet after every million rows.
/// No text of it starts as a formula does.
///
/// ```
/// use std::io::Cursor;
/// use caseload::{Actor, Agency, Context, Flow, MemoryLog};
/// use caseload_io::batch::{BatchFile, Options, ResultFile};
/// let agency = Agency::open(MemoryLog::new())?;
/// let context = Context::new(Actor::Root, "2024-06-15".parse()?);
/// let text = "Participant ID,Program ID,Staff ID,Start date\nP-1,p1,s1,1 March\n";
/// let file = BatchFile::read("june.csv", Cursor::new(text), &Options::default())?;
///
/// let mut written = Vec::new();
/// let mut results = ResultFile::csv(&mut written)?;
/// file.upload(&agency, &context, &mut |verdict| results.write(verdict), &mut |_| Flow::Continue)?;
/// results.finish()?;
/// let told = String::from_utf8(written)?;
/// assert!(told.contains("2,2,refused,input-date,Start date,,Start date: is not a day"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ResultFile<W: Write + Send> {
    kind: Kind<W>,
}

enum Kind<W: Write + Send> {
    Csv(Box<csv::Writer<W>>),
    Workbook(Box<Sheets<W>>),
}

/// The worksheets of a result.
struct Sheets<W> {
    book: Workbook,
    to: W,
    sheets: usize,
    next: u32,
}

impl<W: Write + Send> ResultFile<W> {
    /// A CSV.
    ///
    /// # Errors
    /// [`BatchError::Unwritable`].
    pub fn csv(to: W) -> Result<ResultFile<W>, BatchError> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
        writer.write_record(HEADS).map_err(BatchError::unwritable)?;
        Ok(ResultFile { kind: Kind::Csv(Box::new(writer)) })
    }

    /// A workbook.
    ///
    /// ```
    /// # use caseload_io::batch::{BatchError, ResultFile};
    /// let mut written = Vec::new();
    /// ResultFile::workbook(&mut written)?.finish()?;
    /// assert!(written.starts_with(b"PK"));
    /// # Ok::<(), BatchError>(())
    /// ```
    ///
    /// # Errors
    /// [`BatchError::Unwritable`].
    pub fn workbook(to: W) -> Result<ResultFile<W>, BatchError> {
        let mut sheets = Sheets { book: Workbook::new(), to, sheets: 0, next: 0 };
        sheets.begin().map_err(BatchError::unwritable)?;
        Ok(ResultFile { kind: Kind::Workbook(Box::new(sheets)) })
    }

    /// Writes one verdict.
    ///
    /// # Errors
    /// As the file says; [`BatchFile::upload`](super::BatchFile::upload) hands it on.
    pub fn write(&mut self, verdict: &FileVerdict) -> io::Result<()> {
        let line = line(verdict);
        match &mut self.kind {
            Kind::Csv(writer) => writer.write_record(&line).map_err(io::Error::other),
            Kind::Workbook(sheets) => sheets.write(verdict, &line).map_err(io::Error::other),
        }
    }

    /// Writes what is left; without it the file is not whole.
    ///
    /// # Errors
    /// [`BatchError::Unwritable`].
    pub fn finish(self) -> Result<(), BatchError> {
        match self.kind {
            Kind::Csv(mut writer) => writer.flush().map_err(BatchError::unwritable),
            Kind::Workbook(sheets) => {
                let Sheets { mut book, to, .. } = *sheets;
                book.save_to_writer(to).map_err(BatchError::unwritable)
            }
        }
    }
}

impl<W: Write + Send> std::fmt::Debug for ResultFile<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResultFile").finish_non_exhaustive()
    }
}

impl<W> Sheets<W> {
    fn begin(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let bold = Format::new().set_bold();
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(format!("Result {}", self.sheets))?;
        for_print(sheet)?.set_freeze_panes(1, 0)?;
        for (column, (head, width)) in (0..).zip(HEADS.into_iter().zip(WIDTHS)) {
            sheet.set_column_width(column, width)?;
            sheet.write_string_with_format(0, column, head, &bold)?;
        }
        self.next = 1;
        Ok(())
    }

    fn write(&mut self, verdict: &FileVerdict, line: &[String; 7]) -> Result<(), XlsxError> {
        if self.next > MOST_ROWS {
            self.begin()?;
        }
        let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
        for (column, number) in [(0, Some(verdict.row)), (1, verdict.line)] {
            let Some(number) = number else { continue };
            #[expect(clippy::cast_precision_loss, reason = "no file has so many rows")]
            sheet.write_number(self.next, column, number as f64)?;
        }
        for (column, text) in (2..).zip(line.iter().skip(2)) {
            sheet.write_string(self.next, column, text)?;
        }
        self.next += 1;
        Ok(())
    }
}

fn line(verdict: &FileVerdict) -> [String; 7] {
    let mut parts = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    let [codes, columns, nearest, texts] = &mut parts;
    if let super::Fate::Skipped(why) = verdict.fate {
        codes.push(why.code().to_owned());
    }
    for problem in &verdict.problems {
        codes.push(problem.code.to_owned());
        columns.extend(problem.columns.iter().map(|column| column.name().to_owned()));
        nearest.extend(problem.nearest.map(|(column, day)| format!("{column}: {day}")));
        let names: Vec<&str> = problem.columns.iter().map(|column| column.name()).collect();
        let about =
            if names.is_empty() { String::new() } else { format!("{}: ", names.join(", ")) };
        texts.push(format!("{about}{}", problem.text));
    }
    columns.dedup();
    let [codes, columns, nearest, texts] = parts.map(|part| harmless(part.join("; ")));
    let line = verdict.line.map(|line| line.to_string()).unwrap_or_default();
    let word = verdict.fate.word().to_owned();
    [verdict.row.to_string(), line, word, codes, columns, nearest, texts]
}

/// A spreadsheet takes a text that starts so for a formula.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        for wrong in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert!(harmless(wrong.to_owned()).starts_with('\''));
        }
        assert_eq!(harmless("Start date".to_owned()), "Start date");
    }
}

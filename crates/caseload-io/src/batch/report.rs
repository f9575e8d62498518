//! What became of every row: each gets one verdict and is counted in exactly one place.

use std::{collections::BTreeMap, fmt};

use caseload::{AssignmentId, Code, Day, Violation};

use super::{Column, Mode};

/// Why a row was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SkippedRow {
    /// Nothing stands in it, and something stands in a later one.
    Blank,
    /// The template's row of instructions.
    Instructions,
    /// The template's sample row.
    Sample,
}

impl SkippedRow {
    /// The stable code.
    ///
    /// ```
    /// assert_eq!(caseload_io::batch::SkippedRow::Sample.code(), "sample-row");
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            SkippedRow::Blank => "blank-row",
            SkippedRow::Instructions => "instruction-row",
            SkippedRow::Sample => "sample-row",
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is stored.
    Stored,
    /// The rules let it pass, but nothing was stored: it was a dry run, or another row refused all.
    WouldPass,
    /// It was refused; see [`FileVerdict::problems`].
    Refused,
    /// It asks for nothing.
    Skipped(SkippedRow),
}

impl Fate {
    /// The word of the result file for it.
    ///
    /// ```
    /// assert_eq!(caseload_io::batch::Fate::WouldPass.word(), "would pass");
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            Fate::Stored => "stored",
            Fate::WouldPass => "would pass",
            Fate::Refused => "refused",
            Fate::Skipped(_) => "skipped",
        }
    }
}

/// One thing that is wrong with a row. No value of the row stands in it but its days.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowProblem {
    /// The stable code: those of the rules, and a few for files.
    pub code: &'static str,
    /// The columns that it is about.
    pub columns: Vec<Column>,
    /// Why, in words.
    pub text: String,
    /// The nearest day that would pass, as the column writes it.
    pub nearest: Option<(Column, Day)>,
}

impl RowProblem {
    /// What the rules say, about these columns.
    pub(super) fn rule(violation: &Violation, columns: &[Column]) -> RowProblem {
        let text = violation.problem.to_string();
        let code = violation.code().word();
        RowProblem { code, columns: columns.to_vec(), text, nearest: None }
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name()).collect();
        if !names.is_empty() {
            write!(f, "{}: ", names.join(", "))?;
        }
        write!(f, "{} ({})", self.text, self.code)
    }
}

/// What became of one row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileVerdict {
    /// The row as a spreadsheet numbers it: the header is 1 where nothing stands above it.
    pub row: u64,
    /// The line of a CSV on which it begins, which is another where a value has several lines.
    pub line: Option<u64>,
    /// What became of it.
    pub fate: Fate,
    /// Everything that is wrong with it; empty unless it was refused.
    pub problems: Vec<RowProblem>,
    /// The assignment that a row begins or ends, unless it was refused.
    pub assignment: Option<AssignmentId>,
}

impl FileVerdict {
    pub(super) const fn blank(row: u64) -> FileVerdict {
        let fate = Fate::Skipped(SkippedRow::Blank);
        FileVerdict { row, line: None, fate, problems: Vec::new(), assignment: None }
    }
}

impl fmt::Display for FileVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.row, self.fate.word())?;
        for problem in &self.problems {
            write!(f, "; {problem}")?;
        }
        Ok(())
    }
}

/// How many rows became what; the four ways add up to the rows.
///
/// ```
/// use caseload_io::batch::RowCounts;
/// let mut counts = RowCounts::default();
/// counts.rows = 2;
/// counts.stored = 1;
/// assert!(!counts.add_up());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RowCounts {
    /// Rows read below the header, up to the last one that is not blank.
    pub rows: u64,
    /// Rows that are stored.
    pub stored: u64,
    /// Rows that would pass where nothing was stored; none in a partial upload.
    pub would_pass: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// Rows that ask for nothing.
    pub skipped: u64,
}

impl RowCounts {
    /// Whether every row was counted in exactly one place.
    pub const fn add_up(&self) -> bool {
        self.rows == self.stored + self.would_pass + self.refused + self.skipped
    }
}

/// What an upload did. Printed, it is a few lines for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct BatchReport {
    /// What was asked for.
    pub mode: Mode,
    /// What the rows came to.
    pub counts: RowCounts,
    /// Why rows were skipped, and how many.
    pub skipped: BTreeMap<SkippedRow, u64>,
    /// How many refused rows have a problem of each code; a row may have several.
    pub problems: BTreeMap<&'static str, u64>,
    /// What is worth saying about rows that passed, and how often.
    pub notices: BTreeMap<Code, u64>,
    /// In how many parts the rows were judged; each part of a partial upload is one entry.
    pub parts: u64,
}

impl BatchReport {
    pub(super) fn new(mode: Mode) -> BatchReport {
        BatchReport { mode, ..BatchReport::default() }
    }

    pub(super) fn count(&mut self, verdict: &FileVerdict) {
        self.counts.rows += 1;
        match verdict.fate {
            Fate::Stored => self.counts.stored += 1,
            Fate::WouldPass => self.counts.would_pass += 1,
            Fate::Refused => self.counts.refused += 1,
            Fate::Skipped(why) => {
                self.counts.skipped += 1;
                *self.skipped.entry(why).or_default() += 1;
            }
        }
        let mut codes: Vec<&'static str> =
            verdict.problems.iter().map(|problem| problem.code).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *self.problems.entry(code).or_default() += 1;
        }
    }
}

impl fmt::Display for BatchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RowCounts { rows, stored, would_pass, refused, skipped } = self.counts;
        let mode = match self.mode {
            Mode::DryRun => "Dry run",
            Mode::AllOrNothing => "All or nothing",
            Mode::Partial => "Partial",
        };
        write!(f, "{mode}: {rows} rows, {stored} stored, ")?;
        if self.mode != Mode::Partial {
            write!(f, "{would_pass} would pass, ")?;
        }
        writeln!(f, "{refused} refused, {skipped} skipped")?;
        for (code, times) in &self.problems {
            writeln!(f, "  {times} refused: {code}")?;
        }
        for (why, times) in &self.skipped {
            writeln!(f, "  {times} skipped: {}", why.code())?;
        }
        for (code, times) in &self.notices {
            writeln!(f, "  {times} notices: {code}")?;
        }
        if self.mode == Mode::DryRun && self.parts > 1 {
            let parts = self.parts;
            writeln!(f, "  judged in {parts} parts, none of which sees what another would do")?;
        }
        Ok(())
    }
}

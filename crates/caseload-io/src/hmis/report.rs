//! What became of every row: each is counted in exactly one place.

use std::{collections::BTreeMap, fmt};

use caseload::Day;

use super::{HmisFile, rows::RowProblem};

/// What the rows of one file came to; the four ways add up to the rows.
///
/// ```
/// use caseload_io::hmis::FileCounts;
/// let mut counts = FileCounts::default();
/// assert!(counts.add_up());
/// counts.rows = 3;
/// counts.stored = 2;
/// assert!(!counts.add_up());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FileCounts {
    /// Rows read, the line of column names apart.
    pub rows: u64,
    /// Rows that brought something new: entered, changed or withdrawn.
    pub stored: u64,
    /// Rows that say what is stored already.
    pub unchanged: u64,
    /// Rows left out on purpose; see [`ImportReport::left_out`].
    pub left_out: u64,
    /// Rows that were refused; see [`ImportReport::refused`].
    pub refused: u64,
}

impl FileCounts {
    /// Whether every row was counted in exactly one place.
    pub const fn add_up(&self) -> bool {
        self.rows == self.stored + self.unchanged + self.left_out + self.refused
    }
}

/// What became of the assignments that were made from users: they are no rows of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ProxyCounts {
    /// Assignments made up from entry and exit users.
    pub rows: u64,
    /// Stored now.
    pub stored: u64,
    /// Stored by an earlier import, whatever people made of them since.
    pub unchanged: u64,
    /// Refused by the rules of the program.
    pub refused: u64,
}

/// Why a row was left out on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LeftOut {
    /// It carries a `DateDeleted`: it was withdrawn before anything of it was stored here.
    Deleted,
    /// Its project was withdrawn.
    ProjectDeleted,
    /// Its enrollment was withdrawn.
    EnrollmentDeleted,
    /// It only says which export this is.
    DescribesExport,
}

impl LeftOut {
    /// The stable code.
    ///
    /// ```
    /// assert_eq!(caseload_io::hmis::LeftOut::Deleted.code(), "deleted");
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            LeftOut::Deleted => "deleted",
            LeftOut::ProjectDeleted => "project-deleted",
            LeftOut::EnrollmentDeleted => "enrollment-deleted",
            LeftOut::DescribesExport => "describes-export",
        }
    }
}

/// A row that was refused, or an assignment made from its user that was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct RefusedRow {
    /// In which file.
    pub file: HmisFile,
    /// On which line it begins, the first line being 1.
    pub line: u64,
    /// Why, as a stable code: those of the rules, and a few for files.
    pub code: &'static str,
    /// Why, in words. No value of the row stands in it but its days.
    pub text: String,
}

impl fmt::Display for RefusedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}: {} ({})", self.file, self.line, self.text, self.code)
    }
}

/// What is worth knowing although nothing was refused for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WarningCode {
    /// A user of an enrollment or exit is not in `User.csv`, or withdrawn there: registered without a name.
    UserNotListed,
    /// An enrollment or exit names no readable user, so it gives no assignment.
    UserMissing,
    /// A name is not UTF-8: the program or staff member was entered without it.
    NameUnreadable,
    /// The export was said to be complete, but it cannot be told what all of its rows are about (or a
    /// program refused it), so what it does not list was not voided.
    CompleteSkipped,
    /// Assignments that no longer lie inside an enrollment were ended or voided.
    AssignmentsClipped,
    /// Assignments that no longer lie inside an enrollment were left as they are, as asked.
    AssignmentsMisplaced,
}

impl WarningCode {
    /// The stable code.
    ///
    /// ```
    /// assert_eq!(caseload_io::hmis::WarningCode::UserNotListed.code(), "user-not-listed");
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            WarningCode::UserNotListed => "user-not-listed",
            WarningCode::UserMissing => "user-missing",
            WarningCode::NameUnreadable => "name-unreadable",
            WarningCode::CompleteSkipped => "complete-skipped",
            WarningCode::AssignmentsClipped => "assignments-clipped",
            WarningCode::AssignmentsMisplaced => "assignments-misplaced",
        }
    }
}

impl fmt::Display for WarningCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WarningCode::UserNotListed => {
                "users missing or withdrawn in User.csv, registered without a name"
            }
            WarningCode::UserMissing => "rows without a readable user, which give no assignment",
            WarningCode::NameUnreadable => "names that are not UTF-8 and were left out",
            WarningCode::CompleteSkipped => {
                "what the export does not list was not voided, as not all of it could be read"
            }
            WarningCode::AssignmentsClipped => {
                "assignments outside their enrollment that were ended or voided"
            }
            WarningCode::AssignmentsMisplaced => {
                "assignments outside their enrollment that were left as they are"
            }
        })
    }
}

/// What an import did. Printed, it is a table for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ImportReport {
    /// Which export it was.
    pub export_id: String,
    /// The first day it is about, if it says so.
    pub export_start: Option<Day>,
    /// The last day it is about, if it says so: an enrollment without an exit was open up to then.
    pub export_end: Option<Day>,
    /// The layout it names.
    pub csv_version: String,
    /// What the rows of each file came to.
    pub files: BTreeMap<HmisFile, FileCounts>,
    /// Why rows were left out, and how many.
    pub left_out: BTreeMap<(HmisFile, LeftOut), u64>,
    /// Every refused row, by file and line.
    pub refused: Vec<RefusedRow>,
    /// What is worth knowing, and how often.
    pub warnings: BTreeMap<WarningCode, u64>,
    /// Staff registered because a row names them, though `User.csv` does not.
    pub stubs: u64,
    /// Enrollments that this export takes back, or does not list although it should.
    pub voided: u64,
    /// What became of assignments made from users; `None` when none were asked for.
    pub proxies: Option<ProxyCounts>,
    /// Assignments made from users that were refused; the line is that of the enrollment or exit.
    pub refused_proxies: Vec<RefusedRow>,
}

impl ImportReport {
    /// What the rows of a file came to.
    ///
    /// ```
    /// use caseload_io::hmis::{HmisFile, ImportReport};
    /// assert_eq!(ImportReport::default().of(HmisFile::Exit).rows, 0);
    /// ```
    pub fn of(&self, file: HmisFile) -> FileCounts {
        self.files.get(&file).copied().unwrap_or_default()
    }

    /// Refused rows by code, most first.
    ///
    /// ```
    /// use caseload_io::hmis::ImportReport;
    /// assert!(ImportReport::default().refused_by_code().is_empty());
    /// ```
    pub fn refused_by_code(&self) -> Vec<(&'static str, usize)> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for row in &self.refused {
            *counts.entry(row.code).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    pub(super) fn read(&mut self, file: HmisFile, rows: usize) {
        self.counts(file).rows = rows as u64;
    }

    pub(super) fn stored(&mut self, file: HmisFile) {
        self.counts(file).stored += 1;
    }

    pub(super) fn unchanged(&mut self, file: HmisFile) {
        self.counts(file).unchanged += 1;
    }

    pub(super) fn leave_out(&mut self, file: HmisFile, why: LeftOut) {
        self.counts(file).left_out += 1;
        *self.left_out.entry((file, why)).or_default() += 1;
    }

    pub(super) fn refuse(&mut self, file: HmisFile, line: u64, problem: &RowProblem) {
        self.counts(file).refused += 1;
        self.refused.push(refused(file, line, problem));
    }

    pub(super) fn refuse_proxy(&mut self, file: HmisFile, line: u64, problem: &RowProblem) {
        self.proxies.get_or_insert_default().refused += 1;
        self.refused_proxies.push(refused(file, line, problem));
    }

    pub(super) fn warn(&mut self, code: WarningCode, times: u64) {
        if times > 0 {
            *self.warnings.entry(code).or_default() += times;
        }
    }

    fn counts(&mut self, file: HmisFile) -> &mut FileCounts {
        self.files.entry(file).or_default()
    }
}

fn refused(file: HmisFile, line: u64, problem: &RowProblem) -> RefusedRow {
    RefusedRow { file, line, code: problem.code(), text: problem.to_string() }
}

/// The most refused rows that are printed; the list itself has all.
const PRINTED: usize = 20;

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_header(f)?;
        self.write_counts(f)?;
        if self.voided > 0 {
            writeln!(f, "\nTaken back\n  {} enrollments of an earlier export", self.voided)?;
        }
        write_refused(f, "Refused", &self.refused)?;
        write_refused(f, "Assignments refused", &self.refused_proxies)?;
        if !self.warnings.is_empty() {
            writeln!(f, "\nWorth knowing")?;
        }
        for (code, times) in &self.warnings {
            writeln!(f, "  {code}: {times} ({})", code.code())?;
        }
        Ok(())
    }
}

impl ImportReport {
    fn write_header(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Export {}", self.export_id)?;
        if let (Some(start), Some(end)) = (self.export_start, self.export_end) {
            write!(f, ", {start} to {end}")?;
        }
        if !self.csv_version.is_empty() {
            write!(f, ", layout {}", self.csv_version)?;
        }
        writeln!(f)
    }

    fn write_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["rows", "stored", "unchanged", "left out", "refused"];
        write!(f, "\n{:<24}", "File")?;
        heads.iter().try_for_each(|head| write!(f, "{head:>11}"))?;
        writeln!(f)?;
        for (file, counts) in &self.files {
            let FileCounts { rows, stored, unchanged, left_out, refused } = counts;
            let numbers = [rows, stored, unchanged, left_out, refused];
            write!(f, "{:<24}", file.name())?;
            numbers.iter().try_for_each(|number| write!(f, "{number:>11}"))?;
            writeln!(f)?;
        }
        if let Some(proxies) = &self.proxies {
            let ProxyCounts { rows, stored, unchanged, refused } = proxies;
            write!(f, "{:<24}{rows:>11}{stored:>11}{unchanged:>11}", "assignments by user *")?;
            writeln!(f, "{:>11}{refused:>11}", 0)?;
            writeln!(f, "* a proxy: HMIS says who entered a row, not who was responsible")?;
        }
        if !self.left_out.is_empty() {
            writeln!(f, "\nLeft out")?;
        }
        for ((file, why), times) in &self.left_out {
            writeln!(f, "  {times} of {file} ({})", why.code())?;
        }
        Ok(())
    }
}

fn write_refused(f: &mut fmt::Formatter<'_>, title: &str, rows: &[RefusedRow]) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    for row in rows.iter().take(PRINTED) {
        writeln!(f, "  {row}")?;
    }
    if rows.len() > PRINTED {
        writeln!(f, "  ... and {} more", rows.len() - PRINTED)?;
    }
    Ok(())
}

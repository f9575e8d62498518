//! What comes in many rows at a time: batch files and HMIS exports.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::Arc,
};

use caseload_io::{
    batch::{self, BatchError, BatchFile, ResultFile, Template},
    hmis::{self, HmisFile, Plan},
};

use crate::{
    agency::NativeAgency,
    command::{Context, Listing, OnOutside},
    failure::{CaseloadError, guarded},
    id::AssignmentId,
    lists::{Rows, lists},
    policy::Policy,
    progress::{Listener, telling},
    reading::{Reading, counted},
    time::Day,
};

/// What becomes of the rows of a batch file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum UploadMode {
    /// Nothing is stored; every row is told what recording would say.
    DryRun,
    /// Everything is stored as one entry, or nothing where any row is refused. At most 10,000 rows.
    AllOrNothing,
    /// What passes is stored, in parts of at most 10,000 rows.
    Partial,
}

impl From<UploadMode> for batch::Mode {
    fn from(mode: UploadMode) -> batch::Mode {
        match mode {
            UploadMode::DryRun => batch::Mode::DryRun,
            UploadMode::AllOrNothing => batch::Mode::AllOrNothing,
            UploadMode::Partial => batch::Mode::Partial,
        }
    }
}

/// How many times something was counted, by its code.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CodeCount {
    /// The code.
    pub code: String,
    /// How often.
    pub times: i64,
}

fn count(code: &'static str, times: u64) -> CodeCount {
    CodeCount { code: code.to_owned(), times: counted(times) }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Fate {
    /// It is stored.
    Stored,
    /// The rules let it pass, but nothing was stored.
    WouldPass,
    /// It was refused.
    Refused,
    /// It asks for nothing: blank, instructions or a sample.
    Skipped,
}

/// One thing that is wrong with a row of a file.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RowProblem {
    /// The stable code: those of the rules, and a few for files.
    pub code: String,
    /// The columns that it is about, as the file names them.
    pub columns: Vec<String>,
    /// Why, in words.
    pub text: String,
    /// The nearest day that would pass, as the column writes it.
    pub nearest: Option<Day>,
}

/// What became of one row of a file.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FileRow {
    /// The row as a spreadsheet numbers it.
    pub row: i64,
    /// What became of it.
    pub fate: Fate,
    /// Everything that is wrong with it; empty unless it was refused.
    pub problems: Vec<RowProblem>,
    /// The assignment that it begins or ends, unless it was refused.
    pub assignment: Option<AssignmentId>,
}

impl From<&batch::FileVerdict> for FileRow {
    fn from(verdict: &batch::FileVerdict) -> FileRow {
        let problem = |problem: &batch::RowProblem| RowProblem {
            code: problem.code.to_owned(),
            columns: problem.columns.iter().map(|column| column.name().to_owned()).collect(),
            text: problem.text.clone(),
            nearest: problem.nearest.map(|(_, day)| day.into()),
        };
        FileRow {
            row: counted(verdict.row),
            fate: match verdict.fate {
                batch::Fate::Stored => Fate::Stored,
                batch::Fate::WouldPass => Fate::WouldPass,
                batch::Fate::Refused => Fate::Refused,
                batch::Fate::Skipped(_) => Fate::Skipped,
            },
            problems: verdict.problems.iter().map(problem).collect(),
            assignment: verdict.assignment.as_ref().map(AssignmentId::from),
        }
    }
}

/// What an upload did.
#[derive(Debug, Clone, uniffi::Record)]
pub struct UploadReport {
    /// Rows read below the header.
    pub rows: i64,
    /// Rows that are stored.
    pub stored: i64,
    /// Rows that would pass where nothing was stored.
    pub would_pass: i64,
    /// Rows that were refused.
    pub refused: i64,
    /// Rows that ask for nothing.
    pub skipped: i64,
    /// How many refused rows have a problem of each code.
    pub problems: Vec<CodeCount>,
    /// What is worth saying about rows that passed, and how often.
    pub notices: Vec<CodeCount>,
    /// The refused rows, in the order of the file.
    pub refused_rows: Arc<FileRowList>,
}

/// A row of an HMIS export that was refused.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedRow {
    /// In which file.
    pub file: String,
    /// On which line it begins, the first line being 1.
    pub line: i64,
    /// The stable code.
    pub code: String,
    /// Why, in words. No value of the row stands in it but its days.
    pub text: String,
}

impl From<&hmis::RefusedRow> for RefusedRow {
    fn from(row: &hmis::RefusedRow) -> RefusedRow {
        RefusedRow {
            file: row.file.name().to_owned(),
            line: counted(row.line),
            code: row.code.to_owned(),
            text: row.text.clone(),
        }
    }
}

/// What the rows of one file of an export came to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FileCounts {
    /// The file.
    pub file: String,
    /// Rows read.
    pub rows: i64,
    /// Rows that brought something new.
    pub stored: i64,
    /// Rows that say what is stored already.
    pub unchanged: i64,
    /// Rows left out on purpose.
    pub left_out: i64,
    /// Rows that were refused.
    pub refused: i64,
}

/// How an HMIS export is taken in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HmisOptions {
    /// Whether assignments are made from the users who entered rows: a proxy, since an export does not say who
    /// was responsible.
    pub assign_by_user: bool,
    /// Whether the export lists every enrollment that counts; what it does not list is voided then.
    pub listing: Listing,
    /// What becomes of assignments that stick out of enrollments that changed.
    pub on_outside: OnOutside,
    /// The policy of programs that the import defines.
    #[uniffi(default = None)]
    pub policy: Option<Policy>,
}

/// What an import of an HMIS export did.
#[derive(Debug, Clone, uniffi::Record)]
pub struct HmisReport {
    /// Which export it was.
    pub export_id: String,
    /// The first day it is about, if it says so.
    pub export_start: Option<Day>,
    /// The last day it is about, if it says so.
    pub export_end: Option<Day>,
    /// The layout it names.
    pub csv_version: String,
    /// What the rows of each file came to.
    pub files: Vec<FileCounts>,
    /// Staff registered because a row names them, though the file of users does not.
    pub stubs: i64,
    /// Enrollments that this export takes back.
    pub voided: i64,
    /// What is worth knowing, and how often.
    pub warnings: Vec<CodeCount>,
    /// Assignments made from users that are stored now; none when none were asked for.
    pub proxies_stored: Option<i64>,
    /// Every refused row, by file and line.
    pub refused_rows: Arc<RefusedRowList>,
    /// Assignments made from users that were refused.
    pub refused_proxies: Arc<RefusedRowList>,
}

lists! {
    /// Rows of a batch file.
    FileRowList of FileRow,
    /// Refused rows of an HMIS export.
    RefusedRowList of RefusedRow,
}

/// How a template names programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ProgramBy {
    /// By id.
    Id,
    /// By name.
    Name,
}

/// How a template names staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum StaffBy {
    /// By id.
    Id,
    /// By name.
    Name,
    /// By first name and last name, in two columns.
    FirstAndLastName,
}

/// Which day a template writes for an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EndBy {
    /// The last day that still counts, as people say it.
    LastDay,
    /// The first day that does not count any more.
    FirstDayNotCovered,
}

fn read_context(context: Context) -> Result<caseload::Context, CaseloadError> {
    let mut fields = Reading::default();
    let context = context.read(&mut fields);
    fields.all(context)
}

#[uniffi::export]
impl NativeAgency {
    /// Uploads a batch file (CSV or XLSX); with a path, the verdict on every row is written into a result file.
    ///
    /// Every row is judged by the rules of a single command. A refused row is no error.
    ///
    /// # Errors
    /// `File` when the file cannot be read as a whole, `Input`, `Store`, `Cancelled`. What was stored before
    /// stays, and the same upload again goes on from there.
    pub fn upload(
        &self,
        path: String,
        result: Option<String>,
        mode: UploadMode,
        sheet: Option<String>,
        context: Context,
        listener: Listener,
    ) -> Result<UploadReport, CaseloadError> {
        guarded(|| {
            let context = read_context(context)?;
            let mut options = batch::Options::default().mode(mode.into());
            options.sheet = sheet;
            let agency = self.core()?;
            let file = BatchFile::open(path, &options)?;
            let mut told =
                result.as_deref().map(|path| result_file(Path::new(path))).transpose()?;
            let mut refused = Vec::new();
            let report = telling(&listener, |tell| {
                let mut each = |verdict: &batch::FileVerdict| {
                    if verdict.fate == batch::Fate::Refused {
                        refused.push(verdict.clone());
                    }
                    told.as_mut().map_or(Ok(()), |told| told.write(verdict))
                };
                file.upload(&agency, &context, &mut each, tell)
            });
            // What was told before an error is worth reading, too.
            let finished = told.map_or(Ok(()), ResultFile::finish);
            let report = report?;
            finished?;
            Ok(uploaded(&report, refused))
        })
    }

    /// Writes the sheet that caseworkers fill in: a workbook where the path ends in `.xlsx`, with programs and
    /// staff to choose from, else a CSV.
    ///
    /// # Errors
    /// `File` when it cannot be written, `Store`.
    pub fn write_template(
        &self,
        path: String,
        program: ProgramBy,
        staff: StaffBy,
        end: EndBy,
    ) -> Result<(), CaseloadError> {
        guarded(|| {
            let template = Template::default()
                .program_by(match program {
                    ProgramBy::Id => batch::ProgramBy::Id,
                    ProgramBy::Name => batch::ProgramBy::Name,
                })
                .staff_by(match staff {
                    StaffBy::Id => batch::StaffBy::Id,
                    StaffBy::Name => batch::StaffBy::Name,
                    StaffBy::FirstAndLastName => batch::StaffBy::FirstAndLastName,
                })
                .end_by(match end {
                    EndBy::LastDay => batch::EndBy::LastDay,
                    EndBy::FirstDayNotCovered => batch::EndBy::FirstDayNotCovered,
                });
            let path = Path::new(&path);
            let snapshot = self.core()?.snapshot()?;
            let mut to = made(path)?;
            if is_workbook(path) {
                template.write_workbook(&snapshot, &mut to)?;
            } else {
                template.write_csv(&mut to)?;
            }
            to.flush().map_err(unwritable)
        })
    }

    /// Takes in an HMIS CSV export that was unpacked to a folder, and counts what became of every row.
    ///
    /// # Errors
    /// `File` when a file is missing or cannot be read as a whole, `Input`, `Store`, `Cancelled`. What was stored
    /// before stays, and the same import again goes on from there.
    pub fn import_hmis(
        &self,
        folder: String,
        options: HmisOptions,
        context: Context,
        listener: Listener,
    ) -> Result<HmisReport, CaseloadError> {
        guarded(|| {
            let context = read_context(context)?;
            let options = hmis_options(options)?;
            let agency = self.core()?;
            let plan = Plan::read(folder, &options)?;
            let report = telling(&listener, |tell| plan.record(&agency, &context, tell))?;
            Ok(imported(report))
        })
    }
}

fn uploaded(report: &batch::BatchReport, refused: Vec<batch::FileVerdict>) -> UploadReport {
    let counts = report.counts;
    let notices = report.notices.iter();
    UploadReport {
        rows: counted(counts.rows),
        stored: counted(counts.stored),
        would_pass: counted(counts.would_pass),
        refused: counted(counts.refused),
        skipped: counted(counts.skipped),
        problems: report.problems.iter().map(|(code, times)| count(code, *times)).collect(),
        notices: notices.map(|(code, times)| count(code.word(), *times)).collect(),
        refused_rows: FileRowList::of(Rows::of(refused)),
    }
}

fn hmis_options(given: HmisOptions) -> Result<hmis::Options, CaseloadError> {
    let HmisOptions { assign_by_user, listing, on_outside, policy } = given;
    let mut fields = Reading::default();
    let policy = fields.part(policy);
    let mut options = hmis::Options::default().on_outside(on_outside.into());
    if assign_by_user {
        options = options.assign_by_user();
    }
    if listing == Listing::Complete {
        options = options.complete();
    }
    options.policy = fields.all(Some(policy))?;
    Ok(options)
}

fn imported(report: hmis::ImportReport) -> HmisReport {
    let counts = |file: HmisFile| {
        let of = report.of(file);
        FileCounts {
            file: file.name().to_owned(),
            rows: counted(of.rows),
            stored: counted(of.stored),
            unchanged: counted(of.unchanged),
            left_out: counted(of.left_out),
            refused: counted(of.refused),
        }
    };
    let warnings = report.warnings.iter();
    HmisReport {
        export_id: report.export_id.clone(),
        export_start: report.export_start.map(Day::from),
        export_end: report.export_end.map(Day::from),
        csv_version: report.csv_version.clone(),
        files: HmisFile::ALL.into_iter().map(counts).collect(),
        stubs: counted(report.stubs),
        voided: counted(report.voided),
        warnings: warnings.map(|(code, times)| count(code.code(), *times)).collect(),
        proxies_stored: report.proxies.map(|proxies| counted(proxies.stored)),
        refused_rows: RefusedRowList::of(Rows::of(report.refused)),
        refused_proxies: RefusedRowList::of(Rows::of(report.refused_proxies)),
    }
}

fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))
}

fn result_file(path: &Path) -> Result<ResultFile<BufWriter<File>>, CaseloadError> {
    let to = made(path)?;
    Ok(if is_workbook(path) { ResultFile::workbook(to)? } else { ResultFile::csv(to)? })
}

fn made(path: &Path) -> Result<BufWriter<File>, CaseloadError> {
    File::create(path).map(BufWriter::new).map_err(unwritable)
}

fn unwritable(source: std::io::Error) -> CaseloadError {
    BatchError::Unwritable { source }.into()
}

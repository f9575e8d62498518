//! What stops an upload as a whole; a single bad row never does.

use std::{fmt, io};

use caseload::MAX_BATCH_ROWS;

use super::Column;

/// Why a batch file could not be uploaded as a whole. Text names the file, the columns and what was
/// expected; it never holds a value from a row.
///
/// ```
/// use caseload_io::batch::{BatchFile, Options};
/// let error = BatchFile::open("no/such/file.csv", &Options::default()).unwrap_err();
/// assert_eq!(error.code(), "batch-file-unreadable");
/// assert!(error.to_string().starts_with("`no/such/file.csv`: "));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum BatchError {
    /// The file cannot be read as a batch file.
    File {
        /// Its name, as it was given.
        file: String,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// A result file or a template could not be written.
    Unwritable {
        /// Why.
        source: io::Error,
    },
    /// The agency failed or refused the actor, or the caller cancelled. What was stored before stays.
    Agency(caseload::Error),
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BatchError::File { file, problem } => write!(f, "`{file}`: {problem}"),
            BatchError::Unwritable { .. } => {
                f.write_str("the result or template could not be written; check where it goes to")
            }
            BatchError::Agency(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BatchError {
    /// The problem of a file is told by the error itself; below it is what the problem comes from.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BatchError::File { problem, .. } => std::error::Error::source(problem),
            BatchError::Unwritable { source } => Some(source),
            BatchError::Agency(error) => std::error::Error::source(error),
        }
    }
}

impl From<caseload::Error> for BatchError {
    fn from(error: caseload::Error) -> BatchError {
        BatchError::Agency(error)
    }
}

impl BatchError {
    /// The stable code; that of the agency's error where it is one.
    pub fn code(&self) -> &'static str {
        match self {
            BatchError::File { problem, .. } => problem.code(),
            BatchError::Unwritable { .. } => "batch-unwritable",
            BatchError::Agency(error) => error.code(),
        }
    }

    pub(super) fn unwritable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        BatchError::Unwritable { source: io::Error::other(source) }
    }
}

/// What is wrong with a file as a whole.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileProblem {
    /// It could not be read from disk, or wherever it comes from.
    Unreadable {
        /// Why.
        source: io::Error,
    },
    /// It has not even a row of column names.
    Empty,
    /// It is written in UTF-16.
    Encoding,
    /// It is neither CSV nor an Excel workbook.
    Kind {
        /// What it is.
        found: FileKind,
    },
    /// A workbook that asks for a password.
    Password,
    /// A workbook that cannot be read on.
    Damaged {
        /// The last row that could be read, if one could.
        after_row: Option<u64>,
    },
    /// A part of a workbook would take too much memory.
    TooLarge {
        /// The most bytes that a part may take when it is unpacked.
        max: u64,
    },
    /// A workbook without the sheet that was asked for, or without any.
    NoSheet,
    /// The first row names no column of a batch file.
    HeaderMissing,
    /// The first row names columns that are none of a batch file's.
    ColumnUnknown {
        /// Their names.
        names: Vec<String>,
    },
    /// A needed column is not there.
    ColumnMissing {
        /// Any of these would do.
        either: Vec<Column>,
    },
    /// A column is there twice, so it cannot be said which one counts.
    ColumnTwice {
        /// Which.
        column: Column,
    },
    /// Two columns say the same thing in two ways.
    MixedColumns {
        /// One of them.
        first: Column,
        /// The other.
        second: Column,
    },
    /// More rows than one entry may hold were to be stored all or nothing.
    TooManyRows,
}

impl FileProblem {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            FileProblem::Unreadable { .. } => "batch-file-unreadable",
            FileProblem::Empty => "batch-file-empty",
            FileProblem::Encoding => "batch-encoding",
            FileProblem::Kind { .. } => "batch-file-kind",
            FileProblem::Password => "batch-password",
            FileProblem::Damaged { .. } => "batch-file-damaged",
            FileProblem::TooLarge { .. } => "batch-file-too-large",
            FileProblem::NoSheet => "batch-no-sheet",
            FileProblem::HeaderMissing => "batch-header-missing",
            FileProblem::ColumnUnknown { .. } => "batch-column-unknown",
            FileProblem::ColumnMissing { .. } => "batch-column-missing",
            FileProblem::ColumnTwice { .. } => "batch-column-twice",
            FileProblem::MixedColumns { first: Column::LastDay | Column::End, .. } => {
                "batch-mixed-ends"
            }
            FileProblem::MixedColumns { .. } => "batch-mixed-identifiers",
            FileProblem::TooManyRows => "batch-too-many-rows",
        }
    }

    pub(super) const fn in_file(self, file: String) -> BatchError {
        BatchError::File { file, problem: self }
    }
}

impl From<io::Error> for FileProblem {
    fn from(source: io::Error) -> FileProblem {
        FileProblem::Unreadable { source }
    }
}

impl std::error::Error for FileProblem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            FileProblem::Unreadable { source } => Some(source),
            _ => None,
        }
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileProblem::Unreadable { .. } => {
                f.write_str("could not be read; check that it is a file and may be read")
            }
            FileProblem::Empty => f.write_str("is empty; its first row must name the columns"),
            FileProblem::Encoding => {
                f.write_str("is written in UTF-16; save it as `CSV UTF-8` or as a workbook (.xlsx)")
            }
            FileProblem::Kind { found } => {
                write!(f, "is {found}; save it as a workbook (.xlsx) or as `CSV UTF-8`")
            }
            FileProblem::Password => f.write_str("asks for a password; save it without one"),
            FileProblem::Damaged { after_row: None } => {
                f.write_str("is a damaged workbook; open it in Excel and save it anew")
            }
            FileProblem::Damaged { after_row: Some(row) } => {
                write!(f, "is damaged after row {row}; open it in Excel and save it anew")
            }
            FileProblem::TooLarge { max } => write!(
                f,
                "has a part that unpacks to more than {max} bytes, or is packed beyond belief; \
                 save it as `CSV UTF-8`"
            ),
            FileProblem::NoSheet => f.write_str("has no such worksheet"),
            FileProblem::HeaderMissing => {
                f.write_str("has a first row that names no known column; ")?;
                expected(f)
            }
            FileProblem::ColumnUnknown { names } => {
                let plural = if names.len() == 1 { "column" } else { "columns" };
                write!(f, "has the unknown {plural} `{}`; ", names.join("`, `"))?;
                expected(f)
            }
            FileProblem::ColumnMissing { either } => {
                let names: Vec<String> = either.iter().map(|c| format!("`{c}`")).collect();
                write!(f, "has no column {}; add it", names.join(" or "))
            }
            FileProblem::ColumnTwice { column } => {
                write!(f, "has the column `{column}` twice; leave one of them out")
            }
            FileProblem::MixedColumns { first, second } => {
                write!(f, "has both columns `{first}` and `{second}`; leave one of them out")
            }
            FileProblem::TooManyRows => write!(
                f,
                "has more than {MAX_BATCH_ROWS} rows, the most that can be stored all or nothing; \
                 nothing was stored: split it, or store what passes (partial)"
            ),
        }
    }
}

fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let names: Vec<&str> = Column::ALL.iter().map(|column| column.name()).collect();
    write!(f, "expected are `{}`", names.join("`, `"))
}

/// What a file is that is no batch file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// An Excel workbook of before 2007.
    Xls,
    /// A binary Excel workbook.
    Xlsb,
    /// An OpenDocument spreadsheet.
    Ods,
    /// A web page or other XML, often saved under the name of a workbook.
    Markup,
    /// A PDF.
    Pdf,
    /// A zip archive that is no workbook.
    Zip,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileKind::Xls => "an old Excel workbook (.xls)",
            FileKind::Xlsb => "a binary Excel workbook (.xlsb)",
            FileKind::Ods => "an OpenDocument spreadsheet (.ods)",
            FileKind::Markup => "a web page or XML",
            FileKind::Pdf => "a PDF",
            FileKind::Zip => "a zip archive that is no workbook",
        })
    }
}

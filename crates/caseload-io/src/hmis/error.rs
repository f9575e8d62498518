//! What stops an import as a whole; a single bad row never does.

use std::{io, path::PathBuf};

use super::HmisFile;

/// Why an export could not be imported as a whole. Text names the file and says what to do; it
/// never holds a value from a row.
///
/// ```
/// use caseload_io::hmis::{Options, Plan};
/// let error = Plan::read("no/such/folder", &Options::default()).unwrap_err();
/// assert_eq!(error.code(), "hmis-no-folder");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HmisError {
    /// What was given is no folder.
    #[error(
        "`{}` is not a folder; give the folder that the export was unpacked to",
        folder.display()
    )]
    NoFolder {
        /// What was given.
        folder: PathBuf,
    },
    /// A file of the export is not there.
    #[error("`{file}` is missing in `{}`; export it as well", folder.display())]
    FileMissing {
        /// Which.
        file: HmisFile,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A file could not be read from disk.
    #[error("`{}` could not be read; check that it is a file and may be read", path.display())]
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is written in UTF-16.
    #[error("`{file}` is written in UTF-16; save it as UTF-8")]
    Encoding {
        /// Which.
        file: HmisFile,
    },
    /// A file has not even a line of column names.
    #[error("`{file}` is empty; its first line must name the columns")]
    Empty {
        /// Which.
        file: HmisFile,
    },
    /// A needed column is not there.
    #[error("`{file}` has no column `{column}`; export it in the HMIS CSV layout")]
    ColumnMissing {
        /// In which file.
        file: HmisFile,
        /// Which.
        column: &'static str,
    },
    /// A needed column is there twice, so it cannot be said which one counts.
    #[error("`{file}` has the column `{column}` twice; leave one of them out")]
    ColumnTwice {
        /// In which file.
        file: HmisFile,
        /// Which.
        column: &'static str,
    },
    /// The export does not say which export it is.
    #[error("`Export.csv` has no readable row; without it the export cannot be told from another")]
    NoExport,
    /// The agency failed, or the caller cancelled. What was stored before stays; run it again to go on.
    #[error(transparent)]
    Agency(#[from] caseload::Error),
}

impl HmisError {
    /// The stable code; that of the agency's error where it is one.
    pub fn code(&self) -> &'static str {
        match self {
            HmisError::NoFolder { .. } => "hmis-no-folder",
            HmisError::FileMissing { .. } => "hmis-file-missing",
            HmisError::Unreadable { .. } => "hmis-file-unreadable",
            HmisError::Encoding { .. } => "hmis-encoding",
            HmisError::Empty { .. } => "hmis-file-empty",
            HmisError::ColumnMissing { .. } => "hmis-column-missing",
            HmisError::ColumnTwice { .. } => "hmis-column-twice",
            HmisError::NoExport => "hmis-no-export",
            HmisError::Agency(error) => error.code(),
        }
    }
}

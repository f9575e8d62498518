//! What the host chooses of an upload.

use caseload::MAX_BATCH_ROWS;

/// What becomes of the rows.
///
/// ```
/// use caseload_io::batch::{Mode, Options};
/// assert_eq!(Options::default().mode, Mode::DryRun);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Nothing is stored; every row is told what recording would say.
    ///
    /// Up to [`MAX_BATCH_ROWS`] rows are judged together, each seeing those before. Of a longer file
    /// each part of so many rows is judged on what is stored now, so a row does not see what rows of
    /// earlier parts would do; [`BatchReport::parts`](super::BatchReport::parts) says how many there were.
    #[default]
    DryRun,
    /// Everything is stored as one entry, or nothing where any row is refused. At most
    /// [`MAX_BATCH_ROWS`] rows that are not blank, since more do not fit into one entry.
    AllOrNothing,
    /// What passes is stored, in parts of at most [`MAX_BATCH_ROWS`] rows, one entry each. No limit.
    Partial,
}

/// What the host chooses of an upload.
///
/// ```
/// use caseload_io::batch::{Mode, Options};
/// let options = Options::default().mode(Mode::Partial).sheet("Caseload");
/// # let _ = options;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What becomes of the rows.
    pub mode: Mode,
    /// The worksheet to read; without one, the first whose header names a known column.
    pub sheet: Option<String>,
    /// The most rows that are judged together, and stored as one entry by a partial upload.
    pub rows_a_part: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { mode: Mode::default(), sheet: None, rows_a_part: MAX_BATCH_ROWS }
    }
}

impl Options {
    /// What becomes of the rows.
    ///
    /// ```
    /// use caseload_io::batch::{Mode, Options};
    /// assert_eq!(Options::default().mode(Mode::AllOrNothing).mode, Mode::AllOrNothing);
    /// ```
    #[must_use]
    pub const fn mode(mut self, mode: Mode) -> Options {
        self.mode = mode;
        self
    }

    /// Which worksheet is read.
    ///
    /// ```
    /// use caseload_io::batch::Options;
    /// assert!(Options::default().sheet("May").sheet.is_some());
    /// ```
    #[must_use]
    pub fn sheet(mut self, name: impl Into<String>) -> Options {
        self.sheet = Some(name.into());
        self
    }

    /// How many rows are judged together, at most [`MAX_BATCH_ROWS`]: fewer keep other writers waiting for
    /// less long. A part also ends where it has a mebibyte of text.
    ///
    /// ```
    /// use caseload_io::batch::Options;
    /// assert_eq!(Options::default().rows_a_part(500).rows_a_part, 500);
    /// ```
    #[must_use]
    pub fn rows_a_part(mut self, rows: usize) -> Options {
        self.rows_a_part = rows.clamp(1, MAX_BATCH_ROWS);
        self
    }
}

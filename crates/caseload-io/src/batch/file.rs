//! A batch file, opened: what it is, its columns, and its rows one at a time.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use super::{
    BatchError, FileKind, FileProblem, Options,
    column::Layout,
    csv_rows::CsvRows,
    row::RawRow,
    workbook::{Workbook, kind_of_archive},
};

/// What a file is read from.
pub(super) trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// The rows below the header that are not blank, in order.
pub(super) trait Rows {
    fn next(&mut self) -> Result<Option<RawRow>, FileProblem>;

    /// The number of the last row that was read; at first that of the header.
    fn at(&self) -> u64;

    /// How much was read, and of how much.
    fn so_far(&self) -> (u64, u64);
}

/// A batch file whose header was read and found good.
///
/// CSV and workbooks are told apart by what is in them, not by their names.
#[derive(Debug)]
pub struct BatchFile {
    pub(super) name: String,
    pub(super) layout: Layout,
    pub(super) options: Options,
    pub(super) source: Source,
}

#[derive(Debug)]
pub(super) enum Source {
    Csv(Box<CsvRows>),
    Workbook(Box<Workbook>),
}

impl BatchFile {
    /// Opens a file and reads its header.
    ///
    /// ```
    /// use caseload_io::batch::{BatchFile, Options};
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("june.csv");
    /// std::fs::write(&path, "Participant ID,Program ID,Staff ID\n")?;
    /// let error = BatchFile::open(&path, &Options::default()).unwrap_err();
    /// assert!(error.to_string().ends_with("has no column `Start date`; add it"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`BatchError::File`] when it cannot be read, is of another kind, or has a wrong header. A bad
    /// row is no error: it gets its verdict in [`BatchFile::upload`].
    pub fn open(path: impl AsRef<Path>, options: &Options) -> Result<BatchFile, BatchError> {
        let name = path.as_ref().display().to_string();
        match File::open(path) {
            Ok(file) => BatchFile::read(name, file, options),
            Err(error) => Err(FileProblem::from(error).in_file(name)),
        }
    }

    /// Reads a file from wherever it is, under the name that errors are to give it.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use caseload_io::batch::{BatchFile, Options};
    /// let text = "Participant ID;Program ID;Staff ID;Start date\nP-1;p1;s1;2024-02-01\n";
    /// assert!(BatchFile::read("june.csv", Cursor::new(text), &Options::default()).is_ok());
    /// ```
    ///
    /// # Errors
    /// As [`BatchFile::open`].
    pub fn read(
        name: impl Into<String>,
        input: impl Read + Seek + Send + 'static,
        options: &Options,
    ) -> Result<BatchFile, BatchError> {
        let name = name.into();
        match opened(Box::new(input), options) {
            Ok((source, layout)) => {
                Ok(BatchFile { name, layout, options: options.clone(), source })
            }
            Err(problem) => Err(problem.in_file(name)),
        }
    }
}

impl Source {
    /// The rows below the header.
    pub(super) fn rows(&mut self) -> Result<Box<dyn Rows + '_>, FileProblem> {
        Ok(match self {
            Source::Csv(rows) => Box::new(&mut **rows),
            Source::Workbook(book) => Box::new(book.rows()?),
        })
    }
}

impl<T: Rows> Rows for &mut T {
    fn next(&mut self) -> Result<Option<RawRow>, FileProblem> {
        (**self).next()
    }

    fn at(&self) -> u64 {
        (**self).at()
    }

    fn so_far(&self) -> (u64, u64) {
        (**self).so_far()
    }
}

fn opened(
    mut input: Box<dyn ReadSeek>,
    options: &Options,
) -> Result<(Source, Layout), FileProblem> {
    let mut start = Vec::new();
    input.by_ref().take(LOOKED_AT).read_to_end(&mut start)?;
    input.seek(SeekFrom::Start(0))?;
    let (source, header) = if start.starts_with(b"PK") {
        let (book, header) = Workbook::open(input, options.sheet.as_deref())?;
        (Source::Workbook(Box::new(book)), header)
    } else {
        not_a_csv(&start, &mut input)?;
        let (rows, header) = CsvRows::open(input)?;
        (Source::Csv(Box::new(rows)), header)
    };
    let layout = Layout::of(&header)?;
    Ok((source, layout))
}

/// How many bytes tell what a file is.
const LOOKED_AT: u64 = 512;

/// Other kinds of files that go under the name of a CSV or a workbook.
fn not_a_csv(start: &[u8], input: &mut Box<dyn ReadSeek>) -> Result<(), FileProblem> {
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    if start.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(kind_of_archive(input));
    }
    let found = if text.starts_with(b"<") {
        FileKind::Markup
    } else if text.starts_with(b"%PDF") {
        FileKind::Pdf
    } else {
        return Ok(());
    };
    Err(FileProblem::Kind { found })
}

//! The files of an export: found, decoded, their columns named, their rows handed on with their line.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use csv::ByteRecord;
use sha2::{Digest as _, Sha256};

use super::{HmisError, RowProblem};

/// A file of the export that the import reads. All others are ignored.
///
/// ```
/// use caseload_io::hmis::HmisFile;
/// assert_eq!(HmisFile::Exit.to_string(), "Exit.csv");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HmisFile {
    /// Which export it is.
    Export,
    /// Projects: programs.
    Project,
    /// Users: staff.
    User,
    /// Enrollments.
    Enrollment,
    /// Exits: the ends of enrollments.
    Exit,
}

impl HmisFile {
    /// Every one, in the order in which they are read.
    pub const ALL: [HmisFile; 5] =
        [HmisFile::Export, HmisFile::Project, HmisFile::User, HmisFile::Enrollment, HmisFile::Exit];

    /// Its name in the folder.
    pub const fn name(self) -> &'static str {
        match self {
            HmisFile::Export => "Export.csv",
            HmisFile::Project => "Project.csv",
            HmisFile::User => "User.csv",
            HmisFile::Enrollment => "Enrollment.csv",
            HmisFile::Exit => "Exit.csv",
        }
    }

    /// The columns that are read, whatever their order. `DateDeleted` is among them everywhere:
    /// without it a withdrawn row could not be told from one that counts.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            HmisFile::Export => &["ExportID", "ExportStartDate", "ExportEndDate", "CSVVersion"],
            HmisFile::Project => &["ProjectID", "ProjectName", "DateDeleted"],
            HmisFile::User => &["UserID", "UserFirstName", "UserLastName", "DateDeleted"],
            HmisFile::Enrollment => {
                &["EnrollmentID", "PersonalID", "ProjectID", "EntryDate", "UserID", "DateDeleted"]
            }
            HmisFile::Exit => &["EnrollmentID", "PersonalID", "ExitDate", "UserID", "DateDeleted"],
        }
    }
}

impl fmt::Display for HmisFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The rows of a file, each with the line it begins on and what it says, or what is wrong with it.
#[derive(Debug)]
pub(super) struct Sheet<T> {
    pub(super) rows: Vec<(u64, Result<T, RowProblem>)>,
    /// SHA-256 over the file as it was read.
    pub(super) digest: [u8; 32],
}

/// Reads a file row by row.
pub(super) fn read<T>(
    folder: &Path,
    file: HmisFile,
    mut parse: impl FnMut(&Fields<'_>) -> Result<T, RowProblem>,
) -> Result<Sheet<T>, HmisError> {
    let path = find(folder, file)?;
    let unreadable = |source| HmisError::Unreadable { path: path.clone(), source };
    let bytes = fs::read(&path).map_err(unreadable)?;
    let digest = Sha256::digest(&bytes).into();
    let text = decoded(file, &bytes)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut record = ByteRecord::new();
    let broken = |error: csv::Error| unreadable(std::io::Error::other(error));
    if !reader.read_byte_record(&mut record).map_err(broken)? {
        return Err(HmisError::Empty { file });
    }
    let columns = Columns::of(file, &record)?;
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut rows = Vec::new();
    loop {
        let begin = lines.skip_breaks(offset(reader.position()));
        if !reader.read_byte_record(&mut record).map_err(broken)? {
            return Ok(Sheet { rows, digest });
        }
        let raw = lines.slice(begin, offset(reader.position()));
        let line = lines.number(begin);
        let row = columns.fields(&record, raw).and_then(|fields| parse(&fields));
        rows.push((line, row));
    }
}

/// The file under its own name, or (on a disk that minds case) under a name in other letters.
fn find(folder: &Path, file: HmisFile) -> Result<PathBuf, HmisError> {
    let path = folder.join(file.name());
    if path.exists() {
        return Ok(path);
    }
    let unreadable = |source| HmisError::Unreadable { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().eq_ignore_ascii_case(file.name()) {
            return Ok(entry.path());
        }
    }
    Err(HmisError::FileMissing { file, folder: folder.to_owned() })
}

/// The text without its byte order mark.
fn decoded(file: HmisFile, bytes: &[u8]) -> Result<&[u8], HmisError> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(HmisError::Encoding { file });
    }
    Ok(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}

fn offset(position: &csv::Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

/// Where the needed columns are.
struct Columns {
    names: &'static [&'static str],
    places: Vec<usize>,
    width: usize,
}

impl Columns {
    fn of(file: HmisFile, header: &ByteRecord) -> Result<Columns, HmisError> {
        let mut places = Vec::new();
        for &column in file.columns() {
            let is_it = |name: &[u8]| name.trim_ascii().eq_ignore_ascii_case(column.as_bytes());
            let mut found = header.iter().enumerate().filter(|(_, name)| is_it(name));
            let (place, _) = found.next().ok_or(HmisError::ColumnMissing { file, column })?;
            if found.next().is_some() {
                return Err(HmisError::ColumnTwice { file, column });
            }
            places.push(place);
        }
        Ok(Columns { names: file.columns(), places, width: header.len() })
    }

    /// A row that may be trusted to have its values under the right names.
    fn fields<'a>(&'a self, record: &'a ByteRecord, raw: &[u8]) -> Result<Fields<'a>, RowProblem> {
        // The reader takes a quote that is never closed as closed at the end of the file.
        let quotes = raw.iter().filter(|&&byte| byte == b'"').count();
        if quotes % 2 == 1 && raw.contains(&b'\n') {
            return Err(RowProblem::UnclosedQuote);
        }
        if record.len() != self.width {
            let (found, expected) = (record.len(), self.width);
            return Err(RowProblem::RowLength { found, expected });
        }
        Ok(Fields { columns: self, record })
    }
}

/// The needed values of one row.
pub(super) struct Fields<'a> {
    columns: &'a Columns,
    record: &'a ByteRecord,
}

impl Fields<'_> {
    /// A value without white space around it; empty where there is none.
    pub(super) fn text(&self, column: &'static str) -> Result<&str, RowProblem> {
        let place = self.columns.names.iter().position(|&name| name == column);
        let place = place.and_then(|place| self.columns.places.get(place));
        let bytes = place.and_then(|&place| self.record.get(place)).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| RowProblem::NotUtf8 { column })?;
        Ok(text.trim())
    }

    /// A value that must be there.
    pub(super) fn needed(&self, column: &'static str) -> Result<&str, RowProblem> {
        match self.text(column)? {
            "" => Err(RowProblem::FieldMissing { column }),
            text => Ok(text),
        }
    }
}

/// Line numbers by place in the text, asked in order.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    /// The reader passes over empty lines: the row begins after them.
    fn skip_breaks(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        let breaks = rest.iter().take_while(|&&byte| matches!(byte, b'\r' | b'\n')).count();
        from.saturating_add(breaks)
    }

    fn slice(&self, begin: usize, end: usize) -> &'a [u8] {
        self.text.get(begin..end).unwrap_or_default().trim_ascii_end()
    }

    fn number(&mut self, at: usize) -> u64 {
        let mut passed = self.text.get(self.at..at).unwrap_or_default().iter().peekable();
        while let Some(byte) = passed.next() {
            // `\r\n` is one break.
            let ends = *byte == b'\n' || (*byte == b'\r' && passed.peek() != Some(&&b'\n'));
            self.line += u64::from(ends);
        }
        self.at = at;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rows = Vec<(u64, Result<(String, String), RowProblem>)>;

    fn rows(text: &[u8]) -> Result<Rows, HmisError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Project.csv"), text).unwrap();
        let pair = |fields: &Fields<'_>| {
            Ok((fields.needed("ProjectID")?.to_owned(), fields.text("ProjectName")?.to_owned()))
        };
        read(folder.path(), HmisFile::Project, pair).map(|sheet| sheet.rows)
    }

    fn good(line: u64, id: &str, name: &str) -> (u64, Result<(String, String), RowProblem>) {
        (line, Ok((id.to_owned(), name.to_owned())))
    }

    #[test]
    fn columns_may_stand_in_any_order_among_others() {
        let text = b"DateDeleted,Extra,projectname, ProjectID \n,x,Shelter,7\n";
        assert_eq!(rows(text).unwrap(), [good(2, "7", "Shelter")]);
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_text() {
        let text =
            b"\xEF\xBB\xBFProjectID,ProjectName,DateDeleted\r\n\"7\",Shelter,\r\n\r\n8,B,\r\n";
        assert_eq!(rows(text).unwrap(), [good(2, "7", "Shelter"), good(4, "8", "B")]);
        let utf16 = b"\xFF\xFEP\0r\0";
        assert_eq!(rows(utf16).unwrap_err().code(), "hmis-encoding");
    }

    #[test]
    fn a_quoted_line_break_is_part_of_the_value_and_lines_are_counted_on() {
        let text = b"ProjectID,ProjectName,DateDeleted\n7,\"two\r\nlines\",\n\n8,B,";
        assert_eq!(rows(text).unwrap(), [good(2, "7", "two\r\nlines"), good(5, "8", "B")]);
    }

    #[test]
    fn a_row_that_cannot_be_trusted_is_a_problem_of_its_own() {
        let text =
            b"ProjectID,ProjectName,DateDeleted\n1,A\n2,B,,\n,C,\n3,\xE9,\n4,D,\n5,\"E,\n6,F,\n";
        let found: Vec<_> = rows(text)
            .unwrap()
            .into_iter()
            .map(|(line, row)| (line, row.map_or_else(|problem| problem.code(), |_| "ok")))
            .collect();
        let expected = [
            (2, "row-length"),
            (3, "row-length"),
            (4, "field-missing"),
            (5, "not-utf8"),
            (6, "ok"),
            (7, "unclosed-quote"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_the_header_lacks_is_named() {
        let code = |text: &[u8]| rows(text).map(|_| "ok").unwrap_or_else(|error| error.code());
        assert_eq!(code(b""), "hmis-file-empty");
        assert_eq!(code(b"ProjectID,ProjectName\n"), "hmis-column-missing");
        assert_eq!(code(b"ProjectID,ProjectName,DateDeleted,ProjectID\n"), "hmis-column-twice");
        assert_eq!(code(b"ProjectID,ProjectName,DateDeleted"), "ok");
    }

    #[test]
    fn a_file_is_found_in_other_letters_and_missed_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let text = |fields: &Fields<'_>| fields.text("UserID").map(str::to_owned);
        let missing = read(folder.path(), HmisFile::User, text).unwrap_err();
        assert!(missing.to_string().starts_with("`User.csv` is missing"), "{missing}");
        let header = "UserID,UserFirstName,UserLastName,DateDeleted\n7,,,\n";
        fs::write(folder.path().join("USER.CSV"), header).unwrap();
        assert_eq!(read(folder.path(), HmisFile::User, text).unwrap().rows.len(), 1);
    }
}

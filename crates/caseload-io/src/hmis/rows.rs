//! What one row of each file says.

use std::fmt;

use caseload::{Day, EnrollmentId, Name, ParticipantId, ProgramId, StaffId, Violation};

use super::{HmisFile, files::Fields};

/// Why a row was not taken as it stands. The text never holds a value of the row but its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowProblem {
    RowLength { found: usize, expected: usize },
    UnclosedQuote,
    NotUtf8 { column: &'static str },
    FieldMissing { column: &'static str },
    InputDate { column: &'static str },
    InputId { column: &'static str },
    DuplicateId { column: &'static str, line: u64 },
    UnknownProgram,
    UnknownEnrollment,
    PersonMismatch { enrollment_line: u64 },
    ExitRefused { line: u64 },
    EnrollmentRefused { line: u64 },
    ExportRepeated,
    Rule { code: &'static str, text: String },
}

impl RowProblem {
    /// The stable code: the core's own where it says the same.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            RowProblem::RowLength { .. } => "row-length",
            RowProblem::UnclosedQuote => "unclosed-quote",
            RowProblem::NotUtf8 { .. } => "not-utf8",
            RowProblem::FieldMissing { .. } => "field-missing",
            RowProblem::InputDate { .. } => "input-date",
            RowProblem::InputId { .. } => "input-id",
            RowProblem::DuplicateId { .. } => "duplicate-id",
            RowProblem::UnknownProgram => "unknown-program",
            RowProblem::UnknownEnrollment => "unknown-enrollment",
            RowProblem::PersonMismatch { .. } => "person-mismatch",
            RowProblem::ExitRefused { .. } => "exit-refused",
            RowProblem::EnrollmentRefused { .. } => "enrollment-refused",
            RowProblem::ExportRepeated => "export-repeated",
            RowProblem::Rule { code, .. } => code,
        }
    }

    /// What the rules of the agency say of a row.
    pub(crate) fn rule(violation: &Violation) -> RowProblem {
        RowProblem::Rule { code: violation.code().word(), text: violation.problem.to_string() }
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowProblem::RowLength { found, expected } => {
                write!(f, "has {found} values where the first line names {expected} columns")
            }
            RowProblem::UnclosedQuote => {
                f.write_str("a quote is not closed, so the rest of the file cannot be told apart")
            }
            RowProblem::NotUtf8 { column } => write!(f, "{column} is not UTF-8"),
            RowProblem::FieldMissing { column } => write!(f, "{column} is empty"),
            RowProblem::InputDate { column } => {
                write!(f, "{column} is not a day; write it as YYYY-MM-DD")
            }
            RowProblem::InputId { column } => {
                write!(f, "{column} is not an id; use 1 to 128 bytes without control characters")
            }
            RowProblem::DuplicateId { column, line } => {
                write!(f, "the same {column} stands on line {line}, which counts")
            }
            RowProblem::UnknownProgram => {
                write!(f, "ProjectID is not in {}", HmisFile::Project)
            }
            RowProblem::UnknownEnrollment => {
                write!(f, "EnrollmentID is not in {}", HmisFile::Enrollment)
            }
            RowProblem::PersonMismatch { enrollment_line } => write!(
                f,
                "PersonalID is another than that of {} line {enrollment_line}",
                HmisFile::Enrollment
            ),
            RowProblem::ExitRefused { line } => write!(
                f,
                "the exit on {} line {line} was refused, so its end is not known",
                HmisFile::Exit
            ),
            RowProblem::EnrollmentRefused { line } => {
                write!(f, "the enrollment on {} line {line} was refused", HmisFile::Enrollment)
            }
            RowProblem::ExportRepeated => f.write_str("only the first row says which export it is"),
            RowProblem::Rule { text, .. } => f.write_str(text),
        }
    }
}

/// Whether a row was withdrawn in the system that it was exported from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Live,
    Deleted,
}

impl Standing {
    fn of(fields: &Fields<'_>) -> Result<Standing, RowProblem> {
        let deleted = fields.text("DateDeleted")?;
        Ok(if deleted.is_empty() { Standing::Live } else { Standing::Deleted })
    }
}

/// A value that is worth a warning when it cannot be read, but no refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given<T> {
    Value(T),
    Nothing,
    Unreadable,
}

impl<T> Given<T> {
    pub(super) fn value(self) -> Option<T> {
        match self {
            Given::Value(value) => Some(value),
            Given::Nothing | Given::Unreadable => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct ExportRow {
    pub(super) id: String,
    pub(super) start: Option<Day>,
    pub(super) end: Option<Day>,
    pub(super) version: String,
}

impl ExportRow {
    pub(super) fn parse(fields: &Fields<'_>) -> Result<ExportRow, RowProblem> {
        Ok(ExportRow {
            id: fields.needed("ExportID")?.to_owned(),
            start: fields.text("ExportStartDate")?.parse().ok(),
            end: fields.text("ExportEndDate")?.parse().ok(),
            version: fields.text("CSVVersion")?.to_owned(),
        })
    }
}

#[derive(Debug)]
pub(super) struct ProjectRow {
    pub(super) id: ProgramId,
    pub(super) name: Given<Name>,
    pub(super) standing: Standing,
}

impl ProjectRow {
    pub(super) fn parse(fields: &Fields<'_>) -> Result<ProjectRow, RowProblem> {
        let column = "ProjectID";
        let id = fields.needed(column)?;
        Ok(ProjectRow {
            id: ProgramId::new(id).map_err(|_| RowProblem::InputId { column })?,
            name: name(fields, &["ProjectName"]),
            standing: Standing::of(fields)?,
        })
    }
}

#[derive(Debug)]
pub(super) struct UserRow {
    pub(super) id: StaffId,
    pub(super) name: Given<Name>,
    pub(super) standing: Standing,
}

impl UserRow {
    pub(super) fn parse(fields: &Fields<'_>) -> Result<UserRow, RowProblem> {
        let column = "UserID";
        let id = fields.needed(column)?;
        Ok(UserRow {
            id: StaffId::new(id).map_err(|_| RowProblem::InputId { column })?,
            name: name(fields, &["UserFirstName", "UserLastName"]),
            standing: Standing::of(fields)?,
        })
    }
}

#[derive(Debug)]
pub(super) struct EnrollmentLine {
    pub(super) id: EnrollmentId,
    pub(super) standing: Standing,
    /// What a row that counts must have; a withdrawn one may be as broken as it likes.
    pub(super) stay: Result<Stay, RowProblem>,
}

/// Who is served where, and from when on.
#[derive(Debug)]
pub(super) struct Stay {
    pub(super) participant: ParticipantId,
    pub(super) program: ProgramId,
    pub(super) entry: Day,
    pub(super) user: Given<StaffId>,
}

impl EnrollmentLine {
    pub(super) fn parse(fields: &Fields<'_>) -> Result<EnrollmentLine, RowProblem> {
        Ok(EnrollmentLine {
            id: enrollment(fields)?,
            standing: Standing::of(fields)?,
            stay: Stay::parse(fields),
        })
    }
}

impl Stay {
    fn parse(fields: &Fields<'_>) -> Result<Stay, RowProblem> {
        let column = "ProjectID";
        let program = fields.needed(column)?;
        Ok(Stay {
            participant: person(fields)?,
            program: ProgramId::new(program).map_err(|_| RowProblem::InputId { column })?,
            entry: day(fields, "EntryDate")?,
            user: user(fields),
        })
    }
}

#[derive(Debug)]
pub(super) struct ExitLine {
    pub(super) enrollment: EnrollmentId,
    pub(super) standing: Standing,
    pub(super) leave: Result<Leave, RowProblem>,
}

/// Who left, and on which day: HMIS counts a person on days before it, as `end` does here.
#[derive(Debug)]
pub(super) struct Leave {
    pub(super) participant: ParticipantId,
    pub(super) end: Day,
    pub(super) user: Given<StaffId>,
}

impl ExitLine {
    pub(super) fn parse(fields: &Fields<'_>) -> Result<ExitLine, RowProblem> {
        Ok(ExitLine {
            enrollment: enrollment(fields)?,
            standing: Standing::of(fields)?,
            leave: Leave::parse(fields),
        })
    }
}

impl Leave {
    fn parse(fields: &Fields<'_>) -> Result<Leave, RowProblem> {
        Ok(Leave {
            participant: person(fields)?,
            end: day(fields, "ExitDate")?,
            user: user(fields),
        })
    }
}

fn enrollment(fields: &Fields<'_>) -> Result<EnrollmentId, RowProblem> {
    let column = "EnrollmentID";
    EnrollmentId::new(fields.needed(column)?).map_err(|_| RowProblem::InputId { column })
}

fn person(fields: &Fields<'_>) -> Result<ParticipantId, RowProblem> {
    let column = "PersonalID";
    ParticipantId::new(fields.needed(column)?).map_err(|_| RowProblem::InputId { column })
}

fn day(fields: &Fields<'_>, column: &'static str) -> Result<Day, RowProblem> {
    fields.needed(column)?.parse().map_err(|_| RowProblem::InputDate { column })
}

/// Who last touched the row: not worth refusing a stay for.
fn user(fields: &Fields<'_>) -> Given<StaffId> {
    match fields.text("UserID") {
        Ok("") => Given::Nothing,
        Ok(text) => StaffId::new(text).map_or(Given::Unreadable, Given::Value),
        Err(_) => Given::Unreadable,
    }
}

fn name(fields: &Fields<'_>, columns: &[&'static str]) -> Given<Name> {
    let parts: Result<Vec<&str>, _> = columns.iter().map(|column| fields.text(column)).collect();
    let Ok(parts) = parts else { return Given::Unreadable };
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match Name::new(parts.join(" ")) {
        Ok(name) if name.as_str().is_empty() => Given::Nothing,
        Ok(name) => Given::Value(name),
        Err(_) => Given::Unreadable,
    }
}

//! What one row asks for, or everything that is wrong with it.

use std::fmt;

use caseload::{
    AssignmentId, Code, Day, InputError, ParticipantId, ProgramId, Reason, Role, StaffId,
};

use super::{
    Column, EndBy, ProgramBy, RowProblem, SkippedRow, StaffBy,
    cell::{Cell, MAX_CELL_BYTES, NoDay},
    column::Layout,
    names::Names,
};

/// The participant of the template's row of instructions.
pub const INSTRUCTION_MARK: &str = "#INSTRUCTIONS";
/// The participant of the template's sample row.
pub const SAMPLE_MARK: &str = "#SAMPLE";

/// A row as it stands in the file, under no blank row of its own.
#[derive(Debug)]
pub(super) struct RawRow {
    /// As a spreadsheet numbers it, the header being 1 where nothing stands above it.
    pub(super) number: u64,
    /// The line of a CSV on which it begins.
    pub(super) line: Option<u64>,
    /// What stands in it, or why that cannot be told.
    pub(super) cells: Result<Vec<Cell>, Broken>,
}

impl RawRow {
    /// How much text stands in it.
    pub(super) fn bytes(&self) -> usize {
        let of_cell = |cell: &Cell| match cell {
            Cell::Text(text) => text.len(),
            _ => 0,
        };
        self.cells.as_ref().map_or(0, |cells| cells.iter().map(of_cell).sum())
    }
}

/// A row whose cells cannot be trusted to stand under their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) flaw: Flaw,
    /// Where, if it is one place.
    pub(super) place: Option<usize>,
}

/// What is wrong with a row as it stands, before any rule is asked. Never a value of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    RowLength { found: usize, expected: usize },
    UnclosedQuote,
    NotUtf8,
    TooLarge,
    Missing,
    ActionMissing,
    Unexpected(&'static str),
    WrongType(&'static str),
    NoDay(NoDay),
    LastDayIsLastOfAll,
    LastDayBeforeStart,
    NoId,
    NoAction,
    UnknownName,
    AmbiguousName { count: usize },
    NoSuchAssignment { open_since: Option<Day> },
}

impl Flaw {
    /// The stable code: the core's own where it says the same.
    const fn code(self) -> &'static str {
        match self {
            Flaw::RowLength { .. } => "row-length",
            Flaw::UnclosedQuote => "unclosed-quote",
            Flaw::NotUtf8 => "not-utf8",
            Flaw::TooLarge => Code::TooLarge.word(),
            Flaw::Missing | Flaw::ActionMissing => "field-missing",
            Flaw::Unexpected(_) => "field-unexpected",
            Flaw::WrongType(_) => "wrong-type",
            Flaw::NoDay(_) | Flaw::LastDayIsLastOfAll => Code::InputDate.word(),
            Flaw::LastDayBeforeStart => Code::EndBeforeStart.word(),
            Flaw::NoId => Code::InputId.word(),
            Flaw::NoAction => Code::RowKind.word(),
            Flaw::UnknownName => "unknown-name",
            Flaw::AmbiguousName { .. } => "ambiguous-name",
            Flaw::NoSuchAssignment { .. } => Code::UnknownAssignment.word(),
        }
    }

    /// As a problem of these columns.
    pub(super) fn at(self, columns: &[Column]) -> RowProblem {
        let nearest = match self {
            Flaw::NoSuchAssignment { open_since: Some(day) } => Some((Column::Start, day)),
            _ => None,
        };
        RowProblem { code: self.code(), columns: columns.to_vec(), text: self.to_string(), nearest }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::RowLength { found, expected } => {
                write!(f, "has {found} values where the first row names {expected} columns")
            }
            Flaw::UnclosedQuote => {
                f.write_str("a quote is not closed, so the rest of the file cannot be told apart")
            }
            Flaw::NotUtf8 => f.write_str("is not UTF-8; save the file as `CSV UTF-8`"),
            Flaw::TooLarge => write!(
                f,
                "is larger than the {MAX_CELL_BYTES} bytes that a cell may have, or a quote is not closed"
            ),
            Flaw::Missing => f.write_str("is empty; of merged cells only the first one counts"),
            Flaw::ActionMissing => {
                f.write_str("is empty, but the row has an end; write `begin` or `end`")
            }
            Flaw::Unexpected(expected) => f.write_str(expected),
            Flaw::WrongType(found) => {
                write!(f, "is {found}; a text is expected, so format the cell as text")
            }
            Flaw::NoDay(why) => why.fmt(f),
            Flaw::LastDayIsLastOfAll => {
                f.write_str("is the last day of the calendar; leave it empty for an open end")
            }
            Flaw::LastDayBeforeStart => f.write_str("the last day is before the start"),
            Flaw::NoId => {
                f.write_str("is not an id; use 1 to 128 bytes without control characters")
            }
            Flaw::NoAction => f.write_str("is no action; write `begin` or `end`"),
            Flaw::UnknownName => f.write_str("nobody and nothing here has this name"),
            Flaw::AmbiguousName { count } => {
                write!(f, "{count} have this name; use a file with ids instead")
            }
            Flaw::NoSuchAssignment { open_since } => {
                f.write_str(
                    "no assignment of this participant, program and staff member starts on that day",
                )?;
                match open_since {
                    Some(day) => write!(f, "; the open one starts on {day}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// What a row asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Begin { line: NewLine, role: Option<Role>, end: Option<Day> },
    End { line: NewLine, end: Day, reason: Option<Reason> },
    Skip(SkippedRow),
}

/// Whose assignment a row is about, and when it starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct NewLine {
    pub(super) staff: StaffId,
    pub(super) participant: ParticipantId,
    pub(super) program: ProgramId,
    pub(super) start: Day,
}

/// Reads rows of one layout, with the names of one agency.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) layout: &'a Layout,
    pub(super) names: &'a Names,
}

/// What is read of one row, with every problem so far.
struct Fields<'a> {
    reading: &'a Reading<'a>,
    cells: &'a [Cell],
    problems: Vec<RowProblem>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Begin,
    End,
}

impl Reading<'_> {
    /// What a row asks for, or everything that is wrong with it.
    pub(super) fn row(&self, row: &RawRow) -> Result<Wanted, Vec<RowProblem>> {
        let cells = match &row.cells {
            Ok(cells) => cells,
            Err(broken) => {
                let column = broken.place.and_then(|place| self.layout.column_at(place));
                return Err(vec![broken.flaw.at(column.as_slice())]);
            }
        };
        let mut fields = Fields { reading: self, cells, problems: Vec::new() };
        if let Some(skipped) = fields.mark() {
            return Ok(Wanted::Skip(skipped));
        }
        if let Some(flaw) = self.beyond(cells) {
            return Err(vec![flaw.at(&[])]);
        }
        let wanted = fields.wanted();
        match wanted {
            Some(wanted) if fields.problems.is_empty() => Ok(wanted),
            _ => Err(fields.problems),
        }
    }

    /// Values that stand under no name.
    fn beyond(&self, cells: &[Cell]) -> Option<Flaw> {
        let named = |place| self.layout.column_at(place).is_some();
        let place = (0..cells.len()).find(|place| {
            !named(*place) && cells.get(*place).is_some_and(|cell| !cell.is_blank())
        })?;
        Some(Flaw::RowLength { found: place + 1, expected: self.layout.width })
    }
}

impl Fields<'_> {
    fn wanted(&mut self) -> Option<Wanted> {
        let action = self.action();
        let participant = self.id(Column::Participant, |text| ParticipantId::new(text));
        let program = self.program();
        let staff = self.staff();
        let start = self.needed_day(Column::Start);
        let role = self.typed(Column::Role, |text| Role::new(text));
        let reason = self.typed(Column::Reason, |text| Reason::new(text));
        let end = self.end(start);
        match action {
            Some(Action::Begin) if reason.is_some() => {
                self.unexpected(Column::Reason, "only a row that ends an assignment has a reason");
            }
            Some(Action::End) if role.is_some() => {
                self.unexpected(Column::Role, "only a row that begins an assignment has a role");
            }
            _ => {}
        }
        if action == Some(Action::End)
            && let Some(by) = self.reading.layout.end
            && self.cell(by.column()).is_blank()
        {
            self.problems.push(Flaw::Missing.at(&[by.column()]));
        }
        let line =
            NewLine { staff: staff?, participant: participant?, program: program?, start: start? };
        match action? {
            Action::Begin => Some(Wanted::Begin { line, role, end }),
            Action::End => Some(Wanted::End { line, end: end?, reason }),
        }
    }

    /// The rows that a template brings.
    fn mark(&self) -> Option<SkippedRow> {
        match self.cell(Column::Participant) {
            Cell::Text(text) if text.eq_ignore_ascii_case(INSTRUCTION_MARK) => {
                Some(SkippedRow::Instructions)
            }
            Cell::Text(text) if text.eq_ignore_ascii_case(SAMPLE_MARK) => Some(SkippedRow::Sample),
            _ => None,
        }
    }

    /// Without an action a row begins, unless it has an end: then it has to say which.
    fn action(&mut self) -> Option<Action> {
        let text = self.text(Column::Action)?;
        match text.as_deref() {
            Some(word) if word.eq_ignore_ascii_case("begin") => return Some(Action::Begin),
            Some(word) if word.eq_ignore_ascii_case("end") => return Some(Action::End),
            Some(_) => self.problems.push(Flaw::NoAction.at(&[Column::Action])),
            None => {
                let end = self.reading.layout.end.map(EndBy::column);
                if end.is_none_or(|end| self.cell(end).is_blank()) {
                    return Some(Action::Begin);
                }
                self.problems.push(Flaw::ActionMissing.at(&[Column::Action]));
            }
        }
        None
    }

    fn program(&mut self) -> Option<ProgramId> {
        match self.reading.layout.program {
            ProgramBy::Id => self.id(Column::ProgramId, |text| ProgramId::new(text)),
            ProgramBy::Name => {
                let name = self.needed(Column::ProgramName)?;
                let found = self.reading.names.program(&name);
                self.found(found, &[Column::ProgramName])
            }
        }
    }

    fn staff(&mut self) -> Option<StaffId> {
        let by = self.reading.layout.staff;
        let name = match by {
            StaffBy::Id => return self.id(Column::StaffId, |text| StaffId::new(text)),
            StaffBy::Name => self.needed(Column::StaffName)?,
            StaffBy::FirstAndLastName => {
                let first = self.needed(Column::StaffFirstName);
                let last = self.needed(Column::StaffLastName);
                format!("{} {}", first?, last?)
            }
        };
        let found = self.reading.names.staff(&name);
        self.found(found, by.columns())
    }

    fn found<T>(&mut self, found: Result<T, Flaw>, columns: &[Column]) -> Option<T> {
        found.map_err(|flaw| self.problems.push(flaw.at(columns))).ok()
    }

    /// The end as the first day that is not covered, whichever day the file writes.
    fn end(&mut self, start: Option<Day>) -> Option<Day> {
        let by = self.reading.layout.end?;
        let column = by.column();
        let day = self.day(column)?;
        match by {
            EndBy::FirstDayNotCovered => Some(day),
            EndBy::LastDay => {
                if start.is_some_and(|start| day < start) {
                    self.problems.push(Flaw::LastDayBeforeStart.at(&[Column::Start, column]));
                }
                let end = end_of_last_day(day);
                if end.is_none() {
                    self.problems.push(Flaw::LastDayIsLastOfAll.at(&[column]));
                }
                end
            }
        }
    }

    fn needed_day(&mut self, column: Column) -> Option<Day> {
        if self.cell(column).is_blank() {
            self.problems.push(Flaw::Missing.at(&[column]));
        }
        self.day(column)
    }

    fn day(&mut self, column: Column) -> Option<Day> {
        let day = self.cell(column).as_day();
        self.found(day, &[column])?
    }

    fn id<T>(
        &mut self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, InputError>,
    ) -> Option<T> {
        let text = self.needed(column)?;
        let id = parse(&text).map_err(|_| Flaw::NoId);
        self.found(id, &[column])
    }

    /// A value of a column that may be empty.
    fn typed<T>(
        &mut self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, InputError>,
    ) -> Option<T> {
        let text = self.text(column)??;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                let problems = error.violations.iter();
                let told = problems.map(|violation| RowProblem::rule(violation, &[column]));
                self.problems.extend(told);
                None
            }
        }
    }

    fn needed(&mut self, column: Column) -> Option<String> {
        let text = self.text(column)?;
        if text.is_none() {
            self.problems.push(Flaw::Missing.at(&[column]));
        }
        text
    }

    /// `None` where it cannot be read, and that is said.
    fn text(&mut self, column: Column) -> Option<Option<String>> {
        let text = self.cell(column).as_text();
        self.found(text, &[column])
    }

    fn unexpected(&mut self, column: Column, why: &'static str) {
        self.problems.push(Flaw::Unexpected(why).at(&[column]));
    }

    fn cell(&self, column: Column) -> &Cell {
        let place = self.reading.layout.place(column);
        place.and_then(|place| self.cells.get(place)).unwrap_or(&Cell::Empty)
    }
}

/// The first day not covered, of a period whose last day is this one; none after the last of all.
///
/// ```
/// use caseload_io::batch::end_of_last_day;
/// let last: caseload::Day = "2024-02-28".parse()?;
/// assert_eq!(end_of_last_day(last), Some("2024-02-29".parse()?));
/// # Ok::<(), caseload::InputError>(())
/// ```
pub const fn end_of_last_day(last: Day) -> Option<Day> {
    last.plus(1)
}

/// The last day of a period that has this end: [`end_of_last_day`] undone.
///
/// ```
/// use caseload_io::batch::{end_of_last_day, last_day_of_end};
/// let last: caseload::Day = "2024-02-28".parse()?;
/// assert_eq!(end_of_last_day(last).and_then(last_day_of_end), Some(last));
/// # Ok::<(), caseload::InputError>(())
/// ```
pub const fn last_day_of_end(end: Day) -> Option<Day> {
    end.plus(-1)
}

/// The row that a command makes of it.
pub(super) fn assign(
    line: NewLine,
    id: AssignmentId,
    role: Option<Role>,
    end: Option<Day>,
) -> caseload::Row {
    let NewLine { staff, participant, program, start } = line;
    let mut assign = caseload::Assign::new(staff, participant, program, start).id(id);
    assign.end = end;
    assign.role = role;
    assign.into()
}

//! What one row of each table says, or everything that is wrong with it.

use std::borrow::Cow;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use caseload::{
    Assign, AssignmentId, Day, DefineProgram, EnrollmentId, EnrollmentRow, InputError, Name,
    ParticipantId, Problem, ProgramId, RegisterStaff, Right, Rights, Role, StaffId, Violation,
    jsonl::read_policy,
};

use super::columns::{Batch, Column, Days, Texts, Words};

/// What was read, or every cell of it that could not be.
pub(super) type Read<T> = Result<T, Vec<Violation>>;

pub(super) struct ProgramColumns {
    id: Column<Texts>,
    name: Column<Texts>,
    policy: Column<Texts>,
}

impl ProgramColumns {
    pub(super) fn of(batch: &RecordBatch) -> Result<ProgramColumns, ArrowError> {
        let batch = Batch(batch);
        let (id, name, policy) = (batch.texts("id")?, batch.texts("name")?, batch.texts("policy")?);
        Ok(ProgramColumns { id, name, policy })
    }

    pub(super) fn row(&self, row: usize) -> Read<DefineProgram> {
        let mut cells = Cells::of(row);
        let id = cells.need(&self.id, |text| ProgramId::new(text));
        let name = cells.text(&self.name, |text| Name::new(text));
        let policy = cells.text(&self.policy, read_policy);
        cells.read(|| {
            let mut command = DefineProgram::new(id?);
            (command.name, command.policy) = (name, policy);
            Some(command)
        })
    }
}

pub(super) struct StaffColumns {
    id: Column<Texts>,
    name: Column<Texts>,
    rights: Column<Words>,
}

impl StaffColumns {
    pub(super) fn of(batch: &RecordBatch) -> Result<StaffColumns, ArrowError> {
        let batch = Batch(batch);
        let (id, name, rights) = (batch.texts("id")?, batch.texts("name")?, batch.words("rights")?);
        Ok(StaffColumns { id, name, rights })
    }

    pub(super) fn row(&self, row: usize) -> Read<RegisterStaff> {
        let mut cells = Cells::of(row);
        let id = cells.need(&self.id, |text| StaffId::new(text));
        let name = cells.text(&self.name, |text| Name::new(text));
        let rights = cells.rights(&self.rights);
        cells.read(|| {
            let mut command = RegisterStaff::new(id?);
            (command.name, command.rights) = (name, rights);
            Some(command)
        })
    }
}

pub(super) struct EnrollmentColumns {
    id: Column<Texts>,
    participant: Column<Texts>,
    program: Column<Texts>,
    start: Column<Days>,
    end: Column<Days>,
}

/// An enrollment as its row says it, without an id where the row has none.
pub(super) struct GivenEnrollment {
    pub(super) id: Option<EnrollmentId>,
    pub(super) participant: ParticipantId,
    pub(super) program: ProgramId,
    pub(super) start: Day,
    pub(super) end: Option<Day>,
}

impl GivenEnrollment {
    pub(super) fn called(self, id: EnrollmentId) -> EnrollmentRow {
        EnrollmentRow::new(id, self.participant, self.start, self.end)
    }
}

impl EnrollmentColumns {
    pub(super) fn of(batch: &RecordBatch) -> Result<EnrollmentColumns, ArrowError> {
        let batch = Batch(batch);
        Ok(EnrollmentColumns {
            id: batch.texts("id")?,
            participant: batch.texts("participant")?,
            program: batch.texts("program")?,
            start: batch.days("start")?,
            end: batch.days("end")?,
        })
    }

    pub(super) fn row(&self, row: usize) -> Read<GivenEnrollment> {
        let mut cells = Cells::of(row);
        let id = cells.text(&self.id, |text| EnrollmentId::new(text));
        let participant = cells.need(&self.participant, |text| ParticipantId::new(text));
        let program = cells.need(&self.program, |text| ProgramId::new(text));
        let start = cells.need_day(&self.start);
        let end = cells.day(&self.end);
        cells.read(|| {
            let (participant, program, start) = (participant?, program?, start?);
            Some(GivenEnrollment { id, participant, program, start, end })
        })
    }
}

pub(super) struct AssignmentColumns {
    id: Column<Texts>,
    staff: Column<Texts>,
    participant: Column<Texts>,
    program: Column<Texts>,
    start: Column<Days>,
    end: Column<Days>,
    role: Column<Texts>,
}

impl AssignmentColumns {
    pub(super) fn of(batch: &RecordBatch) -> Result<AssignmentColumns, ArrowError> {
        let batch = Batch(batch);
        Ok(AssignmentColumns {
            id: batch.texts("id")?,
            staff: batch.texts("staff")?,
            participant: batch.texts("participant")?,
            program: batch.texts("program")?,
            start: batch.days("start")?,
            end: batch.days("end")?,
            role: batch.texts("role")?,
        })
    }

    /// The day a row is sorted by. One that has none is refused wherever it stands.
    pub(super) fn start(&self, row: usize) -> Option<Day> {
        self.start.cells.get(row).flatten()
    }

    pub(super) fn row(&self, row: usize) -> Read<Assign> {
        let mut cells = Cells::of(row);
        let id = cells.text(&self.id, |text| AssignmentId::new(text));
        let staff = cells.need(&self.staff, |text| StaffId::new(text));
        let participant = cells.need(&self.participant, |text| ParticipantId::new(text));
        let program = cells.need(&self.program, |text| ProgramId::new(text));
        let start = cells.need_day(&self.start);
        let end = cells.day(&self.end);
        let role = cells.text(&self.role, |text| Role::new(text));
        cells.read(|| {
            let mut command = Assign::new(staff?, participant?, program?, start?);
            (command.id, command.end, command.role) = (id, end, role);
            Some(command)
        })
    }
}

/// The cells of a row, and what is wrong with those that were looked at.
struct Cells {
    row: usize,
    wrong: Vec<Violation>,
}

impl Cells {
    const fn of(row: usize) -> Cells {
        Cells { row, wrong: Vec::new() }
    }

    /// The row, if nothing was wrong.
    fn read<T>(self, row: impl FnOnce() -> Option<T>) -> Read<T> {
        if !self.wrong.is_empty() {
            return Err(self.wrong);
        }
        row().ok_or(self.wrong)
    }

    fn text<T>(
        &mut self,
        column: &Column<Texts>,
        parse: impl FnOnce(&str) -> Result<T, InputError>,
    ) -> Option<T> {
        let text = column.cells.get(self.row)?;
        self.noted(column.name, parse(&text))
    }

    fn need<T>(
        &mut self,
        column: &Column<Texts>,
        parse: impl FnOnce(&str) -> Result<T, InputError>,
    ) -> Option<T> {
        match column.cells.get(self.row) {
            Some(text) => self.noted(column.name, parse(&text)),
            None => self.missing(column.name),
        }
    }

    fn day(&mut self, column: &Column<Days>) -> Option<Day> {
        let day = column.cells.get(self.row)?;
        if day.is_none() {
            self.wrong(column.name, Problem::InputDate);
        }
        day
    }

    fn need_day(&mut self, column: &Column<Days>) -> Option<Day> {
        if column.cells.get(self.row).is_none() {
            return self.missing(column.name);
        }
        self.day(column)
    }

    fn rights(&mut self, column: &Column<Words>) -> Option<Rights> {
        let words = column.cells.get(self.row)?;
        let rights = words.iter().map(|word| Right::from_word(word.as_deref()?));
        let rights: Option<Rights> = rights.collect();
        if rights.is_none() {
            self.command(column.name, "holds a word that is no right");
        }
        rights
    }

    fn noted<T>(&mut self, name: &'static str, read: Result<T, InputError>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                for mut violation in error.violations {
                    // A part of a policy is named after the column that it stands in.
                    violation.fields.retain(|field| field != name);
                    violation.fields.insert(0, Cow::Borrowed(name));
                    self.wrong.push(violation);
                }
                None
            }
        }
    }

    fn missing<T>(&mut self, name: &'static str) -> Option<T> {
        self.command(name, "is null");
        None
    }

    fn command(&mut self, name: &'static str, what: &'static str) {
        self.wrong(name, Problem::InputCommand { what: Cow::Borrowed(what) });
    }

    fn wrong(&mut self, name: &'static str, problem: Problem) {
        self.wrong.push(Violation::new(problem, &[name]));
    }
}

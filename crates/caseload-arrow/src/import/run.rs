//! One way through the tables: every row is asked of the agency, and counted where its answer puts it.

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use caseload::{
    Agency, Asked, Code, Command, Context, Day, Error, Period, Progress, Receipt, RowVerdict, Tell,
    Violation,
};

use super::{
    ImportError, InputTable, RowOrder, Stored, TableImport,
    tables::{Batches, told},
};

/// The most rows of one command.
pub(super) const ROWS_A_COMMAND: usize = caseload::MAX_BATCH_ROWS;

pub(super) struct Run<'a> {
    pub(super) agency: &'a Agency,
    pub(super) context: &'a Context,
    import: TableImport,
    refusals: Refusals,
    tell: Tell<'a>,
}

/// What a refused row does to the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refusals {
    Counted,
    /// It ends the import: a rehearsal has said that there is none.
    Unexpected,
}

/// What the agency said of a command.
pub(super) enum Answer {
    Stored,
    Refused {
        violations: Vec<Violation>,
        /// Those of a batch.
        rows: Vec<RowVerdict>,
    },
}

impl<'a> Run<'a> {
    pub(super) fn new(agency: &'a Agency, context: &'a Context, tell: Tell<'a>) -> Run<'a> {
        let import = TableImport::nothing_yet();
        Run { agency, context, import, refusals: Refusals::Counted, tell }
    }

    pub(super) fn refusing_nothing(self) -> Run<'a> {
        Run { refusals: Refusals::Unexpected, ..self }
    }

    /// Takes in every table, in an order in which each finds what it refers to.
    pub(super) fn all(
        mut self,
        tables: [Batches<'_>; 4],
        order: RowOrder,
    ) -> Result<Run<'a>, ImportError> {
        let [programs, staff, enrollments, assignments] = tables;
        self.programs(programs)?;
        self.staff(staff)?;
        self.enrollments(enrollments)?;
        match order {
            RowOrder::ByStart => self.assignments_by_start(assignments)?,
            RowOrder::AsGiven => self.assignments_as_given(assignments)?,
        }
        Ok(self)
    }

    /// What became of every row, the refused ones by table and number.
    pub(super) fn ended(mut self, stored: Stored) -> TableImport {
        self.import.refused.sort_by_key(|refused| (refused.table, refused.row));
        self.import.stored = stored;
        self.import
    }

    /// The columns of the next batch, how many rows it has, and the number of the first of them.
    pub(super) fn next<C>(
        &mut self,
        table: InputTable,
        batch: Result<RecordBatch, ArrowError>,
        columns: fn(&RecordBatch) -> Result<C, ArrowError>,
    ) -> Result<(C, usize, u64), ImportError> {
        let before = self.import.counts(table).rows;
        let unreadable = |source| ImportError::Unreadable { table, rows: before, source };
        let batch = batch.map_err(unreadable)?;
        let columns = columns(&batch).map_err(unreadable)?;
        self.import.counts(table).rows += batch.num_rows() as u64;
        Ok((columns, batch.num_rows(), before + 1))
    }

    pub(super) fn accept(&mut self, table: InputTable, rows: usize) {
        self.import.counts(table).accepted += rows as u64;
    }

    pub(super) fn already_there(&mut self, table: InputTable) {
        self.import.counts(table).already_there += 1;
    }

    pub(super) fn refuse(
        &mut self,
        table: InputTable,
        row: u64,
        violations: Vec<Violation>,
    ) -> Result<(), ImportError> {
        if self.refusals == Refusals::Unexpected {
            return Err(ImportError::Overtaken { table, row });
        }
        self.import.refuse(table, row, violations);
        Ok(())
    }

    /// Tells how many rows of a table are settled, of those that were read so far.
    pub(super) fn tell(&mut self, table: InputTable) -> Result<(), ImportError> {
        let counts = *self.import.counts(table);
        let settled = counts.accepted + counts.already_there + counts.refused;
        told(self.tell, Progress::new(table.stage(), settled, counts.rows))
    }

    pub(super) fn record(&self, command: impl Into<Command>) -> Result<Answer, ImportError> {
        match self.agency.record(command, self.context.clone()) {
            Ok(Receipt { .. }) => Ok(Answer::Stored),
            Err(Error::Refused(refusal)) => {
                Ok(Answer::Refused { violations: refusal.violations, rows: refusal.rows })
            }
            Err(Error::Input(input)) => {
                Ok(Answer::Refused { violations: input.violations, rows: Vec::new() })
            }
            Err(error) => Err(ImportError::Agency(error)),
        }
    }

    /// Everything, whoever the actor is.
    pub(super) const fn asked(&self) -> Asked {
        Asked::of(self.context.on)
    }
}

/// Whether a command would be too large as an entry: fewer rows may fit.
pub(super) fn is_too_large(violations: &[Violation]) -> bool {
    violations.iter().any(|violation| violation.code() == Code::TooLarge)
}

/// Whether a row says what is stored: the same start, and the same end or none. An end that a row
/// lacks may have been given since; one that it has and that is not stored is new.
pub(super) fn same_days(start: Day, end: Option<Day>, stored: Period) -> bool {
    stored.start() == start && (end.is_none() || stored.end() == end)
}

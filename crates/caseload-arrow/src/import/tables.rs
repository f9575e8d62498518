//! The tables of an import, and the three ways in which they are taken in.

use std::fmt;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::ArrowError;
use caseload::{Agency, Context, Flow, Progress, Stage, Tell};

use super::{ImportError, InputTable, Stored, TableImport, columns, run::Run};

/// Up to four tables with columns named as in the contract, to be taken in with all their history.
///
/// Anything that can be read as Arrow record batches will do. The tables are taken in in the order
/// programs, staff, enrollments, assignments, whatever order they are given in.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{Array, Date32Array, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray};
/// use caseload::{Actor, Agency, Context, Flow, MemoryLog};
/// use caseload_arrow::{ToArrow, import::{InputTable, Mode, Tables}};
///
/// fn text(cells: &[&str]) -> Arc<dyn Array> {
///     Arc::new(StringArray::from(cells.to_vec()))
/// }
/// fn table(columns: Vec<(&str, Arc<dyn Array>)>) -> impl RecordBatchReader + Send {
///     let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
///     let schema = batch.schema();
///     RecordBatchIterator::new([Ok(batch)], schema)
/// }
///
/// let history = r#"{"batch_history":"allow","entry_order":"any"}"#;
/// let tables = || {
///     Tables::new()
///         .programs(table(vec![("id", text(&["housing"])), ("policy", text(&[history]))]))
///         .staff(table(vec![("id", text(&["sam", "kim"]))]))
///         .enrollments(table(vec![
///             ("id", text(&["E-1"])),
///             ("participant", text(&["P-1023"])),
///             ("program", text(&["housing"])),
///             ("start", text(&["2019-03-01"])),
///         ]))
///         .assignments(table(vec![
///             ("id", text(&["A-2", "A-1", "A-3"])),
///             ("staff", text(&["kim", "sam", "lee"])),
///             ("participant", text(&["P-1023", "P-1023", "P-1023"])),
///             ("program", text(&["housing", "housing", "housing"])),
///             ("start", Arc::new(Date32Array::from(vec![18_500, 18_000, 18_700])) as Arc<dyn Array>),
///             ("end", Arc::new(Date32Array::from(vec![None, Some(18_500), None])) as Arc<dyn Array>),
///         ]))
/// };
///
/// let agency = Agency::open(MemoryLog::new())?;
/// let context = Context::new(Actor::Root, "2024-06-15".parse()?);
/// let import = tables().import(&agency, &context, Mode::Partial, &mut |_| Flow::Continue)?;
/// let counts = import.of(InputTable::Assignments);
/// assert_eq!((counts.accepted, counts.refused), (2, 1));
/// assert_eq!(import.refused[0].row, 3);
/// assert_eq!(import.refused[0].violations[0].code().word(), "unknown-staff");
/// assert_eq!(import.tables().len(), 2);
///
/// // Again: what is there stays as it is, and nothing is stored.
/// let head = agency.head();
/// let again = tables().import(&agency, &context, Mode::Partial, &mut |_| Flow::Continue)?;
/// assert_eq!(again.of(InputTable::Assignments).already_there, 2);
/// assert_eq!(agency.head(), head);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Tables<'a> {
    programs: Option<Reader<'a>>,
    staff: Option<Reader<'a>>,
    enrollments: Option<Reader<'a>>,
    assignments: Option<Reader<'a>>,
    order: RowOrder,
}

type Reader<'a> = Box<dyn RecordBatchReader + Send + 'a>;

/// What becomes of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nothing is stored; every row is judged as it would be.
    Review,
    /// What breaks no rule is stored.
    Partial,
    /// Everything is stored if no row is refused, otherwise nothing.
    AllOrNothing,
}

/// In which order the rows of assignments are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RowOrder {
    /// By start, rows of one day as they are given: the order of a table says nothing about the order of
    /// what happened. It keeps the whole table in memory, as the columns that were given.
    #[default]
    ByStart,
    /// As they are given: a program whose `entry_order` is not `any` refuses what comes too late. The
    /// table is read batch by batch.
    AsGiven,
}

impl<'a> Tables<'a> {
    /// None yet.
    pub fn new() -> Tables<'a> {
        Tables::default()
    }

    /// Programs to be defined: `id`, `name?`, `policy?` (a text with one JSON object).
    #[must_use]
    pub fn programs(mut self, table: impl RecordBatchReader + Send + 'a) -> Tables<'a> {
        self.programs = Some(Box::new(table));
        self
    }

    /// Staff to be registered: `id`, `name?`, `rights?` (lists of words, or a text with words between
    /// commas or spaces).
    #[must_use]
    pub fn staff(mut self, table: impl RecordBatchReader + Send + 'a) -> Tables<'a> {
        self.staff = Some(Box::new(table));
        self
    }

    /// Enrollments: `id?`, `participant`, `program`, `start`, `end?`.
    #[must_use]
    pub fn enrollments(mut self, table: impl RecordBatchReader + Send + 'a) -> Tables<'a> {
        self.enrollments = Some(Box::new(table));
        self
    }

    /// Assignments: `id?`, `staff`, `participant`, `program`, `start`, `end?`, `role?`.
    #[must_use]
    pub fn assignments(mut self, table: impl RecordBatchReader + Send + 'a) -> Tables<'a> {
        self.assignments = Some(Box::new(table));
        self
    }

    /// In which order the rows of assignments are judged; by start unless said.
    #[must_use]
    pub const fn in_order(mut self, order: RowOrder) -> Tables<'a> {
        self.order = order;
        self
    }

    /// Takes the tables in, and tells what became of every row.
    ///
    /// Actor and day are those of the context. Its request id is not used: what is there already is
    /// found by what it is. [`Mode::AllOrNothing`] keeps all tables in memory, goes through them
    /// twice, and tells its progress twice.
    ///
    /// # Errors
    /// - `import-columns` when a column is missing, unknown, there twice or of another type: before
    ///   anything is stored.
    /// - `import-unreadable` when whoever gives a table fails.
    /// - `import-overtaken` when another writer got in the way of an all-or-nothing import.
    /// - `cancelled` when `tell` says so, and every error of the store.
    ///
    /// After each but the first what was stored stays, and running it again goes on from there.
    pub fn import(
        self,
        agency: &Agency,
        context: &Context,
        mode: Mode,
        tell: Tell<'_>,
    ) -> Result<TableImport, ImportError> {
        self.check()?;
        let mut context = context.clone();
        context.request = None;
        let order = self.order;
        match mode {
            Mode::Partial => {
                let run = Run::new(agency, &context, tell);
                Ok(run.all(self.streamed(), order)?.ended(Stored::Accepted))
            }
            Mode::Review => {
                let rehearsal = agency.rehearsal()?;
                let run = Run::new(&rehearsal, &context, tell);
                Ok(run.all(self.streamed(), order)?.ended(Stored::Nothing))
            }
            Mode::AllOrNothing => self.all_or_nothing(agency, &context, tell),
        }
    }

    fn all_or_nothing(
        self,
        agency: &Agency,
        context: &Context,
        tell: Tell<'_>,
    ) -> Result<TableImport, ImportError> {
        let order = self.order;
        let kept = self.read(tell)?;
        let rehearsal = agency.rehearsal()?;
        let run = Run::new(&rehearsal, context, tell);
        let rehearsed = run.all(kept.again(), order)?.ended(Stored::Nothing);
        // What it took of memory is free for the second time.
        drop(rehearsal);
        if !rehearsed.refused.is_empty() {
            return Ok(rehearsed);
        }
        let run = Run::new(agency, context, tell).refusing_nothing();
        Ok(run.all(kept.again(), order)?.ended(Stored::Accepted))
    }

    /// What is wrong with the columns of all tables at once.
    fn check(&self) -> Result<(), ImportError> {
        let mut problems = Vec::new();
        for (table, reader) in InputTable::ALL.into_iter().zip(self.readers()) {
            if let Some(reader) = reader {
                problems.extend(columns::problems(table, &reader.schema()));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ImportError::Columns { problems }) }
    }

    /// In the order of [`InputTable::ALL`].
    const fn readers(&self) -> [Option<&Reader<'a>>; 4] {
        let Tables { programs, staff, enrollments, assignments, .. } = self;
        [programs.as_ref(), staff.as_ref(), enrollments.as_ref(), assignments.as_ref()]
    }

    fn streamed(self) -> [Batches<'a>; 4] {
        let Tables { programs, staff, enrollments, assignments, .. } = self;
        [programs, staff, enrollments, assignments].map(|reader| {
            let batches: Batches<'a> = match reader {
                Some(reader) => Box::new(reader),
                None => Box::new(std::iter::empty()),
            };
            batches
        })
    }

    /// All batches, to be gone through more than once.
    fn read(self, tell: Tell<'_>) -> Result<Kept, ImportError> {
        let mut kept = Kept::default();
        let tables = InputTable::ALL.into_iter().zip(self.streamed()).zip(&mut kept.0);
        for ((table, batches), kept) in tables {
            let mut rows = 0;
            for batch in batches {
                let batch =
                    batch.map_err(|source| ImportError::Unreadable { table, rows, source })?;
                rows += batch.num_rows() as u64;
                kept.push(batch);
                told(tell, Progress::new(table.stage(), 0, rows))?;
            }
        }
        Ok(kept)
    }
}

/// The batches of one table, in order.
pub(super) type Batches<'a> = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + 'a>;

/// The batches of all tables.
#[derive(Default)]
struct Kept([Vec<RecordBatch>; 4]);

impl Kept {
    fn again(&self) -> [Batches<'_>; 4] {
        self.0.each_ref().map(|batches| {
            let batches: Batches<'_> = Box::new(batches.iter().cloned().map(Ok));
            batches
        })
    }
}

/// Tells how far the work has come.
pub(super) fn told(tell: Tell<'_>, progress: Progress) -> Result<(), ImportError> {
    match tell(progress) {
        Flow::Continue => Ok(()),
        Flow::Cancel => Err(ImportError::Agency(caseload::Error::Cancelled)),
    }
}

impl InputTable {
    pub(super) const fn stage(self) -> Stage {
        match self {
            InputTable::Programs => Stage::Programs,
            InputTable::Staff => Stage::Staff,
            InputTable::Enrollments => Stage::Enrollments,
            InputTable::Assignments => Stage::Assignments,
        }
    }
}

impl fmt::Debug for Tables<'_> {
    /// Rows stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = InputTable::ALL.into_iter().zip(self.readers());
        let given = given.filter(|(_, reader)| reader.is_some()).map(|(table, _)| table);
        f.debug_set().entries(given).finish()
    }
}

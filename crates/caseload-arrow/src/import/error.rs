//! What can keep tables from being taken in at all.

use std::fmt;

use arrow_schema::ArrowError;

use super::InputTable;

/// What an import fails with; a refused row is none of these. The cause is its `source()`.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{Array as _, RecordBatch, RecordBatchIterator, StringArray};
/// use caseload::{Actor, Agency, Context, Flow, MemoryLog};
/// use caseload_arrow::import::{Mode, Tables};
/// let names: Arc<dyn arrow_array::Array> = Arc::new(StringArray::from(vec!["Shelter"]));
/// let batch = RecordBatch::try_from_iter([("title", names)])?;
/// let schema = batch.schema();
/// let tables = Tables::new().programs(RecordBatchIterator::new([Ok(batch)], schema));
/// let agency = Agency::open(MemoryLog::new())?;
/// let context = Context::new(Actor::Root, "2024-06-15".parse()?);
/// let error = tables.import(&agency, &context, Mode::Partial, &mut |_| Flow::Continue).unwrap_err();
/// assert_eq!(error.code(), "import-columns");
/// assert!(error.to_string().contains("column `id` of programs is missing"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Columns are missing, unknown or of another type; nothing was stored.
    #[error("the tables cannot be read: {}", listed(problems))]
    Columns {
        /// Every one that does not fit, never none.
        problems: Vec<ColumnProblem>,
    },
    /// A batch of a table could not be had. What was stored before stays; run it again to go on.
    #[error("the rows of {table} after row {rows} cannot be read")]
    Unreadable {
        /// Of which table.
        table: InputTable,
        /// How many rows were read before.
        rows: u64,
        /// What whoever gives the table says.
        source: ArrowError,
    },
    /// Somebody else recorded something between the rehearsal of an all-or-nothing import and its
    /// storing, and a row that would have passed is refused now. What was stored before stays.
    #[error(
        "row {row} of {table} is refused by what was recorded meanwhile; what came before it is stored, run it again to see"
    )]
    Overtaken {
        /// In which table.
        table: InputTable,
        /// Which, from 1.
        row: u64,
    },
    /// The agency failed, or the caller cancelled. What was stored before stays; run it again to go on.
    #[error(transparent)]
    Agency(#[from] caseload::Error),
}

impl ImportError {
    /// The stable code: `import-columns`, `import-unreadable`, `import-overtaken`, or that of the
    /// agency's error.
    pub fn code(&self) -> &'static str {
        match self {
            ImportError::Columns { .. } => "import-columns",
            ImportError::Unreadable { .. } => "import-unreadable",
            ImportError::Overtaken { .. } => "import-overtaken",
            ImportError::Agency(error) => error.code(),
        }
    }
}

impl From<caseload::StoreError> for ImportError {
    fn from(error: caseload::StoreError) -> ImportError {
        ImportError::Agency(error.into())
    }
}

fn listed(problems: &[ColumnProblem]) -> String {
    problems.iter().map(ColumnProblem::to_string).collect::<Vec<_>>().join("; ")
}

/// A column that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnProblem {
    /// Of which table.
    pub table: InputTable,
    /// Which.
    pub column: String,
    /// What is wrong with it.
    pub fault: ColumnFault,
    /// What it is made of, if it is there: an Arrow type.
    pub found: Option<String>,
    /// What was asked for: types, or for an unknown column the names of all.
    pub expected: String,
}

/// What is wrong with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnFault {
    /// It must be there and is not.
    Missing,
    /// No column of the table is called so.
    Unknown,
    /// It is there twice, so it cannot be said which one counts.
    Twice,
    /// It holds something else.
    Type,
}

impl fmt::Display for ColumnProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ColumnProblem { table, column, fault, found, expected } = self;
        let found = found.as_deref().unwrap_or("nothing");
        write!(f, "column `{column}` of {table} ")?;
        match fault {
            ColumnFault::Missing => write!(f, "is missing, expected {expected}"),
            ColumnFault::Unknown => write!(f, "is unknown, leave it out; expected {expected}"),
            ColumnFault::Twice => f.write_str("is there twice, leave one of them out"),
            ColumnFault::Type => write!(f, "is {found}, expected {expected}"),
        }
    }
}

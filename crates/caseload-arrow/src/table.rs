//! Tables: a name, a schema, and batches that are made when they are asked for.

use std::{fmt, sync::Arc};

use arrow_array::{ArrayRef, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, Schema, SchemaRef};

use crate::Error;

/// A table of a report: its batches, each made when it is asked for, of at most
/// [`ROWS_A_BATCH`](crate::ROWS_A_BATCH) rows. A table without rows has no batch.
///
/// It is an Arrow [`RecordBatchReader`], so whatever takes one of these takes a table: a Python binding, a
/// query engine, a writer of files. All batches share one dictionary for each column that has one.
///
/// ```
/// use caseload::{Count, StaffId};
/// use caseload_arrow::ToArrow;
/// let counts = vec![Count { staff: StaffId::new("maria")?, assignments: 21 }];
/// for table in counts.tables() {
///     assert_eq!((table.name(), table.schema().fields().len()), ("counts", 2));
///     let batches = table.into_batches()?;
///     assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), 1);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Table<'a> {
    name: &'static str,
    schema: SchemaRef,
    batches: Box<dyn Iterator<Item = Columns> + Send + 'a>,
}

type Columns = Result<Vec<ArrayRef>, ArrowError>;

impl<'a> Table<'a> {
    pub(crate) fn new(
        name: &'static str,
        schema: Schema,
        batches: Box<dyn Iterator<Item = Columns> + Send + 'a>,
    ) -> Table<'a> {
        Table { name, schema: Arc::new(schema), batches }
    }

    /// Its name: no two tables of this crate have the same.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The columns, and what the table is about: `caseload.schema` names the table and its version.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Says something more about the table in the metadata of its schema: what the report itself does not
    /// know, such as the agency, who asked, or as known when.
    ///
    /// ```
    /// use caseload::Lines;
    /// use caseload_arrow::ToArrow;
    /// let lines = Lines::default();
    /// for table in lines.tables() {
    ///     let table = table.with_metadata("caseload.known_at", "2024-06-15T12:00:00Z");
    ///     assert!(table.schema().metadata().contains_key("caseload.known_at"));
    /// }
    /// ```
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Table<'a> {
        let mut schema = self.schema.as_ref().clone();
        schema.metadata.insert(key.into(), value.into());
        self.schema = Arc::new(schema);
        self
    }

    /// All batches.
    ///
    /// # Errors
    /// [`Error::Arrow`] when there are more ids than a dictionary can number.
    pub fn into_batches(self) -> Result<Vec<RecordBatch>, Error> {
        self.map(|batch| Ok(batch?)).collect()
    }
}

impl Iterator for Table<'_> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let columns = self.batches.next()?;
        Some(columns.and_then(|columns| RecordBatch::try_new(self.schema(), columns)))
    }
}

impl RecordBatchReader for Table<'_> {
    fn schema(&self) -> SchemaRef {
        Table::schema(self)
    }
}

impl fmt::Debug for Table<'_> {
    /// Rows stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("name", &self.name).finish_non_exhaustive()
    }
}

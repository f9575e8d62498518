//! What can go wrong.

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;

/// What making or writing a table can fail with. The cause is its `source()`.
///
/// ```
/// use caseload_arrow::{ToArrow, write_parquet};
/// let mut no_room = [0u8; 3];
/// let lines = caseload::Lines::default();
/// for table in lines.tables() {
///     let code = write_parquet(table, no_room.as_mut_slice()).map_err(|error| error.code());
///     assert_eq!(code.err(), Some("parquet-failed"));
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A batch could not be made.
    #[error("a batch of the table could not be made")]
    Arrow(#[from] ArrowError),
    /// A file could not be written.
    #[error(
        "the table could not be written as parquet: check the disk, or whatever it is written to"
    )]
    Parquet(#[from] ParquetError),
}

impl Error {
    /// The stable code: `arrow-failed` or `parquet-failed`.
    pub const fn code(&self) -> &'static str {
        match self {
            Error::Arrow(_) => "arrow-failed",
            Error::Parquet(_) => "parquet-failed",
        }
    }
}

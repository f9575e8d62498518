//! What can go wrong.

use arrow_schema::ArrowError;

/// What making a table can fail with. The cause is its `source()`.
///
/// ```
/// use caseload_arrow::Error;
/// let error = Error::from(arrow_schema::ArrowError::DictionaryKeyOverflowError);
/// assert_eq!(error.code(), "arrow-failed");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A batch could not be made.
    #[error("a batch of the table could not be made")]
    Arrow(#[from] ArrowError),
}

impl Error {
    /// The stable code: `arrow-failed`.
    pub const fn code(&self) -> &'static str {
        match self {
            Error::Arrow(_) => "arrow-failed",
        }
    }
}

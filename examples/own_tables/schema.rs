//! The product's schema.

use caseload::StoreError;
use rusqlite::Connection;

use super::failed;

/// Makes the tables.
pub(crate) fn create(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch("PRAGMA foreign_keys = ON").map_err(failed)?;
    db.execute_batch(include_str!("schema.sql")).map_err(failed)
}

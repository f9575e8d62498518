//! The embedded default store of caseload: one SQLite file.
//!
//! [`SqliteLog`] keeps the log of an agency, and beside it *read tables*: documented views that a
//! host joins in its own reports.
//!
//! ```
//! use caseload_sqlite::{SqliteLog, Value};
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("agency.db");
//! let log = SqliteLog::open(&path, "north")?;
//! let table = log.sql_with(
//!     "SELECT participant, program FROM current_assignment
//!      WHERE staff = ?1 AND start <= ?2 AND (end IS NULL OR end > ?2)",
//!     &[Value::Text("s-1".into()), Value::Text("2024-03-01".into())],
//! )?;
//! assert_eq!(table.columns, ["participant", "program"]);
//! # Ok::<(), caseload::StoreError>(())
//! ```

mod copy;
mod entries;
mod erase;
mod error;
mod log;
mod options;
mod place;
mod read_tables;
mod schema;
mod slot;
mod sql;
mod turn;

pub use log::SqliteLog;
pub use options::{Access, Durability, ReadTables, SqliteOptions};
pub use sql::{Table, Value};

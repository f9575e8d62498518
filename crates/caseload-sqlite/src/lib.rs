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
//!
//! What a host should know of the file:
//!
//! - Two different SQLite libraries in one process on one file lose each other's locks. Where the
//!   host brings its own (Python, a phone), it reads through [`SqliteLog::sql`] and copies through
//!   [`SqliteLog::export`]; another process may open the file as it likes.
//! - `FILE-wal` and `FILE-shm` belong to the file. A backup is made with [`SqliteLog::export`],
//!   and moved into place, never copied over an open file: handles notice a file that was moved
//!   in, and no program can notice one whose bytes change under it.
//! - A handle does not survive a fork; it answers `store-closed` in the child.
//! - It needs SQLite 3.38 or newer, which the feature `bundled-sqlite` (on by default) brings.

mod checkpoint;
mod copy;
#[cfg(test)]
mod dies;
mod entries;
mod erase;
mod error;
mod log;
mod options;
mod place;
mod read_tables;
mod rebuild;
mod schema;
mod slot;
mod sql;
mod turn;

pub use checkpoint::CheckpointFile;
pub use log::SqliteLog;
pub use options::{Access, Durability, ReadTables, SqliteOptions};
pub use sql::{Table, Value};

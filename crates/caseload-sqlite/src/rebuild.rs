//! Writing the read tables anew from the log: what checks and finds single rows is set aside meanwhile
//! and made at the end, sorted.

use caseload::StoreError;
use rusqlite::params;

use crate::{
    error::{Doing, store_error},
    place::Place,
    read_tables::Folder,
    slot::Open,
};

/// The read tables, from the foot up, so that no row loses what it refers to.
const TABLES: [&str; 8] = [
    "assignment_base",
    "enrollment_base",
    "staff_right_base",
    "role_base",
    "program_base",
    "staff_base",
    "participant_base",
    "read_state",
];

/// Does something while references are not checked row by row: the rows come from a log that is. It
/// cannot be switched inside a transaction.
pub(crate) fn without_foreign_keys(
    open: &Open,
    place: &Place,
    work: impl FnOnce() -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let failed = |error| store_error(place.path(), Doing::Rebuild, error);
    open.execute_batch("PRAGMA foreign_keys = OFF").map_err(failed)?;
    let worked = work();
    if !open.is_autocommit() {
        open.execute_batch("ROLLBACK").map_err(failed)?;
    }
    open.execute_batch("PRAGMA foreign_keys = ON").map_err(failed)?;
    worked
}

/// Deletes the read tables of this agency and folds its whole log anew.
pub(crate) fn read_tables(open: &Open, place: &Place) -> Result<(), StoreError> {
    let failed = |error| store_error(place.path(), Doing::Rebuild, error);
    for table in TABLES {
        open.execute(&format!("DELETE FROM {table} WHERE agency = ?1"), [open.agency])
            .map_err(failed)?;
    }
    // Other agencies in the file would pay for their part of the indexes too.
    let alone = "SELECT NOT EXISTS (SELECT 1 FROM participant_base)";
    let alone: bool = open.query_row(alone, [], |row| row.get(0)).map_err(failed)?;
    let indexes = if alone { Index::drop_all(open).map_err(failed)? } else { Vec::new() };
    let mut folder = Folder::load(open, place)?;
    folder.catch_up()?;
    folder.save()?;
    for index in indexes {
        index.create(open).map_err(failed)?;
    }
    if alone {
        // The planner reads what it knows of the indexes anew.
        open.execute_batch("ANALYZE sqlite_schema").map_err(failed)?;
    }
    Ok(())
}

/// An index of a read table, with what the planner was told about it.
struct Index {
    name: String,
    sql: String,
    table: String,
    statistics: Option<String>,
}

impl Index {
    fn drop_all(open: &Open) -> rusqlite::Result<Vec<Index>> {
        let mut statement = open.prepare(
            "SELECT i.name, i.sql, i.tbl_name, s.stat FROM sqlite_schema AS i \
             LEFT JOIN sqlite_stat1 AS s ON s.tbl = i.tbl_name AND s.idx = i.name \
             WHERE i.type = 'index' AND i.sql IS NOT NULL AND i.tbl_name GLOB '*_base' \
             ORDER BY i.rowid",
        )?;
        let indexes = statement.query_map([], |row| {
            let (name, sql) = (row.get(0)?, row.get(1)?);
            Ok(Index { name, sql, table: row.get(2)?, statistics: row.get(3)? })
        })?;
        let indexes: Vec<Index> = indexes.collect::<rusqlite::Result<_>>()?;
        drop(statement);
        for index in &indexes {
            open.execute_batch(&format!("DROP INDEX {}", index.name))?;
        }
        Ok(indexes)
    }

    fn create(&self, open: &Open) -> rusqlite::Result<()> {
        open.execute_batch(&self.sql)?;
        if let Some(statistics) = &self.statistics {
            open.execute(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)",
                params![self.table, self.name, statistics],
            )?;
        }
        Ok(())
    }
}

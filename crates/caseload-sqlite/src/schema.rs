//! The schema and its migrations.

use rusqlite::{Connection, TransactionBehavior};

use crate::{
    error::{Doing, store_error},
    place::Place,
};
use caseload::StoreError;

/// Marks a file as one of this library: `CSLD`.
pub(crate) const APPLICATION_ID: i32 = 0x4353_4C44;

/// Each brings the schema from the version of its index to the next. Only ever added to.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_log.sql"),
    include_str!("../migrations/0002_read_tables.sql"),
];

/// Brings a file to the newest schema, one transaction a step: a crash leaves the old or the new.
pub(crate) fn migrate(
    connection: &mut Connection,
    place: &Place,
    migrations: &[&str],
) -> Result<(), StoreError> {
    let failed = |error| store_error(place.path(), Doing::Open, error);
    loop {
        let version = version(connection, place, migrations.len())?;
        if version == migrations.len() {
            return Ok(());
        }
        let step =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        // Another process may have been faster; then look again.
        let now: i64 =
            step.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
        if usize::try_from(now) != Ok(version) {
            continue;
        }
        let Some(sql) = migrations.get(version) else { return Ok(()) };
        step.execute_batch(sql).map_err(failed)?;
        step.execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}",
            version + 1
        ))
        .map_err(failed)?;
        step.commit().map_err(failed)?;
    }
}

/// The version of the schema in a file; an error if it is not ours, or newer than `known`.
pub(crate) fn version(
    connection: &Connection,
    place: &Place,
    known: usize,
) -> Result<usize, StoreError> {
    let pragma = |name: &str| -> Result<i64, StoreError> {
        connection
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
            .map_err(|error| store_error(place.path(), Doing::Open, error))
    };
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let file = place.path().display();
    if application != i64::from(APPLICATION_ID) {
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(|error| store_error(place.path(), Doing::Open, error))?;
        if application != 0 || version != 0 || tables != 0 {
            return Err(StoreError::Incompatible {
                what: format!("`{file}` is the database of another application; name another file"),
            });
        }
    }
    match usize::try_from(version) {
        Ok(version) if version <= known => Ok(version),
        _ => Err(StoreError::Incompatible {
            what: format!(
                "`{file}` has schema {version}, written by a newer version of caseload-sqlite than \
                 this one, which knows up to {known}; update the library"
            ),
        }),
    }
}

//! The product's side: its own tables, how the rules look at them, and how their answer is stored.
//!
//! Three things make a host of the rules alone: a [`View`](caseload::View) over its tables
//! (`view.rs`), its own storing of events (`apply.rs`), and a lock around both ([`give`]). Over the same
//! view the library's reports are asked (`report.rs`).

mod apply;
mod report;
mod schema;
mod view;

use std::sync::Arc;

use caseload::{Command, Context, Decision, Error, Kind, NewIds, StoreError, decide};
use rusqlite::{Connection, Params, Row, TransactionBehavior, types::FromSql};

pub(crate) use report::week_of;
pub(crate) use schema::create;

/// The product's tables inside one transaction.
pub(crate) struct Tables<'db> {
    db: &'db Connection,
}

/// Decides a command over the tables and stores what it does, as one transaction of the product's.
///
/// `BEGIN IMMEDIATE` is the lock: nobody else writes between what the rules read and what is stored.
/// A server database would lock less, see `decision.reads()`. What is refused stores nothing: the
/// transaction is dropped, and so rolled back.
pub(crate) fn give(
    db: &mut Connection,
    command: &Command,
    context: &Context,
    ids: &mut dyn NewIds,
) -> Result<Decision, Error> {
    let turn = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let tables = Tables::in_transaction(&turn);
    let decision = decide(&tables, command, context, ids)?;
    tables.apply(&decision.outcome().events)?;
    turn.commit().map_err(failed)?;
    Ok(decision)
}

impl<'db> Tables<'db> {
    /// The tables as a transaction sees them; whoever writes holds the write lock by now.
    pub(crate) const fn in_transaction(db: &'db Connection) -> Tables<'db> {
        Tables { db }
    }

    /// The number of the row that a key names now. `erased-7` names the forgotten row 7.
    fn number(&self, kind: Kind, key: &str) -> Result<Option<i64>, StoreError> {
        let table = table(kind);
        let sql = format!(
            "SELECT number FROM {table} WHERE key = ?1
             UNION ALL
             SELECT number FROM {table} WHERE number = CAST(substr(?1, 8) AS INTEGER)
                 AND key IS NULL AND 'erased-' || number = ?1"
        );
        self.first(&sql, [key], |row| value(row, "number"))
    }

    /// The rows that a query finds, each read into something.
    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.db.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(params).map_err(failed)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// The first row that a query finds.
    fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, params, read)?.into_iter().next())
    }

    fn write(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        let mut statement = self.db.prepare_cached(sql).map_err(failed)?;
        statement.execute(params).map(drop).map_err(failed)
    }
}

/// Where the product keeps what the library calls so.
const fn table(kind: Kind) -> &'static str {
    match kind {
        Kind::Participant => "clients",
        Kind::Staff => "workers",
        Kind::Program => "services",
        Kind::Enrollment => "stays",
        Kind::Assignment => "responsibilities",
    }
}

fn value<T: FromSql>(row: &Row<'_>, column: &str) -> Result<T, StoreError> {
    row.get(column).map_err(failed)
}

/// A failure of the product's database, in the words that the library passes on.
fn failed(error: rusqlite::Error) -> StoreError {
    StoreError::Backend {
        what: "the product's own tables could not be used".to_owned(),
        cause: Some(Arc::new(error)),
    }
}

//! Questions in SQL, read-only.

use caseload::StoreError;
use rusqlite::{Connection, Error, types::ValueRef};

use crate::{
    SqliteLog,
    error::{Doing, store_error},
    place::Use,
};

/// What a question in SQL answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
}

/// One value of SQL.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `NULL`.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl SqliteLog {
    /// Asks one question in SQL, for reports over the read tables. Nothing can be written.
    ///
    /// ```
    /// # let log = caseload_sqlite::SqliteLog::in_memory("north")?;
    /// use caseload_sqlite::Value;
    /// let table = log.sql("SELECT count(*) AS n FROM assignment_line")?;
    /// assert_eq!((table.columns, table.rows), (vec!["n".into()], vec![vec![Value::Integer(0)]]));
    /// assert_eq!(log.sql("DELETE FROM entry").unwrap_err().code(), "store-read-only");
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// `store-read-only` for a statement that would write, `store-backend` with SQLite's words for
    /// one that is wrong.
    pub fn sql(&self, text: &str) -> Result<Table, StoreError> {
        self.sql_with(text, &[])
    }

    /// As [`SqliteLog::sql`], with a value for each `?1`, `?2`, ...: never put one into the text.
    ///
    /// # Errors
    /// As [`SqliteLog::sql`].
    pub fn sql_with(&self, text: &str, values: &[Value]) -> Result<Table, StoreError> {
        // It also says whether the handle is open, and the file the one that it was.
        drop(self.lend_reader()?);
        // A connection of its own, so that nothing the text does outlives the question.
        let connection = self.place.connect(&self.options, Use::Read)?;
        connection
            .execute_batch("PRAGMA query_only = ON")
            .map_err(|error| store_error(self.path(), Doing::Read, error))?;
        self.ask(&connection, text, values)
    }

    fn ask(
        &self,
        connection: &Connection,
        text: &str,
        values: &[Value],
    ) -> Result<Table, StoreError> {
        let mut statement = connection.prepare(text).map_err(|error| self.wrong(error))?;
        let word = text.trim_start().get(..6).unwrap_or_default();
        // ATTACH, PRAGMA and BEGIN count as read-only for SQLite, but ask nothing.
        let asks = ["select", "values", "explai"].iter().any(|ask| word.eq_ignore_ascii_case(ask))
            || word.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("with"));
        if !statement.readonly() || !asks {
            return Err(StoreError::ReadOnly {
                what: "`sql` only reads: give it a SELECT; what is stored is changed by commands"
                    .to_owned(),
                cause: None,
            });
        }
        let columns = (0..statement.column_count())
            .map(|column| statement.column_name(column).map(str::to_owned))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| self.wrong(error))?;
        let values = rusqlite::params_from_iter(values.iter().map(as_sqlite));
        let mut found = statement.query(values).map_err(|error| self.wrong(error))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(|error| self.wrong(error))? {
            let values = (0..columns.len()).map(|column| row.get_ref(column).map(Value::from));
            rows.push(values.collect::<Result<_, _>>().map_err(|error| self.wrong(error))?);
        }
        drop(found);
        Ok(Table { columns, rows })
    }

    /// SQLite's own words help here. The text of the question is left out: it may hold ids.
    fn wrong(&self, error: Error) -> StoreError {
        let words = match &error {
            Error::SqlInputError { msg, .. } => msg.clone(),
            Error::SqliteFailure(failure, Some(words))
                if failure.code == rusqlite::ErrorCode::Unknown =>
            {
                words.clone()
            }
            Error::MultipleStatement => "more than one statement".to_owned(),
            Error::InvalidParameterCount(given, wanted) => {
                format!("{given} values were given for {wanted} parameters")
            }
            _ => return store_error(self.path(), Doing::Read, error),
        };
        StoreError::Backend { what: format!("the SQL is wrong: {words}"), cause: None }
    }
}

fn as_sqlite(value: &Value) -> rusqlite::types::ToSqlOutput<'_> {
    let value = match value {
        Value::Null => ValueRef::Null,
        Value::Integer(number) => ValueRef::Integer(*number),
        Value::Real(number) => ValueRef::Real(*number),
        Value::Text(text) => ValueRef::Text(text.as_bytes()),
        Value::Blob(bytes) => ValueRef::Blob(bytes),
    };
    rusqlite::types::ToSqlOutput::Borrowed(value)
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Value {
        match value {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Real(number) => Value::Real(number),
            ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Value::Blob(bytes.to_owned()),
        }
    }
}

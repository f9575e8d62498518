//! Questions in SQL of the read tables.

use caseload_sqlite::{Table, Value};

/// One value of SQL.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum SqlValue {
    /// `NULL`.
    Null,
    /// A whole number.
    Integer {
        /// The number.
        number: i64,
    },
    /// Any other number.
    Real {
        /// The number.
        number: f64,
    },
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// Bytes.
    Blob {
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// What a question in SQL answers. It comes as a whole: put a `LIMIT` where there may be much.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct SqlTable {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<SqlValue>>,
}

impl From<Value> for SqlValue {
    fn from(value: Value) -> SqlValue {
        match value {
            Value::Null => SqlValue::Null,
            Value::Integer(number) => SqlValue::Integer { number },
            Value::Real(number) => SqlValue::Real { number },
            Value::Text(text) => SqlValue::Text { text },
            Value::Blob(bytes) => SqlValue::Blob { bytes },
        }
    }
}

impl From<SqlValue> for Value {
    fn from(value: SqlValue) -> Value {
        match value {
            SqlValue::Null => Value::Null,
            SqlValue::Integer { number } => Value::Integer(number),
            SqlValue::Real { number } => Value::Real(number),
            SqlValue::Text { text } => Value::Text(text),
            SqlValue::Blob { bytes } => Value::Blob(bytes),
        }
    }
}

impl From<Table> for SqlTable {
    fn from(table: Table) -> SqlTable {
        let Table { columns, rows } = table;
        let row = |row: Vec<Value>| row.into_iter().map(SqlValue::from).collect();
        SqlTable { columns, rows: rows.into_iter().map(row).collect() }
    }
}

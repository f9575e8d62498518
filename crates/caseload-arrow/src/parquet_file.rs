//! Parquet files.

use std::io::Write;

use parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    file::{metadata::KeyValue, properties::WriterProperties},
};

use crate::{Error, Table};

/// Writes a table as a Parquet file, compressed with Snappy, batch by batch: it takes no more memory for
/// more rows than a row group has.
///
/// What the schema says about the table (`caseload.schema` and so on) stands in the file's own key-value
/// metadata too, where readers without Arrow find it. The writer is flushed, not synced to a disk.
///
/// # Errors
/// [`Error::Parquet`] when `to` cannot be written; [`Error::Arrow`] as [`Table::into_batches`].
///
/// ```
/// use caseload::{Count, StaffId};
/// use caseload_arrow::{ToArrow, write_parquet};
/// let counts = vec![Count { staff: StaffId::new("maria")?, assignments: 21 }];
/// let mut file = Vec::new();
/// for table in counts.tables() {
///     write_parquet(table, &mut file)?;
/// }
/// assert_eq!(file.get(..4), Some(b"PAR1".as_slice()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_parquet(table: Table<'_>, to: impl Write + Send) -> Result<(), Error> {
    let schema = table.schema();
    let mut about: Vec<KeyValue> = schema
        .metadata()
        .iter()
        .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
        .collect();
    about.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(about))
        .build();
    let mut file = ArrowWriter::try_new(to, schema, Some(properties))?;
    for batch in table {
        file.write(&batch?)?;
    }
    file.close()?;
    Ok(())
}

//! Parquet files, read back.

use std::io;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use caseload_arrow::{Table, write_parquet};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::{
    read::{Rows, rows_of},
    told::{Told, every_report, on},
};

fn written(table: Table<'_>) -> Vec<u8> {
    let mut file = Vec::new();
    write_parquet(table, &mut file).unwrap();
    file
}

fn read(file: Vec<u8>) -> (SchemaRef, Rows) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(file)).unwrap();
    let schema = reader.schema().clone();
    let batches: Vec<RecordBatch> = reader.build().unwrap().collect::<Result<_, _>>().unwrap();
    (schema, rows_of(&batches))
}

#[test]
fn every_table_comes_back_as_it_was() {
    let told = Told::of_everything();
    let asked = on("2024-02-20");
    for report in every_report(&told.snapshot(), &asked) {
        for (table, same) in report.tables().into_iter().zip(report.tables()) {
            let (name, schema) = (table.name(), table.schema());
            let rows = rows_of(&table.into_batches().unwrap());
            assert_eq!(read(written(same)), (schema, rows), "{name}");
        }
    }
}

#[test]
fn what_the_host_says_about_a_table_stands_in_the_file() {
    let lines = caseload::Lines::default();
    let reports: &dyn caseload_arrow::ToArrow = &lines;
    for table in reports.tables() {
        let file = written(table.with_metadata("caseload.agency", "north"));
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(file)).unwrap();
        let about = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let north = about.iter().find(|pair| pair.key == "caseload.agency").unwrap();
        assert_eq!(north.value.as_deref(), Some("north"));
        assert_eq!(reader.schema().metadata().get("caseload.agency").unwrap(), "north");
    }
}

/// A disk that is full after some bytes.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_with_its_cause() {
    let told = Told::of_everything();
    let asked = on("2024-02-20");
    let lines = told.snapshot().everything(&asked).unwrap();
    for room in [0, 3, 500] {
        let table = crate::read::table(&lines, "assignments");
        let error = write_parquet(table, Full(room)).unwrap_err();
        assert_eq!(error.code(), "parquet-failed");
        let text = std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source())
            .map(ToString::to_string)
            .collect::<String>();
        assert!(!["c1", "s1", "a1"].iter().any(|id| text.contains(id)), "{text}");
    }
}

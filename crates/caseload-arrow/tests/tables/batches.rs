//! Batches: how many rows each has, what all of them share, and tables without any.

use std::{collections::BTreeSet, sync::Arc};

use arrow_array::{RecordBatchReader, cast::AsArray, types::Int32Type};
use caseload::{
    Actor, Agency, Context, Flow, Held, MemoryLog, ParticipantId, ProgramId, StaffId,
    report::{By, Filter},
};
use caseload_arrow::{
    ROWS_A_BATCH, ToArrow,
    import::{Mode, TableImport, Tables},
    schema_page,
};

use crate::{
    read::{rows_of, table},
    told::{Told, every_report, on, range},
};

fn many_held() -> Vec<Held> {
    let held = |number: usize| Held {
        program: ProgramId::new("p1").unwrap(),
        participant: ParticipantId::new(format!("c{number}")).unwrap(),
        staff: StaffId::new(format!("s{}", number % 7)).unwrap(),
    };
    (0..ROWS_A_BATCH * 2 + 5).map(held).collect()
}

#[test]
fn a_long_list_is_in_batches_that_share_their_dictionaries() {
    let held = many_held();
    let batches = table(&held, "held").into_batches().unwrap();
    let rows: Vec<usize> = batches.iter().map(|batch| batch.num_rows()).collect();
    assert_eq!(rows, [ROWS_A_BATCH, ROWS_A_BATCH, 5]);
    let read = rows_of(&batches);
    let rows = held.iter().map(|one| {
        [one.program.as_str(), one.participant.as_str(), one.staff.as_str()].map(str::to_owned)
    });
    assert!(rows.eq(read.into_iter().map(|row| <[String; 3]>::try_from(row).unwrap())));
    let staff = |place: usize| batches[place].column(2).as_dictionary::<Int32Type>().values();
    assert_eq!(staff(0).len(), 7);
    assert!(Arc::ptr_eq(staff(0), staff(1)) && Arc::ptr_eq(staff(0), staff(2)));
}

#[test]
fn a_long_series_is_in_batches_in_the_order_of_days() {
    let told = Told::of_everything();
    let long = range("1900-01-01", "2030-01-01");
    let report = told
        .snapshot()
        .daily_series(long, By::StaffAndProgram, &Filter::all(), &on("2024-06-15"))
        .unwrap();
    let batches = table(&report, "daily_series").into_batches().unwrap();
    let rows: usize = batches.iter().map(|batch| batch.num_rows()).sum();
    assert_eq!(rows, report.counts().len());
    assert!(batches.len() > 2);
    assert!(batches.iter().all(|batch| batch.num_rows() <= ROWS_A_BATCH));
    let cases = batches.iter().flat_map(|batch| {
        let cases = batch.column(3).as_primitive::<arrow_array::types::Int64Type>();
        cases.values().to_vec()
    });
    assert!(cases.eq(report.counts().iter().copied().map(i64::from)));
}

#[test]
fn an_empty_agency_has_the_same_tables_without_rows() {
    let told = Told::of_everything();
    let empty = Told::new();
    let asked = on("2024-02-20");
    let full = every_report(&told.snapshot(), &asked);
    let empty = every_report(&empty.snapshot(), &asked);
    for (full, empty) in full.iter().zip(&empty) {
        for (full, empty) in full.tables().into_iter().zip(empty.tables()) {
            assert_eq!(full.name(), empty.name());
            assert_eq!(full.schema().fields(), empty.schema().fields());
            let name = empty.name();
            let rows: usize = empty.into_batches().unwrap().iter().map(|b| b.num_rows()).sum();
            // The list of ids was given, and so was an answer about each.
            assert_eq!(
                rows > 0,
                ["on_caseload", "enrollments_on_caseload"].contains(&name),
                "{name}"
            );
        }
    }
}

fn nothing_imported() -> TableImport {
    let agency = Agency::open(MemoryLog::new()).unwrap();
    let context = Context::new(Actor::Root, "2024-06-15".parse().unwrap());
    Tables::new().import(&agency, &context, Mode::Review, &mut |_| Flow::Continue).unwrap()
}

#[test]
fn every_table_has_a_name_of_its_own_and_is_on_the_page() {
    let told = Told::of_everything();
    let reports = every_report(&told.snapshot(), &on("2024-02-20"));
    let import = nothing_imported();
    let tables = reports.iter().flat_map(|report| report.tables());
    let tables: Vec<_> = tables.chain(import.tables()).collect();
    let names: BTreeSet<&str> = tables.iter().map(|table| table.name()).collect();
    assert_eq!(names.len(), tables.len());
    let page = schema_page();
    let headings: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`').map(str::to_owned))
        .collect();
    let schemas: BTreeSet<String> = tables
        .iter()
        .map(|table| RecordBatchReader::schema(table).metadata()["caseload.schema"].clone())
        .collect();
    assert_eq!(schemas, headings);
}

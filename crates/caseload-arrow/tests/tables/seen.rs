//! What an actor does not see is nowhere in a table, and neither is an id that no row has.

use std::collections::BTreeSet;

use arrow_array::{Array, cast::AsArray, types::Int32Type};
use caseload::{
    ProgramId,
    report::{By, Filter},
};

use crate::{
    read::{rows_of, table, texts_in},
    told::{Told, by, every_report, on, range},
};

#[test]
fn a_hidden_participant_is_in_no_column_and_no_dictionary() {
    let mut told = Told::new();
    for program in ["p1", "p2"] {
        told.record(&format!(
            r#""revise_program","id":"{program}","policy":{{"entry_order":"any","visibility":"own_caseload"}}"#
        ));
    }
    told.enroll("e1 c1 p1 2024-01-01 -");
    told.enroll("e2 c2 p2 2024-01-01 -");
    told.assign("a1 s1 c1 p1 2024-01-01 - primary");
    told.assign("a2 s2 c2 p2 2024-01-01 - secret-role");
    told.record(r#""transfer","id":"a2","new_id":"a3","to_staff":"s3","date":"2024-02-01","reason":"secret""#);
    told.record(r#""correct","id":"a3","new_id":"a4","start":"2024-02-02","reason":"secret""#);

    let (snapshot, asked) = (told.snapshot(), by(on("2024-02-20"), "s1"));
    let shown: BTreeSet<String> = every_report(&snapshot, &asked)
        .iter()
        .flat_map(|report| texts_in(report.as_ref()))
        .collect();
    for hidden in ["c2", "e2", "a2", "a3", "a4", "s2", "s3", "p2", "secret", "secret-role"] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
    assert!(["c1", "e1", "a1", "s1", "p1", "primary"].iter().all(|id| shown.contains(*id)));

    let everything: BTreeSet<String> = every_report(&snapshot, &on("2024-02-20"))
        .iter()
        .flat_map(|report| texts_in(report.as_ref()))
        .collect();
    assert!(
        everything.contains("c2") && everything.contains("secret-role"),
        "it is there to be hidden"
    );
}

/// Shared lists of ids may hold more than the rows are about: of a filtered program, or of sums only.
#[test]
fn a_dictionary_has_what_rows_have_sorted_and_each_once() {
    let told = Told::of_everything();
    let (snapshot, asked) = (told.snapshot(), on("2024-02-20"));
    let p1 = Filter::all().programs([ProgramId::new("p1").unwrap()]);
    let spring = range("2024-01-01", "2024-02-01");
    let program = |by| snapshot.daily_series(spring, by, &p1, &asked).unwrap();
    for by in [By::Staff, By::Program, By::StaffAndProgram, By::All] {
        let report = program(by);
        assert_used(&table(&report, "daily_series").into_batches().unwrap());
    }
    let reports = every_report(&snapshot, &asked);
    for table in reports.iter().flat_map(|report| report.tables()) {
        assert_used(&table.into_batches().unwrap());
    }
}

fn assert_used(batches: &[arrow_array::RecordBatch]) {
    let words = ["status", "ending", "kind", "ended_cause", "known", "change"];
    let rows = rows_of(batches);
    let Some(first) = batches.first() else { return };
    for (place, column) in first.columns().iter().enumerate() {
        let schema = first.schema();
        let name = schema.field(place).name();
        let Some(coded) = column.as_dictionary_opt::<Int32Type>() else { continue };
        if words.iter().any(|word| name.ends_with(word)) {
            continue;
        }
        let values = coded.values().as_string::<i32>();
        let listed: Vec<&str> = values.iter().flatten().collect();
        let used: BTreeSet<&str> =
            rows.iter().map(|row| row[place].as_str()).filter(|text| *text != "-").collect();
        assert_eq!(listed, used.into_iter().collect::<Vec<_>>(), "{name}");
        assert_eq!(coded.values().null_count(), 0);
    }
}

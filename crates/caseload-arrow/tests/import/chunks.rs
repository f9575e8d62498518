//! The borders of commands and of batches.

use arrow_array::RecordBatch;
use caseload_arrow::import::{RowOrder, Tables};

use crate::given::{
    ASSIGNMENTS, ENROLLMENTS, agency, batch, counts, everything, import, programs, reader,
    refusals, staff, texts,
};

/// So many participants in one program, each with one caseworker.
fn tables(rows: usize, pieces: usize) -> Tables<'static> {
    let each = |prefix: &str| texts((0..rows).map(|row| format!("{prefix}{row}")));
    let same = |cell: &str| texts(vec![cell; rows]);
    let enrollments = batch(&[
        ("id", each("e")),
        ("participant", each("c")),
        ("program", same("p1")),
        ("start", same("2020-01-01")),
    ]);
    let assignments = batch(&[
        ("id", each("a")),
        ("staff", same("s1")),
        ("participant", each("c")),
        ("program", same("p1")),
        ("start", same("2020-01-01")),
    ]);
    Tables::new()
        .programs(programs("p1"))
        .staff(staff("s1"))
        .enrollments(reader(&cut(&enrollments, pieces)))
        .assignments(reader(&cut(&assignments, pieces)))
}

/// A batch in pieces of so many rows, with an empty one before each.
fn cut(whole: &RecordBatch, rows: usize) -> Vec<RecordBatch> {
    let mut pieces = vec![whole.slice(0, 0)];
    for from in (0..whole.num_rows()).step_by(rows) {
        pieces.push(whole.slice(from, rows.min(whole.num_rows() - from)));
        pieces.push(whole.slice(0, 0));
    }
    pieces
}

#[test]
fn a_command_takes_ten_thousand_rows_and_the_next_one_the_rest() {
    for (rows, commands) in [(9_999, 1), (10_000, 1), (10_001, 2), (20_000, 2)] {
        for order in [RowOrder::ByStart, RowOrder::AsGiven] {
            let agency = agency();
            let import = import(&agency, tables(rows, 7_000).in_order(order));
            let all = [rows as u64, 0, 0];
            assert_eq!((counts(&import, ENROLLMENTS), counts(&import, ASSIGNMENTS)), (all, all));
            assert_eq!(agency.head().position, 2 + 2 * commands, "{rows} {order:?}");
        }
    }
}

#[test]
fn batches_of_any_size_come_to_the_same() {
    let whole = agency();
    import(&whole, tables(300, 300));
    for pieces in [1, 7, 299] {
        for order in [RowOrder::ByStart, RowOrder::AsGiven] {
            let agency = agency();
            import(&agency, tables(300, pieces).in_order(order));
            assert_eq!(everything(&agency), everything(&whole), "{pieces} {order:?}");
        }
    }
}

#[test]
fn refused_rows_at_a_border_keep_their_numbers() {
    let rows = 10_002;
    let participants = (0..rows).map(|row| match row {
        0 | 9_999 | 10_000 => "nobody".to_owned(),
        row => format!("c{row}"),
    });
    let same = |cell: &str| texts(vec![cell; rows]);
    let assignments = batch(&[
        ("staff", same("s1")),
        ("participant", texts(participants)),
        ("program", same("p1")),
        ("start", same("2020-01-01")),
    ]);
    for order in [RowOrder::ByStart, RowOrder::AsGiven] {
        let agency = agency();
        import(&agency, tables(rows, rows));
        let agency = agency.rehearsal().unwrap();
        let only = Tables::new().assignments(reader(&cut(&assignments, 2_500)));
        let import = import(&agency, only.in_order(order));
        let expected =
            [1, 10_000, 10_001].map(|row| format!("{row} not-enrolled participant,program"));
        assert_eq!(counts(&import, ASSIGNMENTS), [0, rows as u64 - 3, 3]);
        assert_eq!(refusals(&import, ASSIGNMENTS), expected);
    }
}

#[test]
fn ids_as_long_as_they_may_be_make_smaller_commands() {
    let rows = 10_000;
    let long = |kind: &str| texts((0..rows).map(|row| format!("{kind}{row:0>127}")));
    let same = |cell: &str| texts(vec![cell; rows]);
    let agency = agency();
    let import = import(
        &agency,
        Tables::new()
            .programs(programs("p1"))
            .staff(staff("s1"))
            .enrollments(reader(&[batch(&[
                ("id", long("e")),
                ("participant", long("c")),
                ("program", same("p1")),
                ("start", same("2020-01-01")),
            ])]))
            .assignments(reader(&[batch(&[
                ("id", long("a")),
                ("staff", same("s1")),
                ("participant", long("c")),
                ("program", same("p1")),
                ("start", same("2020-01-01")),
                ("role", texts((0..rows).map(|row| format!("{row:0>64}")))),
            ])])),
    );
    assert_eq!(counts(&import, ENROLLMENTS), [rows as u64, 0, 0]);
    assert_eq!(counts(&import, ASSIGNMENTS), [rows as u64, 0, 0]);
}

#[test]
fn empty_tables_are_nothing() {
    let agency = agency();
    let import = import(&agency, tables(0, 1));
    assert_eq!(counts(&import, ASSIGNMENTS), [0, 0, 0]);
    assert_eq!(agency.head().position, 2);
}

#[test]
fn many_programs_wait_for_each_other_and_all_come_in() {
    let rows = 120_000;
    let same = |cell: &str| texts(vec![cell; rows]);
    let of = |row: usize| format!("p{}", row % 20);
    let enrollments = batch(&[
        ("participant", texts((0..rows).map(|row| format!("c{row}")))),
        ("program", texts((0..rows).map(of))),
        ("start", same("2020-01-01")),
    ]);
    let names = (0..20).map(|program| format!("p{program} ")).collect::<String>();
    let agency = agency();
    let tables = Tables::new().programs(programs(&names)).enrollments(reader(&[enrollments]));
    let import = import(&agency, tables);
    assert_eq!(counts(&import, ENROLLMENTS), [rows as u64, 0, 0]);
}

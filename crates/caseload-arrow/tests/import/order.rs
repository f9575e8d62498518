//! The order in which assignments are judged, and the history that a program takes.

use caseload_arrow::import::{RowOrder, Tables};

use crate::given::{
    ASSIGNMENTS, Reader, agency, counts, import, refusals, staff, table, texts, worded, words,
};

/// One participant whose lines stand in the table from the newest to the oldest.
fn tables(policy: &str) -> Tables<'static> {
    Tables::new()
        .programs(table(&[("id", words("p1")), ("policy", texts([policy]))]))
        .staff(staff("s1 s2 s3"))
        .enrollments(worded(&[("participant", "c1"), ("program", "p1"), ("start", "2020-01-01")]))
        .assignments(newest_first())
}

fn newest_first() -> Reader {
    worded(&[
        ("staff", "s3 s2 s1"),
        ("participant", "c1 c1 c1"),
        ("program", "p1 p1 p1"),
        ("start", "2022-01-01 2021-01-01 2020-01-01"),
        ("end", "- 2022-01-01 2021-01-01"),
    ])
}

#[test]
fn by_start_no_row_is_refused_for_the_order_of_the_table() {
    let import = import(&agency(), tables(r#"{"batch_history":"allow"}"#));
    assert_eq!(counts(&import, ASSIGNMENTS), [3, 0, 0]);
}

#[test]
fn as_given_the_rules_say_what_is_out_of_order() {
    let given = |policy| import(&agency(), tables(policy).in_order(RowOrder::AsGiven));
    let import = given(r#"{"batch_history":"allow"}"#);
    assert_eq!(refusals(&import, ASSIGNMENTS), ["2 out-of-order start", "3 out-of-order start"]);
    let import = given(r#"{"batch_history":"allow","entry_order":"any"}"#);
    assert_eq!(counts(&import, ASSIGNMENTS), [3, 0, 0]);
}

#[test]
fn history_is_the_choice_of_the_program() {
    let import = import(&agency(), tables("{}"));
    assert_eq!(refusals(&import, ASSIGNMENTS), ["2 history-row end", "3 history-row end"]);
}

#[test]
fn by_start_is_only_about_the_table_and_not_about_what_is_stored() {
    let agency = agency();
    import(&agency, tables(r#"{"batch_history":"allow"}"#));
    let late = worded(&[
        ("staff", "s1"),
        ("participant", "c1"),
        ("program", "p1"),
        ("start", "2021-06-01"),
        ("end", "2021-07-01"),
    ]);
    let import = import(&agency, Tables::new().assignments(late));
    assert_eq!(refusals(&import, ASSIGNMENTS), ["1 out-of-order start"]);
}

#[test]
fn rows_of_one_day_are_judged_as_given_and_verdicts_keep_their_rows() {
    let agency = agency();
    let policy = r#"{"batch_history":"allow","entry_order":"any","max_staff":1}"#;
    import(
        &agency,
        tables(policy).assignments(worded(&[
            ("staff", ""),
            ("participant", ""),
            ("program", ""),
            ("start", ""),
        ])),
    );
    let import = import(
        &agency,
        Tables::new().assignments(worded(&[
            ("staff", "s3 s1 s2 s1"),
            ("participant", "c1 c1 c1 c1"),
            ("program", "p1 p1 p1 p1"),
            ("start", "2022-01-01 2021-01-01 2021-01-01 -"),
            ("end", "- 2022-01-01 2022-01-01 -"),
        ])),
    );
    let expected = ["3 too-many-staff staff", "4 input-command start"];
    let found = refusals(&import, ASSIGNMENTS);
    assert_eq!(found.len(), 2);
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(
            found.split(' ').take(2).collect::<Vec<_>>(),
            expected.split(' ').take(2).collect::<Vec<_>>()
        );
    }
}

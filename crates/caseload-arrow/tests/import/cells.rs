//! Every type that a column may have.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, Date32Array, Date64Array, DictionaryArray, Int8Array, Int16Array, Int32Array,
    Int64Array, LargeListArray, LargeStringArray, ListArray, NullArray, StringArray,
    StringViewArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
    builder::{FixedSizeListBuilder, LargeListBuilder, ListBuilder, StringBuilder},
    types::{Int8Type, Int32Type, UInt32Type},
};
use caseload::{Right, Rights, StaffId};
use caseload_arrow::import::Tables;

use crate::given::{
    ASSIGNMENTS, ENROLLMENTS, STAFF, agency, counts, everything, founded, import, refusals, table,
    texts, words,
};

/// The ids of staff registered from a column.
fn registered(ids: ArrayRef) -> Vec<String> {
    let agency = agency();
    let rows = ids.len() as u64;
    let import = import(&agency, Tables::new().staff(table(&[("id", ids)])));
    assert_eq!(counts(&import, STAFF), [rows, 0, 0]);
    let staff = agency.snapshot().unwrap().staff(None).unwrap();
    staff.into_iter().map(|(staff, _)| staff.id.as_str().to_owned()).collect()
}

#[test]
fn ids_are_text_of_every_kind() {
    let ids = vec!["a", "b"];
    assert_eq!(registered(Arc::new(StringArray::from(ids.clone()))), ids);
    assert_eq!(registered(Arc::new(LargeStringArray::from(ids.clone()))), ids);
    let long = "an id longer than twelve bytes, which a view does not hold in place";
    assert_eq!(registered(Arc::new(StringViewArray::from(vec!["a", long]))), ["a", long]);
}

#[test]
fn ids_are_integers_of_every_width() {
    assert_eq!(registered(Arc::new(Int8Array::from(vec![-5, 57]))), ["-5", "57"]);
    assert_eq!(registered(Arc::new(Int16Array::from(vec![57]))), ["57"]);
    assert_eq!(registered(Arc::new(Int32Array::from(vec![57]))), ["57"]);
    assert_eq!(registered(Arc::new(Int64Array::from(vec![i64::MIN]))), ["-9223372036854775808"]);
    assert_eq!(registered(Arc::new(UInt8Array::from(vec![57]))), ["57"]);
    assert_eq!(registered(Arc::new(UInt16Array::from(vec![57]))), ["57"]);
    assert_eq!(registered(Arc::new(UInt32Array::from(vec![57]))), ["57"]);
    assert_eq!(registered(Arc::new(UInt64Array::from(vec![u64::MAX]))), ["18446744073709551615"]);
}

#[test]
fn ids_are_dictionaries_of_text_and_of_integers() {
    let keys = Int8Array::from(vec![2, 0]);
    let values: [ArrayRef; 4] = [
        Arc::new(StringArray::from(vec!["a", "b", "c"])),
        Arc::new(LargeStringArray::from(vec!["a", "b", "c"])),
        Arc::new(StringViewArray::from(vec!["a", "b", "c"])),
        Arc::new(Int64Array::from(vec![1, 2, 3])),
    ];
    for values in values {
        let expected = if values.as_any().is::<Int64Array>() { ["1", "3"] } else { ["a", "c"] };
        let array = DictionaryArray::<Int8Type>::new(keys.clone(), values);
        assert_eq!(registered(Arc::new(array)), expected);
    }
    let keys = UInt32Array::from(vec![1, 0]);
    let array = DictionaryArray::<UInt32Type>::new(keys, words("a b"));
    assert_eq!(registered(Arc::new(array)), ["a", "b"]);
}

#[test]
fn nulls_of_a_dictionary_are_nulls_wherever_they_stand() {
    let keys = Int32Array::from(vec![Some(0), None, Some(1)]);
    let coded = DictionaryArray::<Int32Type>::new(keys, words("a -"));
    let import_of = |ids: ArrayRef| import(&agency(), Tables::new().staff(table(&[("id", ids)])));
    let import = import_of(Arc::new(coded));
    assert_eq!(refusals(&import, STAFF), ["2 input-command id", "3 input-command id"]);
    let none = DictionaryArray::<Int32Type>::new(Int32Array::new_null(1), words(""));
    assert_eq!(refusals(&import_of(Arc::new(none)), STAFF), ["1 input-command id"]);
}

/// The assignments of `c1` with these starts and ends, as entered; and how many rows were refused.
fn entered(starts: ArrayRef, ends: ArrayRef) -> (Vec<(String, Option<String>)>, Vec<String>) {
    let agency = founded();
    let rows = starts.len();
    let repeat = |text: &str| texts(vec![text; rows]);
    let tables = Tables::new().assignments(table(&[
        ("id", texts((1..=rows).map(|row| format!("a{row}")))),
        ("staff", repeat("s1")),
        ("participant", repeat("c1")),
        ("program", repeat("p1")),
        ("start", starts),
        ("end", ends),
    ]));
    let import = import(&agency, tables);
    let lines = everything(&agency).assignments;
    let days = lines.iter().map(|line| {
        (line.period.start().to_string(), line.period.end().map(|end| end.to_string()))
    });
    (days.collect(), refusals(&import, ASSIGNMENTS))
}

#[test]
fn days_are_date32_date64_or_text() {
    let expected =
        [("2020-02-01".to_owned(), Some("2020-03-01".to_owned())), ("2020-04-01".to_owned(), None)];
    let (first, last, again) = (18_293, 18_322, 18_353);
    let millis = |days: i64| days * 86_400_000;
    let starts: [ArrayRef; 4] = [
        Arc::new(Date32Array::from(vec![first, again])),
        Arc::new(Date64Array::from(vec![millis(first.into()), millis(again.into())])),
        words("2020-02-01 2020-04-01"),
        Arc::new(DictionaryArray::<Int8Type>::new(
            Int8Array::from(vec![1, 0]),
            Arc::new(StringViewArray::from(vec!["2020-04-01", "2020-02-01"])),
        )),
    ];
    let ends: [ArrayRef; 4] = [
        Arc::new(Date32Array::from(vec![Some(last), None])),
        Arc::new(Date64Array::from(vec![Some(millis(last.into())), None])),
        words("2020-03-01 -"),
        Arc::new(DictionaryArray::<Int8Type>::new(
            Int8Array::from(vec![Some(0), None]),
            Arc::new(LargeStringArray::from(vec!["2020-03-01"])),
        )),
    ];
    for (start, end) in starts.into_iter().zip(ends) {
        assert_eq!(entered(start, end), (expected.to_vec(), Vec::new()));
    }
}

#[test]
fn days_before_1970_count_backwards() {
    let agency = founded();
    let enrollments = table(&[
        ("id", words("e8 e9")),
        ("participant", words("c8 c9")),
        ("program", words("p1 p1")),
        ("start", Arc::new(Date32Array::from(vec![-1, -719_162])) as ArrayRef),
        ("end", Arc::new(Date64Array::from(vec![0, -86_400_000])) as ArrayRef),
    ]);
    import(&agency, Tables::new().enrollments(enrollments));
    let days: Vec<_> = everything(&agency).enrollments.into_iter().skip(3).collect();
    let days: Vec<_> = days.iter().map(|one| (one.period.start(), one.period.end())).collect();
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(
        days,
        [
            (day("1969-12-31"), Some(day("1970-01-01"))),
            (day("0001-01-01"), Some(day("1969-12-31"))),
        ]
    );
}

#[test]
fn a_day_outside_the_calendar_refuses_its_row() {
    let starts =
        Date32Array::from(vec![2_932_896, 2_932_897, -719_163, i32::MIN, i32::MAX, 18_293]);
    let (days, refused) = entered(Arc::new(starts), Arc::new(NullArray::new(6)));
    assert_eq!(days.len(), 1, "{days:?}");
    let expected = [2, 3, 4, 5].map(|row| format!("{row} input-date start"));
    // The last day of the calendar is one, and overlaps what is open since then.
    let dates: Vec<_> = refused.iter().filter(|one| one.contains("input-date")).collect();
    assert_eq!(dates, expected.iter().collect::<Vec<_>>());
}

#[test]
fn an_instant_in_the_middle_of_a_day_refuses_its_row() {
    let starts = Date64Array::from(vec![86_400_000 * 18_293 + 1, i64::MAX, i64::MIN]);
    let (days, refused) = entered(Arc::new(starts), words("- - -"));
    assert!(days.is_empty());
    let expected = [1, 2, 3].map(|row| format!("{row} input-date start"));
    assert_eq!(refused, expected);
}

#[test]
fn text_that_is_no_day_refuses_its_row() {
    let bad = "2024-2-1 20240201 2023-02-29 2024-06-15T00:00:00 0000-01-01 10000-01-01";
    let (days, refused) = entered(words(bad), words("- - - - - -"));
    assert!(days.is_empty());
    assert_eq!(refused, (1..=6).map(|row| format!("{row} input-date start")).collect::<Vec<_>>());
}

#[test]
fn columns_without_a_type_are_nulls() {
    let agency = founded();
    let nothing = || Arc::new(NullArray::new(1)) as ArrayRef;
    let import = import(
        &agency,
        Tables::new().enrollments(table(&[
            ("id", words("e9")),
            ("participant", nothing()),
            ("program", words("p1")),
            ("start", nothing()),
            ("end", nothing()),
        ])),
    );
    let expected = ["1 input-command participant", "1 input-command start"];
    assert_eq!(refusals(&import, ENROLLMENTS), expected);
}

/// The rights of `s1` registered with a column of rights.
fn rights(column: ArrayRef) -> Option<Rights> {
    let agency = agency();
    let import =
        import(&agency, Tables::new().staff(table(&[("id", words("s1")), ("rights", column)])));
    if counts(&import, STAFF) == [0, 0, 1] {
        assert_eq!(refusals(&import, STAFF), ["1 input-command rights"]);
        return None;
    }
    let snapshot = agency.snapshot().unwrap();
    Some(snapshot.rights(&StaffId::new("s1").unwrap(), None, None).unwrap())
}

#[test]
fn rights_are_lists_or_words_between_commas_and_spaces() {
    let both = Some(Rights::of(&[Right::Own, Right::ViewAll]));
    for text in ["own,view_all", " own view_all ", "own, view_all,", "view_all\town\nown"] {
        assert_eq!(rights(texts([text])), both, "{text:?}");
    }
    assert_eq!(rights(texts([""])), Some(Rights::NONE));
    assert_eq!(rights(words("-")), Some(Rights::NONE));
    assert_eq!(rights(words("owner")), None);

    let mut list = ListBuilder::new(StringBuilder::new());
    list.append_value([Some("own"), Some("view_all")]);
    let list: ListArray = list.finish();
    assert_eq!(rights(Arc::new(list)), both);
    let mut list = LargeListBuilder::new(StringBuilder::new());
    list.append_value([Some("own"), None]);
    let list: LargeListArray = list.finish();
    assert_eq!(rights(Arc::new(list)), None, "a word that is null is no right");
    let mut list = FixedSizeListBuilder::new(StringBuilder::new(), 2);
    list.values().append_value("view_all");
    list.values().append_value("own");
    list.append(true);
    assert_eq!(rights(Arc::new(list.finish())), both);
    let mut list = ListBuilder::new(StringBuilder::new());
    list.append_null();
    assert_eq!(rights(Arc::new(list.finish())), Some(Rights::NONE));
}

#[test]
fn slices_of_arrays_are_read_from_where_they_begin() {
    let ids = words("a b c d").slice(2, 2);
    assert_eq!(registered(ids), ["c", "d"]);
    let keys = Int8Array::from(vec![0, 1, 1]);
    let coded = DictionaryArray::<Int8Type>::new(keys, words("a b"));
    assert_eq!(registered(Arc::new(coded.slice(2, 1))), ["b"]);
}

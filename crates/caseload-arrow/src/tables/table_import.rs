//! What became of the rows of an import.

use caseload::Violation;

use crate::{
    Table, ToArrow,
    import::{InputTable, RefusedRow, TableCounts, TableImport},
    layout::{About, Described, Layout},
};

impl ToArrow for TableImport {
    fn tables(&self) -> Vec<Table<'_>> {
        let about = || About::nothing().and("caseload.stored", self.stored.word());
        let each = || InputTable::ALL.into_iter().map(|table| (table, self.of(table)));
        vec![
            counts().table(about(), each),
            refused().table(about(), move || self.refused.iter().flat_map(Why::of)),
        ]
    }
}

const WORDS: &[&str] = &[
    InputTable::Programs.word(),
    InputTable::Staff.word(),
    InputTable::Enrollments.word(),
    InputTable::Assignments.word(),
];

const TABLE: &str = "Of which table: `programs`, `staff`, `enrollments` or `assignments`";

fn counts<'a>() -> Layout<'a, (InputTable, TableCounts)> {
    let tables = "a table that can be taken in; one that was not given has no rows";
    let there = "Those that say what was stored already";
    Layout::<(InputTable, TableCounts)>::of("import_counts", 1, tables)
        .word("table", TABLE, WORDS, |(table, _)| Some(table.word()))
        .count("rows", "rows", "Those read", |(_, counts)| Some(counts.rows))
        .count("accepted", "rows", "Those that are new and break no rule", |(_, counts)| {
            Some(counts.accepted)
        })
        .count("already_there", "rows", there, |(_, counts)| Some(counts.already_there))
        .count("refused", "rows", "Those refused", |(_, counts)| Some(counts.refused))
}

/// A refused row, and one of the reasons.
struct Why<'a> {
    row: &'a RefusedRow,
    violation: &'a Violation,
    fields: String,
    text: String,
}

impl<'a> Why<'a> {
    fn of(row: &'a RefusedRow) -> impl Iterator<Item = Why<'a>> {
        row.violations.iter().map(move |violation| {
            let (fields, text) = (violation.fields.join(","), violation.problem.to_string());
            Why { row, violation, fields, text }
        })
    }
}

fn refused<'a>() -> Layout<'a, Why<'a>> {
    let number = "The number of the row, the first of the table being 1";
    let code = "The code of the rule, or of what cannot be read";
    let fields = "The columns that it concerns, between commas";
    let text = "Why, in words; of the row itself only days are in it";
    Layout::<Why<'a>>::of("import_refused", 1, "a violation of a refused row")
        .word("table", TABLE, WORDS, |why| Some(why.row.table.word()))
        .count("row", "", number, |why| Some(why.row.row))
        .id("code", code, |why| Some(why.violation.code().word()))
        .id("fields", fields, |why| Some(why.fields.as_str()))
        .text("text", text, |why| Some(why.text.as_str()))
        .all_or_null("none is known", |layout| {
            let nearest = |why: &Why<'a>| why.violation.nearest.clone();
            layout
                .id("nearest_field", "The column where another day would pass", |why| {
                    why.violation.nearest.as_ref().map(|nearest| nearest.field.as_ref())
                })
                .day("nearest_day", "That day", move |why| nearest(why).map(|one| one.day))
        })
}

pub(super) fn described() -> Vec<Described> {
    vec![counts().described(), refused().described()]
}

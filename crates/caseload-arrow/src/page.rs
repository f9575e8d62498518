//! The page of schemas, made from the columns themselves.

use std::fmt::Write as _;

use arrow_schema::{DataType, TimeUnit};

use crate::{column::DescribedColumn, layout::Described, tables::sections};

/// The tables and their columns as a page: what `docs/schema.md` must hold.
///
/// ```
/// assert!(caseload_arrow::schema_page().contains("`current_caseload_cases/1`"));
/// ```
pub fn schema_page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for section in sections() {
        let _ = write!(page, "\n## `{}`\n", section.from);
        section.tables.iter().for_each(|table| describe(&mut page, table));
    }
    page
}

const INTRODUCTION: &str = "\
# Tables and their schemas

Generated from the columns; `cargo run -p caseload-arrow --example schema_page` writes it. A section is a type of `caseload`
and has the tables that `ToArrow::tables` makes of it.

- A page of `Counts`, `Vec<Count>`, is the table of `Counts`.
- `caseload.schema` in the metadata of a schema is the name and the version of the table, as in the headings here. A version is
  another one when a column is renamed, removed or means something else; a column may be added without.
- What the report is about stands beside it: `caseload.as_of` (a day), or `caseload.from` and `caseload.to` (the first day of the
  range and the first one after it; without `caseload.to` it lasts to the end of the calendar). `caseload.by` (`staff`, `program`,
  `staff_and_program` or `all`) is of whom the rows of a daily series are, `caseload.stay` (`enrollment` or `assignment`) what
  lasts, and `caseload.after` and `caseload.up_to` are the positions of the log between which corrections were looked for.
  `caseload.stored` (`accepted` or `nothing`) is whether the accepted rows of an import are stored.
- `dictionary` is `Dictionary(Int32, Utf8)`; all batches of a table share one, and no id is in it that no row has. `date` is `Date32`,
  `timestamp` is `Timestamp(Microsecond, \"UTC\")`.
- Days are civil days in the agency's own time zone. An `end` is the first day that is not covered.
- Counts and positions are `Int64`, although none is below 0: polars and pandas subtract two columns in their own type, and 3 - 5 in an
  unsigned one is 18,446,744,073,709,551,614.
- A rate stands beside the integers that it is made of. What is not defined is null, never 0.
";

fn describe(page: &mut String, table: &Described) {
    let _ = write!(
        page,
        "\n### `{}`\n\nA row is {}.\n\n| column | type | unit | what it tells | null means |\n| --- | --- | --- | --- | --- |\n",
        table.schema, table.a_row_is
    );
    for DescribedColumn { field, unit, tells, null } in &table.columns {
        let (name, kind, null) = (field.name(), kind(field.data_type()), null.join(", or "));
        let _ = writeln!(page, "| `{name}` | {kind} | {unit} | {tells} | {null} |");
    }
}

fn kind(data_type: &DataType) -> String {
    match data_type {
        DataType::Dictionary(..) => "dictionary".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Timestamp(TimeUnit::Microsecond, _) => "timestamp".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_as_the_columns_are() {
        assert_eq!(schema_page(), include_str!("../docs/schema.md"), "run the example schema_page");
    }
}

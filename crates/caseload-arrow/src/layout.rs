//! Layouts: the columns of a table, and how rows become batches of them.

use arrow_array::ArrayRef;
use arrow_schema::{ArrowError, Schema};
use caseload::{
    Day,
    log::Recorded,
    report::{Range, Ratio},
};

use crate::{
    Table,
    column::{Cells, Column, DescribedColumn},
    dictionary::{ByText, Shared},
};

/// The most rows of a batch.
///
/// ```
/// assert_eq!(caseload_arrow::ROWS_A_BATCH, 65_536);
/// ```
pub const ROWS_A_BATCH: usize = 65_536;

/// A table whose rows are made of `R`s.
pub(crate) struct Layout<'a, R> {
    name: &'static str,
    /// Another one whenever a column is renamed, removed, or means something else.
    version: u32,
    a_row_is: &'static str,
    columns: Vec<Column<'a, R>>,
}

/// What is said about a table on the page of schemas.
pub(crate) struct Described {
    pub(crate) schema: String,
    pub(crate) a_row_is: &'static str,
    pub(crate) columns: Vec<DescribedColumn>,
}

impl<'a, R> Layout<'a, R> {
    /// Without columns yet.
    pub(crate) const fn of(
        name: &'static str,
        version: u32,
        a_row_is: &'static str,
    ) -> Layout<'a, R> {
        Layout { name, version, a_row_is, columns: Vec::new() }
    }

    pub(crate) fn described(&self) -> Described {
        let columns = self.columns.iter().map(Column::described).collect();
        Described { schema: self.schema_name(), a_row_is: self.a_row_is, columns }
    }

    fn schema_name(&self) -> String {
        format!("{}/{}", self.name, self.version)
    }

    /// The table of these rows, which may be asked for twice.
    pub(crate) fn table<I: Iterator<Item = R> + Send + 'a>(
        self,
        about: About,
        rows: impl Fn() -> I + Send + 'a,
    ) -> Table<'a>
    where
        R: Send + 'a,
    {
        let fields: Vec<_> = self.columns.iter().map(Column::field).collect();
        let About(mut metadata) = about;
        metadata.push(("caseload.schema", self.schema_name()));
        let metadata = metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let schema = Schema::new_with_metadata(fields, metadata);
        let start = Box::new(rows);
        let batches = Batches { columns: self.columns, start, rows: None, batch: Vec::new() };
        Table::new(self.name, schema, Box::new(batches))
    }
}

/// The columns, one after the other: what each is called, in which unit, what it tells, and how it is
/// taken from a row.
impl<'a, R> Layout<'a, R> {
    fn with(
        mut self,
        name: impl Into<String>,
        unit: &'static str,
        tells: &'static str,
        cells: Cells<'a, R>,
    ) -> Layout<'a, R> {
        self.columns.push(Column::new(name.into(), unit, tells, cells));
        self
    }

    pub(crate) fn text(
        self,
        name: impl Into<String>,
        tells: &'static str,
        get: impl Fn(&R) -> Option<&str> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, "", tells, Cells::Text(Box::new(get)))
    }

    pub(crate) fn id(
        self,
        name: impl Into<String>,
        tells: &'static str,
        get: impl Fn(&R) -> Option<&str> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, "", tells, Cells::Id(Box::new(get), ByText::default()))
    }

    pub(crate) fn place(
        self,
        name: &str,
        tells: &'static str,
        list: Shared,
        get: impl Fn(&R) -> Option<usize> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, "", tells, Cells::Place(Box::new(get), list))
    }

    pub(crate) fn word(
        self,
        name: impl Into<String>,
        tells: &'static str,
        words: &'static [&'static str],
        get: impl Fn(&R) -> Option<&'static str> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, "", tells, Cells::Word(Box::new(get), words))
    }

    pub(crate) fn day(
        self,
        name: impl Into<String>,
        tells: &'static str,
        get: impl Fn(&R) -> Option<Day> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, "day", tells, Cells::Day(Box::new(get)))
    }

    pub(crate) fn instant(
        self,
        name: impl Into<String>,
        tells: &'static str,
        get: impl Fn(&R) -> Option<Recorded> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, "instant", tells, Cells::Instant(Box::new(get)))
    }

    pub(crate) fn count(
        self,
        name: impl Into<String>,
        unit: &'static str,
        tells: &'static str,
        get: impl Fn(&R) -> Option<u64> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, unit, tells, Cells::Count(Box::new(get)))
    }

    pub(crate) fn float(
        self,
        name: &str,
        unit: &'static str,
        tells: &'static str,
        get: impl Fn(&R) -> Option<f64> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, unit, tells, Cells::Float(Box::new(get)))
    }

    pub(crate) fn flag(
        self,
        name: &str,
        tells: &'static str,
        get: impl Fn(&R) -> Option<bool> + Send + 'a,
    ) -> Layout<'a, R> {
        self.with(name, "", tells, Cells::Flag(Box::new(get)))
    }

    /// A rate of two integers that are no columns yet: all three of them.
    pub(crate) fn ratio(
        self,
        name: &str,
        unit: &'static str,
        tells: &'static str,
        get: impl Fn(&R) -> Option<Ratio> + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        let (above, below) = (format!("{name}_numerator"), format!("{name}_denominator"));
        self.count(above, "", "The numerator, as counted", move |row| {
            get(row).map(Ratio::numerator)
        })
        .count(below, "", "The denominator, as counted", move |row| {
            get(row).map(|ratio| ratio.denominator().get())
        })
        .float(name, unit, tells, move |row| get(row).map(Ratio::as_f64))
    }

    /// Lets cells of the last column be null, and says what that means.
    pub(crate) fn or_null(mut self, means: &'static str) -> Layout<'a, R> {
        self.columns.last_mut().into_iter().for_each(|column| column.may_be_null(means));
        self
    }

    /// Lets cells of some columns be null, and says what that means.
    pub(crate) fn all_or_null(
        self,
        means: &'static str,
        columns: impl FnOnce(Layout<'a, R>) -> Layout<'a, R>,
    ) -> Layout<'a, R> {
        let before = self.columns.len();
        let mut all = columns(self);
        all.columns.iter_mut().skip(before).for_each(|column| column.may_be_null(means));
        all
    }
}

/// What a table is about, beside its rows.
pub(crate) struct About(Vec<(&'static str, String)>);

impl About {
    pub(crate) const fn nothing() -> About {
        About(Vec::new())
    }

    pub(crate) fn as_of(day: Day) -> About {
        About::nothing().and("caseload.as_of", day)
    }

    /// Past the last day of the calendar there is no end to be named.
    pub(crate) fn range(range: Range) -> About {
        let about = About::nothing().and("caseload.from", range.first());
        match range.end() {
            Some(end) => about.and("caseload.to", end),
            None => about,
        }
    }

    pub(crate) fn and(mut self, key: &'static str, value: impl ToString) -> About {
        self.0.push((key, value.to_string()));
        self
    }
}

/// Rows, taken a batch at a time.
struct Batches<'a, R, I> {
    columns: Vec<Column<'a, R>>,
    start: Box<dyn Fn() -> I + Send + 'a>,
    /// Those not taken yet; `None` before the first batch.
    rows: Option<I>,
    batch: Vec<R>,
}

impl<R, I: Iterator<Item = R>> Batches<'_, R, I> {
    fn look_ahead(&mut self) {
        if !self.columns.iter().any(Column::looks_ahead) {
            return;
        }
        for row in (self.start)() {
            self.columns.iter_mut().for_each(|column| column.look(&row));
        }
        self.columns.iter_mut().for_each(Column::looked);
    }
}

impl<R, I: Iterator<Item = R>> Iterator for Batches<'_, R, I> {
    type Item = Result<Vec<ArrayRef>, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rows.is_none() {
            self.look_ahead();
        }
        let rows = self.rows.get_or_insert_with(&self.start);
        self.batch.clear();
        self.batch.extend(rows.take(ROWS_A_BATCH));
        if self.batch.is_empty() {
            return None;
        }
        Some(self.columns.iter().map(|column| column.of(&self.batch)).collect())
    }
}

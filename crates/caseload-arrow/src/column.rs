//! Columns: what each is called, what it tells, and how its cells are taken from the rows of a table.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, DictionaryArray, Int32Array, PrimitiveArray,
    StringArray,
    builder::{PrimitiveBuilder, StringBuilder},
    types::{Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType},
};
use arrow_schema::{ArrowError, DataType, Field, TimeUnit};
use caseload::{Day, log::Recorded};

use crate::dictionary::{ByText, Shared};

/// A column of a table whose rows are made of `R`s.
pub(crate) struct Column<'a, R> {
    name: String,
    unit: &'static str,
    tells: &'static str,
    /// What it means that a cell is null: one of these. If there are none, no cell is.
    null: Vec<&'static str>,
    cells: Cells<'a, R>,
}

/// How a cell is taken from a row.
pub(crate) type Get<'a, R, T> = Box<dyn Fn(&R) -> Option<T> + Send + 'a>;
pub(crate) type GetText<'a, R> = Box<dyn Fn(&R) -> Option<&str> + Send + 'a>;

/// What a column holds.
pub(crate) enum Cells<'a, R> {
    /// Text that is another in nearly every row.
    Text(GetText<'a, R>),
    /// Text that many rows have in common.
    Id(GetText<'a, R>, ByText),
    /// An id by its place in a list.
    Place(Get<'a, R, usize>, Shared),
    /// One of a few words that are always the same.
    Word(Get<'a, R, &'static str>, &'static [&'static str]),
    Day(Get<'a, R, Day>),
    Instant(Get<'a, R, Recorded>),
    /// As wide as it gets, also for small ones: some who add up a column do so in its own type. And signed:
    /// those who subtract two columns do that in their own type, too, where a loss would wrap.
    Count(Get<'a, R, u64>),
    Float(Get<'a, R, f64>),
    Flag(Get<'a, R, bool>),
}

/// What is said about a column on the page of schemas.
pub(crate) struct DescribedColumn {
    pub(crate) field: Field,
    pub(crate) unit: &'static str,
    pub(crate) tells: &'static str,
    pub(crate) null: Vec<&'static str>,
}

impl<'a, R> Column<'a, R> {
    pub(crate) fn new(
        name: String,
        unit: &'static str,
        tells: &'static str,
        cells: Cells<'a, R>,
    ) -> Column<'a, R> {
        Column { name, unit, tells, null: Vec::new(), cells }
    }

    /// Lets a cell be null, and says what that means.
    pub(crate) fn may_be_null(&mut self, means: &'static str) {
        self.null.push(means);
    }

    pub(crate) fn described(&self) -> DescribedColumn {
        let (unit, tells, null) = (self.unit, self.tells, self.null.clone());
        DescribedColumn { field: self.field(), unit, tells, null }
    }

    pub(crate) fn field(&self) -> Field {
        Field::new(self.name.clone(), self.cells.data_type(), !self.null.is_empty())
    }

    /// Whether it must see every row before it can make cells of any.
    pub(crate) const fn looks_ahead(&self) -> bool {
        matches!(self.cells, Cells::Id(..))
    }

    /// Sees a row.
    pub(crate) fn look(&mut self, row: &R) {
        if let Cells::Id(get, ids) = &mut self.cells
            && let Some(id) = get(row)
        {
            ids.take_in(id);
        }
    }

    /// Has seen every row.
    pub(crate) fn looked(&mut self) {
        if let Cells::Id(_, ids) = &mut self.cells {
            ids.number();
        }
    }

    /// The cells of some rows.
    pub(crate) fn of(&self, rows: &[R]) -> Result<ArrayRef, ArrowError> {
        Ok(match &self.cells {
            Cells::Text(get) => texts(rows.iter().map(get)),
            Cells::Id(get, ids) => {
                let keys = rows.iter().map(|row| get(row).map(|id| ids.key(id)));
                coded(keys, ids.values())?
            }
            Cells::Place(get, list) => {
                let keys = rows.iter().map(|row| get(row).map(|place| list.key(place)));
                coded(keys, list.values())?
            }
            Cells::Word(get, words) => {
                let values: ArrayRef = Arc::new(StringArray::from(words.to_vec()));
                coded(rows.iter().map(|row| get(row).and_then(|word| place(words, word))), &values)?
            }
            Cells::Day(get) => {
                let days = numbers::<R, Date32Type>(rows, |row| get(row).map(since_1970));
                Arc::new(days)
            }
            Cells::Instant(get) => {
                let instants = numbers::<R, TimestampMicrosecondType>(rows, |row| {
                    get(row).map(Recorded::micros)
                });
                Arc::new(instants.with_timezone(UTC))
            }
            Cells::Count(get) => {
                Arc::new(numbers::<R, Int64Type>(rows, |row| get(row).map(signed)))
            }
            Cells::Float(get) => Arc::new(numbers::<R, Float64Type>(rows, get)),
            Cells::Flag(get) => Arc::new(rows.iter().map(get).collect::<BooleanArray>()),
        })
    }
}

impl<R> Cells<'_, R> {
    fn data_type(&self) -> DataType {
        match self {
            Cells::Text(_) => DataType::Utf8,
            Cells::Id(..) | Cells::Place(..) | Cells::Word(..) => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            Cells::Day(_) => DataType::Date32,
            Cells::Instant(_) => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
            Cells::Count(_) => DataType::Int64,
            Cells::Float(_) => DataType::Float64,
            Cells::Flag(_) => DataType::Boolean,
        }
    }
}

/// No agency has as many of anything as would not fit.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

const UTC: &str = "UTC";

/// Arrow counts days from 1970-01-01, caseload from the day before its calendar.
const fn since_1970(day: Day) -> i32 {
    const DAYS_BEFORE_1970: i32 = 719_163;
    day.number() - DAYS_BEFORE_1970
}

fn place(words: &[&str], word: &str) -> Option<i32> {
    (0..).zip(words).find(|(_, one)| **one == word).map(|(place, _)| place)
}

/// A batch of the longest texts there are (reasons) is far from the 2 GiB that offsets can say.
fn texts<'r>(texts: impl Iterator<Item = Option<&'r str>>) -> ArrayRef {
    let mut cells = StringBuilder::new();
    texts.for_each(|text| cells.append_option(text));
    Arc::new(cells.finish())
}

/// Keys of a dictionary; one that it has not is an error.
fn coded(
    keys: impl Iterator<Item = Option<i32>>,
    values: &ArrayRef,
) -> Result<ArrayRef, ArrowError> {
    let keys: Int32Array = keys.collect();
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::clone(values))?))
}

/// The builder makes no validity bits where nothing is null.
fn numbers<R, T: ArrowPrimitiveType>(
    rows: &[R],
    get: impl Fn(&R) -> Option<T::Native>,
) -> PrimitiveArray<T> {
    let mut cells = PrimitiveBuilder::<T>::with_capacity(rows.len());
    rows.iter().for_each(|row| cells.append_option(get(row)));
    cells.finish()
}

//! Columns as they are given: whether they fit, and their cells.

use std::{borrow::Cow, collections::HashSet};

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, Date32Array, Date64Array, LargeStringArray,
    PrimitiveArray, RecordBatch, StringArray, StringViewArray,
    cast::AsArray,
    types::{
        Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use arrow_schema::{ArrowError, DataType, Schema};
use caseload::Day;

use super::{
    ColumnFault, ColumnProblem, InputTable,
    input_table::{Holds, Need, Wanted},
};

/// What does not fit in the columns of a table.
pub(super) fn problems(table: InputTable, schema: &Schema) -> Vec<ColumnProblem> {
    let problem = |column: &str, fault, found: Option<&DataType>, expected: String| ColumnProblem {
        table,
        column: column.to_owned(),
        fault,
        found: found.map(DataType::to_string),
        expected,
    };
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for field in schema.fields() {
        let (name, found) = (field.name().as_str(), Some(field.data_type()));
        match table.wanted().iter().find(|wanted| wanted.name == name) {
            None => {
                let names = table.columns().collect::<Vec<_>>().join(", ");
                problems.push(problem(name, ColumnFault::Unknown, found, names));
            }
            Some(_) if !seen.insert(name) => {
                problems.push(problem(name, ColumnFault::Twice, found, String::new()));
            }
            Some(wanted) if !wanted.holds.fits(field.data_type()) => {
                let expected = wanted.holds.expected(field.data_type());
                problems.push(problem(name, ColumnFault::Type, found, expected));
            }
            Some(_) => {}
        }
    }
    let missing = |wanted: &&Wanted| wanted.need == Need::Must && !seen.contains(wanted.name);
    for wanted in table.wanted().iter().filter(missing) {
        let expected = wanted.holds.expected(&DataType::Null);
        problems.push(problem(wanted.name, ColumnFault::Missing, None, expected));
    }
    problems
}

impl Holds {
    fn fits(self, found: &DataType) -> bool {
        // A column of nothing but nulls often has no type.
        if *found == DataType::Null {
            return true;
        }
        match self {
            Holds::Id => is_text(found) || is_integer(found),
            Holds::Text => is_text(found),
            Holds::Day => matches!(found, DataType::Date32 | DataType::Date64) || is_text(found),
            Holds::Words => is_text(found) || element(found).is_some_and(is_text),
        }
    }

    /// What is asked for, and where it is known how to make it of what was found.
    fn expected(self, found: &DataType) -> String {
        let expected = match self {
            Holds::Id => "text or integers",
            Holds::Text => "text",
            Holds::Day => "days: date32, date64, or text as YYYY-MM-DD",
            Holds::Words => "lists of words, or text with words between commas or spaces",
        };
        let conversion = match (self, found) {
            (Holds::Day, DataType::Timestamp(..)) => {
                "; take the day of each instant first: `.dt.date` in pandas, `.dt.date()` in polars, `::DATE` in SQL"
            }
            (Holds::Id, DataType::Float16 | DataType::Float32 | DataType::Float64) => {
                "; cast it first (pandas makes floats of integers with gaps: `.astype(\"Int64\")`)"
            }
            _ => "",
        };
        format!("{expected}{conversion}")
    }
}

fn is_text(found: &DataType) -> bool {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn is_integer(found: &DataType) -> bool {
    match found {
        DataType::Dictionary(_, values) => is_integer(values),
        found => found.is_integer(),
    }
}

/// What lists are made of.
fn element(found: &DataType) -> Option<&DataType> {
    match found {
        DataType::List(of) | DataType::LargeList(of) | DataType::FixedSizeList(of, _) => {
            Some(of.data_type())
        }
        _ => None,
    }
}

/// The columns of one batch, by name.
pub(super) struct Batch<'b>(pub(super) &'b RecordBatch);

impl Batch<'_> {
    pub(super) fn texts(&self, name: &'static str) -> Result<Column<Texts>, ArrowError> {
        self.column(name, Texts::Nothing, Texts::of)
    }

    pub(super) fn days(&self, name: &'static str) -> Result<Column<Days>, ArrowError> {
        self.column(name, Days::Nothing, Days::of)
    }

    pub(super) fn words(&self, name: &'static str) -> Result<Column<Words>, ArrowError> {
        self.column(name, Words::Text(Texts::Nothing), Words::of)
    }

    /// A column; `nothing` where the table has none.
    fn column<C>(
        &self,
        name: &'static str,
        nothing: C,
        of: fn(&ArrayRef) -> Option<C>,
    ) -> Result<Column<C>, ArrowError> {
        let cells = match self.0.column_by_name(name) {
            None => nothing,
            // The schema was checked before; a batch that has another breaks Arrow's own promise.
            Some(array) => of(array).ok_or_else(|| {
                let found = array.data_type();
                ArrowError::SchemaError(format!("a batch has {found} as column `{name}`"))
            })?,
        };
        Ok(Column { name, cells })
    }
}

/// Cells and what their column is called.
pub(super) struct Column<C> {
    pub(super) name: &'static str,
    pub(super) cells: C,
}

/// Cells that are text, or integers, which are written in decimal digits. They share the memory of
/// the batch and outlive it.
pub(super) enum Texts {
    Nothing,
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
    Number(ArrayRef, Digits),
    Coded { array: ArrayRef, keys: Vec<usize>, values: Box<Texts> },
}

type Digits = fn(&ArrayRef, usize) -> String;

impl Texts {
    fn of(array: &ArrayRef) -> Option<Texts> {
        Some(match array.data_type() {
            DataType::Null => Texts::Nothing,
            DataType::Utf8 => Texts::Small(array.as_string_opt()?.clone()),
            DataType::LargeUtf8 => Texts::Large(array.as_string_opt()?.clone()),
            DataType::Utf8View => Texts::View(array.as_string_view_opt()?.clone()),
            DataType::Dictionary(..) => Texts::coded(array)?,
            DataType::Int8 => Texts::Number(array.clone(), digits::<Int8Type>),
            DataType::Int16 => Texts::Number(array.clone(), digits::<Int16Type>),
            DataType::Int32 => Texts::Number(array.clone(), digits::<Int32Type>),
            DataType::Int64 => Texts::Number(array.clone(), digits::<Int64Type>),
            DataType::UInt8 => Texts::Number(array.clone(), digits::<UInt8Type>),
            DataType::UInt16 => Texts::Number(array.clone(), digits::<UInt16Type>),
            DataType::UInt32 => Texts::Number(array.clone(), digits::<UInt32Type>),
            DataType::UInt64 => Texts::Number(array.clone(), digits::<UInt64Type>),
            _ => return None,
        })
    }

    fn coded(array: &ArrayRef) -> Option<Texts> {
        let coded = array.as_any_dictionary_opt()?;
        if coded.values().is_empty() {
            // Without a value every key is null.
            return Some(Texts::Nothing);
        }
        let values = Box::new(Texts::of(coded.values())?);
        Some(Texts::Coded { array: array.clone(), keys: coded.normalized_keys(), values })
    }

    /// The text of a cell; none where it is null.
    pub(super) fn get(&self, row: usize) -> Option<Cow<'_, str>> {
        let there = |array: &dyn Array| row < array.len() && array.is_valid(row);
        match self {
            Texts::Small(array) if there(array) => Some(Cow::Borrowed(array.value(row))),
            Texts::Large(array) if there(array) => Some(Cow::Borrowed(array.value(row))),
            Texts::View(array) if there(array) => Some(Cow::Borrowed(array.value(row))),
            Texts::Number(array, digits) if there(array) => Some(Cow::Owned(digits(array, row))),
            Texts::Coded { array, keys, values } if there(array) => values.get(*keys.get(row)?),
            _ => None,
        }
    }
}

fn digits<T: ArrowPrimitiveType>(array: &ArrayRef, row: usize) -> String
where
    T::Native: ToString,
{
    let numbers: Option<&PrimitiveArray<T>> = array.as_primitive_opt();
    numbers.map(|numbers| numbers.value(row).to_string()).unwrap_or_default()
}

/// Cells that are days.
pub(super) enum Days {
    Nothing,
    Counted(Date32Array),
    Millis(Date64Array),
    Text(Texts),
}

/// Arrow counts days from 1970-01-01, caseload from the day before its calendar.
const DAYS_BEFORE_1970: i32 = 719_163;
const MILLIS_A_DAY: i64 = 86_400_000;

impl Days {
    fn of(array: &ArrayRef) -> Option<Days> {
        Some(match array.data_type() {
            DataType::Null => Days::Nothing,
            DataType::Date32 => Days::Counted(array.as_primitive_opt()?.clone()),
            DataType::Date64 => Days::Millis(array.as_primitive_opt()?.clone()),
            _ => Days::Text(Texts::of(array)?),
        })
    }

    /// The day of a cell, which may be none of the calendar; nothing where it is null.
    pub(super) fn get(&self, row: usize) -> Option<Option<Day>> {
        let there = |array: &dyn Array| row < array.len() && array.is_valid(row);
        match self {
            Days::Counted(array) if there(array) => Some(since_1970(array.value(row))),
            Days::Millis(array) if there(array) => Some(whole_day(array.value(row))),
            Days::Text(texts) => texts.get(row).map(|text| text.parse().ok()),
            _ => None,
        }
    }
}

fn since_1970(days: i32) -> Option<Day> {
    Day::from_number(days.checked_add(DAYS_BEFORE_1970)?)
}

/// Of milliseconds that are the first of a day: an instant in the middle of one is no day.
fn whole_day(millis: i64) -> Option<Day> {
    let whole = millis.rem_euclid(MILLIS_A_DAY) == 0;
    let days = i32::try_from(millis.div_euclid(MILLIS_A_DAY)).ok()?;
    since_1970(days).filter(|_| whole)
}

/// Cells that are words.
pub(super) enum Words {
    /// Between commas or white space.
    Text(Texts),
    List(ArrayRef),
}

impl Words {
    fn of(array: &ArrayRef) -> Option<Words> {
        match element(array.data_type()) {
            Some(_) => Some(Words::List(array.clone())),
            None => Texts::of(array).map(Words::Text),
        }
    }

    /// The words of a cell; nothing where it is null. A word of a list may be null itself.
    pub(super) fn get(&self, row: usize) -> Option<Vec<Option<String>>> {
        match self {
            Words::Text(texts) => texts.get(row).map(|text| {
                let words = text.split(|c: char| c == ',' || c.is_whitespace());
                let words = words.filter(|word| !word.is_empty());
                words.map(|word| Some(word.to_owned())).collect()
            }),
            Words::List(array) if row < array.len() && array.is_valid(row) => {
                let list = array.as_list_opt::<i32>().map(|lists| lists.value(row));
                let list =
                    list.or_else(|| array.as_list_opt::<i64>().map(|lists| lists.value(row)));
                let list =
                    list.or_else(|| array.as_fixed_size_list_opt().map(|lists| lists.value(row)))?;
                let words = Texts::of(&list)?;
                Some((0..list.len()).map(|at| words.get(at).map(Cow::into_owned)).collect())
            }
            Words::List(_) => None,
        }
    }
}

//! What stands in a cell, and what can be made of it.

use std::fmt;

use caseload::Day;

use super::row::Flaw;

/// The most bytes of one cell: more than any reason, and than any sheet has on purpose.
pub(super) const MAX_CELL_BYTES: usize = 8 * 1024;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Date(Result<Day, NoDay>),
    /// `TRUE` or `FALSE`.
    Truth,
    /// `#N/A` and the like.
    Error,
    NotUtf8,
    TooLarge,
}

/// Why something is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoDay {
    Text,
    PlainNumber,
    Time,
    /// Excel has a 29 February 1900 and a day 0, the calendar has none.
    NoSuchDay,
    OutOfRange,
}

impl fmt::Display for NoDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoDay::Text => "is not a day; write it as YYYY-MM-DD",
            NoDay::PlainNumber => {
                "is a plain number; format the cell as a date, or write it as YYYY-MM-DD"
            }
            NoDay::Time => "has a time of day; take it off, in Excel with =INT(...)",
            NoDay::NoSuchDay => "is a day that only Excel knows; write it as YYYY-MM-DD",
            NoDay::OutOfRange => "is outside the calendar of 0001-01-01 to 9999-12-31",
        })
    }
}

/// From which day a workbook counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Epoch {
    /// Day 1 is 1900-01-01, and day 60 is a 29 February that never was.
    Of1900,
    /// Day 0 is 1904-01-01.
    Of1904,
}

impl Cell {
    /// A text without white space around it.
    pub(super) fn text(text: &str) -> Cell {
        match text.trim() {
            "" => Cell::Empty,
            text if text.len() > MAX_CELL_BYTES => Cell::TooLarge,
            text => Cell::Text(text.to_owned()),
        }
    }

    /// A text in bytes.
    pub(super) fn bytes(bytes: &[u8]) -> Cell {
        std::str::from_utf8(bytes).map_or(Cell::NotUtf8, Cell::text)
    }

    /// A number under a date format.
    pub(super) fn serial(serial: f64, epoch: Epoch) -> Cell {
        Cell::Date(day_of_serial(serial, epoch))
    }

    pub(super) const fn is_blank(&self) -> bool {
        matches!(self, Cell::Empty)
    }

    /// What it reads as text; ids that a spreadsheet made numbers are texts again.
    pub(super) fn as_text(&self) -> Result<Option<String>, Flaw> {
        Ok(Some(match self {
            Cell::Empty => return Ok(None),
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => {
                whole(*number).ok_or(Flaw::WrongType("a number that is no id"))?
            }
            Cell::Date(_) => return Err(Flaw::WrongType("a date")),
            Cell::Truth => return Err(Flaw::WrongType("TRUE or FALSE")),
            Cell::Error => return Err(Flaw::WrongType("an error of a formula")),
            Cell::NotUtf8 => return Err(Flaw::NotUtf8),
            Cell::TooLarge => return Err(Flaw::TooLarge),
        }))
    }

    /// What it reads as a day.
    pub(super) fn as_day(&self) -> Result<Option<Day>, Flaw> {
        match self {
            Cell::Text(text) => text.parse().map(Some).map_err(|_| Flaw::NoDay(NoDay::Text)),
            Cell::Number(_) => Err(Flaw::NoDay(NoDay::PlainNumber)),
            Cell::Date(day) => day.map(Some).map_err(Flaw::NoDay),
            other => {
                other.as_text()?;
                Ok(None)
            }
        }
    }
}

/// Above this not every whole number is one of a workbook's numbers.
const MAX_WHOLE: f64 = 1e15;

/// The digits of a whole number that a workbook holds exactly.
fn whole(number: f64) -> Option<String> {
    (number.fract() == 0.0 && number.abs() < MAX_WHOLE).then(|| format!("{:.0}", number + 0.0))
}

fn day_of_serial(serial: f64, epoch: Epoch) -> Result<Day, NoDay> {
    if !serial.is_finite() || !(0.0..1e7).contains(&serial) {
        return Err(NoDay::OutOfRange);
    }
    if serial.fract() != 0.0 {
        return Err(NoDay::Time);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and below ten million")]
    let days = serial as i32;
    let (year, month, day) = match (epoch, days) {
        (Epoch::Of1900, 0 | 60) => return Err(NoDay::NoSuchDay),
        (Epoch::Of1900, 1..60) => (1899, 12, 31),
        (Epoch::Of1900, _) => (1899, 12, 30),
        (Epoch::Of1904, _) => (1904, 1, 1),
    };
    let zero = Day::from_ymd(year, month, day);
    zero.and_then(|zero| zero.plus(days)).ok_or(NoDay::OutOfRange)
}

/// A day as ISO 8601 writes it in a cell, with or without midnight.
pub(super) fn day_of_iso(text: &str) -> Result<Day, NoDay> {
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let day = day.parse().map_err(|_| NoDay::Text)?;
    let midnight = time.chars().all(|c| matches!(c, '0' | ':' | '.' | 'Z'));
    if midnight { Ok(day) } else { Err(NoDay::Time) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(serial: f64, epoch: Epoch) -> Result<String, NoDay> {
        day_of_serial(serial, epoch).map(|day| day.to_string())
    }

    #[test]
    fn serials_of_1900_step_over_a_day_that_never_was() {
        assert_eq!(day(1.0, Epoch::Of1900).unwrap(), "1900-01-01");
        assert_eq!(day(59.0, Epoch::Of1900).unwrap(), "1900-02-28");
        assert_eq!(day(60.0, Epoch::Of1900), Err(NoDay::NoSuchDay));
        assert_eq!(day(61.0, Epoch::Of1900).unwrap(), "1900-03-01");
        assert_eq!(day(45_323.0, Epoch::Of1900).unwrap(), "2024-02-01");
        assert_eq!(day(2_958_465.0, Epoch::Of1900).unwrap(), "9999-12-31");
        assert_eq!(day(2_958_466.0, Epoch::Of1900), Err(NoDay::OutOfRange));
    }

    #[test]
    fn serials_of_1904_are_four_years_later() {
        assert_eq!(day(0.0, Epoch::Of1904).unwrap(), "1904-01-01");
        assert_eq!(day(43_861.0, Epoch::Of1904).unwrap(), "2024-02-01");
    }

    #[test]
    fn a_time_is_no_day_and_neither_is_what_no_calendar_has() {
        assert_eq!(day(45_323.5, Epoch::Of1900), Err(NoDay::Time));
        for wrong in [-1.0, 1e20, f64::NAN, f64::INFINITY] {
            assert_eq!(day(wrong, Epoch::Of1900), Err(NoDay::OutOfRange));
        }
        assert_eq!(day_of_iso("2024-02-01T00:00:00.000").unwrap().to_string(), "2024-02-01");
        assert_eq!(day_of_iso("2024-02-01").unwrap().to_string(), "2024-02-01");
        assert_eq!(day_of_iso("2024-02-01T08:00:00"), Err(NoDay::Time));
    }

    #[test]
    fn numbers_are_ids_only_where_they_are_whole_and_exact() {
        assert_eq!(Cell::Number(57.0).as_text().unwrap().unwrap(), "57");
        for wrong in [57.5, 1e20, 1e15] {
            assert!(Cell::Number(wrong).as_text().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cell_has_a_most_of_bytes() {
        assert_eq!(Cell::text(&"x".repeat(MAX_CELL_BYTES + 1)), Cell::TooLarge);
        assert_eq!(Cell::text("  "), Cell::Empty);
        assert_eq!(Cell::bytes(b"Jos\xE9"), Cell::NotUtf8);
    }
}

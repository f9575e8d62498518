//! Civil days in the agency's own time zone.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{InputError, Problem};

/// A civil day, 0001-01-01 to 9999-12-31, in the agency's own time zone.
///
/// Only `YYYY-MM-DD` parses.
///
/// ```
/// use caseload::Day;
/// let day: Day = "2024-02-29".parse()?;
/// assert_eq!(day.to_string(), "2024-02-29");
/// assert!("2023-02-29".parse::<Day>().is_err());
/// assert!("2024-2-1".parse::<Day>().is_err());
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(i32);

impl Day {
    /// 0001-01-01.
    pub const FIRST: Day = Day(1);
    /// 9999-12-31.
    pub const LAST: Day = Day(3_652_059);

    /// The day of a year, a month (1 to 12) and a day of the month, if there is one.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(|date| Day::try_from(date).ok())
    }

    /// The day of a number as [`Day::number`] gives it, if there is one.
    pub const fn from_number(number: i32) -> Option<Day> {
        if number >= Self::FIRST.0 && number <= Self::LAST.0 { Some(Day(number)) } else { None }
    }

    /// Days since 0000-12-31: 0001-01-01 is 1.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day so many days later (or earlier), if the calendar has it.
    ///
    /// ```
    /// use caseload::Day;
    /// let leap = Day::from_ymd(2024, 2, 28).and_then(|day| day.plus(1));
    /// assert_eq!(leap, Day::from_ymd(2024, 2, 29));
    /// assert_eq!(Day::LAST.plus(1), None);
    /// ```
    pub const fn plus(self, days: i32) -> Option<Day> {
        match self.0.checked_add(days) {
            Some(number) => Self::from_number(number),
            None => None,
        }
    }

    fn iso(self) -> Iso {
        let date = NaiveDate::from(self);
        let digit = |number: u32, place: u32| b'0' + (number / place % 10) as u8;
        let (year, month, day) = (date.year().unsigned_abs(), date.month(), date.day());
        Iso([
            digit(year, 1000),
            digit(year, 100),
            digit(year, 10),
            digit(year, 1),
            b'-',
            digit(month, 10),
            digit(month, 1),
            b'-',
            digit(day, 10),
            digit(day, 1),
        ])
    }

    fn parse(text: &str) -> Option<Day> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
        let digits = [y1, y2, y3, y4, m1, m2, d1, d2];
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let two = |a: u8, b: u8| u32::from(a - b'0') * 10 + u32::from(b - b'0');
        let year = i32::try_from(two(y1, y2) * 100 + two(y3, y4)).ok()?;
        Day::from_ymd(year, two(m1, m2), two(d1, d2))
    }
}

/// A day as `YYYY-MM-DD`.
struct Iso([u8; 10]);

impl Iso {
    fn as_str(&self) -> &str {
        // Digits and hyphens are UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Day {
    type Err = InputError;

    /// # Errors
    /// `input-date` when the text is no day.
    fn from_str(text: &str) -> Result<Day, InputError> {
        Day::parse(text).ok_or_else(|| InputError::new(Problem::InputDate, &[]))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.iso().as_str())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(day.0).unwrap_or_default()
    }
}

impl TryFrom<NaiveDate> for Day {
    type Error = InputError;

    /// # Errors
    /// `input-date` before 0001-01-01 and after 9999-12-31.
    fn try_from(date: NaiveDate) -> Result<Day, InputError> {
        Day::from_number(date.num_days_from_ce())
            .ok_or_else(|| InputError::new(Problem::InputDate, &[]))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.iso().as_str())
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Day;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day as YYYY-MM-DD")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Day, E> {
                Day::parse(text).ok_or_else(|| E::custom("not a day as YYYY-MM-DD"))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_iso_days_parse() {
        for good in ["0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29"] {
            assert_eq!(good.parse::<Day>().unwrap().to_string(), good);
        }
        for bad in [
            "2024-2-1",
            "20240201",
            "2023-02-29",
            "1900-02-29",
            "0000-01-01",
            "10000-01-01",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            " 2024-01-01",
            "2024-01-01 ",
            "+024-01-01",
            "2024-01-01T00:00:00",
            "",
            "２024-01-01",
        ] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar() {
        assert_eq!(Day::FIRST.to_string(), "0001-01-01");
        assert_eq!(Day::LAST.to_string(), "9999-12-31");
        assert_eq!(Day::FIRST.plus(-1), None);
        assert_eq!(Day::LAST.plus(i32::MAX), None);
    }
}

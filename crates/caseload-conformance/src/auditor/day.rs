//! Civil days, instants, and sets of days.

use std::collections::BTreeSet;

/// A civil day as a number of days; only the order and the difference of two numbers mean anything.
pub(super) type Day = i32;

/// The number of a civil date (proleptic Gregorian), counted from 1970-01-01.
fn number(year: i32, month: i32, day: i32) -> Day {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// 0001-01-01.
pub(super) fn first_day() -> Day {
    number(1, 1, 1)
}

/// 9999-12-31.
pub(super) fn last_day() -> Day {
    number(9999, 12, 31)
}

/// Reads `YYYY-MM-DD`; nothing else parses.
pub fn parse_day(text: &str) -> Option<Day> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
    if !shaped {
        return None;
    }
    let year: i32 = text[0..4].parse().ok()?;
    let month: i32 = text[5..7].parse().ok()?;
    let day: i32 = text[8..10].parse().ok()?;
    let valid =
        year >= 1 && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    valid.then(|| number(year, month, day))
}

/// Writes a day as `YYYY-MM-DD`.
pub fn format_day(day: Day) -> String {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

/// Nanoseconds since 1970-01-01T00:00:00Z of an RFC 3339 instant in UTC.
pub(super) fn parse_instant(text: &str) -> Option<i128> {
    let day = parse_day(text.get(0..10)?)?;
    if !matches!(text.get(10..11)?, "T" | "t") {
        return None;
    }
    let rest = text.get(11..)?;
    let rest = rest
        .strip_suffix('Z')
        .or_else(|| rest.strip_suffix('z'))
        .or_else(|| rest.strip_suffix("+00:00"))?;
    let (clock, fraction) = match rest.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (rest, None),
    };
    let nanos = match fraction {
        None => 0,
        Some(digits)
            if (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{digits:0<9}").parse::<i128>().ok()?
        }
        Some(_) => return None,
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let limits = [23, 59, 60];
    if parts.len() != 3 {
        return None;
    }
    let mut seconds = i128::from(day) * 86_400;
    for ((part, limit), weight) in parts.iter().zip(limits).zip([3_600, 60, 1]) {
        if part.len() != 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let value: i128 = part.parse().ok()?;
        if value > limit {
            return None;
        }
        seconds += value * weight;
    }
    Some(seconds * 1_000_000_000 + nanos)
}

/// A half-open period; no end = through the last day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub start: Day,
    pub end: Option<Day>,
}

impl Period {
    pub(crate) fn covers(self, day: Day) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    pub(crate) fn is_zero_day(self) -> bool {
        self.end == Some(self.start)
    }
}

/// The days that are looked at one by one.
///
/// Walking every day of ten thousand years for every question would never end, so a calendar holds
/// only the days that somebody mentioned, the day before and the day after each, and the last day
/// of the calendar (which stands for "open"). Nothing begins or ends on a day that is left out, so
/// what holds on it holds on the nearest earlier day of the calendar as well.
pub(crate) struct Calendar {
    days: BTreeSet<Day>,
}

impl Calendar {
    pub(crate) fn new() -> Self {
        Calendar { days: BTreeSet::from([first_day(), last_day()]) }
    }

    pub(crate) fn mention(&mut self, period: Period) {
        for day in [Some(period.start), period.end].into_iter().flatten() {
            for near in [day - 1, day, day + 1] {
                if (first_day()..=last_day()).contains(&near) {
                    self.days.insert(near);
                }
            }
        }
    }

    /// The days that the period covers.
    pub(crate) fn covered(&self, period: Period) -> BTreeSet<Day> {
        self.days.iter().copied().filter(|day| period.covers(*day)).collect()
    }

    /// The days on which the same thing cannot be entered twice: a zero-day period counts as its
    /// start day.
    pub(crate) fn occupied(&self, period: Period) -> BTreeSet<Day> {
        if period.is_zero_day() { BTreeSet::from([period.start]) } else { self.covered(period) }
    }

    pub(crate) fn share_a_covered_day(&self, a: Period, b: Period) -> bool {
        !self.covered(a).is_disjoint(&self.covered(b))
    }

    pub(crate) fn share_an_occupied_day(&self, a: Period, b: Period) -> bool {
        !self.occupied(a).is_disjoint(&self.occupied(b))
    }

    /// Whether one enrollment holds the whole of a line.
    pub(crate) fn inside(&self, line: Period, enrollment: Period) -> bool {
        if line.is_zero_day() {
            self.occupied(enrollment).contains(&line.start)
        } else {
            self.covered(line).is_subset(&self.covered(enrollment))
        }
    }
}

impl Default for Calendar {
    fn default() -> Self {
        Calendar::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_and_write() {
        for text in ["0001-01-01", "1970-01-01", "2000-02-29", "2024-02-29", "9999-12-31"] {
            assert_eq!(format_day(parse_day(text).unwrap()), text);
        }
        for text in
            ["2024-2-1", "20240201", "2023-02-29", "0000-01-01", "2024-13-01", "", "2024-01-00"]
        {
            assert_eq!(parse_day(text), None, "{text}");
        }
        let mut day = first_day();
        while day <= last_day() {
            assert_eq!(parse_day(&format_day(day)), Some(day));
            day += 97;
        }
    }

    #[test]
    fn instants_read() {
        assert_eq!(parse_instant("1970-01-01T00:00:01Z"), Some(1_000_000_000));
        assert_eq!(parse_instant("1970-01-01T00:00:00.5Z"), Some(500_000_000));
        assert_eq!(parse_instant("1970-01-01T00:00:00"), None);
        assert_eq!(parse_instant("1970-01-01"), None);
    }
}

//! Ranges of days that reports are about.

use std::num::NonZeroU32;

use chrono::{Datelike, NaiveDate};

use crate::{Day, InputError, Period};

/// Days from one up to, not including, another: at least one. A rate over no day is not defined, so a
/// range of none cannot be made.
///
/// ```
/// use caseload::{Day, report::Range};
/// let day = |text: &str| text.parse::<Day>();
/// let april = Range::new(day("2024-04-01")?, day("2024-05-01")?)?;
/// assert_eq!((april.days().get(), april.last_day()), (30, day("2024-04-30")?));
/// assert!(Range::new(day("2024-04-01")?, day("2024-04-01")?).is_err());
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    first: Day,
    // INVARIANT: not before `first`. Kept instead of the end, so that the last day of the calendar is in reach.
    last: Day,
}

impl Range {
    /// From the first day up to the first day that is not in it.
    ///
    /// # Errors
    /// `input-command` when that leaves no day.
    pub fn new(from: Day, to: Day) -> Result<Range, InputError> {
        let last = to.plus(-1).filter(|last| *last >= from);
        let last = last.ok_or_else(|| InputError::command("to", "leaves no day in the range"))?;
        Ok(Range { first: from, last })
    }

    /// A range given by its first and its last day, as forms have it.
    ///
    /// # Errors
    /// `input-command` when the last day is before the first.
    pub fn from_last_day(first: Day, last: Day) -> Result<Range, InputError> {
        if last < first {
            return Err(InputError::command("to", "leaves no day in the range"));
        }
        Ok(Range { first, last })
    }

    /// The first day.
    pub const fn first(self) -> Day {
        self.first
    }

    /// The last day.
    pub const fn last_day(self) -> Day {
        self.last
    }

    /// The first day after it; `None` past the calendar.
    pub const fn end(self) -> Option<Day> {
        self.last.plus(1)
    }

    /// How many days it has.
    pub fn days(self) -> NonZeroU32 {
        let after_the_first = u32::try_from(self.last.number() - self.first.number()).unwrap_or(0);
        NonZeroU32::MIN.saturating_add(after_the_first)
    }

    /// Its days, in order.
    pub fn each_day(self) -> impl Iterator<Item = Day> {
        (self.first.number()..=self.last.number()).filter_map(Day::from_number)
    }

    /// Whether a day is in it.
    pub fn covers(self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }

    /// The days that a period shares with it, if any.
    pub fn shared_with(self, period: Period) -> Option<Range> {
        let first = self.first.max(period.start());
        let last = match period.end() {
            Some(end) => self.last.min(end.plus(-1)?),
            None => self.last,
        };
        Range::from_last_day(first, last).ok()
    }

    /// How many days a period shares with it.
    pub fn days_shared_with(self, period: Period) -> u32 {
        self.shared_with(period).map_or(0, |shared| shared.days().get())
    }

    /// The calendar month of a day.
    pub(crate) fn month_of(day: Day) -> Range {
        let date = NaiveDate::from(day);
        let first = Day::from_ymd(date.year(), date.month(), 1).unwrap_or(day);
        Range { first, last: last_of_month(day) }
    }

    /// Whether it is one whole calendar month.
    pub(crate) fn is_a_month(self) -> bool {
        self == Range::month_of(self.first)
    }

    /// Its calendar months, in order. The first and the last are cut where it begins and ends.
    ///
    /// ```
    /// use caseload::{Day, report::Range};
    /// let day = |text: &str| text.parse::<Day>();
    /// let spring = Range::new(day("2024-02-10")?, day("2024-04-01")?)?;
    /// let days: Vec<u32> = spring.months().map(|month| month.days().get()).collect();
    /// assert_eq!(days, [20, 31]);
    /// # Ok::<(), caseload::InputError>(())
    /// ```
    pub fn months(self) -> impl Iterator<Item = Range> {
        let mut next = Some(self.first);
        std::iter::from_fn(move || {
            let first = next.filter(|first| *first <= self.last)?;
            let last = last_of_month(first).min(self.last);
            next = last.plus(1);
            Some(Range { first, last })
        })
    }
}

fn last_of_month(day: Day) -> Day {
    let date = NaiveDate::from(day);
    let (year, month) =
        if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
    Day::from_ymd(year, month, 1).and_then(|next| next.plus(-1)).unwrap_or(Day::LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i32) -> Day {
        Day::from_number(number).unwrap()
    }

    #[test]
    fn a_range_is_the_days_from_the_first_to_the_last() {
        for (from, to) in (1..9).flat_map(|from| (1..9).map(move |to| (from, to))) {
            let range = Range::new(day(from), day(to)).ok();
            assert_eq!(range.is_some(), from < to);
            if let Some(range) = range {
                assert_eq!(Range::from_last_day(day(from), day(to - 1)), Ok(range));
                let days: Vec<i32> = range.each_day().map(Day::number).collect();
                assert_eq!(days, (from..to).collect::<Vec<_>>());
                assert_eq!(range.days().get() as usize, days.len());
                assert_eq!(range.end(), Some(day(to)));
            }
        }
    }

    #[test]
    fn the_last_day_of_the_calendar_is_in_reach() {
        let whole = Range::from_last_day(Day::FIRST, Day::LAST).unwrap();
        assert_eq!((whole.days().get(), whole.end()), (3_652_059, None));
        assert_eq!(whole.days_shared_with(Period::from(Day::LAST)), 1);
        assert_eq!(whole.months().count(), 9999 * 12);
    }

    #[test]
    fn what_a_period_shares_with_it_is_what_the_days_say() {
        for (from, to) in (1..9).flat_map(|from| (from + 1..10).map(move |to| (from, to))) {
            let range = Range::new(day(from), day(to)).unwrap();
            let ends = |start: i32| (start..10).map(Some).chain([None]);
            for (start, end) in (1..9).flat_map(|start| ends(start).map(move |end| (start, end))) {
                let period = Period::new(day(start), end.map(day)).unwrap();
                let days: Vec<Day> = range.each_day().filter(|day| period.covers(*day)).collect();
                let shared = range.shared_with(period);
                assert_eq!(shared.map(Range::first), days.first().copied());
                assert_eq!(shared.map(Range::last_day), days.last().copied());
                assert_eq!(range.days_shared_with(period) as usize, days.len());
            }
        }
    }
}

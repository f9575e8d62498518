//! Half-open periods of days, and what they share.

use crate::{Day, InputError};

/// Days from `start` up to, not including, `end`; without an end through the last day of the calendar.
///
/// An end before the start cannot be made. Start = end is a *zero-day* period: it covers no day.
///
/// ```
/// use caseload::{Day, Period};
/// let day = |text: &str| text.parse::<Day>();
/// let march = Period::new(day("2024-03-01")?, Some(day("2024-04-01")?))?;
/// assert!(march.covers(day("2024-03-31")?));
/// assert!(!march.covers(day("2024-04-01")?));
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    start: Day,
    // INVARIANT: not before `start`.
    end: Option<Day>,
}

impl Period {
    /// A period from its first day to the first day it does not cover.
    ///
    /// # Errors
    /// `input-command` when the end is before the start.
    pub fn new(start: Day, end: Option<Day>) -> Result<Period, InputError> {
        Period::checked(start, end).ok_or_else(|| InputError::command("end", "is before the start"))
    }

    /// As [`Period::new`], for callers that judge the days themselves.
    pub(crate) fn checked(start: Day, end: Option<Day>) -> Option<Period> {
        if end.is_some_and(|end| end < start) { None } else { Some(Period { start, end }) }
    }

    /// From a day on, without end.
    pub const fn from(start: Day) -> Period {
        Period { start, end: None }
    }

    /// A period given by its first and its last day, as forms and FHIR have it.
    ///
    /// # Errors
    /// `input-command` when the last day is before the first, or is the last of the calendar
    /// (leave the end open there).
    ///
    /// ```
    /// use caseload::{Day, Period};
    /// let (first, last) = ("2024-03-01".parse::<Day>()?, "2024-03-31".parse::<Day>()?);
    /// assert_eq!(Period::from_last_day(first, last)?.end(), "2024-04-01".parse().ok());
    /// # Ok::<(), caseload::InputError>(())
    /// ```
    pub fn from_last_day(first: Day, last: Day) -> Result<Period, InputError> {
        let end = last.plus(1).ok_or_else(|| InputError::command("end", "is past the calendar"))?;
        if last < first {
            return Err(InputError::command("end", "is before the start"));
        }
        Period::new(first, Some(end))
    }

    /// The first day.
    pub const fn start(self) -> Day {
        self.start
    }

    /// The first day that is not covered; `None` when open.
    pub const fn end(self) -> Option<Day> {
        self.end
    }

    /// The last day covered; `None` when open or when no day is covered.
    pub fn last_day(self) -> Option<Day> {
        if self.is_zero_day() { None } else { self.end.and_then(|end| end.plus(-1)) }
    }

    /// Whether it has no end.
    pub const fn is_open(self) -> bool {
        self.end.is_none()
    }

    /// Whether it starts and ends on the same day, and so covers none.
    pub fn is_zero_day(self) -> bool {
        self.end == Some(self.start)
    }

    /// Whether a day is in it.
    pub fn covers(self, day: Day) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    /// Whether both cover one same day.
    pub fn shares_a_day(self, other: Period) -> bool {
        let starts_before_end = |a: Period, b: Period| b.end.is_none_or(|end| a.start < end);
        !self.is_zero_day()
            && !other.is_zero_day()
            && starts_before_end(self, other)
            && starts_before_end(other, self)
    }

    /// As [`Period::shares_a_day`], but a zero-day period counts as its start day, so that the
    /// same thing cannot be entered twice.
    pub fn held_with(self, other: Period) -> bool {
        self.at_least_its_start().shares_a_day(other.at_least_its_start())
    }

    /// The first day on which it could start instead, after all that these hold; none if that leaves
    /// it no day.
    pub(crate) fn start_after(self, others: impl IntoIterator<Item = Period>) -> Option<Day> {
        let mut start = self.start;
        for other in others {
            start = start.max(other.at_least_its_start().end?);
        }
        self.end.is_none_or(|end| start < end).then_some(start)
    }

    fn at_least_its_start(self) -> Period {
        if self.is_zero_day() {
            // Past the end of the calendar the start day alone is the same as an open end.
            Period { start: self.start, end: self.start.plus(1) }
        } else {
            self
        }
    }

    /// Whether this enrollment covers every day of an assignment's period.
    ///
    /// A zero-day period must start on a covered day, or on the day of a zero-day enrollment.
    pub fn contains(self, inner: Period) -> bool {
        if inner.is_zero_day() {
            return self.starts_at(inner.start);
        }
        let ends_in_time = match (self.end, inner.end) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(outer), Some(inner)) => inner <= outer,
        };
        self.start <= inner.start && ends_in_time && !self.is_zero_day()
    }

    /// Whether something that starts on this day starts within it.
    pub fn starts_at(self, day: Day) -> bool {
        self.covers(day) || (self.is_zero_day() && self.start == day)
    }

    /// How many of the days `from` (included) to `to` (not included) it covers.
    ///
    /// ```
    /// use caseload::{Day, Period};
    /// let day = |text: &str| text.parse::<Day>();
    /// let april = (day("2024-04-01")?, day("2024-05-01")?);
    /// assert_eq!(Period::from(day("2024-04-30")?).days_within(april.0, april.1), 1);
    /// # Ok::<(), caseload::InputError>(())
    /// ```
    pub fn days_within(self, from: Day, to: Day) -> u32 {
        let first = self.start.max(from);
        let end = self.end.map_or(to, |end| end.min(to));
        u32::try_from(end.number() - first.number()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(start: i32, end: Option<i32>) -> Period {
        let day = |n| Day::from_number(n).unwrap();
        Period::new(day(start), end.map(day)).unwrap()
    }

    /// Days 1 to 12 that a period covers, by the definition alone.
    fn days(period: Period) -> Vec<i32> {
        (1..=12).filter(|&n| period.covers(Day::from_number(n).unwrap())).collect()
    }

    fn all() -> Vec<Period> {
        let ends = |s: i32| (s..=11).map(Some).chain([None]);
        (1..=10).flat_map(|s| ends(s).map(move |e| p(s, e))).collect()
    }

    #[test]
    fn sharing_and_containing_are_what_the_days_say() {
        for a in all() {
            for b in all() {
                let (da, db) = (days(a), days(b));
                let share = da.iter().any(|day| db.contains(day));
                assert_eq!(a.shares_a_day(b), share, "{a:?} {b:?}");
                let held = |p: Period, d: &[i32]| {
                    if d.is_empty() { vec![p.start().number()] } else { d.to_vec() }
                };
                let (ha, hb) = (held(a, &da), held(b, &db));
                assert_eq!(a.held_with(b), ha.iter().any(|d| hb.contains(d)), "{a:?} {b:?}");
                if !db.is_empty() {
                    let inside = db.iter().all(|d| da.contains(d)) && (a.is_open() || !b.is_open());
                    assert_eq!(a.contains(b), inside, "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn the_last_day_of_the_calendar_can_be_held_for_no_day() {
        let last = Period::new(Day::LAST, Some(Day::LAST)).unwrap();
        assert!(last.held_with(Period::from(Day::FIRST)));
        assert!(!last.shares_a_day(Period::from(Day::FIRST)));
    }
}

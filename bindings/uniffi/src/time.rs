//! Days, instants, periods and ranges of days.

use caseload::{InputError, report::Range};

use crate::reading::{Reading, Reads, input};

/// The number of 1970-01-01, where the first day of the calendar is 1.
const OF_1970: i64 = 719_163;

/// A civil day in the agency's own time zone, as the number of days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

uniffi::custom_newtype!(Day, i64);

impl From<caseload::Day> for Day {
    fn from(day: caseload::Day) -> Day {
        Day(i64::from(day.number()) - OF_1970)
    }
}

impl Reads<caseload::Day> for Day {
    fn reads(self) -> Result<caseload::Day, InputError> {
        let number = self.0.checked_add(OF_1970).and_then(|number| i32::try_from(number).ok());
        let day = number.and_then(caseload::Day::from_number);
        day.ok_or_else(|| input(caseload::Problem::InputDate))
    }
}

/// An instant, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recorded(pub i64);

uniffi::custom_newtype!(Recorded, i64);

impl From<caseload::log::Recorded> for Recorded {
    fn from(recorded: caseload::log::Recorded) -> Recorded {
        Recorded(recorded.micros())
    }
}

impl From<Recorded> for caseload::log::Recorded {
    fn from(recorded: Recorded) -> caseload::log::Recorded {
        caseload::log::Recorded::from_micros(recorded.0)
    }
}

/// Days from a start, up to an end that is the first day not covered; without an end through the last day of
/// the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Period {
    /// The first day.
    pub start: Day,
    /// The first day that is not covered; none for an open period.
    pub end: Option<Day>,
}

impl From<caseload::Period> for Period {
    fn from(period: caseload::Period) -> Period {
        Period { start: period.start().into(), end: period.end().map(Day::from) }
    }
}

/// The days that a report is about: at least one, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct DayRange {
    /// The first day.
    pub first: Day,
    /// The last day, which is covered.
    pub last: Day,
}

impl From<Range> for DayRange {
    fn from(range: Range) -> DayRange {
        DayRange { first: range.first().into(), last: range.last_day().into() }
    }
}

impl Reading {
    /// A range of days; one without a day is told as that.
    pub(crate) fn range(&mut self, range: DayRange) -> Option<Range> {
        let (first, last) = (self.need("first", range.first), self.need("last", range.last));
        let range = Range::from_last_day(first?, last?);
        self.noted("last", range)
    }
}

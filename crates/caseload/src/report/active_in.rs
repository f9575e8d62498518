//! What "active in a range" means.

use super::Range;
use crate::Period;

/// What it means that an assignment is active in a range of days. A vendor's own pages have three
/// meanings, so a report that counts "active" says which.
///
/// Days are compared as they are kept: the end is the first day that is not covered.
///
/// ```
/// use caseload::{Day, Period, report::{ActiveIn, Range}};
/// let day = |text: &str| text.parse::<Day>();
/// let april = Range::new(day("2024-04-01")?, day("2024-05-01")?)?;
/// let from_april_on = Period::from(day("2024-04-30")?);
/// assert!(ActiveIn::AtLeastOneDay.holds(from_april_on, april));
/// assert!(!ActiveIn::StrictDates.holds(from_april_on, april));
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ActiveIn {
    /// It covers at least one day of the range: the one meaning used where none is named. A zero-day
    /// assignment covers none. (ETO, "Active, Enrolled, Dismissed".)
    #[default]
    AtLeastOneDay,
    /// It covers a day of the range, or is a zero-day assignment on a day of it.
    Touched,
    /// It starts strictly before the last day of the range, and has no end or one strictly after the first
    /// day. (ETO, the report "Active Households".)
    StrictDates,
    /// It starts before the range or in it, and has no end or one on a day of the range: read literally,
    /// one that ends later is left out. (ETO, the glossary.)
    OpenOrEndedWithin,
}

impl ActiveIn {
    /// Whether an assignment of this period is active in the range.
    pub fn holds(self, period: Period, range: Range) -> bool {
        let (first, last) = (range.first(), range.last_day());
        match self {
            ActiveIn::AtLeastOneDay => range.shared_with(period).is_some(),
            ActiveIn::Touched => {
                range.shared_with(period).is_some()
                    || (period.is_zero_day() && range.covers(period.start()))
            }
            ActiveIn::StrictDates => {
                period.start() < last && period.end().is_none_or(|end| end > first)
            }
            ActiveIn::OpenOrEndedWithin => {
                period.start() <= last && period.end().is_none_or(|end| range.covers(end))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Day;

    /// By meaning: which assignments are active on the days 10 to 19.
    #[test]
    fn every_day_at_the_edge_is_decided() {
        let day = |number| Day::from_number(number).unwrap();
        let range = Range::new(day(10), day(20)).unwrap();
        let one = ActiveIn::AtLeastOneDay;
        let (touched, strict, literal) =
            (ActiveIn::Touched, ActiveIn::StrictDates, ActiveIn::OpenOrEndedWithin);
        let cases: [(i32, Option<i32>, &[ActiveIn]); 14] = [
            (5, Some(10), &[literal]),
            (5, Some(11), &[one, touched, strict, literal]),
            (5, Some(19), &[one, touched, strict, literal]),
            (5, Some(20), &[one, touched, strict]),
            (5, None, &[one, touched, strict, literal]),
            (10, Some(10), &[touched, literal]),
            (15, Some(15), &[touched, strict, literal]),
            (18, None, &[one, touched, strict, literal]),
            (19, Some(19), &[touched, literal]),
            (19, Some(20), &[one, touched]),
            (19, None, &[one, touched, literal]),
            (20, Some(20), &[]),
            (20, None, &[]),
            (5, Some(9), &[]),
        ];
        for (start, end, active) in cases {
            let period = Period::new(day(start), end.map(day)).unwrap();
            for meaning in [one, touched, strict, literal] {
                let holds = meaning.holds(period, range);
                assert_eq!(holds, active.contains(&meaning), "{meaning:?} {start} {end:?}");
            }
        }
    }
}

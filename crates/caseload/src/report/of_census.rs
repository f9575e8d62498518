//! What the daily census tells a report.

use super::{
    By, Cube, Filter, Range,
    chosen::Chosen,
    daily_series::{Rows, fits},
};
use crate::{
    Asked, Day,
    state::{Census, Known},
};

/// The daily census of what a filter chooses.
pub(super) struct CensusOf<'a> {
    known: &'a Known<'a>,
    census: &'a Census,
    chosen: Chosen,
}

impl<'a> CensusOf<'a> {
    /// Whether the census could tell: not for eyes from which something is hidden, nor of chosen participants.
    pub(super) fn can_tell(filter: &Filter, asked: &Asked) -> bool {
        asked.sees_everything() && filter.participants.is_none()
    }

    /// `None` where there is no census: of the past.
    pub(super) fn of(known: &'a Known<'a>, filter: &Filter) -> Option<CensusOf<'a>> {
        Some(CensusOf { known, census: known.census()?, chosen: Chosen::of(known, filter) })
    }

    /// How many assignments cover a day.
    pub(super) fn as_of(&self, day: Day) -> Cube<u64> {
        let counts = self.census.as_of(day.number());
        self.cube(counts.into_iter().map(u64::from).collect())
    }

    /// How many days of a range assignments cover.
    pub(super) fn covered(&self, range: Range) -> Cube<u64> {
        let (from, to) = ends(range);
        self.cube(self.census.covered(from, to))
    }

    /// How many assignments cover each day of a range; `None` where there would be too many numbers.
    pub(super) fn each_day(&self, range: Range, by: By) -> Option<Rows> {
        let index = self.covered(range).into_columns().0.only(by);
        let width = index.keys.len();
        if !fits(range, width) {
            return None;
        }
        let mut row_of = vec![u32::MAX; self.census.places().len()];
        for place in self.census.roster(self.known).places.iter().filter(|p| self.chooses(p.number))
        {
            let row = index.keys.binary_search(&by.row_of(place.staff + 1, place.program + 1));
            if let (Some(of), Ok(row)) = (row_of.get_mut(place.number as usize), row) {
                *of = u32::try_from(row).unwrap_or(u32::MAX);
            }
        }
        let mut counts = Vec::with_capacity(width * range.days().get() as usize);
        self.census.each_day(ends(range), width, &row_of, |day| counts.extend_from_slice(day));
        Some(Rows { index, counts })
    }

    fn cube(&self, values: Vec<u64>) -> Cube<u64> {
        let roster = self.census.roster(self.known);
        if self.chosen.takes_everything() {
            return Cube::adding_up(roster, &values, |_| true);
        }
        Cube::adding_up(roster, &values, |number| self.chooses(number))
    }

    fn chooses(&self, place: u32) -> bool {
        let place = self.census.places().get(place as usize);
        place.is_some_and(|(staff, program)| self.chosen.place(*staff, *program))
    }
}

/// The first day of a range, and the first behind it.
fn ends(range: Range) -> (i32, i32) {
    (range.first().number(), range.last_day().number() + 1)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, on, participants, range};
    use super::*;
    use crate::Error;

    const IDS: [&str; 6] = ["c1", "c2", "c3", "c4", "c5", "c6"];

    fn told() -> Told {
        let mut told = Told::new(&IDS);
        for id in IDS {
            told.assign(&format!("s1 {id} p1 2024-01-10 2024-02-10"));
            told.assign(&format!("s2 {id} p2 2024-01-20 -"));
        }
        told
    }

    fn assert_the_census_tells_what_lines_tell(told: &Told) {
        let (snapshot, asked) = (told.snapshot(), on("2024-06-15"));
        assert!(snapshot.ask(None, |known| Ok(known.census().is_some())).unwrap());
        let year = range("2023-12-01", "2024-12-01");
        let everybody = Filter::all().participants(participants(&IDS));
        let series =
            |filter| snapshot.daily_series(year, By::StaffAndProgram, filter, &asked).unwrap();
        assert_eq!(series(&Filter::all()), series(&everybody));
    }

    #[test]
    fn what_is_entered_while_the_census_is_made_is_in_it() {
        let mut told = told();
        let deeds = [
            r#""end_assignment","id":"s2-c1-p2-2024-01-20","end":"2024-03-05""#,
            r#""void","id":"s1-c1-p1-2024-01-10","reason":"another person""#,
            // Of what was read by then, and of what was not.
            r#""transfer","id":"s2-c6-p2-2024-01-20","new_id":"t","to_staff":"s3","date":"2024-04-02""#,
        ];
        let mut left = deeds.iter();
        let made = told.snapshot().take_census(None, |_, _| {
            left.next().into_iter().for_each(|deed| told.record(deed));
            Ok(())
        });
        made.unwrap();
        assert_eq!(left.len(), 0);
        assert_the_census_tells_what_lines_tell(&told);
        told.record(r#""void","id":"t","reason":"never met""#);
        assert_the_census_tells_what_lines_tell(&told);
    }

    #[test]
    fn a_census_that_was_cancelled_is_made_the_next_time() {
        let mut told = told();
        let snapshot = told.snapshot();
        let cancelled = snapshot.take_census(None, |_, _| Err(Error::Cancelled));
        assert!(matches!(cancelled, Err(Error::Cancelled)));
        assert!(!snapshot.ask(None, |known| Ok(known.census().is_some())).unwrap());
        told.record(r#""void","id":"s1-c1-p1-2024-01-10","reason":"another person""#);
        told.snapshot().take_census(None, |_, _| Ok(())).unwrap();
        assert_the_census_tells_what_lines_tell(&told);
    }

    /// Whoever is told may ask, too, and finds the same without the census.
    #[test]
    fn a_question_asked_while_the_census_is_made_is_answered_by_lines() {
        let told = told();
        let (snapshot, asked) = (told.snapshot(), on("2024-06-15"));
        let mut answers = Vec::new();
        let made = snapshot.take_census(None, |_, _| {
            answers.push(snapshot.counts(None, &asked)?);
            Ok(())
        });
        made.unwrap();
        assert!(!answers.is_empty());
        answers
            .iter()
            .for_each(|answer| assert_eq!(*answer, snapshot.counts(None, &asked).unwrap()));
    }
}

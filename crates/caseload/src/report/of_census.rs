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
    /// `None` where the census cannot tell: of the past, for eyes from which something is hidden, and of
    /// chosen participants.
    pub(super) fn all_seen(
        known: &'a Known<'a>,
        filter: &Filter,
        asked: &Asked,
    ) -> Option<CensusOf<'a>> {
        let can_tell = asked.sees_everything() && filter.participants.is_none();
        let census = known.census().filter(|_| can_tell)?;
        Some(CensusOf { known, census, chosen: Chosen::of(known, filter) })
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

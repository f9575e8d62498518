//! The one way in which reports find their lines: every line that was entered by then, looked at once, or
//! the daily census of them where it can tell.

use super::{
    By, Cube, Filter, Range,
    cube::Parts,
    daily_series::{Rows, fits},
};
use crate::{
    Asked, Day, Kind, Period, Status, StoreError,
    eyes::Eyes,
    hash::FastSet,
    state::{Census, EnrollmentThen, Known, LineThen},
};

/// Calls back with every line that counts, that the filter names, and whose participant is seen; where days
/// are given, with those at least that are held on one of them.
pub(super) fn each_line(
    known: &Known<'_>,
    filter: &Filter,
    asked: &Asked,
    days: Option<Period>,
    mut found: impl FnMut(&LineThen),
) -> Result<(), StoreError> {
    let chosen = Chosen::of(known, filter);
    let mut eyes = Eyes::new(known, asked);
    chosen.each_line(known, days, |line| {
        if chosen.line(&line) && eyes.see(line.participant, line.program)? {
            found(&line);
        }
        Ok(())
    })
}

/// The days of a range and the one before: whatever ends on its first day is held on that.
pub(super) fn around(range: Range) -> Option<Period> {
    let before = range.first().plus(-1).unwrap_or(range.first());
    Period::checked(before, range.end())
}

/// The same for every enrollment; nothing is asked of its staff.
pub(super) fn each_enrollment(
    known: &Known<'_>,
    filter: &Filter,
    asked: &Asked,
    mut found: impl FnMut(&EnrollmentThen),
) -> Result<(), StoreError> {
    let chosen = Chosen::of(known, filter);
    let mut eyes = Eyes::new(known, asked);
    for enrollment in known.all_enrollments() {
        let (participant, program) = (enrollment.participant, enrollment.program);
        let counts = enrollment.status == Status::Current && chosen.timeline(participant, program);
        if counts && eyes.see(participant, program)? {
            found(&enrollment);
        }
    }
    Ok(())
}

/// Every line that counted then.
pub(super) fn current_lines(known: &Known<'_>) -> impl Iterator<Item = LineThen> {
    known.all_lines().filter(|line| line.status == Status::Current)
}

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
        let mut row_of = vec![None; self.census.places().len()];
        for place in self.census.roster(self.known).places.iter().filter(|p| self.chooses(p.number))
        {
            let row = index.keys.binary_search(&by.row_of(place.staff + 1, place.program + 1));
            if let (Some(of), Ok(row)) = (row_of.get_mut(place.number as usize), row) {
                *of = u32::try_from(row).ok();
            }
        }
        let mut counts = Vec::with_capacity(width * range.days().get() as usize);
        self.census.each_day(ends(range), width, &row_of, |day| counts.extend_from_slice(day));
        Some(Rows { index, counts })
    }

    fn cube(&self, values: Vec<u64>) -> Cube<u64> {
        let parts = Parts { roster: self.census.roster(self.known), values };
        if self.chosen.takes_everything() {
            return Cube::adding_up(&parts, |_| true);
        }
        Cube::adding_up(&parts, |number| self.chooses(number))
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

/// The line that took the place of a line.
pub(super) fn correction_of(known: &Known<'_>, line: &LineThen) -> Option<LineThen> {
    let timeline = known.timeline(line.participant, line.program)?;
    let is_it = |later: &LineThen| known.superseded_by_line(later.number) == Some(line.number);
    known.lines_of(timeline).find(is_it)
}

/// The enrollment that took the place of an enrollment.
pub(super) fn correction_of_enrollment(
    known: &Known<'_>,
    enrollment: &EnrollmentThen,
) -> Option<EnrollmentThen> {
    let timeline = known.timeline(enrollment.participant, enrollment.program)?;
    let is_it = |later: &EnrollmentThen| {
        known.superseded_by_enrollment(later.number) == Some(enrollment.number)
    };
    known.enrollments_of(timeline).find(is_it)
}

/// A [`Filter`] in numbers.
pub(super) struct Chosen {
    programs: Option<FastSet<u32>>,
    staff: Option<FastSet<u32>>,
    participants: Option<FastSet<u32>>,
}

impl Chosen {
    pub(super) fn of(known: &Known<'_>, filter: &Filter) -> Chosen {
        Chosen {
            programs: numbers(known, Kind::Program, filter.programs.as_deref()),
            staff: numbers(known, Kind::Staff, filter.staff.as_deref()),
            participants: numbers(known, Kind::Participant, filter.participants.as_deref()),
        }
    }

    /// Calls back with every line among which those are that it chooses (and that are held on one of some
    /// days): from the slices of participants or of staff where that is shorter than looking at all.
    fn each_line(
        &self,
        known: &Known<'_>,
        days: Option<Period>,
        mut found: impl FnMut(LineThen) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let counts = |line: &LineThen| line.status == Status::Current;
        if let Some(participants) = &self.participants {
            let timelines = participants.iter().flat_map(|number| known.timelines_of(*number));
            return timelines
                .flat_map(|timeline| known.lines_of(timeline))
                .filter(counts)
                .try_for_each(found);
        }
        if let Some(staff) = &self.staff {
            let held = |staff: &u32| known.held_by_staff(*staff, days);
            return staff.iter().flat_map(held).try_for_each(found);
        }
        // What was known earlier is not kept in order: it is looked at as it lies.
        if known.is_now() && days.is_some() {
            return known
                .all_staff()
                .flat_map(|staff| known.held_by_staff(staff, days))
                .try_for_each(found);
        }
        current_lines(known).try_for_each(&mut found)
    }

    pub(super) fn line(&self, line: &LineThen) -> bool {
        self.staff(line.staff) && self.timeline(line.participant, line.program)
    }

    const fn takes_everything(&self) -> bool {
        self.programs.is_none() && self.staff.is_none() && self.participants.is_none()
    }

    pub(super) const fn takes_all_staff(&self) -> bool {
        self.staff.is_none()
    }

    pub(super) fn staff(&self, staff: u32) -> bool {
        self.staff.as_ref().is_none_or(|chosen| chosen.contains(&staff))
    }

    /// Whether it chooses a staff member in a program.
    fn place(&self, staff: u32, program: u32) -> bool {
        self.staff(staff) && self.program(program)
    }

    pub(super) fn program(&self, program: u32) -> bool {
        self.programs.as_ref().is_none_or(|chosen| chosen.contains(&program))
    }

    pub(super) fn timeline(&self, participant: u32, program: u32) -> bool {
        self.program(program)
            && self.participants.as_ref().is_none_or(|chosen| chosen.contains(&participant))
    }
}

fn numbers<T: AsRef<str>>(
    known: &Known<'_>,
    kind: Kind,
    ids: Option<&[T]>,
) -> Option<FastSet<u32>> {
    ids.map(|ids| ids.iter().filter_map(|id| known.find(kind, id.as_ref())).collect())
}

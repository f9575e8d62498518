//! The one way in which reports find their lines: those of some participants after those of others, or the
//! daily census of all where it can tell.

use std::{ops::RangeInclusive, sync::Arc};

use super::{
    By, Cube, Filter, Range,
    daily_series::{Rows, fits},
};
use crate::{
    Asked, Day, Error, InputError, Kind, Period, Snapshot, Status, StoreError,
    eyes::Eyes,
    hash::FastSet,
    state::{Census, EnrollmentThen, Known, LineThen},
};

/// How many participants are looked at in one go: what the slowest report does with them takes milliseconds.
#[cfg(not(test))]
const PART: u32 = 500;
/// Small, so that every test puts parts together.
#[cfg(test)]
const PART: u32 = 2;

/// What a report looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// The lines of the staff chosen, by [`each_line`].
    AtLines,
    /// All that was entered about a participant, whatever staff is chosen.
    AtParticipants,
}

/// Of so many lines is told in one go.
pub(super) const AT_ONCE: usize = 4_096;

/// Those of two parts.
pub(super) fn all_of_both<T>(mut all: Vec<T>, more: Vec<T>) -> Result<Vec<T>, InputError> {
    all.extend(more);
    Ok(all)
}

impl Snapshot {
    /// A report put together from those of some participants at a time: whoever writes waits for one of them
    /// at most, however large the agency is.
    pub(super) fn in_parts<T>(
        &self,
        looks: Looks,
        filter: &Filter,
        asked: &Asked,
        mut part: impl FnMut(&Known<'_>, &Chosen) -> Result<T, StoreError>,
        mut merge: impl FnMut(T, T) -> Result<T, InputError>,
    ) -> Result<T, Error> {
        let of = |known: &Known<'_>| Chosen::of(known, filter).parts(known, looks, PART);
        let parts = self.ask(asked.known_at, |known| Ok(of(known)))?;
        // Of as many parts each, so that nothing is copied more often than there are twos in their number.
        let mut merged: Vec<(u32, T)> = Vec::new();
        for chosen in &parts {
            let mut report = self.ask(asked.known_at, |known| part(known, chosen))?;
            let mut parts = 1;
            while let Some((_, before)) = merged.pop_if(|(of, _)| *of == parts) {
                report = merge(before, report)?;
                parts *= 2;
            }
            merged.push((parts, report));
        }
        let mut rest = merged.into_iter().rev().map(|(_, report)| report);
        let last = rest.next().ok_or_else(|| StoreError::bug("a report has no part"))?;
        Ok(rest.try_fold(last, |later, before| merge(before, later))?)
    }

    /// What the daily census tells, where it can.
    pub(super) fn by_census<T>(
        &self,
        filter: &Filter,
        asked: &Asked,
        tell: impl FnOnce(&CensusOf<'_>) -> T,
    ) -> Result<Option<T>, Error> {
        self.ask(asked.known_at, |known| {
            Ok(CensusOf::all_seen(known, filter, asked).map(|census| tell(&census)))
        })
    }
}

/// Calls back with every line that counts, that is chosen, and whose participant is seen; where days are
/// given, with those at least that are held on one of them.
pub(super) fn each_line(
    known: &Known<'_>,
    chosen: &Chosen,
    asked: &Asked,
    days: Option<Period>,
    mut found: impl FnMut(&LineThen),
) -> Result<(), StoreError> {
    let mut eyes = Eyes::new(known, asked);
    for line in chosen.lines_held(known, days).filter(|line| chosen.line(line)) {
        if eyes.see(line.participant, line.program)? {
            found(&line);
        }
    }
    Ok(())
}

/// The same for every enrollment; nothing is asked of its staff.
pub(super) fn each_enrollment(
    known: &Known<'_>,
    chosen: &Chosen,
    asked: &Asked,
    mut found: impl FnMut(&EnrollmentThen),
) -> Result<(), StoreError> {
    let mut eyes = Eyes::new(known, asked);
    for enrollment in chosen.enrollments(known).filter(|e| e.status == Status::Current) {
        if eyes.see(enrollment.participant, enrollment.program)? {
            found(&enrollment);
        }
    }
    Ok(())
}

/// The days of a range and the one before: whatever ends on its first day is held on that.
pub(super) fn around(range: Range) -> Option<Period> {
    let before = range.first().plus(-1).unwrap_or(range.first());
    Period::checked(before, range.end())
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
    fn all_seen(known: &'a Known<'a>, filter: &Filter, asked: &Asked) -> Option<CensusOf<'a>> {
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

/// A [`Filter`] in numbers, or a part of it.
#[derive(Clone)]
pub(super) struct Chosen {
    programs: Option<Arc<FastSet<u32>>>,
    staff: Option<Arc<FastSet<u32>>>,
    participants: Participants,
}

/// Which participants.
#[derive(Clone)]
enum Participants {
    All,
    Numbered(RangeInclusive<u32>),
    Among(Arc<FastSet<u32>>),
}

/// So many staff members have fewer lines than the agency.
const FEW: usize = 64;

impl Chosen {
    pub(super) fn of(known: &Known<'_>, filter: &Filter) -> Chosen {
        let participants = numbers(known, Kind::Participant, filter.participants.as_deref());
        Chosen {
            programs: numbers(known, Kind::Program, filter.programs.as_deref()),
            staff: numbers(known, Kind::Staff, filter.staff.as_deref()),
            participants: participants.map_or(Participants::All, Participants::Among),
        }
    }

    /// The same in parts of so many participants, at least one.
    fn parts(&self, known: &Known<'_>, looks: Looks, size: u32) -> Vec<Chosen> {
        let part = |participants| Chosen { participants, ..self.clone() };
        match &self.participants {
            Participants::Among(all) if all.len() > size as usize => {
                let all: Vec<u32> = all.iter().copied().collect();
                let some = all.chunks(size as usize).map(|some| some.iter().copied().collect());
                some.map(|some| part(Participants::Among(Arc::new(some)))).collect()
            }
            Participants::All if known.participants() > size && !self.is_short(looks) => {
                let firsts = (1..=known.participants()).step_by(size as usize);
                let last = |first: u32| first.saturating_add(size - 1);
                firsts.map(|first| part(Participants::Numbered(first..=last(first)))).collect()
            }
            _ => vec![self.clone()],
        }
    }

    /// Whether what is looked at are the slices of few staff members.
    fn is_short(&self, looks: Looks) -> bool {
        looks == Looks::AtLines && self.staff.as_ref().is_some_and(|staff| staff.len() <= FEW)
    }

    const fn takes_everything(&self) -> bool {
        self.programs.is_none()
            && self.staff.is_none()
            && matches!(self.participants, Participants::All)
    }

    pub(super) const fn takes_all_staff(&self) -> bool {
        self.staff.is_none()
    }

    /// The lines of the participants chosen that were entered by then, of whatever staff and program.
    pub(super) fn lines<'a>(
        &'a self,
        known: &'a Known<'_>,
    ) -> Box<dyn Iterator<Item = LineThen> + 'a> {
        match self.numbers() {
            Some(numbers) => {
                let timelines = numbers.flat_map(|number| known.timelines_of(number));
                Box::new(timelines.flat_map(|timeline| known.lines_of(timeline)))
            }
            None => Box::new(known.all_lines()),
        }
    }

    /// Those of them that count.
    pub(super) fn current_lines<'a>(
        &'a self,
        known: &'a Known<'_>,
    ) -> impl Iterator<Item = LineThen> {
        self.lines(known).filter(|line| line.status == Status::Current)
    }

    /// The same, and of those that are not chosen not all; where days are given, those at least that are held
    /// on one of them: from the slices of staff where that is shorter than looking at all.
    fn lines_held<'a>(
        &'a self,
        known: &'a Known<'_>,
        days: Option<Period>,
    ) -> Box<dyn Iterator<Item = LineThen> + 'a> {
        let held = move |staff: u32| known.held_by_staff(staff, days);
        match (&self.participants, &self.staff) {
            (Participants::All, Some(staff)) => Box::new(staff.iter().copied().flat_map(held)),
            // What was known earlier is not kept in order: it is looked at as it lies.
            (Participants::All, None) if known.is_now() && days.is_some() => {
                Box::new(known.all_staff().flat_map(held))
            }
            _ => Box::new(self.current_lines(known)),
        }
    }

    /// The enrollments chosen that were entered by then.
    pub(super) fn enrollments<'a>(
        &'a self,
        known: &'a Known<'_>,
    ) -> Box<dyn Iterator<Item = EnrollmentThen> + 'a> {
        let is_chosen = |e: &EnrollmentThen| self.timeline(e.participant, e.program);
        match self.numbers() {
            Some(numbers) => {
                let timelines = numbers.flat_map(|number| known.timelines_of(number));
                let enrollments = timelines.flat_map(|timeline| known.enrollments_of(timeline));
                Box::new(enrollments.filter(is_chosen))
            }
            None => Box::new(known.all_enrollments().filter(is_chosen)),
        }
    }

    /// The numbers of the participants, if not all are chosen.
    fn numbers(&self) -> Option<Box<dyn Iterator<Item = u32> + '_>> {
        match &self.participants {
            Participants::All => None,
            Participants::Numbered(numbers) => Some(Box::new(numbers.clone())),
            Participants::Among(numbers) => Some(Box::new(numbers.iter().copied())),
        }
    }

    pub(super) fn line(&self, line: &LineThen) -> bool {
        self.staff(line.staff) && self.timeline(line.participant, line.program)
    }

    pub(super) fn staff(&self, staff: u32) -> bool {
        self.staff.as_ref().is_none_or(|chosen| chosen.contains(&staff))
    }

    /// Whether it chooses a staff member in a program.
    fn place(&self, staff: u32, program: u32) -> bool {
        self.staff(staff) && self.program(program)
    }

    /// The programs chosen.
    pub(super) fn programs(&self, known: &Known<'_>) -> Vec<u32> {
        known.all_programs().filter(|program| self.program(*program)).collect()
    }

    fn program(&self, program: u32) -> bool {
        self.programs.as_ref().is_none_or(|chosen| chosen.contains(&program))
    }

    pub(super) fn timeline(&self, participant: u32, program: u32) -> bool {
        let is_chosen = match &self.participants {
            Participants::All => true,
            Participants::Numbered(numbers) => numbers.contains(&participant),
            Participants::Among(numbers) => numbers.contains(&participant),
        };
        is_chosen && self.program(program)
    }
}

fn numbers<T: AsRef<str>>(
    known: &Known<'_>,
    kind: Kind,
    ids: Option<&[T]>,
) -> Option<Arc<FastSet<u32>>> {
    ids.map(|ids| Arc::new(ids.iter().filter_map(|id| known.find(kind, id.as_ref())).collect()))
}

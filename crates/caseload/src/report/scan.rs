//! The one way in which reports find their lines: every line that was entered by then, looked at once, or
//! the daily census of them where it can tell.

use super::{Filter, Range};
use crate::{
    Asked, Day, Kind, Status, StoreError,
    eyes::Eyes,
    hash::FastSet,
    state::{Census, EnrollmentThen, Known, LineThen},
};

/// Calls back with every line that counts, that the filter names, and whose participant is seen.
pub(super) fn each_line(
    known: &Known<'_>,
    filter: &Filter,
    asked: &Asked,
    mut found: impl FnMut(&LineThen),
) -> Result<(), StoreError> {
    let chosen = Chosen::of(known, filter);
    let mut eyes = Eyes::new(known, asked);
    for line in current_lines(known).filter(|line| chosen.line(line)) {
        if eyes.see(line.participant, line.program)? {
            found(&line);
        }
    }
    Ok(())
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
    census: &'a Census,
    chosen: Chosen,
}

impl<'a> CensusOf<'a> {
    /// `None` where the census cannot tell: of the past, for eyes from which something is hidden, and of
    /// chosen participants.
    pub(super) fn all_seen(
        known: &Known<'a>,
        filter: &Filter,
        asked: &Asked,
    ) -> Option<CensusOf<'a>> {
        let can_tell = asked.sees_everything() && filter.participants.is_none();
        let census = known.census().filter(|_| can_tell)?;
        Some(CensusOf { census, chosen: Chosen::of(known, filter) })
    }

    /// Calls back with every staff member in a program of whom assignments cover a day, and with how many.
    pub(super) fn each_as_of(&self, day: Day, mut found: impl FnMut(u32, u32, u64)) {
        for ((staff, program), cases) in self.census.as_of(day.number()) {
            if self.chosen.place(staff, program) {
                found(staff, program, u64::from(cases));
            }
        }
    }

    /// Calls back with every staff member in a program of whom assignments cover a day of the range, and
    /// with how many days that are.
    pub(super) fn each_covered(&self, range: Range, mut found: impl FnMut(u32, u32, u64)) {
        let (from, to) = (range.first().number(), range.last_day().number() + 1);
        for ((staff, program), days) in self.census.covered(from, to) {
            if self.chosen.place(staff, program) {
                found(staff, program, days);
            }
        }
    }
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

    pub(super) fn line(&self, line: &LineThen) -> bool {
        self.staff(line.staff) && self.timeline(line.participant, line.program)
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

    fn program(&self, program: u32) -> bool {
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

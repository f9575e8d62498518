//! What a filter chooses, in numbers, as a whole or some participants of it at a time.

use std::{ops::RangeInclusive, sync::Arc};

use super::{Filter, looks::At};
use crate::{
    Kind, Period, Status,
    hash::FastSet,
    state::{EnrollmentThen, Known, LineThen},
};

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

    /// Of what was read from a plain view, where only staff is left to be chosen.
    pub(super) fn of_read(known: &Known<'_>, filter: &Filter) -> Chosen {
        Chosen {
            programs: None,
            staff: numbers(known, Kind::Staff, filter.staff.as_deref()),
            participants: Participants::All,
        }
    }

    /// The same in parts of so many participants, at least one.
    pub(super) fn parts(&self, known: &Known<'_>, at: At, size: u32) -> Vec<Chosen> {
        let part = |participants| Chosen { participants, ..self.clone() };
        match &self.participants {
            Participants::Among(all) if all.len() > size as usize => {
                let all: Vec<u32> = all.iter().copied().collect();
                let some = all.chunks(size as usize).map(|some| some.iter().copied().collect());
                some.map(|some| part(Participants::Among(Arc::new(some)))).collect()
            }
            Participants::All if known.participants() > size && !self.is_short(at) => {
                let firsts = (1..=known.participants()).step_by(size as usize);
                let last = |first: u32| first.saturating_add(size - 1);
                firsts.map(|first| part(Participants::Numbered(first..=last(first)))).collect()
            }
            _ => vec![self.clone()],
        }
    }

    /// Whether what is looked at are the slices of few staff members.
    fn is_short(&self, at: At) -> bool {
        at.starts_from_staff() && self.staff.as_ref().is_some_and(|staff| staff.len() <= FEW)
    }

    pub(super) const fn takes_everything(&self) -> bool {
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
    pub(super) fn lines_held<'a>(
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
    pub(super) fn place(&self, staff: u32, program: u32) -> bool {
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

//! The questions: who is responsible for whom, as of a day, as known on a day, as an actor sees it.

use std::collections::{BTreeMap, BinaryHeap};

use crate::{
    Actor, Asked, Assignment, Day, Enrollment, Error, Kind, KnownAt, Name, ParticipantId, Period,
    Program, ProgramId, Snapshot, Staff, StaffId, Status, StoreError, access,
    hash::FastMap,
    log::More,
    state::{EnrollmentThen, Known, LineThen},
};

/// One assignment that covers a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Held {
    /// In which program.
    pub program: ProgramId,
    /// For whom.
    pub participant: ParticipantId,
    /// Who is responsible.
    pub staff: StaffId,
}

/// How many assignments of a staff member cover a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Count {
    /// Whose.
    pub staff: StaffId,
    /// How many; never 0.
    pub assignments: u32,
}

/// Part of a list, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// At most so many as were asked for.
    pub items: Vec<T>,
    /// Whether there are more after the last of them.
    pub more: More,
}

/// The most items of one page of a list.
pub const MAX_PAGE: usize = 1_000;

/// Enrollments and assignments, whatever their status, each sorted by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Lines {
    /// Every enrollment.
    pub enrollments: Vec<Enrollment>,
    /// Every assignment.
    pub assignments: Vec<Assignment>,
}

impl Snapshot {
    /// The caseload of a staff member on a day: program and participant of each assignment, sorted.
    ///
    /// # Errors
    /// [`Error::Store`] when the log was replaced since the snapshot was taken; so for every question.
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog, StaffId};
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// assert!(agency.snapshot()?.caseload(&StaffId::new("s1")?, None, &asked)?.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn caseload(
        &self,
        staff: &StaffId,
        program: Option<&ProgramId>,
        asked: &Asked,
    ) -> Result<Vec<Held>, Error> {
        self.ask(asked.known_at, |known| {
            let Some(number) = known.find(Kind::Staff, staff.as_str()) else {
                return Ok(Vec::new());
            };
            let Some(place) = Place::of(known, program) else { return Ok(Vec::new()) };
            let mut eyes = Eyes::new(known, asked);
            let lines = known.held_by_staff(number, on(asked.as_of));
            let mut ids = Ids::new(known);
            let mut held = Vec::with_capacity(lines.len());
            for line in lines.iter().filter(|line| place.has(line) && covers(line, asked.as_of)) {
                if eyes.see(line.participant, line.program)? {
                    held.push(ids.held(line));
                }
            }
            held.sort_unstable();
            Ok(held)
        })
    }

    /// The staff responsible for a participant in a program on a day, sorted.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn caseworkers(
        &self,
        participant: &ParticipantId,
        program: &ProgramId,
        asked: &Asked,
    ) -> Result<Vec<StaffId>, Error> {
        self.ask(asked.known_at, |known| {
            let Some(timeline) = timeline(known, participant, program) else {
                return Ok(Vec::new());
            };
            let mut eyes = Eyes::new(known, asked);
            let mut staff = Vec::new();
            for line in known.held_in_timeline(timeline, None, on(asked.as_of)) {
                if covers(&line, asked.as_of) && eyes.see(line.participant, line.program)? {
                    staff.push(known.staff_id(line.staff));
                }
            }
            staff.sort_unstable();
            Ok(staff)
        })
    }

    /// Every assignment (of a program) that covers a day, sorted by program, participant and staff.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn held(&self, program: Option<&ProgramId>, asked: &Asked) -> Result<Vec<Held>, Error> {
        self.ask(asked.known_at, |known| {
            let (mut held, mut ids) = (Vec::new(), Ids::new(known));
            each_held(known, program, asked, |line| held.push(ids.held(line)))?;
            held.sort_unstable();
            Ok(held)
        })
    }

    /// A page of [`Snapshot::held`]: what comes after an assignment, at most [`MAX_PAGE`].
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog, log::More};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// let mut last = None;
    /// loop {
    ///     let page = snapshot.held_page(None, &asked, last.as_ref(), 500)?;
    ///     last = page.items.last().cloned().or(last);
    ///     if page.more == More::No {
    ///         break;
    ///     }
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    pub fn held_page(
        &self,
        program: Option<&ProgramId>,
        asked: &Asked,
        after: Option<&Held>,
        limit: usize,
    ) -> Result<Paged<Held>, Error> {
        self.ask(asked.known_at, |known| {
            let (mut page, mut ids) = (Pager::new(after, limit), Ids::new(known));
            each_held(known, program, asked, |line| page.offer(ids.held(line)))?;
            Ok(page.done())
        })
    }

    /// The programs, sorted by id, each with its name if it has one.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn programs(
        &self,
        known_at: Option<KnownAt>,
    ) -> Result<Vec<(Program, Option<Name>)>, Error> {
        self.ask(known_at, |known| {
            let programs = known.all_programs().filter_map(|number| {
                Some((known.program_then(number)?, known.name(Kind::Program, number)))
            });
            let mut programs: Vec<_> = programs.collect();
            programs.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
            Ok(programs)
        })
    }

    /// The staff, sorted by id, each with their name if they have one.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn staff(&self, known_at: Option<KnownAt>) -> Result<Vec<(Staff, Option<Name>)>, Error> {
        self.ask(known_at, |known| {
            let staff = known.all_staff().filter_map(|number| {
                Some((known.staff_then(number)?, known.name(Kind::Staff, number)))
            });
            let mut staff: Vec<_> = staff.collect();
            staff.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
            Ok(staff)
        })
    }

    /// How many assignments (in a program) of each staff member cover a day, sorted by staff; staff with
    /// none are left out.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn counts(&self, program: Option<&ProgramId>, asked: &Asked) -> Result<Vec<Count>, Error> {
        self.ask(asked.known_at, |known| {
            let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
            each_held(known, program, asked, |line| *counts.entry(line.staff).or_default() += 1)?;
            let mut counts: Vec<Count> = counts
                .into_iter()
                .map(|(staff, assignments)| Count { staff: known.staff_id(staff), assignments })
                .collect();
            counts.sort_unstable();
            Ok(counts)
        })
    }

    /// The participants enrolled in a program on a day without a caseworker, sorted.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn unassigned(
        &self,
        program: &ProgramId,
        asked: &Asked,
    ) -> Result<Vec<ParticipantId>, Error> {
        self.ask(asked.known_at, |known| {
            let Some(program) = known.find(Kind::Program, program.as_str()) else {
                return Ok(Vec::new());
            };
            let mut eyes = Eyes::new(known, asked);
            let mut unassigned = Vec::new();
            for timeline in known.timelines_in(program) {
                let Some((participant, program)) = known.sides(timeline) else { continue };
                let enrolled = known
                    .enrollments_of(timeline)
                    .any(|e| e.status == Status::Current && e.period.covers(asked.as_of));
                let assigned = || {
                    let lines = known.held_in_timeline(timeline, None, on(asked.as_of));
                    lines.iter().any(|line| covers(line, asked.as_of))
                };
                if enrolled && !assigned() && eyes.see(participant, program)? {
                    unassigned.push(known.participant_id(participant));
                }
            }
            unassigned.sort_unstable();
            Ok(unassigned)
        })
    }

    /// Those of the given participants whom an actor sees in at least one program, sorted; for `root` the
    /// list as given.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn visible(
        &self,
        actor: &Actor,
        participants: &[ParticipantId],
        asked: &Asked,
    ) -> Result<Vec<ParticipantId>, Error> {
        let asked = asked.clone().by(actor.clone());
        self.ask(asked.known_at, |known| {
            let mut eyes = Eyes::new(known, &asked);
            let mut visible = Vec::new();
            for id in participants {
                let mut seen = *actor == Actor::Root;
                if let Some(participant) = known.find(Kind::Participant, id.as_str()) {
                    for timeline in known.timelines_of(participant) {
                        let Some((_, program)) = known.sides(timeline) else { continue };
                        seen = seen || eyes.see(participant, program)?;
                    }
                }
                if seen {
                    visible.push(id.clone());
                }
            }
            if *actor != Actor::Root {
                visible.sort_unstable();
            }
            Ok(visible)
        })
    }

    /// Everything entered, of everyone; with an actor what they see on the day asked.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn everything(&self, asked: &Asked) -> Result<Lines, Error> {
        self.ask(asked.known_at, |known| {
            lines(known, asked, known.all_enrollments(), known.all_lines())
        })
    }

    /// The timeline of a participant in a program: all enrollments and assignments, current,
    /// superseded and voided.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn history(
        &self,
        participant: &ParticipantId,
        program: &ProgramId,
        asked: &Asked,
    ) -> Result<Lines, Error> {
        self.ask(asked.known_at, |known| match timeline(known, participant, program) {
            Some(timeline) => {
                lines(known, asked, known.enrollments_of(timeline), known.lines_of(timeline))
            }
            None => Ok(Lines::default()),
        })
    }
}

/// Keeps the first so many of what is offered that come after something.
struct Pager<'a, T> {
    after: Option<&'a T>,
    limit: usize,
    /// The largest on top, to give way to a smaller one.
    kept: BinaryHeap<T>,
    more: More,
}

impl<'a, T: Ord> Pager<'a, T> {
    fn new(after: Option<&'a T>, limit: usize) -> Pager<'a, T> {
        let limit = limit.clamp(1, MAX_PAGE);
        Pager { after, limit, kept: BinaryHeap::new(), more: More::No }
    }

    fn offer(&mut self, item: T) {
        if self.after.is_some_and(|after| item <= *after) {
            return;
        }
        self.kept.push(item);
        if self.kept.len() > self.limit {
            self.kept.pop();
            self.more = More::Yes;
        }
    }

    fn done(self) -> Paged<T> {
        Paged { items: self.kept.into_sorted_vec(), more: self.more }
    }
}

/// A day as a period.
fn on(day: Day) -> Option<Period> {
    Period::checked(day, day.plus(1))
}

fn covers(line: &LineThen, day: Day) -> bool {
    line.status == Status::Current && line.period.covers(day)
}

/// Ids of one answer: those of programs and staff come again and again, and are made once.
struct Ids<'a> {
    known: &'a Known<'a>,
    programs: FastMap<u32, ProgramId>,
    staff: FastMap<u32, StaffId>,
}

impl<'a> Ids<'a> {
    fn new(known: &'a Known<'a>) -> Ids<'a> {
        Ids { known, programs: FastMap::default(), staff: FastMap::default() }
    }

    fn held(&mut self, line: &LineThen) -> Held {
        let known = self.known;
        let program = self.programs.entry(line.program);
        let staff = self.staff.entry(line.staff);
        Held {
            program: program.or_insert_with(|| known.program_id(line.program)).clone(),
            participant: known.participant_id(line.participant),
            staff: staff.or_insert_with(|| known.staff_id(line.staff)).clone(),
        }
    }
}

fn timeline(known: &Known<'_>, participant: &ParticipantId, program: &ProgramId) -> Option<u32> {
    let participant = known.find(Kind::Participant, participant.as_str())?;
    known.timeline(participant, known.find(Kind::Program, program.as_str())?)
}

/// In which program, if in one.
struct Place(Option<u32>);

impl Place {
    /// `None` when the program named is not known: then nothing is found.
    fn of(known: &Known<'_>, program: Option<&ProgramId>) -> Option<Place> {
        match program {
            Some(program) => {
                known.find(Kind::Program, program.as_str()).map(|number| Place(Some(number)))
            }
            None => Some(Place(None)),
        }
    }

    fn has(&self, line: &LineThen) -> bool {
        self.0.is_none_or(|program| program == line.program)
    }
}

/// Calls back with every line that covers the day and is seen.
fn each_held(
    known: &Known<'_>,
    program: Option<&ProgramId>,
    asked: &Asked,
    mut found: impl FnMut(&LineThen),
) -> Result<(), StoreError> {
    let Some(place) = Place::of(known, program) else { return Ok(()) };
    let mut eyes = Eyes::new(known, asked);
    for staff in known.all_staff() {
        for line in known.held_by_staff(staff, on(asked.as_of)) {
            let fits = place.has(&line) && covers(&line, asked.as_of);
            if fits && eyes.see(line.participant, line.program)? {
                found(&line);
            }
        }
    }
    Ok(())
}

fn lines(
    known: &Known<'_>,
    asked: &Asked,
    enrollments: impl Iterator<Item = EnrollmentThen>,
    assignments: impl Iterator<Item = LineThen>,
) -> Result<Lines, StoreError> {
    let mut eyes = Eyes::new(known, asked);
    let mut lines = Lines::default();
    for enrollment in enrollments {
        if eyes.see(enrollment.participant, enrollment.program)? {
            lines.enrollments.push(known.as_enrollment(&enrollment));
        }
    }
    for line in assignments {
        if eyes.see(line.participant, line.program)? {
            lines.assignments.push(known.as_assignment(&line));
        }
    }
    lines.enrollments.sort_by(|a, b| a.id.cmp(&b.id));
    lines.assignments.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(lines)
}

/// What whoever asks may see; each participant of a program is looked up once.
struct Eyes<'a> {
    known: &'a Known<'a>,
    asked: &'a Asked,
    programs: FastMap<u32, Option<Program>>,
    seen: FastMap<(u32, u32), bool>,
}

impl<'a> Eyes<'a> {
    fn new(known: &'a Known<'a>, asked: &'a Asked) -> Eyes<'a> {
        Eyes { known, asked, programs: FastMap::default(), seen: FastMap::default() }
    }

    fn see(&mut self, participant: u32, program: u32) -> Result<bool, StoreError> {
        let Some(actor) = self.asked.actor.as_ref().filter(|actor| **actor != Actor::Root) else {
            return Ok(true);
        };
        if let Some(seen) = self.seen.get(&(participant, program)) {
            return Ok(*seen);
        }
        let known = self.known;
        let place = self.programs.entry(program).or_insert_with(|| known.program_then(program));
        let seen = match place {
            Some(place) => {
                let id = known.participant_id(participant);
                access::sees(known, actor, place, &id, self.asked.as_of)?
            }
            None => false,
        };
        self.seen.insert((participant, program), seen);
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_give_everything_once_in_order() {
        let all = [5, 3, 9, 1, 7, 2, 8];
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let mut pager = Pager::new(after.as_ref(), 3);
            all.into_iter().for_each(|item| pager.offer(item));
            let page = pager.done();
            seen.extend(page.items.iter().copied());
            after = page.items.last().copied();
            if page.more == More::No {
                break;
            }
        }
        assert_eq!(seen, [1, 2, 3, 5, 7, 8, 9]);
    }
}

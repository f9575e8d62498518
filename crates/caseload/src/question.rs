//! The questions: who is responsible for whom, as of a day, as known on a day, as an actor sees it.

use std::{cmp::Ordering, ops::Range, sync::Arc};

use crate::{
    Actor, AnyId, Asked, Assignment, Counts, Day, Enrollment, Error, Kind, KnownAt, Name, Paged,
    ParticipantId, Period, Program, ProgramId, Rights, Snapshot, Staff, StaffId, Status,
    StoreError, View,
    eyes::Eyes,
    hash::FastMap,
    in_order::{Ranked, held_in_order},
    list::List,
    state::{Census, EnrollmentThen, Known, LineThen},
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

/// Enrollments and assignments, whatever their status, each sorted by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Lines {
    /// Every enrollment.
    pub enrollments: Vec<Enrollment>,
    /// Every assignment.
    pub assignments: Vec<Assignment>,
}

/// One of [`Lines`]. In lists the enrollments come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// An enrollment.
    Enrollment(Enrollment),
    /// An assignment.
    Assignment(Assignment),
}

impl Line {
    /// Its id.
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let page = snapshot.everything_page(&Asked::of(Day::FIRST), None, 500)?;
    /// assert_eq!(page.items.last().map(|line| line.id()), None);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn id(&self) -> AnyId {
        match self {
            Line::Enrollment(enrollment) => AnyId::Enrollment(enrollment.id.clone()),
            Line::Assignment(assignment) => AnyId::Assignment(assignment.id.clone()),
        }
    }

    /// Its place in a list.
    pub(crate) fn place(&self) -> (Kind, &str) {
        match self {
            Line::Enrollment(enrollment) => (Kind::Enrollment, enrollment.id.as_str()),
            Line::Assignment(assignment) => (Kind::Assignment, assignment.id.as_str()),
        }
    }
}

impl Lines {
    fn of(list: Vec<Line>) -> Lines {
        let mut lines = Lines::default();
        for line in list {
            match line {
                Line::Enrollment(enrollment) => lines.enrollments.push(enrollment),
                Line::Assignment(assignment) => lines.assignments.push(assignment),
            }
        }
        lines
    }
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
            Ok(held_in_order(known, &caseload_lines(known, staff, program, asked)?))
        })
    }

    pub(crate) fn list_caseload(
        &self,
        staff: &StaffId,
        program: Option<&ProgramId>,
        asked: &Asked,
        mut list: List<'_, Held>,
    ) -> Result<Paged<Held>, Error> {
        self.ask(asked.known_at, |known| {
            let mut ids = Ids::new(known);
            for line in caseload_lines(known, staff, program, asked)? {
                list.offer(ids.held(&line));
            }
            Ok(list.done())
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
            let mut eyes = Eyes::of(known, asked);
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
        let mut held = Vec::new();
        self.ask_in_parts(asked.known_at, STAFF_AT_ONCE, staff_count, |known, part| {
            let mut lines = Vec::new();
            each_held(known, part, program, asked, |line| lines.push(*line))?;
            held.append(&mut held_in_order(known, &lines));
            Ok(())
        })?;
        // Parts in order, which a stable sort merges.
        held.sort();
        Ok(held)
    }

    pub(crate) fn list_held(
        &self,
        program: Option<&ProgramId>,
        asked: &Asked,
        mut list: List<'_, Held>,
    ) -> Result<Paged<Held>, Error> {
        self.ask_in_parts(asked.known_at, STAFF_AT_ONCE, staff_count, |known, part| {
            let mut ids = Ids::new(known);
            each_held(known, part, program, asked, |line| list.offer(ids.held(line)))
        })?;
        Ok(list.done())
    }

    /// The programs, sorted by id, each with its name if it has one.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn programs(
        &self,
        known_at: Option<KnownAt>,
    ) -> Result<Vec<(Program, Option<Name>)>, Error> {
        Ok(self.list_programs(known_at, List::whole(|(a, _), (b, _)| a.id.cmp(&b.id)))?.items)
    }

    pub(crate) fn list_programs(
        &self,
        known_at: Option<KnownAt>,
        mut list: List<'_, (Program, Option<Name>)>,
    ) -> Result<Paged<(Program, Option<Name>)>, Error> {
        self.ask(known_at, |known| {
            for number in known.all_programs() {
                if let Some(program) = known.program_then(number) {
                    list.offer((program, known.name(Kind::Program, number)));
                }
            }
            Ok(list.done())
        })
    }

    /// The staff, sorted by id, each with their name if they have one.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn staff(&self, known_at: Option<KnownAt>) -> Result<Vec<(Staff, Option<Name>)>, Error> {
        Ok(self.list_staff(known_at, List::whole(|(a, _), (b, _)| a.id.cmp(&b.id)))?.items)
    }

    pub(crate) fn list_staff(
        &self,
        known_at: Option<KnownAt>,
        mut list: List<'_, (Staff, Option<Name>)>,
    ) -> Result<Paged<(Staff, Option<Name>)>, Error> {
        self.ask(known_at, |known| {
            for number in known.all_staff() {
                if let Some(staff) = known.staff_then(number) {
                    list.offer((staff, known.name(Kind::Staff, number)));
                }
            }
            Ok(list.done())
        })
    }

    /// The rights of a staff member in a program, or (without one) those that hold in every program; none
    /// where staff or program is unknown.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Day, Error, MemoryLog, RegisterStaff, Right, Rights, StaffId};
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let (sam, own) = (StaffId::new("sam")?, Rights::of(&[Right::Own]));
    /// let desk = agency.acting_as(Actor::Root).on("2024-06-15".parse::<Day>()?);
    /// desk.record(RegisterStaff::new(sam.clone()).rights(own))?;
    /// assert_eq!(agency.snapshot()?.rights(&sam, None, None)?, own);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn rights(
        &self,
        staff: &StaffId,
        program: Option<&ProgramId>,
        known_at: Option<KnownAt>,
    ) -> Result<Rights, Error> {
        self.ask(known_at, |known| known.rights(staff, program))
    }

    /// How many assignments (in a program) of each staff member cover a day, sorted by staff; staff with
    /// none are left out.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    pub fn counts(&self, program: Option<&ProgramId>, asked: &Asked) -> Result<Counts, Error> {
        if asked.sees_everything() {
            self.take_census(asked.known_at, |_, _| Ok(()))?;
            let counts = self.ask(asked.known_at, |known| {
                let census = known.census();
                Ok(census.map(|census| counts_of_census(known, census, program, asked.as_of)))
            })?;
            if let Some(counts) = counts {
                return Ok(counts);
            }
        }
        self.counts_of_lines(program, asked)
    }

    fn counts_of_lines(&self, program: Option<&ProgramId>, asked: &Asked) -> Result<Counts, Error> {
        let mut counts: FastMap<u32, u32> = FastMap::default();
        self.ask_in_parts(asked.known_at, STAFF_AT_ONCE, staff_count, |known, part| {
            let count = |line: &LineThen| *counts.entry(line.staff).or_default() += 1;
            each_held(known, part, program, asked, count)
        })?;
        self.ask(asked.known_at, |known| {
            let staff = Ranked::of(counts.keys().copied(), |number| known.staff_id(number));
            let rows = counts.iter().map(|(number, count)| (staff.rank(*number), *count));
            let mut rows: Vec<(u32, u32)> = rows.collect();
            rows.sort_unstable();
            Ok(Counts::of(staff.ids().into(), rows))
        })
    }

    pub(crate) fn list_counts(
        &self,
        program: Option<&ProgramId>,
        asked: &Asked,
        mut list: List<'_, Count>,
    ) -> Result<Paged<Count>, Error> {
        for (staff, assignments) in self.counts(program, asked)?.iter() {
            list.offer(Count { staff: staff.clone(), assignments });
        }
        Ok(list.done())
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
        Ok(self.list_unassigned(program, asked, List::whole(ParticipantId::cmp))?.items)
    }

    pub(crate) fn list_unassigned(
        &self,
        program: &ProgramId,
        asked: &Asked,
        mut list: List<'_, ParticipantId>,
    ) -> Result<Paged<ParticipantId>, Error> {
        let found =
            self.ask(asked.known_at, |known| Ok(known.find(Kind::Program, program.as_str())))?;
        let Some(program) = found else { return Ok(list.done()) };
        let count = |known: &Known<'_>| known.timeline_count_in(program);
        self.ask_in_parts(asked.known_at, LINES_AT_ONCE, count, |known, part| {
            let mut eyes = Eyes::of(known, asked);
            for timeline in known.some_timelines_in(program, part) {
                let Some((participant, program)) = known.sides(*timeline) else { continue };
                if is_unassigned(known, *timeline, asked.as_of) && eyes.see(participant, program)? {
                    list.offer(known.participant_id(participant));
                }
            }
            Ok(())
        })?;
        Ok(list.done())
    }

    /// Those of the given participants whom an actor sees in at least one program, sorted; for `root` the
    /// list as given. It has no pages: a long list is asked about in parts.
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
            let mut eyes = Eyes::of(known, &asked);
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
        Ok(Lines::of(self.list_everything(asked, List::whole(by_place))?.items))
    }

    pub(crate) fn list_everything(
        &self,
        asked: &Asked,
        mut list: List<'_, Line>,
    ) -> Result<Paged<Line>, Error> {
        let enrollments = |known: &Known<'_>| known.enrollment_count();
        self.ask_in_parts(asked.known_at, LINES_AT_ONCE, enrollments, |known, part| {
            let some = part.filter_map(|before| known.enrollment_then(before + 1));
            offer_lines(known, asked, some, [], &mut list)
        })?;
        let lines = |known: &Known<'_>| known.line_count();
        self.ask_in_parts(asked.known_at, LINES_AT_ONCE, lines, |known, part| {
            let some = part.filter_map(|before| known.line(before + 1));
            offer_lines(known, asked, [], some, &mut list)
        })?;
        Ok(list.done())
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
        let whole = List::whole(by_place);
        Ok(Lines::of(self.list_history(participant, program, asked, whole)?.items))
    }

    pub(crate) fn list_history(
        &self,
        participant: &ParticipantId,
        program: &ProgramId,
        asked: &Asked,
        mut list: List<'_, Line>,
    ) -> Result<Paged<Line>, Error> {
        self.ask(asked.known_at, |known| {
            if let Some(timeline) = timeline(known, participant, program) {
                let (enrollments, lines) =
                    (known.enrollments_of(timeline), known.lines_of(timeline));
                offer_lines(known, asked, enrollments, lines, &mut list)?;
            }
            Ok(list.done())
        })
    }
}

pub(crate) fn by_place(a: &Line, b: &Line) -> Ordering {
    a.place().cmp(&b.place())
}

/// A day as a period.
pub(crate) fn on(day: Day) -> Option<Period> {
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

/// The lines on the caseload of a staff member (in a program) that cover the day and are seen.
fn caseload_lines(
    known: &Known<'_>,
    staff: &StaffId,
    program: Option<&ProgramId>,
    asked: &Asked,
) -> Result<Vec<LineThen>, StoreError> {
    let Some(number) = known.find(Kind::Staff, staff.as_str()) else { return Ok(Vec::new()) };
    let Some(place) = Place::of(known, program) else { return Ok(Vec::new()) };
    let mut eyes = Eyes::of(known, asked);
    let lines = known.held_by_staff(number, on(asked.as_of));
    let mut seen = Vec::with_capacity(lines.len());
    for line in lines.into_iter().filter(|line| place.has(line) && covers(line, asked.as_of)) {
        if eyes.see(line.participant, line.program)? {
            seen.push(line);
        }
    }
    Ok(seen)
}

/// How many lines (in a program) of each staff member cover the day.
fn counts_of_census(
    known: &Known<'_>,
    census: &Census,
    program: Option<&ProgramId>,
    day: Day,
) -> Counts {
    let roster = census.roster(known);
    let chosen = match program.map(|program| roster.programs.binary_search(program)) {
        Some(Ok(place)) => Some(place),
        Some(Err(_)) => return Counts::default(),
        None => None,
    };
    let lines = census.as_of(day.number());
    let mut rows: Vec<(u32, u32)> = Vec::with_capacity(roster.staff.len());
    for place in &roster.places {
        let count = lines.get(place.number as usize).copied().unwrap_or(0);
        if count == 0 || chosen.is_some_and(|chosen| chosen != place.program as usize) {
            continue;
        }
        match rows.last_mut().filter(|(staff, _)| *staff == place.staff) {
            Some((_, sum)) => *sum += count,
            None => rows.push((place.staff, count)),
        }
    }
    Counts::of(Arc::clone(&roster.staff), rows)
}

/// How many staff members, timelines or lines are looked at in one go: a millisecond or two.
const STAFF_AT_ONCE: u32 = 32;
const LINES_AT_ONCE: u32 = 4_096;

fn staff_count(known: &Known<'_>) -> u32 {
    *known.all_staff().end()
}

/// Calls back with every line of some staff members, counted from 0, that covers the day and is seen.
fn each_held(
    known: &Known<'_>,
    staff: Range<u32>,
    program: Option<&ProgramId>,
    asked: &Asked,
    mut found: impl FnMut(&LineThen),
) -> Result<(), StoreError> {
    let Some(place) = Place::of(known, program) else { return Ok(()) };
    let mut eyes = Eyes::of(known, asked);
    for before in staff {
        for line in known.held_by_staff(before + 1, on(asked.as_of)) {
            let fits = place.has(&line) && covers(&line, asked.as_of);
            if fits && eyes.see(line.participant, line.program)? {
                found(&line);
            }
        }
    }
    Ok(())
}

/// Whether the participant of a timeline is enrolled on a day and nobody's.
fn is_unassigned(known: &Known<'_>, timeline: u32, day: Day) -> bool {
    let mut enrollments = known.enrollments_of(timeline);
    enrollments.any(|e| e.status == Status::Current && e.period.covers(day)) && {
        let lines = known.held_in_timeline(timeline, None, on(day));
        !lines.iter().any(|line| covers(line, day))
    }
}

/// Offers those that are seen.
fn offer_lines(
    known: &Known<'_>,
    asked: &Asked,
    enrollments: impl IntoIterator<Item = EnrollmentThen>,
    assignments: impl IntoIterator<Item = LineThen>,
    list: &mut List<'_, Line>,
) -> Result<(), StoreError> {
    let mut eyes = Eyes::of(known, asked);
    for enrollment in enrollments {
        if eyes.see(enrollment.participant, enrollment.program)? {
            list.offer(Line::Enrollment(known.as_enrollment(&enrollment)));
        }
    }
    for line in assignments {
        if eyes.see(line.participant, line.program)? {
            list.offer(Line::Assignment(known.as_assignment(&line)));
        }
    }
    Ok(())
}

//! The state as known at a position. The latest position takes the indexes; an earlier one looks at
//! every line of the staff member, participant or program asked about, with its value at that position.

use std::{ops::Range, sync::Arc};

use super::{
    Census, EnrollmentFacts, LineFacts, Memo, Months, OPEN, SealedMonths, Seals, State, at, since,
    slots::Slot,
};
use crate::{
    AnyId, Assignment, AssignmentId, Coming, Day, Door, Ending, Enrollment, EnrollmentId, Kind,
    LineFilter, ParticipantId, Period, Program, ProgramId, Rights, Staff, StaffId, Standing,
    Status, StoreError, body::RightsChange, short_text::ShortText, view::View,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(super) state: &'a State,
    /// `u32::MAX` is now.
    pub(super) at: u32,
    pub(super) memo: Option<&'a Memo>,
}

/// A line as it stood at a position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineThen {
    pub(crate) number: u32,
    pub(crate) participant: u32,
    pub(crate) program: u32,
    pub(crate) staff: u32,
    pub(crate) period: Period,
    pub(crate) status: Status,
}

/// More than most staff members hold at a time.
const A_CASELOAD: usize = 64;

/// An enrollment as it stood at a position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EnrollmentThen {
    pub(crate) number: u32,
    pub(crate) participant: u32,
    pub(crate) program: u32,
    pub(crate) period: Period,
    pub(crate) status: Status,
    supersedes: u32,
    ending: Ending,
}

impl<'a> Known<'a> {
    pub(crate) const fn new(state: &'a State, at: u32) -> Known<'a> {
        Known { state, at, memo: None }
    }

    /// The same, remembering what it found last.
    pub(crate) const fn remembering(self, memo: &'a Memo) -> Known<'a> {
        Known { memo: Some(memo), ..self }
    }

    pub(crate) const fn is_now(&self) -> bool {
        self.at == u32::MAX
    }

    pub(crate) fn find(&self, kind: Kind, text: &str) -> Option<u32> {
        let look = || {
            let number = self.state.texts(kind).find_at(text, self.at)?;
            self.is_entered(kind, number).then_some(number)
        };
        match self.memo {
            Some(memo) => memo.recall(kind, text, look),
            None => look(),
        }
    }

    fn is_entered(&self, kind: Kind, number: u32) -> bool {
        match kind {
            Kind::Participant => self.timelines_of(number).any(|timeline| {
                let timeline = at(&self.state.timelines, timeline);
                let mut next = timeline.map_or(0, |t| t.newest_enrollment);
                // Lines alone are of somebody enrolled: a copy may have no more.
                if next == 0 {
                    return timeline.is_some_and(|t| t.newest_line != 0);
                }
                while let Some(facts) = at(&self.state.enrollments, next) {
                    if facts.entered <= self.at {
                        return true;
                    }
                    next = facts.older;
                }
                false
            }),
            Kind::Staff => at(&self.state.staff, number)
                .is_some_and(|staff| since(&staff.activity, self.at).is_some()),
            Kind::Program => at(&self.state.programs, number)
                .is_some_and(|program| since(&program.doors, self.at).is_some()),
            Kind::Enrollment => at(&self.state.enrollments, number)
                .is_some_and(|enrollment| enrollment.entered <= self.at),
            Kind::Assignment => {
                at(&self.state.lines, number).is_some_and(|line| line.entered <= self.at)
            }
        }
    }

    pub(crate) fn text(&self, kind: Kind, number: u32) -> ShortText {
        self.state.texts(kind).text_at(number, self.at)
    }

    pub(crate) fn participant_id(&self, number: u32) -> ParticipantId {
        ParticipantId::stored(self.text(Kind::Participant, number))
    }

    pub(crate) fn program_id(&self, number: u32) -> ProgramId {
        ProgramId::stored(self.text(Kind::Program, number))
    }

    pub(crate) fn staff_id(&self, number: u32) -> StaffId {
        StaffId::stored(self.text(Kind::Staff, number))
    }

    fn enrollment_id(&self, number: u32) -> EnrollmentId {
        EnrollmentId::stored(self.text(Kind::Enrollment, number))
    }

    fn assignment_id(&self, number: u32) -> AssignmentId {
        AssignmentId::stored(self.text(Kind::Assignment, number))
    }

    /// An id that is found among those known, so that work with numbers ends in the host's own.
    pub(crate) fn any_id(&self, kind: Kind, number: u32) -> AnyId {
        AnyId::stored(kind, self.text(kind, number))
    }

    pub(crate) fn role(&self, number: u32) -> Option<crate::Role> {
        at(&self.state.roles, number).cloned()
    }

    fn status_then(&self, status: Status, closed: u32) -> Status {
        if closed != 0 && closed <= self.at { status } else { Status::Current }
    }

    /// A line, if it was entered by then.
    pub(crate) fn line(&self, number: u32) -> Option<LineThen> {
        let facts = at(&self.state.lines, number)?;
        let timeline = at(&self.state.timelines, facts.timeline)?;
        if facts.entered > self.at {
            return None;
        }
        Some(LineThen {
            number,
            participant: timeline.participant,
            program: timeline.program,
            staff: facts.staff,
            period: super::period(facts.start, self.end_then(number, facts)),
            status: self.status_then(facts.status, facts.closed),
        })
    }

    /// A line that counts now, by all that is kept of it in order.
    fn line_of(&self, slot: Slot, staff: u32) -> Option<LineThen> {
        let (participant, program) = self.sides(slot.timeline)?;
        let period = super::period(slot.start, slot.end);
        let (number, status) = (slot.line, Status::Current);
        Some(LineThen { number, participant, program, staff, period, status })
    }

    fn end_then(&self, number: u32, facts: &LineFacts) -> i32 {
        if facts.changed == 0 || facts.changed <= self.at {
            return facts.end;
        }
        let mut earlier = self.state.earlier_ends.get(&number).into_iter().flatten().rev();
        earlier.find(|(from, _)| *from <= self.at).map_or(OPEN, |(_, end)| *end)
    }

    /// An enrollment, if it was entered by then.
    pub(crate) fn enrollment_then(&self, number: u32) -> Option<EnrollmentThen> {
        let facts = at(&self.state.enrollments, number)?;
        let timeline = at(&self.state.timelines, facts.timeline)?;
        if facts.entered > self.at {
            return None;
        }
        let (period, ending) = self.days_then(number, facts);
        Some(EnrollmentThen {
            number,
            participant: timeline.participant,
            program: timeline.program,
            period,
            status: self.status_then(facts.status, facts.closed),
            supersedes: facts.supersedes,
            ending,
        })
    }

    fn days_then(&self, number: u32, facts: &EnrollmentFacts) -> (Period, Ending) {
        if facts.changed > self.at {
            let mut earlier = self.state.earlier_days.get(&number).into_iter().flatten().rev();
            if let Some(held) = earlier.find(|earlier| earlier.from <= self.at) {
                return (super::period(held.start, held.end), held.ending);
            }
        }
        (super::period(facts.start, facts.end), facts.ending)
    }

    /// The timelines of a participant.
    pub(crate) fn timelines_of(&self, participant: u32) -> impl Iterator<Item = u32> + 'a {
        let state = self.state;
        let first = super::at_copied(&state.newest_timeline, participant);
        std::iter::successors(Some(first), move |timeline| {
            at(&state.timelines, *timeline).map(|timeline| timeline.next)
        })
        .take_while(|timeline| *timeline != 0)
    }

    /// The timelines of a program, also those of later.
    fn timelines_in(&self, program: u32) -> &'a [u32] {
        at(&self.state.programs, program).map_or(&[], |program| &program.timelines)
    }

    pub(crate) fn timeline(&self, participant: u32, program: u32) -> Option<u32> {
        self.state.timeline(participant, program)
    }

    /// The participant and the program of a timeline.
    pub(crate) fn sides(&self, timeline: u32) -> Option<(u32, u32)> {
        at(&self.state.timelines, timeline).map(|t| (t.participant, t.program))
    }

    /// The enrollments of a timeline, newest first, whatever their status.
    pub(crate) fn enrollments_of(
        &self,
        timeline: u32,
    ) -> impl Iterator<Item = EnrollmentThen> + 'a {
        let known = *self;
        let first = at(&known.state.timelines, timeline).map_or(0, |t| t.newest_enrollment);
        std::iter::successors(Some(first), move |number| {
            at(&known.state.enrollments, *number).map(|facts| facts.older)
        })
        .take_while(|number| *number != 0)
        .filter_map(move |number| known.enrollment_then(number))
    }

    /// The lines of a timeline, newest first, whatever their status.
    pub(crate) fn lines_of(&self, timeline: u32) -> impl Iterator<Item = LineThen> + 'a {
        let known = *self;
        let first = at(&known.state.timelines, timeline).map_or(0, |t| t.newest_line);
        std::iter::successors(Some(first), move |number| {
            at(&known.state.lines, *number).map(|facts| facts.older)
        })
        .take_while(|number| *number != 0)
        .filter_map(move |number| known.line(number))
    }

    /// The current lines of a timeline (and of a staff member) that are held on a day of a period.
    pub(crate) fn held_in_timeline(
        &self,
        timeline: u32,
        staff: Option<u32>,
        period: Option<Period>,
    ) -> Vec<LineThen> {
        let fits = |line: &LineThen| {
            line.status == Status::Current
                && staff.is_none_or(|staff| staff == line.staff)
                && period.is_none_or(|period| period.held_with(line.period))
        };
        let long = self.state.long_timelines.get(&timeline).filter(|_| self.is_now());
        let Some(long) = long else { return self.lines_of(timeline).filter(fits).collect() };
        let slots = match staff {
            Some(staff) => long.by_staff.get(&staff),
            None => Some(&long.all),
        };
        let mut found = Vec::new();
        if let Some(slots) = slots {
            slots.each_held_with(period, |slot| {
                found.extend(self.line(slot.line).filter(|line| fits(line)));
            });
        }
        found
    }

    /// The current lines of a staff member that are held on a day of a period.
    pub(crate) fn held_by_staff(&self, staff: u32, period: Option<Period>) -> Vec<LineThen> {
        let Some(facts) = at(&self.state.staff, staff) else { return Vec::new() };
        let fits = |line: &LineThen| {
            line.status == Status::Current
                && period.is_none_or(|period| period.held_with(line.period))
        };
        if self.is_now() {
            let mut slots = Vec::with_capacity(A_CASELOAD);
            facts.held.each_held_with(period, |slot| slots.push(slot));
            let mut found = Vec::with_capacity(slots.len());
            for slot in slots {
                found.extend(self.line_of(slot, staff));
            }
            found
        } else {
            facts.held.iter().filter_map(|slot| self.line(slot.line)).filter(fits).collect()
        }
    }

    /// Every line that was entered by then.
    pub(crate) fn all_lines(&self) -> impl Iterator<Item = LineThen> + 'a {
        let known = *self;
        (1..=known.line_count()).filter_map(move |number| known.line(number))
    }

    /// Every enrollment that was entered by then.
    pub(crate) fn all_enrollments(&self) -> impl Iterator<Item = EnrollmentThen> + 'a {
        let known = *self;
        (1..=known.enrollment_count()).filter_map(move |number| known.enrollment_then(number))
    }

    /// The daily census, which is kept of the present only, from when a snapshot first had it made.
    pub(crate) fn census(&self) -> Option<&'a Census> {
        self.state.census.made().filter(|_| self.is_now())
    }

    /// What was counted in the months of a program, which is kept of the present only.
    pub(crate) fn sealed_months(&self, program: u32) -> Option<&'a SealedMonths> {
        if self.is_now() { self.state.flows(program) } else { None }
    }

    /// Keeps what was counted in months of a program that come behind those that are kept, and answers with all;
    /// gives them back where something was entered about it since.
    pub(crate) fn seal_months(
        &self,
        program: u32,
        since: Seals,
        months: Months,
    ) -> Result<Arc<Months>, Months> {
        match self.state.flows(program) {
            Some(flows) => flows.seal(since, months),
            None => Err(months),
        }
    }

    /// How many timelines a program has, also those of later.
    pub(crate) fn timeline_count_in(&self, program: u32) -> u32 {
        u32::try_from(self.timelines_in(program).len()).unwrap_or(u32::MAX)
    }

    /// Some timelines of a program, counted from 0.
    pub(crate) fn some_timelines_in(&self, program: u32, some: Range<u32>) -> &'a [u32] {
        let all = self.timelines_in(program);
        all.get(some.start as usize..some.end as usize).unwrap_or_default()
    }

    /// How many enrollments there are, also those entered later.
    pub(crate) fn enrollment_count(&self) -> u32 {
        u32::try_from(self.state.enrollments.len()).unwrap_or(u32::MAX)
    }

    /// How many lines there are, also those entered later.
    pub(crate) fn line_count(&self) -> u32 {
        u32::try_from(self.state.lines.len()).unwrap_or(u32::MAX)
    }

    /// How many participants there are, also those enrolled later.
    pub(crate) fn participants(&self) -> u32 {
        u32::try_from(self.state.newest_timeline.len()).unwrap_or(u32::MAX)
    }

    /// Every staff member, also those registered later.
    pub(crate) fn all_staff(&self) -> std::ops::RangeInclusive<u32> {
        1..=u32::try_from(self.state.staff.len()).unwrap_or(u32::MAX)
    }

    /// The line that a line took the place of.
    pub(crate) fn superseded_by_line(&self, number: u32) -> Option<u32> {
        self.state.line_supersedes.get(&number).copied()
    }

    pub(crate) fn as_assignment(&self, line: &LineThen) -> Assignment {
        Assignment {
            id: self.assignment_id(line.number),
            staff: self.staff_id(line.staff),
            participant: self.participant_id(line.participant),
            program: self.program_id(line.program),
            period: line.period,
            role: at(&self.state.lines, line.number).and_then(|facts| self.role(facts.role)),
            status: line.status,
            supersedes: self.superseded_by_line(line.number).map(|old| self.assignment_id(old)),
        }
    }

    pub(crate) fn as_enrollment(&self, line: &EnrollmentThen) -> Enrollment {
        let participant = self.participant_id(line.participant);
        self.enrollment_in(line, &participant, &self.program_id(line.program))
    }

    /// The same, where the ids of its participant and program are at hand.
    fn enrollment_in(
        &self,
        line: &EnrollmentThen,
        participant: &ParticipantId,
        program: &ProgramId,
    ) -> Enrollment {
        Enrollment {
            id: self.enrollment_id(line.number),
            participant: participant.clone(),
            program: program.clone(),
            period: line.period,
            status: line.status,
            supersedes: (line.supersedes != 0).then(|| self.enrollment_id(line.supersedes)),
            ending: line.ending,
        }
    }

    /// Every program, also those defined later.
    pub(crate) fn all_programs(&self) -> std::ops::RangeInclusive<u32> {
        1..=u32::try_from(self.state.programs.len()).unwrap_or(u32::MAX)
    }

    /// The name of a program or a staff member, if it has one.
    pub(crate) fn name(&self, kind: Kind, number: u32) -> Option<crate::Name> {
        let names = match kind {
            Kind::Program => &at(&self.state.programs, number)?.names,
            Kind::Staff => &at(&self.state.staff, number)?.names,
            _ => return None,
        };
        since(names, self.at).cloned()
    }

    pub(crate) fn staff_then(&self, number: u32) -> Option<Staff> {
        self.staff_called(number, self.staff_id(number))
    }

    fn staff_called(&self, number: u32, id: StaffId) -> Option<Staff> {
        let activity = *since(&at(&self.state.staff, number)?.activity, self.at)?;
        Some(Staff { id, activity })
    }

    pub(crate) fn program_then(&self, number: u32) -> Option<Program> {
        self.program_called(number, self.program_id(number))
    }

    fn program_called(&self, number: u32, id: ProgramId) -> Option<Program> {
        let facts = at(&self.state.programs, number)?;
        Some(Program {
            id,
            policy: since(&facts.policies, self.at)?.clone(),
            door: since(&facts.doors, self.at).copied().unwrap_or(Door::Open),
        })
    }
}

impl View for Known<'_> {
    fn program(&self, id: &ProgramId) -> Result<Option<Program>, StoreError> {
        let number = self.find(Kind::Program, id.as_str());
        Ok(number.and_then(|number| self.program_called(number, id.clone())))
    }

    fn programs(&self) -> Result<Vec<ProgramId>, StoreError> {
        let entered = |number: &u32| self.is_entered(Kind::Program, *number);
        let numbers = self.all_programs().filter(entered);
        Ok(numbers.map(|number| self.program_id(number)).collect())
    }

    fn staff(&self, id: &StaffId) -> Result<Option<Staff>, StoreError> {
        let number = self.find(Kind::Staff, id.as_str());
        Ok(number.and_then(|number| self.staff_called(number, id.clone())))
    }

    fn rights(&self, staff: &StaffId, program: Option<&ProgramId>) -> Result<Rights, StoreError> {
        let Some(number) = self.find(Kind::Staff, staff.as_str()) else { return Ok(Rights::NONE) };
        let place = match program {
            Some(program) => match self.find(Kind::Program, program.as_str()) {
                Some(number) => Some(number),
                None => return Ok(Rights::NONE),
            },
            None => None,
        };
        let facts = at(&self.state.staff, number).map_or(&[] as &[_], |staff| &staff.rights);
        let (mut held, mut decided) = (Rights::NONE, Rights::NONE);
        for fact in facts.iter().rev().filter(|fact| fact.at <= self.at) {
            if fact.program.is_some() && fact.program != place {
                continue;
            }
            if fact.change == RightsChange::Granted {
                held = held.and(fact.rights.without(decided));
            }
            decided = decided.and(fact.rights);
            if decided == Rights::ALL {
                break;
            }
        }
        Ok(held)
    }

    fn standing(&self, id: &AnyId) -> Result<Standing, StoreError> {
        Ok(self.state.texts(id.kind()).standing(id.as_str()))
    }

    fn enrollment(&self, id: &EnrollmentId) -> Result<Option<Enrollment>, StoreError> {
        let number = self.find(Kind::Enrollment, id.as_str());
        let line = number.and_then(|number| self.enrollment_then(number));
        Ok(line.map(|line| self.as_enrollment(&line)))
    }

    fn enrollments(
        &self,
        program: &ProgramId,
        participant: Option<&ParticipantId>,
    ) -> Result<Vec<Enrollment>, StoreError> {
        let Some(place) = self.find(Kind::Program, program.as_str()) else {
            return Ok(Vec::new());
        };
        let current = |line: &EnrollmentThen| line.status == Status::Current;
        let mut found: Vec<Enrollment> = match participant {
            Some(participant) => {
                let number = self.find(Kind::Participant, participant.as_str());
                let Some(timeline) = number.and_then(|number| self.timeline(number, place)) else {
                    return Ok(Vec::new());
                };
                let lines = self.enrollments_of(timeline).filter(current);
                lines.map(|line| self.enrollment_in(&line, participant, program)).collect()
            }
            None => {
                let lines = self.timelines_in(place).iter().flat_map(|t| self.enrollments_of(*t));
                lines.filter(current).map(|line| self.as_enrollment(&line)).collect()
            }
        };
        if found.len() > 1 {
            found.sort_by(|a, b| (a.period.start(), &a.id).cmp(&(b.period.start(), &b.id)));
        }
        Ok(found)
    }

    fn dismissed_with(&self, id: &EnrollmentId) -> Result<Vec<AssignmentId>, StoreError> {
        let Some(number) = self.find(Kind::Enrollment, id.as_str()) else { return Ok(Vec::new()) };
        let lines = self.state.dismissals.get(&number).into_iter().flatten();
        Ok(lines.map(|line| self.assignment_id(*line)).collect())
    }

    fn assignment(&self, id: &AssignmentId) -> Result<Option<Assignment>, StoreError> {
        let number = self.find(Kind::Assignment, id.as_str());
        Ok(number.and_then(|number| self.line(number)).map(|line| self.as_assignment(&line)))
    }

    fn lines(&self, filter: &LineFilter<'_>) -> Result<Vec<Assignment>, StoreError> {
        let Some(filter) = self.numbered(filter) else { return Ok(Vec::new()) };
        let mut found: Vec<Assignment> =
            self.filtered(&filter).iter().map(|line| self.as_assignment(line)).collect();
        found.sort_by(|a, b| (a.period.start(), &a.id).cmp(&(b.period.start(), &b.id)));
        Ok(found)
    }

    fn latest_start(
        &self,
        participant: &ParticipantId,
        program: &ProgramId,
        staff: Option<&StaffId>,
        after: Day,
        except: &[AssignmentId],
    ) -> Result<Option<(AssignmentId, Day)>, StoreError> {
        let filter = LineFilter { staff, ..LineFilter::timeline(participant, program) };
        let Some(filter) = self.numbered(&filter) else { return Ok(None) };
        let Some(timeline) = filter.timeline else { return Ok(None) };
        let except: Vec<u32> =
            except.iter().filter_map(|id| self.find(Kind::Assignment, id.as_str())).collect();
        let fits = |line: &LineThen| {
            line.status == Status::Current
                && line.period.start() > after
                && filter.staff.is_none_or(|staff| staff == line.staff)
                && !except.contains(&line.number)
        };
        let long = self.state.long_timelines.get(&timeline).filter(|_| self.is_now());
        // Of those that start last the first by id; ids are compared only where starts are equal.
        let id = |line: &LineThen| self.text(Kind::Assignment, line.number);
        let later = |a: &LineThen, b: &LineThen| {
            a.period.start().cmp(&b.period.start()).then_with(|| id(b).cmp(&id(a)))
        };
        let latest = match long {
            None => self.lines_of(timeline).filter(fits).max_by(later),
            Some(long) => {
                let slots = match filter.staff {
                    Some(staff) => long.by_staff.get(&staff),
                    None => Some(&long.all),
                };
                let newest_first = slots.into_iter().flat_map(|slots| slots.iter().rev());
                let newest_first = newest_first.take_while(|slot| slot.start > after.number());
                let mut lines = newest_first.filter_map(|slot| self.line(slot.line)).filter(fits);
                lines.next().and_then(|newest| {
                    let start = newest.period.start();
                    let equal = lines.take_while(|line| line.period.start() == start);
                    std::iter::once(newest).chain(equal).max_by(later)
                })
            }
        };
        Ok(latest.map(|line| (self.assignment_id(line.number), line.period.start())))
    }

    fn caseload(&self, staff: &StaffId, program: &ProgramId, day: Day) -> Result<u32, StoreError> {
        let numbers =
            (self.find(Kind::Staff, staff.as_str()), self.find(Kind::Program, program.as_str()));
        let (Some(staff), Some(program)) = numbers else { return Ok(0) };
        let today = Period::checked(day, day.plus(1));
        let lines = self.held_by_staff(staff, today);
        let count = lines.iter().filter(|l| l.program == program && l.period.covers(day)).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn prefetch(&self, coming: &[Coming<'_>]) -> Result<(), StoreError> {
        self.bring_near(coming);
        Ok(())
    }
}

/// A [`LineFilter`] in numbers.
struct Numbered {
    participant: Option<u32>,
    program: Option<u32>,
    staff: Option<u32>,
    /// The timeline, where participant and program are given.
    timeline: Option<u32>,
    held_with: Option<Period>,
}

impl Known<'_> {
    /// The filter in numbers; `None` when it names what does not exist, and so finds nothing.
    fn numbered(&self, filter: &LineFilter<'_>) -> Option<Numbered> {
        let find = |kind, text: Option<&str>| match text {
            Some(text) => self.find(kind, text).map(Some),
            None => Some(None),
        };
        let participant = find(Kind::Participant, filter.participant.map(ParticipantId::as_str))?;
        let program = find(Kind::Program, filter.program.map(ProgramId::as_str))?;
        let staff = find(Kind::Staff, filter.staff.map(StaffId::as_str))?;
        let timeline = match (participant, program) {
            (Some(participant), Some(program)) => Some(self.timeline(participant, program)?),
            _ => None,
        };
        Some(Numbered { participant, program, staff, timeline, held_with: filter.held_with })
    }

    fn filtered(&self, filter: &Numbered) -> Vec<LineThen> {
        if let Some(timeline) = filter.timeline {
            return self.held_in_timeline(timeline, filter.staff, filter.held_with);
        }
        let of_timeline =
            |timeline| self.held_in_timeline(timeline, filter.staff, filter.held_with);
        if let Some(participant) = filter.participant {
            return self.timelines_of(participant).flat_map(of_timeline).collect();
        }
        if let Some(staff) = filter.staff {
            let mut lines = self.held_by_staff(staff, filter.held_with);
            lines.retain(|line| filter.program.is_none_or(|program| program == line.program));
            return lines;
        }
        if let Some(program) = filter.program {
            return self.timelines_in(program).iter().copied().flat_map(of_timeline).collect();
        }
        let fits = |line: &LineThen| {
            line.status == Status::Current
                && filter.held_with.is_none_or(|period| period.held_with(line.period))
        };
        self.all_lines().filter(fits).collect()
    }
}

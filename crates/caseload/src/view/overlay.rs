//! A view with pending events on top: batch rows see those before, a review stores nothing, the
//! second writer of a group is judged on the first one's result, and a failed append just drops it.

use std::cell::RefCell;

use super::{
    Coming, LineFilter, Read, Standing, View,
    pending_lines::{PendingLine, PendingLines},
};
use crate::{
    Activity, AnyId, Assignment, AssignmentId, Cause, Day, Door, Ending, Enrollment, EnrollmentId,
    Event, ParticipantId, Period, Program, ProgramId, Rights, Staff, StaffId, Status, StoreError,
    body::RightsChange,
    hash::{FastMap, FastSet},
};

/// See the module.
pub(crate) struct Overlay<'a> {
    base: &'a dyn View,
    /// What was looked at, where anybody wants to know.
    reads: Option<RefCell<Vec<Read>>>,
    /// How many events were applied.
    changes: usize,
    programs: FastMap<ProgramId, Program>,
    staff: FastMap<StaffId, Staff>,
    rights: Vec<(StaffId, Option<ProgramId>, Rights, RightsChange)>,
    enrollments: FastMap<EnrollmentId, Enrollment>,
    enrollments_of: FastMap<ParticipantId, Vec<EnrollmentId>>,
    dismissals: FastMap<EnrollmentId, Vec<AssignmentId>>,
    lines: PendingLines,
    participants: FastSet<ParticipantId>,
}

impl std::fmt::Debug for Overlay<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Overlay").field("lines", &self.lines.len()).finish_non_exhaustive()
    }
}

impl<'a> Overlay<'a> {
    /// Nothing pending over a view.
    pub(crate) fn new(base: &'a dyn View) -> Overlay<'a> {
        Overlay {
            base,
            reads: None,
            changes: 0,
            programs: FastMap::default(),
            staff: FastMap::default(),
            rights: Vec::new(),
            enrollments: FastMap::default(),
            enrollments_of: FastMap::default(),
            dismissals: FastMap::default(),
            lines: PendingLines::default(),
            participants: FastSet::default(),
        }
    }

    /// The same, noting what is looked at.
    pub(crate) fn noting_reads(base: &'a dyn View) -> Overlay<'a> {
        Overlay { reads: Some(RefCell::default()), ..Overlay::new(base) }
    }

    /// Whether nothing is pending.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes == 0
    }

    /// Makes room for so many new lines.
    pub(crate) fn reserve_lines(&mut self, lines: usize) {
        self.lines.reserve(lines);
    }

    /// What was looked at so far, each once, sorted; nothing where it was not noted.
    pub(crate) fn reads(&self) -> Vec<Read> {
        let mut reads = self.reads.as_ref().map(RefCell::take).unwrap_or_default();
        reads.sort_unstable();
        reads.dedup();
        reads
    }

    fn note(&self, read: impl FnOnce() -> Read) {
        if let Some(reads) = &self.reads {
            reads.borrow_mut().push(read());
        }
    }

    /// Adds an event to what is pending.
    ///
    /// Events that change ids (`IdReplaced`, `ParticipantForgotten`) are never followed by another
    /// decision over the same overlay: the agency gives such commands a turn of their own.
    pub(crate) fn apply(&mut self, event: &Event) -> Result<(), StoreError> {
        self.changes += 1;
        match event {
            Event::ProgramDefined { program, policy, .. } => {
                let program =
                    Program { id: program.clone(), policy: policy.clone(), door: Door::Open };
                self.programs.insert(program.id.clone(), program);
            }
            Event::ProgramRevised { program, policy } => {
                self.change_program(program, |program| program.policy = policy.clone())?;
            }
            Event::ProgramClosed { program } => {
                self.change_program(program, |program| program.door = Door::Closed)?;
            }
            Event::ProgramReopened { program } => {
                self.change_program(program, |program| program.door = Door::Open)?;
            }
            Event::StaffRegistered { staff, rights, .. } => {
                self.set_activity(staff, Activity::Active);
                self.rights.push((staff.clone(), None, *rights, RightsChange::Granted));
            }
            Event::RightsChanged { staff, program, rights, change } => {
                self.rights.push((staff.clone(), program.clone(), *rights, *change));
            }
            Event::StaffDeactivated { staff } => self.set_activity(staff, Activity::Deactivated),
            Event::StaffReactivated { staff } => self.set_activity(staff, Activity::Active),
            Event::Enrolled { .. }
            | Event::EnrollmentEnded { .. }
            | Event::EnrollmentReinstated { .. }
            | Event::EnrollmentCorrected { .. }
            | Event::EnrollmentVoided { .. } => self.apply_to_enrollment(event)?,
            Event::Assigned { .. }
            | Event::AssignmentEnded { .. }
            | Event::AssignmentReopened { .. }
            | Event::Transferred { .. }
            | Event::AssignmentCorrected { .. }
            | Event::AssignmentVoided { .. } => self.apply_to_line(event)?,
            Event::ProgramRenamed { .. }
            | Event::StaffRenamed { .. }
            | Event::EnrollmentsMirrored { .. }
            | Event::CaseloadTransferred { .. }
            | Event::LimitReached { .. }
            | Event::IdReplaced { .. }
            | Event::ParticipantForgotten { .. }
            | Event::LevelRaised { .. } => {}
        }
        Ok(())
    }

    fn change_program(
        &mut self,
        id: &ProgramId,
        change: impl FnOnce(&mut Program),
    ) -> Result<(), StoreError> {
        if let Some(mut program) = View::program(self, id)? {
            change(&mut program);
            self.programs.insert(id.clone(), program);
        }
        Ok(())
    }

    fn set_activity(&mut self, id: &StaffId, activity: Activity) {
        self.staff.insert(id.clone(), Staff { id: id.clone(), activity });
    }

    fn apply_to_enrollment(&mut self, event: &Event) -> Result<(), StoreError> {
        match event {
            Event::Enrolled { enrollment, participant, program, period } => {
                self.put_enrollment(Enrollment {
                    id: enrollment.clone(),
                    participant: participant.clone(),
                    program: program.clone(),
                    period: *period,
                    status: Status::Current,
                    supersedes: None,
                    ending: Ending::AsEntered,
                });
                self.participants.insert(participant.clone());
            }
            Event::EnrollmentEnded { enrollment, end, .. } => {
                self.change_enrollment(enrollment, |line| {
                    line.period =
                        Period::checked(line.period.start(), Some(*end)).unwrap_or(line.period);
                    line.ending = Ending::Dismissed;
                })?;
                self.dismissals.insert(enrollment.clone(), Vec::new());
            }
            Event::EnrollmentReinstated { enrollment, .. } => {
                self.change_enrollment(enrollment, |line| {
                    line.period = Period::from(line.period.start());
                    line.ending = Ending::AsEntered;
                })?;
                self.dismissals.insert(enrollment.clone(), Vec::new());
            }
            Event::EnrollmentCorrected { enrollment, by, period, .. } if enrollment == by => {
                self.change_enrollment(enrollment, |line| {
                    line.period = *period;
                    line.ending = Ending::AsEntered;
                })?;
                self.dismissals.insert(enrollment.clone(), Vec::new());
            }
            Event::EnrollmentCorrected { enrollment, by, period, .. } => {
                if let Some(old) = View::enrollment(self, enrollment)? {
                    self.put_enrollment(Enrollment {
                        id: by.clone(),
                        period: *period,
                        status: Status::Current,
                        supersedes: Some(enrollment.clone()),
                        ending: Ending::AsEntered,
                        ..old
                    });
                }
                self.change_enrollment(enrollment, |line| line.status = Status::Superseded)?;
            }
            Event::EnrollmentVoided { enrollment, .. } => {
                self.change_enrollment(enrollment, |line| line.status = Status::Voided)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn change_enrollment(
        &mut self,
        id: &EnrollmentId,
        change: impl FnOnce(&mut Enrollment),
    ) -> Result<(), StoreError> {
        if let Some(mut line) = View::enrollment(self, id)? {
            change(&mut line);
            self.put_enrollment(line);
        }
        Ok(())
    }

    fn put_enrollment(&mut self, line: Enrollment) {
        if !self.enrollments.contains_key(&line.id) {
            self.enrollments_of.entry(line.participant.clone()).or_default().push(line.id.clone());
        }
        self.enrollments.insert(line.id.clone(), line);
    }

    fn apply_to_line(&mut self, event: &Event) -> Result<(), StoreError> {
        match event {
            Event::Assigned { assignment, staff, participant, program, period, role } => {
                self.lines.add(Assignment {
                    id: assignment.clone(),
                    staff: staff.clone(),
                    participant: participant.clone(),
                    program: program.clone(),
                    period: *period,
                    role: role.clone(),
                    status: Status::Current,
                    supersedes: None,
                });
            }
            Event::AssignmentEnded { assignment, end, cause, .. } => {
                self.end_line(assignment, *end)?;
                if *cause == Cause::EnrollmentEnd {
                    self.note_dismissal(assignment)?;
                }
            }
            Event::AssignmentReopened { assignment } => {
                self.change_line(assignment, |line| {
                    line.period = Period::from(line.period.start());
                })?;
            }
            Event::Transferred { assignment, by, date, staff, role, .. } => {
                if let Some(old) = View::assignment(self, assignment)? {
                    self.lines.add(Assignment {
                        id: by.clone(),
                        staff: staff.clone(),
                        period: Period::from(*date),
                        role: role.clone(),
                        status: Status::Current,
                        supersedes: None,
                        ..old
                    });
                }
                self.end_line(assignment, *date)?;
            }
            Event::AssignmentCorrected { assignment, by, staff, role, period, .. } => {
                if let Some(old) = View::assignment(self, assignment)? {
                    self.lines.add(Assignment {
                        id: by.clone(),
                        staff: staff.clone(),
                        period: *period,
                        role: role.clone(),
                        status: Status::Current,
                        supersedes: Some(assignment.clone()),
                        ..old
                    });
                }
                self.change_line(assignment, |line| line.status = Status::Superseded)?;
            }
            Event::AssignmentVoided { assignment, .. } => {
                self.change_line(assignment, |line| line.status = Status::Voided)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn end_line(&mut self, id: &AssignmentId, end: Day) -> Result<(), StoreError> {
        self.change_line(id, |line| {
            line.period = Period::checked(line.period.start(), Some(end)).unwrap_or(line.period);
        })
    }

    /// A line that a dismissal ended belongs to the enrollment of its timeline that covers its start.
    fn note_dismissal(&mut self, id: &AssignmentId) -> Result<(), StoreError> {
        let Some(line) = View::assignment(self, id)? else { return Ok(()) };
        let start = line.period.start();
        let dismissed = View::enrollments(self, &line.program, Some(&line.participant))?
            .into_iter()
            .find(|enrollment| enrollment.period.starts_at(start));
        if let Some(enrollment) = dismissed {
            self.dismissals.entry(enrollment.id).or_default().push(id.clone());
        }
        Ok(())
    }

    fn change_line(
        &mut self,
        id: &AssignmentId,
        change: impl FnOnce(&mut Assignment),
    ) -> Result<(), StoreError> {
        if self.lines.has(id) {
            self.lines.change(id, change);
        } else if let Some(base) = self.base.assignment(id)? {
            let mut now = base.clone();
            change(&mut now);
            self.lines.add_changed(now, base);
        }
        Ok(())
    }

    /// The pending lines that a filter names.
    fn pending(&self, filter: &LineFilter<'_>) -> Vec<Assignment> {
        let mut named = Vec::new();
        let found = |line: &PendingLine| {
            if filter.names(&line.now) {
                named.push(line.now.clone());
            }
        };
        match (filter.participant, filter.staff) {
            (Some(id), _) => self.lines.each_of(id, filter.held_with, found),
            (None, Some(id)) => self.lines.each_held_by(id, filter.held_with, found),
            (None, None) => self.lines.iter().for_each(found),
        }
        named
    }
}

impl View for Overlay<'_> {
    fn program(&self, id: &ProgramId) -> Result<Option<Program>, StoreError> {
        if let Some(program) = self.programs.get(id) {
            return Ok(Some(program.clone()));
        }
        self.note(|| Read::Program(id.clone()));
        self.base.program(id)
    }

    fn programs(&self) -> Result<Vec<ProgramId>, StoreError> {
        let mut programs = self.base.programs()?;
        programs.retain(|id| !self.programs.contains_key(id));
        programs.extend(self.programs.keys().cloned());
        Ok(programs)
    }

    fn staff(&self, id: &StaffId) -> Result<Option<Staff>, StoreError> {
        if let Some(staff) = self.staff.get(id) {
            return Ok(Some(staff.clone()));
        }
        self.note(|| Read::Staff(id.clone()));
        self.base.staff(id)
    }

    fn rights(&self, staff: &StaffId, program: Option<&ProgramId>) -> Result<Rights, StoreError> {
        self.note(|| Read::Rights(staff.clone()));
        let mut held = self.base.rights(staff, program)?;
        for (who, place, rights, change) in &self.rights {
            let here = place.is_none() || place.as_ref() == program;
            if who == staff && here {
                held = match change {
                    RightsChange::Granted => held.and(*rights),
                    RightsChange::Revoked => held.without(*rights),
                };
            }
        }
        Ok(held)
    }

    fn standing(&self, id: &AnyId) -> Result<Standing, StoreError> {
        let pending = match id {
            AnyId::Participant(id) => self.participants.contains(id),
            AnyId::Staff(id) => self.staff.contains_key(id),
            AnyId::Program(id) => self.programs.contains_key(id),
            AnyId::Enrollment(id) => self.enrollments.contains_key(id),
            AnyId::Assignment(id) => self.lines.has(id),
        };
        if pending {
            return Ok(Standing::Known);
        }
        self.note(|| Read::Id(id.clone()));
        self.base.standing(id)
    }

    fn enrollment(&self, id: &EnrollmentId) -> Result<Option<Enrollment>, StoreError> {
        if let Some(line) = self.enrollments.get(id) {
            return Ok(Some(line.clone()));
        }
        self.note(|| Read::Enrollment(id.clone()));
        self.base.enrollment(id)
    }

    fn enrollments(
        &self,
        program: &ProgramId,
        participant: Option<&ParticipantId>,
    ) -> Result<Vec<Enrollment>, StoreError> {
        self.note(|| match participant {
            Some(participant) => Read::Timeline(participant.clone(), program.clone()),
            None => Read::Enrollments(program.clone()),
        });
        let mut found = self.base.enrollments(program, participant)?;
        if self.enrollments.is_empty() {
            return Ok(found);
        }
        found.retain(|line| !self.enrollments.contains_key(&line.id));
        let pending = |line: &&Enrollment| {
            line.status == Status::Current
                && line.program == *program
                && participant.is_none_or(|id| *id == line.participant)
        };
        match participant {
            Some(id) => {
                let ids = self.enrollments_of.get(id).into_iter().flatten();
                let lines = ids.filter_map(|id| self.enrollments.get(id));
                found.extend(lines.filter(pending).cloned());
            }
            None => found.extend(self.enrollments.values().filter(pending).cloned()),
        }
        found.sort_by(|a, b| (a.period.start(), &a.id).cmp(&(b.period.start(), &b.id)));
        Ok(found)
    }

    fn dismissed_with(&self, id: &EnrollmentId) -> Result<Vec<AssignmentId>, StoreError> {
        match self.dismissals.get(id) {
            Some(lines) => Ok(lines.clone()),
            None => self.base.dismissed_with(id),
        }
    }

    fn assignment(&self, id: &AssignmentId) -> Result<Option<Assignment>, StoreError> {
        if let Some(line) = self.lines.get(id) {
            return Ok(Some(line.now.clone()));
        }
        self.note(|| Read::Assignment(id.clone()));
        self.base.assignment(id)
    }

    fn lines(&self, filter: &LineFilter<'_>) -> Result<Vec<Assignment>, StoreError> {
        match (filter.participant, filter.program, filter.staff) {
            (Some(participant), Some(program), _) => {
                self.note(|| Read::Timeline(participant.clone(), program.clone()));
            }
            (_, _, Some(staff)) => self.note(|| Read::Caseload(staff.clone())),
            (_, Some(program), _) => self.note(|| Read::Enrollments(program.clone())),
            _ => {}
        }
        let mut found = self.base.lines(filter)?;
        if self.lines.is_empty() {
            return Ok(found);
        }
        found.retain(|line| !self.lines.has(&line.id));
        let pending = self.pending(filter);
        if !pending.is_empty() {
            found.extend(pending);
            found.sort_by(|a, b| (a.period.start(), &a.id).cmp(&(b.period.start(), &b.id)));
        }
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
        self.note(|| Read::Timeline(participant.clone(), program.clone()));
        if !self.lines.has_any_of(participant) {
            return self.base.latest_start(participant, program, staff, after, except);
        }
        let mut hidden = except.to_vec();
        self.lines.each_changed_of(participant, |line| hidden.push(line.now.id.clone()));
        let mut latest = self.base.latest_start(participant, program, staff, after, &hidden)?;
        let filter = LineFilter { staff, ..LineFilter::timeline(participant, program) };
        self.lines.each_starting_after(participant, after, |PendingLine { now: line, .. }| {
            if !filter.names(line) || except.contains(&line.id) {
                return;
            }
            let start = line.period.start();
            let comes_first = latest
                .as_ref()
                .is_none_or(|(id, other)| start > *other || (start == *other && line.id < *id));
            if comes_first {
                latest = Some((line.id.clone(), start));
            }
        });
        Ok(latest)
    }

    fn caseload(&self, staff: &StaffId, program: &ProgramId, day: Day) -> Result<u32, StoreError> {
        self.note(|| Read::Caseload(staff.clone()));
        let base = self.base.caseload(staff, program, day)?;
        let counts = |line: &Assignment| {
            u32::from(
                line.is_current()
                    && line.staff == *staff
                    && line.program == *program
                    && line.period.covers(day),
            )
        };
        let (mut more, mut fewer) = (0, 0);
        let on = Period::checked(day, day.plus(1));
        self.lines.each_held_by(staff, on, |line| more += counts(&line.now));
        self.lines.each_changed_held_by(staff, |line| {
            fewer += line.base.as_deref().map_or(0, counts);
        });
        Ok((base + more).saturating_sub(fewer))
    }

    fn prefetch(&self, coming: &[Coming<'_>]) -> Result<(), StoreError> {
        self.base.prefetch(coming)
    }
}

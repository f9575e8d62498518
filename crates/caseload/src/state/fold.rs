//! Folding an entry into the state: the only way in which the state changes.

use std::sync::Arc;

use super::{
    EarlierDays, EnrollmentFacts, Forgotten, LONG, LineFacts, LongTimeline, ProgramFacts,
    RightsFact, SealedMonths, StaffFacts, State, Timeline, at, at_mut,
    census::Change,
    slots::{GONE, OPEN, Slot, Slots},
};
use crate::{
    Activity, Cause, Day, Door, Ending, Kind, Name, Policy, Role, Status, StoreError,
    body::{Body, Fact, RightsChange},
    log::{Entry, LEVEL, PrivateItems},
};

impl State {
    /// Folds the entry that continues the log.
    ///
    /// # Errors
    /// [`StoreError::Diverged`] when it does not continue the log known here, [`StoreError::Incompatible`]
    /// when it is of a higher level, [`StoreError::Corrupt`] when it cannot be read or names what does
    /// not exist. The state is then of no use any more and must be dropped.
    pub(crate) fn fold(&mut self, entry: &Entry) -> Result<(), StoreError> {
        if !entry.continues(&self.head) {
            let position = entry.position;
            return Err(StoreError::corrupt_at(position, "its hash does not continue the chain"));
        }
        if entry.level > LEVEL {
            let what = format!(
                "entry {} is of level {}; this library knows level {LEVEL}: use a newer version",
                entry.position, entry.level
            );
            return Err(StoreError::Incompatible { what });
        }
        let body = Body::decode(entry.position, &entry.body)?;
        let items = PrivateItems::unpack(&entry.private)?;
        self.fold_decoded(entry, &body, &items)
    }

    /// As [`State::fold`], of an entry that was sealed in this process.
    pub(crate) fn fold_decoded(
        &mut self,
        entry: &Entry,
        body: &Body,
        items: &PrivateItems,
    ) -> Result<(), StoreError> {
        let at = u32::try_from(entry.position)
            .map_err(|_| StoreError::bug("a log of more than 4,294,967,295 entries"))?;
        let mentions: u64 = body.new.0.iter().map(|count| u64::from(*count)).sum();
        if mentions > items.len() as u64 {
            return Err(StoreError::corrupt_at(entry.position, "it mentions more than it holds"));
        }
        self.mention(body, items);
        for fact in &body.facts {
            self.fold_fact(at, fact, items).ok_or_else(|| {
                StoreError::corrupt_at(entry.position, "a fact names what does not exist")
            })?;
        }
        self.recorded.push(entry.recorded);
        self.actors.push(body.actor);
        self.head = entry.head();
        if self.head.position.is_multiple_of(super::MARK_EVERY) {
            self.marks.push(self.head);
        }
        Ok(())
    }

    /// Numbers the ids and roles that an entry mentions first.
    fn mention(&mut self, body: &Body, items: &PrivateItems) {
        let mut index = 0usize;
        for kind in Kind::ALL {
            for _ in 0..body.new.of(kind) {
                self.texts_mut(kind).push(items.text(index));
                index += 1;
            }
        }
        for _ in 0..body.new.roles() {
            let role = Role::stored(items.text(index).unwrap_or_default());
            self.roles.push(role.clone());
            let number = self.roles();
            self.role_numbers.insert(role, number);
            index += 1;
        }
        let participants = self.texts(Kind::Participant).count() as usize;
        self.newest_timeline.resize(participants, 0);
    }

    fn fold_fact(&mut self, at: u32, fact: &Fact, items: &PrivateItems) -> Option<()> {
        match fact {
            Fact::ProgramDefined { .. }
            | Fact::ProgramRevised { .. }
            | Fact::ProgramRenamed { .. }
            | Fact::ProgramClosed { .. }
            | Fact::ProgramReopened { .. } => self.fold_program(at, fact, items),
            Fact::StaffRegistered { .. }
            | Fact::StaffRenamed { .. }
            | Fact::RightsChanged { .. }
            | Fact::StaffDeactivated { .. }
            | Fact::StaffReactivated { .. } => self.fold_staff(at, fact, items),
            Fact::Enrolled { .. }
            | Fact::EnrollmentEnded { .. }
            | Fact::EnrollmentReinstated { .. }
            | Fact::EnrollmentCorrected { .. }
            | Fact::EnrollmentVoided { .. } => self.fold_enrollment(at, fact),
            Fact::Assigned { .. }
            | Fact::AssignmentEnded { .. }
            | Fact::AssignmentReopened { .. }
            | Fact::Transferred { .. }
            | Fact::AssignmentCorrected { .. }
            | Fact::AssignmentVoided { .. } => self.fold_line(at, fact),
            Fact::IdReplaced { id, kind, number, .. } => {
                let text = items.text(*id as usize);
                self.texts_mut(*kind).replace(*number, at, text);
                self.census.call_the_roll_anew();
                Some(())
            }
            Fact::ParticipantForgotten { participant, .. } => {
                self.forget(*participant, at);
                Some(())
            }
            // These tell of the entry as a whole and change nothing.
            Fact::EnrollmentsMirrored { .. }
            | Fact::CaseloadTransferred { .. }
            | Fact::LimitReached { .. }
            | Fact::LevelRaised { .. } => Some(()),
        }
    }

    fn fold_program(&mut self, at: u32, fact: &Fact, items: &PrivateItems) -> Option<()> {
        match fact {
            Fact::ProgramDefined { name, program, policy } => {
                let policy = self.policy(policy)?;
                let facts = ProgramFacts {
                    names: first_name(at, *name, items),
                    policies: vec![(at, policy)],
                    doors: vec![(at, Door::Open)],
                    timelines: Vec::new(),
                };
                self.programs.push(facts);
                if let Some(flows) = self.flows.get_mut() {
                    flows.push(SealedMonths::default());
                }
                (self.programs.len() == *program as usize).then_some(())
            }
            Fact::ProgramRevised { policy, program } => {
                let policy = self.policy(policy)?;
                at_mut(&mut self.programs, *program)?.policies.push((at, policy));
                Some(())
            }
            Fact::ProgramRenamed { name, program } => {
                let names = &mut at_mut(&mut self.programs, *program)?.names;
                names.extend(first_name(at, Some(*name), items));
                Some(())
            }
            Fact::ProgramClosed { program } => {
                at_mut(&mut self.programs, *program)?.doors.push((at, Door::Closed));
                Some(())
            }
            Fact::ProgramReopened { program } => {
                at_mut(&mut self.programs, *program)?.doors.push((at, Door::Open));
                Some(())
            }
            _ => None,
        }
    }

    fn policy(&self, policy: &Policy<u32>) -> Option<Arc<Policy>> {
        policy.with_roles(|role| at(&self.roles, *role).cloned().ok_or(())).ok().map(Arc::new)
    }

    fn fold_staff(&mut self, at: u32, fact: &Fact, items: &PrivateItems) -> Option<()> {
        match fact {
            Fact::StaffRegistered { name, staff, rights } => {
                let granted = RightsFact {
                    at,
                    program: None,
                    rights: *rights,
                    change: RightsChange::Granted,
                };
                self.staff.push(StaffFacts {
                    names: first_name(at, *name, items),
                    activity: vec![(at, Activity::Active)],
                    rights: vec![granted],
                    held: Slots::default(),
                });
                (self.staff.len() == *staff as usize).then_some(())
            }
            Fact::StaffRenamed { name, staff } => {
                let names = &mut at_mut(&mut self.staff, *staff)?.names;
                names.extend(first_name(at, Some(*name), items));
                Some(())
            }
            Fact::RightsChanged { change, program, rights, staff } => {
                let fact = RightsFact { at, program: *program, rights: *rights, change: *change };
                at_mut(&mut self.staff, *staff)?.rights.push(fact);
                Some(())
            }
            Fact::StaffDeactivated { staff } => {
                at_mut(&mut self.staff, *staff)?.activity.push((at, Activity::Deactivated));
                Some(())
            }
            Fact::StaffReactivated { staff } => {
                at_mut(&mut self.staff, *staff)?.activity.push((at, Activity::Active));
                Some(())
            }
            _ => None,
        }
    }

    fn fold_enrollment(&mut self, at: u32, fact: &Fact) -> Option<()> {
        match *fact {
            Fact::Enrolled { end, enrollment, participant, program, start } => {
                let timeline = self.timeline_or_new(participant, program)?;
                self.push_enrollment(at, enrollment, timeline, super::days(start, end), 0)
            }
            Fact::EnrollmentEnded { end, enrollment, .. } => {
                self.dismissals.insert(enrollment, Vec::new());
                let start = super::at(&self.enrollments, enrollment)?.start;
                self.change_days(at, enrollment, (start, end.number()), Ending::Dismissed)
            }
            Fact::EnrollmentReinstated { enrollment, .. } => {
                self.dismissals.remove(&enrollment);
                let start = super::at(&self.enrollments, enrollment)?.start;
                self.change_days(at, enrollment, (start, OPEN), Ending::AsEntered)
            }
            Fact::EnrollmentCorrected { by, end, enrollment, start, .. } if by == enrollment => {
                self.dismissals.remove(&enrollment);
                self.change_days(at, enrollment, super::days(start, end), Ending::AsEntered)
            }
            Fact::EnrollmentCorrected { by, end, enrollment, start, .. } => {
                let timeline = super::at(&self.enrollments, enrollment)?.timeline;
                self.close_enrollment(at, enrollment, Status::Superseded)?;
                let days = super::days(start, end);
                self.push_enrollment(at, by, timeline, days, enrollment)
            }
            Fact::EnrollmentVoided { enrollment, .. } => {
                self.close_enrollment(at, enrollment, Status::Voided)
            }
            _ => None,
        }
    }

    pub(super) fn timeline_or_new(&mut self, participant: u32, program: u32) -> Option<u32> {
        if let Some(timeline) = self.timeline(participant, program) {
            return Some(timeline);
        }
        let newest = at_mut(&mut self.newest_timeline, participant)?;
        self.timelines.push(Timeline {
            participant,
            program,
            next: *newest,
            newest_enrollment: 0,
            newest_line: 0,
            lines: 0,
        });
        let number = u32::try_from(self.timelines.len()).ok()?;
        *newest = number;
        at_mut(&mut self.programs, program)?.timelines.push(number);
        Some(number)
    }

    pub(super) fn push_enrollment(
        &mut self,
        entered: u32,
        number: u32,
        timeline: u32,
        (start, end): (i32, i32),
        supersedes: u32,
    ) -> Option<()> {
        let newest = &mut at_mut(&mut self.timelines, timeline)?.newest_enrollment;
        self.enrollments.push(EnrollmentFacts {
            timeline,
            start,
            end,
            entered,
            changed: 0,
            closed: 0,
            supersedes,
            older: *newest,
            status: Status::Current,
            ending: Ending::AsEntered,
        });
        *newest = number;
        (self.enrollments.len() == number as usize).then_some(())
    }

    fn change_days(
        &mut self,
        at: u32,
        number: u32,
        (start, end): (i32, i32),
        ending: Ending,
    ) -> Option<()> {
        let facts = at_mut(&mut self.enrollments, number)?;
        let from = if facts.changed == 0 { facts.entered } else { facts.changed };
        let earlier =
            EarlierDays { from, start: facts.start, end: facts.end, ending: facts.ending };
        (facts.start, facts.end, facts.ending, facts.changed) = (start, end, ending, at);
        self.earlier_days.entry(number).or_default().push(earlier);
        Some(())
    }

    fn close_enrollment(&mut self, at: u32, number: u32, status: Status) -> Option<()> {
        self.dismissals.remove(&number);
        let facts = at_mut(&mut self.enrollments, number)?;
        (facts.status, facts.closed) = (status, at);
        Some(())
    }

    fn fold_line(&mut self, at: u32, fact: &Fact) -> Option<()> {
        match *fact {
            Fact::Assigned { assignment, end, participant, program, role, staff, start } => {
                let timeline = self.timeline(participant, program)?;
                let line = new_line(at, timeline, staff, super::days(start, end), role);
                self.push_line(assignment, line)
            }
            Fact::AssignmentEnded { assignment, cause, end, .. } => {
                if cause == Cause::EnrollmentEnd {
                    self.note_dismissal(assignment)?;
                }
                self.set_end(at, assignment, end.number())
            }
            Fact::AssignmentReopened { assignment } => self.set_end(at, assignment, OPEN),
            Fact::Transferred { assignment, by, date, role, staff, .. } => {
                self.set_end(at, assignment, date.number())?;
                let timeline = super::at(&self.lines, assignment)?.timeline;
                let line = new_line(at, timeline, staff, super::days(date, None), role);
                self.push_line(by, line)
            }
            Fact::AssignmentCorrected { assignment, by, end, role, staff, start, .. } => {
                self.close_line(at, assignment, Status::Superseded)?;
                self.line_supersedes.insert(by, assignment);
                let timeline = super::at(&self.lines, assignment)?.timeline;
                let line = new_line(at, timeline, staff, super::days(start, end), role);
                self.push_line(by, line)
            }
            Fact::AssignmentVoided { assignment, .. } => {
                self.close_line(at, assignment, Status::Voided)
            }
            _ => None,
        }
    }

    pub(super) fn push_line(&mut self, number: u32, mut line: LineFacts) -> Option<()> {
        let (start, end, timeline) = (line.start, line.end, line.timeline);
        let slot = Slot { start, end, line: number, timeline };
        at_mut(&mut self.staff, line.staff)?.held.add(slot);
        let timeline = at_mut(&mut self.timelines, line.timeline)?;
        line.older = timeline.newest_line;
        timeline.newest_line = number;
        timeline.lines += 1;
        let (count, program) = (timeline.lines, timeline.program);
        self.census.take((line.staff, program), Change::Entered { start, end });
        self.unseal(program, start);
        self.lines.push(line);
        if count == LONG {
            self.order_timeline(line.timeline);
        } else if let Some(long) = self.long_timelines.get_mut(&line.timeline) {
            long.add(slot, line.staff);
        }
        (self.lines.len() == number as usize).then_some(())
    }

    /// From now on a timeline is long: its lines are kept in order too.
    pub(super) fn order_timeline(&mut self, timeline: u32) {
        let mut next = at(&self.timelines, timeline).map_or(0, |timeline| timeline.newest_line);
        let mut lines = Vec::new();
        while let Some(line) = at(&self.lines, next) {
            let end = if line.status == Status::Current { line.end } else { GONE };
            lines.push((Slot { start: line.start, end, line: next, timeline }, line.staff));
            next = line.older;
        }
        // In the order in which they were entered, which mostly is that of their starts.
        let mut long = LongTimeline::default();
        for (slot, staff) in lines.into_iter().rev() {
            long.add(slot, staff);
        }
        self.long_timelines.insert(timeline, long);
    }

    /// What a dismissal ended belongs to the enrollment of its timeline that is dismissed and
    /// covers its start.
    fn note_dismissal(&mut self, number: u32) -> Option<()> {
        let line = *at(&self.lines, number)?;
        let start = Day::from_number(line.start)?;
        let mut next = at(&self.timelines, line.timeline)?.newest_enrollment;
        while let Some(enrollment) = at(&self.enrollments, next) {
            let days = super::period(enrollment.start, enrollment.end);
            if enrollment.status == Status::Current && days.starts_at(start) {
                self.dismissals.entry(next).or_default().push(number);
                return Some(());
            }
            next = enrollment.older;
        }
        None
    }

    fn set_end(&mut self, at: u32, number: u32, end: i32) -> Option<()> {
        let line = at_mut(&mut self.lines, number)?;
        if line.changed != 0 || line.end != OPEN {
            // An open end as entered need not be kept: it is what holds before the first change.
            let from = if line.changed == 0 { line.entered } else { line.changed };
            self.earlier_ends.entry(number).or_default().push((from, line.end));
        }
        let before = std::mem::replace(&mut line.end, end);
        line.changed = at;
        let line = *line;
        let place = self.place_of(&line)?;
        self.census.take(place, Change::EndMoved { from: before, to: end });
        self.unseal(place.1, before.min(end));
        self.set_slot(number, &line, end);
        Some(())
    }

    fn close_line(&mut self, at: u32, number: u32, status: Status) -> Option<()> {
        let line = at_mut(&mut self.lines, number)?;
        (line.status, line.closed) = (status, at);
        let line = *line;
        let place = self.place_of(&line)?;
        self.census.take(place, Change::TakenBack { start: line.start, end: line.end });
        self.unseal(place.1, line.start);
        self.set_slot(number, &line, GONE);
        Some(())
    }

    /// Something changed in a program from a day on.
    fn unseal(&mut self, program: u32, day: i32) {
        if let Some(months) = self.flows.get_mut().and_then(|flows| at_mut(flows, program)) {
            months.unseal(day);
        }
    }

    /// The staff member and the program of a line.
    fn place_of(&self, line: &LineFacts) -> Option<(u32, u32)> {
        at(&self.timelines, line.timeline).map(|timeline| (line.staff, timeline.program))
    }

    fn set_slot(&mut self, number: u32, line: &LineFacts, end: i32) {
        if let Some(staff) = at_mut(&mut self.staff, line.staff) {
            staff.held.set_end(line.start, number, end);
        }
        if let Some(long) = self.long_timelines.get_mut(&line.timeline) {
            long.all.set_end(line.start, number, end);
            if let Some(slots) = long.by_staff.get_mut(&line.staff) {
                slots.set_end(line.start, number, end);
            }
        }
    }

    /// The id reads `erased-N` from now on, and so do ids of its lines that contain it.
    fn forget(&mut self, participant: u32, forgotten_at: u32) {
        let texts = self.texts(Kind::Participant).all_texts(participant);
        if texts.is_empty() {
            return;
        }
        let mut timeline = super::at_copied(&self.newest_timeline, participant);
        while let Some(facts) = at(&self.timelines, timeline).copied() {
            let mut next = facts.newest_enrollment;
            while let Some(enrollment) = at(&self.enrollments, next).copied() {
                self.erase_where_it_tells(Kind::Enrollment, next, &texts);
                next = enrollment.older;
            }
            let mut next = facts.newest_line;
            while let Some(line) = at(&self.lines, next).copied() {
                self.erase_where_it_tells(Kind::Assignment, next, &texts);
                next = line.older;
            }
            timeline = facts.next;
        }
        self.texts_mut(Kind::Participant).erase_where(participant, |_| true);
        self.to_erase.push(Forgotten { participant, texts, at: forgotten_at });
    }

    fn erase_where_it_tells(&mut self, kind: Kind, number: u32, texts: &[String]) {
        let tells = |own: &str| texts.iter().any(|text| own.contains(text.as_str()));
        self.texts_mut(kind).erase_where(number, tells);
    }
}

impl LongTimeline {
    fn add(&mut self, slot: Slot, staff: u32) {
        self.all.add(slot);
        self.by_staff.entry(staff).or_default().add(slot);
    }
}

/// A name that an entry gives, if it gives one.
fn first_name(at: u32, place: Option<u32>, items: &PrivateItems) -> Vec<(u32, Name)> {
    let text = place.and_then(|place| items.text(place as usize));
    text.map(|text| (at, Name::stored(text))).into_iter().collect()
}

pub(super) fn new_line(
    entered: u32,
    timeline: u32,
    staff: u32,
    (start, end): (i32, i32),
    role: Option<u32>,
) -> LineFacts {
    LineFacts {
        timeline,
        staff,
        start,
        end,
        entered,
        changed: 0,
        closed: 0,
        role: role.unwrap_or(0),
        older: 0,
        status: Status::Current,
    }
}

//! A view that is nothing but lists: every method looks through all of them.

use std::cmp::Ordering;

use caseload::{
    Agency, AnyId, Asked, Assignment, AssignmentId, Day, Enrollment, EnrollmentId, Event, Kind,
    LineFilter, Lines, ParticipantId, Period, Program, ProgramId, Rights, Staff, StaffId, Standing,
    Status, StoreError, View, body::RightsChange,
};

/// What an agency knows now, told once and kept.
pub(crate) struct PlainView {
    pub(crate) lines: Lines,
    programs: Vec<Program>,
    staff: Vec<Staff>,
    rights: Vec<(StaffId, Option<ProgramId>, Rights, RightsChange)>,
}

impl PlainView {
    pub(crate) fn of(agency: &Agency) -> PlainView {
        let snapshot = agency.snapshot().unwrap();
        let mut rights = Vec::new();
        for happened in agency.events(0, usize::MAX).unwrap() {
            match happened.event {
                Event::StaffRegistered { staff, rights: given, .. } => {
                    rights.push((staff, None, given, RightsChange::Granted));
                }
                Event::RightsChanged { staff, program, rights: changed, change } => {
                    rights.push((staff, program, changed, change));
                }
                _ => {}
            }
        }
        let first = |(it, _)| it;
        PlainView {
            lines: snapshot.everything(&Asked::of(Day::FIRST)).unwrap(),
            programs: snapshot.programs(None).unwrap().into_iter().map(first).collect(),
            staff: snapshot.staff(None).unwrap().into_iter().map(|(staff, _)| staff).collect(),
            rights,
        }
    }

    fn current_lines(&self) -> impl Iterator<Item = &Assignment> {
        self.lines.assignments.iter().filter(|line| line.status == Status::Current)
    }
}

/// Whether two periods share a day, a zero-day one being its start day.
fn held_with(one: Period, other: Period) -> bool {
    let end = |period: Period| match period.end() {
        Some(end) if end == period.start() => end.number() + 1,
        Some(end) => end.number(),
        None => i32::MAX,
    };
    one.start().number() < end(other) && other.start().number() < end(one)
}

fn by_start(a: (Period, &str), b: (Period, &str)) -> Ordering {
    (a.0.start(), a.1).cmp(&(b.0.start(), b.1))
}

impl View for PlainView {
    fn program(&self, id: &ProgramId) -> Result<Option<Program>, StoreError> {
        Ok(self.programs.iter().find(|program| program.id == *id).cloned())
    }

    fn programs(&self) -> Result<Vec<ProgramId>, StoreError> {
        Ok(self.programs.iter().rev().map(|program| program.id.clone()).collect())
    }

    fn staff(&self, id: &StaffId) -> Result<Option<Staff>, StoreError> {
        Ok(self.staff.iter().find(|staff| staff.id == *id).cloned())
    }

    fn rights(&self, staff: &StaffId, program: Option<&ProgramId>) -> Result<Rights, StoreError> {
        let about = |place: &Option<ProgramId>| place.is_none() || place.as_ref() == program;
        let words = self.rights.iter().filter(|(who, place, ..)| who == staff && about(place));
        Ok(words.fold(Rights::NONE, |held, (_, _, rights, change)| match change {
            RightsChange::Granted => held.and(*rights),
            RightsChange::Revoked => held.without(*rights),
        }))
    }

    fn standing(&self, id: &AnyId) -> Result<Standing, StoreError> {
        let known = match id.kind() {
            Kind::Program => self.programs.iter().any(|program| program.id.as_str() == id.as_str()),
            Kind::Staff => self.staff.iter().any(|staff| staff.id.as_str() == id.as_str()),
            Kind::Enrollment => self.lines.enrollments.iter().any(|e| e.id.as_str() == id.as_str()),
            Kind::Assignment => self.lines.assignments.iter().any(|a| a.id.as_str() == id.as_str()),
            Kind::Participant => {
                self.lines.enrollments.iter().any(|e| e.participant.as_str() == id.as_str())
            }
        };
        Ok(if known { Standing::Known } else { Standing::Free })
    }

    fn enrollment(&self, id: &EnrollmentId) -> Result<Option<Enrollment>, StoreError> {
        Ok(self.lines.enrollments.iter().find(|line| line.id == *id).cloned())
    }

    fn enrollments(
        &self,
        program: &ProgramId,
        participant: Option<&ParticipantId>,
    ) -> Result<Vec<Enrollment>, StoreError> {
        let named = |line: &&Enrollment| {
            line.status == Status::Current
                && line.program == *program
                && participant.is_none_or(|id| *id == line.participant)
        };
        let mut found: Vec<Enrollment> =
            self.lines.enrollments.iter().filter(named).cloned().collect();
        found.sort_by(|a, b| by_start((a.period, a.id.as_str()), (b.period, b.id.as_str())));
        Ok(found)
    }

    fn dismissed_with(&self, _: &EnrollmentId) -> Result<Vec<AssignmentId>, StoreError> {
        panic!("no report asks what a dismissal ended")
    }

    fn assignment(&self, id: &AssignmentId) -> Result<Option<Assignment>, StoreError> {
        Ok(self.lines.assignments.iter().find(|line| line.id == *id).cloned())
    }

    fn lines(&self, filter: &LineFilter<'_>) -> Result<Vec<Assignment>, StoreError> {
        let named = |line: &&Assignment| {
            filter.participant.is_none_or(|id| *id == line.participant)
                && filter.program.is_none_or(|id| *id == line.program)
                && filter.staff.is_none_or(|id| *id == line.staff)
                && filter.held_with.is_none_or(|period| held_with(period, line.period))
        };
        let mut found: Vec<Assignment> = self.current_lines().filter(named).cloned().collect();
        found.sort_by(|a, b| by_start((a.period, a.id.as_str()), (b.period, b.id.as_str())));
        Ok(found)
    }

    fn latest_start(
        &self,
        _: &ParticipantId,
        _: &ProgramId,
        _: Option<&StaffId>,
        _: Day,
        _: &[AssignmentId],
    ) -> Result<Option<(AssignmentId, Day)>, StoreError> {
        panic!("no report asks for the order of entry")
    }

    fn caseload(&self, _: &StaffId, _: &ProgramId, _: Day) -> Result<u32, StoreError> {
        panic!("no report asks for a limit")
    }
}

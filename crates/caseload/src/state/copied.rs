//! A state of lines that another view told, without a log: what was entered when, and everything that is no
//! line, it does not know.

use super::{ProgramFacts, StaffFacts, State, fold::new_line, slots::Slots};
use crate::{Activity, Assignment, Door, Enrollment, Kind, Role, StoreError};

impl State {
    /// Takes in a line that counts.
    ///
    /// # Errors
    /// A `bug` when there are more than there are numbers; so for enrollments.
    pub(crate) fn copy_line(&mut self, line: &Assignment) -> Result<(), StoreError> {
        let timeline = (line.participant.as_str(), line.program.as_str());
        let staff = self.numbered(Kind::Staff, line.staff.as_str());
        let role = line.role.as_ref().map(|role| self.role_numbered(role));
        let number = self.texts_mut(Kind::Assignment).push(Some(line.id.as_str()));
        let days = super::days(line.period.start(), line.period.end());
        let timeline = self.timeline_called(timeline);
        let pushed = timeline
            .and_then(|timeline| self.push_line(number, new_line(0, timeline, staff, days, role)));
        pushed.ok_or_else(too_many)
    }

    /// Takes in an enrollment that counts.
    ///
    /// # Errors
    /// As [`State::copy_line`].
    pub(crate) fn copy_enrollment(&mut self, enrollment: &Enrollment) -> Result<(), StoreError> {
        let timeline = (enrollment.participant.as_str(), enrollment.program.as_str());
        let number = self.texts_mut(Kind::Enrollment).push(Some(enrollment.id.as_str()));
        let days = super::days(enrollment.period.start(), enrollment.period.end());
        let pushed = self
            .timeline_called(timeline)
            .and_then(|timeline| self.push_enrollment(0, number, timeline, days, 0));
        pushed.ok_or_else(too_many)
    }

    fn timeline_called(&mut self, (participant, program): (&str, &str)) -> Option<u32> {
        let participant = self.numbered(Kind::Participant, participant);
        let program = self.numbered(Kind::Program, program);
        self.timeline_or_new(participant, program)
    }

    /// The number of an id, which is given one and its place when it is first told.
    fn numbered(&mut self, kind: Kind, text: &str) -> u32 {
        if let Some(number) = self.texts(kind).find_at(text, u32::MAX) {
            return number;
        }
        match kind {
            Kind::Participant => self.newest_timeline.push(0),
            Kind::Staff => self.staff.push(StaffFacts {
                names: Vec::new(),
                activity: vec![(0, Activity::Active)],
                rights: Vec::new(),
                held: Slots::default(),
            }),
            Kind::Program => self.programs.push(ProgramFacts {
                names: Vec::new(),
                policies: Vec::new(),
                doors: vec![(0, Door::Open)],
                timelines: Vec::new(),
            }),
            Kind::Enrollment | Kind::Assignment => {}
        }
        self.texts_mut(kind).push(Some(text))
    }

    fn role_numbered(&mut self, role: &Role) -> u32 {
        if let Some(number) = self.role_number(role) {
            return number;
        }
        self.roles.push(role.clone());
        let number = self.roles();
        self.role_numbers.insert(role.clone(), number);
        number
    }
}

fn too_many() -> StoreError {
    StoreError::bug("a view told more lines than there are numbers")
}

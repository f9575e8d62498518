//! The facts, as plain lists, and the scans over them.
//!
//! A fact refers to another by its place in the list, so that a replaced id changes in one place.

use super::day::{Calendar, Day, Period};
use super::policy::Policy;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Program,
    Staff,
    Participant,
    Enrollment,
    Assignment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Current,
    Superseded,
    Voided,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Current => "current",
            Status::Superseded => "superseded",
            Status::Voided => "voided",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub id: String,
    pub policy: Policy,
    pub closed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Staff {
    pub id: String,
    pub active: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Participant {
    pub id: String,
    /// The id reads `erased-N`.
    pub erased: bool,
}

/// One grant or revoke, in the order in which they were entered.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub staff: usize,
    pub rights: Vec<String>,
    pub program: Option<usize>,
    pub gives: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Enrollment {
    pub id: String,
    pub erased: bool,
    pub participant: usize,
    pub program: usize,
    pub period: Period,
    pub status: Status,
    pub supersedes: Option<usize>,
    /// The number of the dismissal that gave the end, if one did.
    pub dismissal: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub id: String,
    pub erased: bool,
    pub staff: usize,
    pub participant: usize,
    pub program: usize,
    pub period: Period,
    pub role: Option<String>,
    pub status: Status,
    pub supersedes: Option<usize>,
    /// The number of the dismissal that ended it, and whether it was given another end since.
    pub dismissal: Option<(u64, bool)>,
}

/// Everything known after some entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub programs: Vec<Program>,
    pub staff: Vec<Staff>,
    pub participants: Vec<Participant>,
    pub grants: Vec<Grant>,
    pub enrollments: Vec<Enrollment>,
    pub assignments: Vec<Assignment>,
    /// Ids that were replaced: the kind, the old text, and the place of what it named.
    pub old_ids: Vec<(Kind, String, usize)>,
    pub dismissals: u64,
}

impl State {
    pub(crate) fn find_program(&self, id: &str) -> Option<usize> {
        self.programs.iter().position(|program| program.id == id)
    }

    pub(crate) fn find_staff(&self, id: &str) -> Option<usize> {
        self.staff.iter().position(|staff| staff.id == id)
    }

    pub(crate) fn find_participant(&self, id: &str) -> Option<usize> {
        self.participants.iter().position(|participant| participant.id == id)
    }

    pub(crate) fn find_enrollment(&self, id: &str) -> Option<usize> {
        self.enrollments.iter().position(|enrollment| enrollment.id == id)
    }

    pub(crate) fn find_assignment(&self, id: &str) -> Option<usize> {
        self.assignments.iter().position(|assignment| assignment.id == id)
    }

    pub(crate) fn find(&self, kind: Kind, id: &str) -> Option<usize> {
        match kind {
            Kind::Program => self.find_program(id),
            Kind::Staff => self.find_staff(id),
            Kind::Participant => self.find_participant(id),
            Kind::Enrollment => self.find_enrollment(id),
            Kind::Assignment => self.find_assignment(id),
        }
    }

    pub(crate) fn was_replaced(&self, kind: Kind, id: &str) -> bool {
        self.old_ids.iter().any(|(old_kind, old, _)| *old_kind == kind && old == id)
    }

    /// Whether a new thing of this kind may not be called so.
    pub(crate) fn is_taken(&self, kind: Kind, id: &str) -> bool {
        (kind == Kind::Staff && id == "root")
            || self.find(kind, id).is_some()
            || self.was_replaced(kind, id)
    }

    /// The place of a participant who is enrolled; a new id is a new participant.
    pub(crate) fn participant(&mut self, id: &str) -> usize {
        self.find_participant(id).unwrap_or_else(|| {
            self.participants.push(Participant { id: id.to_string(), erased: false });
            self.participants.len() - 1
        })
    }

    /// The current enrollments of a timeline, by start, then id.
    pub(crate) fn enrollments_of(&self, participant: usize, program: usize) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.enrollments.len())
            .filter(|place| {
                let enrollment = &self.enrollments[*place];
                enrollment.status == Status::Current
                    && enrollment.participant == participant
                    && enrollment.program == program
            })
            .collect();
        found.sort_by_key(|place| {
            let enrollment = &self.enrollments[*place];
            (enrollment.period.start, enrollment.id.clone())
        });
        found
    }

    /// The current assignments of a timeline, by start, then id.
    pub(crate) fn assignments_of(&self, participant: usize, program: usize) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.assignments.len())
            .filter(|place| {
                let line = &self.assignments[*place];
                line.status == Status::Current
                    && line.participant == participant
                    && line.program == program
            })
            .collect();
        found.sort_by_key(|place| {
            let line = &self.assignments[*place];
            (line.period.start, line.id.clone())
        });
        found
    }

    /// The current assignments of one staff member, in id order.
    pub(crate) fn assignments_held_by(&self, staff: usize) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.assignments.len())
            .filter(|place| {
                let line = &self.assignments[*place];
                line.status == Status::Current && line.staff == staff
            })
            .collect();
        self.sort_by_id(&mut found);
        found
    }

    pub(crate) fn sort_by_id(&self, places: &mut [usize]) {
        places.sort_by_key(|place| self.assignments[*place].id.clone());
    }

    /// The current assignments that start on a day of this enrollment.
    pub(crate) fn assignments_in(&self, enrollment: usize) -> Vec<usize> {
        let enrollment = &self.enrollments[enrollment];
        let calendar = self.calendar(&[]);
        let days = calendar.occupied(enrollment.period);
        let mut found = self.assignments_of(enrollment.participant, enrollment.program);
        found.retain(|place| days.contains(&self.assignments[*place].period.start));
        self.sort_by_id(&mut found);
        found
    }

    /// A calendar with every day that matters to this state and to these periods.
    pub(crate) fn calendar(&self, more: &[Period]) -> Calendar {
        let mut calendar = Calendar::new();
        for enrollment in &self.enrollments {
            calendar.mention(enrollment.period);
        }
        for line in &self.assignments {
            calendar.mention(line.period);
        }
        for period in more {
            calendar.mention(*period);
        }
        calendar
    }

    /// Whether some current enrollment holds the whole of a period.
    pub(crate) fn is_enrolled(&self, participant: usize, program: usize, period: Period) -> bool {
        let calendar = self.calendar(&[period]);
        self.enrollments_of(participant, program)
            .into_iter()
            .any(|place| calendar.inside(period, self.enrollments[place].period))
    }

    pub(crate) fn covers(&self, line: usize, day: Day) -> bool {
        let line = &self.assignments[line];
        line.status == Status::Current && line.period.covers(day)
    }
}

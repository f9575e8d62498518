//! What a decision or a report may look at: a small read trait, and the overlay of pending events.

mod overlay;
mod pending_lines;

pub(crate) use overlay::Overlay;

use crate::{
    AnyId, Assignment, AssignmentId, Day, Enrollment, EnrollmentId, ParticipantId, Period, Program,
    ProgramId, Rights, Staff, StaffId, StoreError,
};

/// What a decision or a report may look at. A host that keeps its own tables implements it, calls
/// [`decide`](crate::decide) under its own lock, and asks [`Reports::over`](crate::report::Reports::over) it.
///
/// Every method answers as of now: what was entered so far, whatever the days. Methods fail only
/// when the host's tables cannot be read.
pub trait View {
    /// A program.
    ///
    /// # Errors
    /// As the host finds it; so for every method.
    fn program(&self, id: &ProgramId) -> Result<Option<Program>, StoreError>;

    /// The id of every program, closed ones too, in any order. Only reports ask for them.
    ///
    /// # Errors
    /// As [`View::program`].
    fn programs(&self) -> Result<Vec<ProgramId>, StoreError>;

    /// A staff member.
    ///
    /// # Errors
    /// As [`View::program`].
    fn staff(&self, id: &StaffId) -> Result<Option<Staff>, StoreError>;

    /// The rights of a staff member in a program, or (without one) those that hold for every program.
    ///
    /// A right holds in a program if the last grant or revoke that names that program or every
    /// program gave it; for every program if the last one without a program gave it.
    ///
    /// # Errors
    /// As [`View::program`].
    fn rights(&self, staff: &StaffId, program: Option<&ProgramId>) -> Result<Rights, StoreError>;

    /// Whether an id is known, or was and stays taken.
    ///
    /// # Errors
    /// As [`View::program`].
    fn standing(&self, id: &AnyId) -> Result<Standing, StoreError>;

    /// An enrollment, whatever its status.
    ///
    /// # Errors
    /// As [`View::program`].
    fn enrollment(&self, id: &EnrollmentId) -> Result<Option<Enrollment>, StoreError>;

    /// The current enrollments of a program (of one participant), by start, then id.
    ///
    /// # Errors
    /// As [`View::program`].
    fn enrollments(
        &self,
        program: &ProgramId,
        participant: Option<&ParticipantId>,
    ) -> Result<Vec<Enrollment>, StoreError>;

    /// The assignments that the dismissal of an enrollment ended; empty if it is not dismissed.
    ///
    /// # Errors
    /// As [`View::program`].
    fn dismissed_with(&self, id: &EnrollmentId) -> Result<Vec<AssignmentId>, StoreError>;

    /// An assignment, whatever its status.
    ///
    /// # Errors
    /// As [`View::program`].
    fn assignment(&self, id: &AssignmentId) -> Result<Option<Assignment>, StoreError>;

    /// The current assignments that a filter names, by start, then id.
    ///
    /// # Errors
    /// As [`View::program`].
    fn lines(&self, filter: &LineFilter<'_>) -> Result<Vec<Assignment>, StoreError>;

    /// The current assignment of a participant in a program (and of a staff member) that starts last,
    /// if it starts after a day, leaving out some; zero-day ones count. Of several that start last it is
    /// the first by id.
    ///
    /// # Errors
    /// As [`View::program`].
    fn latest_start(
        &self,
        participant: &ParticipantId,
        program: &ProgramId,
        staff: Option<&StaffId>,
        after: Day,
        except: &[AssignmentId],
    ) -> Result<Option<(AssignmentId, Day)>, StoreError>;

    /// How many current assignments of a staff member in a program cover a day.
    ///
    /// # Errors
    /// As [`View::program`].
    fn caseload(&self, staff: &StaffId, program: &ProgramId, day: Day) -> Result<u32, StoreError>;

    /// Tells what will be asked about soon, at most some dozens at a time: a view over tables may fetch
    /// their timelines in one query. Nothing needs to be done.
    ///
    /// # Errors
    /// As [`View::program`].
    fn prefetch(&self, coming: &[Coming<'_>]) -> Result<(), StoreError> {
        let _ = coming;
        Ok(())
    }
}

/// A line or an enrollment that will be judged soon.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Coming<'a> {
    /// Of this participant.
    pub participant: &'a ParticipantId,
    /// In this program.
    pub program: &'a ProgramId,
    /// An assignment with this new id.
    pub assignment: Option<&'a AssignmentId>,
    /// An enrollment with this id.
    pub enrollment: Option<&'a EnrollmentId>,
}

impl<'a> Coming<'a> {
    pub(crate) const fn of(participant: &'a ParticipantId, program: &'a ProgramId) -> Coming<'a> {
        Coming { participant, program, assignment: None, enrollment: None }
    }
}

/// Which lines: those that are all of what is given.
#[derive(Debug, Clone, Copy, Default)]
pub struct LineFilter<'a> {
    /// Of this participant.
    pub participant: Option<&'a ParticipantId>,
    /// In this program.
    pub program: Option<&'a ProgramId>,
    /// Of this staff member.
    pub staff: Option<&'a StaffId>,
    /// That share a day with this period, zero-day ones counting as their start day
    /// ([`Period::held_with`]).
    pub held_with: Option<Period>,
}

impl<'a> LineFilter<'a> {
    /// Every line of a participant in a program.
    pub const fn timeline(participant: &'a ParticipantId, program: &'a ProgramId) -> Self {
        LineFilter {
            participant: Some(participant),
            program: Some(program),
            staff: None,
            held_with: None,
        }
    }

    /// Every line of a staff member.
    pub const fn of_staff(staff: &'a StaffId) -> Self {
        LineFilter { participant: None, program: None, staff: Some(staff), held_with: None }
    }

    /// Only in this program.
    #[must_use]
    pub const fn in_program(mut self, program: &'a ProgramId) -> Self {
        self.program = Some(program);
        self
    }

    /// Only of this staff member.
    #[must_use]
    pub const fn by(mut self, staff: &'a StaffId) -> Self {
        self.staff = Some(staff);
        self
    }

    /// Only those that share a day with this period.
    #[must_use]
    pub const fn held_with(mut self, period: Period) -> Self {
        self.held_with = Some(period);
        self
    }

    /// Whether a current line is among those named.
    pub fn names(&self, line: &Assignment) -> bool {
        line.is_current()
            && self.participant.is_none_or(|id| *id == line.participant)
            && self.program.is_none_or(|id| *id == line.program)
            && self.staff.is_none_or(|id| *id == line.staff)
            && self.held_with.is_none_or(|period| period.held_with(line.period))
    }
}

/// Whether an id can be named, or given to something new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It names something.
    Known,
    /// It named something until `replace_id` took its place; it stays taken.
    Replaced,
    /// It was never used.
    Free,
}

/// Something that a decision looked at: what a host with its own tables must have locked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Read {
    /// A program: policy and door.
    Program(ProgramId),
    /// A staff member: activity.
    Staff(StaffId),
    /// The rights of a staff member.
    Rights(StaffId),
    /// Whether an id is taken.
    Id(AnyId),
    /// One enrollment.
    Enrollment(EnrollmentId),
    /// One assignment.
    Assignment(AssignmentId),
    /// The enrollments and assignments of a participant in a program.
    Timeline(ParticipantId, ProgramId),
    /// Every enrollment of a program.
    Enrollments(ProgramId),
    /// The assignments of a staff member.
    Caseload(StaffId),
}

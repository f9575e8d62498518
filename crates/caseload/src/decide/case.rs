//! What the rules are asked about: a command taken apart into what each rule judges.
//!
//! Each command fills in the parts that it has. A rule looks at its own part and at nothing else,
//! so it cannot tell a single command from a batch row, an import or a transfer of a whole caseload.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::{
    Actor, AnyId, Assignment, AssignmentId, Context, Day, Enrollment, EnrollmentId, Kind,
    ParticipantId, Period, Program, ProgramId, Reason, Refusal, Right, Role, Staff, StaffId,
    StoreError, Violation, ZeroDay, access,
    rules::{BEGINS_PHASE, RULES},
    view::{Overlay, View},
};

/// The names of a command's fields.
pub(crate) type Fields = &'static [&'static str];

/// Parts of which nearly every command has at most one: kept in the case itself.
pub(crate) type Few<T> = SmallVec<[T; 1]>;

/// A command taken apart.
#[derive(Debug)]
pub(crate) struct Case<'v> {
    pub(crate) view: &'v dyn View,
    pub(crate) on: Day,
    pub(crate) actor: &'v Actor,
    /// The actor as a staff member; `None` for `root` and for an unknown actor.
    pub(crate) actor_staff: Option<Staff>,
    pub(crate) unreadable: Vec<Violation>,
    pub(crate) batch_row: Option<BatchRow>,
    pub(crate) periods: Few<PeriodPart>,
    pub(crate) reason: ReasonPart,
    pub(crate) hand_over: Option<HandOver>,
    pub(crate) role: Option<RolePart>,
    pub(crate) unknown: Vec<Unknown>,
    pub(crate) new_ids: Few<NewId>,
    pub(crate) entered: Few<(Rc<Program>, Fields)>,
    pub(crate) receivers: Few<(Staff, Fields)>,
    pub(crate) caseloads: Few<CaseloadChange>,
    pub(crate) needs: Vec<Need>,
    pub(crate) line: Option<(Box<Assignment>, Change)>,
    pub(crate) enrollment: Option<(Box<Enrollment>, Change)>,
    pub(crate) nothing_to_transfer: Option<(StaffId, Option<ProgramId>)>,
    pub(crate) remaining: Remaining,
    pub(crate) new_line: Option<Box<NewLine>>,
    pub(crate) new_enrollments: Vec<NewEnrollment>,
    pub(crate) sticking_out: Option<(Vec<AssignmentId>, Fields)>,
}

impl std::fmt::Debug for dyn View + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("View(..)")
    }
}

/// An assign row of a batch, for the policy `batch_history` of its program.
#[derive(Debug)]
pub(crate) struct BatchRow {
    pub(crate) program: Rc<Program>,
    pub(crate) start: Day,
    pub(crate) end: Option<Day>,
}

/// Days that must make a period.
#[derive(Debug)]
pub(crate) struct PeriodPart {
    pub(crate) start: Day,
    pub(crate) end: Option<Day>,
    /// What the program says of zero-day periods, if the program is known.
    pub(crate) zero_day: Option<ZeroDay>,
    pub(crate) fields: Fields,
    pub(crate) row: Option<u32>,
}

/// Assignments that keep a staff member from being deactivated: those of them that may be named.
#[derive(Debug)]
pub(crate) enum Remaining {
    None,
    Some(Vec<AssignmentId>),
}

/// Whether a reason is needed, and given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReasonPart {
    Optional,
    Given,
    Missing,
}

impl ReasonPart {
    /// A reason that must be given.
    pub(crate) fn required(reason: Option<&Reason>) -> ReasonPart {
        if reason.is_some_and(|reason| !reason.is_blank()) {
            ReasonPart::Given
        } else {
            ReasonPart::Missing
        }
    }
}

/// Giver and receiver of a transfer.
#[derive(Debug)]
pub(crate) struct HandOver {
    pub(crate) from: StaffId,
    pub(crate) to: StaffId,
}

/// The role of a new line, and the program whose policy judges it.
#[derive(Debug)]
pub(crate) struct RolePart {
    pub(crate) role: Option<Role>,
    pub(crate) program: Rc<Program>,
}

/// Something named that does not exist.
#[derive(Debug)]
pub(crate) struct Unknown {
    pub(crate) what: UnknownKind,
    pub(crate) id: String,
    pub(crate) fields: Fields,
}

/// What does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownKind {
    Actor,
    Id(Kind),
}

/// An id for something new.
#[derive(Debug)]
pub(crate) struct NewId {
    pub(crate) id: AnyId,
    pub(crate) fields: Fields,
    /// Taken whatever the view says: twice in one command, or known elsewhere.
    pub(crate) clashes: Clash,
    pub(crate) row: Option<u32>,
}

/// Whether a new id is known to be taken without asking the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clash {
    AskTheView,
    Certain,
}

/// A caseload that the command changes.
#[derive(Debug)]
pub(crate) struct CaseloadChange {
    pub(crate) staff: StaffId,
    pub(crate) program: ProgramId,
    pub(crate) fields: Fields,
}

/// A right that the command needs, in a program or (without one) for every program.
#[derive(Debug)]
pub(crate) struct Need {
    pub(crate) right: Right,
    pub(crate) program: Option<ProgramId>,
    pub(crate) fields: Fields,
}

/// What is done to an existing line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It is given an end: it must have none.
    End,
    /// It is superseded or voided.
    Replace,
    /// It is opened again: it must have been dismissed.
    Reinstate,
}

/// How a line comes to be what it will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entering {
    /// Entered: every rule is asked.
    New,
    /// A correction: entry order is not asked.
    Correction,
    /// Open again after a dismissal: neither entry order nor planned starts are asked.
    Reopening,
}

/// An assignment as it would stand.
#[derive(Debug)]
pub(crate) struct NewLine {
    pub(crate) staff: StaffId,
    pub(crate) participant: ParticipantId,
    pub(crate) program: Rc<Program>,
    pub(crate) period: Period,
    pub(crate) role: Option<Role>,
    /// The current enrollments of the timeline, by start; none where the actor may not learn of them.
    pub(crate) enrollments: Vec<Enrollment>,
    pub(crate) entering: Entering,
    /// The line that gives way: the giver's, the corrected one, or the same before it is reopened.
    pub(crate) instead_of: Option<Box<Assignment>>,
    /// The names of the fields that give staff, start and end.
    pub(crate) staff_fields: Fields,
    pub(crate) start_field: &'static str,
    pub(crate) end_field: &'static str,
}

impl NewLine {
    /// The enrollment that covers every day of it.
    pub(crate) fn enclosing(&self) -> Option<&Enrollment> {
        self.enrollments.iter().find(|enrollment| enrollment.period.contains(self.period))
    }

    /// A day as another start, if the line could begin then: it keeps a day of its own, and a giver
    /// does not end before they began.
    pub(crate) fn could_start(&self, day: Day) -> Option<Day> {
        let keeps_a_day = self.period.end().is_none_or(|end| day < end);
        let giver = self.instead_of.as_ref().filter(|_| self.entering == Entering::New);
        let first = giver.map(|giver| giver.period.start());
        let in_time = first.is_none_or(|first| {
            first < day || (first == day && self.program.policy.zero_day == ZeroDay::Allow)
        });
        (keeps_a_day && in_time).then_some(day)
    }

    /// Whether a line gives way to this one.
    pub(crate) fn gives_way(&self, id: &AssignmentId) -> bool {
        self.instead_of.as_ref().is_some_and(|old| old.id == *id)
    }
}

/// An enrollment as it would stand, and the others of its timeline.
#[derive(Debug)]
pub(crate) struct NewEnrollment {
    pub(crate) period: Period,
    pub(crate) others: Vec<Enrollment>,
    /// Whether the actor may learn which one is in the way.
    pub(crate) naming: Naming,
    pub(crate) row: Option<u32>,
    pub(crate) fields: Fields,
}

/// Whether a violation may carry the ids of a participant's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    Named,
    Withheld,
}

/// A command cannot be carried out, or the view could not be read.
#[derive(Debug)]
pub(crate) enum Stop {
    Refused(Refusal),
    Store(StoreError),
}

impl Stop {
    /// The same, so that a result can be looked at and kept.
    pub(crate) fn again(&self) -> Stop {
        match self {
            Stop::Refused(refusal) => Stop::Refused(refusal.clone()),
            Stop::Store(error) => Stop::Store(error.clone()),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Store(error)
    }
}

impl<'v> Case<'v> {
    /// A command of which nothing is known but who gives it, and when.
    pub(crate) fn new(view: &'v Overlay<'_>, context: &'v Context) -> Result<Case<'v>, StoreError> {
        let mut case = Case {
            view,
            on: context.on,
            actor: &context.actor,
            actor_staff: None,
            unreadable: Vec::new(),
            batch_row: None,
            periods: Few::new(),
            reason: ReasonPart::Optional,
            hand_over: None,
            role: None,
            unknown: Vec::new(),
            new_ids: Few::new(),
            entered: Few::new(),
            receivers: Few::new(),
            caseloads: Few::new(),
            needs: Vec::new(),
            line: None,
            enrollment: None,
            nothing_to_transfer: None,
            remaining: Remaining::None,
            new_line: None,
            new_enrollments: Vec::new(),
            sticking_out: None,
        };
        if let Some(id) = context.actor.staff() {
            case.actor_staff = view.staff(id)?;
            match case.actor_staff.clone() {
                Some(staff) => case.receivers.push((staff, &["actor"])),
                None => case.unknown.push(Unknown {
                    what: UnknownKind::Actor,
                    id: id.as_str().to_owned(),
                    fields: &["actor"],
                }),
            }
        }
        Ok(case)
    }

    fn miss(&mut self, kind: Kind, id: &str, fields: Fields) {
        let what = UnknownKind::Id(kind);
        self.unknown.push(Unknown { what, id: id.to_owned(), fields });
    }

    /// Looks a program up; an unknown one is noted. Every part that needs it shares it.
    pub(crate) fn program(
        &mut self,
        id: &ProgramId,
        fields: Fields,
    ) -> Result<Option<Rc<Program>>, StoreError> {
        let program = self.view.program(id)?.map(Rc::new);
        if program.is_none() {
            self.miss(Kind::Program, id.as_str(), fields);
        }
        Ok(program)
    }

    /// Looks a staff member up; an unknown one is noted.
    pub(crate) fn staff(
        &mut self,
        id: &StaffId,
        fields: Fields,
    ) -> Result<Option<Staff>, StoreError> {
        let staff = self.view.staff(id)?;
        if staff.is_none() {
            self.miss(Kind::Staff, id.as_str(), fields);
        }
        Ok(staff)
    }

    /// Looks up someone who is to receive an assignment: unknown is noted, deactivated is judged.
    pub(crate) fn receiver(&mut self, id: &StaffId, fields: Fields) -> Result<(), StoreError> {
        if let Some(staff) = self.staff(id, fields)? {
            self.receivers.push((staff, fields));
        }
        Ok(())
    }

    /// Whether a participant's part in a program is hidden from the actor today.
    pub(crate) fn hides(
        &self,
        program: &Program,
        participant: &ParticipantId,
    ) -> Result<bool, StoreError> {
        access::hides(self.view, self.actor, program, participant, self.on)
    }

    /// Looks an assignment and its program up; an unknown or hidden one is noted.
    pub(crate) fn assignment(
        &mut self,
        id: &AssignmentId,
        fields: Fields,
    ) -> Result<Option<(Assignment, Rc<Program>)>, StoreError> {
        if let Some(line) = self.view.assignment(id)?
            && let Some(program) = self.view.program(&line.program)?
            && !self.hides(&program, &line.participant)?
        {
            return Ok(Some((line, Rc::new(program))));
        }
        self.miss(Kind::Assignment, id.as_str(), fields);
        Ok(None)
    }

    /// Looks an enrollment and its program up; an unknown or hidden one is noted.
    pub(crate) fn enrollment(
        &mut self,
        id: &EnrollmentId,
        fields: Fields,
    ) -> Result<Option<(Enrollment, Rc<Program>)>, StoreError> {
        if let Some(line) = self.view.enrollment(id)?
            && let Some(program) = self.view.program(&line.program)?
            && !self.hides(&program, &line.participant)?
        {
            return Ok(Some((line, Rc::new(program))));
        }
        self.miss(Kind::Enrollment, id.as_str(), fields);
        Ok(None)
    }

    /// Notes that something named does not exist.
    pub(crate) fn unknown(&mut self, id: &AnyId, fields: Fields) {
        self.miss(id.kind(), id.as_str(), fields);
    }

    /// An id for something new.
    pub(crate) fn new_id(&mut self, id: AnyId, fields: Fields) {
        self.new_ids.push(NewId { id, fields, clashes: Clash::AskTheView, row: None });
    }

    /// Days that must make a period in a program.
    pub(crate) fn period(
        &mut self,
        start: Day,
        end: Option<Day>,
        program: Option<&Program>,
        fields: Fields,
    ) {
        let zero_day = program.map(|program| program.policy.zero_day);
        self.periods.push(PeriodPart { start, end, zero_day, fields, row: None });
    }

    /// A right that is needed.
    pub(crate) fn need(&mut self, right: Right, program: Option<&ProgramId>, fields: Fields) {
        self.needs.push(Need { right, program: program.cloned(), fields });
    }

    /// A caseload that is changed.
    pub(crate) fn changes(&mut self, staff: &StaffId, program: &ProgramId, fields: Fields) {
        let (staff, program) = (staff.clone(), program.clone());
        self.caseloads.push(CaseloadChange { staff, program, fields });
    }

    /// Whether the actor holds a right in a program, or for every program. An unknown actor holds
    /// every one here: that they are unknown is said already.
    pub(crate) fn may(&self, need: &Need) -> Result<bool, StoreError> {
        match &self.actor_staff {
            None => Ok(true),
            Some(staff) => Ok(self.view.rights(&staff.id, need.program.as_ref())?.has(need.right)),
        }
    }

    /// Walks the phases: every violation of the first one that has any.
    pub(crate) fn judge(&self) -> Result<(), Stop> {
        let mut found: Vec<Violation> = Vec::new();
        for (rule, begins_phase) in RULES.iter().zip(BEGINS_PHASE) {
            if begins_phase && !found.is_empty() {
                break;
            }
            (rule.check)(self, &mut found)?;
        }
        if found.is_empty() { Ok(()) } else { Err(Stop::Refused(Refusal::new(found))) }
    }
}

//! `assign`: a staff member becomes responsible for a participant in a program.

use std::rc::Rc;

use super::{
    NewIds,
    case::{BatchRow, Case, Entering, NewLine, RolePart, Stop},
    note_limit,
};
use crate::{
    AnyId, Assign, Assignment, AssignmentId, Context, Day, Event, Outcome, ParticipantId, Period,
    Program, Role, StaffId, StoreError, view::Overlay,
};

pub(super) fn assign(
    view: &Overlay<'_>,
    context: &Context,
    command: &Assign,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let (case, _) = taken_apart(view, context, command)?;
    judged(&case, command, ids)
}

/// The same as a row of a batch, which may not speak of the past.
pub(super) fn assign_row(
    view: &Overlay<'_>,
    context: &Context,
    command: &Assign,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let (mut case, program) = taken_apart(view, context, command)?;
    let (start, end) = (command.start, command.end);
    case.batch_row = program.map(|program| BatchRow { program, start, end });
    judged(&case, command, ids)
}

/// The command as the rules see it, and its program.
fn taken_apart<'v>(
    view: &'v Overlay<'_>,
    context: &'v Context,
    command: &Assign,
) -> Result<(Case<'v>, Option<Rc<Program>>), StoreError> {
    let mut case = Case::new(view, context)?;
    let program = case.program(&command.program, &["program"])?;
    case.receiver(&command.staff, &["staff"])?;
    case.period(command.start, command.end, program.as_deref(), &["start", "end"]);
    if let Some(id) = &command.id {
        case.new_id(AnyId::Assignment(id.clone()), &["id"]);
    }
    let Some(program) = program else { return Ok((case, None)) };
    case.role = Some(RolePart { role: command.role.clone(), program: program.clone() });
    case.entered.push((program.clone(), &["program"]));
    case.changes(&command.staff, &program.id, &["staff"]);
    if let Some(period) = Period::checked(command.start, command.end) {
        let line = LineToBe {
            staff: &command.staff,
            participant: &command.participant,
            program: &program,
            period,
            role: command.role.as_ref(),
            entering: Entering::New,
            instead_of: None,
        };
        case.new_line = Some(line.seen_by(&case)?);
    }
    Ok((case, Some(program)))
}

fn judged(case: &Case<'_>, command: &Assign, ids: &mut dyn NewIds) -> Result<Outcome, Stop> {
    case.judge()?;
    let mut outcome = Outcome::event(Event::Assigned {
        assignment: id_or_new(command.id.as_ref(), ids),
        staff: command.staff.clone(),
        participant: command.participant.clone(),
        program: command.program.clone(),
        period: Period::checked(command.start, command.end).unwrap_or(Period::from(command.start)),
        role: command.role.clone(),
    });
    note_limit(case, &mut outcome)?;
    Ok(outcome)
}

/// The id given, or a new one.
pub(super) fn id_or_new(id: Option<&AssignmentId>, ids: &mut dyn NewIds) -> AssignmentId {
    id.cloned().unwrap_or_else(|| AssignmentId::stored(ids.new_id().as_str()))
}

/// What a new line will be, before it is known what the actor may learn of its enrollments.
pub(super) struct LineToBe<'a> {
    pub(super) staff: &'a StaffId,
    pub(super) participant: &'a ParticipantId,
    pub(super) program: &'a Rc<Program>,
    pub(super) period: Period,
    pub(super) role: Option<&'a Role>,
    pub(super) entering: Entering,
    pub(super) instead_of: Option<&'a Assignment>,
}

impl LineToBe<'_> {
    /// As the rules judge it: a participant whom the actor does not see has no enrollment.
    pub(super) fn seen_by(self, case: &Case<'_>) -> Result<Box<NewLine>, StoreError> {
        let enrollments = if case.hides(self.program, self.participant)? {
            Vec::new()
        } else {
            case.view.enrollments(&self.program.id, Some(self.participant))?
        };
        Ok(Box::new(NewLine {
            staff: self.staff.clone(),
            participant: self.participant.clone(),
            program: self.program.clone(),
            period: self.period,
            role: self.role.cloned(),
            enrollments,
            entering: self.entering,
            instead_of: self.instead_of.cloned().map(Box::new),
            staff_fields: &["staff"],
            start_field: "start",
            end_field: "end",
        }))
    }
}

/// The line that a hand-over on a day would begin.
pub(super) fn handed_over<'a>(
    giver: &'a Assignment,
    program: &'a Rc<Program>,
    to: &'a StaffId,
    date: Day,
    role: Option<&'a Role>,
) -> LineToBe<'a> {
    LineToBe {
        staff: to,
        participant: &giver.participant,
        program,
        period: Period::from(date),
        role,
        entering: Entering::New,
        instead_of: Some(giver),
    }
}

//! `correct` and `void` of assignments: the record is put right in the open.

use std::rc::Rc;

use super::{
    NewIds,
    assign::{LineToBe, id_or_new},
    case::{Case, Change, Entering, ReasonPart, RolePart, Stop},
    note_limit,
};
use crate::{
    AnyId, Assignment, Context, Correct, Event, Outcome, Period, Program, Reason, Right, Role,
    StaffId, StoreError, Void, view::Overlay,
};

pub(super) fn correct(
    view: &Overlay<'_>,
    context: &Context,
    command: &Correct,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.reason = ReasonPart::required(command.reason.as_ref());
    let found = case.assignment(&command.id, &["id"])?;
    if let Some(id) = &command.new_id {
        case.new_id(AnyId::Assignment(id.clone()), &["new_id"]);
    }
    let program = found.as_ref().map(|(_, program)| &**program);
    case.period(command.start, command.end, program, &["start", "end"]);
    match (&command.staff, &found) {
        (Some(staff), Some((line, _))) if *staff != line.staff => {
            case.receiver(staff, &["staff"])?;
        }
        // Whether a correction of nothing changes the staff cannot be said, only whether they exist.
        (Some(staff), _) => drop(case.staff(staff, &["staff"])?),
        (None, _) => {}
    }
    let right = found.map(|found| Corrected::of(command, found));
    if let Some(right) = &right {
        right.join(&mut case, command)?;
    }
    case.judge()?;
    // INVARIANT: without the line the walk ended with `unknown-assignment`.
    let Some(right) = right else { return Ok(Outcome::default()) };
    let mut outcome = Outcome::event(Event::AssignmentCorrected {
        assignment: command.id.clone(),
        by: id_or_new(command.new_id.as_ref(), ids),
        staff: right.staff,
        role: right.role,
        period: Period::checked(command.start, command.end).unwrap_or(Period::from(command.start)),
        reason: command.reason.clone().unwrap_or_else(|| Reason::stored("")),
    });
    note_limit(&case, &mut outcome)?;
    Ok(outcome)
}

/// The line as it was, and what the correction makes of it.
struct Corrected {
    old: Assignment,
    program: Rc<Program>,
    staff: StaffId,
    role: Option<Role>,
}

impl Corrected {
    fn of(command: &Correct, (old, program): (Assignment, Rc<Program>)) -> Corrected {
        let staff = command.staff.clone().unwrap_or_else(|| old.staff.clone());
        let role = command.role.clone().or_else(|| old.role.clone());
        Corrected { old, program, staff, role }
    }

    fn join(&self, case: &mut Case<'_>, command: &Correct) -> Result<(), StoreError> {
        case.role = Some(RolePart { role: self.role.clone(), program: self.program.clone() });
        case.need(Right::Correct, Some(&self.program.id), &["id"]);
        if let Some(period) = Period::checked(command.start, command.end) {
            let line = LineToBe {
                staff: &self.staff,
                participant: &self.old.participant,
                program: &self.program,
                period,
                role: self.role.as_ref(),
                entering: Entering::Correction,
                instead_of: Some(&self.old),
            };
            case.new_line = Some(line.seen_by(case)?);
        }
        case.line = Some((Box::new(self.old.clone()), Change::Replace));
        Ok(())
    }
}

pub(super) fn void(view: &Overlay<'_>, context: &Context, command: &Void) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.reason = ReasonPart::required(command.reason.as_ref());
    if let Some((line, program)) = case.assignment(&command.id, &["id"])? {
        case.need(Right::Correct, Some(&program.id), &["id"]);
        case.line = Some((Box::new(line), Change::Replace));
    }
    case.judge()?;
    Ok(Outcome::event(Event::AssignmentVoided {
        assignment: command.id.clone(),
        reason: command.reason.clone(),
    }))
}

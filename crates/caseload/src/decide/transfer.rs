//! `transfer`: one assignment ends and another starts on the same day, as one entry.

use std::rc::Rc;

use super::{
    NewIds,
    assign::{handed_over, id_or_new},
    case::{Case, Change, HandOver, RolePart, Stop},
    note_limit,
};
use crate::{
    AnyId, Assignment, Context, Day, Event, HandOff, Outcome, Program, Role, StaffId, StoreError,
    Transfer, view::Overlay,
};

pub(super) fn transfer(
    view: &Overlay<'_>,
    context: &Context,
    command: &Transfer,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    let found = case.assignment(&command.id, &["id"])?;
    case.receiver(&command.to_staff, &["to_staff"])?;
    if let Some(id) = &command.new_id {
        case.new_id(AnyId::Assignment(id.clone()), &["new_id"]);
    }
    let mut role = command.role.clone();
    if let Some((line, program)) = found {
        role = role.or_else(|| line.role.clone());
        let to = &command.to_staff;
        case.hand_over = Some(HandOver { from: line.staff.clone(), to: to.clone() });
        case.entered.push((program.clone(), &["id"]));
        case.changes(&line.staff, &program.id, &["id"]);
        if program.policy.hand_off == HandOff::BothRights {
            case.changes(to, &program.id, &["to_staff"]);
        }
        ends(&mut case, &line, &program, command.date);
        begins(&mut case, &line, &program, to, command.date, role.as_ref())?;
        case.line = Some((Box::new(line), Change::End));
    }
    case.judge()?;
    let mut outcome = Outcome::event(Event::Transferred {
        assignment: command.id.clone(),
        by: id_or_new(command.new_id.as_ref(), ids),
        date: command.date,
        staff: command.to_staff.clone(),
        role,
        reason: command.reason.clone(),
    });
    note_limit(&case, &mut outcome)?;
    Ok(outcome)
}

/// The giver's side of a hand-over: the days of the line that ends.
pub(super) fn ends(case: &mut Case<'_>, line: &Assignment, program: &Program, date: Day) {
    case.period(line.period.start(), Some(date), Some(program), &["date"]);
}

/// The receiver's side of a hand-over: role and days of the line that begins.
pub(super) fn begins(
    case: &mut Case<'_>,
    line: &Assignment,
    program: &Rc<Program>,
    to: &StaffId,
    date: Day,
    role: Option<&Role>,
) -> Result<(), StoreError> {
    case.role = Some(RolePart { role: role.cloned(), program: program.clone() });
    let mut new = handed_over(line, program, to, date, role).seen_by(case)?;
    new.staff_fields = &["to_staff"];
    new.start_field = "date";
    new.end_field = "date";
    case.new_line = Some(new);
    Ok(())
}

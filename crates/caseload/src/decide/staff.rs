//! Staff: registered, renamed, given rights, deactivated and reactivated.

use super::case::{Case, Remaining, Stop};
use crate::{
    Activity, AnyId, Assignment, Cause, Context, Day, DeactivateStaff, Event, Grant, LineFilter,
    Outcome, Program, ProgramId, ReactivateStaff, RegisterStaff, RenameStaff, Revoke, Right,
    Rights, StaffId, StoreError,
    body::RightsChange,
    view::{Overlay, View},
};

pub(super) fn register(
    view: &Overlay<'_>,
    context: &Context,
    command: &RegisterStaff,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.new_id(AnyId::Staff(command.id.clone()), &["id"]);
    case.need(Right::Administer, None, &["actor"]);
    case.judge()?;
    Ok(Outcome::event(Event::StaffRegistered {
        staff: command.id.clone(),
        name: command.name.clone(),
        rights: command.rights.unwrap_or_default(),
    }))
}

pub(super) fn rename(
    view: &Overlay<'_>,
    context: &Context,
    command: &RenameStaff,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.staff(&command.id, &["id"])?;
    case.need(Right::Administer, None, &["actor"]);
    case.judge()?;
    let name = command.name.clone();
    Ok(Outcome::event(Event::StaffRenamed { staff: command.id.clone(), name }))
}

pub(super) fn grant(
    view: &Overlay<'_>,
    context: &Context,
    command: &Grant,
) -> Result<Outcome, Stop> {
    let Grant { staff, rights, program } = command;
    change_rights(view, context, staff, *rights, program.as_ref(), RightsChange::Granted)
}

pub(super) fn revoke(
    view: &Overlay<'_>,
    context: &Context,
    command: &Revoke,
) -> Result<Outcome, Stop> {
    let Revoke { staff, rights, program } = command;
    change_rights(view, context, staff, *rights, program.as_ref(), RightsChange::Revoked)
}

fn change_rights(
    view: &Overlay<'_>,
    context: &Context,
    staff: &StaffId,
    rights: Rights,
    program: Option<&ProgramId>,
    change: RightsChange,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.staff(staff, &["staff"])?;
    if let Some(program) = program {
        case.program(program, &["program"])?;
    }
    let fields: &[_] = if program.is_some() { &["program"] } else { &["actor"] };
    case.need(Right::Administer, program, fields);
    case.judge()?;
    let (staff, program) = (staff.clone(), program.cloned());
    Ok(Outcome::event(Event::RightsChanged { staff, program, rights, change }))
}

pub(super) fn deactivate(
    view: &Overlay<'_>,
    context: &Context,
    command: &DeactivateStaff,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    let staff = case.staff(&command.id, &["id"])?;
    case.need(Right::Administer, None, &["actor"]);
    let active = staff.is_some_and(|staff| staff.activity == Activity::Active);
    let held = if active { held_by(view, &command.id)? } else { Vec::new() };
    for (line, program) in held.iter().filter(|(line, _)| line.period.is_open()) {
        if let Some(end) = command.end_open {
            case.period(line.period.start(), Some(end), Some(program), &["end_open"]);
        }
    }
    let remaining = remaining(context.on, command.end_open, &held);
    if !remaining.is_empty() {
        let mut named = Vec::new();
        for (line, program) in remaining {
            if !case.hides(program, &line.participant)? {
                named.push(line.id.clone());
            }
        }
        case.remaining = Remaining::Some(named);
    }
    case.judge()?;
    let mut outcome = Outcome::default();
    if let Some(end) = command.end_open {
        let open = held.iter().filter(|(line, _)| line.period.is_open());
        outcome.events.extend(open.map(|(line, _)| Event::AssignmentEnded {
            assignment: line.id.clone(),
            end,
            cause: Cause::StaffDeactivated,
            reason: None,
        }));
    }
    if active {
        outcome.events.push(Event::StaffDeactivated { staff: command.id.clone() });
    }
    Ok(outcome)
}

/// The current lines of a staff member in id order, each with its program.
fn held_by(view: &Overlay<'_>, staff: &StaffId) -> Result<Vec<(Assignment, Program)>, StoreError> {
    let mut held = Vec::new();
    for line in view.lines(&LineFilter::of_staff(staff))? {
        if let Some(program) = view.program(&line.program)? {
            held.push((line, program));
        }
    }
    held.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    Ok(held)
}

/// The lines that cover today or later and are not ended in the same entry.
fn remaining(
    on: Day,
    end_open: Option<Day>,
    held: &[(Assignment, Program)],
) -> Vec<&(Assignment, Program)> {
    let stays = |line: &Assignment| match line.period.end() {
        None => end_open.is_none(),
        Some(end) => end > on && !line.period.is_zero_day(),
    };
    held.iter().filter(|(line, _)| stays(line)).collect()
}

pub(super) fn reactivate(
    view: &Overlay<'_>,
    context: &Context,
    command: &ReactivateStaff,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    let staff = case.staff(&command.id, &["id"])?;
    case.need(Right::Administer, None, &["actor"]);
    case.judge()?;
    Ok(match staff {
        Some(staff) if staff.activity == Activity::Deactivated => {
            Outcome::event(Event::StaffReactivated { staff: staff.id })
        }
        _ => Outcome::default(),
    })
}

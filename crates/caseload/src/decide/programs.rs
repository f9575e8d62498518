//! Programs: defined, revised, renamed, closed and reopened.

use std::{rc::Rc, sync::Arc};

use super::case::{Case, Stop};
use crate::{
    AnyId, CloseProgram, Context, DefineProgram, Door, Event, Outcome, Program, ProgramId,
    RenameProgram, ReopenProgram, ReviseProgram, Right, view::Overlay,
};

pub(super) fn define(
    view: &Overlay<'_>,
    context: &Context,
    command: &DefineProgram,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.new_id(AnyId::Program(command.id.clone()), &["id"]);
    case.need(Right::Administer, None, &["actor"]);
    case.judge()?;
    Ok(Outcome::event(Event::ProgramDefined {
        program: command.id.clone(),
        name: command.name.clone(),
        policy: Arc::new(command.policy.clone().unwrap_or_default()),
    }))
}

pub(super) fn revise(
    view: &Overlay<'_>,
    context: &Context,
    command: &ReviseProgram,
) -> Result<Outcome, Stop> {
    administered(view, context, &command.id)?;
    let policy = Arc::new(command.policy.clone());
    Ok(Outcome::event(Event::ProgramRevised { program: command.id.clone(), policy }))
}

pub(super) fn rename(
    view: &Overlay<'_>,
    context: &Context,
    command: &RenameProgram,
) -> Result<Outcome, Stop> {
    administered(view, context, &command.id)?;
    let name = command.name.clone();
    Ok(Outcome::event(Event::ProgramRenamed { program: command.id.clone(), name }))
}

pub(super) fn close(
    view: &Overlay<'_>,
    context: &Context,
    command: &CloseProgram,
) -> Result<Outcome, Stop> {
    Ok(match administered(view, context, &command.id)? {
        Some(program) if program.door == Door::Open => {
            Outcome::event(Event::ProgramClosed { program: program.id.clone() })
        }
        _ => Outcome::default(),
    })
}

pub(super) fn reopen(
    view: &Overlay<'_>,
    context: &Context,
    command: &ReopenProgram,
) -> Result<Outcome, Stop> {
    Ok(match administered(view, context, &command.id)? {
        Some(program) if program.door == Door::Closed => {
            Outcome::event(Event::ProgramReopened { program: program.id.clone() })
        }
        _ => Outcome::default(),
    })
}

/// A program that the actor administers.
fn administered(
    view: &Overlay<'_>,
    context: &Context,
    id: &ProgramId,
) -> Result<Option<Rc<Program>>, Stop> {
    let mut case = Case::new(view, context)?;
    let program = case.program(id, &["id"])?;
    case.need(Right::Administer, Some(id), &["id"]);
    case.judge()?;
    Ok(program)
}

//! `end_assignment`: an open assignment is given its end, for good.

use super::case::{Case, Change, Stop};
use crate::{Cause, Context, EndAssignment, Event, Outcome, view::Overlay};

pub(super) fn end(
    view: &Overlay<'_>,
    context: &Context,
    command: &EndAssignment,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    if let Some((line, program)) = case.assignment(&command.id, &["id"])? {
        case.period(line.period.start(), Some(command.end), Some(&program), &["end"]);
        case.changes(&line.staff, &program.id, &["id"]);
        case.line = Some((Box::new(line), Change::End));
    }
    case.judge()?;
    Ok(Outcome::event(Event::AssignmentEnded {
        assignment: command.id.clone(),
        end: command.end,
        cause: Cause::Command,
        reason: command.reason.clone(),
    }))
}

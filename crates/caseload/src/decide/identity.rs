//! `replace_id` and `forget`: the host's keys change, and people have a right to be forgotten.

use super::case::{Case, ReasonPart, Stop};
use crate::{
    AnyId, Context, Event, Forget, Outcome, Reason, ReplaceId, Right, Standing,
    view::{Overlay, View},
};

pub(super) fn replace(
    view: &Overlay<'_>,
    context: &Context,
    command: &ReplaceId,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.reason = ReasonPart::required(command.reason.as_ref());
    if view.standing(&command.id)? != Standing::Known {
        case.unknown(&command.id, &["id"]);
    }
    case.new_id(command.new_id.clone(), &["new_id"]);
    case.need(Right::Administer, None, &["actor"]);
    case.judge()?;
    Ok(Outcome::event(Event::IdReplaced {
        from: command.id.clone(),
        to: command.new_id.clone(),
        reason: command.reason.clone().unwrap_or_else(|| Reason::stored("")),
    }))
}

pub(super) fn forget(
    view: &Overlay<'_>,
    context: &Context,
    command: &Forget,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.reason = ReasonPart::required(command.reason.as_ref());
    let participant = AnyId::Participant(command.participant.clone());
    if view.standing(&participant)? != Standing::Known {
        case.unknown(&participant, &["participant"]);
    }
    case.need(Right::Administer, None, &["actor"]);
    case.judge()?;
    Ok(Outcome::event(Event::ParticipantForgotten {
        participant: command.participant.clone(),
        reason: command.reason.clone(),
    }))
}

//! Who sees whom. Lists, reports, filters and commands all ask here.

use crate::{Actor, Day, LineFilter, ParticipantId, Program, Right, StoreError, View, Visibility};

/// Whether an actor sees only their own caseload in a program.
///
/// # Errors
/// As the view finds it.
pub(crate) fn is_restricted(
    view: &dyn View,
    actor: &Actor,
    program: &Program,
) -> Result<bool, StoreError> {
    let Actor::Staff(staff) = actor else { return Ok(false) };
    Ok(program.policy.visibility == Visibility::OwnCaseload
        && !view.rights(staff, Some(&program.id))?.has(Right::ViewAll))
}

/// Whether an actor may not learn on `day` that a participant is in a program.
///
/// # Errors
/// As the view finds it.
pub(crate) fn hides(
    view: &dyn View,
    actor: &Actor,
    program: &Program,
    participant: &ParticipantId,
    day: Day,
) -> Result<bool, StoreError> {
    let Actor::Staff(staff) = actor else { return Ok(false) };
    if !is_restricted(view, actor, program)? {
        return Ok(false);
    }
    let Some(days) = program.policy.access_days(day) else { return Ok(true) };
    let filter = LineFilter::timeline(participant, &program.id).by(staff).held_with(days);
    let lines = view.lines(&filter)?;
    Ok(!lines.iter().any(|line| line.period.shares_a_day(days)))
}

/// Whether an actor sees a participant in a program on a day.
///
/// # Errors
/// As the view finds it.
pub(crate) fn sees(
    view: &dyn View,
    actor: &Actor,
    program: &Program,
    participant: &ParticipantId,
    day: Day,
) -> Result<bool, StoreError> {
    let Actor::Staff(staff) = actor else { return Ok(true) };
    if view.staff(staff)?.is_none() {
        return Ok(false);
    }
    if is_restricted(view, actor, program)? {
        return Ok(!hides(view, actor, program, participant, day)?);
    }
    Ok(!view.enrollments(&program.id, Some(participant))?.is_empty())
}

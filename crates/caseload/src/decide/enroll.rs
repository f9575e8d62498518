//! `enroll`, `correct_enrollment` and `void_enrollment`.

use super::{
    NewIds,
    case::{Case, Change, Clash, Naming, NewEnrollment, NewId, ReasonPart, Stop},
};
use crate::{
    AnyId, AssignmentId, Context, CorrectEnrollment, Enroll, Enrollment, EnrollmentId, Event,
    LineFilter, Outcome, Period, Right, Standing, StoreError, VoidEnrollment,
    view::{Overlay, View},
};

pub(super) fn enroll(
    view: &Overlay<'_>,
    context: &Context,
    command: &Enroll,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    let program = case.program(&command.program, &["program"])?;
    case.period(command.start, command.end, program.as_deref(), &["start", "end"]);
    if let Some(id) = &command.id {
        case.new_id(AnyId::Enrollment(id.clone()), &["id"]);
    }
    refuse_replaced(&mut case, &AnyId::Participant(command.participant.clone()), None)?;
    if let Some(program) = program {
        case.entered.push((program.clone(), &["program"]));
        case.need(Right::Enroll, Some(&program.id), &["program"]);
        if let Some(period) = Period::checked(command.start, command.end) {
            let hidden = case.hides(&program, &command.participant)?;
            case.new_enrollments.push(NewEnrollment {
                period,
                others: view.enrollments(&program.id, Some(&command.participant))?,
                naming: if hidden { Naming::Withheld } else { Naming::Named },
                row: None,
                fields: &["start", "end"],
            });
        }
    }
    case.judge()?;
    Ok(Outcome::event(Event::Enrolled {
        enrollment: id_or_new(command.id.as_ref(), ids),
        participant: command.participant.clone(),
        program: command.program.clone(),
        period: Period::checked(command.start, command.end).unwrap_or(Period::from(command.start)),
    }))
}

fn id_or_new(id: Option<&EnrollmentId>, ids: &mut dyn NewIds) -> EnrollmentId {
    id.cloned().unwrap_or_else(|| EnrollmentId::stored(ids.new_id().as_str()))
}

/// An id that `replace_id` took out of use stays taken, also as a participant's.
pub(super) fn refuse_replaced(
    case: &mut Case<'_>,
    participant: &AnyId,
    row: Option<u32>,
) -> Result<(), StoreError> {
    if case.view.standing(participant)? == Standing::Replaced {
        let (id, fields) = (participant.clone(), &["participant"] as &[_]);
        case.new_ids.push(NewId { id, fields, clashes: Clash::Certain, row });
    }
    Ok(())
}

/// The current lines that belong to an enrollment: those of its timeline whose start it covers.
pub(super) fn lines_of(
    view: &Overlay<'_>,
    enrollment: &Enrollment,
) -> Result<Vec<crate::Assignment>, StoreError> {
    let filter = LineFilter::timeline(&enrollment.participant, &enrollment.program);
    let mut lines = view.lines(&filter)?;
    lines.retain(|line| enrollment.period.starts_at(line.period.start()));
    lines.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(lines)
}

/// The other current enrollments of the same timeline.
pub(super) fn others(
    view: &Overlay<'_>,
    enrollment: &Enrollment,
) -> Result<Vec<Enrollment>, StoreError> {
    let mut others = view.enrollments(&enrollment.program, Some(&enrollment.participant))?;
    others.retain(|other| other.id != enrollment.id);
    Ok(others)
}

pub(super) fn correct(
    view: &Overlay<'_>,
    context: &Context,
    command: &CorrectEnrollment,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.reason = ReasonPart::required(command.reason.as_ref());
    let found = case.enrollment(&command.id, &["id"])?;
    if let Some(id) = &command.new_id {
        case.new_id(AnyId::Enrollment(id.clone()), &["new_id"]);
    }
    let program = found.as_ref().map(|(_, program)| &**program);
    case.period(command.start, command.end, program, &["start", "end"]);
    if let Some((old, program)) = found {
        case.need(Right::Correct, Some(&program.id), &["id"]);
        if let Some(period) = Period::checked(command.start, command.end) {
            case.new_enrollments.push(NewEnrollment {
                period,
                others: others(view, &old)?,
                naming: Naming::Named,
                row: None,
                fields: &["start", "end"],
            });
            let outside = lines_of(view, &old)?;
            let outside = outside.iter().filter(|line| !period.contains(line.period));
            let outside: Vec<AssignmentId> = outside.map(|line| line.id.clone()).collect();
            case.sticking_out = Some((outside, &["start", "end"]));
        }
        case.enrollment = Some((Box::new(old), Change::Replace));
    }
    case.judge()?;
    Ok(Outcome::event(Event::EnrollmentCorrected {
        enrollment: command.id.clone(),
        by: id_or_new(command.new_id.as_ref(), ids),
        period: Period::checked(command.start, command.end).unwrap_or(Period::from(command.start)),
        reason: command.reason.clone(),
    }))
}

pub(super) fn void(
    view: &Overlay<'_>,
    context: &Context,
    command: &VoidEnrollment,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.reason = ReasonPart::required(command.reason.as_ref());
    if let Some((old, program)) = case.enrollment(&command.id, &["id"])? {
        case.need(Right::Correct, Some(&program.id), &["id"]);
        let outside = lines_of(view, &old)?.into_iter().map(|line| line.id).collect();
        case.sticking_out = Some((outside, &["id"]));
        case.enrollment = Some((Box::new(old), Change::Replace));
    }
    case.judge()?;
    Ok(Outcome::event(Event::EnrollmentVoided {
        enrollment: command.id.clone(),
        reason: command.reason.clone(),
    }))
}

//! `end_enrollment` and `reinstate_enrollment`: a dismissal, and its undoing.

use std::rc::Rc;

use super::{
    absorb,
    assign::LineToBe,
    case::{Case, Change, Entering, Naming, NewEnrollment, ReasonPart, Stop},
    enroll::{lines_of, others},
    note_limit,
};
use crate::{
    Activity, Assignment, AssignmentId, Cause, Code, Context, Day, EndEnrollment, Enrollment,
    Event, OnEnrollmentEnd, Outcome, Period, Problem, Program, Reason, ReinstateEnrollment, Right,
    StoreError, Violation,
    view::{Overlay, View},
};

pub(super) fn end(
    view: &Overlay<'_>,
    context: &Context,
    command: &EndEnrollment,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    let mut closed = Vec::new();
    if let Some((old, program)) = case.enrollment(&command.id, &["id"])? {
        case.period(old.period.start(), Some(command.end), Some(&program), &["end"]);
        case.need(Right::Enroll, Some(&program.id), &["id"]);
        let sorted = Sorted::of(view, &old, command.end, program.policy.on_enrollment_end)?;
        closed = sorted.closed;
        case.sticking_out = Some((sorted.stuck, &["end"]));
        case.enrollment = Some((Box::new(old), Change::End));
    }
    case.judge()?;
    let mut outcome = Outcome::event(Event::EnrollmentEnded {
        enrollment: command.id.clone(),
        end: command.end,
        reason: command.reason.clone(),
    });
    outcome.events.extend(closed.into_iter().map(|assignment| Event::AssignmentEnded {
        assignment,
        end: command.end,
        cause: Cause::EnrollmentEnd,
        reason: command.reason.clone(),
    }));
    Ok(outcome)
}

/// What a dismissal does to the lines of its enrollment.
struct Sorted {
    /// They are ended with it.
    closed: Vec<AssignmentId>,
    /// They would stick out.
    stuck: Vec<AssignmentId>,
}

impl Sorted {
    fn of(
        view: &Overlay<'_>,
        enrollment: &Enrollment,
        end: Day,
        on_end: OnEnrollmentEnd,
    ) -> Result<Sorted, StoreError> {
        let mut sorted = Sorted { closed: Vec::new(), stuck: Vec::new() };
        let start = enrollment.period.start();
        let Some(will_be) = Period::checked(start, Some(end)) else { return Ok(sorted) };
        for line in lines_of(view, enrollment)? {
            let begins = line.period.start();
            // On the enrollment's own first day the lines that start on it may stay as zero-day lines.
            let starts_in_time = begins < end || (end == start && begins == end);
            if will_be.contains(line.period) {
                continue;
            }
            if on_end == OnEnrollmentEnd::EndAssignments && line.period.is_open() && starts_in_time
            {
                sorted.closed.push(line.id);
            } else {
                sorted.stuck.push(line.id);
            }
        }
        Ok(sorted)
    }
}

pub(super) fn reinstate(
    view: &mut Overlay<'_>,
    context: &Context,
    command: &ReinstateEnrollment,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.reason = ReasonPart::required(command.reason.as_ref());
    let found = case.enrollment(&command.id, &["id"])?;
    if let Some((old, program)) = &found {
        case.need(Right::Enroll, Some(&program.id), &["id"]);
        case.new_enrollments.push(NewEnrollment {
            period: Period::from(old.period.start()),
            others: others(view, old)?,
            naming: Naming::Named,
            row: None,
            fields: &["id"],
        });
        case.enrollment = Some((Box::new(old.clone()), Change::Reinstate));
    }
    case.judge()?;
    // INVARIANT: without the enrollment the walk ended with `unknown-enrollment`.
    let Some((old, program)) = found else { return Ok(Outcome::default()) };
    let mut ended = view.dismissed_with(&old.id)?;
    ended.sort();
    let mut outcome = Outcome::default();
    let reinstated = Event::EnrollmentReinstated {
        enrollment: old.id.clone(),
        reason: command.reason.clone().unwrap_or_else(|| Reason::stored("")),
    };
    absorb(view, &mut outcome, Outcome::event(reinstated))?;
    for id in ended {
        let Some(line) = view.assignment(&id)? else { continue };
        match reopen(view, context, &program, &line, old.period.end())? {
            Ok(part) => absorb(view, &mut outcome, part)?,
            Err(code) => outcome.left.push((id, code)),
        }
    }
    if !outcome.left.is_empty() {
        outcome.notice(Problem::LeftBehind);
    }
    Ok(outcome)
}

/// Opens a line again, or says which code keeps it ended.
fn reopen(
    view: &Overlay<'_>,
    context: &Context,
    program: &Rc<Program>,
    line: &Assignment,
    dismissed_on: Option<Day>,
) -> Result<Result<Outcome, Code>, StoreError> {
    if !line.is_current() {
        return Ok(Err(Code::AssignmentNotCurrent));
    }
    if line.period.end() != dismissed_on {
        return Ok(Err(Code::AssignmentEnded));
    }
    if view.staff(&line.staff)?.is_none_or(|staff| staff.activity == Activity::Deactivated) {
        return Ok(Err(Code::StaffInactive));
    }
    let mut case = Case::new(view, context)?;
    let to_be = LineToBe {
        staff: &line.staff,
        participant: &line.participant,
        program,
        period: Period::from(line.period.start()),
        role: line.role.as_ref(),
        entering: Entering::Reopening,
        instead_of: Some(line),
    };
    let mut new_line = to_be.seen_by(&case)?;
    // The actor saw the enrollment when they named it; ending its lines may have closed their eyes.
    new_line.enrollments = view.enrollments(&program.id, Some(&line.participant))?;
    case.new_line = Some(new_line);
    match case.judge() {
        Ok(()) => {
            let mut outcome =
                Outcome::event(Event::AssignmentReopened { assignment: line.id.clone() });
            note_limit(&case, &mut outcome)?;
            Ok(Ok(outcome))
        }
        Err(Stop::Refused(refusal)) => {
            Ok(Err(refusal.violations.first().map_or(Code::InputCommand, Violation::code)))
        }
        Err(Stop::Store(error)) => Err(error),
    }
}

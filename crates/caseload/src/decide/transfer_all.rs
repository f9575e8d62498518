//! `transfer_all`: the open-ended assignments of a staff member, each as a transfer, as one entry.

use std::{collections::BTreeSet, rc::Rc};

use super::{
    NewIds, absorb,
    case::{Case, HandOver, Stop},
    note_limit,
    transfer::{begins, ends},
};
use crate::{
    AnyId, Assignment, AssignmentId, Cause, Code, Context, Event, HandOff, Ineligible, LineFilter,
    OnHeld, Outcome, ParticipantId, Period, Problem, Program, ProgramId, Refusal, StoreError,
    TransferAll, Violation,
    view::{Overlay, View},
};

pub(super) fn transfer_all(
    view: &mut Overlay<'_>,
    context: &Context,
    command: &TransferAll,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let lines = Lines::in_scope(view, context, command)?;
    let whole = refusal(whole_case(view, context, command, &lines)?.judge())?;
    let skips = command.skip_ineligible == Some(Ineligible::Skip);
    if skips && let Some(refusal) = whole {
        return Err(Stop::Refused(refusal));
    }
    let mut outcome = Outcome::default();
    let mut broken: Vec<Violation> = whole.into_iter().flat_map(|whole| whole.violations).collect();
    for (line, program) in &lines.open {
        let moved = move_line(view, context, command, line, program, ids);
        match refusal(moved.as_ref().map(|_| ()).map_err(Stop::again))? {
            None => absorb(view, &mut outcome, moved?)?,
            Some(refusal) if skips => {
                outcome.left.push((line.id.clone(), first_code(&refusal)));
            }
            Some(refusal) => broken.extend(refusal.violations),
        }
    }
    if let Some(first) = broken.iter().map(|violation| violation.code().phase()).min() {
        broken.retain(|violation| violation.code().phase() == first);
        return Err(Stop::Refused(Refusal::new(broken)));
    }
    finish(command, &lines, outcome)
}

fn finish(command: &TransferAll, lines: &Lines, mut outcome: Outcome) -> Result<Outcome, Stop> {
    let moves = |event: &&Event| matches!(event, Event::Transferred { .. });
    if outcome.ended().is_empty() {
        let program = command.scope.program().cloned();
        let problem = Problem::NothingToTransfer { staff: command.staff.clone(), program };
        return Err(Stop::Refused(Refusal::new(vec![Violation::new(problem, &["staff"])])));
    }
    outcome.events.push(Event::CaseloadTransferred {
        staff: command.staff.clone(),
        to_staff: command.to_staff.clone(),
        program: command.scope.program().cloned(),
        count: u32::try_from(outcome.events.iter().filter(moves).count()).unwrap_or(u32::MAX),
    });
    outcome.left.extend(lines.planned.iter().map(|id| (id.clone(), Code::AssignmentEnded)));
    outcome.left.sort();
    if !outcome.left.is_empty() {
        outcome.notice(Problem::LeftBehind);
    }
    Ok(outcome)
}

/// The giver's lines that the command is about.
struct Lines {
    /// The open-ended ones, in id order, each with its program.
    open: Vec<(Assignment, Rc<Program>)>,
    /// Those with an end after the date of the hand-over, which stay.
    planned: Vec<AssignmentId>,
}

impl Lines {
    fn in_scope(
        view: &Overlay<'_>,
        context: &Context,
        command: &TransferAll,
    ) -> Result<Lines, StoreError> {
        let mut filter = LineFilter::of_staff(&command.staff);
        filter.program = command.scope.program();
        let only: Option<BTreeSet<&ParticipantId>> =
            command.only.as_ref().map(|only| only.iter().collect());
        let case = Case::new(view, context)?;
        let mut lines = Lines { open: Vec::new(), planned: Vec::new() };
        for line in view.lines(&filter)? {
            if only.as_ref().is_some_and(|only| !only.contains(&line.participant)) {
                continue;
            }
            let Some(program) = view.program(&line.program)? else { continue };
            if case.hides(&program, &line.participant)? {
                continue;
            }
            match line.period.end() {
                None => lines.open.push((line, Rc::new(program))),
                Some(end) if end > command.date => lines.planned.push(line.id),
                Some(_) => {}
            }
        }
        lines.open.sort_by(|a, b| a.0.id.cmp(&b.0.id));
        Ok(lines)
    }

    /// The programs in which rights are asked.
    fn programs(&self, given: Option<&ProgramId>) -> BTreeSet<ProgramId> {
        match given {
            Some(program) => BTreeSet::from([program.clone()]),
            None => self.open.iter().map(|(_, program)| program.id.clone()).collect(),
        }
    }
}

/// What is asked of the command as a whole: it refuses everything, also where lines may be skipped.
fn whole_case<'v>(
    view: &'v Overlay<'_>,
    context: &'v Context,
    command: &TransferAll,
    lines: &Lines,
) -> Result<Case<'v>, StoreError> {
    let mut case = Case::new(view, context)?;
    case.staff(&command.staff, &["staff"])?;
    case.receiver(&command.to_staff, &["to_staff"])?;
    if let Some(program) = command.scope.program() {
        case.program(program, &["program"])?;
    }
    case.hand_over = Some(HandOver { from: command.staff.clone(), to: command.to_staff.clone() });
    for (line, _) in &lines.open {
        // A line that is only ended makes no id.
        if command.on_held == Some(OnHeld::EndSource) && held(view, command, line)? {
            continue;
        }
        match derived_id(command, &line.id) {
            Some(Ok(id)) => case.new_id(AnyId::Assignment(id), &["prefix"]),
            Some(Err(problem)) => case.unreadable.push(Violation::new(problem, &["prefix"])),
            None => {}
        }
    }
    for id in lines.programs(command.scope.program()) {
        let Some(program) = view.program(&id)? else { continue };
        case.changes(&command.staff, &id, &["staff"]);
        if program.policy.hand_off == HandOff::BothRights {
            case.changes(&command.to_staff, &id, &["to_staff"]);
        }
        if lines.open.iter().any(|(line, _)| line.program == id) {
            case.entered.push((Rc::new(program), &["program"]));
        }
    }
    if lines.open.is_empty() {
        let program = command.scope.program().cloned();
        case.nothing_to_transfer = Some((command.staff.clone(), program));
    }
    Ok(case)
}

/// `prefix.old-id`, where a prefix is given.
fn derived_id(command: &TransferAll, old: &AssignmentId) -> Option<Result<AssignmentId, Problem>> {
    let prefix = command.prefix.as_ref()?;
    let text = format!("{}.{}", prefix.as_str(), old.as_str());
    Some(AssignmentId::new(text).map_err(|_| Problem::InputId))
}

/// One line as a transfer that sees those before. Rights, doors and ids were asked of the whole.
fn move_line(
    view: &Overlay<'_>,
    context: &Context,
    command: &TransferAll,
    line: &Assignment,
    program: &Rc<Program>,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    case.receivers.clear();
    case.unknown.clear();
    ends(&mut case, line, program, command.date);
    if command.on_held == Some(OnHeld::EndSource) && held(view, command, line)? {
        case.judge()?;
        return Ok(Outcome::event(Event::AssignmentEnded {
            assignment: line.id.clone(),
            end: command.date,
            cause: Cause::Transfer,
            reason: command.reason.clone(),
        }));
    }
    begins(&mut case, line, program, &command.to_staff, command.date, line.role.as_ref())?;
    case.judge()?;
    let by = match derived_id(command, &line.id) {
        Some(Ok(id)) => id,
        _ => AssignmentId::stored(ids.new_id().as_str()),
    };
    let mut outcome = Outcome::event(Event::Transferred {
        assignment: line.id.clone(),
        by,
        date: command.date,
        staff: command.to_staff.clone(),
        role: line.role.clone(),
        reason: command.reason.clone(),
    });
    note_limit(&case, &mut outcome)?;
    Ok(outcome)
}

/// Whether the receiver has the participant already on a day of the new line.
fn held(view: &Overlay<'_>, command: &TransferAll, line: &Assignment) -> Result<bool, StoreError> {
    let filter = LineFilter::timeline(&line.participant, &line.program)
        .by(&command.to_staff)
        .held_with(Period::from(command.date));
    Ok(view.lines(&filter)?.iter().any(|other| other.id != line.id))
}

fn first_code(refusal: &Refusal) -> Code {
    refusal.violations.first().map_or(Code::InputCommand, Violation::code)
}

/// A refusal as a value; a store error stays an error.
fn refusal(judged: Result<(), Stop>) -> Result<Option<Refusal>, Stop> {
    match judged {
        Ok(()) => Ok(None),
        Err(Stop::Refused(refusal)) => Ok(Some(refusal)),
        Err(stop @ Stop::Store(_)) => Err(stop),
    }
}

//! `mirror_enrollments`: the host's own enrollments, recorded as the difference.

use super::{
    FORESEEN, absorb,
    case::{Case, Clash, Naming, NewEnrollment, NewId, PeriodPart, Stop},
    enroll::refuse_replaced,
};
use crate::{
    AnyId, Assignment, Cause, Code, Coming, Context, Ending, Enrollment, EnrollmentId,
    EnrollmentRow, Event, LineFilter, Listing, MirrorEnrollments, OnOutside, Outcome,
    ParticipantId, Period, Problem, Program, Right, Standing, Status, StoreError,
    hash::{FastMap, FastSet},
    view::{Overlay, View},
};

pub(super) fn mirror(
    view: &mut Overlay<'_>,
    context: &Context,
    command: &MirrorEnrollments,
) -> Result<Outcome, Stop> {
    for rows in command.rows.chunks(FORESEEN) {
        let mut coming = Vec::with_capacity(FORESEEN);
        for row in rows {
            let of = Coming::of(&row.participant, &command.program);
            coming.push(Coming { enrollment: Some(&row.id), ..of });
        }
        view.prefetch(&coming)?;
    }
    let difference = Difference::between(view, command)?;
    judge(view, context, command, &difference)?;
    let mut outcome = Outcome::default();
    let mirrored = Event::EnrollmentsMirrored { program: command.program.clone() };
    absorb(view, &mut outcome, Outcome::event(mirrored))?;
    let events = difference.events(command);
    absorb(view, &mut outcome, Outcome { events, ..Outcome::default() })?;
    let on_outside = command.on_outside.unwrap_or(OnOutside::Clip);
    let mut lines = Vec::new();
    for participant in difference.participants(command) {
        lines.extend(outside(view, command, participant)?);
    }
    lines.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    settle(view, &mut outcome, lines, on_outside)?;
    if !outcome.left.is_empty() {
        outcome.notice(Problem::LeftBehind);
        outcome.notice(Problem::Misplaced);
    }
    if outcome.events.len() == 1 {
        outcome.events.clear();
    }
    Ok(outcome)
}

/// How the host's rows differ from what is stored.
struct Difference {
    /// What is stored under the id of each row.
    known: Vec<Option<Enrollment>>,
    /// Current ones of the program that a complete listing does not have.
    missing: Vec<Enrollment>,
}

impl Difference {
    fn between(view: &Overlay<'_>, command: &MirrorEnrollments) -> Result<Self, StoreError> {
        let known: Result<Vec<_>, StoreError> =
            command.rows.iter().map(|row| view.enrollment(&row.id)).collect();
        let mut missing = Vec::new();
        if command.complete == Some(Listing::Complete) {
            let listed: FastSet<&EnrollmentId> = command.rows.iter().map(|row| &row.id).collect();
            missing = view.enrollments(&command.program, None)?;
            missing.retain(|enrollment| !listed.contains(&enrollment.id));
            missing.sort_by(|a, b| a.id.cmp(&b.id));
        }
        Ok(Difference { known: known?, missing })
    }

    fn events(&self, command: &MirrorEnrollments) -> Vec<Event> {
        let mut events = Vec::new();
        for (row, known) in command.rows.iter().zip(&self.known) {
            let Some(period) = Period::checked(row.start, row.end) else { continue };
            match known {
                None => events.push(Event::Enrolled {
                    enrollment: row.id.clone(),
                    participant: row.participant.clone(),
                    program: command.program.clone(),
                    period,
                }),
                Some(known) if known.period != period => {
                    events.push(Event::EnrollmentCorrected {
                        enrollment: row.id.clone(),
                        by: row.id.clone(),
                        period,
                        reason: None,
                    });
                }
                Some(_) => {}
            }
        }
        let voided = |enrollment: &Enrollment| Event::EnrollmentVoided {
            enrollment: enrollment.id.clone(),
            reason: None,
        };
        events.extend(self.missing.iter().map(voided));
        events
    }

    /// Everybody whose enrollments were looked at.
    fn participants<'a>(&'a self, command: &'a MirrorEnrollments) -> FastSet<&'a ParticipantId> {
        let rows = command.rows.iter().map(|row| &row.participant);
        rows.chain(self.missing.iter().map(|enrollment| &enrollment.participant)).collect()
    }
}

fn judge(
    view: &Overlay<'_>,
    context: &Context,
    command: &MirrorEnrollments,
    difference: &Difference,
) -> Result<(), Stop> {
    let mut case = Case::new(view, context)?;
    let program = case.program(&command.program, &["program"])?;
    case.need(Right::Enroll, Some(&command.program), &["program"]);
    let mut seen: FastSet<&EnrollmentId> = FastSet::default();
    let mut takes_new = false;
    for (number, (row, known)) in (1..).zip(command.rows.iter().zip(&difference.known)) {
        case.periods.push(PeriodPart {
            start: row.start,
            end: row.end,
            zero_day: program.as_ref().map(|program| program.policy.zero_day),
            fields: &["start", "end"],
            row: Some(number),
        });
        let id = AnyId::Enrollment(row.id.clone());
        let replaced = known.is_none() && view.standing(&id)? != Standing::Free;
        let foreign = known.as_ref().is_some_and(|known| {
            known.program != command.program
                || known.participant != row.participant
                || known.status != Status::Current
        });
        let taken = replaced || foreign || !seen.insert(&row.id);
        // Without the program nothing can be said of the rows.
        if taken && program.is_some() {
            case.new_ids.push(NewId {
                id,
                fields: &["id"],
                clashes: Clash::Certain,
                row: Some(number),
            });
        }
        takes_new |= known.is_none() && !replaced;
        if known.is_none() && program.is_some() {
            let participant = AnyId::Participant(row.participant.clone());
            refuse_replaced(&mut case, &participant, Some(number))?;
        }
    }
    if let Some(program) = &program {
        if takes_new {
            case.entered.push((program.clone(), &["rows"]));
        }
        case.new_enrollments = as_they_will_be(view, &case, program, command)?;
    }
    case.judge()
}

/// Every row with the other enrollments of its timeline, as all of them will be.
fn as_they_will_be(
    view: &Overlay<'_>,
    case: &Case<'_>,
    program: &Program,
    command: &MirrorEnrollments,
) -> Result<Vec<NewEnrollment>, StoreError> {
    let listed: FastSet<&EnrollmentId> = command.rows.iter().map(|row| &row.id).collect();
    let mut of: FastMap<&ParticipantId, Vec<(u32, &EnrollmentRow, Period)>> = FastMap::default();
    for (number, row) in (1..).zip(&command.rows) {
        if let Some(period) = Period::checked(row.start, row.end) {
            of.entry(&row.participant).or_default().push((number, row, period));
        }
    }
    let mut new = Vec::new();
    for (participant, rows) in of {
        let mut unlisted = Vec::new();
        if command.complete != Some(Listing::Complete) {
            unlisted = view.enrollments(&program.id, Some(participant))?;
            unlisted.retain(|enrollment| !listed.contains(&enrollment.id));
        }
        let hidden = case.hides(program, participant)?;
        for (number, _, period) in &rows {
            let rows = rows.iter().filter(|(other, ..)| other != number);
            let rows = rows.map(|(_, row, period)| stands(row, program, *period));
            new.push(NewEnrollment {
                period: *period,
                others: unlisted.iter().cloned().chain(rows).collect(),
                naming: if hidden { Naming::Withheld } else { Naming::Named },
                row: Some(*number),
                fields: &["start", "end"],
            });
        }
    }
    new.sort_by_key(|new| new.row);
    Ok(new)
}

fn stands(row: &EnrollmentRow, program: &Program, period: Period) -> Enrollment {
    Enrollment {
        id: row.id.clone(),
        participant: row.participant.clone(),
        program: program.id.clone(),
        period,
        status: Status::Current,
        supersedes: None,
        ending: Ending::AsEntered,
    }
}

/// The current lines of a participant that no single enrollment covers, each with the enrollment
/// that covers its start.
fn outside(
    view: &Overlay<'_>,
    command: &MirrorEnrollments,
    participant: &ParticipantId,
) -> Result<Vec<(Assignment, Option<Enrollment>)>, StoreError> {
    let lines = view.lines(&LineFilter::timeline(participant, &command.program))?;
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let enrollments = view.enrollments(&command.program, Some(participant))?;
    let inside = |line: &Assignment| enrollments.iter().any(|e| e.period.contains(line.period));
    let home = |line: &Assignment| {
        enrollments.iter().find(|e| e.period.starts_at(line.period.start())).cloned()
    };
    Ok(lines
        .into_iter()
        .filter(|line| !inside(line))
        .map(|line| (home(&line), line))
        .map(|(home, line)| (line, home))
        .collect())
}

fn settle(
    view: &mut Overlay<'_>,
    outcome: &mut Outcome,
    lines: Vec<(Assignment, Option<Enrollment>)>,
    on_outside: OnOutside,
) -> Result<(), StoreError> {
    for (line, home) in lines {
        let assignment = line.id;
        let event = match (on_outside, home.and_then(|home| home.period.end())) {
            (OnOutside::Report, _) => {
                outcome.left.push((assignment, Code::Misplaced));
                continue;
            }
            (OnOutside::Clip, Some(end)) => {
                Event::AssignmentEnded { assignment, end, cause: Cause::Mirror, reason: None }
            }
            (OnOutside::Clip, None) => Event::AssignmentVoided { assignment, reason: None },
        };
        absorb(view, outcome, Outcome::event(event))?;
    }
    Ok(())
}

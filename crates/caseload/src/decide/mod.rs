//! The one way in: what a command may add to the log, or why not.

mod assign;
mod batch;
pub(crate) mod case;
mod correct;
mod dismiss;
mod end_assignment;
mod enroll;
mod identity;
mod mirror;
mod programs;
mod staff;
mod transfer;
mod transfer_all;

use case::{Case, Stop};

use crate::{
    Command, Context, Enforcement, Error, Event, Outcome, StoreError, rules,
    view::{Overlay, Read, View},
};

/// How many rows a view is told of at a time, before they are judged.
const FORESEEN: usize = 64;

/// What a command may add: made by [`decide`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    outcome: Outcome,
    reads: Vec<Read>,
    keeping: Keeping,
}

/// Whether an accepted command is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keeping {
    /// It is one entry.
    Entry,
    /// It found nothing to record: mirrored enrollments that are as they were.
    Nothing,
}

impl Decision {
    /// What it does.
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What it looked at: a host with its own tables must have these locked, or ask again after locking.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// Whether there is an entry to be stored.
    pub const fn keeping(&self) -> Keeping {
        self.keeping
    }

    /// What it does, without the rest.
    pub fn into_outcome(self) -> Outcome {
        self.outcome
    }
}

/// Makes ids for what the host gave none: UUIDv7 in an agency, anything unused in a test.
pub trait NewIds {
    /// An id that was never used.
    fn new_id(&mut self) -> String;
}

impl<F: FnMut() -> String> NewIds for F {
    fn new_id(&mut self) -> String {
        self()
    }
}

/// Decides what a command may add to what a view shows. Pure: time, actor and new ids are arguments.
///
/// The same code judges single commands, batch rows, imports and every binding.
///
/// # Errors
/// [`Error::Refused`] with every violation of the first broken phase, [`Error::Input`] where that is
/// the input phase, [`Error::Store`] when the view cannot be read.
///
/// ```
/// # use caseload::{Actor, Agency, Assign, Context, Day, Error, MemoryLog, ParticipantId, ProgramId, StaffId};
/// # let agency = Agency::open(MemoryLog::new())?;
/// let day: Day = "2024-02-01".parse()?;
/// let assign = Assign::new(StaffId::new("s1")?, ParticipantId::new("c1")?, ProgramId::new("p1")?, day);
/// let refused = agency.acting_as(Actor::Root).on(day).record(assign).unwrap_err();
/// assert_eq!(refused.code(), "unknown-program");
/// # Ok::<(), Error>(())
/// ```
pub fn decide(
    view: &dyn View,
    command: &Command,
    context: &Context,
    ids: &mut dyn NewIds,
) -> Result<Decision, Error> {
    decide_over(Overlay::noting_reads(view), command, context, ids)
}

/// The same for whoever holds a lock on everything: what was looked at is not noted.
pub(crate) fn decide_under_lock(
    view: &dyn View,
    command: &Command,
    context: &Context,
    ids: &mut dyn NewIds,
) -> Result<Decision, Error> {
    decide_over(Overlay::new(view), command, context, ids)
}

fn decide_over(
    mut overlay: Overlay<'_>,
    command: &Command,
    context: &Context,
    ids: &mut dyn NewIds,
) -> Result<Decision, Error> {
    match plan(&mut overlay, command, context, ids) {
        Ok(outcome) => {
            let nothing =
                matches!(command, Command::MirrorEnrollments(_)) && outcome.events.is_empty();
            let keeping = if nothing { Keeping::Nothing } else { Keeping::Entry };
            Ok(Decision { outcome, reads: overlay.reads(), keeping })
        }
        Err(Stop::Refused(refusal)) => Err(refusal.into_error()),
        Err(Stop::Store(error)) => Err(Error::Store(error)),
    }
}

fn plan(
    view: &mut Overlay<'_>,
    command: &Command,
    context: &Context,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    match command {
        Command::DefineProgram(command) => programs::define(view, context, command),
        Command::ReviseProgram(command) => programs::revise(view, context, command),
        Command::RenameProgram(command) => programs::rename(view, context, command),
        Command::CloseProgram(command) => programs::close(view, context, command),
        Command::ReopenProgram(command) => programs::reopen(view, context, command),
        Command::RegisterStaff(command) => staff::register(view, context, command),
        Command::RenameStaff(command) => staff::rename(view, context, command),
        Command::Grant(command) => staff::grant(view, context, command),
        Command::Revoke(command) => staff::revoke(view, context, command),
        Command::DeactivateStaff(command) => staff::deactivate(view, context, command),
        Command::ReactivateStaff(command) => staff::reactivate(view, context, command),
        Command::Enroll(command) => enroll::enroll(view, context, command, ids),
        Command::EndEnrollment(command) => dismiss::end(view, context, command),
        Command::ReinstateEnrollment(command) => dismiss::reinstate(view, context, command),
        Command::CorrectEnrollment(command) => enroll::correct(view, context, command, ids),
        Command::VoidEnrollment(command) => enroll::void(view, context, command),
        Command::MirrorEnrollments(command) => mirror::mirror(view, context, command),
        Command::Assign(command) => assign::assign(view, context, command, ids),
        Command::EndAssignment(command) => end_assignment::end(view, context, command),
        Command::Transfer(command) => transfer::transfer(view, context, command, ids),
        Command::TransferAll(command) => transfer_all::transfer_all(view, context, command, ids),
        Command::Correct(command) => correct::correct(view, context, command, ids),
        Command::Void(command) => correct::void(view, context, command),
        Command::Batch(command) => batch::batch(view, context, command, ids),
        Command::ReplaceId(command) => identity::replace(view, context, command),
        Command::Forget(command) => identity::forget(view, context, command),
    }
}

/// Adds what passing a limit calls for, where passing it only tells.
fn note_limit(case: &Case<'_>, outcome: &mut Outcome) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let tells = line
        .program
        .policy
        .caseload_limit
        .is_some_and(|limit| limit.enforcement == Enforcement::Notice);
    if tells && let Some(problem) = rules::caseload_passed(case, line)? {
        if let crate::Problem::CaseloadFull { staff, day, count, max } = &problem {
            outcome.events.push(Event::LimitReached {
                staff: staff.clone(),
                program: line.program.id.clone(),
                day: *day,
                count: *count,
                max: *max,
            });
        }
        outcome.notice(problem);
    }
    Ok(())
}

/// Takes what another part of the same command did into the view and the outcome.
fn absorb(view: &mut Overlay<'_>, outcome: &mut Outcome, part: Outcome) -> Result<(), StoreError> {
    for event in &part.events {
        view.apply(event)?;
    }
    outcome.events.extend(part.events);
    outcome.left.extend(part.left);
    outcome.notices.extend(part.notices);
    Ok(())
}

//! What a plain view tells of what a report is about, read into a state of its own: from then on a report
//! looks at it as at any other.

use std::collections::BTreeSet;

use super::{Filter, asking::tell, looks::Looks};
use crate::{
    Error, LineFilter, ParticipantId, ProgramId, StaffId, Stage, Tell, View, state::State,
};

/// Reads what a report looks at, as narrowly as a view can be asked. All of it is of chosen participants and
/// programs; some of it may be of staff who were not chosen.
///
/// # Errors
/// As the view finds it; [`Error::Cancelled`] when whoever is told says so.
pub(super) fn read(
    view: &dyn View,
    filter: &Filter,
    looks: Looks,
    whom: &mut Option<Tell<'_>>,
) -> Result<State, Error> {
    let programs: BTreeSet<ProgramId> = match &filter.programs {
        Some(programs) => programs.iter().cloned().collect(),
        None => view.programs()?.into_iter().collect(),
    };
    let participants = filter.participants.as_ref().map(|ids| ids.iter().collect());
    let staff = filter.staff.as_ref().filter(|_| looks.at.is_of_chosen_staff());
    let staff = staff.map(|ids| ids.iter().collect());
    let of_lines = if looks.at.has_lines() {
        each_line_filter(&programs, participants.as_ref(), staff.as_ref())
    } else {
        Vec::new()
    };
    let of_enrollments = if looks.at.has_enrollments() {
        each_enrolled(&programs, participants.as_ref())
    } else {
        Vec::new()
    };
    let total = of_lines.len() + of_enrollments.len();
    let mut state = State::new();
    for (done, of) in of_lines.into_iter().enumerate() {
        tell(whom, Stage::Reading, done, total)?;
        let lines = view.lines(&LineFilter { held_with: looks.days, ..of })?;
        let mut chosen = lines.iter().filter(|line| programs.contains(&line.program));
        chosen.try_for_each(|line| state.copy_line(line))?;
    }
    let read = total - of_enrollments.len();
    for (done, (program, participant)) in (read..).zip(of_enrollments) {
        tell(whom, Stage::Reading, done, total)?;
        let enrollments = view.enrollments(program, participant)?;
        enrollments.iter().try_for_each(|of| state.copy_enrollment(of))?;
    }
    Ok(state)
}

/// One question for each participant, if some are chosen, else for each of the staff, else for each program:
/// no line is the answer to two.
fn each_line_filter<'a>(
    programs: &'a BTreeSet<ProgramId>,
    participants: Option<&BTreeSet<&'a ParticipantId>>,
    staff: Option<&BTreeSet<&'a StaffId>>,
) -> Vec<LineFilter<'a>> {
    let of_all = LineFilter::default();
    match (participants, staff) {
        (Some(ids), _) => {
            ids.iter().map(|id| LineFilter { participant: Some(*id), ..of_all }).collect()
        }
        (None, Some(ids)) => ids.iter().map(|id| LineFilter::of_staff(id)).collect(),
        (None, None) => programs.iter().map(|id| of_all.in_program(id)).collect(),
    }
}

/// Whose enrollments in which program.
fn each_enrolled<'a>(
    programs: &'a BTreeSet<ProgramId>,
    participants: Option<&BTreeSet<&'a ParticipantId>>,
) -> Vec<(&'a ProgramId, Option<&'a ParticipantId>)> {
    match participants {
        Some(ids) => {
            let of = |program| ids.iter().map(move |id| (program, Some(*id)));
            programs.iter().flat_map(of).collect()
        }
        None => programs.iter().map(|program| (program, None)).collect(),
    }
}

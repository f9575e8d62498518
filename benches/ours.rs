//! The same agency in caseload.

use caseload::{
    Actor, Agency, Assign, AssignmentId, Batch, BatchHistory, BatchMode, Context, Day,
    DefineProgram, EnrollmentId, EnrollmentRow, EntryOrder, MirrorEnrollments, ParticipantId,
    Policy, ProgramId, RegisterStaff, Row, StaffId,
};

use crate::{
    Result,
    generate::{
        HORIZON, Line, OPEN, World, enrollment_id, line_id, participant_id, program_id, staff_id,
    },
};

/// How many enrollments are mirrored as one entry.
const MIRRORED_AT_ONCE: usize = 5_000;

pub(crate) fn day(number: i32) -> Result<Day> {
    Day::from_number(number).ok_or_else(|| "no day".into())
}

/// The host itself, on the day after the last.
pub(crate) fn context() -> Result<Context> {
    Ok(Context::new(Actor::Root, day(HORIZON)?))
}

/// A policy that takes history by batch.
pub(crate) fn policy(entry_order: EntryOrder) -> Policy {
    Policy { batch_history: BatchHistory::Allow, entry_order, ..Policy::default() }
}

/// Staff, programs and enrollments.
pub(crate) fn found(agency: &Agency, world: &World, entry_order: EntryOrder) -> Result<()> {
    for number in 0..world.programs {
        let id = ProgramId::new(program_id(number))?;
        agency.record(DefineProgram::new(id).policy(policy(entry_order)), context()?)?;
    }
    for number in 0..world.staff {
        agency.record(RegisterStaff::new(StaffId::new(staff_id(number))?), context()?)?;
    }
    let mut of_program: Vec<Vec<EnrollmentRow>> = Vec::new();
    of_program.resize_with(world.programs as usize, Vec::new);
    for (number, timeline) in (0..).zip(&world.timelines) {
        let Some(rows) = of_program.get_mut(timeline.program as usize) else { continue };
        rows.push(EnrollmentRow::new(
            EnrollmentId::new(enrollment_id(number))?,
            ParticipantId::new(participant_id(timeline.participant))?,
            day(timeline.start)?,
            None,
        ));
        if rows.len() == MIRRORED_AT_ONCE {
            mirror(agency, timeline.program, std::mem::take(rows))?;
        }
    }
    for (program, rows) in (0..).zip(of_program) {
        if !rows.is_empty() {
            mirror(agency, program, rows)?;
        }
    }
    Ok(())
}

fn mirror(agency: &Agency, program: u32, rows: Vec<EnrollmentRow>) -> Result<()> {
    let program = ProgramId::new(program_id(program))?;
    agency.record(MirrorEnrollments::new(program, rows), context()?)?;
    Ok(())
}

/// A line as a command.
pub(crate) fn assign(world: &World, line: &Line) -> Result<Assign> {
    let timeline = world.timeline_of(line);
    let command = Assign::new(
        StaffId::new(staff_id(line.staff))?,
        ParticipantId::new(participant_id(timeline.participant))?,
        ProgramId::new(program_id(timeline.program))?,
        day(line.start)?,
    )
    .id(AssignmentId::new(line_id(line.number))?);
    Ok(if line.end == OPEN { command } else { command.end(day(line.end)?) })
}

/// Lines as one batch that is stored whole or not at all.
pub(crate) fn batch(world: &World, lines: &[Line]) -> Result<Batch> {
    let rows: Result<Vec<Row>> =
        lines.iter().map(|line| Ok(Row::Assign(assign(world, line)?))).collect();
    Ok(Batch::new(BatchMode::AllOrNothing, rows?))
}

/// Lines in batches of so many.
pub(crate) fn load(agency: &Agency, world: &World, lines: &[Line], at_once: usize) -> Result<()> {
    for lines in lines.chunks(at_once) {
        agency.record(batch(world, lines)?, context()?)?;
    }
    Ok(())
}

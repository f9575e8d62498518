//! What one validated write costs as its timeline, and the agency around it, grow: processor time only,
//! over a log in memory, so that neither a disk nor a commit is in it.

use caseload::{
    Agency, Assign, AssignmentId, DefineProgram, Enroll, EntryOrder, MemoryLog, ParticipantId,
    ProgramId, RegisterStaff, StaffId,
};

use crate::{
    Result,
    generate::{HORIZON, Line, OPEN, Random, World, growing_id},
    measure::{Sample, interleaved},
    options::Options,
    ours,
    report::{Goal, Report},
};

const WRITES_A_RUN: usize = 500;
const SHORT: i32 = 10;
const LONG: i32 = 100_000;
pub(crate) const SMALL: usize = 100_000;
/// How many lines of a long timeline are loaded as one batch.
const LOADED_AT_ONCE: usize = 100;
const STAFF: i32 = 7;
pub(crate) const MOST: Goal = Goal::AtMost(3.0);

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    for (order, kind) in [(EntryOrder::Program, "in order"), (EntryOrder::Any, "out of order")] {
        timelines(options, report, order, kind)?;
    }
    agencies(options, report)
}

/// One participant in one program, with so many lines of one day each, two days apart, taken in turn
/// by seven staff.
struct LongTimeline {
    agency: Agency,
    order: EntryOrder,
    lines: i32,
    random: Random,
    written: i32,
}

const ANCIENT: i32 = 400_000;

impl LongTimeline {
    fn of(lines: i32, order: EntryOrder) -> Result<LongTimeline> {
        let agency = Agency::open(MemoryLog::new())?;
        let context = ours::context()?;
        let program = DefineProgram::new(ProgramId::new("p")?).policy(ours::policy(order));
        agency.record(program, context.clone())?;
        for staff in 0..STAFF {
            let staff = StaffId::new(format!("s{staff}"))?;
            agency.record(RegisterStaff::new(staff), context.clone())?;
        }
        let start = ours::day(ANCIENT)?;
        let enroll = Enroll::new(ParticipantId::new("c")?, ProgramId::new("p")?, start);
        agency.record(enroll, context.clone())?;
        let mut timeline =
            LongTimeline { agency, order, lines, random: Random::new(3), written: 0 };
        let rows: Result<Vec<Assign>> = (0..lines).map(|line| timeline.line(2 * line)).collect();
        for rows in rows?.chunks(LOADED_AT_ONCE) {
            let rows = rows.iter().cloned().map(caseload::Row::from).collect();
            let batch = caseload::Batch::new(caseload::BatchMode::AllOrNothing, rows);
            timeline.agency.record(batch, context.clone())?;
        }
        Ok(timeline)
    }

    /// A line of one day, so many days after the enrollment.
    fn line(&mut self, after: i32) -> Result<Assign> {
        self.written += 1;
        let staff = StaffId::new(format!("s{}", self.written % STAFF))?;
        let start = ours::day(ANCIENT + after)?;
        let (participant, program) = (ParticipantId::new("c")?, ProgramId::new("p")?);
        let id = AssignmentId::new(growing_id(self.written.unsigned_abs()))?;
        Ok(Assign::new(staff, participant, program, start)
            .end(ours::day(ANCIENT + after + 1)?)
            .id(id))
    }

    /// The next line to be written: at the end, or on a free day anywhere before it.
    fn next(&mut self) -> Result<Assign> {
        let after = match self.order {
            EntryOrder::Any => 2 * self.random.below(self.lines.unsigned_abs()).cast_signed() + 1,
            _ => 2 * self.written,
        };
        self.line(after)
    }
}

fn timelines(options: &Options, report: &mut Report, order: EntryOrder, kind: &str) -> Result<()> {
    let (mut long, mut short) = (LongTimeline::of(LONG, order)?, LongTimeline::of(SHORT, order)?);
    // Reviewed lines are not kept, so a short timeline stays short.
    let review = |timeline: &mut LongTimeline, _| -> Result<()> {
        for _ in 0..WRITES_A_RUN {
            let command = timeline.next()?;
            let verdict = timeline.agency.review(command, ours::context()?)?;
            if timeline.order == EntryOrder::Program && !verdict.is_accepted() {
                return Err("a line was refused".into());
            }
        }
        Ok(())
    };
    let samples = interleaved(
        options.runs,
        &mut [&mut |run| review(&mut long, run), &mut |run| review(&mut short, run)],
    )?;
    let name = |what: &str| format!("{what}, {kind}, timeline of {LONG} : {SHORT}");
    if let [long, short] = samples.as_slice() {
        report.growth(&name("one write judged"), WRITES_A_RUN, long, short, MOST);
    }
    // Recorded lines are, so each run has short timelines of its own.
    let mut record_long = |_| -> Result<()> {
        for _ in 0..WRITES_A_RUN {
            let command = long.next()?;
            record_free(&long.agency, command)?;
        }
        Ok(())
    };
    let mut many = ManyShort::of(order)?;
    let samples = interleaved(options.runs, &mut [&mut record_long, &mut |_| many.record()])?;
    if let [long, short] = samples.as_slice() {
        report.growth(&name("one write recorded"), WRITES_A_RUN, long, short, MOST);
    }
    Ok(())
}

/// Records a line; the day may have been taken by the same staff before, which is judged all the same.
pub(crate) fn record_free(agency: &Agency, command: Assign) -> Result<()> {
    match agency.record(command, ours::context()?) {
        Ok(_) | Err(caseload::Error::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Timelines of ten lines, so many that each is written to only once.
struct ManyShort {
    agency: Agency,
    order: EntryOrder,
    next: u32,
    random: Random,
}

impl ManyShort {
    const TIMELINES: u32 = 20_000;

    fn of(order: EntryOrder) -> Result<ManyShort> {
        let agency = Agency::open(MemoryLog::new())?;
        let world = ManyShort::world();
        ours::found(&agency, &world, order)?;
        ours::load(&agency, &world, &world.lines, 10_000)?;
        Ok(ManyShort { agency, order, next: 0, random: Random::new(5) })
    }

    fn world() -> World {
        let mut world = World::of(1);
        world.lines.clear();
        world.timelines.clear();
        for number in 0..ManyShort::TIMELINES {
            let start = HORIZON - 1_000;
            let timeline = crate::generate::Timeline { participant: number, program: 0, start };
            world.timelines.push(timeline);
            for line in 0..SHORT {
                let start = start + 2 * line;
                let staff = line.unsigned_abs() % world.staff;
                let number = number * SHORT.unsigned_abs() + line.unsigned_abs();
                let timeline = world.timelines.len() as u32 - 1;
                world.lines.push(Line { number, timeline, staff, start, end: start + 1 });
            }
        }
        world
    }

    fn record(&mut self) -> Result<()> {
        for _ in 0..WRITES_A_RUN {
            self.next += 1;
            let participant = self.next % ManyShort::TIMELINES;
            let after = match self.order {
                EntryOrder::Any => 2 * self.random.below(SHORT.unsigned_abs()).cast_signed() + 1,
                _ => 2 * SHORT,
            };
            let start = HORIZON - 1_000 + after;
            let command = Assign::new(
                StaffId::new(crate::generate::staff_id(self.next % 10))?,
                ParticipantId::new(crate::generate::participant_id(participant))?,
                ProgramId::new(crate::generate::program_id(0))?,
                ours::day(start)?,
            )
            .end(ours::day(start + 1)?)
            .id(AssignmentId::new(growing_id(self.next))?);
            record_free(&self.agency, command)?;
        }
        Ok(())
    }
}

/// An agency of so many lines, and writes to come all over it.
pub(crate) struct Everywhere {
    pub(crate) agency: Agency,
    world: World,
    random: Random,
    next: u32,
}

impl Everywhere {
    pub(crate) fn of(lines: usize) -> Result<Everywhere> {
        let agency = Agency::open(MemoryLog::new())?;
        let world = World::of(lines);
        ours::found(&agency, &world, EntryOrder::Any)?;
        ours::load(&agency, &world, &world.lines, 10_000)?;
        let next = u32::try_from(lines)?;
        Ok(Everywhere { agency, world, random: Random::new(11), next })
    }

    /// Lines on timelines anywhere: at the end of the ten years, or `backdated` within them.
    pub(crate) fn commands(&mut self, backdated: Backdated, many: usize) -> Result<Vec<Assign>> {
        let count = u32::try_from(self.world.timelines.len())?;
        let mut commands = Vec::with_capacity(many);
        for _ in 0..many {
            let timeline = self.random.below(count);
            let entered = self.world.timelines.get(timeline as usize).map_or(HORIZON, |t| t.start);
            let start = match backdated {
                Backdated::No => HORIZON,
                Backdated::Yes => entered,
            };
            self.next += 1;
            let staff = self.random.below(self.world.staff);
            let end = if start == HORIZON { OPEN } else { start + 1 };
            let line = Line { number: self.next, timeline, staff, start, end };
            commands.push(ours::assign(&self.world, &line)?);
        }
        Ok(commands)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Backdated {
    No,
    Yes,
}

fn agencies(options: &Options, report: &mut Report) -> Result<()> {
    if options.lines <= SMALL {
        return Ok(());
    }
    let mut sizes = [Everywhere::of(options.lines)?, Everywhere::of(SMALL)?];
    let name = |what: &str| format!("{what}, {} : {SMALL} lines in all", options.lines);
    for (backdated, kind) in [(Backdated::No, "newest day"), (Backdated::Yes, "backdated")] {
        let judged = in_turn(options, &mut sizes, backdated, |agency, command| {
            agency.review(command, ours::context()?)?;
            Ok(())
        })?;
        if let [large, small] = judged.as_slice() {
            let what = name(&format!("one write judged, {kind}"));
            report.growth(&what, WRITES_A_RUN, large, small, MOST);
        }
        let recorded = in_turn(options, &mut sizes, backdated, record_free)?;
        if let [large, small] = recorded.as_slice() {
            let what = name(&format!("one write recorded, {kind}"));
            report.growth(&what, WRITES_A_RUN, large, small, MOST);
        }
    }
    Ok(())
}

fn in_turn(
    options: &Options,
    sizes: &mut [Everywhere; 2],
    backdated: Backdated,
    write: impl Fn(&Agency, Assign) -> Result<()>,
) -> Result<Vec<Vec<Sample>>> {
    let mut samples = vec![Vec::new(), Vec::new()];
    for _ in 0..options.runs {
        for (size, samples) in sizes.iter_mut().zip(&mut samples) {
            let commands = size.commands(backdated, WRITES_A_RUN)?;
            let work = || commands.into_iter().try_for_each(|one| write(&size.agency, one));
            samples.push(crate::measure::timed(work)?.0);
        }
    }
    Ok(samples)
}

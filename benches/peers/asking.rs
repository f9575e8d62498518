//! What everybody is asked about, and the agency as columns of numbers for those who are not asked through
//! this library.

use std::{
    io::{BufWriter, Write as _},
    path::Path,
};

use caseload::report::Range;

use crate::{
    Result,
    generate::{FIRST_DAY, HORIZON, Line, OPEN, Random, World, participant_id},
    ours,
};

/// How many lists of one staff member or participant are asked for.
const LISTS: usize = 24;
/// How many participants are filtered.
const FILTERED: usize = 100_000;
/// The calendar months of the ten years: the last day of all lies behind them.
const MONTHS_END: i32 = FIRST_DAY + 3_652;

#[derive(Debug)]
pub(super) struct Asking {
    pub(super) caseloads_of: Vec<u32>,
    /// Participant and program.
    pub(super) workers_of: Vec<(u32, u32)>,
    pub(super) filter_staff: u32,
    pub(super) filter_ids: Vec<u32>,
}

impl Asking {
    /// The newest day: where a report of today is.
    pub(super) const DAY: i32 = HORIZON - 1;

    pub(super) fn of(world: &World) -> Result<Asking> {
        let mut random = Random::new(29);
        let caseloads_of = (0..LISTS).map(|_| random.below(world.staff)).collect();
        let timelines = u32::try_from(world.timelines.len())?;
        let mut workers_of = Vec::with_capacity(LISTS);
        for _ in 0..LISTS {
            let timeline = world.timelines.get(random.below(timelines) as usize);
            let timeline = timeline.ok_or("no timeline")?;
            workers_of.push((timeline.participant, timeline.program));
        }
        let filter_staff = random.below(world.staff);
        let filter_ids = filtered(world, filter_staff, &mut random);
        Ok(Asking { caseloads_of, workers_of, filter_staff, filter_ids })
    }

    /// The months of the flow.
    pub(super) fn months() -> Result<Range> {
        Ok(Range::new(ours::day(FIRST_DAY)?, ours::day(MONTHS_END)?)?)
    }

    /// So many days up to the end.
    pub(super) fn last_days(days: i32) -> Result<Range> {
        Ok(Range::new(ours::day(HORIZON - days)?, ours::day(HORIZON)?)?)
    }

    /// What `peers/world.py` reads.
    pub(super) fn write(&self, world: &World, runs: usize, folder: &Path) -> Result<()> {
        let lines = &world.lines;
        let write =
            |name: &str, of: &dyn Fn(&Line) -> i32| column(folder, name, lines.iter().map(of));
        write("staff", &|line| line.staff.cast_signed())?;
        write("participant", &|line| world.timeline_of(line).participant.cast_signed())?;
        write("program", &|line| world.timeline_of(line).program.cast_signed())?;
        write("start", &|line| line.start)?;
        write("end", &|line| line.end)?;
        let participants = world.timelines.last().map_or(0, |timeline| timeline.participant);
        let ids = (0..=participants).map(|number| participant_id(number) + "\n");
        std::fs::write(folder.join("participant_ids.txt"), ids.collect::<String>())?;
        column(folder, "filter_ids", self.filter_ids.iter().map(|id| id.cast_signed()))?;
        let starts = Asking::months()?.months().map(|month| month.first().number());
        let starts: Vec<i32> = starts.chain([MONTHS_END]).collect();
        let asked = serde_json::json!({
            "runs": runs,
            "staff": world.staff,
            "programs": world.programs,
            "day": Asking::DAY,
            "horizon": HORIZON,
            "month_starts": starts,
            "caseloads_of": self.caseloads_of,
            "workers_of": self.workers_of,
            "filter_staff": self.filter_staff,
        });
        std::fs::write(folder.join("asked.json"), asked.to_string())?;
        Ok(())
    }
}

/// Anybody, and in places of their own every other participant on the caseload of that staff member.
fn filtered(world: &World, staff: u32, random: &mut Random) -> Vec<u32> {
    let last = world.timelines.last().map_or(0, |timeline| timeline.participant);
    let mut ids: Vec<u32> = (0..FILTERED).map(|_| 1 + random.below(last)).collect();
    let held = world.lines.iter().filter(|line| line.staff == staff && line.end == OPEN);
    for line in held.step_by(2) {
        let place = random.below(FILTERED as u32) as usize;
        if let Some(id) = ids.get_mut(place) {
            *id = world.timeline_of(line).participant;
        }
    }
    ids
}

/// A column of numbers, the lowest byte of each first.
fn column(folder: &Path, name: &str, numbers: impl Iterator<Item = i32>) -> Result<()> {
    let file = std::fs::File::create(folder.join(format!("{name}.i32")))?;
    let mut file = BufWriter::new(file);
    for number in numbers {
        file.write_all(&number.to_le_bytes())?;
    }
    Ok(file.flush()?)
}

//! A made-up agency that obeys every rule: the same for the same size, whoever runs it.
//!
//! Ten years, about three lines per participant and program one after the other, a median caseload of
//! about 35 at the end, lines of 10 to 600 days. Ids are texts of 36 characters, as hosts have them:
//! random ones for people and programs, ones that grow with time for enrollments and lines (which
//! spares the indexes of a database the most).

use std::fmt::Write as _;

/// The days of the agency: ten years from 2014-01-01.
pub(crate) const FIRST_DAY: i32 = 735_234;
pub(crate) const DAYS: i32 = 3_653;
/// The day after the last: where nothing has ended yet.
pub(crate) const HORIZON: i32 = FIRST_DAY + DAYS;
/// No end.
pub(crate) const OPEN: i32 = i32::MAX;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeline {
    pub(crate) participant: u32,
    pub(crate) program: u32,
    /// Where its one open enrollment begins.
    pub(crate) start: i32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) number: u32,
    pub(crate) timeline: u32,
    pub(crate) staff: u32,
    pub(crate) start: i32,
    /// The first day not covered, or [`OPEN`].
    pub(crate) end: i32,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) staff: u32,
    pub(crate) programs: u32,
    pub(crate) timelines: Vec<Timeline>,
    /// In the order in which they are entered: by start.
    pub(crate) lines: Vec<Line>,
}

impl World {
    pub(crate) fn of(lines: usize) -> World {
        let staff = u32::try_from(lines / 500).unwrap_or(u32::MAX).max(10);
        let programs = u32::try_from(lines / 20_000).unwrap_or(u32::MAX).clamp(5, 500);
        let mut world =
            World { staff, programs, timelines: Vec::new(), lines: Vec::with_capacity(lines + 32) };
        let mut random = Random::new(7);
        let mut participant = 0;
        let mut program = 0;
        while world.lines.len() < lines {
            // Two in five participants are in another program too.
            if participant == 0 || random.below(5) >= 2 || program + 1 >= programs {
                participant += 1;
                program = random.below(programs);
            } else {
                program += 1;
            }
            world.add_timeline(participant, program, &mut random);
        }
        world.lines.truncate(lines);
        world.lines.sort_by_key(|line| line.start);
        for (number, line) in (0..).zip(&mut world.lines) {
            line.number = number;
        }
        world
    }

    fn add_timeline(&mut self, participant: u32, program: u32, random: &mut Random) {
        // An agency that grows: every other begins on the later of two days.
        let days = DAYS.unsigned_abs();
        let mut after = random.below(days);
        if random.below(2) == 0 {
            after = after.max(random.below(days));
        }
        let mut start = FIRST_DAY + after.cast_signed();
        let timeline = u32::try_from(self.timelines.len()).unwrap_or(u32::MAX);
        self.timelines.push(Timeline { participant, program, start });
        for _ in 0..32 {
            let end = start + random.length();
            let open = end >= HORIZON;
            let staff = self.staff_in(program, random);
            let end = if open { OPEN } else { end };
            self.lines.push(Line { number: 0, timeline, staff, start, end });
            if open || random.below(100) < 26 {
                break;
            }
            start = end;
        }
    }

    /// Whoever works in a program: three in four work mostly there, the others mostly in the one before.
    fn staff_in(&self, program: u32, random: &mut Random) -> u32 {
        let team = (program + u32::from(random.below(4) == 0)) % self.programs;
        let in_team = (self.staff / self.programs).max(1);
        (team + self.programs * random.below(in_team)) % self.staff
    }

    /// The timeline of a line.
    pub(crate) fn timeline_of(&self, line: &Line) -> Timeline {
        let found = self.timelines.get(line.timeline as usize).copied();
        found.unwrap_or(Timeline { participant: 0, program: 0, start: FIRST_DAY })
    }
}

pub(crate) fn staff_id(number: u32) -> String {
    scattered(1, number)
}

pub(crate) fn program_id(number: u32) -> String {
    scattered(2, number)
}

pub(crate) fn participant_id(number: u32) -> String {
    scattered(3, number)
}

pub(crate) fn enrollment_id(timeline: u32) -> String {
    growing(4, timeline)
}

pub(crate) fn line_id(number: u32) -> String {
    growing(5, number)
}

/// An id for a line that is not of the made-up agency.
pub(crate) fn growing_id(number: u32) -> String {
    growing(6, number)
}

/// A text like a random UUID.
fn scattered(kind: u64, number: u32) -> String {
    let mut random = Random::new(kind << 40 | u64::from(number));
    spelled(random.next(), random.next())
}

/// A text like a UUIDv7: later ones are greater.
fn growing(kind: u64, number: u32) -> String {
    let mut random = Random::new(kind << 40 | u64::from(number));
    spelled((0x018c_0000_0000 + u64::from(number)) << 16 | 0x7abc, random.next())
}

fn spelled(high: u64, low: u64) -> String {
    let mut text = String::with_capacity(36);
    let (a, b, c) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
    let (d, e) = (low >> 48, low & 0xffff_ffff_ffff);
    // Writing into a string cannot fail.
    let _ = write!(text, "{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}");
    text
}

/// SplitMix64: small, seeded, good enough to scatter.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    pub(crate) const fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * bound as u64) >> 32) as u32
    }

    /// Days of a line: log-normal with a median of 79.
    fn length(&mut self) -> i32 {
        let unit = |random: &mut Random| f64::from(random.below(1 << 30)) / f64::from(1 << 30);
        let normal = (0..12).map(|_| unit(self)).sum::<f64>() - 6.0;
        let days = 79.0 * (1.25 * normal).exp();
        days.clamp(1.0, 3_000.0) as i32
    }
}

//! The daily census: how many lines cover each day, per staff member and program, ready to be asked as of
//! any day and over any range of days.
//!
//! A line is two steps: one up on its first day, one down on the first day that it does not cover. The
//! steps lie in blocks, which divide the days among them, and before each block stands what all earlier
//! steps amount to. The answer as of a day is what stands before one block, and the steps of that block
//! up to the day: it costs no more in an agency with ten years behind it. A range costs two such answers,
//! however long it is, because with the number of open lines the sum of their days is kept.
//!
//! It is kept up with every entry. What is corrected takes its steps back by opposite ones, so that nothing
//! is looked for.

use std::{borrow::Cow, sync::OnceLock};

use super::{GONE, Known, OPEN, Roster};
use crate::hash::FastMap;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Census {
    /// In the order in which they were first met.
    places: Vec<Place>,
    numbers: FastMap<Place, u32>,
    /// Made when it is first asked for, and again after somebody came to a place.
    roster: OnceLock<Roster>,
    /// Never none; the first begins before every day.
    blocks: Vec<Block>,
    least: usize,
}

/// A staff member and a program.
pub(crate) type Place = (u32, u32);

/// What happens to a line, in days; an end that is [`OPEN`] is none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    /// It counts from now on.
    Entered { start: i32, end: i32 },
    /// It counts for nothing any more.
    TakenBack { start: i32, end: i32 },
    /// It has another end.
    EndMoved { from: i32, to: i32 },
}

/// Some days and what happens on them.
#[derive(Debug, Clone)]
struct Block {
    first: i32,
    /// In the order of their days.
    steps: Vec<Step>,
    /// As they came.
    late: Vec<Step>,
    before: Sums,
}

/// A line of a place begins or ends.
#[derive(Debug, Clone, Copy)]
struct Step {
    day: i32,
    /// The place, twice, and 1 more where it is a step down.
    place: u32,
}

/// What steps amount to, per place; later places than those here have none.
#[derive(Debug, Clone, Default)]
struct Sums {
    /// Ups less downs.
    counts: Vec<i32>,
    /// The days of the ups, less those of the downs.
    days: Vec<i64>,
}

/// No block has fewer steps than this before it is divided.
const LEAST: usize = 512;

impl Census {
    /// Of no line yet: [`Census::collect`] them all, and [`Census::settle`] it.
    pub(super) fn begun() -> Census {
        Census::empty(LEAST)
    }

    /// Takes in a line before it is settled, wherever its days lie.
    pub(super) fn collect(&mut self, place: Place, start: i32, end: i32) {
        let place = self.number(place);
        if let Some(block) = self.blocks.first_mut() {
            block.steps.push(Step::up(start, place));
            if end != OPEN {
                block.steps.push(Step::down(end, place));
            }
        }
    }

    /// Puts in order what was collected.
    pub(super) fn settle(&mut self) {
        if let Some(block) = self.blocks.first_mut() {
            block.steps.sort_unstable_by_key(|step| step.day);
        }
        self.divide(0);
    }

    fn empty(least: usize) -> Census {
        let all =
            Block { first: GONE, steps: Vec::new(), late: Vec::new(), before: Sums::default() };
        let (numbers, roster) = (FastMap::default(), OnceLock::new());
        Census { places: Vec::new(), numbers, roster, blocks: vec![all], least }
    }

    fn number(&mut self, place: Place) -> u32 {
        *self.numbers.entry(place).or_insert_with(|| {
            self.roster.take();
            self.places.push(place);
            u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX >> 1)
        })
    }

    /// Takes in what happens to a line of a place.
    pub(super) fn take(&mut self, place: Place, change: Change) {
        let place = self.number(place);
        let (up, down) = match change {
            Change::Entered { start, end } => (start, end),
            Change::TakenBack { start, end } => (end, start),
            Change::EndMoved { from, to } => (from, to),
        };
        if up != OPEN {
            self.add(Step::up(up, place));
        }
        if down != OPEN {
            self.add(Step::down(down, place));
        }
    }

    /// Somebody has another id: the places lie in another order.
    pub(super) fn call_the_roll_anew(&mut self) {
        self.roster.take();
    }

    fn add(&mut self, step: Step) {
        let number = self.block_of(step.day);
        for later in self.blocks.iter_mut().skip(number + 1) {
            later.before.take(step);
        }
        let most_late = self.least_steps() / 16;
        let Some(block) = self.blocks.get_mut(number) else { return };
        let in_order = block.steps.last().is_none_or(|last| last.day <= step.day);
        if in_order {
            block.steps.push(step);
        } else {
            block.late.push(step);
        }
        if block.late.len() > most_late || block.steps.len() > 2 * self.least_steps() {
            self.put_in_order(number);
            self.divide(number);
        }
    }

    /// The block that has a day.
    fn block_of(&self, day: i32) -> usize {
        self.blocks.partition_point(|block| block.first <= day).saturating_sub(1)
    }

    /// Reading sums costs as much as there are places: from the nearest ones a block of twice as many steps
    /// adds about as much, and what stands before it takes less memory than it does.
    fn least_steps(&self) -> usize {
        self.least.max(2 * self.places.len())
    }

    fn put_in_order(&mut self, number: usize) {
        if let Some(block) = self.blocks.get_mut(number) {
            block.steps.append(&mut block.late);
            // Two runs in order, mostly: a stable sort merges them.
            block.steps.sort_by_key(|step| step.day);
        }
    }

    /// Divides a block in order into some that are short enough, each day staying in one of them.
    fn divide(&mut self, number: usize) {
        let size = self.least_steps();
        let Some(block) = self.blocks.get_mut(number) else { return };
        if block.steps.len() <= 2 * size {
            return;
        }
        let mut rest = std::mem::take(&mut block.steps).into_iter().peekable();
        let (mut first, mut before) = (block.first, block.before.clone());
        let mut parts = Vec::new();
        while rest.peek().is_some() {
            let mut steps: Vec<Step> = rest.by_ref().take(size).collect();
            let last = steps.last().map_or(first, |step| step.day);
            while let Some(step) = rest.next_if(|step| step.day == last) {
                steps.push(step);
            }
            steps.shrink_to_fit();
            let mut after = before.clone();
            steps.iter().for_each(|step| after.take(*step));
            parts.push(Block { first, steps, late: Vec::new(), before });
            (first, before) = (last + 1, after);
        }
        self.blocks.splice(number..=number, parts);
    }

    /// Staff member and program of each place.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// The places in the order of the ids.
    pub(crate) fn roster(&self, known: &Known<'_>) -> &Roster {
        self.roster.get_or_init(|| Roster::of(known, &self.places))
    }

    /// How many lines of each place cover a day.
    pub(crate) fn as_of(&self, day: i32) -> Vec<u32> {
        let Some((sums, steps)) = self.nearest(day) else { return Vec::new() };
        let mut counts = sums.counts.clone();
        counts.resize(self.places.len(), 0);
        steps.for_each(|step| {
            if let Some(count) = counts.get_mut(step.number()) {
                *count += step.sign();
            }
        });
        // Lines are entered before they are taken back: no count is below nothing.
        counts.into_iter().map(|count| u32::try_from(count).unwrap_or(0)).collect()
    }

    /// How many days from `from` up to, not including, `to` the lines of each place cover: those before `to`
    /// less those before `from`.
    pub(crate) fn covered(&self, from: i32, to: i32) -> Vec<u64> {
        let mut covered = vec![0; self.places.len()];
        self.add_covered_before(to, 1, &mut covered);
        self.add_covered_before(from, -1, &mut covered);
        covered.into_iter().map(|days| u64::try_from(days).unwrap_or(0)).collect()
    }

    /// Adds, so many times, the days before one that the lines of each place cover: each open line has one
    /// for every day since its step up.
    fn add_covered_before(&self, day: i32, times: i64, covered: &mut [i64]) {
        let Some((sums, steps)) = self.nearest(day) else { return };
        let of_places = covered.iter_mut().zip(&sums.counts).zip(&sums.days);
        for ((covered, count), days) in of_places {
            *covered += times * (i64::from(*count) * i64::from(day) - days);
        }
        steps.for_each(|step| {
            if let Some(covered) = covered.get_mut(step.number()) {
                *covered += times * i64::from(step.sign()) * i64::from(day - step.day);
            }
        });
    }

    /// Calls back, for every day from `from` up to, not including, `to`, with how many lines of each row
    /// cover it, where `row_of` has the row of each place; where there is no such row nothing is counted.
    pub(crate) fn each_day(
        &self,
        (from, to): (i32, i32),
        rows: usize,
        row_of: &[u32],
        mut found: impl FnMut(&[u32]),
    ) {
        let mut counts = vec![0u32; rows];
        let add = |counts: &mut [u32], place: usize, more: i32| {
            let count = row_of.get(place).and_then(|row| counts.get_mut(*row as usize));
            // Within a day, lines may be taken back before they are entered.
            count.into_iter().for_each(|count| *count = count.wrapping_add_signed(more));
        };
        for (place, count) in self.as_of(from).into_iter().enumerate() {
            add(&mut counts, place, count.cast_signed());
        }
        let mut day = from;
        let blocks = self.blocks.iter().skip(self.block_of(from));
        for block in blocks.take_while(|block| block.first < to) {
            for step in block.between(from, to).iter() {
                while day < step.day {
                    found(&counts);
                    day += 1;
                }
                add(&mut counts, step.number(), step.sign());
            }
        }
        for _ in day..to {
            found(&counts);
        }
    }

    /// The sums that are nearest to what all steps up to a day, including it, amount to, and the steps from
    /// there.
    fn nearest(&self, day: i32) -> Option<(&Sums, impl Iterator<Item = Step>)> {
        let number = self.block_of(day);
        let block = self.blocks.get(number)?;
        let (until, after) = block.steps.split_at(block.steps.partition_point(|s| s.day <= day));
        let next = self.blocks.get(number + 1).filter(|_| after.len() < until.len());
        let (sums, steps) = next.map_or((&block.before, until), |next| (&next.before, after));
        let back = next.is_some();
        let late = block.late.iter().filter(move |step| (step.day > day) == back);
        let step = move |step: &Step| if back { step.opposite() } else { *step };
        Some((sums, steps.iter().chain(late).map(step)))
    }

    /// Bytes held in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let block = |block: &Block| {
            (block.steps.capacity() + block.late.capacity()) * size_of::<Step>()
                + block.before.counts.capacity() * 4
                + block.before.days.capacity() * 8
        };
        self.blocks.iter().map(block).sum::<usize>()
            + self.places.capacity() * 8 * 3
            + self.roster.get().map_or(0, Roster::bytes)
    }
}

impl Block {
    /// Its steps after `from` and before `to`, in the order of their days.
    fn between(&self, from: i32, to: i32) -> Cow<'_, [Step]> {
        let is_between = |step: &&Step| step.day > from && step.day < to;
        let first = self.steps.partition_point(|step| step.day <= from);
        let count = self.steps.partition_point(|step| step.day < to).saturating_sub(first);
        let steps = self.steps.get(first..first + count).unwrap_or_default();
        let mut late = self.late.iter().filter(is_between).peekable();
        if late.peek().is_none() {
            return Cow::Borrowed(steps);
        }
        let mut all: Vec<Step> = steps.iter().chain(late).copied().collect();
        all.sort_by_key(|step| step.day);
        Cow::Owned(all)
    }
}

impl Step {
    const fn up(day: i32, place: u32) -> Step {
        Step { day, place: place << 1 }
    }

    const fn down(day: i32, place: u32) -> Step {
        Step { day, place: place << 1 | 1 }
    }

    /// What takes it back.
    const fn opposite(self) -> Step {
        Step { day: self.day, place: self.place ^ 1 }
    }

    /// The place.
    const fn number(self) -> usize {
        (self.place >> 1) as usize
    }

    /// 1 up, -1 down.
    const fn sign(self) -> i32 {
        1 - 2 * (self.place & 1).cast_signed()
    }
}

impl Sums {
    fn make_room(&mut self, places: usize) {
        if self.counts.len() < places {
            self.counts.resize(places, 0);
            self.days.resize(places, 0);
        }
    }

    fn take(&mut self, step: Step) {
        let (place, sign) = (step.number(), step.sign());
        self.make_room(place + 1);
        if let (Some(count), Some(days)) = (self.counts.get_mut(place), self.days.get_mut(place)) {
            *count += sign;
            *days += i64::from(sign) * i64::from(step.day);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Staff, program, start, end; gone when taken back.
    type Line = ((u32, u32), i32, i32, bool);

    fn of_each<T: PartialEq + Default>(census: &Census, values: Vec<T>) -> FastMap<(u32, u32), T> {
        let places = census.places.iter().copied();
        places.zip(values).filter(|(_, value)| *value != T::default()).collect()
    }

    /// Every second place has a row.
    fn odd(number: usize) -> u32 {
        if number % 2 == 1 { u32::try_from(number / 2).unwrap() } else { u32::MAX }
    }

    fn assert_equal_to_a_scan(census: &Census, lines: &[Line]) {
        let covers = |line: &Line, day: i32| !line.3 && line.1 <= day && day < line.2;
        for day in (0..430).step_by(7) {
            let mut expected: FastMap<(u32, u32), u32> = FastMap::default();
            for line in lines.iter().filter(|line| covers(line, day)) {
                *expected.entry(line.0).or_default() += 1;
            }
            assert_eq!(of_each(census, census.as_of(day)), expected, "{day}");
        }
        for (from, to) in [(0, 430), (31, 32), (100, 130), (399, 800)] {
            let mut expected: FastMap<(u32, u32), u64> = FastMap::default();
            for line in lines.iter().filter(|line| !line.3) {
                let days = line.2.min(to) - line.1.max(from);
                if days > 0 {
                    *expected.entry(line.0).or_default() += u64::try_from(days).unwrap();
                }
            }
            assert_eq!(of_each(census, census.covered(from, to)), expected, "{from}");
            let row_of: Vec<u32> = (0..census.places.len()).map(odd).collect();
            let mut days = Vec::new();
            census.each_day((from, to), row_of.len() / 2, &row_of, |counts| {
                days.push(counts.to_vec())
            });
            assert_eq!(days.len(), usize::try_from(to - from).unwrap());
            for (day, counts) in (from..).zip(days) {
                let all = census.as_of(day);
                let expected: Vec<u32> = all.into_iter().skip(1).step_by(2).collect();
                assert_eq!(counts, expected, "{day}");
            }
        }
    }

    #[test]
    fn the_census_is_what_a_scan_finds_whatever_is_corrected() {
        let mut census = Census::empty(16);
        let mut lines: Vec<Line> = Vec::new();
        let mut seed = 11u64;
        let mut next = |n: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            i32::try_from((seed >> 33) % n).unwrap()
        };
        for round in 0..3_000 {
            // Most are entered about in order; some days have very many.
            let start = if next(4) == 0 { next(400) } else { round / 8 / 10 * 10 };
            let end = match next(4) {
                0 => OPEN,
                1 => start,
                _ => start + next(60),
            };
            let place = (next(6).unsigned_abs() + 1, next(3).unsigned_abs() + 1);
            census.take(place, Change::Entered { start, end });
            lines.push((place, start, end, false));
            let which = usize::try_from(next(lines.len() as u64)).unwrap();
            let (place, start, end, gone) = lines[which];
            match next(5) {
                0 if !gone => {
                    let other = if next(3) == 0 { OPEN } else { start + next(90) };
                    census.take(place, Change::EndMoved { from: end, to: other });
                    lines[which].2 = other;
                }
                1 if !gone => {
                    census.take(place, Change::TakenBack { start, end });
                    lines[which].3 = true;
                }
                _ => {}
            }
            if round % 300 == 299 {
                assert_equal_to_a_scan(&census, &lines);
            }
        }
        assert!(census.blocks.len() > 10, "{}", census.blocks.len());
        assert!(census.blocks.is_sorted_by_key(|block| block.first));
    }
}

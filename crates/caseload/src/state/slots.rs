//! Lines in order of their start, with what is needed to pass over those that are over.
//!
//! One such list for each staff member and each long timeline. It lies in blocks, so that adding a line
//! moves at most one block wherever it goes, and finding the lines that share a day with a period
//! passes over blocks, and groups of blocks, that ended before it.

use crate::Period;

/// An end that is no day: open.
pub(crate) const OPEN: i32 = i32::MAX;
/// The end of a line that counts for nothing any more: before every day.
pub(crate) const GONE: i32 = i32::MIN;

/// The most lines of a block.
const BLOCK: usize = 32;
/// The blocks of a group.
const GROUP: usize = 32;

/// One line: its first day, the first day it does not cover, its timeline and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) start: i32,
    pub(crate) end: i32,
    pub(crate) timeline: u32,
    pub(crate) line: u32,
}

impl Slot {
    /// The first day on which it is not held: a zero-day line is held on its start day.
    fn held_until(self) -> i32 {
        if self.end == GONE { GONE } else { self.end.max(self.start.saturating_add(1)) }
    }
}

/// Lines that lie together: never none.
#[derive(Debug, Clone)]
struct Block {
    slots: Vec<Slot>,
    first: i32,
    /// The latest `held_until`.
    until: i32,
}

impl Block {
    fn of(slots: Vec<Slot>) -> Block {
        let first = slots.first().map_or(OPEN, |slot| slot.start);
        let mut block = Block { slots, first, until: GONE };
        block.sum_up();
        block
    }

    fn sum_up(&mut self) {
        self.until = self.slots.iter().map(|slot| slot.held_until()).max().unwrap_or(GONE);
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slots {
    blocks: Vec<Block>,
    /// The latest `held_until` of each group of blocks.
    until: Vec<i32>,
}

impl Slots {
    /// Of slots that lie in order already.
    pub(crate) fn in_order(slots: &[Slot]) -> Slots {
        let blocks = slots.chunks(BLOCK).map(|slots| Block::of(slots.to_vec())).collect();
        let mut all = Slots { blocks, until: Vec::new() };
        all.sum_up_from(0);
        all
    }

    /// Adds a line: behind those that start on the same day.
    pub(crate) fn add(&mut self, slot: Slot) {
        let after = self.blocks.partition_point(|block| block.first <= slot.start);
        let number = after.saturating_sub(1);
        let Some(block) = self.blocks.get_mut(number) else {
            self.blocks.push(Block::of(vec![slot]));
            self.sum_up_from(number);
            return;
        };
        let place = block.slots.partition_point(|other| other.start <= slot.start);
        if place < BLOCK {
            if block.slots.len() == BLOCK {
                let rest = Block::of(block.slots.split_off(BLOCK / 2));
                block.sum_up();
                self.blocks.insert(number + 1, rest);
                self.sum_up_from(number);
                return self.add(slot);
            }
            block.slots.insert(place, slot);
            block.first = block.first.min(slot.start);
            block.until = block.until.max(slot.held_until());
            if let Some(until) = self.until.get_mut(number / GROUP) {
                *until = (*until).max(slot.held_until());
            }
        } else {
            // Behind a full block: those entered in order fill each block to the end.
            self.blocks.insert(number + 1, Block::of(vec![slot]));
            self.sum_up_from(number + 1);
        }
    }

    /// Sums up the groups from that of a block on.
    fn sum_up_from(&mut self, block: usize) {
        let from = block / GROUP;
        self.until.truncate(from);
        let groups = self.blocks.chunks(GROUP).skip(from);
        self.until.extend(groups.map(latest));
    }

    /// Gives a line that starts on `start` another end.
    pub(crate) fn set_end(&mut self, start: i32, line: u32, end: i32) {
        let from = self.blocks.partition_point(|block| block.first < start).saturating_sub(1);
        for (number, block) in self.blocks.iter_mut().enumerate().skip(from) {
            if block.first > start {
                return;
            }
            let found = block.slots.iter_mut().find(|s| s.line == line && s.start == start);
            let Some(slot) = found else { continue };
            slot.end = end;
            block.sum_up();
            let group = number / GROUP;
            let blocks = self.blocks.chunks(GROUP).nth(group).unwrap_or_default();
            if let Some(until) = self.until.get_mut(group) {
                *until = latest(blocks);
            }
            return;
        }
    }

    /// Calls back, by start, with the lines that count and are held on a day of a period, or on any day.
    pub(crate) fn each_held_with(&self, period: Option<Period>, found: impl FnMut(Slot)) {
        let Some(period) = period else { return self.each_held(GONE, OPEN, found) };
        let (start, end) = super::days(period.start(), period.end());
        self.each_held(start, end.max(start + 1), found);
    }

    /// The same for the days from `from` up to, not including, `to`.
    fn each_held(&self, from: i32, to: i32, mut found: impl FnMut(Slot)) {
        for (until, blocks) in self.until.iter().zip(self.blocks.chunks(GROUP)) {
            if *until <= from {
                continue;
            }
            for block in blocks.iter().filter(|block| block.until > from && block.first < to) {
                for slot in &block.slots {
                    if slot.held_until() > from && slot.start < to {
                        found(*slot);
                    }
                }
            }
        }
    }

    /// Every line, by start.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Slot> + '_ {
        self.blocks.iter().flat_map(|block| &block.slots).copied()
    }

    /// Bytes held in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        let slots: usize = self.blocks.iter().map(|block| block.slots.capacity()).sum();
        slots * size_of::<Slot>()
            + self.blocks.capacity() * size_of::<Block>()
            + self.until.capacity() * 4
    }
}

fn latest(blocks: &[Block]) -> i32 {
    blocks.iter().map(|block| block.until).max().unwrap_or(GONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_is_what_a_scan_finds() {
        let mut slots = Slots::default();
        let mut all: Vec<Slot> = Vec::new();
        let mut seed = 7u64;
        let mut next = |n: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            i32::try_from((seed >> 33) % n).unwrap()
        };
        for line in 0..7_000u32 {
            let start = next(400);
            let end = match next(5) {
                0 => OPEN,
                1 => start,
                _ => start + next(40),
            };
            let slot = Slot { start, end, timeline: 1, line };
            slots.add(slot);
            all.push(slot);
            if next(4) == 0 {
                let at = usize::try_from(next(u64::from(line) + 1)).unwrap();
                let end = if next(3) == 0 { GONE } else { all[at].start + next(50) };
                slots.set_end(all[at].start, all[at].line, end);
                all[at].end = end;
            }
            let (from, width) = (next(420), next(30) + 1);
            let mut found: Vec<u32> = Vec::new();
            slots.each_held(from, from + width, |slot| found.push(slot.line));
            let holds = |slot: &&Slot| {
                slot.end != GONE
                    && (from..from + width)
                        .any(|day| slot.start <= day && (day < slot.end || day == slot.start))
            };
            let mut expected: Vec<u32> = all.iter().filter(holds).map(|s| s.line).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected);
        }
    }
}

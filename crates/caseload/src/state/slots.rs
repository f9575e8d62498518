//! Lines in order of their start, with what is needed to pass over those that are over.
//!
//! One such list for each staff member and each long timeline: adding at the newest end is O(1), and
//! finding the lines that share a day with a period skips whole blocks that ended before it.

/// An end that is no day: open.
pub(crate) const OPEN: i32 = i32::MAX;
/// The end of a line that counts for nothing any more: before every day.
pub(crate) const GONE: i32 = i32::MIN;

const BLOCK: usize = 64;

/// One line: its first day, the first day it does not cover, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) start: i32,
    pub(crate) end: i32,
    pub(crate) line: u32,
}

impl Slot {
    /// The first day on which it is not held: a zero-day line is held on its start day.
    fn held_until(self) -> i32 {
        if self.end == GONE { GONE } else { self.end.max(self.start.saturating_add(1)) }
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slots {
    slots: Vec<Slot>,
    /// The latest `held_until` of each full or partial block.
    until: Vec<i32>,
}

impl Slots {
    /// Of slots that lie in order already.
    pub(crate) fn in_order(slots: Vec<Slot>) -> Slots {
        let mut all = Slots { slots, until: Vec::new() };
        all.sum_up(0..all.slots.len().div_ceil(BLOCK));
        all
    }

    /// Adds a line: behind those that start on the same day.
    pub(crate) fn add(&mut self, slot: Slot) {
        let place = self.slots.partition_point(|other| other.start <= slot.start);
        let last = place == self.slots.len();
        self.slots.insert(place, slot);
        if last {
            let block = place / BLOCK;
            match self.until.get_mut(block) {
                Some(until) => *until = (*until).max(slot.held_until()),
                None => self.until.push(slot.held_until()),
            }
        } else {
            self.sum_up(place / BLOCK..self.slots.len().div_ceil(BLOCK));
        }
    }

    fn sum_up(&mut self, blocks: std::ops::Range<usize>) {
        self.until.resize(self.slots.len().div_ceil(BLOCK), GONE);
        for block in blocks {
            let slots = self.slots.iter().skip(block * BLOCK).take(BLOCK);
            let until = slots.map(|slot| slot.held_until()).max().unwrap_or(GONE);
            if let Some(place) = self.until.get_mut(block) {
                *place = until;
            }
        }
    }

    /// Gives a line that starts on `start` another end.
    pub(crate) fn set_end(&mut self, start: i32, line: u32, end: i32) {
        let from = self.slots.partition_point(|slot| slot.start < start);
        let same_start = self.slots.iter_mut().enumerate().skip(from);
        let mut same_start = same_start.take_while(|(_, slot)| slot.start == start);
        let Some((place, slot)) = same_start.find(|(_, slot)| slot.line == line) else { return };
        slot.end = end;
        let block = place / BLOCK;
        self.sum_up(block..block + 1);
    }

    /// The lines that count and are held on a day from `from` up to, not including, `to`.
    pub(crate) fn held(&self, from: i32, to: i32) -> impl Iterator<Item = Slot> + '_ {
        let end = self.slots.partition_point(|slot| slot.start < to);
        let blocks = self.until.iter().zip(self.slots.chunks(BLOCK)).take(end.div_ceil(BLOCK));
        blocks
            .filter(move |(until, _)| **until > from)
            .flat_map(|(_, slots)| slots)
            .copied()
            .filter(move |slot| slot.start < to && slot.held_until() > from)
    }

    /// Every line, by start.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Slot> + '_ {
        self.slots.iter().copied()
    }

    /// Bytes held in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>() + self.until.capacity() * 4
    }
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
        for line in 0..700u32 {
            let start = next(400);
            let end = match next(5) {
                0 => OPEN,
                1 => start,
                _ => start + next(40),
            };
            let slot = Slot { start, end, line };
            slots.add(slot);
            all.push(slot);
            if next(4) == 0 {
                let at = usize::try_from(next(u64::from(line) + 1)).unwrap();
                let end = if next(3) == 0 { GONE } else { all[at].start + next(50) };
                slots.set_end(all[at].start, all[at].line, end);
                all[at].end = end;
            }
            let (from, width) = (next(420), next(30) + 1);
            let mut found: Vec<u32> = slots.held(from, from + width).map(|s| s.line).collect();
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

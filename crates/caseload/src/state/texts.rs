//! The texts of one kind of id: numbered in order of first mention, found by text in O(1).
//!
//! Texts lie in one arena and the index holds numbers only, so that an id costs its own bytes and
//! little more. `replace_id` keeps the older texts with the position until which they held.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    hash::Hasher as _,
};

use crate::{Standing, hash::FastHasher};

const EMPTY: u32 = 0;
const TOMBSTONE: u32 = u32::MAX;

/// Newer texts of a number, each with the position from which it holds; an erased one is `None`.
type Newer = HashMap<u32, Vec<(u32, Option<String>)>>;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    arena: Vec<u8>,
    /// Where the text of each number ends in the arena; the first starts at 0.
    ends: Vec<u64>,
    /// Open addressing with linear probing; a power of two long.
    index: Vec<u32>,
    used: usize,
    /// Newer texts, each with the position from which it holds, oldest first; an erased one is `None`.
    newer: Newer,
    by_newer: HashMap<String, u32>,
    /// The numbers whose first text is erased.
    erased: HashSet<u32>,
}

impl Texts {
    pub(crate) fn new() -> Texts {
        Texts {
            arena: Vec::new(),
            ends: Vec::new(),
            index: vec![EMPTY; 16],
            used: 0,
            newer: HashMap::new(),
            by_newer: HashMap::new(),
            erased: HashSet::new(),
        }
    }

    /// How many numbers were given; they are 1 to this.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Gives the next number to a text, or to an erased one.
    pub(crate) fn push(&mut self, text: Option<&str>) -> u32 {
        self.arena.extend_from_slice(text.unwrap_or_default().as_bytes());
        self.ends.push(self.arena.len() as u64);
        let number = self.count();
        match text {
            Some(text) => {
                if (self.used + 1) * 4 > self.index.len() * 3 {
                    self.grow();
                }
                self.used += 1;
                place(&mut self.index, text, number);
            }
            None => {
                self.erased.insert(number);
            }
        }
        number
    }

    fn grow(&mut self) {
        let mut index = vec![EMPTY; self.index.len() * 2];
        for number in 1..=self.count() {
            if !self.erased.contains(&number) {
                place(&mut index, self.first_text(number), number);
            }
        }
        self.index = index;
        self.used = self.ends.len();
    }

    fn first_text(&self, number: u32) -> &str {
        std::str::from_utf8(self.first_bytes(number)).unwrap_or_default()
    }

    fn first_bytes(&self, number: u32) -> &[u8] {
        self.arena.get(self.range(number)).unwrap_or_default()
    }

    fn range(&self, number: u32) -> std::ops::Range<usize> {
        let end = |number: u32| self.ends.get(number as usize - 1).copied().unwrap_or(0);
        let start = if number > 1 { end(number - 1) } else { 0 };
        start as usize..end(number) as usize
    }

    /// The place in the index of the number whose first text this is.
    fn first_place(&self, text: &str) -> Option<usize> {
        let mask = self.index.len() - 1;
        let mut place = hash(text) & mask;
        loop {
            match self.index.get(place).copied() {
                None | Some(EMPTY) => return None,
                Some(number)
                    if number != TOMBSTONE && self.first_bytes(number) == text.as_bytes() =>
                {
                    return Some(place);
                }
                Some(_) => place = (place + 1) & mask,
            }
        }
    }

    /// The number that ever had this text; a text is never given twice.
    fn ever(&self, text: &str) -> Option<u32> {
        let first = self.first_place(text).and_then(|place| self.index.get(place).copied());
        first.or_else(|| self.by_newer.get(text).copied())
    }

    /// The number that this text stands for because its own is erased.
    fn forgotten(&self, text: &str, at: u32) -> Option<u32> {
        let number: u32 = text.strip_prefix("erased-")?.parse().ok()?;
        let given = (1..=self.count()).contains(&number);
        (given && self.text_then(number, at).is_none() && text == format!("erased-{number}"))
            .then_some(number)
    }

    /// The number with this text now.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.find_at(text, u32::MAX)
    }

    /// The number with this text at a position.
    pub(crate) fn find_at(&self, text: &str, at: u32) -> Option<u32> {
        let Some(number) = self.ever(text) else { return self.forgotten(text, at) };
        self.has_text(number, text, at).then_some(number)
    }

    pub(crate) fn standing(&self, text: &str) -> Standing {
        match self.ever(text) {
            None => Standing::Free,
            Some(number) if self.has_text(number, text, u32::MAX) => Standing::Known,
            Some(_) => Standing::Replaced,
        }
    }

    /// Whether a number that ever had this text has it at a position.
    fn has_text(&self, number: u32, text: &str, at: u32) -> bool {
        let never_changed = self.newer.is_empty() && self.erased.is_empty();
        never_changed || self.text_then(number, at) == Some(text)
    }

    /// The text at a position, unless it is erased.
    fn text_then(&self, number: u32, at: u32) -> Option<&str> {
        let mut newer = self.newer.get(&number).into_iter().flatten().rev();
        match newer.find(|(from, _)| *from <= at) {
            Some((_, text)) => text.as_deref(),
            None if self.erased.contains(&number) => None,
            None => Some(self.first_text(number)),
        }
    }

    /// The text of a number at a position; an erased one reads `erased-N`.
    pub(crate) fn text_at(&self, number: u32, at: u32) -> Cow<'_, str> {
        match self.text_then(number, at) {
            Some(text) => text.into(),
            None => format!("erased-{number}").into(),
        }
    }

    /// Every text that a number ever had, as far as they are not erased.
    pub(crate) fn all_texts(&self, number: u32) -> Vec<String> {
        let first = self.first_text(number).to_owned();
        let first = (!self.erased.contains(&number)).then_some(first);
        let newer = self.newer.get(&number).into_iter().flatten();
        first.into_iter().chain(newer.filter_map(|(_, text)| text.clone())).collect()
    }

    /// Gives a number another text, or an erased one, from a position on.
    pub(crate) fn replace(&mut self, number: u32, from: u32, text: Option<&str>) {
        if let Some(text) = text {
            self.by_newer.insert(text.to_owned(), number);
        }
        self.newer.entry(number).or_default().push((from, text.map(str::to_owned)));
    }

    /// Forgets those texts of a number that tell something: nothing finds them any more.
    pub(crate) fn erase_where(&mut self, number: u32, tells: impl Fn(&str) -> bool) {
        if !self.erased.contains(&number) && tells(self.first_text(number)) {
            let place = self.first_place(self.first_text(number));
            if let Some(slot) = place.and_then(|place| self.index.get_mut(place)) {
                *slot = TOMBSTONE;
            }
            let range = self.range(number);
            if let Some(bytes) = self.arena.get_mut(range) {
                bytes.fill(0);
            }
            self.erased.insert(number);
        }
        for (_, text) in self.newer.get_mut(&number).into_iter().flatten() {
            if let Some(told) = text.take_if(|text| tells(text)) {
                self.by_newer.remove(&told);
            }
        }
    }

    /// What it is made of, for a checkpoint: arena, ends, index, newer texts, erased numbers.
    pub(crate) fn parts(&self) -> (&[u8], &[u64], &[u32], &Newer, Vec<u32>) {
        let erased = self.erased.iter().copied().collect();
        (&self.arena, &self.ends, &self.index, &self.newer, erased)
    }

    /// Made of what [`Texts::parts`] gave.
    pub(crate) fn of_parts(
        arena: Vec<u8>,
        ends: Vec<u64>,
        index: Vec<u32>,
        newer: Newer,
        erased: Vec<u32>,
    ) -> Option<Texts> {
        let known = |(number, texts): (&u32, &Vec<(u32, Option<String>)>)| {
            let texts = texts.iter().filter_map(|(_, text)| text.clone());
            texts.map(|text| (text, *number)).collect::<Vec<_>>()
        };
        let by_newer = newer.iter().flat_map(known).collect();
        let used = ends.len();
        let sound = index.len().is_power_of_two() && index.len() > used;
        let erased = erased.into_iter().collect();
        sound.then_some(Texts { arena, ends, index, used, newer, by_newer, erased })
    }

    /// Bytes held in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.arena.capacity() + self.ends.capacity() * 8 + self.index.capacity() * 4
    }
}

fn place(index: &mut [u32], text: &str, number: u32) {
    let mask = index.len() - 1;
    let mut place = hash(text) & mask;
    loop {
        match index.get_mut(place) {
            Some(slot) if *slot == EMPTY => {
                *slot = number;
                return;
            }
            Some(_) => place = (place + 1) & mask,
            None => return,
        }
    }
}

fn hash(text: &str) -> usize {
    let mut hasher = FastHasher::new(text.len() as u64);
    hasher.write(text.as_bytes());
    hasher.finish() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_texts_and_back() {
        let mut texts = Texts::new();
        for n in 1..=1000u32 {
            assert_eq!(texts.push(Some(&format!("P-{n}"))), n);
        }
        for n in 1..=1000u32 {
            assert_eq!(texts.find(&format!("P-{n}")), Some(n));
            assert_eq!(texts.text_at(n, 0), format!("P-{n}"));
        }
        assert_eq!(texts.find("P-1001"), None);
    }

    #[test]
    fn replaced_texts_hold_from_their_position_and_stay_taken() {
        let mut texts = Texts::new();
        texts.push(Some("old"));
        texts.replace(1, 5, Some("new"));
        assert_eq!((texts.find("old"), texts.find("new")), (None, Some(1)));
        assert_eq!((texts.find_at("old", 4), texts.find_at("new", 4)), (Some(1), None));
        assert_eq!(texts.standing("old"), Standing::Replaced);
        assert_eq!(texts.text_at(1, 4), "old");
        texts.erase_where(1, |_| true);
        assert_eq!(texts.text_at(1, 4), "erased-1");
        assert_eq!(
            (texts.standing("old"), texts.standing("new")),
            (Standing::Free, Standing::Free)
        );
    }

    #[test]
    fn only_the_texts_that_tell_are_erased() {
        let mut texts = Texts::new();
        texts.push(Some("e-jane"));
        texts.replace(1, 5, Some("e28"));
        texts.erase_where(1, |text| text.contains("jane"));
        assert_eq!((texts.find("e28"), texts.find("erased-1")), (Some(1), None));
        assert_eq!(
            (texts.text_at(1, 4), texts.find_at("erased-1", 4)),
            ("erased-1".into(), Some(1))
        );
    }

    #[test]
    fn an_erased_text_can_be_given_to_another_number() {
        let mut texts = Texts::new();
        texts.push(Some("a"));
        texts.push(Some("b"));
        texts.erase_where(1, |_| true);
        assert_eq!(texts.push(Some("a")), 3);
        assert_eq!((texts.find("a"), texts.find("b")), (Some(3), Some(2)));
        for n in 4..100u32 {
            texts.push(Some(&format!("{n}")));
        }
        assert_eq!((texts.find("a"), texts.text_at(1, 9)), (Some(3), "erased-1".into()));
    }
}

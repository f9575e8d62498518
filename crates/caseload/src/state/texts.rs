//! The texts of one kind of id: numbered in order of first mention, found by text in O(1).
//!
//! A text is a cell of 16 bytes: a UUID as its 128 bits, a text of up to 15 bytes as it is, and any
//! other as its place in an arena. `replace_id` keeps the older texts with the position until which
//! they held.

use std::{
    collections::{HashMap, HashSet},
    hash::Hasher as _,
};

use super::{
    cell::{Cell, Spelling},
    index::Index,
};
use crate::{Standing, hash::FastHasher, short_text::ShortText};

/// Newer texts of a number, each with the position from which it holds; an erased one is `None`.
pub(super) type Newer = HashMap<u32, Vec<(u32, Option<String>)>>;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    cells: Vec<Cell>,
    /// A bit for each cell: whether it is a UUID.
    uuids: Vec<u64>,
    /// The texts that fit no cell.
    arena: Vec<u8>,
    index: Index,
    /// Newer texts, each with the position from which it holds, oldest first; an erased one is `None`.
    newer: Newer,
    by_newer: HashMap<String, u32>,
    /// The numbers whose first text is erased.
    erased: HashSet<u32>,
}

/// A text that is looked for.
pub(super) struct Sought<'a> {
    text: &'a str,
    spelling: Spelling<'a>,
    hash: u64,
}

impl<'a> Sought<'a> {
    pub(super) fn of(text: &'a str) -> Sought<'a> {
        let spelling = Spelling::of(text);
        Sought { text, spelling, hash: hash(&spelling) }
    }
}

/// What a checkpoint keeps of [`Texts`].
pub(super) struct Parts {
    pub(super) cells: Vec<Cell>,
    pub(super) uuids: Vec<u64>,
    pub(super) arena: Vec<u8>,
    pub(super) places: Vec<u32>,
    pub(super) newer: Newer,
    pub(super) erased: Vec<u32>,
}

impl Texts {
    pub(crate) fn new() -> Texts {
        Texts {
            cells: Vec::new(),
            uuids: Vec::new(),
            arena: Vec::new(),
            index: Index::up_to(0),
            newer: HashMap::new(),
            by_newer: HashMap::new(),
            erased: HashSet::new(),
        }
    }

    /// How many numbers were given; they are 1 to this.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.cells.len()).unwrap_or(u32::MAX)
    }

    /// Gives the next number to a text, or to an erased one.
    pub(crate) fn push(&mut self, text: Option<&str>) -> u32 {
        let number = self.count() + 1;
        let Some(text) = text else {
            self.push_cell(Cell::NONE, false);
            self.erased.insert(number);
            return number;
        };
        if !self.index.has_room_for(number) {
            self.grow(number);
        }
        let spelling = Spelling::of(text);
        self.index.add(hash(&spelling), number);
        match spelling {
            Spelling::Uuid(cell) => self.push_cell(cell, true),
            Spelling::Short(cell) => self.push_cell(cell, false),
            Spelling::Long(text) => {
                self.push_cell(Cell::far(self.arena.len(), text.len()), false);
                self.arena.extend_from_slice(text.as_bytes());
            }
        }
        number
    }

    fn push_cell(&mut self, cell: Cell, is_uuid: bool) {
        let place = self.cells.len();
        if place.is_multiple_of(64) {
            self.uuids.push(0);
        }
        if let Some(bits) = self.uuids.last_mut() {
            *bits |= u64::from(is_uuid) << (place % 64);
        }
        self.cells.push(cell);
    }

    fn grow(&mut self, number: u32) {
        let mut index = Index::up_to(number);
        for number in 1..=self.count() {
            if !self.erased.contains(&number)
                && let Some(spelling) = self.spelling(number)
            {
                index.add(hash(&spelling), number);
            }
        }
        self.index = index;
    }

    fn is_uuid(&self, place: usize) -> bool {
        self.uuids.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
    }

    /// The first text of a number, as it lies here.
    fn spelling(&self, number: u32) -> Option<Spelling<'_>> {
        let place = (number as usize).checked_sub(1)?;
        let cell = *self.cells.get(place)?;
        Some(if self.is_uuid(place) {
            Spelling::Uuid(cell)
        } else if let Some(bytes) = self.far_bytes(cell) {
            Spelling::Long(std::str::from_utf8(bytes).unwrap_or_default())
        } else {
            Spelling::Short(cell)
        })
    }

    /// The bytes of a text that lies in the arena.
    fn far_bytes(&self, cell: Cell) -> Option<&[u8]> {
        Some(self.arena.get(cell.far_range()?).unwrap_or_default())
    }

    fn first_text(&self, number: u32) -> ShortText {
        self.spelling(number).map_or_else(|| ShortText::new(""), |spelling| spelling.text())
    }

    /// Whether this is how the first text of a number lies here.
    fn is_spelled(&self, number: u32, spelling: &Spelling<'_>) -> bool {
        let Some(place) = (number as usize).checked_sub(1) else { return false };
        let Some(&lies) = self.cells.get(place) else { return false };
        match spelling {
            Spelling::Uuid(cell) => lies == *cell && self.is_uuid(place),
            Spelling::Short(cell) => lies == *cell && !self.is_uuid(place),
            Spelling::Long(text) => {
                self.far_bytes(lies) == Some(text.as_bytes()) && !self.is_uuid(place)
            }
        }
    }

    /// Brings what finding a text looks at first into the cache.
    pub(super) fn touch(&self, sought: &Sought<'_>) -> u32 {
        self.index.touch(sought.hash)
    }

    /// The number with a text now.
    pub(super) fn find_sought(&self, sought: &Sought<'_>) -> Option<u32> {
        self.number_of(sought, u32::MAX)
    }

    /// The same for what reading the text of a number looks at.
    pub(super) fn touch_number(&self, number: u32) -> u32 {
        let cell = (number as usize).checked_sub(1).and_then(|place| self.cells.get(place));
        cell.map_or(0, |cell| u32::from(cell.0[0]))
    }

    /// The number that ever had this text; a text is never given twice.
    fn ever(&self, sought: &Sought<'_>) -> Option<u32> {
        let is_meant = |number| self.is_spelled(number, &sought.spelling);
        let first = self.index.find(sought.hash, is_meant);
        first.or_else(|| self.by_newer.get(sought.text).copied())
    }

    /// The number that this text stands for because its own is erased.
    fn forgotten(&self, text: &str, at: u32) -> Option<u32> {
        let number: u32 = text.strip_prefix("erased-")?.parse().ok()?;
        let given = (1..=self.count()).contains(&number);
        (given && self.text_then(number, at).is_none() && text == format!("erased-{number}"))
            .then_some(number)
    }

    /// The number with this text at a position; `u32::MAX` is now.
    pub(crate) fn find_at(&self, text: &str, at: u32) -> Option<u32> {
        self.number_of(&Sought::of(text), at)
    }

    fn number_of(&self, sought: &Sought<'_>, at: u32) -> Option<u32> {
        let Some(number) = self.ever(sought) else { return self.forgotten(sought.text, at) };
        self.has_text(number, sought.text, at).then_some(number)
    }

    pub(crate) fn standing(&self, text: &str) -> Standing {
        match self.ever(&Sought::of(text)) {
            None => Standing::Free,
            Some(number) if self.has_text(number, text, u32::MAX) => Standing::Known,
            Some(_) => Standing::Replaced,
        }
    }

    /// Whether a number that ever had this text has it at a position.
    fn has_text(&self, number: u32, text: &str, at: u32) -> bool {
        let never_changed = self.newer.is_empty() && self.erased.is_empty();
        never_changed || self.text_then(number, at).is_some_and(|then| then.as_str() == text)
    }

    /// The text at a position, unless it is erased.
    fn text_then(&self, number: u32, at: u32) -> Option<ShortText> {
        if !self.newer.is_empty() {
            let mut newer = self.newer.get(&number).into_iter().flatten().rev();
            if let Some((_, text)) = newer.find(|(from, _)| *from <= at) {
                return text.as_deref().map(ShortText::new);
            }
        }
        let erased = !self.erased.is_empty() && self.erased.contains(&number);
        (!erased).then(|| self.first_text(number))
    }

    /// The text of a number at a position; an erased one reads `erased-N`.
    pub(crate) fn text_at(&self, number: u32, at: u32) -> ShortText {
        self.text_then(number, at).unwrap_or_else(|| ShortText::new(&format!("erased-{number}")))
    }

    /// Every text that a number ever had, as far as they are not erased.
    pub(crate) fn all_texts(&self, number: u32) -> Vec<String> {
        let first = self.first_text(number).as_str().to_owned();
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
        let first = self.first_text(number);
        if !self.erased.contains(&number) && tells(first.as_str()) {
            self.index.remove(hash(&Spelling::of(first.as_str())), number);
            self.wipe(number);
            self.erased.insert(number);
        }
        for (_, text) in self.newer.get_mut(&number).into_iter().flatten() {
            if let Some(told) = text.take_if(|text| tells(text)) {
                self.by_newer.remove(&told);
            }
        }
    }

    /// Leaves nothing of the first text of a number.
    fn wipe(&mut self, number: u32) {
        let Some(place) = (number as usize).checked_sub(1) else { return };
        let is_uuid = self.is_uuid(place);
        let Some(cell) = self.cells.get_mut(place) else { return };
        let far = cell.far_range().filter(|_| !is_uuid);
        *cell = Cell::NONE;
        if let Some(bits) = self.uuids.get_mut(place / 64) {
            *bits &= !(1 << (place % 64));
        }
        if let Some(bytes) = far.and_then(|range| self.arena.get_mut(range)) {
            bytes.fill(0);
        }
    }

    /// What it is made of, for a checkpoint.
    pub(super) fn parts(&self) -> Parts {
        Parts {
            cells: self.cells.clone(),
            uuids: self.uuids.clone(),
            arena: self.arena.clone(),
            places: self.index.places().to_vec(),
            newer: self.newer.clone(),
            erased: self.erased.iter().copied().collect(),
        }
    }

    /// Made of what [`Texts::parts`] gave.
    pub(super) fn of_parts(parts: Parts) -> Option<Texts> {
        let Parts { cells, uuids, arena, places, newer, erased } = parts;
        let known = |(number, texts): (&u32, &Vec<(u32, Option<String>)>)| {
            let texts = texts.iter().filter_map(|(_, text)| text.clone());
            texts.map(|text| (text, *number)).collect::<Vec<_>>()
        };
        let by_newer = newer.iter().flat_map(known).collect();
        let index = Index::of_places(places, u32::try_from(cells.len()).ok()?)?;
        let sound = uuids.len() == cells.len().div_ceil(64);
        let erased = erased.into_iter().collect();
        sound.then_some(Texts { cells, uuids, arena, index, newer, by_newer, erased })
    }

    /// Bytes held in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>()
            + self.uuids.capacity() * 8
            + self.arena.capacity()
            + self.index.bytes()
    }
}

fn hash(spelling: &Spelling<'_>) -> u64 {
    let mut hasher = FastHasher::default();
    match spelling {
        Spelling::Uuid(cell) | Spelling::Short(cell) => {
            let [high, low] = cell.words();
            hasher.write_u64(high);
            hasher.write_u64(low);
        }
        Spelling::Long(text) => hasher.write(text.as_bytes()),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Texts {
        fn find(&self, text: &str) -> Option<u32> {
            self.find_at(text, u32::MAX)
        }
    }

    #[test]
    fn numbers_texts_and_back() {
        let mut texts = Texts::new();
        for n in 1..=1000u32 {
            assert_eq!(texts.push(Some(&format!("P-{n}"))), n);
        }
        for n in 1..=1000u32 {
            assert_eq!(texts.find(&format!("P-{n}")), Some(n));
            assert_eq!(texts.text_at(n, 0).as_str(), format!("P-{n}"));
        }
        assert_eq!(texts.find("P-1001"), None);
    }

    #[test]
    fn a_text_is_found_behind_many_erased_ones() {
        let mut texts = Texts::new();
        for number in 1..=500 {
            assert_eq!(texts.push(None), number);
        }
        assert_eq!(texts.push(Some("a")), 501);
        assert_eq!((texts.find("a"), texts.find("erased-7")), (Some(501), Some(7)));
    }

    #[test]
    fn replaced_texts_hold_from_their_position_and_stay_taken() {
        let mut texts = Texts::new();
        texts.push(Some("old"));
        texts.replace(1, 5, Some("new"));
        assert_eq!((texts.find("old"), texts.find("new")), (None, Some(1)));
        assert_eq!((texts.find_at("old", 4), texts.find_at("new", 4)), (Some(1), None));
        assert_eq!(texts.standing("old"), Standing::Replaced);
        assert_eq!(texts.text_at(1, 4).as_str(), "old");
        texts.erase_where(1, |_| true);
        assert_eq!(texts.text_at(1, 4).as_str(), "erased-1");
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

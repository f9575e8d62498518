//! The numbers of the ids that were looked for lately: a batch asks for the same few again and again,
//! when it is judged and when it is written down.

use std::{cell::RefCell, hash::Hasher as _};

use crate::{Kind, hash::FastHasher, short_text::ShortText};

/// How many ids are remembered: enough for one command, and no more than stays near.
const LEAST: usize = 16;
const MOST: usize = 4_096;

/// Each id has one place, and the one looked for last has it.
#[derive(Debug)]
pub(crate) struct Memo(RefCell<Places>);

#[derive(Debug)]
struct Places {
    all: Vec<Option<Remembered>>,
    /// Where the one looked for last is, by kind: rule after rule asks for the same.
    last: [usize; 5],
}

#[derive(Debug, Clone)]
struct Remembered {
    kind: Kind,
    number: u32,
    text: ShortText,
}

impl Memo {
    /// For commands of so many rows.
    pub(crate) fn for_rows(rows: usize) -> Memo {
        let places = rows.saturating_mul(4).clamp(LEAST, MOST).next_power_of_two();
        Memo(RefCell::new(Places { all: vec![None; places], last: [0; 5] }))
    }

    /// Remembers the number of an id.
    pub(super) fn note(&self, kind: Kind, text: &str, number: u32) {
        self.recall(kind, text, || Some(number));
    }

    /// The number of an id, which is looked for where it is not remembered.
    pub(super) fn recall(
        &self,
        kind: Kind,
        text: &str,
        look: impl FnOnce() -> Option<u32>,
    ) -> Option<u32> {
        let Ok(mut places) = self.0.try_borrow_mut() else { return look() };
        let Places { all, last } = &mut *places;
        let last = last.get_mut(kind.index())?;
        if let Some(number) = remembered(all, *last, kind, text) {
            return Some(number);
        }
        *last = place(kind, text) & (all.len() - 1);
        if let Some(number) = remembered(all, *last, kind, text) {
            return Some(number);
        }
        let number = look()?;
        *all.get_mut(*last)? = Some(Remembered { kind, number, text: ShortText::new(text) });
        Some(number)
    }
}

/// The number of an id, if it has that place.
fn remembered(all: &[Option<Remembered>], place: usize, kind: Kind, text: &str) -> Option<u32> {
    let known = all.get(place)?.as_ref()?;
    (known.kind == kind && known.text.as_str() == text).then_some(known.number)
}

/// Ids mostly differ in their last bytes: these and the length are enough to tell most apart.
fn place(kind: Kind, text: &str) -> usize {
    let mut hasher = FastHasher::default();
    hasher.write_usize(text.len() << 3 | kind.index());
    match text.as_bytes().last_chunk::<8>() {
        Some(last) => hasher.write_u64(u64::from_le_bytes(*last)),
        None => hasher.write(text.as_bytes()),
    }
    hasher.finish() as usize
}

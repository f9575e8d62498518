//! Dictionaries: each id once, however many rows have it, and no id that no row has.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{ArrayRef, StringArray};

/// Of ids that rows have as text.
///
/// All batches of a table share one, so that a file or a stream of them never replaces a dictionary.
pub(crate) struct ByText {
    keys: HashMap<String, i32>,
    values: ArrayRef,
}

impl Default for ByText {
    fn default() -> ByText {
        ByText { keys: HashMap::new(), values: texts([]) }
    }
}

impl ByText {
    pub(crate) fn take_in(&mut self, id: &str) {
        if !self.keys.contains_key(id) {
            self.keys.insert(id.to_owned(), NO_KEY);
        }
    }

    /// Gives every id taken in a number, by bytes.
    pub(crate) fn number(&mut self) {
        let mut ids: Vec<(&String, &mut i32)> = self.keys.iter_mut().collect();
        ids.sort_unstable();
        for (number, (_, key)) in ids.iter_mut().enumerate() {
            **key = to_key(number);
        }
        self.values = texts(ids.iter().map(|(id, _)| id.as_str()));
    }

    pub(crate) fn key(&self, id: &str) -> i32 {
        self.keys.get(id).copied().unwrap_or(NO_KEY)
    }

    pub(crate) const fn values(&self) -> &ArrayRef {
        &self.values
    }
}

/// Of ids that rows have as places in a list, which may hold more.
#[derive(Clone)]
pub(crate) struct Shared {
    /// By place in the list.
    keys: Arc<[i32]>,
    values: ArrayRef,
}

impl Shared {
    /// Of a list, and the places of it that rows have.
    pub(crate) fn of<T: AsRef<str>>(list: &[T], used: impl Iterator<Item = usize>) -> Shared {
        let mut keys = vec![NO_KEY; list.len()];
        for place in used {
            keys.get_mut(place).into_iter().for_each(|key| *key = 0);
        }
        let mut ids = Vec::new();
        for (key, id) in keys.iter_mut().zip(list).filter(|(key, _)| **key != NO_KEY) {
            *key = to_key(ids.len());
            ids.push(id.as_ref());
        }
        Shared { keys: keys.into(), values: texts(ids) }
    }

    pub(crate) fn key(&self, place: usize) -> i32 {
        self.keys.get(place).copied().unwrap_or(NO_KEY)
    }

    pub(crate) const fn values(&self) -> &ArrayRef {
        &self.values
    }
}

/// A key that no dictionary has, so that an array with it is refused.
const NO_KEY: i32 = i32::MAX;

fn to_key(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(NO_KEY)
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(texts))
}

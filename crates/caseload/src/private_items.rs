//! The private items of an entry: what must be able to go without breaking the chain.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::{StoreError, log::Hash};

/// The private items of an entry: every id the host chose, names and free text, each with its salt.
///
/// The body holds one SHA-256 over the salted digests of all items, so an item can be erased without
/// breaking the chain: its digest stays in place of salt and text.
///
/// They lie one behind the other, as a store keeps them: a byte 1, the salt of 16 bytes, the length of
/// the text in four (the least first) and the text; or a byte 2 and the digest of 32 bytes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PrivateItems {
    packed: Vec<u8>,
    /// Where each item begins.
    starts: Vec<u32>,
}

impl fmt::Debug for PrivateItems {
    /// No private text reaches a log through `Debug`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateItems").field("items", &self.starts.len()).finish_non_exhaustive()
    }
}

const KEPT: u8 = 1;
const ERASED: u8 = 2;
/// The bytes of the smallest item: tag, salt and the length of an empty text.
pub(crate) const LEAST_ITEM_BYTES: usize = 1 + 16 + 4;

/// One item, as it lies among the others.
enum Item<'a> {
    Kept { salt: &'a [u8; 16], text: &'a [u8] },
    Erased { digest: &'a [u8; 32] },
}

impl<'a> Item<'a> {
    /// The first item of some bytes, and what comes after it.
    fn first(bytes: &'a [u8]) -> Option<(Item<'a>, &'a [u8])> {
        let (&tag, rest) = bytes.split_first()?;
        match tag {
            KEPT => {
                let (salt, rest) = rest.split_first_chunk::<16>()?;
                let (length, rest) = rest.split_first_chunk::<4>()?;
                let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
                let (text, rest) = rest.split_at_checked(length)?;
                Some((Item::Kept { salt, text }, rest))
            }
            ERASED => {
                let (digest, rest) = rest.split_first_chunk::<32>()?;
                Some((Item::Erased { digest }, rest))
            }
            _ => None,
        }
    }

    fn digest(&self) -> Hash {
        match self {
            Item::Kept { salt, text } => Hash::of(&[*salt, text]),
            Item::Erased { digest } => Hash::new(**digest),
        }
    }
}

impl PrivateItems {
    /// Adds an item with its salt: 16 random bytes used for nothing else.
    pub fn push(&mut self, salt: [u8; 16], text: impl AsRef<str>) {
        let text = text.as_ref();
        // An entry is under 4 MiB.
        self.starts.push(u32::try_from(self.packed.len()).unwrap_or(u32::MAX));
        self.packed.push(KEPT);
        self.packed.extend_from_slice(&salt);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.packed.extend_from_slice(&length.to_le_bytes());
        self.packed.extend_from_slice(text.as_bytes());
    }

    /// How many items there are, erased ones included.
    pub const fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The text of an item; `None` if it was erased or there is no such item.
    pub fn text(&self, index: usize) -> Option<&str> {
        let start = usize::try_from(*self.starts.get(index)?).ok()?;
        match Item::first(self.packed.get(start..)?)? {
            (Item::Kept { text, .. }, _) => std::str::from_utf8(text).ok(),
            (Item::Erased { .. }, _) => None,
        }
    }

    fn iter(&self) -> impl Iterator<Item = Item<'_>> {
        let mut rest = self.packed.as_slice();
        std::iter::from_fn(move || {
            let (item, after) = Item::first(rest)?;
            rest = after;
            Some(item)
        })
    }

    /// The digest that the body of the entry must hold.
    pub fn digest(&self) -> Hash {
        let mut sha = Sha256::new();
        for item in self.iter() {
            sha.update(item.digest().as_bytes());
        }
        Hash::new(sha.finalize().into())
    }

    /// The items as a store keeps them.
    pub fn pack(&self) -> Vec<u8> {
        self.packed.clone()
    }

    /// Reads packed items.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the bytes are no packed items.
    pub fn unpack(bytes: &[u8]) -> Result<PrivateItems, StoreError> {
        let damaged = || StoreError::corrupt("the private items of an entry are damaged");
        let (mut starts, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let start = bytes.len() - rest.len();
            starts.push(u32::try_from(start).map_err(|_| damaged())?);
            let (item, after) = Item::first(rest).ok_or_else(damaged)?;
            if let Item::Kept { text, .. } = item {
                std::str::from_utf8(text).map_err(|_| damaged())?;
            }
            rest = after;
        }
        Ok(PrivateItems { packed: bytes.to_vec(), starts })
    }

    /// Replaces items by their digests. Done twice it changes nothing more.
    ///
    /// ```
    /// use caseload::log::PrivateItems;
    /// let none = PrivateItems::default();
    /// assert_eq!(PrivateItems::erase(&none.pack(), &[0])?, none.pack());
    /// # Ok::<(), caseload::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the bytes are no packed items.
    pub fn erase(packed: &[u8], indexes: &[u32]) -> Result<Vec<u8>, StoreError> {
        let items = PrivateItems::unpack(packed)?;
        let mut left = Vec::with_capacity(packed.len());
        let mut rest = packed;
        for index in 0..items.len() {
            let Some((item, after)) = Item::first(rest) else { break };
            if u32::try_from(index).is_ok_and(|index| indexes.contains(&index)) {
                left.push(ERASED);
                left.extend_from_slice(item.digest().as_bytes());
            } else {
                left.extend_from_slice(rest.get(..rest.len() - after.len()).unwrap_or_default());
            }
            rest = after;
        }
        Ok(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> PrivateItems {
        let mut items = PrivateItems::default();
        for (salt, text) in [(1, "P-1"), (2, ""), (3, "s\u{142}")] {
            items.push([salt; 16], text);
        }
        items
    }

    #[test]
    fn packing_and_erasing_keep_the_digest() {
        let items = three();
        let packed = items.pack();
        assert_eq!(PrivateItems::unpack(&packed).unwrap(), items);
        let erased = PrivateItems::erase(&packed, &[0, 7]).unwrap();
        let left = PrivateItems::unpack(&erased).unwrap();
        assert_eq!(left.digest(), items.digest());
        assert_eq!((left.text(0), left.text(1), left.text(2)), (None, Some(""), Some("s\u{142}")));
        assert!(!erased.windows(3).any(|bytes| bytes == b"P-1"));
        assert_eq!(PrivateItems::erase(&erased, &[0]).unwrap(), erased);
    }

    #[test]
    fn damaged_items_are_an_error() {
        let packed = three().pack();
        for cut in 1..packed.len() {
            let whole = PrivateItems::unpack(&packed[..cut]);
            assert!(whole.is_err() || whole.unwrap().len() < 3);
        }
        assert!(PrivateItems::unpack(&[9]).is_err());
    }
}

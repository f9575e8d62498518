//! A text that lies in its owner when it is short, as nearly every id does: made, copied and dropped
//! without the allocator. A whole batch of commands holds thousands of them.

use std::{borrow::Borrow, cmp::Ordering, fmt, hash, sync::Arc};

use arrayvec::ArrayString;
use uuid_simd::{AsOut as _, AsciiCase};

/// The length of a UUID.
const SHORT: usize = 36;

/// See the module.
#[derive(Clone)]
pub(crate) struct ShortText(Place);

#[derive(Clone)]
enum Place {
    Here(ArrayString<SHORT>),
    Shared(Arc<str>),
}

impl ShortText {
    pub(crate) fn new(text: &str) -> ShortText {
        match ArrayString::from(text) {
            Ok(here) => ShortText(Place::Here(here)),
            Err(_) => ShortText(Place::Shared(Arc::from(text))),
        }
    }

    /// A UUID as it is written: in lower case, with hyphens.
    pub(crate) fn of_uuid(uuid: &[u8; 16]) -> ShortText {
        let mut text = [0; SHORT];
        let text = uuid_simd::format_hyphenated(uuid, text.as_out(), AsciiCase::Lower);
        // Digits and hyphens are UTF-8.
        ArrayString::from_byte_string(text)
            .map_or_else(|_| ShortText::new(""), |text| ShortText(Place::Here(text)))
    }

    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            Place::Here(text) => text,
            Place::Shared(text) => text,
        }
    }
}

impl From<&str> for ShortText {
    fn from(text: &str) -> ShortText {
        ShortText::new(text)
    }
}

impl Borrow<str> for ShortText {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for ShortText {
    /// It may be somebody's id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortText(..)")
    }
}

impl PartialEq for ShortText {
    fn eq(&self, other: &ShortText) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ShortText {}

impl PartialOrd for ShortText {
    fn partial_cmp(&self, other: &ShortText) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ShortText {
    /// By bytes. Eight at once mostly decide it, without a call.
    fn cmp(&self, other: &ShortText) -> Ordering {
        let (text, other) = (self.as_str().as_bytes(), other.as_str().as_bytes());
        if let (Some(first), Some(others)) = (text.first_chunk::<8>(), other.first_chunk::<8>())
            && first != others
        {
            return u64::from_be_bytes(*first).cmp(&u64::from_be_bytes(*others));
        }
        text.cmp(other)
    }
}

impl hash::Hash for ShortText {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_texts_compare_alike() {
        let (short, long) = ("b".repeat(36), "b".repeat(37));
        let texts = ["", "a", "aaaaaaa\u{142}", "aaaaaaaaa", "aaaaaaab", &short, &long, "c"];
        let texts = {
            let mut sorted = texts.to_vec();
            sorted.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
            sorted.into_iter().map(ShortText::new).collect::<Vec<_>>()
        };
        for (place, text) in texts.iter().enumerate() {
            for (other_place, other) in texts.iter().enumerate() {
                assert_eq!(text.cmp(other), place.cmp(&other_place));
            }
        }
        assert_eq!(texts[6].as_str().len(), 37);
        assert_eq!(texts[6].clone(), ShortText::new(&long));
    }
}

//! How a text of an id lies in 16 bytes.

use std::ops::Range;

use uuid_simd::AsOut as _;

use crate::short_text::ShortText;

/// A UUID as its 128 bits, or a text of up to 15 bytes behind its length, or the place of a longer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell(pub(super) [u8; 16]);

/// In place of the length: the text lies elsewhere.
const FAR: u8 = 255;
const MOST_HERE: usize = 15;
const UUID_LENGTH: usize = 36;

impl Cell {
    /// No text at all.
    pub(super) const NONE: Cell = Cell([0; 16]);

    /// The place of a text in an arena. An id has at most 128 bytes.
    pub(super) fn far(from: usize, length: usize) -> Cell {
        let mut bytes = [0; 16];
        let [tag, short, _, _, _, _, _, _, place @ ..] = &mut bytes;
        (*tag, *short) = (FAR, u8::try_from(length).unwrap_or(u8::MAX));
        *place = (from as u64).to_le_bytes();
        Cell(bytes)
    }

    /// The place in the arena, of a cell that is no UUID.
    pub(super) fn far_range(self) -> Option<Range<usize>> {
        let [tag, length, _, _, _, _, _, _, place @ ..] = self.0;
        let from = usize::try_from(u64::from_le_bytes(place)).ok()?;
        (tag == FAR).then(|| from..from.saturating_add(usize::from(length)))
    }

    /// The two halves, to be hashed.
    pub(super) fn words(self) -> [u64; 2] {
        let (halves, _) = self.0.as_chunks::<8>();
        let half = |place: usize| halves.get(place).map_or(0, |half| u64::from_le_bytes(*half));
        [half(0), half(1)]
    }
}

/// A text as it lies, or would lie, here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling<'a> {
    /// Written as UUIDs are: in lower case, with hyphens.
    Uuid(Cell),
    Short(Cell),
    Long(&'a str),
}

impl<'a> Spelling<'a> {
    pub(super) fn of(text: &'a str) -> Spelling<'a> {
        let bytes = text.as_bytes();
        if let Some(cell) = uuid(bytes) {
            return Spelling::Uuid(cell);
        }
        let mut cell = [0; 16];
        let [length, here @ ..] = &mut cell;
        match here.get_mut(..bytes.len()) {
            Some(here) => {
                here.copy_from_slice(bytes);
                // At most 15.
                *length = bytes.len() as u8;
                Spelling::Short(Cell(cell))
            }
            None => Spelling::Long(text),
        }
    }

    pub(super) fn text(&self) -> ShortText {
        match self {
            Spelling::Uuid(cell) => ShortText::of_uuid(&cell.0),
            Spelling::Short(cell) => {
                let [length, here @ ..] = cell.0;
                let here = here.get(..usize::from(length).min(MOST_HERE)).unwrap_or_default();
                ShortText::new(std::str::from_utf8(here).unwrap_or_default())
            }
            Spelling::Long(text) => ShortText::new(text),
        }
    }
}

/// A UUID, if it is written as this project writes them.
fn uuid(text: &[u8]) -> Option<Cell> {
    let text: &[u8; UUID_LENGTH] = text.try_into().ok()?;
    let mut cell = [0; 16];
    uuid_simd::parse_hyphenated(text, cell.as_out()).ok()?;
    // Of digits, hyphens and letters only capitals have the bit 64 without the bit 32.
    let capital = text.iter().fold(0, |found, byte| found | (byte & !(byte << 1))) & 64;
    (capital == 0).then_some(Cell(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_read_back_as_it_was() {
        for text in [
            "a",
            "123456789012345",
            "1234567890123456",
            "018c0000-0000-7abc-8000-0123456789ab",
            "018C0000-0000-7abc-8000-0123456789ab",
            "018c0000-0000-7abc-8000-0123456789ag",
            "018c00000000-7abc-8000-0123456789ab-",
            "{018c000000007abc80000123456789abcd}",
            "\u{142}\u{f3}d\u{17a}",
            &"x".repeat(128),
        ] {
            assert_eq!(Spelling::of(text).text().as_str(), text);
        }
        assert!(matches!(Spelling::of("018c0000-0000-7abc-8000-0123456789ab"), Spelling::Uuid(_)));
        assert!(matches!(Spelling::of("018C0000-0000-7abc-8000-0123456789ab"), Spelling::Long(_)));
        assert_eq!(Cell::far(300, 128).far_range(), Some(300..428));
    }
}

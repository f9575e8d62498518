//! A quick no: whether an id can be among some others.

use crate::ParticipantId;

/// Some bits for each id of a set. An id of which the bit is not set is not in it; that takes no look at the
/// set, which nearly every id of a long list is spared.
pub(super) struct Likely {
    /// As many as a power of two.
    words: Vec<u64>,
    shift: u32,
}

/// Of so many ids that are not in the set, one passes.
const BITS_AN_ID: usize = 32;

impl Likely {
    pub(super) fn of<'a>(ids: impl ExactSizeIterator<Item = &'a ParticipantId>) -> Likely {
        let bits = (ids.len() * BITS_AN_ID).next_power_of_two().max(64);
        let mut likely = Likely { words: vec![0; bits / 64], shift: 64 - bits.ilog2() };
        for id in ids {
            let (word, bit) = likely.place(id);
            if let Some(word) = likely.words.get_mut(word) {
                *word |= bit;
            }
        }
        likely
    }

    pub(super) fn may_have(&self, id: &ParticipantId) -> bool {
        let (word, bit) = self.place(id);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// By the first and the last bytes, where ids differ.
    fn place(&self, id: &ParticipantId) -> (usize, u64) {
        let bytes = id.as_str().as_bytes();
        let mixed = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(first), Some(last)) => {
                u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29)
            }
            _ => bytes.iter().fold(0, |mixed, byte| mixed << 8 | u64::from(*byte)),
        };
        let place = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        ((place >> 6) as usize, 1 << (place & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_it_passes_and_little_else() {
        let ids = |prefix: &str, count: u32| -> Vec<ParticipantId> {
            let id = |number| ParticipantId::new(format!("{prefix}{number}")).unwrap();
            (0..count).map(id).collect()
        };
        for prefix in ["P-", "", "participant-of-the-county-", "00000000-0000-4000-8000-00000000"] {
            let all = ids(prefix, 10_000);
            for count in [0, 1, 40, 1_000] {
                let likely = Likely::of(all[..count].iter());
                assert!(all[..count].iter().all(|id| likely.may_have(id)));
                let passed = all[count..].iter().filter(|id| likely.may_have(id)).count();
                assert!(passed < 1_500, "{prefix} {count}: {passed}");
            }
        }
    }
}

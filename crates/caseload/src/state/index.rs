//! Finds numbers by hash: four bytes a place, in which the bits that a number does not need hold a part
//! of its hash, so that a number that is not meant is nearly never looked at.

/// Open addressing with linear probing, a power of two long and at most three quarters full: so a
/// number is less than the length, and the bits above it are free.
#[derive(Debug, Clone)]
pub(super) struct Index {
    places: Vec<u32>,
}

const EMPTY: u32 = 0;
/// No number has all bits set: there are more places than numbers.
const REMOVED: u32 = u32::MAX;
const SHORTEST: usize = 16;

impl Index {
    /// With room for numbers up to this one.
    pub(super) fn up_to(number: u32) -> Index {
        let needed = number as usize / 3 * 4 + 4;
        Index { places: vec![EMPTY; needed.next_power_of_two().max(SHORTEST)] }
    }

    /// Whether it has room for a number.
    pub(super) const fn has_room_for(&self, number: u32) -> bool {
        number as usize * 4 <= self.places.len() * 3
    }

    /// Where a hash begins to be looked for, and what is written above a number with it.
    const fn begin(&self, hash: u64) -> (usize, u32) {
        let mask = self.places.len() - 1;
        ((hash as usize) & mask, (hash >> 32) as u32 & !(mask as u32))
    }

    /// Adds a number that is not in it.
    pub(super) fn add(&mut self, hash: u64, number: u32) {
        let mask = self.places.len() - 1;
        let (mut place, tag) = self.begin(hash);
        while let Some(found) = self.places.get_mut(place) {
            if *found == EMPTY {
                *found = tag | number;
                return;
            }
            place = (place + 1) & mask;
        }
    }

    /// Brings the place where a hash begins to be looked for into the cache.
    pub(super) fn touch(&self, hash: u64) -> u32 {
        self.places.get(self.begin(hash).0).copied().unwrap_or(EMPTY)
    }

    /// The number with this hash that is meant.
    pub(super) fn find(&self, hash: u64, is_meant: impl Fn(u32) -> bool) -> Option<u32> {
        self.place_of(hash, is_meant).map(|(_, number)| number)
    }

    /// Takes a number out.
    pub(super) fn remove(&mut self, hash: u64, number: u32) {
        let place = self.place_of(hash, |other| other == number);
        if let Some(found) = place.and_then(|(place, _)| self.places.get_mut(place)) {
            *found = REMOVED;
        }
    }

    fn place_of(&self, hash: u64, is_meant: impl Fn(u32) -> bool) -> Option<(usize, u32)> {
        let mask = self.places.len() - 1;
        let (mut place, tag) = self.begin(hash);
        loop {
            let found = self.places.get(place).copied().filter(|found| *found != EMPTY)?;
            let number = found & mask as u32;
            if found == tag | number && found != REMOVED && is_meant(number) {
                return Some((place, number));
            }
            place = (place + 1) & mask;
        }
    }

    /// Its places, for a checkpoint.
    pub(super) fn places(&self) -> &[u32] {
        &self.places
    }

    /// Made of such places, if they can be those of numbers up to this one.
    pub(super) fn of_places(places: Vec<u32>, number: u32) -> Option<Index> {
        let index = Index { places };
        let long = index.places.len() >= SHORTEST && index.places.len().is_power_of_two();
        (long && index.has_room_for(number)).then_some(index)
    }

    /// Bytes held in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.places.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_hash_and_none_after_they_are_removed() {
        let hash = |number: u32| u64::from(number / 3).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut index = Index::up_to(0);
        for number in 1..1000u32 {
            if !index.has_room_for(number) {
                index = Index::up_to(number);
                (1..number).for_each(|number| index.add(hash(number), number));
            }
            index.add(hash(number), number);
        }
        for number in 1..1000 {
            assert_eq!(index.find(hash(number), |other| other == number), Some(number));
        }
        index.remove(hash(500), 500);
        assert_eq!(index.find(hash(500), |other| other == 500), None);
        assert_eq!(index.find(hash(499), |other| other == 499), Some(499));
        assert!(Index::of_places(index.places().to_vec(), 999).is_some());
        assert!(Index::of_places(index.places().to_vec(), 5000).is_none());
        assert!(Index::of_places(vec![0; 100], 9).is_none());
    }
}

//! Lines of the state as the sorted answer to a question: put in order as numbers, and made into texts
//! once, at their place.

use crate::{
    Held, ParticipantId,
    state::{Known, LineThen},
};

/// The lines as answers, sorted by program, participant and staff.
pub(crate) fn held_in_order(known: &Known<'_>, lines: &[LineThen]) -> Vec<Held> {
    let programs = Ranked::of(lines.iter().map(|line| line.program), |n| known.program_id(n));
    let staff = Ranked::of(lines.iter().map(|line| line.staff), |n| known.staff_id(n));
    let mut places: Vec<Place> = Vec::with_capacity(lines.len());
    for line in lines {
        let participant = known.participant_id(line.participant);
        let (program, staff) = (programs.rank(line.program), staff.rank(line.staff));
        places.push(Place { program, begins: first_bytes(&participant), staff, participant });
    }
    // What is moved about is a number each.
    let mut order: Vec<&Place> = places.iter().collect();
    order.sort_unstable_by(|a, b| {
        (a.program, a.begins)
            .cmp(&(b.program, b.begins))
            .then_with(|| a.participant.cmp(&b.participant))
            .then_with(|| a.staff.cmp(&b.staff))
    });
    let mut held = Vec::with_capacity(order.len());
    for place in order {
        if let (Some(program), Some(staff)) = (programs.id(place.program), staff.id(place.staff)) {
            let participant = place.participant.clone();
            held.push(Held { program: program.clone(), participant, staff: staff.clone() });
        }
    }
    held
}

/// One answer before it is one.
struct Place {
    program: u32,
    /// Of the participant: nearly always enough to tell which comes first.
    begins: u128,
    staff: u32,
    participant: ParticipantId,
}

/// The ids of some numbers, each with its rank among them.
struct Ranked<T> {
    /// By id.
    ids: Vec<T>,
    /// By number, with the rank.
    ranks: Vec<(u32, u32)>,
}

impl<T: Ord> Ranked<T> {
    fn of(numbers: impl Iterator<Item = u32>, id: impl Fn(u32) -> T) -> Ranked<T> {
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut ids: Vec<(T, u32)> = numbers.iter().map(|number| (id(*number), *number)).collect();
        ids.sort_unstable();
        let mut ranks: Vec<(u32, u32)> = ids.iter().map(|(_, number)| *number).zip(0..).collect();
        ranks.sort_unstable();
        Ranked { ids: ids.into_iter().map(|(id, _)| id).collect(), ranks }
    }

    fn rank(&self, number: u32) -> u32 {
        let place = self.ranks.binary_search_by_key(&number, |(number, _)| *number);
        place.ok().and_then(|place| self.ranks.get(place)).map_or(0, |(_, rank)| *rank)
    }

    fn id(&self, rank: u32) -> Option<&T> {
        self.ids.get(rank as usize)
    }
}

/// The first 16 bytes as a number that compares as they do.
fn first_bytes(id: &ParticipantId) -> u128 {
    let bytes = id.as_str().as_bytes();
    let first = bytes.first_chunk::<16>().copied().unwrap_or_else(|| {
        let mut first = [0; 16];
        first.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        first
    });
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_compare_as_texts_do() {
        let ids = ["1", "10", "P-1", "P-10", "P-1023-4567-8901", "P-1023-4567-8901-2", "\u{142}"];
        let ids = ids.map(|id| ParticipantId::new(id).unwrap());
        assert!(ids.is_sorted() && ids.iter().map(first_bytes).is_sorted());
    }
}

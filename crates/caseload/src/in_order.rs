//! Lines of the state as the sorted answer to a question: put in order as numbers, and made into texts
//! once, at their place.

use crate::{
    Held, Kind,
    state::{Known, LineThen},
};

/// The lines as answers, sorted by program, participant and staff.
pub(crate) fn held_in_order(known: &Known<'_>, lines: &[LineThen]) -> Vec<Held> {
    let programs = Ranked::of(lines.iter().map(|line| line.program), |n| known.program_id(n));
    let staff = Ranked::of(lines.iter().map(|line| line.staff), |n| known.staff_id(n));
    known.bring_texts_near(Kind::Participant, lines.iter().map(|line| line.participant));
    let mut participants = Vec::with_capacity(lines.len());
    let mut order = Vec::with_capacity(lines.len());
    for (line, place) in lines.iter().zip(0..) {
        let participant = known.participant_id(line.participant);
        let program = programs.rank(line.program);
        let begins = u128::from(program) << 96 | first_bytes(participant.as_str());
        order.push(Place { begins, place, program, staff: staff.rank(line.staff) });
        participants.push(participant);
    }
    let participant = |place: &Place| participants.get(place.place as usize);
    order.sort_unstable_by(|a, b| {
        a.begins
            .cmp(&b.begins)
            .then_with(|| participant(a).cmp(&participant(b)).then_with(|| a.staff.cmp(&b.staff)))
    });
    let held = order.iter().filter_map(|place| {
        Some(Held {
            program: programs.id(place.program)?.clone(),
            participant: participant(place)?.clone(),
            staff: staff.id(place.staff)?.clone(),
        })
    });
    let mut all = Vec::with_capacity(order.len());
    all.extend(held);
    all
}

/// One answer before it is one: what is moved about is small.
struct Place {
    /// The rank of the program before the first bytes of the participant: nearly always enough to tell
    /// which comes first.
    begins: u128,
    /// Among the lines.
    place: u32,
    program: u32,
    staff: u32,
}

/// The ids of some numbers, each with its rank among them.
pub(crate) struct Ranked<T> {
    /// By id.
    ids: Vec<T>,
    /// By number, with the rank.
    ranks: Vec<(u32, u32)>,
}

impl<T: Ord> Ranked<T> {
    pub(crate) fn of(numbers: impl Iterator<Item = u32>, id: impl Fn(u32) -> T) -> Ranked<T> {
        let mut numbers: Vec<u32> = numbers.collect();
        // A caseload has one staff member throughout.
        numbers.dedup();
        numbers.sort_unstable();
        numbers.dedup();
        let mut ids: Vec<(T, u32)> = numbers.iter().map(|number| (id(*number), *number)).collect();
        ids.sort_unstable();
        let mut ranks: Vec<(u32, u32)> = ids.iter().map(|(_, number)| *number).zip(0..).collect();
        ranks.sort_unstable();
        Ranked { ids: ids.into_iter().map(|(id, _)| id).collect(), ranks }
    }

    pub(crate) fn rank(&self, number: u32) -> u32 {
        let place = self.ranks.binary_search_by_key(&number, |(number, _)| *number);
        place.ok().and_then(|place| self.ranks.get(place)).map_or(0, |(_, rank)| *rank)
    }

    fn id(&self, rank: u32) -> Option<&T> {
        self.ids.get(rank as usize)
    }

    /// The ids, in order.
    pub(crate) fn ids(self) -> Vec<T> {
        self.ids
    }
}

/// The first twelve bytes as a number that compares as they do.
fn first_bytes(text: &str) -> u128 {
    let mut first = [0; 16];
    let [_, _, _, _, start @ ..] = &mut first;
    match text.as_bytes().first_chunk::<12>() {
        Some(bytes) => *start = *bytes,
        None => start.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte),
    }
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_compare_as_texts_do() {
        let ids = ["1", "10", "P-1", "P-10", "P-1023-4567-8901", "P-1023-4567-8901-2", "\u{142}"];
        assert!(ids.is_sorted() && ids.iter().map(|id| first_bytes(id)).is_sorted());
    }
}

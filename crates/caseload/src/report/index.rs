//! Of whom the rows of a report are: shared lists of ids, and for each row its places in them.

use std::{cmp::Ordering, sync::Arc};

use super::{By, Of};
use crate::{ProgramId, StaffId};

/// One more than a place in the list of staff, and in that of programs; 0 in the row of a sum.
pub(super) type Key = (u32, u32);

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    // INVARIANT: both lists are sorted and have each id once; keys are sorted, each once.
    pub(super) staff: Arc<[StaffId]>,
    pub(super) programs: Arc<[ProgramId]>,
    pub(super) keys: Vec<Key>,
}

impl Index {
    /// The row of one.
    pub(super) fn find(&self, of: &Of) -> Option<usize> {
        let key =
            (place(&self.staff, of.staff.as_ref())?, place(&self.programs, of.program.as_ref())?);
        self.keys.binary_search(&key).ok()
    }

    /// Of whom each row is.
    pub(super) fn iter(&self) -> impl Iterator<Item = Of> {
        self.rows().map(|(staff, program)| Of {
            staff: staff.and_then(|place| self.staff.get(place)).cloned(),
            program: program.and_then(|place| self.programs.get(place)).cloned(),
        })
    }

    /// The places of each row in the lists.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Option<usize>, Option<usize>)> {
        let place = |key: u32| (key as usize).checked_sub(1);
        self.keys.iter().map(move |(staff, program)| (place(*staff), place(*program)))
    }

    /// Only the rows of a kind.
    pub(super) fn only(self, by: By) -> Index {
        let is_one =
            |(staff, program): &Key| by.row_of(1, 1) == ((*staff).min(1), (*program).min(1));
        let keys = self.keys.into_iter().filter(is_one).collect();
        Index { keys, ..self }
    }

    /// The rows of both, and where in them those of each are.
    pub(super) fn union(&self, other: &Index) -> (Index, [Vec<usize>; 2]) {
        let (staff, my_staff, other_staff) = union(&self.staff, &other.staff);
        let (programs, my_programs, other_programs) = union(&self.programs, &other.programs);
        let mine = moved(&self.keys, &my_staff, &my_programs);
        let theirs = moved(&other.keys, &other_staff, &other_programs);
        let (keys, mine, theirs) = union(&mine, &theirs);
        let places = |places: Vec<u32>| places.into_iter().map(|place| place as usize).collect();
        let index = Index { staff: staff.into(), programs: programs.into(), keys };
        (index, [places(mine), places(theirs)])
    }
}

impl Eq for Index {}

/// Two are equal if their rows are of the same; their lists may have more ids.
impl PartialEq for Index {
    fn eq(&self, other: &Index) -> bool {
        let alike =
            Arc::ptr_eq(&self.staff, &other.staff) && Arc::ptr_eq(&self.programs, &other.programs);
        if alike { self.keys == other.keys } else { self.iter().eq(other.iter()) }
    }
}

/// The key of an id, 0 for none; `None` where the list has no such id.
fn place<T: Ord>(list: &[T], id: Option<&T>) -> Option<u32> {
    let Some(id) = id else { return Some(0) };
    list.binary_search(id).ok().and_then(|place| u32::try_from(place + 1).ok())
}

/// All of two sorted lists, each once, with the places there of the items of each.
fn union<T: Ord + Clone>(mine: &[T], theirs: &[T]) -> (Vec<T>, Vec<u32>, Vec<u32>) {
    let (mut all, mut my_places, mut their_places) = (Vec::new(), Vec::new(), Vec::new());
    let (mut mine, mut theirs) = (mine.iter().peekable(), theirs.iter().peekable());
    loop {
        let order = match (mine.peek(), theirs.peek()) {
            (Some(mine), Some(theirs)) => mine.cmp(theirs),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let place = u32::try_from(all.len()).unwrap_or(u32::MAX);
        if order.is_le() {
            my_places.push(place);
        }
        if order.is_ge() {
            their_places.push(place);
        }
        let next = if order.is_le() { mine.next() } else { None };
        let other = if order.is_ge() { theirs.next() } else { None };
        all.extend(next.or(other).cloned());
    }
    (all, my_places, their_places)
}

/// Keys in lists into which those they were made for have gone.
fn moved(keys: &[Key], staff: &[u32], programs: &[u32]) -> Vec<Key> {
    let moved = |key: u32, places: &[u32]| {
        let place = (key as usize).checked_sub(1).and_then(|place| places.get(place));
        place.map_or(0, |place| place + 1)
    };
    keys.iter().map(|(s, p)| (moved(*s, staff), moved(*p, programs))).collect()
}

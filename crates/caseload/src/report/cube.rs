//! Values for each of whom a report tells something, kept as columns over shared lists of ids.

use std::{iter::zip, sync::Arc};

use super::{
    By, Of,
    index::{Index, Key},
};
use crate::{
    ProgramId, StaffId,
    hash::FastMap,
    in_order::Ranked,
    state::{Known, Roster},
};

/// A value for each [`Of`]: for staff members in programs, for staff members, for programs and for all, as
/// `GROUP BY CUBE (staff, program)` has them. In the order of [`Of`]: sums before what they add up.
///
/// It is read like a map. Each id stands in it once, however many rows are about it; whoever wants columns
/// takes [`Cube::staff`], [`Cube::programs`], [`Cube::rows`] and [`Cube::values`].
///
/// ```
/// use caseload::{Agency, Asked, Day, Error, MemoryLog, report::{Filter, Of, Range}};
/// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
/// let (asked, april) = (Asked::of(Day::FIRST), Range::new("2024-04-01".parse()?, "2024-05-01".parse()?)?);
/// let days = snapshot.average_daily_caseload(april, &Filter::all(), &asked)?.covered_days;
/// assert_eq!((days.get(&Of::ALL), days.iter().next(), days.is_empty()), (None, None, true));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cube<T> {
    index: Index,
    values: Vec<T>,
}

impl<T: Eq> Eq for Cube<T> {}

impl<T> Cube<T> {
    /// How many rows.
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nobody has a value.
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of one; `None` where the report tells nothing of them.
    pub fn get(&self, of: &Of) -> Option<&T> {
        self.values.get(self.index.find(of)?)
    }

    /// Each with its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Of, &T)> {
        self.keys().zip(&self.values)
    }

    /// Of whom there is a value, in order.
    pub fn keys(&self) -> impl Iterator<Item = Of> {
        self.index.iter()
    }

    /// The values, in the order of their rows.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The staff that rows may be about, sorted.
    pub fn staff(&self) -> &[StaffId] {
        &self.index.staff
    }

    /// The programs that rows may be about, sorted.
    pub fn programs(&self) -> &[ProgramId] {
        &self.index.programs
    }

    /// The places of each row's staff member and program in [`Cube::staff`] and [`Cube::programs`]; `None`
    /// where it is a sum over all of them.
    pub fn rows(&self) -> impl Iterator<Item = (Option<usize>, Option<usize>)> {
        self.index.rows()
    }

    /// Its index and its values.
    pub(super) fn into_columns(self) -> (Index, Vec<T>) {
        (self.index, self.values)
    }

    /// Takes in the rows of another; `add` makes one value of two.
    pub(super) fn merge(&mut self, other: Cube<T>, add: impl Fn(&mut T, T))
    where
        T: Default,
    {
        let (index, [mine, theirs]) = self.index.union(&other.index);
        let mut values: Vec<T> = index.keys.iter().map(|_| T::default()).collect();
        let old = zip(mine, std::mem::take(&mut self.values));
        for (row, value) in old.chain(zip(theirs, other.values)) {
            if let Some(place) = values.get_mut(row) {
                add(place, value);
            }
        }
        *self = Cube { index, values };
    }
}

impl<'a, T> IntoIterator for &'a Cube<T> {
    type Item = (Of, &'a T);
    type IntoIter = Box<dyn Iterator<Item = (Of, &'a T)> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl Cube<u64> {
    /// Of numbers that add up, by the number of the place in the census, those above 0.
    pub(super) fn adding_up(
        roster: &Roster,
        numbers: &[u64],
        chosen: impl Fn(u32) -> bool,
    ) -> Cube<u64> {
        let Roster { staff, programs, places } = roster;
        let sums = programs.len() + 1;
        let most = sums + places.len() + staff.len();
        let (mut keys, mut values) = (Vec::with_capacity(most), Vec::with_capacity(most));
        keys.extend((0..).take(sums).map(|program| (0, program)));
        values.resize(sums, 0);
        let (mut whose, mut sum) = (u32::MAX, 0);
        let add = |values: &mut Vec<u64>, row: usize, value: u64| {
            values.get_mut(row).into_iter().for_each(|sum| *sum += value);
        };
        for place in places {
            let value = numbers.get(place.number as usize).copied().unwrap_or(0);
            if value == 0 || !chosen(place.number) {
                continue;
            }
            if place.staff != whose {
                (whose, sum) = (place.staff, keys.len());
                keys.push((whose + 1, 0));
                values.push(0);
            }
            keys.push((whose + 1, place.program + 1));
            values.push(value);
            add(&mut values, sum, value);
            add(&mut values, place.program as usize + 1, value);
            add(&mut values, 0, value);
        }
        if values.iter().take(sums).any(|sum| *sum == 0) {
            (keys, values) = zip(keys, values).filter(|(_, value)| *value > 0).unzip();
        }
        let index = Index { staff: Arc::clone(staff), programs: Arc::clone(programs), keys };
        Cube { index, values }
    }
}

/// An [`Of`] in numbers.
type Place = (Option<u32>, Option<u32>);

/// What lines bring, added up for every [`Of`] that each belongs to.
pub(super) struct Tallies<T>(FastMap<Place, T>);

impl<T: Default> Tallies<T> {
    pub(super) fn new() -> Tallies<T> {
        Tallies(FastMap::default())
    }

    pub(super) fn add(&mut self, staff: u32, program: u32, mut add: impl FnMut(&mut T)) {
        let (staff, program) = (Some(staff), Some(program));
        for place in [(staff, program), (staff, None), (None, program), (None, None)] {
            add(self.0.entry(place).or_default());
        }
    }

    /// Only for the row of the line.
    pub(super) fn add_by(&mut self, by: By, staff: u32, program: u32, add: impl Fn(&mut T)) {
        let (staff, program) = by.row_of(staff, program);
        let none_of_0 = |number: u32| Some(number).filter(|number| *number != 0);
        add(self.0.entry((none_of_0(staff), none_of_0(program))).or_default());
    }

    /// What has no staff.
    pub(super) fn add_of_program(&mut self, program: u32, mut add: impl FnMut(&mut T)) {
        for place in [(None, Some(program)), (None, None)] {
            add(self.0.entry(place).or_default());
        }
    }

    /// By id, what `value` makes of each; without those of which it makes nothing.
    pub(super) fn cube<U>(self, known: &Known<'_>, value: impl Fn(T) -> Option<U>) -> Cube<U> {
        let rows = self.0.into_iter();
        let rows: Vec<(Place, U)> =
            rows.filter_map(|(place, sum)| Some((place, value(sum)?))).collect();
        let staff = Ranked::of(rows.iter().filter_map(|((s, _), _)| *s), |n| known.staff_id(n));
        let programs =
            Ranked::of(rows.iter().filter_map(|((_, p), _)| *p), |n| known.program_id(n));
        let key = |(s, p): Place| {
            (s.map_or(0, |s| staff.rank(s) + 1), p.map_or(0, |p| programs.rank(p) + 1))
        };
        let mut rows: Vec<(Key, U)> =
            rows.into_iter().map(|(of, value)| (key(of), value)).collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        let (keys, values) = rows.into_iter().unzip();
        let index = Index { staff: staff.ids().into(), programs: programs.ids().into(), keys };
        Cube { index, values }
    }
}

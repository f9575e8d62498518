//! The months of a program that were counted, and what was counted in them, until something is entered that
//! changes them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    Day,
    report::{MonthFlow, Range},
};

/// See the module. Whoever asks counts what is missing; whatever is entered about a day takes the seal off
/// the month of the day and those behind it.
#[derive(Debug, Default)]
pub(crate) struct SealedMonths(Mutex<Arc<Months>>);

/// Months in order, none left out.
pub(crate) type Months = Vec<(Range, MonthFlow)>;

/// A copy knows of no month yet: it may be given other entries.
impl Clone for SealedMonths {
    fn clone(&self) -> SealedMonths {
        SealedMonths::default()
    }
}

impl SealedMonths {
    /// Something was entered that counts from a day on.
    pub(super) fn unseal(&mut self, day: i32) {
        let sealed = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        let right = sealed.partition_point(|(month, _)| month.last_day().number() < day);
        // Before the first, nothing had been entered: it is not known any more where to begin.
        let is_before = sealed.first().is_some_and(|(month, _)| day < month.first().number());
        let right = if is_before { 0 } else { right };
        if right < sealed.len() {
            Arc::make_mut(sealed).truncate(right);
        }
    }

    /// The first day from which months are missing before `until`; `None` if they are missing from the
    /// beginning. Nothing if none is missing.
    pub(crate) fn missing(&self, until: Day) -> Option<Option<Day>> {
        match self.sealed().last() {
            None => Some(None),
            Some((last, _)) if last.last_day() < until => last.end().map(Some),
            Some(_) => None,
        }
    }

    /// Adds what was counted in the months that follow.
    pub(crate) fn seal(&self, months: impl Iterator<Item = (Range, MonthFlow)>) {
        let mut sealed = self.sealed();
        let last = sealed.last().map(|(month, _)| *month);
        // Somebody else may have counted them meanwhile.
        let new = months.filter(|(month, _)| last.is_none_or(|last| last < *month));
        Arc::make_mut(&mut sealed).extend(new);
    }

    /// All that was counted.
    pub(crate) fn all(&self) -> Arc<Months> {
        Arc::clone(&self.sealed())
    }

    /// Bytes held in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let sealed = self.sealed();
        let lengths = sealed.iter().map(|(_, flow)| size_of_val(flow.lengths())).sum::<usize>();
        lengths + sealed.capacity() * size_of::<(Range, MonthFlow)>()
    }

    fn sealed(&self) -> MutexGuard<'_, Arc<Months>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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
pub(crate) struct SealedMonths(Mutex<Sealed>);

/// Months in a row.
#[derive(Debug, Default)]
struct Sealed {
    /// In order, none left out.
    months: Vec<Range>,
    flows: Vec<Arc<MonthFlow>>,
}

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
        let right = sealed.months.partition_point(|month| month.last_day().number() < day);
        // Before the first, nothing had been entered: it is not known any more where to begin.
        let right =
            if sealed.months.first().is_some_and(|m| day < m.first().number()) { 0 } else { right };
        sealed.months.truncate(right);
        sealed.flows.truncate(right);
    }

    /// The first day from which months are missing before `until`; `None` if they are missing from the
    /// beginning. Nothing if none is missing.
    pub(crate) fn missing(&self, until: Day) -> Option<Option<Day>> {
        let sealed = self.sealed();
        match sealed.months.last() {
            None => Some(None),
            Some(last) if last.last_day() < until => last.end().map(Some),
            Some(_) => None,
        }
    }

    /// Adds what was counted in the months that follow.
    pub(crate) fn seal(&self, months: impl Iterator<Item = (Range, MonthFlow)>) {
        let mut sealed = self.sealed();
        for (month, flow) in months {
            // Somebody else may have counted them meanwhile.
            if sealed.months.last().is_none_or(|last| *last < month) {
                sealed.months.push(month);
                sealed.flows.push(Arc::new(flow));
            }
        }
    }

    /// What was counted in these months in a row.
    pub(crate) fn flows(&self, months: &[Range]) -> Vec<(Range, Arc<MonthFlow>)> {
        let (sealed, first) = (self.sealed(), months.first());
        let before =
            sealed.months.partition_point(|month| first.is_some_and(|first| month < first));
        let all = sealed.months.iter().copied().zip(sealed.flows.iter().map(Arc::clone));
        all.skip(before).take_while(|(month, _)| Some(month) <= months.last()).collect()
    }

    /// Bytes held in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let sealed = self.sealed();
        let flow = |flow: &Arc<MonthFlow>| size_of::<MonthFlow>() + flow.lengths.capacity() * 4;
        sealed.flows.iter().map(flow).sum::<usize>() + sealed.months.capacity() * 16
    }

    fn sealed(&self) -> MutexGuard<'_, Sealed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

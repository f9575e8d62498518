//! The months of a program that were counted, and what was counted in them, until something is entered that
//! changes them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    Day,
    report::{MonthFlow, Range},
};

/// See the module. Whoever asks counts what is missing, while others may write; whatever is entered about a day
/// takes the seal off the month of the day and those behind it.
#[derive(Debug, Default)]
pub(crate) struct SealedMonths(Mutex<Sealed>);

#[derive(Debug, Default)]
struct Sealed {
    months: Arc<Months>,
    seals: Seals,
}

/// Months in order, none left out.
pub(crate) type Months = Vec<(Range, MonthFlow)>;

/// How often something was entered that could have taken a seal off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seals(u64);

/// What is there to go on from.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) months: Arc<Months>,
    pub(crate) seals: Seals,
    /// The first day from which months are missing: where there are any at all, behind the last one.
    pub(crate) missing: Option<Day>,
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
        sealed.seals.0 += 1;
        let months = &mut sealed.months;
        let right = months.partition_point(|(month, _)| month.last_day().number() < day);
        // Before the first, nothing had been entered: it is not known any more where to begin.
        let is_before = months.first().is_some_and(|(month, _)| day < month.first().number());
        let right = if is_before { 0 } else { right };
        if right < months.len() {
            Arc::make_mut(months).truncate(right);
        }
    }

    /// What was counted.
    pub(crate) fn begun(&self) -> Begun {
        let sealed = self.sealed();
        let missing = sealed.months.last().and_then(|(last, _)| last.end());
        Begun { months: Arc::clone(&sealed.months), seals: sealed.seals, missing }
    }

    /// Adds what was counted in the months that follow, and answers with all; gives them back where something
    /// was entered since, which may belong to them.
    pub(super) fn seal(&self, since: Seals, months: Months) -> Result<Arc<Months>, Months> {
        let mut sealed = self.sealed();
        if sealed.seals != since {
            return Err(months);
        }
        let last = sealed.months.last().map(|(month, _)| *month);
        // Somebody else may have counted them meanwhile.
        let new = months.into_iter().filter(|(month, _)| last.is_none_or(|last| last < *month));
        Arc::make_mut(&mut sealed.months).extend(new);
        Ok(Arc::clone(&sealed.months))
    }

    /// Bytes held in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let sealed = self.sealed();
        let months = &sealed.months;
        let lengths = months.iter().map(|(_, flow)| size_of_val(flow.lengths())).sum::<usize>();
        lengths + months.capacity() * size_of::<(Range, MonthFlow)>()
    }

    fn sealed(&self) -> MutexGuard<'_, Sealed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_before_something_was_entered_is_not_kept() {
        let april = Range::month_of("2024-04-05".parse().unwrap());
        let counted = || vec![(april, MonthFlow::default())];
        let mut sealed = SealedMonths::default();
        let begun = sealed.begun();
        // Even of a later day: it may have been looked at, or not.
        sealed.unseal(april.last_day().number() + 40);
        assert!(sealed.seal(begun.seals, counted()).is_err());
        let begun = sealed.begun();
        assert_eq!(begun.missing, None);
        assert_eq!(sealed.seal(begun.seals, counted()).unwrap().len(), 1);
        // Somebody else counted the same meanwhile.
        assert_eq!(sealed.seal(begun.seals, counted()).unwrap().len(), 1);
        assert_eq!(sealed.begun().missing, april.end());
    }
}

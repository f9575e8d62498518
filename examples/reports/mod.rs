//! What a supervisor reads: reports of one kind in each file, and the made-up agency they are about.

pub(crate) mod agency;
pub(crate) mod audit;
pub(crate) mod changes;
pub(crate) mod equity;
pub(crate) mod lengths;
pub(crate) mod loads;
pub(crate) mod people;
pub(crate) mod waiting;
mod words;

use std::error::Error as StdError;

use caseload::{
    Asked, Snapshot,
    report::{Filter, Range},
};

pub(crate) type Failure = Box<dyn StdError>;

/// What all reports are asked of: everything, as known at one head.
pub(crate) struct Year {
    /// The days that reports over days are about.
    pub(crate) days: Range,
    /// What is known.
    pub(crate) snapshot: Snapshot,
    /// As of its last day, as known at the end.
    pub(crate) asked: Asked,
    /// Every program, worker and participant.
    pub(crate) everyone: Filter,
}

impl Year {
    pub(crate) fn new(days: Range, snapshot: Snapshot) -> Year {
        Year { days, snapshot, asked: Asked::of(days.last_day()), everyone: Filter::all() }
    }

    /// "2025-01-01 to 2025-12-31".
    fn in_words(&self) -> String {
        format!("{} to {}", self.days.first(), self.days.last_day())
    }
}

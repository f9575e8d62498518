//! The reports that lines answer, over a snapshot or over any view.

use std::fmt;

use super::{Asking, Filter, look::Look};
use crate::{Snapshot, View};

/// The reports that lines and enrollments answer, over whatever has them: a [`Snapshot`], or any [`View`],
/// such as a host's own tables. Each is the method of the same name of [`Snapshot`], with the same answer.
///
/// Over a plain view nothing is kept in order: what a report is about is read by [`View::lines`] and
/// [`View::enrollments`] each time, with as narrow a filter as its own allows (the days, and the participants,
/// the staff or the programs), and looked at line by line. Three things are the log's, and not there:
///
/// - what was known earlier: `known_at` is `input-command`, because a view tells what is known now;
/// - who entered something, when and why: [`Snapshot::participant_history`], [`Snapshot::transfers`],
///   [`Snapshot::corrections`] and [`Snapshot::caseload_then_and_now`] are methods of a snapshot alone;
/// - a state that stays as it is: a report asks the view several times, so the host keeps it still meanwhile
///   (one transaction), as it does for [`decide`](crate::decide).
///
/// ```
/// use caseload::{Asked, Day, Error, View, report::{Filter, Of, Reports}};
/// fn cases_in_all(tables: &dyn View, day: Day) -> Result<u64, Error> {
///     let report = Reports::over(tables).current_caseload(&Filter::all(), &Asked::of(day))?;
///     Ok(report.loads.get(&Of::ALL).map_or(0, |load| load.cases))
/// }
/// # let _ = cases_in_all;
/// ```
#[derive(Clone, Copy)]
pub struct Reports<'a>(Over<'a>);

/// What the lines of a report are kept in.
#[derive(Clone, Copy)]
pub(super) enum Over<'a> {
    /// The state, with what it keeps in order.
    Snapshot(&'a Snapshot),
    /// Tables that can be asked, and no more.
    View(&'a dyn View),
}

impl<'a> Reports<'a> {
    /// Over a plain view.
    ///
    /// Each report over it fails with [`Error::Store`](crate::Error::Store) when the view does, with what the
    /// view said, and with [`Error::Input`](crate::Error::Input) (`input-command`) when it is asked with a
    /// `known_at`.
    pub const fn over(view: &'a dyn View) -> Reports<'a> {
        Reports(Over::View(view))
    }

    /// Gets ready to look at what a filter names.
    pub(super) fn look<'b, 'c: 'b>(
        &self,
        filter: &'b Filter,
        asked: impl Into<Asking<'c>>,
    ) -> Look<'b>
    where
        'a: 'b,
    {
        Look::new(self.0, filter, asked.into())
    }
}

impl Snapshot {
    /// Its reports that lines answer, for code that asks snapshots and plain views alike.
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog, report::{Filter, Reports}};
    /// fn is_empty(reports: Reports<'_>, asked: &Asked) -> Result<bool, Error> {
    ///     Ok(reports.current_caseload(&Filter::all(), asked)?.cases.is_empty())
    /// }
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// assert!(is_empty(snapshot.reports(), &Asked::of("2024-03-01".parse::<Day>()?))?);
    /// # Ok::<(), Error>(())
    /// ```
    pub const fn reports(&self) -> Reports<'_> {
        Reports(Over::Snapshot(self))
    }
}

impl fmt::Debug for Reports<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Over::Snapshot(_) => "Reports(of a snapshot)",
            Over::View(_) => "Reports(over a view)",
        })
    }
}

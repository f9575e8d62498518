//! The questions that answer with a list, a page at a time: what comes after an item, at most
//! [`MAX_PAGE`](crate::MAX_PAGE). Pages of one snapshot put together are its whole list, whoever writes meanwhile.

use crate::{
    AnyId, Asked, Count, Error, Held, KnownAt, Line, Name, Paged, ParticipantId, Program,
    ProgramId, Snapshot, Staff, StaffId, list::List, question::by_place,
};

impl Snapshot {
    /// A page of [`Snapshot::caseload`].
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog, StaffId, log::More};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// let page = snapshot.caseload_page(&StaffId::new("s1")?, None, &asked, None, 500)?;
    /// assert_eq!((page.items.len(), page.more), (0, More::No));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn caseload_page(
        &self,
        staff: &StaffId,
        program: Option<&ProgramId>,
        asked: &Asked,
        after: Option<&Held>,
        limit: usize,
    ) -> Result<Paged<Held>, Error> {
        self.list_caseload(staff, program, asked, after_itself(after, limit))
    }

    /// A page of [`Snapshot::held`].
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog, log::More};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// let mut last = None;
    /// loop {
    ///     let page = snapshot.held_page(None, &asked, last.as_ref(), 500)?;
    ///     last = page.items.last().cloned().or(last);
    ///     if page.more == More::No {
    ///         break;
    ///     }
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    pub fn held_page(
        &self,
        program: Option<&ProgramId>,
        asked: &Asked,
        after: Option<&Held>,
        limit: usize,
    ) -> Result<Paged<Held>, Error> {
        self.list_held(program, asked, after_itself(after, limit))
    }

    /// A page of [`Snapshot::counts`].
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// assert!(snapshot.counts_page(None, &asked, None, 500)?.items.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn counts_page(
        &self,
        program: Option<&ProgramId>,
        asked: &Asked,
        after: Option<&Count>,
        limit: usize,
    ) -> Result<Paged<Count>, Error> {
        self.list_counts(program, asked, after_itself(after, limit))
    }

    /// A page of [`Snapshot::unassigned`].
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog, ProgramId};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// let page = snapshot.unassigned_page(&ProgramId::new("housing")?, &asked, None, 500)?;
    /// assert!(page.items.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn unassigned_page(
        &self,
        program: &ProgramId,
        asked: &Asked,
        after: Option<&ParticipantId>,
        limit: usize,
    ) -> Result<Paged<ParticipantId>, Error> {
        self.list_unassigned(program, asked, after_itself(after, limit))
    }

    /// A page of [`Snapshot::programs`].
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Error, MemoryLog, ProgramId};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let after = ProgramId::new("housing")?;
    /// assert!(snapshot.programs_page(None, Some(&after), 500)?.items.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn programs_page(
        &self,
        known_at: Option<KnownAt>,
        after: Option<&ProgramId>,
        limit: usize,
    ) -> Result<Paged<(Program, Option<Name>)>, Error> {
        let follows = |(program, _): &(Program, _)| after.is_none_or(|after| program.id > *after);
        self.list_programs(known_at, List::page(|(a, _), (b, _)| a.id.cmp(&b.id), follows, limit))
    }

    /// A page of [`Snapshot::staff`].
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Error, MemoryLog, StaffId};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let after = StaffId::new("sam")?;
    /// assert!(snapshot.staff_page(None, Some(&after), 500)?.items.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn staff_page(
        &self,
        known_at: Option<KnownAt>,
        after: Option<&StaffId>,
        limit: usize,
    ) -> Result<Paged<(Staff, Option<Name>)>, Error> {
        let follows = |(staff, _): &(Staff, _)| after.is_none_or(|after| staff.id > *after);
        self.list_staff(known_at, List::page(|(a, _), (b, _)| a.id.cmp(&b.id), follows, limit))
    }

    /// A page of [`Snapshot::everything`]: the enrollments come first, then the assignments.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, Line, MemoryLog, log::More};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// let mut last = None;
    /// loop {
    ///     let page = snapshot.everything_page(&asked, last.as_ref(), 500)?;
    ///     last = page.items.last().map(Line::id).or(last);
    ///     if page.more == More::No {
    ///         break;
    ///     }
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    pub fn everything_page(
        &self,
        asked: &Asked,
        after: Option<&AnyId>,
        limit: usize,
    ) -> Result<Paged<Line>, Error> {
        self.list_everything(asked, after_id(after, limit))
    }

    /// A page of [`Snapshot::history`]: the enrollments come first, then the assignments.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog, ParticipantId, ProgramId};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let (client, housing) = (ParticipantId::new("P-1023")?, ProgramId::new("housing")?);
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// assert!(snapshot.history_page(&client, &housing, &asked, None, 500)?.items.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn history_page(
        &self,
        participant: &ParticipantId,
        program: &ProgramId,
        asked: &Asked,
        after: Option<&AnyId>,
        limit: usize,
    ) -> Result<Paged<Line>, Error> {
        self.list_history(participant, program, asked, after_id(after, limit))
    }
}

/// A page of items that stand in their own order.
fn after_itself<T: Ord>(after: Option<&T>, limit: usize) -> List<'_, T> {
    List::page(T::cmp, move |item| after.is_none_or(|after| item > after), limit)
}

fn after_id(after: Option<&AnyId>, limit: usize) -> List<'_, Line> {
    let after = after.map(|id| (id.kind(), id.as_str()));
    List::page(by_place, move |line| after.is_none_or(|after| line.place() > after), limit)
}

//! The caseload filter: which of a host's own rows are about somebody on a caseload.

use super::{
    ActiveIn, Asking, Filter, Range, Reports,
    likely::Likely,
    look::{Ground, Look},
    looks::{At, Looks},
    scan::{Part, around},
};
use crate::{
    Day, EnrollmentId, Error, Kind, ParticipantId, Period, Role, Snapshot, Status,
    hash::FastSet,
    question::on,
    state::{EnrollmentThen, Known, LineThen},
};

/// When somebody must be on the caseload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// On this day.
    AsOf(Day),
    /// At any time in the range, by this meaning of it.
    In(Range, ActiveIn),
}

impl When {
    /// Those on one of which a line is held that fits.
    fn days(self) -> Option<Period> {
        match self {
            When::AsOf(day) => on(day),
            When::In(range, _) => around(range),
        }
    }

    fn holds(self, period: Period) -> bool {
        match self {
            When::AsOf(day) => period.covers(day),
            When::In(range, meaning) => meaning.holds(period, range),
        }
    }
}

/// In which role somebody must be on the caseload.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum InRole {
    /// In any, or in none.
    #[default]
    Any,
    /// In this one.
    Exactly(Role),
    /// In none.
    Unnamed,
}

impl InRole {
    pub(super) fn is_of(&self, known: &Known<'_>, line: &LineThen) -> bool {
        *self == InRole::Any || self.holds(known.as_assignment(line).role.as_ref())
    }

    fn holds(&self, role: Option<&Role>) -> bool {
        match self {
            InRole::Any => true,
            InRole::Exactly(wanted) => role == Some(wanted),
            InRole::Unnamed => role.is_none(),
        }
    }
}

/// Which assignments put somebody on the caseload.
///
/// ```
/// use caseload::{Day, StaffId, report::{CaseloadFilter, Filter, When}};
/// let day = "2024-03-01".parse::<Day>()?;
/// let marias = CaseloadFilter::when(When::AsOf(day)).of(Filter::all().staff([StaffId::new("maria")?]));
/// assert_ne!(marias, CaseloadFilter::when(When::AsOf(day)));
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseloadFilter {
    when: When,
    of: Filter,
    role: InRole,
}

impl CaseloadFilter {
    /// On anybody's caseload then, in any program and role.
    pub fn when(when: When) -> CaseloadFilter {
        CaseloadFilter { when, of: Filter::all(), role: InRole::Any }
    }

    /// On the caseload of these staff, in these programs.
    #[must_use]
    pub fn of(mut self, of: Filter) -> CaseloadFilter {
        self.of = of;
        self
    }

    /// In this role.
    #[must_use]
    pub fn role(mut self, role: InRole) -> CaseloadFilter {
        self.role = role;
        self
    }
}

/// Whether an id of the list is on the caseload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnCaseload {
    /// It is.
    Yes,
    /// It is not, or it is not known, or whoever asks may not know.
    No,
}

impl OnCaseload {
    const fn when(is_on_caseload: bool) -> OnCaseload {
        if is_on_caseload { OnCaseload::Yes } else { OnCaseload::No }
    }
}

/// Which ids of a list are on the caseload.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matches<T> {
    /// One for each id of the list, in the order of the list.
    pub mask: Vec<OnCaseload>,
    /// Those that are, each once, sorted.
    pub ids: Vec<T>,
}

impl<T: Ord + Clone> Matches<T> {
    fn of(list: &[T], on_caseload: impl Fn(&T) -> bool) -> Matches<T> {
        Matches::by(list, list.iter().map(|id| OnCaseload::when(on_caseload(id))).collect())
    }

    fn by(list: &[T], mask: Vec<OnCaseload>) -> Matches<T> {
        let matching = list.iter().zip(&mask).filter(|(_, on)| **on == OnCaseload::Yes);
        let mut ids: Vec<T> = matching.map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        Matches { mask, ids }
    }

    /// Puts the answer about the part of the list that follows behind it.
    #[must_use]
    pub fn merge(mut self, other: Matches<T>) -> Matches<T> {
        self.mask.extend(other.mask);
        self.ids.extend(other.ids);
        self.ids.sort_unstable();
        self.ids.dedup();
        self
    }
}

impl Snapshot {
    /// Which of the given participants are on a caseload: a mask in the order given, to filter a host's
    /// own report by, and the ids that match.
    ///
    /// One matches if an assignment that the filter names puts them on the caseload then. `asked.as_of`
    /// matters only for what an actor sees.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, MemoryLog, ParticipantId};
    /// use caseload::report::{CaseloadFilter, OnCaseload, When};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let day = "2024-03-01".parse::<Day>()?;
    /// let filter = CaseloadFilter::when(When::AsOf(day));
    /// let matches = snapshot.on_caseload(&[ParticipantId::new("P-1")?], &filter, &Asked::of(day))?;
    /// assert_eq!((matches.mask, matches.ids), (vec![OnCaseload::No], vec![]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn on_caseload<'a>(
        &self,
        participants: &[ParticipantId],
        filter: &CaseloadFilter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Matches<ParticipantId>, Error> {
        self.reports().on_caseload(participants, filter, asked)
    }

    /// As [`Snapshot::on_caseload`], for enrollments: one matches if such an assignment lies in it, that
    /// is, starts on a day of it. A superseded or voided enrollment matches nothing.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, EnrollmentId, Error, MemoryLog};
    /// use caseload::report::{ActiveIn, CaseloadFilter, OnCaseload, Range, When};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let day = "2024-03-01".parse::<Day>()?;
    /// let march = When::In(Range::new(day, "2024-04-01".parse()?)?, ActiveIn::default());
    /// let asked = Asked::of(day);
    /// let enrollments = [EnrollmentId::new("e1")?];
    /// let matches = snapshot.enrollments_on_caseload(&enrollments, &CaseloadFilter::when(march), &asked)?;
    /// assert_eq!(matches.mask, [OnCaseload::No]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn enrollments_on_caseload<'a>(
        &self,
        enrollments: &[EnrollmentId],
        filter: &CaseloadFilter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Matches<EnrollmentId>, Error> {
        self.reports().enrollments_on_caseload(enrollments, filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::on_caseload`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn on_caseload<'a>(
        &self,
        participants: &[ParticipantId],
        filter: &CaseloadFilter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Matches<ParticipantId>, Error> {
        of_participants(self.look(&filter.of, asked), participants, filter)
    }

    /// As [`Snapshot::enrollments_on_caseload`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn enrollments_on_caseload<'a>(
        &self,
        enrollments: &[EnrollmentId],
        filter: &CaseloadFilter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Matches<EnrollmentId>, Error> {
        of_enrollments(self.look(&filter.of, asked), enrollments, filter)
    }
}

fn of_participants(
    mut look: Look<'_>,
    participants: &[ParticipantId],
    filter: &CaseloadFilter,
) -> Result<Matches<ParticipantId>, Error> {
    let ground = look.ground(Looks::on(At::Lines, filter.when.days()))?;
    let mut held: FastSet<u32> = FastSet::default();
    each_match(&mut look, &ground, filter, |_, line| {
        held.insert(line.participant);
    })?;
    // Every id of a long list would have to be looked for among all of the agency.
    if held.len() <= participants.len() {
        let held: Vec<u32> = held.into_iter().collect();
        let mut ids: FastSet<ParticipantId> = FastSet::default();
        for some in held.chunks(IDS_AT_ONCE) {
            ground.ask(look.asked, |known, _| {
                ids.extend(some.iter().map(|number| known.participant_id(*number)));
                Ok(())
            })?;
        }
        let likely = Likely::of(ids.iter());
        return Ok(Matches::of(participants, |id| likely.may_have(id) && ids.contains(id)));
    }
    looked_for(&look, &ground, Kind::Participant, participants, &held)
}

/// How many ids are looked for in one go.
const IDS_AT_ONCE: usize = 4_096;

/// Each id of a list is looked for.
fn looked_for<T: AsRef<str> + Ord + Clone>(
    look: &Look<'_>,
    ground: &Ground<'_>,
    kind: Kind,
    list: &[T],
    held: &FastSet<u32>,
) -> Result<Matches<T>, Error> {
    let mut mask = Vec::with_capacity(list.len());
    for some in list.chunks(IDS_AT_ONCE) {
        ground.ask(look.asked, |known, _| {
            mask.extend(some.iter().map(|id| {
                let number = known.find(kind, id.as_ref());
                OnCaseload::when(number.is_some_and(|number| held.contains(&number)))
            }));
            Ok(())
        })?;
    }
    Ok(Matches::by(list, mask))
}

fn of_enrollments(
    mut look: Look<'_>,
    enrollments: &[EnrollmentId],
    filter: &CaseloadFilter,
) -> Result<Matches<EnrollmentId>, Error> {
    let ground = look.ground(Looks::on(At::LinesAndEnrollments, filter.when.days()))?;
    let mut held: FastSet<u32> = FastSet::default();
    each_match(&mut look, &ground, filter, |known, line| {
        let timeline = known.timeline(line.participant, line.program);
        let of_timeline = timeline.into_iter().flat_map(|t| known.enrollments_of(t));
        held.extend(of_timeline.filter(|e| has(e, line.period.start())).map(|e| e.number));
    })?;
    looked_for(&look, &ground, Kind::Enrollment, enrollments, &held)
}

/// Calls back with every line that puts somebody on the caseload.
fn each_match(
    look: &mut Look<'_>,
    ground: &Ground<'_>,
    filter: &CaseloadFilter,
    mut found: impl FnMut(&Known<'_>, &LineThen),
) -> Result<(), Error> {
    let of_part = |part: &Part<'_>| {
        part.each_line(|line| {
            if filter.when.holds(line.period) && filter.role.is_of(part.known, line) {
                found(part.known, line);
            }
        })
    };
    look.in_parts(ground, of_part, |(), ()| Ok(()))
}

fn has(enrollment: &EnrollmentThen, start: Day) -> bool {
    enrollment.status == Status::Current && enrollment.period.starts_at(start)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, by, day, on, participants, program, range, staff};
    use super::*;

    fn told() -> Told {
        let mut told = Told::new(&["c1", "c2", "c3"]);
        told.assign("s1 c1 p1 2024-03-01 2024-04-01 primary");
        told.assign("s1 c2 p2 2024-03-31 -");
        told.assign("s2 c3 p1 2024-03-10 2024-03-10");
        told
    }

    fn matching(told: &Told, filter: &CaseloadFilter) -> Vec<String> {
        // In an order of its own, one twice and one unknown.
        let list = participants(&["c3", "c1", "nobody", "c2", "c1"]);
        let found = told.snapshot().on_caseload(&list, filter, &on("2024-06-15")).unwrap();
        for (id, on) in list.iter().zip(&found.mask) {
            assert_eq!(*on == OnCaseload::Yes, found.ids.contains(id));
        }
        assert_eq!(found.mask.len(), 5);
        found.ids.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_day_a_range_a_program_a_role_and_staff_each_choose() {
        let told = told();
        let as_of = |text| CaseloadFilter::when(When::AsOf(day(text)));
        assert_eq!(matching(&told, &as_of("2024-03-31")), ["c1", "c2"]);
        assert_eq!(matching(&told, &as_of("2024-04-01")), ["c2"]);
        let march =
            |meaning| CaseloadFilter::when(When::In(range("2024-03-01", "2024-04-01"), meaning));
        let one = march(ActiveIn::AtLeastOneDay);
        assert_eq!(matching(&told, &one), ["c1", "c2"]);
        assert_eq!(matching(&told, &march(ActiveIn::Touched)), ["c1", "c2", "c3"]);
        assert_eq!(matching(&told, &march(ActiveIn::StrictDates)), ["c1", "c3"]);
        let of = |filter| one.clone().of(filter);
        assert_eq!(matching(&told, &of(Filter::all().programs([program("p2")]))), ["c2"]);
        assert_eq!(matching(&told, &of(Filter::all().staff([staff("s2")]))), [""; 0]);
        let primary = InRole::Exactly(Role::new("primary").unwrap());
        assert_eq!(matching(&told, &one.clone().role(primary)), ["c1"]);
        assert_eq!(matching(&told, &one.clone().role(InRole::Unnamed)), ["c2"]);
    }

    #[test]
    fn an_enrollment_matches_by_what_lies_in_it() {
        let mut told = Told::new(&[]);
        for (id, start, end) in
            [("e1", "2024-01-01", r#""2024-02-01""#), ("e2", "2024-02-01", "null")]
        {
            told.record(&format!(
                r#""enroll","id":"{id}","participant":"c1","program":"p1","start":"{start}","end":{end}"#
            ));
        }
        told.assign("s1 c1 p1 2024-01-05 2024-02-01");
        let ids = ["e2", "e1", "e3"].map(|id| EnrollmentId::new(id).unwrap());
        let year = When::In(range("2024-01-01", "2025-01-01"), ActiveIn::AtLeastOneDay);
        let filter = CaseloadFilter::when(year);
        let asked = on("2024-06-15");
        let found = told.snapshot().enrollments_on_caseload(&ids, &filter, &asked).unwrap();
        assert_eq!(found.mask, [OnCaseload::No, OnCaseload::Yes, OnCaseload::No]);
        assert_eq!(found.ids, ids[1..2]);
    }

    #[test]
    fn whom_an_actor_may_not_see_reads_no() {
        let mut told = told();
        told.record(r#""revise_program","id":"p1","policy":{"visibility":"own_caseload"}"#);
        let year = When::In(range("2024-01-01", "2025-01-01"), ActiveIn::Touched);
        let filter = CaseloadFilter::when(year);
        let asked = by(on("2024-03-31"), "s2");
        let list = participants(&["c1", "c2", "c3"]);
        let found = told.snapshot().on_caseload(&list, &filter, &asked).unwrap();
        assert_eq!(found.mask, [OnCaseload::No, OnCaseload::Yes, OnCaseload::No]);
    }

    #[test]
    fn seven_parts_of_a_list_merge_to_the_whole() {
        let told = told();
        let list = participants(&["c3", "c1", "c9", "c2", "c1", "c8", "c2", "c3", "c1"]);
        let filter = CaseloadFilter::when(When::AsOf(day("2024-03-31")));
        let asked = on("2024-03-31");
        let ask =
            |list: &[ParticipantId]| told.snapshot().on_caseload(list, &filter, &asked).unwrap();
        let merged = list.chunks(2).map(ask).reduce(Matches::merge).unwrap();
        assert_eq!(merged, ask(&list));
        assert_eq!(merged.ids.len(), 2);
    }
}

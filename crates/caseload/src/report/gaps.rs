//! Who is enrolled without a caseworker: as of a day, and on which days of a range.

use std::collections::BTreeMap;

use super::{
    Asking, Filter, Range, Ratio, Reports,
    look::Look,
    looks::{At, Looks},
    of,
    scan::Part,
};
use crate::{
    Day, EnrollmentId, Error, InputError, ParticipantId, Period, ProgramId, Snapshot, StoreError,
    hash::FastMap, state::EnrollmentThen,
};

/// Somebody enrolled on the day without a caseworker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    /// In which program.
    pub program: ProgramId,
    /// Who.
    pub participant: ParticipantId,
    /// By which enrollment.
    pub enrollment: EnrollmentId,
    /// The first day of those without a caseworker on which they still are, within this enrollment.
    pub since: Day,
}

/// How many of a program are enrolled, and how many of them have no caseworker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct WaitingCount {
    /// Enrolled on the day.
    pub enrolled: u64,
    /// Of these, without a caseworker.
    pub without: u64,
}

impl WaitingCount {
    /// The share without a caseworker; `None` if nobody is enrolled.
    pub const fn share(self) -> Option<Ratio> {
        Ratio::new(self.without, self.enrolled)
    }
}

/// Who is enrolled on a day without a caseworker.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unassigned {
    /// The day.
    pub as_of: Day,
    /// Who, sorted by program and participant.
    pub waiting: Vec<Waiting>,
    /// How many of how many, for each program in which somebody is enrolled.
    pub counts: BTreeMap<ProgramId, WaitingCount>,
}

impl Unassigned {
    /// Takes in the report of other participants (or of another agency) as of the same day.
    ///
    /// # Errors
    /// `input-command` when it is as of another day.
    pub fn merge(mut self, other: Unassigned) -> Result<Unassigned, InputError> {
        if self.as_of != other.as_of {
            return Err(InputError::command("as_of", "is another day"));
        }
        self.waiting.extend(other.waiting);
        self.waiting.sort_unstable();
        of::merge(&mut self.counts, other.counts, |count, more| {
            count.enrolled += more.enrolled;
            count.without += more.without;
        });
        Ok(self)
    }
}

/// The enrolled days of a participant in a program, and those of them that nobody covers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Uncovered {
    /// Days of the range on which they are enrolled.
    pub enrolled_days: u64,
    /// Of these, days without a caseworker.
    pub uncovered_days: u64,
    /// Which: each as long as can be within one enrollment, in order.
    pub gaps: Vec<Range>,
}

impl Uncovered {
    /// The share of days without a caseworker; `None` where there is no enrolled day.
    pub const fn share(&self) -> Option<Ratio> {
        Ratio::new(self.uncovered_days, self.enrolled_days)
    }

    fn take_in(&mut self, other: Uncovered) {
        self.enrolled_days += other.enrolled_days;
        self.uncovered_days += other.uncovered_days;
        self.gaps.extend(other.gaps);
        self.gaps.sort_unstable();
    }
}

/// Days of enrollment without a caseworker in a range.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoverageGaps {
    /// The days that it is about.
    pub range: Range,
    /// By program and participant, for each with an enrolled day in the range, gaps or none.
    pub timelines: BTreeMap<(ProgramId, ParticipantId), Uncovered>,
}

impl CoverageGaps {
    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range.
    pub fn merge(mut self, other: CoverageGaps) -> Result<CoverageGaps, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        of::merge(&mut self.timelines, other.timelines, Uncovered::take_in);
        Ok(self)
    }
}

impl Snapshot {
    /// Who is enrolled on the day `asked.as_of` without a caseworker, and since when: no assignment of
    /// theirs in that program covers the day. Persons in a program; with counts of the enrolled as
    /// denominators.
    ///
    /// With a filter by staff it tells who has none of *these* caseworkers.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, report::{Filter, Ratio}};
    /// let (client, housing) = (ParticipantId::new("P-1023")?, ProgramId::new("housing")?);
    /// let day = "2024-03-01".parse::<Day>()?;
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(Enroll::new(client, housing.clone(), day))?;
    ///
    /// let report = agency.snapshot()?.without_caseworker(&Filter::all(), &Asked::of(day))?;
    /// assert_eq!(report.waiting.first().map(|waiting| waiting.since), Some(day));
    /// assert_eq!(report.counts.get(&housing).and_then(|count| count.share()), Ratio::new(1, 1));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn without_caseworker<'a>(
        &self,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Unassigned, Error> {
        self.reports().without_caseworker(filter, asked)
    }

    /// The days in a range on which a participant is enrolled in a program and no assignment of theirs
    /// there covers the day, in days: how many, which, and of how many enrolled days.
    ///
    /// With a filter by staff it tells the days that none of *these* caseworkers covers. An assignment that
    /// lies outside the enrollment covers nothing there. `asked.as_of` matters only for what an actor sees.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId, report::{Filter, Range}};
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-04-01".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// desk.record(Assign::new(maria, client.clone(), housing.clone(), "2024-04-11".parse()?))?;
    ///
    /// let april = Range::new(day, "2024-05-01".parse()?)?;
    /// let report = agency.snapshot()?.coverage_gaps(april, &Filter::all(), &Asked::of(day))?;
    /// let found = report.timelines.get(&(housing, client)).cloned().unwrap_or_default();
    /// assert_eq!((found.uncovered_days, found.enrolled_days), (10, 30));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn coverage_gaps<'a>(
        &self,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<CoverageGaps, Error> {
        self.reports().coverage_gaps(range, filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::without_caseworker`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn without_caseworker<'a>(
        &self,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Unassigned, Error> {
        who_waits(self.look(filter, asked))
    }

    /// As [`Snapshot::coverage_gaps`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn coverage_gaps<'a>(
        &self,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<CoverageGaps, Error> {
        gaps_of_each(self.look(filter, asked), range)
    }
}

fn who_waits(mut look: Look<'_>) -> Result<Unassigned, Error> {
    let as_of = look.asked.as_of;
    let of_part = |part: &Part<'_>| {
        let mut waiting = Vec::new();
        let mut counts: BTreeMap<u32, WaitingCount> = BTreeMap::new();
        each_covered(part, |enrollment, covering| {
            if !enrollment.period.covers(as_of) {
                return;
            }
            let count = counts.entry(enrollment.program).or_default();
            count.enrolled += 1;
            let up_to_the_day = Range::from_last_day(enrollment.period.start(), as_of);
            let gaps = up_to_the_day.map(|days| gaps_in(days, covering)).unwrap_or_default();
            if let Some(gap) = gaps.last().filter(|gap| gap.covers(as_of)) {
                count.without += 1;
                let entered = part.known.as_enrollment(enrollment);
                waiting.push(Waiting {
                    program: entered.program,
                    participant: entered.participant,
                    enrollment: entered.id,
                    since: gap.first(),
                });
            }
        })?;
        waiting.sort_unstable();
        let named = |(program, count)| (part.known.program_id(program), count);
        let counts = counts.into_iter().map(named).collect();
        Ok(Unassigned { as_of, waiting, counts })
    };
    let ground = look.ground(Looks::at(At::Participants))?;
    look.in_parts(&ground, of_part, Unassigned::merge)
}

fn gaps_of_each(mut look: Look<'_>, range: Range) -> Result<CoverageGaps, Error> {
    let of_part = |part: &Part<'_>| {
        let known = part.known;
        let mut timelines: BTreeMap<(u32, u32), Uncovered> = BTreeMap::new();
        each_covered(part, |enrollment, covering| {
            let Some(enrolled) = range.shared_with(enrollment.period) else { return };
            let gaps = gaps_in(enrolled, covering);
            let place = (enrollment.program, enrollment.participant);
            timelines.entry(place).or_default().take_in(Uncovered {
                enrolled_days: u64::from(enrolled.days().get()),
                uncovered_days: gaps.iter().map(|gap| u64::from(gap.days().get())).sum(),
                gaps,
            });
        })?;
        let named = |((program, participant), uncovered)| {
            let names = (known.program_id(program), known.participant_id(participant));
            (names, uncovered)
        };
        Ok(CoverageGaps { range, timelines: timelines.into_iter().map(named).collect() })
    };
    let ground = look.ground(Looks::at(At::Participants))?;
    look.in_parts(&ground, of_part, CoverageGaps::merge)
}

/// Calls back with every enrollment that counts, that the filter names, and whose participant is seen, and
/// with the periods of all assignments of that timeline, of the staff that the filter names, by start.
fn each_covered(
    part: &Part<'_>,
    mut found: impl FnMut(&EnrollmentThen, &[Period]),
) -> Result<(), StoreError> {
    let chosen = part.chosen;
    let mut covering: FastMap<(u32, u32), Vec<Period>> = FastMap::default();
    for line in chosen.current_lines(part.known).filter(|line| chosen.line(line)) {
        covering.entry((line.participant, line.program)).or_default().push(line.period);
    }
    for periods in covering.values_mut() {
        periods.sort_unstable_by_key(|period| period.start());
    }
    part.each_enrollment(|enrollment| {
        let place = (enrollment.participant, enrollment.program);
        found(enrollment, covering.get(&place).map_or(&[], Vec::as_slice));
    })
}

/// The days of a range that none of the periods covers; they come by start.
pub(super) fn gaps_in(range: Range, covering: &[Period]) -> Vec<Range> {
    let mut gaps = Vec::new();
    let mut next = Some(range.first());
    for covered in covering.iter().filter_map(|period| range.shared_with(*period)) {
        let Some(from) = next else { break };
        gaps.extend(Range::new(from, covered.first()).ok());
        next = covered.end().map(|end| end.max(from));
    }
    gaps.extend(next.and_then(|from| Range::from_last_day(from, range.last_day()).ok()));
    gaps
}

#[cfg(test)]
mod tests {
    use super::super::testing::{
        Told, by, day, merged_of_seven, on, participants, program, range, staff,
    };
    use super::*;

    #[test]
    fn gaps_are_the_days_that_nothing_covers() {
        let day = |number| Day::from_number(number).unwrap();
        let range = Range::new(day(3), day(9)).unwrap();
        let ends = |start: i32| (start..=10).map(Some).chain([None]);
        let all: Vec<Period> = (1..=10)
            .flat_map(|start| ends(start).map(move |end| (start, end)))
            .map(|(start, end)| Period::new(day(start), end.map(day)).unwrap())
            .collect();
        for (place, a) in all.iter().enumerate() {
            for b in all.iter().skip(place) {
                let gaps = gaps_in(range, &[*a, *b]);
                let days: Vec<Day> = gaps.iter().flat_map(|gap| gap.each_day()).collect();
                let bare = |day: &Day| !a.covers(*day) && !b.covers(*day);
                assert_eq!(days, range.each_day().filter(bare).collect::<Vec<_>>(), "{a:?} {b:?}");
                assert!(gaps.windows(2).all(|pair| pair[0].end() < Some(pair[1].first())));
            }
        }
    }

    /// Enrolled in p1 from 1 March to 1 May and again from 10 May on.
    fn told() -> Told {
        let mut told = Told::new(&[]);
        told.enroll("c1", "p1", "2024-03-01", Some("2024-05-01"));
        told.enroll("c1", "p1", "2024-05-10", None);
        told.enroll("c2", "p1", "2024-03-01", None);
        told.assign("s1 c1 p1 2024-03-11 2024-04-01");
        told.assign("s2 c1 p1 2024-03-21 2024-04-11");
        told.assign("s1 c1 p1 2024-05-12 2024-05-12");
        told
    }

    #[test]
    fn uncovered_days_are_days_of_enrollment_only() {
        let told = told();
        let spring = range("2024-03-01", "2024-06-01");
        let ask = |filter: &Filter| {
            let report = told.snapshot().coverage_gaps(spring, filter, &on("2024-06-01")).unwrap();
            let id = participants(&["c1"]).remove(0);
            report.timelines.get(&(program("p1"), id)).cloned().unwrap()
        };
        let found = ask(&Filter::all());
        let expected = [
            range("2024-03-01", "2024-03-11"),
            range("2024-04-11", "2024-05-01"),
            range("2024-05-10", "2024-06-01"),
        ];
        assert_eq!(found.gaps, expected);
        assert_eq!((found.uncovered_days, found.enrolled_days), (10 + 20 + 22, 61 + 22));
        assert_eq!(found.share(), Ratio::new(52, 83));
        let of_s1 = ask(&Filter::all().staff([staff("s1")]));
        assert_eq!(of_s1.uncovered_days, 62);
    }

    #[test]
    fn nobody_enrolled_has_no_share() {
        let told = told();
        let before = range("2024-01-01", "2024-03-01");
        let report =
            told.snapshot().coverage_gaps(before, &Filter::all(), &on("2024-01-01")).unwrap();
        assert!(report.timelines.is_empty());
        assert_eq!(Uncovered::default().share(), None);
        assert_eq!(WaitingCount::default().share(), None);
    }

    #[test]
    fn those_without_a_caseworker_wait_since_the_last_one_left() {
        let told = told();
        let ask =
            |text: &str| told.snapshot().without_caseworker(&Filter::all(), &on(text)).unwrap();
        let since = |text: &str| {
            let waiting = ask(text).waiting;
            waiting.iter().map(|w| (w.participant.to_string(), w.since)).collect::<Vec<_>>()
        };
        let (c1, c2) = ("c1".to_owned(), ("c2".to_owned(), day("2024-03-01")));
        assert_eq!(since("2024-03-10"), [(c1.clone(), day("2024-03-01")), c2.clone()]);
        assert_eq!(since("2024-03-11"), std::slice::from_ref(&c2));
        assert_eq!(since("2024-04-11"), [(c1.clone(), day("2024-04-11")), c2.clone()]);
        assert_eq!(since("2024-05-05"), std::slice::from_ref(&c2));
        assert_eq!(since("2024-05-12"), [(c1, day("2024-05-10")), c2]);
        let count = ask("2024-03-11").counts.get(&program("p1")).copied().unwrap();
        assert_eq!(count.share(), Ratio::new(1, 2));
        assert!(ask("2024-02-29").counts.is_empty());
    }

    #[test]
    fn whom_an_actor_does_not_see_is_in_no_denominator() {
        let mut told = told();
        told.record(r#""revise_program","id":"p1","policy":{"visibility":"own_caseload"}"#);
        let asked = by(on("2024-03-15"), "s1");
        let report = told.snapshot().without_caseworker(&Filter::all(), &asked).unwrap();
        assert_eq!((report.waiting.len(), report.counts.len()), (0, 1));
        assert_eq!(report.counts.get(&program("p1")).map(|count| count.enrolled), Some(1));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for (place, id) in (10..).zip(ids).step_by(2) {
            told.assign(&format!("s1 {id} p1 2024-01-{place} 2024-02-{place}"));
        }
        let asked = on("2024-01-15");
        let winter = range("2024-01-01", "2024-03-01");
        let snapshot = told.snapshot();
        let gaps = |filter| snapshot.coverage_gaps(winter, &filter, &asked).unwrap();
        let merged = merged_of_seven(&ids, gaps, |all, part| all.merge(part).unwrap());
        assert_eq!(merged.timelines.len(), 18);
        let waiting = |filter| snapshot.without_caseworker(&filter, &asked).unwrap();
        let merged = merged_of_seven(&ids, waiting, |all, part| all.merge(part).unwrap());
        assert_eq!(merged.waiting.len(), 15);
    }
}

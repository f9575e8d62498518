//! Continuity: how often a participant's worker changes, and how much of the time one worker is there.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    Asking, Cube, Filter, InRole, Range, Ratio, Reports,
    chosen::Chosen,
    cube::Tallies,
    gaps::gaps_in,
    look::Look,
    looks::{At, Looks},
    of,
    scan::Part,
};
use crate::{
    Day, Error, InputError, Kind, ParticipantId, Period, ProgramId, Snapshot, StaffId, Status,
    hash::FastMap,
    state::{Known, LineThen},
};

/// The continuity of one participant in one program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Continuity {
    /// How often the worker changed in the range: a worker starts, and the one before was another.
    pub changes: u64,
    /// The days of the range on which each was the worker. No day is two workers'.
    pub days: BTreeMap<StaffId, u64>,
    /// Pairs of assigned days, one after the other (days without a worker are passed over), of two workers.
    pub broken_pairs: u64,
    /// Days of the range on which they are enrolled.
    pub enrolled_days: u64,
    /// Of these, days without a worker.
    pub uncovered_days: u64,
    /// Whether they are enrolled on the last day of the range.
    pub census: Census,
}

/// Whether somebody is in the cohort of a census.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Census {
    /// Enrolled on the day.
    Enrolled,
    /// Not enrolled on it.
    #[default]
    Away,
}

impl Continuity {
    /// Days of the range with a worker; more than the enrolled ones where an assignment is misplaced.
    pub fn assigned_days(&self) -> u64 {
        self.days.values().sum()
    }

    /// Changes per 1,000 assigned days; `None` without an assigned day.
    pub fn changes_per_1000_days(&self) -> Option<Ratio> {
        Ratio::new(self.changes * 1_000, self.assigned_days())
    }

    /// The usual worker's share of the assigned days (UPC, day-weighted): max n_j / N. `None` if N is 0.
    pub fn usual_worker_share(&self) -> Option<Ratio> {
        Ratio::new(self.days.values().max().copied()?, self.assigned_days())
    }

    /// How much the days are one worker's (COC, Bice and Boxerman, over days):
    /// (sum of n_j squared - N) / (N (N - 1)). `None` if N is below 2.
    pub fn concentration(&self) -> Option<Ratio> {
        let all = self.assigned_days();
        let squares: u64 = self.days.values().map(|days| days * days).sum();
        Ratio::new(squares.checked_sub(all)?, all * all.checked_sub(1)?)
    }

    /// How often the next day's worker is the same (SECON, over assigned days): same-worker pairs of
    /// consecutive days / (N - 1). `None` if N is below 2.
    pub fn sequence(&self) -> Option<Ratio> {
        let pairs = self.assigned_days().checked_sub(1)?;
        Ratio::new(pairs.checked_sub(self.broken_pairs)?, pairs)
    }
}

/// The continuity of many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ContinuitySum {
    /// Changes of worker in the range.
    pub changes: u64,
    /// Days with a worker.
    pub assigned_days: u64,
    /// Days of enrollment.
    pub enrolled_days: u64,
    /// Of these, days without a worker.
    pub uncovered_days: u64,
    /// The cohort: of those enrolled on the last day of the range, how many had so many changes in it.
    pub cohort: BTreeMap<u64, u64>,
}

impl ContinuitySum {
    /// Changes per 1,000 assigned days; `None` without an assigned day.
    pub const fn changes_per_1000_days(&self) -> Option<Ratio> {
        Ratio::new(self.changes * 1_000, self.assigned_days)
    }

    /// The share of days of enrollment without a worker; `None` without a day.
    pub const fn uncovered_share(&self) -> Option<Ratio> {
        Ratio::new(self.uncovered_days, self.enrolled_days)
    }

    /// The share of the cohort that had at least so many changes; `None` if nobody is in it.
    pub fn share_with_at_least(&self, changes: u64) -> Option<Ratio> {
        Ratio::new(self.cohort.range(changes..).map(|(_, count)| count).sum(), self.in_cohort())
    }

    /// The share of the cohort that had exactly so many changes; `None` if nobody is in it.
    pub fn share_with(&self, changes: u64) -> Option<Ratio> {
        Ratio::new(self.cohort.get(&changes).copied().unwrap_or(0), self.in_cohort())
    }

    fn in_cohort(&self) -> u64 {
        self.cohort.values().sum()
    }

    fn add(&mut self, one: &Continuity) {
        self.changes += one.changes;
        self.assigned_days += one.assigned_days();
        self.enrolled_days += one.enrolled_days;
        self.uncovered_days += one.uncovered_days;
        if one.census == Census::Enrolled {
            *self.cohort.entry(one.changes).or_default() += 1;
        }
    }

    fn take_in(&mut self, other: ContinuitySum) {
        self.changes += other.changes;
        self.assigned_days += other.assigned_days;
        self.enrolled_days += other.enrolled_days;
        self.uncovered_days += other.uncovered_days;
        of::merge(&mut self.cohort, other.cohort, |count, more| *count += more);
    }
}

/// How continuous the work with each participant was in a range.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerContinuity {
    /// The days that it is about.
    pub range: Range,
    /// By program and participant, for each with a day of enrollment or with a worker in the range.
    pub timelines: BTreeMap<(ProgramId, ParticipantId), Continuity>,
    /// Added up, by program and in all.
    pub sums: Cube<ContinuitySum>,
}

impl WorkerContinuity {
    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range.
    pub fn merge(mut self, other: WorkerContinuity) -> Result<WorkerContinuity, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        self.timelines.extend(other.timelines);
        self.sums.merge(other.sums, ContinuitySum::take_in);
        Ok(self)
    }
}

impl Snapshot {
    /// How continuous the work with each participant in each program was: changes of worker in the range
    /// (12 months, as the Stability Index has it), changes per 1,000 days, and the indices UPC, COC and
    /// SECON over days, with the days without a worker.
    ///
    /// The workers are those with an assignment in the `role`: [`InRole::Any`], or `primary` where a
    /// program has primaries. The cleaning rules of the Stability Index hold: a zero-day assignment is
    /// nobody's day; one that another covers wholly (leave cover) is dropped, and of two with equal days
    /// the first by id stays; where two overlap in part, the day is the one's that starts later. A gap is
    /// no change; a worker who comes back after another is a change each way.
    ///
    /// With a filter by staff it has the participants with whom one of them had a day, with everybody's
    /// days. `asked.as_of` matters only for what an actor sees.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, AssignmentId, Day, DefineProgram, Enroll, Error};
    /// use caseload::{MemoryLog, ParticipantId, ProgramId, RegisterStaff, StaffId, Transfer};
    /// use caseload::report::{Filter, InRole, Of, Range};
    /// let (maria, noor) = (StaffId::new("maria")?, StaffId::new("noor")?);
    /// let (client, housing) = (ParticipantId::new("P-1023")?, ProgramId::new("housing")?);
    /// let (day, id) = ("2023-01-01".parse::<Day>()?, AssignmentId::new("a1")?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(RegisterStaff::new(noor.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// desk.record(Assign::new(maria, client.clone(), housing.clone(), day).id(id.clone()))?;
    /// desk.record(Transfer::new(id, noor, "2023-04-11".parse()?))?;
    ///
    /// let year = Range::new(day, "2024-01-01".parse()?)?;
    /// let (filter, asked) = (Filter::all(), Asked::of(day));
    /// let report = agency.snapshot()?.worker_continuity(year, &InRole::Any, &filter, &asked)?;
    /// let one = report.timelines.get(&(housing, client)).cloned().unwrap_or_default();
    /// let share = one.usual_worker_share().map(|share| (share.numerator(), share.denominator().get()));
    /// assert_eq!((one.changes, share), (1, Some((265, 365))));
    /// let sum = report.sums.get(&Of::ALL).cloned().unwrap_or_default();
    /// assert_eq!(sum.share_with_at_least(2).map(|share| share.numerator()), Some(0));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn worker_continuity<'a>(
        &self,
        range: Range,
        role: &InRole,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<WorkerContinuity, Error> {
        self.reports().worker_continuity(range, role, filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::worker_continuity`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn worker_continuity<'a>(
        &self,
        range: Range,
        role: &InRole,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<WorkerContinuity, Error> {
        of_each(self.look(filter, asked), range, role)
    }
}

fn of_each(mut look: Look<'_>, range: Range, role: &InRole) -> Result<WorkerContinuity, Error> {
    let of_part = |part: &Part<'_>| {
        let (known, chosen) = (part.known, part.chosen);
        let mut eyes = part.eyes();
        let entered = Timelines::of(known, role, chosen);
        let mut timelines = BTreeMap::new();
        let mut sums: Tallies<ContinuitySum> = Tallies::new();
        for (participant, program) in entered.places() {
            if !eyes.see(participant, program)? {
                continue;
            }
            let place = (participant, program);
            let Some(one) = entered.continuity(known, place, range, chosen) else { continue };
            sums.add_of_program(program, |sum| sum.add(&one));
            let ids = (known.program_id(program), known.participant_id(participant));
            timelines.insert(ids, one);
        }
        Ok(WorkerContinuity { range, timelines, sums: sums.cube(known, Some) })
    };
    let ground = look.ground(Looks::at(At::Participants))?;
    look.in_parts(&ground, of_part, WorkerContinuity::merge)
}

/// A participant in a program.
type Place = (u32, u32);

/// What was entered about each timeline.
#[derive(Default)]
struct Timelines {
    lines: FastMap<Place, Vec<LineThen>>,
    enrolled: FastMap<Place, Vec<Period>>,
}

impl Timelines {
    /// Of all staff: what one worker is to a participant shows beside the others.
    fn of(known: &Known<'_>, role: &InRole, chosen: &Chosen) -> Timelines {
        let mut found = Timelines::default();
        for line in chosen.current_lines(known) {
            if chosen.timeline(line.participant, line.program)
                && !line.period.is_zero_day()
                && role.is_of(known, &line)
            {
                found.lines.entry((line.participant, line.program)).or_default().push(line);
            }
        }
        for enrollment in chosen.enrollments(known).filter(|e| e.status == Status::Current) {
            let place = (enrollment.participant, enrollment.program);
            found.enrolled.entry(place).or_default().push(enrollment.period);
        }
        found
    }

    fn places(&self) -> BTreeSet<Place> {
        self.lines.keys().chain(self.enrolled.keys()).copied().collect()
    }

    /// `None` where there is nothing to tell, or none of the staff chosen.
    fn continuity(
        &self,
        known: &Known<'_>,
        place: Place,
        range: Range,
        chosen: &Chosen,
    ) -> Option<Continuity> {
        let workers = chain(known, self.lines.get(&place).cloned().unwrap_or_default());
        let enrolled = self.enrolled.get(&place).map_or(&[] as &[_], Vec::as_slice);
        let covering: Vec<Period> = workers.iter().map(|worker| worker.period).collect();
        let mut one = Continuity::default();
        for days in enrolled.iter().filter_map(|period| range.shared_with(*period)) {
            one.enrolled_days += u64::from(days.days().get());
            let gaps = gaps_in(days, &covering);
            one.uncovered_days += gaps.iter().map(|gap| u64::from(gap.days().get())).sum::<u64>();
        }
        if enrolled.iter().any(|period| period.covers(range.last_day())) {
            one.census = Census::Enrolled;
        }
        let starts_there = |pair: &&[Worker]| {
            matches!(pair, [before, after] if before.staff != after.staff
                && range.covers(after.period.start()))
        };
        one.changes = workers.windows(2).filter(starts_there).count() as u64;
        let mut last = None;
        let mut is_chosen = chosen.takes_all_staff();
        for worker in workers.iter().filter(|worker| range.days_shared_with(worker.period) > 0) {
            let days = u64::from(range.days_shared_with(worker.period));
            *one.days.entry(known.staff_id(worker.staff)).or_default() += days;
            one.broken_pairs += u64::from(last.is_some_and(|last| last != worker.staff));
            last = Some(worker.staff);
            is_chosen |= chosen.staff(worker.staff);
        }
        let something = one.enrolled_days > 0 || !one.days.is_empty();
        Some(one).filter(|_| something && is_chosen)
    }
}

/// The one worker of some days.
struct Worker {
    staff: u32,
    period: Period,
}

/// The workers in order, cleaned: no day is two workers'.
fn chain(known: &Known<'_>, mut lines: Vec<LineThen>) -> Vec<Worker> {
    let end = |line: &LineThen| line.period.end().map_or(i32::MAX, Day::number);
    lines.sort_unstable_by(|a, b| {
        let days = |line: &LineThen| (line.period.start(), Reverse(end(line)));
        let id = |line: &LineThen| known.text(Kind::Assignment, line.number);
        days(a).cmp(&days(b)).then_with(|| id(a).cmp(&id(b)))
    });
    let mut workers: Vec<Worker> = Vec::with_capacity(lines.len());
    let mut longest = None;
    for line in lines {
        // The one before starts no later. Of those before it is the one that ends last.
        if longest.is_some_and(|longest| end(&line) <= longest) {
            continue;
        }
        longest = Some(end(&line));
        let start = line.period.start();
        if let Some(before) = workers.last_mut()
            && before.period.covers(start)
        {
            before.period =
                Period::checked(before.period.start(), Some(start)).unwrap_or(before.period);
        }
        workers.push(Worker { staff: line.staff, period: line.period });
    }
    workers
}

#[cfg(test)]
mod tests {
    use super::super::{
        Of,
        testing::{Told, by, day, merged_of_seven, on, participants, program, range, staff},
    };
    use super::*;
    use crate::Role;

    fn ask(told: &Told, days: Range) -> WorkerContinuity {
        let asked = on("2023-12-31");
        told.snapshot().worker_continuity(days, &InRole::Any, &Filter::all(), &asked).unwrap()
    }

    fn of_c1(report: &WorkerContinuity) -> Continuity {
        let place = (program("p1"), participants(&["c1"]).remove(0));
        report.timelines.get(&place).cloned().unwrap()
    }

    /// One assignment a day, from the first of January 2023 on: `A A B` is s1, s1, s2.
    fn days(sequence: &str) -> Continuity {
        let mut told = Told::new(&["c1"]);
        let mut date = day("2023-01-01");
        for worker in sequence.split(' ') {
            let who = match worker {
                "A" => "s1",
                "B" => "s2",
                "C" => "s3",
                _ => "",
            };
            let next = date.plus(1).unwrap();
            if !who.is_empty() {
                told.assign(&format!("{who} c1 p1 {date} {next}"));
            }
            date = next;
        }
        of_c1(&ask(&told, range("2023-01-01", "2024-01-01")))
    }

    fn rounded(ratio: Option<Ratio>) -> Option<String> {
        ratio.map(|ratio| format!("{:.3}", ratio.as_f64()))
    }

    /// measures.md, M11 c: the public teaching examples, a contact a day.
    #[test]
    fn the_indices_are_as_published() {
        let one = days("A A A B B C");
        assert_eq!(one.usual_worker_share(), Ratio::new(3, 6));
        assert_eq!(one.concentration(), Ratio::new(8, 30));
        let one = days("A A A A B C");
        assert_eq!(rounded(one.usual_worker_share()), Some("0.667".into()));
        let one = days("A A B A C A A D A A B A".replace('D', "B").as_str());
        assert_eq!(one.sequence(), Ratio::new(3, 11));
        assert_eq!(rounded(days("A A A B B B").concentration()), Some("0.400".into()));
        let (whole, mixed) = (days("A A A A A A A A B B B B"), days("A B A B A B A B A B A B"));
        assert_eq!(rounded(whole.sequence()), Some("0.909".into()));
        assert_eq!(mixed.sequence(), Ratio::new(0, 11));
        assert_eq!(rounded(whole.concentration()), Some("0.515".into()));
        assert_eq!((days("A").concentration(), days("A").sequence()), (None, None));
    }

    /// measures.md, M11 b and c: 2 changes in 365 days are 5.479; 200, 100, 65 of 365 days are 0.548.
    #[test]
    fn a_year_of_three_workers() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 2023-01-01 2023-07-20");
        told.assign("s2 c1 p1 2023-07-20 2023-10-28");
        told.assign("s3 c1 p1 2023-10-28 -");
        let report = ask(&told, range("2023-01-01", "2024-01-01"));
        let one = of_c1(&report);
        assert_eq!(one.days.values().copied().collect::<Vec<_>>(), [200, 100, 65]);
        assert_eq!(rounded(one.changes_per_1000_days()), Some("5.479".into()));
        assert_eq!(rounded(one.usual_worker_share()), Some("0.548".into()));
        let sum = report.sums.get(&Of::program(program("p1"))).unwrap();
        assert_eq!((sum.share_with(2), sum.share_with(1)), (Ratio::new(1, 1), Ratio::new(0, 1)));
        let all = report.sums.get(&Of::ALL).unwrap();
        assert_eq!(all.share_with_at_least(2), Ratio::new(1, 2));
        assert_eq!(all.uncovered_share(), Ratio::new(365, 730));
    }

    /// measures.md, M11, edges: a gap is no change; A, B, A are 2 changes and 2 workers.
    #[test]
    fn a_gap_is_no_change_and_coming_back_is_two() {
        let one = days("A A - - A");
        assert_eq!((one.changes, one.assigned_days(), one.uncovered_days), (0, 3, 362));
        assert_eq!(one.sequence(), Ratio::new(2, 2));
        let one = days("A B A");
        assert_eq!((one.changes, one.days.len()), (2, 2));
    }

    /// measures.md, M11 a: where one wholly overlaps another, the one that starts first stays.
    #[test]
    fn leave_cover_is_dropped_and_a_part_overlap_goes_to_the_later() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 2023-01-01 2023-03-01");
        told.assign("s2 c1 p1 2023-02-01 2023-02-10");
        told.assign("s3 c1 p1 2023-02-20 2023-04-01");
        told.assign("s2 c1 p1 2023-03-05 2023-03-05");
        let one = of_c1(&ask(&told, range("2023-01-01", "2024-01-01")));
        assert_eq!(one.changes, 1);
        let told = |id| one.days.get(&staff(id)).copied();
        assert_eq!((told("s1"), told("s2"), told("s3")), (Some(50), None, Some(40)));
    }

    #[test]
    fn a_change_on_the_first_day_is_in_the_range_and_breaks_no_pair_of_it() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 2023-01-01 2023-03-01");
        told.assign("s2 c1 p1 2023-03-01 -");
        let one = of_c1(&ask(&told, range("2023-03-01", "2023-04-01")));
        assert_eq!((one.changes, one.broken_pairs, one.census), (1, 0, Census::Enrolled));
        let one = of_c1(&ask(&told, range("2023-03-02", "2023-04-01")));
        assert_eq!(one.changes, 0);
    }

    #[test]
    fn roles_staff_and_actors_choose() {
        let mut told = Told::new(&["c1", "c2"]);
        told.record(r#""revise_program","id":"p2","policy":{"visibility":"own_caseload"}"#);
        told.assign("s1 c1 p1 2023-01-01 - primary");
        told.assign("s2 c1 p1 2023-02-01 2024-06-01");
        told.assign("s2 c2 p2 2023-01-01 -");
        let year = range("2023-01-01", "2024-01-01");
        let snapshot = told.snapshot();
        let asked = on("2023-06-01");
        let primary = InRole::Exactly(Role::new("primary").unwrap());
        let report = snapshot.worker_continuity(year, &primary, &Filter::all(), &asked).unwrap();
        assert_eq!(of_c1(&report).days.len(), 1);
        let of_s2 = Filter::all().staff([staff("s2")]);
        let report = snapshot.worker_continuity(year, &primary, &of_s2, &asked).unwrap();
        assert_eq!(report.timelines.len(), 0);
        let report = snapshot.worker_continuity(year, &InRole::Any, &of_s2, &asked).unwrap();
        assert_eq!(report.timelines.len(), 1);
        let asked = by(asked, "s1");
        let report = snapshot.worker_continuity(year, &InRole::Any, &Filter::all(), &asked);
        assert_eq!(report.unwrap().timelines.len(), 2);
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for (place, id) in (10..).zip(ids) {
            told.assign(&format!("s1 {id} p1 2023-01-{place} 2023-02-{place}"));
            told.assign(&format!("s2 {id} p1 2023-02-{place} -"));
        }
        let (spring, asked) = (range("2023-01-05", "2023-05-01"), on("2023-01-01"));
        let snapshot = told.snapshot();
        let report =
            |filter| snapshot.worker_continuity(spring, &InRole::Any, &filter, &asked).unwrap();
        let merged = merged_of_seven(&ids, report, |all, part| all.merge(part).unwrap());
        assert_eq!((merged.timelines.len(), merged.sums.len()), (18, 3));
    }
}

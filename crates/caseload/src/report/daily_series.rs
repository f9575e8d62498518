//! The daily series: how large a caseload is on every day of a range.

use std::collections::BTreeMap;

use super::{
    Filter, Of, Range,
    of::{self, Sums},
    scan::each_line,
};
use crate::{Asked, Day, Error, InputError, Snapshot};

/// How many assignments cover each day of a range, per staff member and program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DailySeries {
    /// The days that it is about.
    pub range: Range,
    /// One count for each day of the range, in order, for each that has a case on any of them.
    pub cases: BTreeMap<Of, Vec<u32>>,
}

impl DailySeries {
    /// The days with their counts; nothing where the report has no case of theirs.
    pub fn days_of(&self, of: &Of) -> impl Iterator<Item = (Day, u32)> {
        let counts = self.cases.get(of).into_iter().flatten().copied();
        self.range.each_day().zip(counts)
    }

    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range.
    pub fn merge(mut self, other: DailySeries) -> Result<DailySeries, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        of::merge(&mut self.cases, other.cases, |counts, more| {
            counts.resize(more.len(), 0);
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        });
        Ok(self)
    }
}

impl Snapshot {
    /// The caseload on every day of a range, per staff member and program: the assignments that cover
    /// the day, in cases. A day's count is that of [`Snapshot::current_caseload`] as of it, and the sum
    /// over the days is the covered days of [`Snapshot::average_daily_caseload`].
    ///
    /// It is as large as the range is long, for each staff member and program. `asked.as_of` matters only
    /// for what an actor sees.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId};
    /// use caseload::report::{Filter, Of, Range};
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-04-02".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// desk.record(Assign::new(maria.clone(), client, housing, day))?;
    ///
    /// let three_days = Range::new("2024-04-01".parse()?, "2024-04-04".parse()?)?;
    /// let report = agency.snapshot()?.daily_series(three_days, &Filter::all(), &Asked::of(day))?;
    /// assert_eq!(report.cases.get(&Of::staff(maria)), Some(&vec![0, 1, 1]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn daily_series(
        &self,
        range: Range,
        filter: &Filter,
        asked: &Asked,
    ) -> Result<DailySeries, Error> {
        self.ask(asked.known_at, |known| {
            let mut steps: Sums<Steps> = Sums::new();
            each_line(known, filter, asked, |line| {
                if let Some(shared) = range.shared_with(line.period) {
                    steps.add(line.staff, line.program, |steps| steps.take(shared));
                }
            })?;
            let cases = steps.named(known, |steps| steps.counts(range));
            Ok(DailySeries { range, cases })
        })
    }
}

/// On which days a caseload grows and shrinks, by the number of the day.
#[derive(Default)]
struct Steps(BTreeMap<i32, Step>);

#[derive(Default)]
struct Step {
    more: u32,
    fewer: u32,
}

impl Steps {
    fn take(&mut self, days: Range) {
        self.0.entry(days.first().number()).or_default().more += 1;
        self.0.entry(days.last_day().number() + 1).or_default().fewer += 1;
    }

    fn counts(&self, range: Range) -> Vec<u32> {
        let mut count = 0;
        let on = |day: Day| {
            if let Some(step) = self.0.get(&day.number()) {
                count = count + step.more - step.fewer;
            }
            count
        };
        range.each_day().map(on).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, merged_of_seven, on, program, range, staff};
    use super::*;

    const EVERYONE: [&str; 4] = ["P1", "P2", "P3", "P4"];

    /// measures.md, M3, "Timeline test".
    fn april_2024() -> Told {
        let mut told = Told::new(&EVERYONE);
        told.assign("s1 P1 p1 2024-03-20 -");
        told.assign("s2 P2 p1 2024-04-10 2024-04-25");
        told.assign("s1 P3 p2 2024-04-30 -");
        told.assign("s1 P4 p1 2024-03-01 2024-04-01");
        told
    }

    #[test]
    fn the_point_in_time_counts_of_april_2024() {
        let told = april_2024();
        let april = range("2024-04-01", "2024-05-01");
        let asked = on("2024-04-01");
        let report = told.snapshot().daily_series(april, &Filter::all(), &asked).unwrap();
        let all: Vec<(Day, u32)> = report.days_of(&Of::ALL).collect();
        let count = |day: usize| all[day - 1].1;
        assert_eq!((count(1), count(10), count(24), count(25), count(30)), (1, 2, 2, 1, 2));
        assert_eq!(all.iter().map(|(_, count)| count).sum::<u32>(), 46);
        let at_last = |of: Of| report.days_of(&of).last().map(|(_, count)| count);
        assert_eq!(at_last(Of::staff(staff("s1"))), Some(2));
        assert_eq!(at_last(Of::both(staff("s1"), program("p2"))), Some(1));
        assert_eq!(at_last(Of::staff(staff("s2"))), Some(0));
        assert_eq!(at_last(Of::staff(staff("s3"))), None);
    }

    /// measures.md, M3, three-day form: (100 + 110 + 90) / 3 = 100.
    #[test]
    fn each_day_is_the_count_as_of_it_and_all_together_the_average() {
        let told = april_2024();
        let spring = range("2024-02-28", "2024-05-03");
        let asked = on("2024-04-01");
        let snapshot = told.snapshot();
        let report = snapshot.daily_series(spring, &Filter::all(), &asked).unwrap();
        let average = snapshot.average_daily_caseload(spring, &Filter::all(), &asked).unwrap();
        for (of, days) in &average.covered_days {
            assert_eq!(report.days_of(of).map(|(_, count)| u64::from(count)).sum::<u64>(), *days);
        }
        for day in spring.each_day() {
            let current = snapshot.current_caseload(&Filter::all(), &Asked::of(day)).unwrap();
            for of in report.cases.keys() {
                let count = report.days_of(of).find(|(on, _)| *on == day).map(|(_, count)| count);
                let cases = current.loads.get(of).map_or(0, |load| load.cases);
                assert_eq!(count.map(u64::from), Some(cases));
            }
        }
    }

    #[test]
    fn the_last_day_of_the_calendar_is_counted() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 9999-12-31 -");
        let last_two = Range::from_last_day(Day::LAST.plus(-1).unwrap(), Day::LAST).unwrap();
        let report =
            told.snapshot().daily_series(last_two, &Filter::all(), &on("2024-01-01")).unwrap();
        assert_eq!(report.cases.get(&Of::ALL), Some(&vec![0, 1]));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let told = april_2024();
        let april = range("2024-04-01", "2024-05-01");
        let asked = on("2024-04-01");
        let report = |filter| told.snapshot().daily_series(april, &filter, &asked).unwrap();
        let merged = merged_of_seven(&EVERYONE, report, |all, part| all.merge(part).unwrap());
        assert_eq!(merged.cases.len(), 8);
        let may = range("2024-05-01", "2024-06-01");
        let other = told.snapshot().daily_series(may, &Filter::all(), &asked).unwrap();
        assert!(merged.merge(other).is_err());
    }
}

//! The daily series: how large a caseload is on every day of a range.

use super::{
    Asking, By, Cube, Filter, Of, Range, Reports,
    cube::Tallies,
    index::Index,
    look::Look,
    looks::{At, Looks},
    scan::{Part, around},
};
use crate::{Day, Error, InputError, ProgramId, Snapshot, StaffId};

/// How many assignments cover each day of a range, for each staff member or whomever it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DailySeries {
    /// The days that it is about.
    pub range: Range,
    /// Of whom its rows are. Whoever has no case on any day has none.
    pub by: By,
    rows: Rows,
}

/// A number for each day and row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) index: Index,
    /// Those of the first day, then those of the next.
    pub(super) counts: Vec<u32>,
}

/// More numbers than this are no answer but a mistake: 4 GiB of them.
const MOST: u64 = 1 << 30;

impl DailySeries {
    /// The days with their counts; nothing where the report has no case of theirs.
    pub fn days_of(&self, of: &Of) -> impl Iterator<Item = (Day, u32)> {
        let days = self.rows.index.find(of).map(|row| self.range.each_day().zip(self.row(row)));
        days.into_iter().flatten()
    }

    /// Each row: of whom it is, and one count for each day of the range.
    pub fn iter(&self) -> impl Iterator<Item = (Of, Vec<u32>)> {
        let rows = self.rows.index.iter().enumerate();
        rows.map(|(number, of)| (of, self.row(number).collect()))
    }

    /// Of whom the rows are, in order.
    pub fn keys(&self) -> impl Iterator<Item = Of> {
        self.rows.index.iter()
    }

    /// The counts of every row on the first day, in the order of the rows, then on the next day, and so on.
    pub fn counts(&self) -> &[u32] {
        &self.rows.counts
    }

    /// How many rows.
    pub const fn len(&self) -> usize {
        self.rows.index.keys.len()
    }

    /// Whether nobody has a case.
    pub const fn is_empty(&self) -> bool {
        self.rows.index.keys.is_empty()
    }

    /// The staff that rows may be about, sorted.
    pub fn staff(&self) -> &[StaffId] {
        &self.rows.index.staff
    }

    /// The programs that rows may be about, sorted.
    pub fn programs(&self) -> &[ProgramId] {
        &self.rows.index.programs
    }

    /// The places of each row's staff member and program in [`DailySeries::staff`] and
    /// [`DailySeries::programs`]; `None` where it is over all of them.
    pub fn rows(&self) -> impl Iterator<Item = (Option<usize>, Option<usize>)> {
        self.rows.index.rows()
    }

    fn row(&self, number: usize) -> impl Iterator<Item = u32> {
        self.rows.counts.iter().skip(number).step_by(self.len().max(1)).copied()
    }

    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range, or has other rows.
    pub fn merge(self, other: DailySeries) -> Result<DailySeries, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        if self.by != other.by {
            return Err(InputError::command("by", "is another one"));
        }
        let (index, [mine, theirs]) = self.rows.index.union(&other.rows.index);
        let mut counts = vec![0; index.keys.len() * self.range.days().get() as usize];
        let width = index.keys.len().max(1);
        for (part, rows) in [(&self, mine), (&other, theirs)] {
            let days = part.rows.counts.chunks(rows.len().max(1));
            for (all, day) in counts.chunks_mut(width).zip(days) {
                for (row, count) in rows.iter().zip(day) {
                    all.get_mut(*row).into_iter().for_each(|sum| *sum += count);
                }
            }
        }
        Ok(DailySeries { rows: Rows { index, counts }, ..self })
    }
}

impl Snapshot {
    /// The caseload on every day of a range, for each staff member, program, both or in all: the
    /// assignments that cover the day, in cases. A day's count is that of [`Snapshot::current_caseload`] as
    /// of it, and the sum over the days is the covered days of [`Snapshot::average_daily_caseload`].
    ///
    /// `asked.as_of` matters only for what an actor sees. Of what is known now, for whoever sees everything
    /// and without a choice of participants, it costs what the answer is large and what happened in the
    /// range; else one look at every line.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`]; `input-command` when days times rows are over 1,073,741,824.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId};
    /// use caseload::report::{By, Filter, Of, Range};
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
    /// let (filter, asked) = (Filter::all(), Asked::of(day));
    /// let report = agency.snapshot()?.daily_series(three_days, By::Staff, &filter, &asked)?;
    /// let counts: Vec<u32> = report.days_of(&Of::staff(maria)).map(|(_, count)| count).collect();
    /// assert_eq!(counts, [0, 1, 1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn daily_series<'a>(
        &self,
        range: Range,
        by: By,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<DailySeries, Error> {
        self.reports().daily_series(range, by, filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::daily_series`].
    ///
    /// # Errors
    /// As [`Reports::over`]; `input-command` when days times rows are over 1,073,741,824.
    pub fn daily_series<'a>(
        &self,
        range: Range,
        by: By,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<DailySeries, Error> {
        day_by_day(self.look(filter, asked), range, by)
    }
}

fn day_by_day(mut look: Look<'_>, range: Range, by: By) -> Result<DailySeries, Error> {
    let rows = match look.by_census(|census| census.each_day(range, by))? {
        Some(rows) => rows,
        None => from_shared_days(range, shared_days(look, range, by)?),
    };
    let rows = rows.ok_or_else(|| InputError::command("range", "is too long for so many rows"))?;
    Ok(DailySeries { range, by, rows })
}

/// The days that each line shares with a range, row by row.
fn shared_days(mut look: Look<'_>, range: Range, by: By) -> Result<Cube<Vec<Range>>, Error> {
    let of_part = |part: &Part<'_>| {
        let mut days: Tallies<Vec<Range>> = Tallies::new();
        part.each_line(|line| {
            if let Some(shared) = range.shared_with(line.period) {
                days.add_by(by, line.staff, line.program, |all| all.push(shared));
            }
        })?;
        Ok(days.cube(part.known, Some))
    };
    let ground = look.ground(Looks::on(At::Lines, around(range)))?;
    look.in_parts(&ground, of_part, |mut all, part| {
        all.merge(part, |days, more| days.extend(more));
        Ok(all)
    })
}

/// Whether an answer is not too large.
pub(super) fn fits(range: Range, rows: usize) -> bool {
    (rows as u64).saturating_mul(u64::from(range.days().get())) <= MOST
}

/// `None` where there would be too much.
fn from_shared_days(range: Range, shared: Cube<Vec<Range>>) -> Option<Rows> {
    let (index, covered) = shared.into_columns();
    let width = index.keys.len();
    if !fits(range, width) {
        return None;
    }
    // What each day has more than the one before, then what it has.
    let mut counts = vec![0u32; width * range.days().get() as usize];
    let mut step = |day: i32, row: usize, by: i32| {
        let day = usize::try_from(day - range.first().number()).unwrap_or(0);
        let place = counts.get_mut(day * width + row);
        place.into_iter().for_each(|count| *count = count.wrapping_add_signed(by));
    };
    for (row, periods) in covered.iter().enumerate() {
        for days in periods {
            step(days.first().number(), row, 1);
            step(days.last_day().number() + 1, row, -1);
        }
    }
    let mut before = vec![0u32; width];
    for day in counts.chunks_mut(width.max(1)) {
        for (count, sum) in day.iter_mut().zip(&mut before) {
            *sum = sum.wrapping_add(*count);
            *count = *sum;
        }
    }
    Some(Rows { index, counts })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, merged_of_seven, on, participants, program, range, staff};
    use super::*;
    use crate::Asked;

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

    const KINDS: [By; 4] = [By::All, By::Program, By::Staff, By::StaffAndProgram];

    #[test]
    fn the_point_in_time_counts_of_april_2024() {
        let told = april_2024();
        let april = range("2024-04-01", "2024-05-01");
        let report = |by: By| {
            told.snapshot().daily_series(april, by, &Filter::all(), &on("2024-04-01")).unwrap()
        };
        let all: Vec<(Day, u32)> = report(By::All).days_of(&Of::ALL).collect();
        let count = |day: usize| all[day - 1].1;
        assert_eq!((count(1), count(10), count(24), count(25), count(30)), (1, 2, 2, 1, 2));
        assert_eq!(all.iter().map(|(_, count)| count).sum::<u32>(), 46);
        let at_last = |by, of: Of| report(by).days_of(&of).last().map(|(_, count)| count);
        assert_eq!(at_last(By::Staff, Of::staff(staff("s1"))), Some(2));
        assert_eq!(at_last(By::StaffAndProgram, Of::both(staff("s1"), program("p2"))), Some(1));
        assert_eq!(at_last(By::Staff, Of::staff(staff("s2"))), Some(0));
        assert_eq!(at_last(By::Staff, Of::staff(staff("s3"))), None);
        assert_eq!(at_last(By::Program, Of::staff(staff("s1"))), None);
    }

    /// measures.md, M3, three-day form: (100 + 110 + 90) / 3 = 100.
    #[test]
    fn each_day_is_the_count_as_of_it_and_all_together_the_average() {
        let told = april_2024();
        let spring = range("2024-02-28", "2024-05-03");
        let (everyone, asked) = (Filter::all(), on("2024-04-01"));
        let snapshot = told.snapshot();
        let average = snapshot.average_daily_caseload(spring, &everyone, &asked).unwrap();
        let mut rows = 0;
        for by in KINDS {
            let report = snapshot.daily_series(spring, by, &everyone, &asked).unwrap();
            for (of, counts) in report.iter() {
                let days = counts.iter().copied().map(u64::from).sum();
                assert_eq!(average.covered_days.get(&of), Some(&days));
                for (day, count) in spring.each_day().zip(counts) {
                    let current = snapshot.current_caseload(&everyone, &Asked::of(day)).unwrap();
                    let cases = current.loads.get(&of).map_or(0, |load| load.cases);
                    assert_eq!(u64::from(count), cases);
                }
            }
            rows += report.len();
        }
        assert_eq!(rows, average.covered_days.len());
    }

    #[test]
    fn the_last_day_of_the_calendar_is_counted() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 9999-12-31 -");
        let last_two = Range::from_last_day(Day::LAST.plus(-1).unwrap(), Day::LAST).unwrap();
        let ask = |filter: &Filter| {
            told.snapshot().daily_series(last_two, By::All, filter, &on("2024-01-01")).unwrap()
        };
        let line_by_line = Filter::all().participants(participants(&["c1"]));
        for filter in [Filter::all(), line_by_line] {
            assert_eq!(ask(&filter).counts(), [0, 1]);
        }
    }

    #[test]
    fn what_would_be_too_large_is_refused() {
        let calendar = Range::from_last_day(Day::FIRST, Day::LAST).unwrap();
        assert!(fits(calendar, 294) && !fits(calendar, 295));
        let ids: Vec<String> = (0..295).map(|number| format!("c{number}")).collect();
        let mut told = Told::new(&[]);
        for id in &ids {
            told.record(&format!(r#""register_staff","id":"{id}""#));
            told.enroll(id, "p1", "2024-01-01", None);
            told.assign(&format!("{id} {id} p1 2024-01-01 -"));
        }
        let all = Filter::all();
        let line_by_line = all
            .clone()
            .participants(participants(&ids.iter().map(String::as_str).collect::<Vec<_>>()));
        for filter in [all, line_by_line] {
            let series =
                told.snapshot().daily_series(calendar, By::Staff, &filter, &on("2024-01-01"));
            assert!(matches!(series, Err(Error::Input(_))));
        }
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let told = april_2024();
        let april = range("2024-04-01", "2024-05-01");
        let asked = on("2024-04-01");
        for (by, rows) in KINDS.into_iter().zip([1, 2, 2, 3]) {
            let report = |filter| told.snapshot().daily_series(april, by, &filter, &asked).unwrap();
            let merged = merged_of_seven(&EVERYONE, report, |all, part| all.merge(part).unwrap());
            assert_eq!(merged.len(), rows);
            let may = range("2024-05-01", "2024-06-01");
            let other = told.snapshot().daily_series(may, by, &Filter::all(), &asked).unwrap();
            assert!(merged.merge(other).is_err());
        }
        let report = |by| told.snapshot().daily_series(april, by, &Filter::all(), &asked).unwrap();
        assert!(report(By::All).merge(report(By::Staff)).is_err());
    }
}

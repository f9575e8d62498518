//! The average daily caseload: every day of every assignment, over the days of a range.

use super::{
    Asking, Cube, Filter, Of, Range, Ratio, Reports,
    cube::Tallies,
    look::Look,
    looks::{At, Looks},
    scan::{Part, around},
};
use crate::{Error, InputError, Snapshot};

/// How many days of assignments lie in a range, per staff member and program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AverageDailyCaseload {
    /// The days that it is about.
    pub range: Range,
    /// Days of the range that assignments cover, added up, for each that has any.
    pub covered_days: Cube<u64>,
}

impl AverageDailyCaseload {
    /// The average: covered days over days of the range. `None` where the report has no day of theirs, so
    /// that somebody whom the filter left out does not read 0.
    pub fn average(&self, of: &Of) -> Option<Ratio> {
        self.covered_days.get(of).map(|covered| Ratio::over(*covered, self.range.days()))
    }

    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range.
    pub fn merge(
        mut self,
        other: AverageDailyCaseload,
    ) -> Result<AverageDailyCaseload, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        self.covered_days.merge(other.covered_days, |days, more| *days += more);
        Ok(self)
    }
}

impl Snapshot {
    /// The average daily caseload, per staff member and program: covered days in the range / days in the
    /// range, where covered days = sum over assignments of max(0, min(end, b) - max(start, a)), in
    /// case-days. Each worker is credited with exactly their own days: a transfer on day D gives D to the
    /// receiver.
    ///
    /// It is the mean of the daily census, as hospitals take it, and not the mean of monthly counts.
    /// `asked.as_of` matters only for what an actor sees.
    ///
    /// Of what is known now, for whoever sees everything and without a choice of participants, it costs as
    /// much as there are staff members in programs, however long the range is and however many lines there
    /// are; else one look at every line.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId};
    /// use caseload::report::{Filter, Of, Range};
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-04-16".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// desk.record(Assign::new(maria.clone(), client, housing, day))?;
    ///
    /// let april = Range::new("2024-04-01".parse()?, "2024-05-01".parse()?)?;
    /// let report = agency.snapshot()?.average_daily_caseload(april, &Filter::all(), &Asked::of(day))?;
    /// let average = report.average(&Of::staff(maria));
    /// assert_eq!(average.map(|a| (a.numerator(), a.denominator().get())), Some((15, 30)));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn average_daily_caseload<'a>(
        &self,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<AverageDailyCaseload, Error> {
        self.reports().average_daily_caseload(range, filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::average_daily_caseload`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn average_daily_caseload<'a>(
        &self,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<AverageDailyCaseload, Error> {
        added_up(self.look(filter, asked), range)
    }
}

fn added_up(mut look: Look<'_>, range: Range) -> Result<AverageDailyCaseload, Error> {
    if let Some(covered_days) = look.by_census(|census| census.covered(range))? {
        return Ok(AverageDailyCaseload { range, covered_days });
    }
    let of_part = |part: &Part<'_>| {
        let mut days: Tallies<u64> = Tallies::new();
        part.each_line(|line| {
            let covered = u64::from(range.days_shared_with(line.period));
            if covered > 0 {
                days.add(line.staff, line.program, |days| *days += covered);
            }
        })?;
        Ok(AverageDailyCaseload { range, covered_days: days.cube(part.known, Some) })
    };
    let ground = look.ground(Looks::on(At::Lines, around(range)))?;
    look.in_parts(&ground, of_part, AverageDailyCaseload::merge)
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
        told.assign("s1 P2 p1 2024-04-10 2024-04-25");
        told.assign("s1 P3 p1 2024-04-30 -");
        told.assign("s1 P4 p1 2024-03-01 2024-04-01");
        told
    }

    #[test]
    fn april_2024_is_46_case_days_over_30() {
        let report = april_2024()
            .snapshot()
            .average_daily_caseload(
                range("2024-04-01", "2024-05-01"),
                &Filter::all(),
                &on("2024-04-01"),
            )
            .unwrap();
        assert_eq!(report.average(&Of::staff(staff("s1"))), Ratio::new(46, 30));
        assert_eq!(
            report.average(&Of::ALL).map(|r| format!("{:.3}", r.as_f64())),
            Some("1.533".into())
        );
        assert_eq!(report.average(&Of::program(program("p2"))), None);
        assert_eq!(report.average(&Of::staff(staff("s2"))), None);
    }

    #[test]
    fn a_transfer_gives_the_day_to_the_receiver() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 2024-04-01 -");
        told.record(r#""transfer","id":"s1-c1-p1-2024-04-01","new_id":"a2","to_staff":"s2","date":"2024-04-11""#);
        let april = range("2024-04-01", "2024-05-01");
        let report = told
            .snapshot()
            .average_daily_caseload(april, &Filter::all(), &on("2024-04-01"))
            .unwrap();
        let days = |id| report.covered_days.get(&Of::staff(staff(id))).copied();
        assert_eq!((days("s1"), days("s2")), (Some(10), Some(20)));
        assert_eq!(report.covered_days.get(&Of::ALL), Some(&30));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let told = april_2024();
        let april = range("2024-04-01", "2024-05-01");
        let asked = on("2024-04-01");
        let report =
            |filter| told.snapshot().average_daily_caseload(april, &filter, &asked).unwrap();
        let merged = merged_of_seven(&EVERYONE, report, |all, part| all.merge(part).unwrap());
        assert_eq!(merged.covered_days.len(), 4);
        let may = range("2024-05-01", "2024-06-01");
        let other = told.snapshot().average_daily_caseload(may, &Filter::all(), &asked).unwrap();
        assert!(merged.merge(other).is_err());
    }
}

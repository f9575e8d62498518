//! How caseloads are spread over staff: bands, median, and measures of equity.

use super::{
    Asking, Cube, Filter, Ratio, Reports,
    cube::Tallies,
    look::Look,
    looks::{At, Looks},
    scan::Part,
};
use crate::{Day, Error, InputError, ProgramId, Snapshot, question::on};

/// How many staff have a caseload of some size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Band {
    /// The smallest caseload that is in it.
    pub from: u64,
    /// The smallest one above it; `None` for the last.
    pub below: Option<u64>,
    /// How many staff.
    pub staff: u64,
    /// How many cases they have together.
    pub cases: u64,
}

/// Caseloads by size, and how evenly they are spread.
///
/// A measure of equity is `None` for fewer than two caseloads, and where all of them are 0.
///
/// ```
/// use caseload::report::{Ratio, Spread};
/// let spread = Spread::of([10, 12, 15, 18, 25]);
/// assert_eq!((spread.median(), spread.mean()), (Ratio::new(15, 1), Ratio::new(80, 5)));
/// assert_eq!(spread.gini().map(|gini| format!("{:.2}", gini.as_f64())), Some("0.18".to_owned()));
/// assert_eq!(Spread::of([7]).gini(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spread {
    // INVARIANT: in ascending order.
    loads: Vec<u64>,
}

impl Spread {
    /// Of these caseloads, in any order.
    pub fn of(loads: impl IntoIterator<Item = u64>) -> Spread {
        let mut loads: Vec<u64> = loads.into_iter().collect();
        loads.sort_unstable();
        Spread { loads }
    }

    /// How many caseloads.
    pub fn staff(&self) -> u64 {
        self.loads.len() as u64
    }

    /// How many cases in all.
    pub fn cases(&self) -> u64 {
        self.loads.iter().fold(0, |sum, load| sum.saturating_add(*load))
    }

    /// The smallest and the largest caseload; `None` if there is none.
    pub fn least_and_most(&self) -> Option<(u64, u64)> {
        Some((*self.loads.first()?, *self.loads.last()?))
    }

    /// Cases over staff; `None` without staff.
    pub fn mean(&self) -> Option<Ratio> {
        Ratio::new(self.cases(), self.staff())
    }

    /// The caseload in the middle, or the sum of the two in the middle over 2; `None` without staff.
    pub fn median(&self) -> Option<Ratio> {
        let lower = *self.loads.get(self.loads.len().checked_sub(1)? / 2)?;
        let upper = *self.loads.get(self.loads.len() / 2)?;
        if self.loads.len() % 2 == 1 {
            Ratio::new(upper, 1)
        } else {
            Ratio::new(lower.saturating_add(upper), 2)
        }
    }

    /// The largest caseload over the mean.
    pub fn max_over_mean(&self) -> Option<Ratio> {
        let (_, most) = self.least_and_most()?;
        self.even(most.saturating_mul(self.staff()), self.cases())
    }

    /// The square of the coefficient of variation, exact: the population variance over the square of the
    /// mean, (n sum x^2 - (sum x)^2) / (sum x)^2.
    pub fn variation_squared(&self) -> Option<Ratio> {
        let square = |load: u64| load.saturating_mul(load);
        let squares = self.loads.iter().fold(0u64, |sum, load| sum.saturating_add(square(*load)));
        let of = square(self.cases());
        self.even(self.staff().saturating_mul(squares).saturating_sub(of), of)
    }

    /// The coefficient of variation (CV): the population standard deviation over the mean.
    pub fn variation(&self) -> Option<f64> {
        self.variation_squared().map(|squared| squared.as_f64().sqrt())
    }

    /// The Gini coefficient, 2 sum(i x_i) / (n sum x) - (n + 1) / n over ascending x: from 0 (all alike)
    /// to (n - 1) / n (one has all).
    pub fn gini(&self) -> Option<Ratio> {
        let (staff, cases) = (self.staff(), self.cases());
        let ranked = (1u64..).zip(&self.loads);
        let ranked =
            ranked.fold(0u64, |sum, (rank, load)| sum.saturating_add(rank.saturating_mul(*load)));
        let above =
            ranked.saturating_mul(2).saturating_sub(staff.saturating_add(1).saturating_mul(cases));
        self.even(above, staff.saturating_mul(cases))
    }

    /// A measure of equity, where there is something to be spread.
    fn even(&self, numerator: u64, denominator: u64) -> Option<Ratio> {
        if self.loads.len() < 2 { None } else { Ratio::new(numerator, denominator) }
    }

    /// How many staff have caseloads of which size, cut at these sizes: \[0, first), \[first, second) and
    /// so on, and from the last on.
    ///
    /// ```
    /// use caseload::report::Spread;
    /// let bands = Spread::of([4, 5, 9, 10]).bands([5, 10]);
    /// let staff: Vec<u64> = bands.iter().map(|band| band.staff).collect();
    /// assert_eq!(staff, [1, 2, 1]);
    /// ```
    pub fn bands(&self, cuts: impl IntoIterator<Item = u64>) -> Vec<Band> {
        let mut cuts: Vec<u64> = cuts.into_iter().filter(|cut| *cut > 0).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let from = std::iter::once(0).chain(cuts.iter().copied());
        let below = cuts.iter().copied().map(Some).chain([None]);
        let band = |(from, below): (u64, Option<u64>)| {
            let is_in = |load: &&u64| **load >= from && below.is_none_or(|below| **load < below);
            let inside = self.loads.iter().filter(is_in);
            let (staff, cases) = inside
                .fold((0, 0u64), |(staff, cases), load| (staff + 1, cases.saturating_add(*load)));
            Band { from, below, staff, cases }
        };
        from.zip(below).map(band).collect()
    }
}

/// The caseload of each staff member on a day, to be looked at side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseloadDistribution {
    /// The day.
    pub as_of: Day,
    /// Cases of each staff member, in all programs and in each in which they have one; and of all staff.
    pub cases: Cube<u64>,
}

impl CaseloadDistribution {
    /// How caseloads are spread over staff, in a program or over all.
    pub fn spread(&self, program: Option<&ProgramId>) -> Spread {
        let place = match program.map(|program| self.cases.programs().binary_search(program)) {
            Some(Ok(place)) => Some(place),
            Some(Err(_)) => return Spread::default(),
            None => None,
        };
        let rows = self.cases.rows().zip(self.cases.values());
        let of_staff = rows.filter(|((staff, program), _)| staff.is_some() && *program == place);
        Spread::of(of_staff.map(|(_, cases)| *cases))
    }

    /// Takes in the report of other participants (or of another agency) as of the same day.
    ///
    /// # Errors
    /// `input-command` when it is as of another day.
    pub fn merge(
        mut self,
        other: CaseloadDistribution,
    ) -> Result<CaseloadDistribution, InputError> {
        if self.as_of != other.as_of {
            return Err(InputError::command("as_of", "is another day"));
        }
        self.cases.merge(other.cases, |cases, more| *cases += more);
        Ok(self)
    }
}

impl Snapshot {
    /// How the caseloads of the day `asked.as_of` are spread over staff, in cases (assignments that cover
    /// the day): bands, median, largest over mean, coefficient of variation, Gini coefficient.
    ///
    /// Whoever has no case is not in it: who of the staff should have one, the log does not know. It is read
    /// from the daily census as [`Snapshot::average_daily_caseload`] is.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId};
    /// use caseload::report::{Filter, Ratio};
    /// let (housing, day) = (ProgramId::new("housing")?, "2024-03-01".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// for (staff, cases) in [("maria", 1), ("noor", 3)] {
    ///     let id = StaffId::new(staff)?;
    ///     desk.record(RegisterStaff::new(id.clone()))?;
    ///     for number in 0..cases {
    ///         let client = ParticipantId::new(format!("{staff}-{number}"))?;
    ///         desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    ///         desk.record(Assign::new(id.clone(), client, housing.clone(), day))?;
    ///     }
    /// }
    ///
    /// let report = agency.snapshot()?.caseload_distribution(&Filter::all(), &Asked::of(day))?;
    /// let spread = report.spread(Some(&housing));
    /// assert_eq!((spread.median(), spread.max_over_mean()), (Ratio::new(4, 2), Ratio::new(6, 4)));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn caseload_distribution<'a>(
        &self,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<CaseloadDistribution, Error> {
        self.reports().caseload_distribution(filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::caseload_distribution`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn caseload_distribution<'a>(
        &self,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<CaseloadDistribution, Error> {
        counted(self.look(filter, asked))
    }
}

fn counted(mut look: Look<'_>) -> Result<CaseloadDistribution, Error> {
    let as_of = look.asked.as_of;
    if let Some(cases) = look.by_census(|census| census.as_of(as_of))? {
        return Ok(CaseloadDistribution { as_of, cases });
    }
    let of_part = |part: &Part<'_>| {
        let mut cases: Tallies<u64> = Tallies::new();
        part.each_line(|line| {
            if line.period.covers(as_of) {
                cases.add(line.staff, line.program, |cases| *cases += 1);
            }
        })?;
        Ok(CaseloadDistribution { as_of, cases: cases.cube(part.known, Some) })
    };
    let ground = look.ground(Looks::on(At::Lines, on(as_of)))?;
    look.in_parts(&ground, of_part, CaseloadDistribution::merge)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, by, merged_of_seven, on, program};
    use super::*;
    use crate::Asked;

    fn printed(ratio: Option<Ratio>, digits: usize) -> Option<String> {
        ratio.map(|ratio| format!("{:.digits$}", ratio.as_f64()))
    }

    /// measures.md, M17: the help pages of phylotools and ineq, and the five loads.
    #[test]
    fn the_published_examples() {
        let gini = |loads: &[u64]| printed(Spread::of(loads.iter().copied()).gini(), 7);
        assert_eq!(gini(&[1, 3, 2, 1, 1, 1, 4]), Some("0.3076923".into()));
        let incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261];
        assert_eq!(gini(&incomes), Some("0.4620911".into()));
        let five = Spread::of([25, 10, 18, 12, 15]);
        assert_eq!(printed(five.gini(), 2), Some("0.18".into()));
        assert_eq!(five.variation().map(|cv| format!("{cv:.3}")), Some("0.328".into()));
        assert_eq!(printed(five.max_over_mean(), 4), Some("1.5625".into()));
        assert_eq!((five.median(), five.least_and_most()), (Ratio::new(15, 1), Some((10, 25))));
    }

    /// measures.md, M17, edges: fewer than two, or all zero.
    #[test]
    fn what_is_not_spread_is_not_defined() {
        for loads in [&[] as &[u64], &[7], &[0, 0]] {
            let spread = Spread::of(loads.iter().copied());
            assert_eq!((spread.gini(), spread.max_over_mean()), (None, None), "{loads:?}");
            assert_eq!((spread.variation(), spread.variation_squared()), (None, None), "{loads:?}");
        }
        let nobody = Spread::default();
        assert_eq!((nobody.mean(), nobody.median(), nobody.least_and_most()), (None, None, None));
        let alike = Spread::of([4, 4, 4, 4]);
        assert_eq!((alike.gini(), alike.variation()), (Ratio::new(0, 16 * 4), Some(0.0)));
        assert_eq!(Spread::of([0, 0, 0, 8]).gini().map(Ratio::as_f64), Some(0.75));
        assert_eq!(Spread::of([4, 8]).median(), Ratio::new(12, 2));
    }

    /// measures.md, M8: the bins of the workforce census, [1, 5), [5, 10) and so on.
    #[test]
    fn every_caseload_is_in_one_band() {
        let spread = Spread::of([1, 4, 5, 9, 10, 50]);
        let bands = spread.bands([50, 5, 10, 1, 5, 0]);
        let told: Vec<_> = bands.iter().map(|b| (b.from, b.below, b.staff, b.cases)).collect();
        let expected = [
            (0, Some(1), 0, 0),
            (1, Some(5), 2, 5),
            (5, Some(10), 2, 14),
            (10, Some(50), 1, 10),
            (50, None, 1, 50),
        ];
        assert_eq!(told, expected);
        assert_eq!(spread.bands([]).iter().map(|band| band.staff).sum::<u64>(), 6);
    }

    #[test]
    fn a_spread_is_of_a_program_or_of_all() {
        let mut told = Told::new(&["c1", "c2", "c3"]);
        told.record(r#""revise_program","id":"p2","policy":{"visibility":"own_caseload"}"#);
        for line in ["s1 c1 p1", "s1 c2 p1", "s1 c1 p2", "s2 c3 p2", "s3 c3 p1"] {
            told.assign(&format!("{line} 2024-01-01 -"));
        }
        told.assign("s3 c1 p1 2024-01-01 2024-03-01");
        let ask =
            |asked: &Asked| told.snapshot().caseload_distribution(&Filter::all(), asked).unwrap();
        let report = ask(&on("2024-03-01"));
        assert_eq!(report.spread(None), Spread::of([1, 1, 3]));
        assert_eq!(report.spread(Some(&program("p1"))), Spread::of([1, 2]));
        assert_eq!(report.spread(Some(&program("p2"))), Spread::of([1, 1]));
        assert_eq!(ask(&by(on("2024-03-01"), "s3")).spread(None), Spread::of([1, 2]));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for (id, who) in ids.iter().zip(["s1", "s2", "s1", "s3"].iter().cycle()) {
            told.assign(&format!("{who} {id} p1 2024-01-01 -"));
        }
        let report =
            |filter| told.snapshot().caseload_distribution(&filter, &on("2024-03-01")).unwrap();
        let merged = merged_of_seven(&ids, report, |all, part| all.merge(part).unwrap());
        assert_eq!(merged.spread(None).gini(), report(Filter::all()).spread(None).gini());
        let other = told.snapshot().caseload_distribution(&Filter::all(), &on("2024-03-02"));
        assert!(merged.merge(other.unwrap()).is_err());
    }
}

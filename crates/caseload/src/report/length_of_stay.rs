//! Lengths: how long enrollments or assignments last, with those still open, and what that foretells.

use std::collections::BTreeMap;

use super::{
    Asking, Cube, Filter, Range, Ratio, Reports,
    cube::Tallies,
    look::Look,
    looks::{At, Looks},
    of,
    scan::{Part, around},
};
use crate::{Error, InputError, Period, Snapshot};

/// What lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stay {
    /// An enrollment: how long a participant is in a program.
    Enrollment,
    /// An assignment: how long a case is on a caseload.
    Assignment,
}

impl Stay {
    /// The word for it.
    ///
    /// ```
    /// assert_eq!(caseload::report::Stay::Enrollment.word(), "enrollment");
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            Stay::Enrollment => "enrollment",
            Stay::Assignment => "assignment",
        }
    }
}

/// What was seen at one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct AtLength {
    /// Stays first seen at this length: 0, or how old they were when the range began.
    pub entered: u64,
    /// Stays that ended at it.
    pub ended: u64,
    /// Stays still open when the range ended, this long by then.
    pub open: u64,
}

/// The lengths of stays, in days, each seen for as long as the range shows it.
///
/// ```
/// use caseload::report::Lengths;
/// let lengths = Lengths::default();
/// assert_eq!((lengths.median(), lengths.mean_by_littles_law()), (None, None));
/// assert_eq!(lengths.survival(30), 1.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Lengths {
    /// By length in days.
    pub at: BTreeMap<u32, AtLength>,
    /// Stays that start in the range.
    pub starts: u64,
    /// Days of the range that stays cover, added up.
    pub covered_days: u64,
    /// Days of the range.
    pub range_days: u64,
}

/// The chance to stay longer than so many days.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// The length.
    pub days: u32,
    /// Stays that could have ended at it.
    pub at_risk: u64,
    /// Stays that did.
    pub ended: u64,
    /// S(days): the product of 1 - ended / at risk up to here.
    pub survival: f64,
}

impl Lengths {
    /// The Kaplan-Meier curve: S(t) = product over t_i <= t of (1 - d_i / n_i), a step for each length at
    /// which a stay ended. Ends come before cuts of the same length; a stay that was open already when the
    /// range began is at risk from the length it had then.
    pub fn curve(&self) -> Vec<Step> {
        let (mut at_risk, mut survival) = (0u64, 1.0);
        let mut curve = Vec::new();
        for (days, at) in &self.at {
            at_risk += at.entered;
            if let Some(hazard) = Ratio::new(at.ended, at_risk).filter(|_| at.ended > 0) {
                survival *= 1.0 - hazard.as_f64();
                curve.push(Step { days: *days, at_risk, ended: at.ended, survival });
            }
            at_risk = at_risk.saturating_sub(at.ended + at.open);
        }
        curve
    }

    /// S(t), the estimated share that stays longer than so many days; 1 before the first end seen.
    pub fn survival(&self, days: u32) -> f64 {
        let passed = self.curve().into_iter().take_while(|step| step.days <= days);
        passed.last().map_or(1.0, |step| step.survival)
    }

    /// The length at which a quarter has ended; `None` where the curve does not come so low.
    pub fn first_quartile(&self) -> Option<u32> {
        self.reaches(0.75)
    }

    /// The length at which half have ended; `None` where the curve does not come so low.
    pub fn median(&self) -> Option<u32> {
        self.reaches(0.5)
    }

    /// The length at which three quarters have ended; `None` where the curve does not come so low.
    pub fn third_quartile(&self) -> Option<u32> {
        self.reaches(0.25)
    }

    fn reaches(&self, share: f64) -> Option<u32> {
        // A product of quotients may miss the share it stands for by some last digits.
        let is_there = |step: &Step| step.survival <= share + 1e-9;
        self.curve().into_iter().find(is_there).map(|step| step.days)
    }

    /// Stays open at the end of the range.
    pub fn open(&self) -> u64 {
        self.at.values().map(|at| at.open).sum()
    }

    /// Stays that ended in the range.
    pub fn ends(&self) -> u64 {
        self.at.values().map(|at| at.ended).sum()
    }

    /// The mean stock, L: covered days over days of the range. `None` over no range.
    pub const fn mean_stock(&self) -> Option<Ratio> {
        Ratio::new(self.covered_days, self.range_days)
    }

    /// The mean length in days by Little's law, W = L / lambda: covered days over starts. It holds where
    /// as many come as go. `None` if none started.
    pub const fn mean_by_littles_law(&self) -> Option<Ratio> {
        Ratio::new(self.covered_days, self.starts)
    }

    /// The stock so many days after the range: each open stay stays on by the curve of its own length, and
    /// as many start a day as did in the range: S(T) = sum over entry cohorts of starts(t) x survival(T - t).
    /// `None` over no range.
    ///
    /// Nobody is taken to end at a length at which nobody was seen to.
    pub fn forecast(&self, days_after: u32) -> Option<Forecast> {
        let starts_a_day = Ratio::new(self.starts, self.range_days)?.as_f64();
        let curve = self.curve();
        let mut from_open = 0.0;
        for (age, at) in self.at.iter().filter(|(_, at)| at.open > 0) {
            let later =
                |step: &&Step| step.days > *age && step.days <= age.saturating_add(days_after);
            let stays = curve.iter().filter(later).fold(1.0, |stays, step| stays * step.stays_on());
            from_open += at.open_as_float() * stays;
        }
        let mut from_new = 0.0;
        let (mut stays, mut steps) = (1.0, curve.iter().peekable());
        for age in 0..days_after {
            while let Some(step) = steps.next_if(|step| step.days <= age) {
                stays *= step.stays_on();
            }
            from_new += starts_a_day * stays;
        }
        Some(Forecast { from_open, from_new })
    }

    /// As many start a day as did in the range, and as many end as did for each covered day. `None`
    /// without a day.
    pub fn stock_flow(&self) -> Option<StockFlow> {
        Some(StockFlow {
            stock: self.open(),
            starts: Ratio::new(self.starts, self.range_days)?,
            exits: Ratio::new(self.ends(), self.covered_days)?,
        })
    }

    /// Takes in a stay: seen on the days of the range, and able to end on each of them.
    fn add(&mut self, period: Period, range: Range) {
        let (start, first, last) = (period.start(), range.first(), range.last_day());
        let end = period.end().filter(|end| *end <= last);
        if start > last || end.is_some_and(|end| end < first) {
            return;
        }
        let age = |day: crate::Day| u32::try_from(day.number() - start.number()).unwrap_or(0);
        self.at.entry(age(first)).or_default().entered += 1;
        match end {
            Some(end) => self.at.entry(age(end)).or_default().ended += 1,
            None => self.at.entry(age(last)).or_default().open += 1,
        }
        self.starts += u64::from(start >= first);
        self.covered_days += u64::from(range.days_shared_with(period));
    }

    fn take_in(&mut self, other: Lengths) {
        of::merge(&mut self.at, other.at, |at, more| {
            at.entered += more.entered;
            at.ended += more.ended;
            at.open += more.open;
        });
        self.starts += other.starts;
        self.covered_days += other.covered_days;
        self.range_days = self.range_days.max(other.range_days);
    }
}

impl AtLength {
    #[expect(clippy::cast_precision_loss, reason = "a forecast is a float")]
    const fn open_as_float(&self) -> f64 {
        self.open as f64
    }
}

impl Step {
    /// The share of those at risk that did not end.
    fn stays_on(&self) -> f64 {
        1.0 - Ratio::new(self.ended, self.at_risk).map_or(0.0, Ratio::as_f64)
    }
}

/// How large the stock is expected to be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Forecast {
    /// Of those open at the end of the range.
    pub from_open: f64,
    /// Of those who start after it.
    pub from_new: f64,
}

impl Forecast {
    /// All of them.
    pub fn stock(&self) -> f64 {
        self.from_open + self.from_new
    }
}

/// A stock into which as many come each time, and of which the same share goes:
/// S(t + 1) = S(t) + starts - q S(t).
///
/// ```
/// use caseload::report::{Ratio, StockFlow};
/// let starts = Ratio::new(12, 1).ok_or("over nothing")?;
/// let exits = Ratio::new(8, 100).ok_or("over nothing")?;
/// let flow = StockFlow { stock: 100, starts, exits };
/// assert_eq!(format!("{:.2}", flow.after(2)), "107.68");
/// assert_eq!(flow.limit().map(|limit| limit.rounded()), Some(150));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StockFlow {
    /// How large it is.
    pub stock: u64,
    /// How many start each time.
    pub starts: Ratio,
    /// Which share ends each time (q).
    pub exits: Ratio,
}

impl StockFlow {
    /// The stock after so many times.
    #[expect(clippy::cast_precision_loss, reason = "a forecast is a float")]
    pub fn after(&self, times: u32) -> f64 {
        let (starts, exits) = (self.starts.as_f64(), self.exits.as_f64());
        (0..times).fold(self.stock as f64, |stock, _| stock + starts - exits * stock)
    }

    /// What it comes to in the end, starts / q; `None` if none ends.
    pub fn limit(&self) -> Option<Ratio> {
        let starts = self.starts.numerator().saturating_mul(self.exits.denominator().get());
        Ratio::new(starts, self.exits.numerator().saturating_mul(self.starts.denominator().get()))
    }
}

/// How long stays last.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LengthOfStay {
    /// The days that it is about.
    pub range: Range,
    /// What lasts.
    pub stay: Stay,
    /// For each that has one: enrollments by program and in all, assignments by staff too.
    pub lengths: Cube<Lengths>,
}

impl LengthOfStay {
    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range, or other stays.
    pub fn merge(mut self, other: LengthOfStay) -> Result<LengthOfStay, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        if self.stay != other.stay {
            return Err(InputError::command("stay", "is another one"));
        }
        self.lengths.merge(other.lengths, Lengths::take_in);
        Ok(self)
    }
}

impl Snapshot {
    /// How long enrollments or assignments last, in days: the Kaplan-Meier curve with its quartiles,
    /// Little's law, and what they foretell of the stock.
    ///
    /// A stay is part of it if the flow of the range would count it: it starts by the last day, and has no
    /// end or one on the first day or later. One still open after the last day is cut there, one begun
    /// before the first day is seen from the length it had then. A sample of those who left would be too
    /// short, and one of those who are there too long; both are left out of neither.
    ///
    /// A filter by staff says nothing about enrollments. `asked.as_of` matters only for what an actor sees.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, report::{Filter, Of, Range, Stay}};
    /// let (housing, day) = (ProgramId::new("housing")?, "2024-01-01".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// for (client, end) in [("P-1", "2024-01-31"), ("P-2", "2024-02-10"), ("P-3", "2025-01-01")] {
    ///     let enroll = Enroll::new(ParticipantId::new(client)?, housing.clone(), day);
    ///     desk.record(enroll.end(end.parse()?))?;
    /// }
    ///
    /// let spring = Range::new(day, "2024-05-01".parse()?)?;
    /// let (filter, asked) = (Filter::all(), Asked::of(day));
    /// let report = agency.snapshot()?.length_of_stay(Stay::Enrollment, spring, &filter, &asked)?;
    /// let lengths = report.lengths.get(&Of::program(housing)).cloned().unwrap_or_default();
    /// assert_eq!((lengths.median(), lengths.third_quartile()), (Some(40), None));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn length_of_stay<'a>(
        &self,
        stay: Stay,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<LengthOfStay, Error> {
        self.reports().length_of_stay(stay, range, filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::length_of_stay`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn length_of_stay<'a>(
        &self,
        stay: Stay,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<LengthOfStay, Error> {
        measured(self.look(filter, asked), stay, range)
    }
}

fn measured(mut look: Look<'_>, stay: Stay, range: Range) -> Result<LengthOfStay, Error> {
    let of_part = |part: &Part<'_>| {
        let mut sums: Tallies<Lengths> = Tallies::new();
        match stay {
            Stay::Assignment => part.each_line(|line| {
                sums.add(line.staff, line.program, |sum| sum.add(line.period, range));
            })?,
            Stay::Enrollment => part.each_enrollment(|stay| {
                sums.add_of_program(stay.program, |sum| sum.add(stay.period, range));
            })?,
        }
        let range_days = u64::from(range.days().get());
        let lengths = sums.cube(part.known, |lengths| {
            (!lengths.at.is_empty()).then_some(Lengths { range_days, ..lengths })
        });
        Ok(LengthOfStay { range, stay, lengths })
    };
    let ground = look.ground(match stay {
        Stay::Assignment => Looks::on(At::Lines, around(range)),
        Stay::Enrollment => Looks::at(At::Enrollments),
    })?;
    look.in_parts(&ground, of_part, LengthOfStay::merge)
}

#[cfg(test)]
mod tests {
    use super::super::{
        Of,
        testing::{Told, by, day, merged_of_seven, on, program, range, staff},
    };
    use super::*;
    use crate::Asked;

    /// Stays that end at these lengths, and stays seen for these.
    fn lengths(ended: &[u32], open: &[u32]) -> Lengths {
        let last = day("2023-12-31");
        let year = Range::from_last_day(day("2023-01-01"), last).unwrap();
        let mut lengths = Lengths { range_days: 365, ..Lengths::default() };
        for length in ended {
            let start = day("2023-06-01");
            let end = start.plus(i32::try_from(*length).unwrap());
            lengths.add(Period::new(start, end).unwrap(), year);
        }
        for length in open {
            let start = last.plus(-i32::try_from(*length).unwrap()).unwrap();
            lengths.add(Period::from(start), year);
        }
        lengths
    }

    /// measures.md, M16: the leukaemia trial, 6-MP arm and placebo arm.
    #[test]
    fn the_published_curves() {
        let treated = lengths(
            &[6, 6, 6, 7, 10, 13, 16, 22, 23],
            &[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
        );
        let curve = treated.curve();
        let told: Vec<String> =
            curve.iter().map(|step| format!("{} {:.3}", step.days, step.survival)).collect();
        let published =
            ["6 0.857", "7 0.807", "10 0.753", "13 0.690", "16 0.627", "22 0.538", "23 0.448"];
        assert_eq!(told, published);
        assert_eq!((treated.median(), treated.third_quartile()), (Some(23), None));
        let placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];
        let placebo = lengths(&placebo, &[]);
        assert_eq!(format!("{:.3}", placebo.survival(10)), "0.381");
        assert_eq!((placebo.survival(0), placebo.median()), (1.0, Some(8)));
    }

    /// measures.md, M16: 160 bottles and 96 a year are 1.67 years.
    #[test]
    fn littles_law_of_the_wine_cellar() {
        let cellar =
            Lengths { starts: 96, covered_days: 160 * 365, range_days: 365, ..Lengths::default() };
        let years = cellar.mean_by_littles_law().map(|days| days.as_f64() / 365.0);
        assert_eq!(years.map(|years| format!("{years:.2}")), Some("1.67".into()));
        assert_eq!(cellar.mean_stock().map(Ratio::rounded), Some(160));
        assert_eq!(Lengths { starts: 0, ..cellar }.mean_by_littles_law(), None);
    }

    /// measures.md, M16: 100, + 12, q 0.08 are 104.0, 107.68, 111.07, and 150 in the end.
    #[test]
    fn the_stock_that_flows() {
        let ratio = |over, under| Ratio::new(over, under).unwrap();
        let flow = StockFlow { stock: 100, starts: ratio(12, 1), exits: ratio(8, 100) };
        let stocks: Vec<String> = (0..4).map(|times| format!("{:.2}", flow.after(times))).collect();
        assert_eq!(stocks, ["100.00", "104.00", "107.68", "111.07"]);
        assert_eq!(flow.limit().map(Ratio::as_f64), Some(150.0));
        assert_eq!(StockFlow { exits: ratio(0, 5), ..flow }.limit(), None);
    }

    /// Whoever was there before enters the risk set at the length they had; ends come before cuts.
    #[test]
    fn late_entries_are_at_risk_from_then_on() {
        let mut told = Told::new(&["c1", "c2", "c3", "c4"]);
        told.assign("s1 c1 p1 2023-12-01 2024-01-11");
        told.assign("s1 c2 p1 2024-01-01 2024-01-11");
        told.assign("s1 c3 p1 2023-12-22 2024-01-01");
        told.assign("s1 c4 p1 2024-01-21 -");
        let january = range("2024-01-01", "2024-02-01");
        let (filter, asked) = (Filter::all(), on("2024-01-01"));
        let report = told.snapshot().length_of_stay(Stay::Assignment, january, &filter, &asked);
        let report = report.unwrap();
        let lengths = report.lengths.get(&Of::staff(staff("s1"))).unwrap();
        let curve = lengths.curve();
        let told: Vec<_> = curve.iter().map(|s| (s.days, s.at_risk, s.ended)).collect();
        assert_eq!(told, [(10, 3, 2), (41, 1, 1)]);
        assert_eq!((lengths.starts, lengths.ends(), lengths.open()), (2, 3, 1));
        assert_eq!((lengths.covered_days, lengths.range_days), (10 + 10 + 11, 31));
    }

    #[test]
    fn a_forecast_is_what_stays_and_what_comes() {
        // Of four seen at 10 days two end; four are open at 5, one at 20.
        let lengths = lengths(&[10, 10], &[20, 15, 5, 5, 5, 5]);
        assert_eq!(lengths.survival(10), 0.5);
        let starts_a_day = 8.0 / 365.0;
        let forecast = |days| lengths.forecast(days).unwrap();
        assert_eq!(forecast(0), Forecast { from_open: 6.0, from_new: 0.0 });
        assert_eq!(forecast(4).from_open, 6.0);
        assert_eq!(forecast(5).from_open, 4.0);
        assert!((forecast(4).from_new - 4.0 * starts_a_day).abs() < 1e-12);
        assert!((forecast(12).from_new - (10.0 + 2.0 * 0.5) * starts_a_day).abs() < 1e-12);
        assert_eq!(Lengths::default().forecast(5), None);
    }

    #[test]
    fn enrollments_have_no_staff_and_actors_see_their_own() {
        let mut told = Told::new(&["c1", "c2"]);
        told.record(r#""revise_program","id":"p1","policy":{"visibility":"own_caseload"}"#);
        told.assign("s1 c1 p1 2024-01-01 -");
        let january = range("2024-01-01", "2024-02-01");
        let of_s1 = Filter::all().staff([staff("s1")]);
        let ask = |asked: &Asked| {
            let report = told.snapshot().length_of_stay(Stay::Enrollment, january, &of_s1, asked);
            let lengths = report.unwrap().lengths;
            let open = |of: &Of| lengths.get(of).map(Lengths::open);
            (open(&Of::program(program("p1"))), open(&Of::ALL), open(&Of::staff(staff("s1"))))
        };
        assert_eq!(ask(&on("2024-01-15")), (Some(2), Some(4), None));
        assert_eq!(ask(&by(on("2024-01-15"), "s1")), (Some(1), Some(3), None));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for (place, id) in (10..).zip(ids) {
            told.assign(&format!("s1 {id} p1 2024-01-{place} 2024-02-15"));
        }
        let (spring, asked) = (range("2024-01-12", "2024-05-01"), on("2024-01-01"));
        let report = |filter| {
            told.snapshot().length_of_stay(Stay::Assignment, spring, &filter, &asked).unwrap()
        };
        let merged = merged_of_seven(&ids, report, |all, part| all.merge(part).unwrap());
        let whole = report(Filter::all());
        let (one, other) = (merged.lengths.get(&Of::ALL), whole.lengths.get(&Of::ALL));
        assert_eq!(one.map(Lengths::curve), other.map(Lengths::curve));
        assert_eq!(one.and_then(|all| all.forecast(30)), other.and_then(|all| all.forecast(30)));
        let enrollments = told
            .snapshot()
            .length_of_stay(Stay::Enrollment, spring, &Filter::all(), &asked)
            .unwrap();
        assert!(merged.merge(enrollments).is_err());
    }
}

//! How long enrollments or assignments last, with those still open, and what that foretells.

use std::sync::Arc;

use caseload::report;

use super::rows::{Of, Ratio};
use crate::{
    failure::{CaseloadError, guarded},
    lists::{Rows, lists},
    reading::{Reading, Whole, counted},
    time::DayRange,
};

/// Lengths in days, of those that ended and of those still open.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Lengths {
    /// Whose.
    pub of: Of,
    /// What happened at each length.
    pub at: Vec<AtLength>,
    /// How many started in the range.
    pub starts: i64,
    /// Days covered in the range, added up.
    pub covered_days: i64,
    /// Days of the range.
    pub range_days: i64,
    /// How many are still open at the end of the range.
    pub open: i64,
    /// How many ended in it.
    pub ends: i64,
    /// The length that a quarter did not pass; none if more than that are still open.
    pub first_quartile: Option<i64>,
    /// The length that half did not pass.
    pub median: Option<i64>,
    /// The length that three quarters did not pass.
    pub third_quartile: Option<i64>,
    /// The mean stock: covered days per day of the range.
    pub mean_stock: Option<Ratio>,
    /// The mean length by Little's law: covered days per start.
    pub mean_by_littles_law: Option<Ratio>,
    /// The Kaplan-Meier curve: a step at each length at which some ended.
    pub curve: Vec<Step>,
}

/// What happened at one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct AtLength {
    /// The length, in days.
    pub days: i64,
    /// How many were first seen at it.
    pub entered: i64,
    /// How many ended at it.
    pub ended: i64,
    /// How many were last seen open at it.
    pub open: i64,
}

/// A step of a curve.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Step {
    /// The length, in days.
    pub days: i64,
    /// How many were seen to last so long.
    pub at_risk: i64,
    /// How many of them ended there.
    pub ended: i64,
    /// The share that lasts longer.
    pub survival: f64,
}

impl From<report::Step> for Step {
    fn from(step: report::Step) -> Step {
        Step {
            days: counted(step.days),
            at_risk: counted(step.at_risk),
            ended: counted(step.ended),
            survival: step.survival,
        }
    }
}

impl From<&(report::Of, report::Lengths)> for Lengths {
    fn from((of, lengths): &(report::Of, report::Lengths)) -> Lengths {
        let at = |(days, at): (&u32, &report::AtLength)| AtLength {
            days: counted(*days),
            entered: counted(at.entered),
            ended: counted(at.ended),
            open: counted(at.open),
        };
        Lengths {
            of: of.into(),
            at: lengths.at.iter().map(at).collect(),
            starts: counted(lengths.starts),
            covered_days: counted(lengths.covered_days),
            range_days: counted(lengths.range_days),
            open: counted(lengths.open()),
            ends: counted(lengths.ends()),
            first_quartile: lengths.first_quartile().map(counted),
            median: lengths.median().map(counted),
            third_quartile: lengths.third_quartile().map(counted),
            mean_stock: lengths.mean_stock().map(Ratio::from),
            mean_by_littles_law: lengths.mean_by_littles_law().map(Ratio::from),
            curve: lengths.curve().into_iter().map(Step::from).collect(),
        }
    }
}

lists! {
    /// The lengths of each, and of all together.
    LengthsList of Lengths,
}

/// How many will be open some days after the range.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Forecast {
    /// Of those open now.
    pub from_open: f64,
    /// Of those that will start meanwhile.
    pub from_new: f64,
    /// Together.
    pub stock: f64,
}

/// A stock with what comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct StockFlow {
    /// How many are open.
    pub stock: i64,
    /// Starts per day.
    pub starts: Ratio,
    /// Ends per covered day.
    pub exits: Ratio,
    /// The stock that it tends to; none if nobody ever leaves.
    pub limit: Option<Ratio>,
}

/// How long enrollments or assignments last.
#[derive(Debug, uniffi::Object)]
pub struct LengthOfStay(pub(super) report::LengthOfStay);

#[uniffi::export]
impl LengthOfStay {
    /// The days that it is about.
    pub fn range(&self) -> DayRange {
        self.0.range.into()
    }

    /// The lengths of each, and of all together.
    pub fn lengths(&self) -> Arc<LengthsList> {
        let lengths: Vec<_> = self.0.lengths.iter().map(|(of, all)| (of, all.clone())).collect();
        LengthsList::of(Rows::of(lengths))
    }

    /// The share that lasts longer than so many days; none for somebody without a length.
    ///
    /// # Errors
    /// `Input` for a text that is no id or a negative number of days.
    pub fn survival(&self, of: Of, days: i64) -> Result<Option<f64>, CaseloadError> {
        guarded(|| {
            let (of, days) = read(of, days)?;
            Ok(self.0.lengths.get(&of).map(|lengths| lengths.survival(days)))
        })
    }

    /// How many will be open so many days after the range, if it goes on as in it.
    ///
    /// # Errors
    /// As `survival`.
    pub fn forecast(&self, of: Of, days_after: i64) -> Result<Option<Forecast>, CaseloadError> {
        guarded(|| {
            let (of, days) = read(of, days_after)?;
            let forecast = self.0.lengths.get(&of).and_then(|lengths| lengths.forecast(days));
            Ok(forecast.map(|forecast| Forecast {
                from_open: forecast.from_open,
                from_new: forecast.from_new,
                stock: forecast.stock(),
            }))
        })
    }

    /// The stock with what comes and goes in a day.
    ///
    /// # Errors
    /// As `survival`.
    pub fn stock_flow(&self, of: Of) -> Result<Option<StockFlow>, CaseloadError> {
        guarded(|| {
            let (of, _) = read(of, 0)?;
            let flow = self.0.lengths.get(&of).and_then(report::Lengths::stock_flow);
            Ok(flow.map(|flow| StockFlow {
                stock: counted(flow.stock),
                starts: flow.starts.into(),
                exits: flow.exits.into(),
                limit: flow.limit().map(Ratio::from),
            }))
        })
    }
}

fn read(of: Of, days: i64) -> Result<(report::Of, u32), CaseloadError> {
    let mut fields = Reading::default();
    let (staff, program) = (fields.may("staff", of.staff), fields.may("program", of.program));
    let days = fields.need("days", Whole(days));
    fields.all(days.map(|days| (report::Of { staff, program }, days)))
}

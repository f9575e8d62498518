//! Caseloads by size, and how evenly they are spread.

use std::sync::Arc;

use caseload::report;

use super::rows::{CaseCountList, Ratio};
use crate::{
    failure::{CaseloadError, guarded},
    id::ProgramId,
    lists::Rows,
    reading::{Reading, Whole, counted},
    time::Day,
};

/// Caseloads by size, and how evenly they are spread. A measure that is not defined is none, never 0.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Spread {
    /// How many staff have a caseload.
    pub staff: i64,
    /// How many cases they have together.
    pub cases: i64,
    /// The smallest caseload.
    pub least: Option<i64>,
    /// The largest.
    pub most: Option<i64>,
    /// Cases over staff.
    pub mean: Option<Ratio>,
    /// The middle one.
    pub median: Option<Ratio>,
    /// The largest over the mean.
    pub max_over_mean: Option<Ratio>,
    /// The coefficient of variation.
    pub variation: Option<f64>,
    /// The Gini coefficient.
    pub gini: Option<Ratio>,
}

impl From<&report::Spread> for Spread {
    fn from(spread: &report::Spread) -> Spread {
        let ends = spread.least_and_most();
        Spread {
            staff: counted(spread.staff()),
            cases: counted(spread.cases()),
            least: ends.map(|(least, _)| counted(least)),
            most: ends.map(|(_, most)| counted(most)),
            mean: spread.mean().map(Ratio::from),
            median: spread.median().map(Ratio::from),
            max_over_mean: spread.max_over_mean().map(Ratio::from),
            variation: spread.variation(),
            gini: spread.gini().map(Ratio::from),
        }
    }
}

/// How many staff have a caseload of some size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Band {
    /// The smallest caseload that is in it.
    pub from: i64,
    /// The smallest one above it; none for the last.
    pub below: Option<i64>,
    /// How many staff.
    pub staff: i64,
    /// How many cases they have together.
    pub cases: i64,
}

impl From<report::Band> for Band {
    fn from(band: report::Band) -> Band {
        let report::Band { from, below, staff, cases } = band;
        Band {
            from: counted(from),
            below: below.map(counted),
            staff: counted(staff),
            cases: counted(cases),
        }
    }
}

/// The sizes of caseloads on a day.
#[derive(Debug, uniffi::Object)]
pub struct CaseloadDistribution(pub(super) report::CaseloadDistribution);

#[uniffi::export]
impl CaseloadDistribution {
    /// The day.
    pub fn as_of(&self) -> Day {
        self.0.as_of.into()
    }

    /// How many cases each has, and all together.
    pub fn cases(&self) -> Arc<CaseCountList> {
        let cases: Vec<_> = self.0.cases.iter().map(|(of, cases)| (of, *cases)).collect();
        CaseCountList::of(Rows::of(cases))
    }

    /// How evenly caseloads are spread, in a program or in all.
    ///
    /// # Errors
    /// `Input` for a text that is no id.
    pub fn spread(&self, program: Option<ProgramId>) -> Result<Spread, CaseloadError> {
        guarded(|| Ok(Spread::from(&self.of(program)?)))
    }

    /// How many staff have a caseload from 0 to the first cut, from there to the next, and so on.
    ///
    /// # Errors
    /// `Input` for a negative cut or a text that is no id.
    pub fn bands(
        &self,
        program: Option<ProgramId>,
        cuts: Vec<i64>,
    ) -> Result<Vec<Band>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let cuts: Vec<Whole> = cuts.into_iter().map(Whole).collect();
            let cuts: Option<Vec<u64>> = fields.need("cuts", cuts);
            let cuts = fields.all(cuts)?;
            Ok(self.of(program)?.bands(cuts).into_iter().map(Band::from).collect())
        })
    }
}

impl CaseloadDistribution {
    fn of(&self, program: Option<ProgramId>) -> Result<report::Spread, CaseloadError> {
        let mut fields = Reading::default();
        let program: Option<caseload::ProgramId> = fields.may("program", program);
        let program = fields.all(Some(program))?;
        Ok(self.0.spread(program.as_ref()))
    }
}

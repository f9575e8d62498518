//! Rates that keep their numerator and denominator.

use std::num::NonZeroU64;

/// A rate as two integers. A rate over nothing is not defined, and so is no `Ratio`.
///
/// ```
/// use caseload::report::Ratio;
/// let census = Ratio::new(27_813, 181).ok_or("over no day")?;
/// assert_eq!((census.numerator(), census.denominator().get()), (27_813, 181));
/// assert_eq!((census.rounded(), format!("{:.2}", census.as_f64())), (154, "153.66".to_owned()));
/// assert_eq!(Ratio::new(1, 0), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: u64,
    denominator: NonZeroU64,
}

impl Ratio {
    /// So many of so many; `None` over 0.
    pub const fn new(numerator: u64, denominator: u64) -> Option<Ratio> {
        match NonZeroU64::new(denominator) {
            Some(denominator) => Some(Ratio { numerator, denominator }),
            None => None,
        }
    }

    pub(super) fn over(numerator: u64, denominator: impl Into<NonZeroU64>) -> Ratio {
        Ratio { numerator, denominator: denominator.into() }
    }

    /// Above the line, as counted: nothing is cancelled.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// Below the line.
    pub const fn denominator(self) -> NonZeroU64 {
        self.denominator
    }

    /// To the nearest whole number, a half upwards: for printing.
    pub fn rounded(self) -> u64 {
        let whole = self.numerator / self.denominator;
        let rest = self.numerator % self.denominator;
        whole + u64::from(rest >= self.denominator.get() - rest)
    }

    /// As near as a float comes: for printing.
    #[expect(clippy::cast_precision_loss, reason = "only what is printed is a float")]
    pub fn as_f64(self) -> f64 {
        self.numerator as f64 / self.denominator.get() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// measures.md, M3: an inpatient census, days of care over days of the period.
    #[test]
    fn the_census_exercise() {
        let rounded = |days, of| Ratio::new(days, of).map(Ratio::rounded);
        assert_eq!(rounded(27_813, 181), Some(154));
        assert_eq!(rounded(27_813, 182), Some(153));
        assert_eq!(rounded(27_813 + 35_873, 365), Some(174));
        assert_eq!(rounded(100 + 110 + 90, 3), Some(100));
        assert_eq!(rounded(0, 0), None);
    }

    #[test]
    fn a_half_is_rounded_up() {
        let rounded: Vec<u64> =
            (0..9).filter_map(|n| Ratio::new(n, 4)).map(Ratio::rounded).collect();
        assert_eq!(rounded, [0, 0, 1, 1, 1, 1, 2, 2, 2]);
    }
}

//! A question asked again and again.

use crate::{
    Result,
    measure::{Sample, timed},
};

/// A run that takes less than this says more about the clock.
const SHORTEST: f64 = 0.02;

/// What one asking of a question took in each run, and a checksum of the answer.
#[derive(Debug)]
pub(super) struct Repeated {
    /// The first asking of all, which may make what later ones read.
    pub(super) first: Sample,
    pub(super) samples: Vec<Sample>,
    pub(super) checksum: u64,
}

/// Asks once for the checksum, and then so many runs, each long enough to be measured. One asking is so
/// many units.
pub(super) fn repeated<T>(
    runs: usize,
    units: usize,
    ask: impl Fn() -> Result<T>,
    checksum: impl Fn(&T) -> Result<u64>,
) -> Result<Repeated> {
    let (first, answer) = timed(&ask)?;
    let checksum = checksum(&answer)?;
    drop(answer);
    let (once, _) = timed(&ask)?;
    let calls = (SHORTEST / once.wall).max(1.0) as usize;
    let mut samples = Vec::with_capacity(runs);
    for _ in 0..runs {
        let (sample, ()) = timed(|| {
            for _ in 0..calls {
                std::hint::black_box(ask()?);
            }
            Ok(())
        })?;
        let units = (calls * units) as f64;
        samples.push(Sample { wall: sample.wall / units, cpu: sample.cpu / units });
    }
    Ok(Repeated { first, samples, checksum })
}

/// A cell's part of a checksum: its value times a number made of its key. Added up it does not depend on
/// the order of an answer, and `peers/questions.py` does the same.
pub(super) const fn cell(key: u64, value: u64) -> u64 {
    let mut weight = key.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    weight = (weight ^ (weight >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (weight ^ (weight >> 32)).wrapping_mul(value)
}

/// The checksum of cells.
pub(super) fn total(cells: impl Iterator<Item = Result<u64>>) -> Result<u64> {
    let mut total = 0u64;
    for cell in cells {
        total = total.wrapping_add(cell?);
    }
    Ok(total)
}

//! Timing: contenders take turns, so that whatever else the machine does falls on all of them.

use std::time::{Duration, Instant};

use crate::Result;

/// What one run took, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
}

impl std::ops::AddAssign for Sample {
    fn add_assign(&mut self, more: Sample) {
        self.wall += more.wall;
        self.cpu += more.cpu;
    }
}

/// One side of a comparison: does its share of work once.
pub(crate) type Contender<'a> = &'a mut dyn FnMut(usize) -> Result<()>;

pub(crate) fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(Sample, T)> {
    let (wall, cpu) = (now(), processor_time());
    let value = work()?;
    let sample = Sample {
        wall: wall.elapsed().as_secs_f64(),
        cpu: processor_time().saturating_sub(cpu).as_secs_f64(),
    };
    Ok((sample, value))
}

/// So many runs of each contender, one after the other in turn; each is told the number of the run.
pub(crate) fn interleaved(
    runs: usize,
    contenders: &mut [Contender<'_>],
) -> Result<Vec<Vec<Sample>>> {
    let mut samples = vec![Vec::with_capacity(runs); contenders.len()];
    for run in 0..runs {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            samples.push(timed(|| contender(run))?.0);
        }
    }
    Ok(samples)
}

/// The middle of some values, and how far they lie apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Spread { median: (at(last / 2) + at(last.div_ceil(2))) / 2.0, min: at(0), max: at(last) }
    }

    /// Wall-clock seconds of each unit, where a run does so many.
    pub(crate) fn wall(samples: &[Sample], units: usize) -> Spread {
        Spread::of(samples.iter().map(|sample| sample.wall / units as f64))
    }

    /// Processor seconds of each unit, where a run does so many.
    pub(crate) fn cpu(samples: &[Sample], units: usize) -> Spread {
        Spread::of(samples.iter().map(|sample| sample.cpu / units as f64))
    }
}

#[expect(clippy::disallowed_methods, reason = "measuring time is what this is for")]
fn now() -> Instant {
    Instant::now()
}

/// Processor time of the whole process so far.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Processor time cannot be asked for here: the clock on the wall stands in for it.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(now).elapsed()
}

/// Bytes of memory that the process holds; `None` where that cannot be asked.
pub(crate) fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

//! For tests of products that embed the library: time that does what the test says.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use caseload::{Clock, log::Recorded};

/// A clock that shows `start` first and one second more each time it is read.
///
/// ```
/// use caseload::MemoryLog;
/// use caseload_conformance::fixed_clock;
///
/// let clock = fixed_clock("2024-03-01T12:00:00Z".parse()?);
/// assert_eq!(clock().to_string(), "2024-03-01T12:00:00.000000Z");
/// assert_eq!(clock().to_string(), "2024-03-01T12:00:01.000000Z");
/// let log = MemoryLog::with_clock(clock);
/// # let _ = log;
/// # Ok::<(), caseload::InputError>(())
/// ```
pub fn fixed_clock(start: Recorded) -> Clock {
    let next = AtomicI64::new(start.micros());
    Arc::new(move || Recorded::from_micros(next.fetch_add(1_000_000, Ordering::SeqCst)))
}

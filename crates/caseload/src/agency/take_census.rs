//! Having the daily census made before a question that it answers, while others go on writing.

use super::{KnownAt, Snapshot};
use crate::{Error, state::CensusInMaking};

impl Snapshot {
    /// Has the census made, unless it is there, or somebody else is at it, or what was known earlier is asked
    /// about. Where it is missing afterwards, lines tell the same.
    ///
    /// # Errors
    /// As every question, and as `tell` says, which is called with how many lines were read of how many.
    pub(crate) fn take_census(
        &self,
        known_at: Option<KnownAt>,
        mut tell: impl FnMut(usize, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if known_at.is_some() {
            return Ok(());
        }
        let Some(making) = CensusInMaking::begin(&*self.state()?) else { return Ok(()) };
        let mut attempt = Attempt { snapshot: self, making };
        loop {
            attempt.making.read_some(&*self.state()?);
            let (read, lines) = attempt.making.progress();
            if read == lines {
                break;
            }
            tell(read as usize, lines as usize)?;
        }
        attempt.making.settle();
        while let Some(happened) = attempt.making.give(&*self.state()?) {
            attempt.making.take(happened);
        }
        Ok(())
    }
}

/// However it ends, the state does not go on noting what happens to lines.
struct Attempt<'a> {
    snapshot: &'a Snapshot,
    making: CensusInMaking,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let state = self.snapshot.agency.state();
        // Another state may be noting for somebody else.
        if state.born() == self.snapshot.born {
            CensusInMaking::end(&state);
        }
    }
}

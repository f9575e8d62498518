//! Walking the whole log: is it what was once written?

use super::Agency;
use crate::{
    Error, Flow, Progress, Stage, StoreError, Tell,
    body::Body,
    log::{Head, More, PageLimit, PrivateItems},
    state::State,
};

/// What a walk over the whole log found in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// Where the log ends.
    pub head: Head,
    /// How many private items were erased by `forget`: erased, not tampered with.
    pub erased: u64,
}

impl Agency {
    /// Walks the chain and every digest, and folds anew: finds any damage, and with a head kept elsewhere
    /// also tampering that made the whole chain anew, or a tail cut off.
    ///
    /// # Errors
    /// `store-corrupt` names the first damaged entry; `store-diverged` when the log does not hold the
    /// expected head.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Day, DefineProgram, Error, MemoryLog, ProgramId};
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on("2024-06-15".parse::<Day>()?);
    /// let kept_elsewhere = desk.record(DefineProgram::new(ProgramId::new("housing")?))?.head;
    /// assert_eq!(agency.verify(Some(kept_elsewhere))?.head, kept_elsewhere);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn verify(&self, expected: Option<Head>) -> Result<Verified, Error> {
        self.verify_telling(expected, &mut |_| Flow::Continue)
    }

    /// As [`Agency::verify`], telling how far it has come.
    ///
    /// # Errors
    /// As [`Agency::verify`]; [`Error::Cancelled`] when the caller says so.
    pub fn verify_telling(
        &self,
        expected: Option<Head>,
        tell: Tell<'_>,
    ) -> Result<Verified, Error> {
        let total = self.inner.log.head()?.position;
        let mut state = State::new();
        let mut erased = 0;
        let mut met = expected.is_none_or(|expected| expected == Head::START);
        loop {
            let page = self.inner.log.read(&state.head(), PageLimit::default())?.sound()?;
            for entry in &page.entries {
                state.fold(entry)?;
                let body = Body::decode(entry.position, &entry.body)?;
                let items = PrivateItems::unpack(&entry.private)?;
                if !body.seals(&items) {
                    let what = "its private items are not those it was written with";
                    return Err(Error::Store(StoreError::corrupt_at(entry.position, what)));
                }
                let missing = (0..items.len()).filter(|place| items.text(*place).is_none());
                erased += missing.count() as u64;
                met |= expected == Some(entry.head());
            }
            if tell(Progress::new(Stage::Verifying, state.head().position, total)) == Flow::Cancel {
                return Err(Error::Cancelled);
            }
            if page.more == More::No {
                break;
            }
        }
        match expected {
            Some(known) if !met => Err(Error::Store(StoreError::Diverged { known })),
            _ => Ok(Verified { head: state.head(), erased }),
        }
    }
}

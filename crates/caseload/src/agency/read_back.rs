//! Entries read back from the log, for what the state does not keep: reasons, and causes of ends.

use std::collections::BTreeSet;

use super::Snapshot;
use crate::{
    Error, StoreError,
    body::Body,
    log::{Head, PageLimit, PrivateItems},
};

/// About as many as lie between two heads from which a log can be read on.
const PAGE: PageLimit = PageLimit { entries: 256, bytes: 16 * 1024 * 1024 };

impl Snapshot {
    /// Calls back with the entries of these positions, in order. No lock is held meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it; `store-diverged` when the log was replaced.
    pub(crate) fn read_back(
        &self,
        positions: &BTreeSet<u32>,
        mut tell: impl FnMut(u32, &Body, &PrivateItems),
    ) -> Result<(), Error> {
        let mut after = Head::START;
        let next_after = |after: Head| {
            let passed = u32::try_from(after.position).unwrap_or(u32::MAX);
            positions.range(passed.saturating_add(1)..).next().copied()
        };
        while let Some(next) = next_after(after) {
            let mark = self.agency.state().mark_before(u64::from(next).saturating_sub(1));
            if mark.position > after.position {
                after = mark;
            }
            let page = self.agency.inner.log.read(&after, PAGE)?.sound()?;
            let Some(last) = page.entries.last() else {
                return Err(Error::Store(StoreError::Diverged { known: self.head }));
            };
            for entry in &page.entries {
                let position = u32::try_from(entry.position).unwrap_or(u32::MAX);
                if positions.contains(&position) {
                    let body = Body::decode(entry.position, &entry.body)?;
                    tell(position, &body, &PrivateItems::unpack(&entry.private)?);
                }
            }
            after = last.head();
        }
        Ok(())
    }
}

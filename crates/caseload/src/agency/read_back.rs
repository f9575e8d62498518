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
    /// Calls back with the entries of these positions, in order, and before each page with how many of them
    /// were found. No lock is held meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it; `store-diverged` when the log was replaced; as `before_page` says.
    pub(crate) fn read_back(
        &self,
        positions: &BTreeSet<u32>,
        mut before_page: impl FnMut(usize) -> Result<(), Error>,
        mut found: impl FnMut(u32, &Body, &PrivateItems),
    ) -> Result<(), Error> {
        let mut done = 0;
        let mut after = Head::START;
        let next_after = |after: Head| {
            let passed = u32::try_from(after.position).unwrap_or(u32::MAX);
            positions.range(passed.saturating_add(1)..).next().copied()
        };
        while let Some(next) = next_after(after) {
            before_page(done)?;
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
                    found(position, &body, &PrivateItems::unpack(&entry.private)?);
                    done += 1;
                }
            }
            after = last.head();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, Agency, Day, DefineProgram, MemoryLog, ProgramId, body::Fact};

    /// More entries than lie between two heads from which a log can be read on, and than a page holds.
    #[test]
    fn every_entry_asked_about_is_read_once_and_in_order() {
        let agency = Agency::open(MemoryLog::new()).unwrap();
        let desk = agency.acting_as(Actor::Root).on("2024-06-15".parse::<Day>().unwrap());
        for number in 1..=700 {
            let program = ProgramId::new(format!("p{number}")).unwrap();
            desk.record(DefineProgram::new(program)).unwrap();
        }
        let snapshot = agency.snapshot().unwrap();
        let read = |positions: &[u32]| {
            let mut found = Vec::new();
            let asked: BTreeSet<u32> = positions.iter().copied().collect();
            let mut told = Vec::new();
            let before_page = |done| {
                told.push(done);
                Ok(())
            };
            let result = snapshot.read_back(&asked, before_page, |position, body, _| {
                // The n-th entry defines the n-th program.
                let [Fact::ProgramDefined { program, .. }] = body.facts[..] else { panic!() };
                assert_eq!(program, position);
                found.push(position);
            });
            assert!(told.is_sorted() && told.last().is_none_or(|done| *done < asked.len()));
            result.map(|()| found)
        };
        for positions in [&[] as &[u32], &[1], &[700], &[256], &[1, 255, 256, 257, 512, 513, 700]] {
            assert_eq!(read(positions).unwrap(), positions);
        }
        let all: Vec<u32> = (1..=700).collect();
        assert_eq!(read(&all).unwrap(), all);
        assert!(matches!(read(&[701]), Err(Error::Store(StoreError::Diverged { .. }))));
    }
}

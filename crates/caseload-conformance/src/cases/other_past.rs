//! S4: a log with another past than the one known is told apart.

use caseload::log::{Hash, Head, Log};

use super::{ALL, Filled, append, filled};
use crate::{Failure, Outcome, Rule, Stores, Story};

const S: Rule = Rule::S4;

/// Another hash at a position, at the start, in the middle and at the end.
pub fn s04_a_foreign_hash_is_diverged(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 6)?;
    let foreign = Story::new("b");
    let others = S.ok("telling another story", foreign.chain(&Head::START, 6))?;
    for other in &others {
        diverged(&*log.log, &format!("a foreign hash at {}", other.position), other.head())?;
    }
    // The right hash at a wrong place is foreign, too.
    let shifted = Head { position: 4, ..log.head(5) };
    diverged(&*log.log, "the hash of the entry before", shifted)?;
    diverged(&*log.log, "a hash before everything", Head { position: 0, ..log.head(1) })?;
    let zero = Head { position: 3, hash: Hash::ZERO };
    diverged(&*log.log, "no hash in the middle", zero)
}

/// A head beyond the end, also with the hash of the last entry.
pub fn s04_a_log_that_ends_earlier_is_diverged(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 3)?;
    let later = S.ok("telling", story_after(&log))?;
    diverged(&*log.log, "a head one later", later)?;
    for position in [4, 1_000, u64::from(u32::MAX) + 1, u64::MAX] {
        diverged(&*log.log, "a head far later", Head { position, ..log.end() })?;
    }
    Ok(())
}

/// An older copy put back under an open handle.
pub fn s04_a_restored_copy_is_diverged(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 4)?;
    let restore = S.done("copying the store", log.store.backup())?;
    let known = further(&log, "a")?;
    let lost = S.ok("making an id", super::story().request(known.position))?;
    S.done("putting the copy back", restore())?;
    diverged(&*log.log, "what the copy does not hold", known)?;
    let found = S.ok("finding what the copy does not hold", log.log.find(&lost))?;
    S.ensure(found.is_none(), || "an entry that the copy does not hold was found".to_owned())?;
    log.holds(S, &log.entries)
}

/// An older copy put back, after which others appended past the head that was known.
pub fn s04_a_restored_copy_that_went_on_is_diverged(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 4)?;
    let restore = S.done("copying the store", log.store.backup())?;
    let known = further(&log, "a")?;
    S.done("putting the copy back", restore())?;
    further(&log, "b")?;
    further(&log, "b")?;
    diverged(&*log.log, "a head of the lost history", known)?;
    let page = S.ok("reading after the last common head", log.log.read(&log.end(), ALL))?;
    let wanted = S.ok("telling", Story::new("b").chain(&log.end(), 6))?;
    S.same_entries("after the last common head", &page.entries, &wanted)
}

/// Appends three more entries of a story at the end, and says where that is.
fn further(log: &Filled, story: &str) -> Result<Head, Failure> {
    let end = S.ok("head", log.log.head())?;
    let entries = S.ok("telling", Story::new(story).chain(&end, 3))?;
    S.ok("appending", append(&*log.log, &end, &entries))?;
    Ok(entries.last().map_or(end, caseload::log::Entry::head))
}

fn story_after(log: &Filled) -> Result<Head, caseload::StoreError> {
    Ok(super::story().next(&log.end())?.head())
}

fn diverged(log: &dyn Log, what: &str, known: Head) -> Outcome {
    match log.read(&known, ALL) {
        Err(caseload::StoreError::Diverged { known: named }) => {
            S.same(&format!("{what}: the head that is named"), named, known)
        }
        other => S.refused(what, other, "store-diverged"),
    }
}

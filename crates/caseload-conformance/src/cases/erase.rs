//! S10: private items and request ids go for good, the chain stays.

use caseload::{
    StoreError,
    log::{Entry, Erasure, Head, Log, PrivateItems, RequestText},
};

use super::{Filled, append, everything, filled, open, story};
use crate::{Failure, Outcome, Rule, Stores, Story};

const S: Rule = Rule::S10;

/// The text is gone; position, instant, level, body, hash and the digest of the items are as before,
/// and the log goes on.
pub fn s10_erasing_takes_the_text_and_keeps_the_chain(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 6)?;
    S.ok("erasing", log.log.erase(&[log.erasure(4, &[0, 1, 2], RequestText::Keep)]))?;
    log.holds(S, &erased(&log, 4, &[0, 1, 2], RequestText::Keep)?)?;
    let now = stored(&*log.log, 4)?;
    let items = S.ok("unpacking erased items", PrivateItems::unpack(&now.private))?;
    let then = S.ok("unpacking", PrivateItems::unpack(&log.entry(S, 4)?.private))?;
    S.same("the digest of the items", items.digest(), then.digest())?;
    for index in 0..items.len() {
        S.same("an erased text", items.text(index), None)?;
    }
    let next = S.ok("telling", story().next(&log.end()))?;
    S.ok("appending after an erasure", append(&*log.log, &log.end(), &[next]))
}

/// Only the named items of the named entries go, several at once.
pub fn s10_other_items_and_entries_stay(stores: &dyn Stores) -> Outcome {
    let mut log = filled(S, stores, 9)?;
    let asked =
        [log.erasure(4, &[1], RequestText::Keep), log.erasure(8, &[0, 2], RequestText::Keep)];
    S.ok("erasing", log.log.erase(&asked))?;
    log.entries = erased(&log, 4, &[1], RequestText::Keep)?;
    log.entries = erased(&log, 8, &[0, 2], RequestText::Keep)?;
    log.holds(S, &log.entries)?;
    for position in [4, 8] {
        let id = S.ok("making an id", story().request(position))?;
        let found = S.ok("finding a request id that was kept", log.log.find(&id))?;
        let found = found.ok_or_else(|| S.broken("a request id that was kept is not found"))?;
        S.same_entries("found after an erasure", &[found], &[stored(&*log.log, position)?])?;
    }
    Ok(())
}

/// An erased request id is neither found nor read, and those of other entries are.
pub fn s10_an_erased_request_is_not_found(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 5)?;
    S.ok("erasing", log.log.erase(&[log.erasure(4, &[0], RequestText::Erase)]))?;
    log.holds(S, &erased(&log, 4, &[0], RequestText::Erase)?)?;
    for handle in [&*log.log, &*open(S, &*log.store)?] {
        for position in [3, 4, 5] {
            let id = S.ok("making an id", story().request(position))?;
            let found = S.ok("finding", handle.find(&id))?.map(|entry| entry.position);
            S.same("found by request id", found, (position != 4).then_some(position))?;
        }
    }
    Ok(())
}

/// The same once more changes nothing and is no error; more of the same entry may follow.
pub fn s10_erasing_again_is_harmless(stores: &dyn Stores) -> Outcome {
    let mut log = filled(S, stores, 5)?;
    let asked = log.erasure(4, &[0], RequestText::Erase);
    log.entries = erased(&log, 4, &[0], RequestText::Erase)?;
    for _ in 0..3 {
        S.ok("erasing again", log.log.erase(&[asked.clone(), asked.clone()]))?;
        log.holds(S, &log.entries)?;
    }
    S.ok("erasing more", log.log.erase(&[log.erasure(4, &[0, 1], RequestText::Keep)]))?;
    log.holds(S, &erased(&log, 4, &[0, 1], RequestText::Keep)?)
}

/// Nothing asked, an item that is not there: no error, nothing changes.
pub fn s10_erasing_what_is_not_there_is_harmless(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 4)?;
    S.ok("erasing nothing", log.log.erase(&[]))?;
    let asked =
        [log.erasure(4, &[], RequestText::Keep), log.erasure(4, &[9, u32::MAX], RequestText::Keep)];
    S.ok("erasing what is not there", log.log.erase(&asked))?;
    log.holds(S, &log.entries)
}

/// Another hash at the position, a position beyond the end or before the first entry: `Diverged`, and
/// what was asked along with it stays as well.
pub fn s10_an_entry_that_is_not_held_is_diverged(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 5)?;
    let foreign = S.ok("telling", Story::new("b").chain(&Head::START, 6))?;
    let strangers = foreign.iter().map(Entry::head).chain([
        Head::START,
        Head { position: u64::MAX, ..log.end() },
        Head { position: 4, ..log.end() },
    ]);
    for known in strangers {
        let asked = [
            log.erasure(4, &[0, 1], RequestText::Erase),
            Erasure { entry: known, items: vec![0], request: RequestText::Erase },
        ];
        diverged(known, log.log.erase(&asked))?;
        log.holds(S, &log.entries)?;
    }
    Ok(())
}

/// A copy is put back and another entry stored where one was: it is not erased in its place.
pub fn s10_after_a_restore_no_other_entry_is_erased(stores: &dyn Stores) -> Outcome {
    let mut log = filled(S, stores, 3)?;
    let restore = S.done("copying", log.store.backup())?;
    let gone = S.ok("telling", story().next(&log.end()))?;
    S.ok("appending", append(&*log.log, &log.end(), std::slice::from_ref(&gone)))?;
    S.done("putting the copy back", restore())?;
    let other = S.ok("telling", Story::new("b").next(&log.end()))?;
    S.ok("appending", append(&*log.log, &log.end(), std::slice::from_ref(&other)))?;
    log.entries.push(other);
    let asked = Erasure { entry: gone.head(), items: vec![0, 1], request: RequestText::Erase };
    diverged(gone.head(), log.log.erase(&[asked]))?;
    log.holds(S, &log.entries)
}

/// After reopening, and after further appends, what was erased is not back.
pub fn s10_what_was_erased_stays_erased(stores: &dyn Stores) -> Outcome {
    let mut log = filled(S, stores, 5)?;
    S.ok("erasing", log.log.erase(&[log.erasure(4, &[0, 1], RequestText::Erase)]))?;
    log.entries = erased(&log, 4, &[0, 1], RequestText::Erase)?;
    let more = S.ok("telling", story().chain(&log.end(), 3))?;
    let log = Filled { log: open(S, &*log.store)?, ..log };
    log.holds(S, &log.entries)?;
    S.ok("appending", append(&*log.log, &log.end(), &more))?;
    let all: Vec<Entry> = log.entries.iter().chain(&more).cloned().collect();
    log.holds(S, &all)
}

fn diverged(known: Head, erased: Result<(), StoreError>) -> Outcome {
    match erased {
        Err(StoreError::Diverged { known: told }) => S.same("the head that is told", told, known),
        other => S.refused("erasing in an entry that is not held", other, "store-diverged"),
    }
}

impl Filled {
    /// An erasure in the entry at a position.
    fn erasure(&self, position: usize, items: &[u32], request: RequestText) -> Erasure {
        Erasure { entry: self.head(position), items: items.to_vec(), request }
    }
}

/// The entries as they should be once these items of one are erased.
fn erased(
    log: &Filled,
    position: u64,
    items: &[u32],
    request: RequestText,
) -> Result<Vec<Entry>, Failure> {
    let one = |entry: &Entry| {
        let mut entry = entry.clone();
        if entry.position == position {
            entry.private = PrivateItems::erase(&entry.private, items)?;
            entry.request = entry.request.filter(|_| request == RequestText::Keep);
        }
        Ok(entry)
    };
    let entries: Result<Vec<Entry>, StoreError> = log.entries.iter().map(one).collect();
    S.ok("erasing in the suite", entries)
}

fn stored(log: &dyn Log, position: u64) -> Result<Entry, Failure> {
    let entry = everything(S, log)?.into_iter().find(|entry| entry.position == position);
    entry.ok_or_else(|| S.broken(format!("entry {position} is gone")))
}

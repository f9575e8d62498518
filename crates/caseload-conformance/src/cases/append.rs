//! S8 and S9: exactly after a head, all or none, each request once.

use caseload::{
    StoreError,
    log::{Entry, Hash, Head},
};

use super::{Filled, append, empty, filled, holds, open, story};
use crate::{Outcome, Rule, Stores, Story};

const S: Rule = Rule::S8;
const S9: Rule = Rule::S9;

/// After an older, a later or a foreign head nothing is stored.
pub fn s08_an_append_after_another_head_is_a_conflict(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 5)?;
    let later = S.ok("telling", Story::new("b").next(&log.end()))?.head();
    let foreign = S.ok("telling", Story::new("b").next(&log.head(4)))?.head();
    let zero = Head { hash: Hash::ZERO, ..log.end() };
    for (what, after) in [
        ("the start", Head::START),
        ("an older head", log.head(4)),
        ("a later head", later),
        ("a foreign head", foreign),
        ("no hash", zero),
    ] {
        let entries = S.ok("telling", Story::new("b").chain(&after, 2))?;
        let result = append(&*log.log, &after, &entries);
        S.refused(&format!("appending after {what}"), result, "store-conflict")?;
        log.holds(S, &log.entries)?;
    }
    Ok(())
}

/// After an older copy was put back under an open handle, what continues the lost history is not
/// stored, and what continues the copy is.
pub fn s08_an_append_after_a_restore_is_a_conflict(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 4)?;
    let restore = S.done("copying the store", log.store.backup())?;
    let lost = S.ok("telling", story().chain(&log.end(), 3))?;
    S.ok("appending", append(&*log.log, &log.end(), &lost))?;
    S.done("putting the copy back", restore())?;
    let known = lost.last().map_or(Head::START, Entry::head);
    let next = S.ok("telling", story().chain(&known, 1))?;
    let result = append(&*log.log, &known, &next);
    S.refused("appending after a lost head", result, "store-conflict")?;
    log.holds(S, &log.entries)?;
    S.ok("appending the lost entries again", append(&*log.log, &log.end(), &lost))?;
    let all: Vec<Entry> = log.entries.iter().chain(&lost).cloned().collect();
    log.holds(S, &all)
}

/// A gap, a repetition, the wrong order, a wrong hash, another story: nothing is stored.
pub fn s08_entries_must_follow_each_other(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 3)?;
    for (what, entries) in S.ok("telling", crooked(&log))? {
        let result = append(&*log.log, &log.end(), &entries);
        S.refused(&format!("appending {what}"), result, "store-conflict")?;
        log.holds(S, &log.entries)?;
    }
    Ok(())
}

/// Entries of which some do not follow the one before.
fn crooked(log: &Filled) -> Result<Vec<(&'static str, Vec<Entry>)>, StoreError> {
    let good = story().chain(&log.end(), 3)?;
    let gap = good.iter().step_by(2).cloned().collect();
    let twice = good.iter().take(1).cycle().take(2).cloned().collect();
    let backwards = good.iter().rev().cloned().collect();
    let late = good.iter().skip(1).cloned().collect();
    let mut unsealed = good.clone();
    if let Some(last) = unsealed.last_mut() {
        last.hash = Hash::ZERO;
    }
    let mut altered = good.clone();
    if let Some(last) = altered.last_mut() {
        last.body.push(b' ');
    }
    let mut foreign = good;
    foreign.truncate(1);
    let other = foreign.last().map_or(Head::START, Entry::head);
    foreign.push(Story::new("b").next(&Head { hash: Hash::ZERO, ..other })?);
    Ok(vec![
        ("entries with a gap", gap),
        ("an entry twice", twice),
        ("entries backwards", backwards),
        ("entries that begin too late", late),
        ("an entry without a hash", unsealed),
        ("an entry altered after it was sealed", altered),
        ("an entry of another story", foreign),
    ])
}

/// Ten entries of one append stand there in order, with each request id.
pub fn s08_several_entries_go_in_together(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S, stores)?;
    let entries = S.ok("telling", story().chain(&Head::START, 10))?;
    S.ok("appending ten entries", append(&*log, &Head::START, &entries))?;
    holds(S, "ten entries", &*log, &entries)?;
    holds(S, "ten entries, through another handle", &*open(S, &*store)?, &entries)?;
    for entry in &entries {
        let id = S.ok("making an id", story().request(entry.position))?;
        let found = S.ok("finding", log.find(&id))?.map(|entry| entry.position);
        S.same("found by request id", found, Some(entry.position))?;
    }
    Ok(())
}

/// An append of no entries succeeds at the end of the log and is a conflict elsewhere.
pub fn s08_no_entries_are_no_error(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 3)?;
    S.ok("appending nothing", append(&*log.log, &log.end(), &[]))?;
    let result = append(&*log.log, &log.head(2), &[]);
    S.refused("appending nothing after an older head", result, "store-conflict")?;
    log.holds(S, &log.entries)
}

/// A repetition after an older head is a conflict: what came in since says that it was stored.
pub fn s08_a_conflict_is_told_before_a_reused_request(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 4)?;
    let result = append(&*log.log, &log.head(3), log.rest(3));
    S.refused("appending an entry again", result, "store-conflict")?;
    log.holds(S, &log.entries)
}

/// A handle opened after the others were closed sees every acknowledged entry as it was.
pub fn s09_what_was_acknowledged_is_there_after_reopening(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S9, stores)?;
    drop(log);
    let mut entries: Vec<Entry> = Vec::new();
    for count in [1, 4, 2] {
        let log = open(S9, &*store)?;
        let head = entries.last().map_or(Head::START, Entry::head);
        holds(S9, "after reopening", &*log, &entries)?;
        let more = S9.ok("telling", story().chain(&head, count))?;
        S9.ok("appending", append(&*log, &head, &more))?;
        entries.extend(more);
    }
    let log = open(S9, &*store)?;
    holds(S9, "after reopening", &*log, &entries)?;
    let id = S9.ok("making an id", story().request(2))?;
    let found = S9.ok("finding after reopening", log.find(&id))?.map(|entry| entry.position);
    S9.same("found after reopening", found, Some(2))
}

/// A request id that is stored, through whichever handle, is not stored again, nor is what goes with it.
pub fn s09_a_request_id_is_stored_once(stores: &dyn Stores) -> Outcome {
    let log = filled(S9, stores, 4)?;
    let other = open(S9, &*log.store)?;
    for position in 1..=4 {
        let id = S9.ok("making an id", story().request(position))?;
        let again = S9.ok("telling", story().next_as(&log.end(), Some(id)))?;
        for handle in [&*log.log, &*other] {
            let result = append(handle, &log.end(), std::slice::from_ref(&again));
            S9.refused("appending a stored request id", result, "store-request-id-reused")?;
            log.holds(S9, &log.entries)?;
        }
    }
    let mut entries = S9.ok("telling", story().chain(&log.end(), 2))?;
    let head = entries.last().map_or(Head::START, Entry::head);
    let id = S9.ok("making an id", story().request(1))?;
    entries.push(S9.ok("telling", story().next_as(&head, Some(id)))?);
    let result = append(&*log.log, &log.end(), &entries);
    S9.refused("a stored request id behind two new ones", result, "store-request-id-reused")?;
    log.holds(S9, &log.entries)
}

/// Two entries of one append with the same request id: neither is stored. Entries without one may be
/// any number.
pub fn s09_a_request_id_is_stored_once_in_one_append(stores: &dyn Stores) -> Outcome {
    let log = filled(S9, stores, 2)?;
    let id = S9.ok("making an id", story().request(77))?;
    for ids in [[Some(&id), None, Some(&id)], [Some(&id), Some(&id), None], [None, None, None]] {
        let (mut head, mut entries) = (log.end(), Vec::new());
        for id in ids {
            let entry = S9.ok("telling", story().next_as(&head, id.cloned()))?;
            head = entry.head();
            entries.push(entry);
        }
        let result = append(&*log.log, &log.end(), &entries);
        if ids == [None; 3] {
            S9.ok("appending entries without request ids", result)?;
            continue;
        }
        S9.refused("one request id twice in an append", result, "store-request-id-reused")?;
        log.holds(S9, &log.entries)?;
        let found = S9.ok("finding", log.log.find(&id))?;
        S9.ensure(found.is_none(), || "a refused request id was found".to_owned())?;
    }
    Ok(())
}

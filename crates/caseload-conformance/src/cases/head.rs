//! S1: where the log ends.

use caseload::log::{Head, More};

use super::{ALL, append, empty, open, story};
use crate::{Outcome, Rule, Stores};

const S: Rule = Rule::S1;

/// An empty log ends at [`Head::START`] and gives nothing to read or find.
pub fn s01_an_empty_log_ends_at_the_start(stores: &dyn Stores) -> Outcome {
    let (_store, log) = empty(S, stores)?;
    S.same("the head of an empty log", S.ok("head", log.head())?, Head::START)?;
    let page = S.ok("reading an empty log", log.read(&Head::START, ALL))?;
    S.same("an empty page", (page.entries.len(), page.more), (0, More::No))?;
    let request = S.ok("making an id", story().request(1))?;
    let found = S.ok("finding in an empty log", log.find(&request))?;
    S.ensure(found.is_none(), || "an entry was found in an empty log".to_owned())?;
    let mut turn = S.ok("taking a turn", log.turn())?;
    S.same("the head under the lock", S.ok("head", turn.head())?, Head::START)?;
    let page = S.ok("the tail of an empty log", turn.tail(&Head::START, ALL))?;
    S.same("an empty tail", (page.entries.len(), page.more), (0, More::No))
}

/// After each append the head is that of the last entry, through every handle.
pub fn s01_the_head_is_the_last_entry(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S, stores)?;
    let other = open(S, &*store)?;
    let mut head = Head::START;
    for entry in S.ok("telling a story", story().chain(&Head::START, 12))? {
        S.ok("appending", append(&*log, &head, std::slice::from_ref(&entry)))?;
        head = entry.head();
        S.same("the head after an append", S.ok("head", log.head())?, head)?;
        S.same("the head through another handle", S.ok("head", other.head())?, head)?;
        S.same("the head under the lock", S.ok("head", S.ok("turn", other.turn())?.head())?, head)?;
    }
    Ok(())
}

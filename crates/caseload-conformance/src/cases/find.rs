//! S5: request ids.

use caseload::log::{Entry, Head};

use super::{append, empty, filled, open, story};
use crate::{Outcome, Rule, Stores, entries::request};

const S: Rule = Rule::S5;

/// Each entry is found by its request id, whole, through every handle; other ids find nothing.
pub fn s05_a_request_is_found(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 9)?;
    let other = open(S, &*log.store)?;
    for entry in &log.entries {
        let id = S.ok("making an id", story().request(entry.position))?;
        for handle in [&log.log, &other] {
            let found = S.ok("finding", handle.find(&id))?;
            let found = found.ok_or_else(|| S.broken("a stored request id was not found"))?;
            S.same_entries("found by request id", &[found], std::slice::from_ref(entry))?;
        }
    }
    let unknown = S.ok("making an id", story().request(10))?;
    let found = S.ok("finding an unknown id", log.log.find(&unknown))?;
    S.ensure(found.is_none(), || "an unknown request id was found".to_owned())
}

/// Ids that a collation, a normal form, a trimmed or a shortened column would take for one another.
pub fn s05_request_ids_are_equal_by_bytes(stores: &dyn Stores) -> Outcome {
    let (_store, log) = empty(S, stores)?;
    let long = "r".repeat(127);
    let ids = [
        "r",
        "R",
        "r1",
        "r01",
        "%",
        "_",
        "\u{e9}",
        "e\u{301}",
        "\u{df}",
        "ss",
        "1",
        "1.0",
        &long,
        &format!("{long}r"),
        &format!("{long}s"),
    ];
    let mut head = Head::START;
    let mut entries: Vec<Entry> = Vec::new();
    for id in ids {
        let id = S.ok("making an id", request(id))?;
        let found = S.ok("finding", log.find(&id))?;
        S.ensure(found.is_none(), || format!("`{id}` was found before it was stored"))?;
        let entry = S.ok("telling", story().next_as(&head, Some(id)))?;
        S.ok("appending", append(&*log, &head, std::slice::from_ref(&entry)))?;
        head = entry.head();
        entries.push(entry);
    }
    for entry in &entries {
        let id = entry.request.as_ref().ok_or_else(|| S.broken("the suite is wrong: no id"))?;
        let found = S.ok("finding", log.find(id))?.map(|entry| entry.position);
        S.same(&format!("found by `{id}`"), found, Some(entry.position))?;
    }
    Ok(())
}

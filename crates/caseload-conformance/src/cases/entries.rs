//! S2: the entries come back in order and as they were.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use caseload::{
    StoreError,
    log::{Entry, Head, Log, MAX_ENTRY_BYTES, More, Position, PrivateItems},
};

use super::{ALL, append, at_most, empty, everything, filled, holds, open, rest, story};
use crate::{Failure, Outcome, Rule, Stores, Story};

const S: Rule = Rule::S2;

/// Joined and combined letters, two directions, and what careless SQL trips over.
const SCRIPTS: [&str; 4] = [
    "\u{1f469}\u{200d}\u{1f52c}",
    "Z\u{307}o\u{301}\u{142}c\u{301}",
    "\u{5d0}\u{5d1} \u{627}",
    "'\";--\\%_$1?",
];
/// How many entries the writer beside the readers appends at once, and how often.
const AT_ONCE: u64 = 3;
const APPENDS: usize = 30;

/// From every head, what follows is exactly the entries after it, in order.
pub fn s02_entries_come_back_in_order(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 14)?;
    for count in 0..=14 {
        let page = S.ok("reading", log.log.read(&log.head(count), ALL))?;
        S.same_entries(&format!("after entry {count}"), &page.entries, log.rest(count))?;
        S.same("more after everything", page.more, More::No)?;
    }
    Ok(())
}

/// Position, instant, level, request id, body, private items and hash are what was appended.
pub fn s02_every_field_comes_back_as_it_was(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S, stores)?;
    let mut entries: Vec<Entry> = Vec::new();
    for number in 0..8u8 {
        let head = entries.last().map_or(Head::START, Entry::head);
        // Every second one came without a request id.
        let request = S.ok("making an id", story().request(head.position + 1))?;
        let request = (number % 2 == 0).then_some(request);
        entries.push(S.ok("telling a story", story().next_as(&head, request))?);
    }
    S.ok("appending", append(&*log, &Head::START, &entries))?;
    holds(S, "through the handle that wrote", &*log, &entries)?;
    holds(S, "through another handle", &*open(S, &*store)?, &entries)
}

/// Ids of 128 bytes, in scripts from all over, quotes and wildcards included.
pub fn s02_long_ids_in_any_script_come_back(stores: &dyn Stores) -> Outcome {
    let (_store, log) = empty(S, stores)?;
    let mut after = Head::START;
    let mut entries = Vec::new();
    for text in SCRIPTS {
        // The longest ids of a story add eight bytes to its name.
        let name = text.repeat(120 / text.len());
        let name = format!("{name}{}", "x".repeat(120 - name.len()));
        let story = Story::new(name);
        let told = S.ok("telling a story", story.chain(&after, 1))?;
        S.ok("appending", append(&*log, &after, &told))?;
        after = told.last().map_or(after, Entry::head);
        entries.extend(told);
    }
    holds(S, "long ids", &*log, &entries)?;
    for (entry, stored) in entries.iter().zip(everything(S, &*log)?) {
        let texts = |entry: &Entry| {
            let items = PrivateItems::unpack(&entry.private)?;
            Ok::<_, StoreError>(items.text(0).map(str::to_owned))
        };
        let (seen, wanted) = (S.ok("unpacking", texts(&stored))?, S.ok("unpacking", texts(entry))?);
        S.same("the text of an id", seen, wanted)?;
        if let Some(request) = &entry.request {
            let found = S.ok("finding a long id", log.find(request))?;
            S.same("found by a long id", found.map(|entry| entry.position), Some(entry.position))?;
        }
    }
    Ok(())
}

/// An entry of exactly [`MAX_ENTRY_BYTES`], between two small ones.
pub fn s02_the_biggest_entry_comes_back(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S, stores)?;
    let mut entries = S.ok("telling a story", story().chain(&Head::START, 4))?;
    let head = entries.last().map_or(Head::START, Entry::head);
    let big = S.ok("telling a big entry", story().big(&head))?;
    S.same("the suite's big entry", big.size(), MAX_ENTRY_BYTES)?;
    entries.push(big.clone());
    entries.push(S.ok("telling a story", story().next(&big.head()))?);
    S.ok("appending 4 MiB", append(&*log, &Head::START, &entries))?;
    holds(S, "with a big entry", &*log, &entries)?;
    holds(S, "with a big entry, through another handle", &*open(S, &*store)?, &entries)
}

/// What one handle appended the other reads at once, in both directions.
pub fn s02_another_handle_reads_the_latest(stores: &dyn Stores) -> Outcome {
    let (store, one) = empty(S, stores)?;
    let other = open(S, &*store)?;
    let mut head = Head::START;
    for (number, entry) in S.ok("telling", story().chain(&head, 10))?.into_iter().enumerate() {
        let (writer, reader) = if number % 2 == 0 { (&one, &other) } else { (&other, &one) };
        S.ok("appending", append(&**writer, &head, std::slice::from_ref(&entry)))?;
        let page = S.ok("reading through the other handle", reader.read(&head, ALL))?;
        S.same_entries("through the other handle", &page.entries, std::slice::from_ref(&entry))?;
        head = entry.head();
    }
    Ok(())
}

/// Four readers beside a writer see an append whole or not at all, and nothing disappears again.
pub fn s02_readers_see_whole_appends(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S, stores)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let mut readers = Vec::new();
        for _ in 0..4 {
            let reader = open(S, &*store)?;
            let done = &done;
            readers.push(scope.spawn(move || watch(&*reader, done)));
        }
        let written = write(&*log);
        done.store(true, Ordering::SeqCst);
        for reader in readers {
            let end = reader.join().map_err(|_| S.broken("a reader panicked"))??;
            S.same("what a reader saw in the end", Some(end), written.as_ref().ok().copied())?;
        }
        written.map(|_| ())
    })
}

fn write(log: &dyn Log) -> Result<Position, Failure> {
    let mut head = Head::START;
    for _ in 0..APPENDS {
        let entries = S.ok("telling", story().chain(&head, 3))?;
        S.ok("appending", append(log, &head, &entries))?;
        head = entries.last().map_or(head, Entry::head);
    }
    Ok(head.position)
}

/// Reads from the start and from the last head until the writer is done; says where the log ended.
fn watch(log: &dyn Log, done: &AtomicBool) -> Result<Position, Failure> {
    let mut known = Head::START;
    loop {
        let last = done.load(Ordering::SeqCst);
        let head = S.ok("head", log.head())?;
        let mut entries = Vec::new();
        let end = rest(S, known, at_most(7), &mut entries, |head, limit| log.read(head, limit))?;
        for (what, position) in [("the head", head.position), ("the last page", end.position)] {
            S.ensure(position.is_multiple_of(AT_ONCE) && position >= known.position, || {
                format!("{what} at {position}, while {AT_ONCE} entries go in at once")
            })?;
        }
        known = end;
        if last {
            return Ok(end.position);
        }
    }
}

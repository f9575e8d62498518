//! S3: pages.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use caseload::log::{Entry, Head, Log, More, PageLimit};

use super::{Filled, append, at_most, empty, filled, open, rest, story};
use crate::{Failure, Outcome, Rule, Stores};

const S: Rule = Rule::S3;

/// Pages of one to eight entries, put together, are the log; none is longer than asked, and the one
/// that reaches the end says so.
pub fn s03_pages_by_entries(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 7)?;
    for limit in 1..=8 {
        let mut entries = Vec::new();
        rest(S, Head::START, at_most(limit), &mut entries, |head, limit| {
            log.log.read(head, limit)
        })?;
        S.same_entries(&format!("pages of {limit}"), &entries, &log.entries)?;
    }
    let page = S.ok("reading a whole page", log.log.read(&log.head(4), at_most(3)))?;
    S.same("a page that ends with the log", (page.entries.len(), page.more), (3, More::No))
}

/// No page holds more bytes than asked unless it is a single entry, and none ends the log early.
pub fn s03_pages_by_bytes(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 9)?;
    let three: usize = log.first(3).iter().map(Entry::size).sum();
    for bytes in [1, 400, three - 1, three, three + 1, 4 * three, usize::MAX] {
        let (mut entries, mut head) = (Vec::new(), Head::START);
        loop {
            let page = S.ok("reading", log.log.read(&head, by_bytes(bytes)))?;
            let size: usize = page.entries.iter().map(Entry::size).sum();
            S.ensure(page.entries.len() <= 1 || size <= bytes, || {
                format!("a page of {size} bytes where {bytes} may be")
            })?;
            let last = page.entries.last().map(Entry::head);
            entries.extend(page.entries);
            match (page.more, last) {
                (More::No, _) => break,
                (More::Yes, Some(last)) => head = last,
                (More::Yes, None) => return Err(S.broken("an empty page that says there is more")),
            }
        }
        S.same_entries(&format!("pages of {bytes} bytes"), &entries, &log.entries)?;
    }
    let first = S.ok("reading", log.log.read(&Head::START, by_bytes(three)))?;
    S.same("more after a page full of bytes", first.more, More::Yes)
}

/// With a limit of nothing a page still holds one entry, so that reading gets on.
pub fn s03_a_page_holds_at_least_one_entry(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 3)?;
    for limit in [at_most(0), by_bytes(0), PageLimit { entries: 0, bytes: 0 }] {
        for count in 0..3 {
            one(&log, count, limit)?;
        }
        let page = S.ok("reading at the end", log.log.read(&log.end(), limit))?;
        S.same("a page at the end", (page.entries.len(), page.more), (0, More::No))?;
    }
    Ok(())
}

fn one(log: &Filled, count: usize, limit: PageLimit) -> Outcome {
    let page = S.ok("reading with a limit of nothing", log.log.read(&log.head(count), limit))?;
    let more = if count == 2 { More::No } else { More::Yes };
    S.same("a page where nothing fits", (page.entries.len(), page.more), (1, more))
}

/// Page by page while another thread appends: no gap, nothing twice, no page that stops in the
/// middle of an append and says that was all.
pub fn s03_pages_fit_together_while_another_writes(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S, stores)?;
    let reader = open(S, &*store)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reading = scope.spawn(|| follow(&*reader, &done));
        let written = write(&*log);
        done.store(true, Ordering::SeqCst);
        let seen = reading.join().map_err(|_| S.broken("the reader panicked"))??;
        S.same_entries("what the reader saw", &seen, &written?)
    })
}

fn write(log: &dyn Log) -> Result<Vec<Entry>, Failure> {
    let mut written: Vec<Entry> = Vec::new();
    for _ in 0..40 {
        let head = written.last().map_or(Head::START, Entry::head);
        let entries = S.ok("telling", story().chain(&head, 3))?;
        S.ok("appending", append(log, &head, &entries))?;
        written.extend(entries);
    }
    Ok(written)
}

/// Pages of two entries, until a reading that began after the writer was done.
fn follow(log: &dyn Log, done: &AtomicBool) -> Result<Vec<Entry>, Failure> {
    let (mut head, mut seen) = (Head::START, Vec::new());
    loop {
        let last = done.load(Ordering::SeqCst);
        head = rest(S, head, at_most(2), &mut seen, |head, limit| log.read(head, limit))?;
        S.ensure(head.position.is_multiple_of(3), || {
            format!("the log said to end at {}, within an append of three", head.position)
        })?;
        if last {
            return Ok(seen);
        }
    }
}

const fn by_bytes(bytes: usize) -> PageLimit {
    PageLimit { entries: usize::MAX, bytes }
}

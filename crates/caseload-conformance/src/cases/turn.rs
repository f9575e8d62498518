//! S6 and S7: one turn at a time, and what it sees.

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use caseload::{
    StoreError,
    log::{Entry, Head, Log, More},
};

use super::{ALL, Filled, append, at_most, empty, everything, filled, open, rest, story};
use crate::{Failure, Outcome, Rule, Stores, Story, entries::request};

const S: Rule = Rule::S6;
const S7: Rule = Rule::S7;

/// How many threads race, and how often each appends.
const RACERS: usize = 8;
const APPENDS: usize = 50;
/// Long enough for a second writer to come through where nothing keeps it out.
const A_WHILE: Duration = Duration::from_millis(60);
/// As long as anybody should ever wait here.
const LONG: Duration = Duration::from_secs(8);

/// A second writer waits for the first, through the same handle and another, then sees its append.
pub fn s06_a_second_writer_waits(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 3)?;
    let other = open(S, &*log.store)?;
    waits(&*log.log, &*log.log)?;
    waits(&*log.log, &*other)?;
    waits(&*other, &*log.log)
}

fn waits(first: &dyn Log, second: &dyn Log) -> Outcome {
    let began = AtomicBool::new(false);
    thread::scope(|scope| {
        let mut turn = S.ok("taking a turn", first.turn())?;
        let head = S.ok("head", turn.head())?;
        let waiting = scope.spawn(|| -> Result<Head, StoreError> {
            let mut turn = second.turn()?;
            began.store(true, Ordering::SeqCst);
            turn.head()
        });
        thread::sleep(A_WHILE);
        let early = began.load(Ordering::SeqCst);
        let entry = S.ok("telling", story().next(&head))?;
        let appended = turn.append(&head, std::slice::from_ref(&entry));
        let seen = waiting.join().map_err(|_| S.broken("the second writer panicked"))?;
        S.ensure(!early, || "a second turn began while one was held".to_owned())?;
        S.ok("appending in the first turn", appended)?;
        S.same("the head in the second turn", S.ok("second turn", seen)?, entry.head())
    })
}

/// A turn that is dropped stores nothing, and the next one begins.
pub fn s06_a_dropped_turn_changes_nothing(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 3)?;
    for _ in 0..3 {
        let mut turn = S.ok("taking a turn after a dropped one", log.log.turn())?;
        S.same("the head under the lock", S.ok("head", turn.head())?, log.end())?;
        S.ok("tail", turn.tail(&Head::START, ALL))?;
        S.ok("clock", turn.clock())?;
    }
    log.holds(S, &log.entries)?;
    let entry = S.ok("telling", story().next(&log.end()))?;
    let other = open(S, &*log.store)?;
    S.ok("appending after dropped turns", append(&*other, &log.end(), &[entry]))
}

/// After a refused append nobody has the turn.
pub fn s06_a_refused_append_gives_the_turn_back(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 3)?;
    let other = open(S, &*log.store)?;
    let late = S.ok("telling", story().chain(&log.head(2), 1))?;
    let again = S.ok("telling", reused(&log))?;
    for _ in 0..2 {
        let result = append(&*log.log, &log.head(2), &late);
        S.refused("appending after an older head", result, "store-conflict")?;
        S.ok("a turn after a conflict", other.turn().map(drop))?;
        let result = append(&*log.log, &log.end(), std::slice::from_ref(&again));
        S.refused("appending a stored request id", result, "store-request-id-reused")?;
        S.ok("a turn after a reused request id", other.turn().map(drop))?;
    }
    let entry = S.ok("telling", story().next(&log.end()))?;
    S.ok("appending after refused ones", append(&*other, &log.end(), &[entry]))
}

fn reused(log: &Filled) -> Result<Entry, StoreError> {
    story().next_as(&log.end(), Some(story().request(1)?))
}

/// Head, read and find go on while a turn is held, through the same handle and another.
pub fn s06_reading_does_not_wait_for_a_turn(stores: &dyn Stores) -> Outcome {
    let log = filled(S, stores, 4)?;
    let other = open(S, &*log.store)?;
    for reader in [&*log.log, &*other] {
        thread::scope(|scope| {
            let turn = S.ok("taking a turn", log.log.turn())?;
            let (tell, told) = mpsc::channel();
            scope.spawn(move || tell.send(look(reader)));
            let seen = told.recv_timeout(LONG);
            drop(turn);
            let seen = seen.map_err(|_| S.broken("a reader waited for the turn"))??;
            S.same("what a reader saw during a turn", seen, log.end())
        })?;
    }
    Ok(())
}

fn look(log: &dyn Log) -> Result<Head, Failure> {
    let entries = everything(S, log)?;
    let found = S.ok("finding during a turn", log.find(&S.ok("id", story().request(2))?))?;
    S.ensure(found.is_some(), || "a request id was not found during a turn".to_owned())?;
    let head = S.ok("head during a turn", log.head())?;
    S.same("the last entry", entries.last().map(Entry::head), Some(head))?;
    Ok(head)
}

/// Eight threads, each with a handle, append fifty entries each: one whole chain, in which every
/// acknowledged entry stands exactly once.
pub fn s06_racing_writers_make_one_chain(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S, stores)?;
    let mut acknowledged: Vec<Entry> = Vec::new();
    thread::scope(|scope| {
        let mut racers = Vec::new();
        for racer in 0..RACERS {
            let handle = open(S, &*store)?;
            racers.push(scope.spawn(move || race(&*handle, racer)));
        }
        for racer in racers {
            let entries = racer.join().map_err(|_| S.broken("a writer panicked"))??;
            acknowledged.extend(entries);
        }
        Ok::<_, Failure>(())
    })?;
    acknowledged.sort_by_key(|entry| entry.position);
    S.same_entries("the chain after a race", &everything(S, &*log)?, &acknowledged)?;
    S.same("entries after a race", acknowledged.len(), RACERS * APPENDS)
}

/// Appends as the library does: lock, hear what is new, build on it.
fn race(log: &dyn Log, racer: usize) -> Result<Vec<Entry>, Failure> {
    let (mut head, mut written) = (Head::START, Vec::new());
    for number in 0..APPENDS {
        let mut turn = S.ok("taking a turn in a race", log.turn())?;
        head = rest(S, head, at_most(20), &mut Vec::new(), |head, limit| turn.tail(head, limit))?;
        S.same("the head where the tail ends", S.ok("head", turn.head())?, head)?;
        let id = S.ok("making an id", request(&format!("w{racer}-{number}")))?;
        let entry = S.ok("telling", story().next_as(&head, Some(id)))?;
        S.ok("appending in a race", turn.append(&head, std::slice::from_ref(&entry)))?;
        head = entry.head();
        written.push(entry);
    }
    Ok(written)
}

/// What another handle appended is in the next turn's head and tail, and nothing else.
pub fn s07_a_turn_sees_what_came_before(stores: &dyn Stores) -> Outcome {
    let (store, log) = empty(S7, stores)?;
    let other = open(S7, &*store)?;
    let mut known = Head::START;
    for _ in 0..5 {
        let entries = S7.ok("telling", story().chain(&known, 3))?;
        S7.ok("appending", append(&*other, &known, &entries))?;
        let mut turn = S7.ok("taking a turn", log.turn())?;
        let end = entries.last().map_or(known, Entry::head);
        S7.same("the head under the lock", S7.ok("head", turn.head())?, end)?;
        let page = S7.ok("tail", turn.tail(&known, ALL))?;
        S7.same_entries("the tail", &page.entries, &entries)?;
        S7.same("more after the tail", page.more, More::No)?;
        let next = S7.ok("telling", story().next(&end))?;
        S7.ok("appending after the tail", turn.append(&end, std::slice::from_ref(&next)))?;
        known = next.head();
    }
    Ok(())
}

/// The tail comes in pages as a read does, and a foreign head is told as in a read.
pub fn s07_the_tail_pages_and_diverges(stores: &dyn Stores) -> Outcome {
    let log = filled(S7, stores, 7)?;
    for limit in [0, 1, 3, 7, 8] {
        let mut turn = S7.ok("taking a turn", log.log.turn())?;
        let mut entries = Vec::new();
        rest(S7, Head::START, at_most(limit), &mut entries, |head, limit| turn.tail(head, limit))?;
        S7.same_entries("the tail in pages", &entries, &log.entries)?;
    }
    let foreign = S7.ok("telling", Story::new("b").next(&log.head(3)))?.head();
    for known in [foreign, Head { position: 8, ..log.end() }, Head { position: 0, ..log.end() }] {
        let mut turn = S7.ok("taking a turn", log.log.turn())?;
        S7.refused("the tail after a foreign head", turn.tail(&known, ALL), "store-diverged")?;
    }
    log.holds(S7, &log.entries)
}

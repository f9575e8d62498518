//! The cases, a file for each part of the contract. Their names begin with the number of the rule.

mod append;
mod entries;
mod erase;
mod find;
mod head;
mod other_past;
mod pages;
mod turn;

pub use append::*;
pub use entries::*;
pub use erase::*;
pub use find::*;
pub use head::*;
pub use other_past::*;
pub use pages::*;
pub use turn::*;

use caseload::{
    StoreError,
    log::{Entry, Head, Log, More, Page, PageLimit},
};

use crate::{Failure, Outcome, Rule, Store, Stores, Story};

/// One case of the suite.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Its name, which begins with the number of the rule.
    pub name: &'static str,
    /// The rule it tests.
    pub rule: Rule,
    /// Runs it on an empty store.
    pub run: fn(&dyn Stores) -> Outcome,
}

/// The list of the cases, in one place: hands it to [`__list`] with what is to be made of it.
#[doc(hidden)]
#[macro_export]
macro_rules! __cases {
    ($($what:tt)*) => {
        $crate::__list! { $($what)*;
            S1 s01_an_empty_log_ends_at_the_start
            S1 s01_the_head_is_the_last_entry
            S2 s02_entries_come_back_in_order
            S2 s02_every_field_comes_back_as_it_was
            S2 s02_long_ids_in_any_script_come_back
            S2 s02_the_biggest_entry_comes_back
            S2 s02_another_handle_reads_the_latest
            S2 s02_readers_see_whole_appends
            S3 s03_pages_by_entries
            S3 s03_pages_by_bytes
            S3 s03_a_page_holds_at_least_one_entry
            S3 s03_pages_fit_together_while_another_writes
            S4 s04_a_foreign_hash_is_diverged
            S4 s04_a_log_that_ends_earlier_is_diverged
            S4 s04_a_restored_copy_is_diverged
            S4 s04_a_restored_copy_that_went_on_is_diverged
            S5 s05_a_request_is_found
            S5 s05_request_ids_are_equal_by_bytes
            S6 s06_a_second_writer_waits
            S6 s06_a_dropped_turn_changes_nothing
            S6 s06_a_refused_append_gives_the_turn_back
            S6 s06_reading_does_not_wait_for_a_turn
            S6 s06_racing_writers_make_one_chain
            S7 s07_a_turn_sees_what_came_before
            S7 s07_the_tail_pages_and_diverges
            S8 s08_an_append_after_another_head_is_a_conflict
            S8 s08_an_append_after_a_restore_is_a_conflict
            S8 s08_entries_must_follow_each_other
            S8 s08_several_entries_go_in_together
            S8 s08_no_entries_are_no_error
            S8 s08_a_conflict_is_told_before_a_reused_request
            S9 s09_what_was_acknowledged_is_there_after_reopening
            S9 s09_a_request_id_is_stored_once
            S9 s09_a_request_id_is_stored_once_in_one_append
            S10 s10_erasing_takes_the_text_and_keeps_the_chain
            S10 s10_other_items_and_entries_stay
            S10 s10_an_erased_request_is_not_found
            S10 s10_erasing_again_is_harmless
            S10 s10_erasing_what_is_not_there_is_harmless
            S10 s10_an_entry_that_is_not_held_is_diverged
            S10 s10_after_a_restore_no_other_entry_is_erased
            S10 s10_what_was_erased_stays_erased
        }
    };
}

/// What can be made of the list of the cases.
#[doc(hidden)]
#[macro_export]
macro_rules! __list {
    (table; $($rule:ident $name:ident)*) => {
        &[$($crate::Case {
            name: stringify!($name),
            rule: $crate::Rule::$rule,
            run: $crate::cases::$name,
        }),*]
    };
    (tests [$stores:expr]; $($rule:ident $name:ident)*) => {
        $(
            #[test]
            fn $name() -> $crate::Outcome {
                $crate::cases::$name(&$stores)
            }
        )*
    };
}

/// Every case, in the order of the rules.
pub const CASES: &[Case] = crate::__cases!(table);

/// Makes one test of each case, for the stores that the expression makes.
///
/// ```
/// mod conformance {
///     caseload_conformance::caseload_conformance!(caseload_conformance::MemoryStores);
/// }
/// ```
#[macro_export]
macro_rules! caseload_conformance {
    ($stores:expr $(,)?) => {
        $crate::__cases! { tests [$stores] }
    };
}

/// As much as a page can hold.
const ALL: PageLimit = PageLimit { entries: usize::MAX, bytes: usize::MAX };

const fn at_most(entries: usize) -> PageLimit {
    PageLimit { entries, bytes: usize::MAX }
}

fn story() -> Story {
    Story::new("a")
}

/// A store and a handle on it.
type Opened = (Box<dyn Store>, Box<dyn Log>);

/// An empty store and a handle on it.
fn empty(rule: Rule, stores: &dyn Stores) -> Result<Opened, Failure> {
    let store = rule.done("making a store", stores.fresh())?;
    let log = open(rule, &*store)?;
    Ok((store, log))
}

fn open(rule: Rule, store: &dyn Store) -> Result<Box<dyn Log>, Failure> {
    rule.done("opening a handle", store.open())
}

/// A store that was given so many entries one by one, a handle on it, and the entries.
fn filled(rule: Rule, stores: &dyn Stores, count: usize) -> Result<Filled, Failure> {
    let (store, log) = empty(rule, stores)?;
    let entries = rule.ok("telling a story", story().chain(&Head::START, count))?;
    let mut head = Head::START;
    for entry in &entries {
        rule.ok("appending", append(&*log, &head, std::slice::from_ref(entry)))?;
        head = entry.head();
    }
    Ok(Filled { store, log, entries })
}

/// A store with entries in it. The handle goes before the store.
struct Filled {
    log: Box<dyn Log>,
    store: Box<dyn Store>,
    entries: Vec<Entry>,
}

impl Filled {
    /// The head after so many entries.
    fn head(&self, count: usize) -> Head {
        let last = count.checked_sub(1).and_then(|index| self.entries.get(index));
        last.map_or(Head::START, Entry::head)
    }

    /// The head after all of them.
    fn end(&self) -> Head {
        self.head(self.entries.len())
    }

    /// What follows so many entries.
    fn rest(&self, count: usize) -> &[Entry] {
        self.entries.get(count..).unwrap_or_default()
    }

    /// The first entries.
    fn first(&self, count: usize) -> &[Entry] {
        self.entries.get(..count).unwrap_or_default()
    }

    fn entry(&self, rule: Rule, position: usize) -> Result<&Entry, Failure> {
        let entry = position.checked_sub(1).and_then(|index| self.entries.get(index));
        entry.ok_or_else(|| rule.broken("the suite is wrong: no such entry"))
    }

    /// Whether the log holds these entries and no others, through this handle and a new one.
    fn holds(&self, rule: Rule, entries: &[Entry]) -> Outcome {
        holds(rule, "through the open handle", &*self.log, entries)?;
        holds(rule, "through a new handle", &*open(rule, &*self.store)?, entries)
    }
}

fn holds(rule: Rule, what: &str, log: &dyn Log, entries: &[Entry]) -> Outcome {
    let head = rule.ok("asking for the head", log.head())?;
    rule.same(what, head, entries.last().map_or(Head::START, Entry::head))?;
    rule.same_entries(what, &everything(rule, log)?, entries)
}

fn append(log: &dyn Log, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
    log.turn()?.append(after, entries)
}

fn everything(rule: Rule, log: &dyn Log) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    rest(rule, Head::START, PageLimit::default(), &mut entries, |head, limit| {
        log.read(head, limit)
    })?;
    Ok(entries)
}

/// Reads page by page from a head to the end, and says where that is. Each page must continue the
/// one before.
fn rest(
    rule: Rule,
    mut head: Head,
    limit: PageLimit,
    entries: &mut Vec<Entry>,
    mut read: impl FnMut(&Head, PageLimit) -> Result<Page, StoreError>,
) -> Result<Head, Failure> {
    loop {
        let page = rule.ok("reading a page", read(&head, limit))?;
        rule.ensure(page.entries.len() <= limit.entries.max(1), || {
            format!("a page of {} entries where {} may be", page.entries.len(), limit.entries)
        })?;
        rule.ensure(page.more == More::No || !page.entries.is_empty(), || {
            format!("an empty page after {} that says there is more", head.position)
        })?;
        for entry in page.entries {
            rule.ensure(entry.continues(&head), || {
                format!("entry {} does not continue the one before", entry.position)
            })?;
            head = entry.head();
            entries.push(entry);
        }
        if page.more == More::No {
            return Ok(head);
        }
    }
}

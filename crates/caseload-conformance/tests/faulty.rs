//! Every store that is broken on purpose is caught, by the case that is there for it.

use std::thread;

use caseload_conformance::{
    CASES, Case, Failure,
    faulty::{Fault, FaultyStores},
};

/// Faults so coarse that nearly every case meets them; the others show what each case is there for.
const COARSE: &[Fault] = &[
    Fault::AlwaysMore,
    Fault::WrongOrder,
    Fault::TruncatedRead,
    Fault::BodyWrittenAnew,
    Fault::RecordedInSeconds,
    Fault::LostWrite,
    Fault::HalfTransfer,
];

/// For each fault a case that must catch it.
const CAUGHT: &[(Fault, &str)] = &[
    (Fault::EmptyLogFails, "s01_an_empty_log_ends_at_the_start"),
    (Fault::LostWrite, "s01_the_head_is_the_last_entry"),
    (Fault::HalfTransfer, "s08_several_entries_go_in_together"),
    (Fault::TornRefusal, "s09_a_request_id_is_stored_once"),
    (Fault::IgnoredHead, "s08_an_append_after_another_head_is_a_conflict"),
    (Fault::UncheckedChain, "s08_entries_must_follow_each_other"),
    (Fault::DuplicateAccepted, "s09_a_request_id_is_stored_once"),
    (Fault::EverythingIsAConflict, "s09_a_request_id_is_stored_once_in_one_append"),
    (Fault::SwallowedError, "s06_a_refused_append_gives_the_turn_back"),
    (Fault::StaleRead, "s02_another_handle_reads_the_latest"),
    (Fault::WrongOrder, "s02_entries_come_back_in_order"),
    (Fault::TruncatedRead, "s03_pages_by_entries"),
    (Fault::NeverMore, "s03_pages_fit_together_while_another_writes"),
    (Fault::AlwaysMore, "s01_an_empty_log_ends_at_the_start"),
    (Fault::UnboundedPage, "s03_pages_by_bytes"),
    (Fault::EmptyPage, "s03_a_page_holds_at_least_one_entry"),
    (Fault::ForeignHeadNotNoticed, "s04_a_foreign_hash_is_diverged"),
    (Fault::EarlierEndNotNoticed, "s04_a_restored_copy_is_diverged"),
    (Fault::TailTakesAnyHead, "s07_the_tail_pages_and_diverges"),
    (Fault::StaleTail, "s07_a_turn_sees_what_came_before"),
    (Fault::NoLock, "s06_a_second_writer_waits"),
    (Fault::LockKept, "s06_a_dropped_turn_changes_nothing"),
    (Fault::ReadersWait, "s06_reading_does_not_wait_for_a_turn"),
    (Fault::RequestNotFound, "s05_a_request_is_found"),
    (Fault::RequestsIgnoreCase, "s05_request_ids_are_equal_by_bytes"),
    (Fault::RequestsCut, "s05_request_ids_are_equal_by_bytes"),
    (Fault::RequestsNotRead, "s02_every_field_comes_back_as_it_was"),
    (Fault::BodyWrittenAnew, "s02_every_field_comes_back_as_it_was"),
    (Fault::RecordedInSeconds, "s02_every_field_comes_back_as_it_was"),
    (Fault::SmallBlobs, "s02_the_biggest_entry_comes_back"),
    (Fault::EraseNothing, "s10_erasing_takes_the_text_and_keeps_the_chain"),
    (Fault::EraseDigests, "s10_erasing_takes_the_text_and_keeps_the_chain"),
    (Fault::EraseTooMuch, "s10_other_items_and_entries_stay"),
    (Fault::EraseKeepsRequest, "s10_an_erased_request_is_not_found"),
    (Fault::EraseTwiceFails, "s10_erasing_again_is_harmless"),
    (Fault::EraseAtPosition, "s10_an_entry_that_is_not_held_is_diverged"),
    (Fault::TornErasure, "s10_an_entry_that_is_not_held_is_diverged"),
];

#[test]
fn each_fault_is_caught() {
    let listed: Vec<Fault> = CAUGHT.iter().map(|(fault, _)| *fault).collect();
    assert_eq!(listed, Fault::ALL);
    let mut idle: Vec<&str> = CASES.iter().map(|case| case.name).collect();
    // Three at a time, because some cases wait for what must not happen.
    for some in CAUGHT.chunks(3) {
        let caught: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> =
                some.iter().map(|(fault, _)| scope.spawn(|| failures(*fault))).collect();
            running.into_iter().map(|running| running.join().unwrap()).collect()
        });
        for ((fault, expected), caught) in some.iter().zip(caught) {
            for (case, failure) in &caught {
                assert_eq!(case.rule, failure.rule);
                println!("{fault:?}: {} told {failure}", case.name);
                idle.retain(|name| *name != case.name || COARSE.contains(fault));
            }
            assert!(caught.iter().any(|(case, _)| case.name == *expected), "{fault:?}: {caught:?}");
        }
    }
    assert!(idle.is_empty(), "cases that are there for no fault: {idle:?}");
}

fn failures(fault: Fault) -> Vec<(Case, Failure)> {
    let stores = FaultyStores(fault);
    let failure = |case: &Case| Some((*case, (case.run)(&stores).err()?));
    CASES.iter().filter_map(failure).collect()
}

//! The recorded clock never goes back, and says so when the store's does.

#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use caseload::{
    Actor, Agency, Code, Day, MemoryLog, Receipt, RegisterStaff, StaffId, log::Recorded,
};

const MINUTE: i64 = 60_000_000;

/// Records one entry at noon, and another when the store's clock shows so many minutes less.
fn second_receipt(minutes_back: i64, extra_micros: i64) -> (Receipt, Agency) {
    let noon = 1_718_452_800_000_000;
    let micros = Arc::new(AtomicI64::new(noon));
    let clock = micros.clone();
    let log = MemoryLog::with_clock(Arc::new(move || {
        Recorded::from_micros(clock.load(Ordering::SeqCst))
    }));
    let agency = Agency::open(log).unwrap();
    let day: Day = "2024-06-15".parse().unwrap();
    let desk = agency.acting_as(Actor::Root).on(day);
    desk.record(RegisterStaff::new(StaffId::new("s1").unwrap())).unwrap();
    micros.store(noon - minutes_back * MINUTE - extra_micros, Ordering::SeqCst);
    let receipt = desk.record(RegisterStaff::new(StaffId::new("s2").unwrap())).unwrap();
    (receipt, agency)
}

#[test]
fn more_than_five_minutes_behind_is_a_notice() {
    let (receipt, agency) = second_receipt(5, 1);
    let codes: Vec<Code> = receipt.outcome.notices.iter().map(|notice| notice.code()).collect();
    assert_eq!(codes, [Code::ClockBehind]);
    agency.verify(Some(receipt.head)).unwrap();
}

#[test]
fn five_minutes_behind_is_none() {
    let (receipt, _) = second_receipt(5, 0);
    assert_eq!(receipt.outcome.notices, []);
}

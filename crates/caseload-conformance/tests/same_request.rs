//! A request that somebody else stores between the look-up and the turn is answered as the first time.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where something is wrong")]

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use caseload::{
    Actor, Agency, Assign, AssignmentId, Command, Context, DefineProgram, EndAssignment, Enroll,
    Error, MemoryLog, ParticipantId, ProgramId, Receipt, RegisterStaff, RequestId, StaffId,
    StoreError, Verdict,
    log::{Entry, Erasure, Head, Log, Page, PageLimit, Turn},
};

/// A log into which another handle stores a command right after it was looked at for the first time.
struct Overtaken {
    log: MemoryLog,
    command: Command,
    look: Look,
    is_over: AtomicBool,
}

/// Which look it is.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    ForTheRequest,
    ForEntries,
}

impl Overtaken {
    fn looked(&self, look: Look) -> Result<(), StoreError> {
        if look == self.look && !self.is_over.swap(true, Ordering::Relaxed) {
            Agency::open(self.log.clone())?.record(self.command.clone(), form()).unwrap();
        }
        Ok(())
    }
}

impl Log for Overtaken {
    fn head(&self) -> Result<Head, StoreError> {
        self.log.head()
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let page = self.log.read(after, limit)?;
        self.looked(Look::ForEntries)?;
        Ok(page)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        let found = self.log.find(request)?;
        self.looked(Look::ForTheRequest)?;
        Ok(found)
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        self.log.turn()
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        self.log.erase(items)
    }
}

fn form() -> Context {
    let mut context = today();
    context.request = Some(RequestId::new("form-1").unwrap());
    context
}

fn today() -> Context {
    Context::new(Actor::Root, "2024-06-15".parse().unwrap())
}

fn end(day: &str) -> Command {
    EndAssignment::new(AssignmentId::new("a1").unwrap(), day.parse().unwrap()).into()
}

/// An agency with the assignment `a1` and an end of it that is stored right after a look.
fn overtaken_after(look: Look) -> Agency {
    let log = MemoryLog::new();
    let agency = Agency::open(log.clone()).unwrap();
    let (program, staff) = (ProgramId::new("p1").unwrap(), StaffId::new("s1").unwrap());
    let (client, day) = (ParticipantId::new("c1").unwrap(), "2024-01-01".parse().unwrap());
    agency.record(DefineProgram::new(program.clone()), today()).unwrap();
    agency.record(RegisterStaff::new(staff.clone()), today()).unwrap();
    agency.record(Enroll::new(client.clone(), program.clone(), day), today()).unwrap();
    let mut assign = Assign::new(staff, client, program, day);
    assign.id = Some(AssignmentId::new("a1").unwrap());
    agency.record(assign, today()).unwrap();
    let command = end("2024-06-30");
    // Opening looks for entries, too.
    let overtaken = Overtaken { log, command, look, is_over: AtomicBool::new(true) };
    let overtaken = Arc::new(overtaken);
    let agency = Agency::open(overtaken.clone()).unwrap();
    overtaken.is_over.store(false, Ordering::Relaxed);
    agency
}

fn receipt_of(agency: &Agency) -> Receipt {
    agency.outcome(&RequestId::new("form-1").unwrap()).unwrap().unwrap()
}

#[test]
fn the_same_command_is_answered_with_the_first_receipt() {
    let agency = overtaken_after(Look::ForTheRequest);
    // By the rules alone it would be refused now: the assignment has an end already.
    let receipt = agency.record(end("2024-06-30"), form()).unwrap();
    assert_eq!(receipt, receipt_of(&agency));
}

#[test]
fn another_command_is_told_that_the_request_was_used() {
    let agency = overtaken_after(Look::ForTheRequest);
    let error = agency.record(end("2024-07-31"), form()).unwrap_err();
    assert!(matches!(error, Error::Input(_)));
    assert_eq!(error.code(), "request-reused");
}

#[test]
fn a_review_is_answered_with_the_first_receipt() {
    let agency = overtaken_after(Look::ForEntries);
    let verdict = agency.review(end("2024-06-30"), form()).unwrap();
    assert_eq!(verdict, Verdict::Known(receipt_of(&agency)));
}

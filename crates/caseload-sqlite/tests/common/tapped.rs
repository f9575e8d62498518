//! A log with a tap at each step of an append, to fail or to die there.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{process::Command, sync::Arc};

use caseload::{
    RequestId, StoreError,
    log::{Entry, Erasure, Head, Log, Page, PageLimit, Recorded, Turn},
};

/// Where a log can be tapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    BeforeRead,
    AfterRead,
    Find,
    BeforeTurn,
    AfterTail,
    BeforeAppend,
    AfterAppend,
    BeforeErase,
    AfterErase,
}

/// What happens at a point: nothing, or an error in place of the answer.
pub type Tap = Arc<dyn Fn(Point) -> Result<(), StoreError> + Send + Sync>;

pub struct Tapped<L> {
    pub log: Arc<L>,
    pub tap: Tap,
}

impl<L> Tapped<L> {
    pub fn new(
        log: L,
        tap: impl Fn(Point) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Self {
        Tapped { log: Arc::new(log), tap: Arc::new(tap) }
    }
}

/// Dies as by `kill -9`: nothing is closed, flushed or rolled back.
pub fn die() -> Result<(), StoreError> {
    let me = std::process::id().to_string();
    let _ = Command::new("kill").args(["-9", &me]).status();
    std::process::abort()
}

impl<L: Log> Log for Tapped<L> {
    fn head(&self) -> Result<Head, StoreError> {
        self.log.head()
    }

    fn read(&self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        (self.tap)(Point::BeforeRead)?;
        let page = self.log.read(after, limit)?;
        (self.tap)(Point::AfterRead)?;
        Ok(page)
    }

    fn find(&self, request: &RequestId) -> Result<Option<Entry>, StoreError> {
        (self.tap)(Point::Find)?;
        self.log.find(request)
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, StoreError> {
        (self.tap)(Point::BeforeTurn)?;
        Ok(Box::new(TappedTurn { turn: self.log.turn()?, tap: &self.tap }))
    }

    fn erase(&self, items: &[Erasure]) -> Result<(), StoreError> {
        (self.tap)(Point::BeforeErase)?;
        self.log.erase(items)?;
        (self.tap)(Point::AfterErase)
    }
}

struct TappedTurn<'a> {
    turn: Box<dyn Turn + 'a>,
    tap: &'a Tap,
}

impl Turn for TappedTurn<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        self.turn.head()
    }

    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        let page = self.turn.tail(after, limit)?;
        (self.tap)(Point::AfterTail)?;
        Ok(page)
    }

    fn clock(&mut self) -> Result<Recorded, StoreError> {
        self.turn.clock()
    }

    fn append(self: Box<Self>, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        (self.tap)(Point::BeforeAppend)?;
        self.turn.append(after, entries)?;
        (self.tap)(Point::AfterAppend)
    }
}

//! A connection that one thread at a time borrows, waiting no longer than the timeout.

use std::{
    cell::Cell,
    ops::Deref,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use caseload::log::Head;
use rusqlite::Connection;

use crate::place::Identity;

/// Holds one connection while nobody borrows it.
#[derive(Debug)]
pub(crate) struct Slot {
    state: Mutex<State>,
    changed: Condvar,
    // Of the process that opened it: elsewhere it must not even be closed.
    process: u32,
}

/// A connection, the files it was opened on, and the number of the agency in them.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) connection: Connection,
    pub(crate) identity: Identity,
    pub(crate) agency: i64,
    /// Where the log was seen to end, and the data version of the file before that was looked at.
    pub(crate) ended: Cell<Option<(i64, Head)>>,
}

#[derive(Debug)]
enum State {
    /// It is here; `None`: it must be opened anew.
    Here(Option<Box<Open>>),
    Lent,
    Closed,
}

/// Why a slot could not be borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotLent {
    TimedOut,
    Closed,
}

impl Slot {
    pub(crate) const fn new(open: Option<Box<Open>>, process: u32) -> Slot {
        Slot { state: Mutex::new(State::Here(open)), changed: Condvar::new(), process }
    }

    /// Borrows the connection; [`Lent::open`] is `None` when it must be opened anew.
    pub(crate) fn borrow(&self, timeout: Duration) -> Result<Lent<'_>, NotLent> {
        let (mut state, _) = self
            .changed
            .wait_timeout_while(self.lock(), timeout, |state| matches!(state, State::Lent))
            .unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *state, State::Lent) {
            State::Here(open) => Ok(Lent { slot: self, open }),
            State::Lent => Err(NotLent::TimedOut),
            State::Closed => {
                *state = State::Closed;
                Err(NotLent::Closed)
            }
        }
    }

    // The state is whole at every moment, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, state: State) {
        *self.lock() = state;
        self.changed.notify_one();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if std::process::id() == self.process {
            return;
        }
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Closing it in a forked process would meddle with the files of the other.
        std::mem::forget(std::mem::replace(state, State::Closed));
    }
}

/// A borrowed connection; it goes back when dropped, with nothing left open on it.
#[derive(Debug)]
pub(crate) struct Lent<'slot> {
    slot: &'slot Slot,
    pub(crate) open: Option<Box<Open>>,
}

impl Lent<'_> {
    /// Takes the connection out for good.
    pub(crate) fn close(mut self) -> Option<Connection> {
        let open = self.open.take();
        let slot = self.slot;
        std::mem::forget(self);
        slot.put(State::Closed);
        slot.changed.notify_all();
        open.map(|open| open.connection)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut open = self.open.take();
        if std::process::id() != self.slot.process {
            std::mem::forget(open);
            return;
        }
        // SQLite may have rolled back by itself already.
        let rolled_back = open.as_ref().is_none_or(|open| {
            open.connection.is_autocommit() || open.connection.execute_batch("ROLLBACK").is_ok()
        });
        if !rolled_back {
            open = None;
        }
        self.slot.put(State::Here(open));
    }
}

impl Deref for Open {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

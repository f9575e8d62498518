//! What an accepted command stored, or would store.

use crate::{
    AnyId, AssignmentId, Code, Event, Notice, Problem, RequestId, RowVerdict, Violation, log::Head,
};

/// What an accepted command stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The log after it; for a repeated request, after the entry that was stored the first time.
    pub head: Head,
    /// The request it was stored as.
    pub request: Option<RequestId>,
    /// What it did.
    pub outcome: Outcome,
}

impl Receipt {
    pub(crate) const fn new(head: Head, request: Option<RequestId>, outcome: Outcome) -> Receipt {
        Receipt { head, request, outcome }
    }
}

/// What a command does: events, what stayed, what is worth saying, and a batch's verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// Assignments that stayed as they were, in id order, with the code that kept them so.
    pub left: Vec<(AssignmentId, Code)>,
    /// What is worth saying.
    pub notices: Vec<Notice>,
    /// The verdicts of a batch's rows; empty for every other command.
    pub rows: Vec<RowVerdict>,
}

impl Outcome {
    /// The ids it made, in order.
    pub fn ids(&self) -> Vec<AnyId> {
        self.events.iter().filter_map(Event::new_id).collect()
    }

    /// The assignments that were given an end, in order.
    pub fn ended(&self) -> Vec<AssignmentId> {
        self.events.iter().filter_map(Event::ended).cloned().collect()
    }

    pub(crate) fn event(event: Event) -> Outcome {
        Outcome { events: vec![event], ..Outcome::default() }
    }

    pub(crate) fn notice(&mut self, problem: Problem) {
        self.notices.push(Notice { problem });
    }
}

/// What the rules say of a command that was reviewed instead of recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It would be stored; this is what it would do.
    Accepted(Outcome),
    /// It was stored before, as this request: its first answer.
    Known(Receipt),
    /// It would be refused.
    Refused {
        /// Every violation of the first broken phase.
        violations: Vec<Violation>,
        /// The verdicts of a batch's rows.
        rows: Vec<RowVerdict>,
    },
}

impl Verdict {
    /// Whether it would be stored, or was.
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Verdict::Accepted(_) | Verdict::Known(_))
    }
}

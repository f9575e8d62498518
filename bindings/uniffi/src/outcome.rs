//! What an accepted command stored, or would store, and what the rules say of one that was reviewed.

use caseload::{Keeping, Outcome as CoreOutcome, Receipt as CoreReceipt, Verdict as CoreVerdict};

use crate::{
    event::Event,
    failure::CaseloadError,
    id::{AnyId, AssignmentId, RequestId},
    log_entry::Head,
    reading::counted,
    violation::{Notice, RowVerdict, Violation, rows, violations},
};

/// What an accepted command stored.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Receipt {
    /// The log after it; for a repeated request, after the entry that was stored the first time.
    pub head: Head,
    /// The request it was stored as.
    pub request: Option<RequestId>,
    /// What it did.
    pub outcome: Outcome,
}

/// What a command does: ids, events, what stayed, what is worth saying, and a batch's verdicts.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Outcome {
    /// The ids it made, in order.
    pub ids: Vec<AnyId>,
    /// The assignments that were given an end, in order.
    pub ended: Vec<AssignmentId>,
    /// Assignments that stayed as they were, in id order.
    pub left: Vec<Left>,
    /// What is worth saying.
    pub notices: Vec<Notice>,
    /// The verdicts of a batch's rows; empty for every other command.
    pub rows: Vec<RowVerdict>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// An assignment that stayed as it was.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Left {
    /// The assignment.
    pub assignment: AssignmentId,
    /// The code that kept it so.
    pub code: String,
}

/// What the rules say of a command that was reviewed instead of recorded.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Verdict {
    /// It would be accepted.
    Accepted {
        /// What it would do.
        outcome: Outcome,
        /// Where the log would end after it.
        position: i64,
    },
    /// It was stored before, as this request: its first answer.
    Known {
        /// The answer.
        receipt: Receipt,
    },
    /// It would be refused.
    Refused {
        /// Every violation of the first broken phase.
        violations: Vec<Violation>,
        /// The verdicts of a batch's rows.
        rows: Vec<RowVerdict>,
    },
}

impl Receipt {
    pub(crate) fn told(receipt: &CoreReceipt) -> Result<Receipt, CaseloadError> {
        Ok(Receipt {
            head: Head::from(&receipt.head),
            request: receipt.request.as_ref().map(RequestId::from),
            outcome: Outcome::told(&receipt.outcome)?,
        })
    }
}

impl Outcome {
    fn told(outcome: &CoreOutcome) -> Result<Outcome, CaseloadError> {
        let left = outcome.left.iter();
        Ok(Outcome {
            ids: outcome.ids().iter().map(AnyId::from).collect(),
            ended: outcome.ended().iter().map(AssignmentId::from).collect(),
            left: left
                .map(|(id, code)| Left { assignment: id.into(), code: code.word().to_owned() })
                .collect(),
            notices: outcome.notices.iter().map(Notice::from).collect(),
            rows: rows(&outcome.rows),
            events: outcome.events.iter().map(Event::told).collect::<Result<_, _>>()?,
        })
    }
}

impl Verdict {
    /// A verdict on a command that would follow this head.
    pub(crate) fn told(
        verdict: &CoreVerdict,
        after: caseload::log::Head,
    ) -> Result<Verdict, CaseloadError> {
        Ok(match verdict {
            CoreVerdict::Accepted { outcome, keeping } => Verdict::Accepted {
                outcome: Outcome::told(outcome)?,
                position: match keeping {
                    Keeping::Entry => counted(after.position.saturating_add(1)),
                    Keeping::Nothing => counted(after.position),
                },
            },
            CoreVerdict::Known(receipt) => Verdict::Known { receipt: Receipt::told(receipt)? },
            CoreVerdict::Refused { violations: broken, rows: verdicts } => {
                Verdict::Refused { violations: violations(broken), rows: rows(verdicts) }
            }
        })
    }
}

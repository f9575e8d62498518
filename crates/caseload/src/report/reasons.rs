//! What only the log keeps: why a line ended, changed or stopped counting.

use std::collections::BTreeSet;

use crate::{
    Cause, Error, Kind, Reason, Snapshot,
    body::{Body, Fact},
    hash::FastMap,
    log::PrivateItems,
};

/// Where the end of an assignment comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndCause {
    /// It was entered with the assignment, or with the correction that made it.
    AsEntered,
    /// A transfer: the next assignment starts there.
    HandedOver,
    /// It was given later, by this.
    Given(Cause),
}

impl EndCause {
    /// The word for it.
    ///
    /// ```
    /// use caseload::{Cause, report::EndCause};
    /// assert_eq!(EndCause::HandedOver.word(), "handed_over");
    /// assert_eq!(EndCause::Given(Cause::Mirror).word(), Cause::Mirror.word());
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            EndCause::AsEntered => "as_entered",
            EndCause::HandedOver => "handed_over",
            EndCause::Given(cause) => cause.word(),
        }
    }
}

/// What an entry did to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Done {
    /// It gave the line its days.
    Days,
    /// It made it count no more.
    Closed,
}

/// A line, an entry, and what the entry did to it.
type Question = (Kind, u32, u32, Done);

/// Asks the log about lines.
#[derive(Default)]
pub(super) struct Reasons {
    asked: BTreeSet<u32>,
    found: FastMap<Question, (EndCause, Option<Reason>)>,
}

impl Reasons {
    /// Will ask about an entry.
    pub(super) fn ask(&mut self, position: u32) {
        self.asked.insert(position);
    }

    /// Reads the entries asked about, and says now and then how many of how many were read.
    pub(super) fn read(
        &mut self,
        snapshot: &Snapshot,
        mut tell: impl FnMut(usize, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let asked = std::mem::take(&mut self.asked);
        let before_page = |done| tell(done, asked.len());
        let found = |position, body: &Body, items: &PrivateItems| {
            self.take_in(position, body, items);
        };
        snapshot.read_back(&asked, before_page, found)
    }

    /// The cause of a line's days, and the reason that was given. One that was forgotten is none.
    pub(super) fn of(&self, question: Question) -> (EndCause, Option<Reason>) {
        self.found.get(&question).cloned().unwrap_or((EndCause::AsEntered, None))
    }

    pub(super) fn reason(&self, question: Question) -> Option<Reason> {
        self.of(question).1
    }

    /// A later fact of an entry about a line stands for an earlier one.
    fn take_in(&mut self, position: u32, body: &Body, items: &PrivateItems) {
        let reason = |place: Option<u32>| {
            place.and_then(|place| items.text(place as usize)).map(Reason::stored)
        };
        for fact in &body.facts {
            let told = match *fact {
                Fact::AssignmentEnded { assignment, cause, reason, .. } => {
                    Some((Kind::Assignment, assignment, Done::Days, EndCause::Given(cause), reason))
                }
                Fact::Transferred { assignment, reason, .. } => {
                    Some((Kind::Assignment, assignment, Done::Days, EndCause::HandedOver, reason))
                }
                Fact::AssignmentCorrected { assignment, reason, .. } => {
                    let as_entered = EndCause::AsEntered;
                    Some((Kind::Assignment, assignment, Done::Closed, as_entered, Some(reason)))
                }
                Fact::AssignmentVoided { assignment, reason } => {
                    Some((Kind::Assignment, assignment, Done::Closed, EndCause::AsEntered, reason))
                }
                _ => about_an_enrollment(fact),
            };
            if let Some((kind, number, done, cause, place)) = told {
                self.found.insert((kind, number, position, done), (cause, reason(place)));
            }
        }
    }
}

fn about_an_enrollment(fact: &Fact) -> Option<(Kind, u32, Done, EndCause, Option<u32>)> {
    let (number, done, cause, reason) = match *fact {
        Fact::EnrollmentEnded { enrollment, reason, .. } => {
            (enrollment, Done::Days, EndCause::Given(Cause::Command), reason)
        }
        Fact::EnrollmentReinstated { enrollment, reason } => {
            (enrollment, Done::Days, EndCause::AsEntered, Some(reason))
        }
        Fact::EnrollmentCorrected { enrollment, by, reason, .. } if enrollment == by => {
            (enrollment, Done::Days, EndCause::Given(Cause::Mirror), reason)
        }
        Fact::EnrollmentCorrected { enrollment, reason, .. }
        | Fact::EnrollmentVoided { enrollment, reason } => {
            (enrollment, Done::Closed, EndCause::AsEntered, reason)
        }
        _ => return None,
    };
    Some((Kind::Enrollment, number, done, cause, reason))
}

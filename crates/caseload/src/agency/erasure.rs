//! Erasing what `forget` asked for: found in every entry, and removed by the store.

use std::collections::BTreeMap;

use super::Agency;
use crate::{
    Kind, StoreError,
    body::{Body, Fact},
    log::{Entry, Erasure, Head, More, PageLimit, PrivateItems, RequestText},
    state::{Forgotten, State},
};

impl Agency {
    /// Has the store erase whoever was forgotten and is still to be found in it. Stopped in the middle,
    /// it is done again by the next one who folds the log: the entry that first mentioned the
    /// participant is erased last.
    pub(super) fn erase_what_is_owed(&self) -> Result<(), StoreError> {
        let owed: Vec<Forgotten> = self.state().to_erase().to_vec();
        if owed.is_empty() {
            return Ok(());
        }
        let mut found: BTreeMap<u64, Erasure> = BTreeMap::new();
        let mut after = Head::START;
        let mut mentioned = [0u32; 5];
        loop {
            let page = self.inner.log.read(&after, PageLimit::default())?;
            let state = self.state();
            for entry in &page.entries {
                after = entry.head();
                if let Some(erasure) = in_entry(&state, entry, &owed, &mut mentioned)? {
                    found.insert(entry.position, erasure);
                }
            }
            if page.more == More::No {
                break;
            }
        }
        let erasures: Vec<Erasure> = found.into_values().rev().collect();
        self.inner.log.erase(&erasures)?;
        if let Some(checkpoint) = &self.inner.checkpoint {
            // A cache that still knows who was forgotten must not stay.
            checkpoint.remove()?;
        }
        self.state_mut().erased();
        Ok(())
    }
}

/// The private items of an entry that tell of someone forgotten.
fn in_entry(
    state: &State,
    entry: &Entry,
    owed: &[Forgotten],
    mentioned: &mut [u32; 5],
) -> Result<Option<Erasure>, StoreError> {
    let body = Body::decode(entry.position, &entry.body)?;
    let items = PrivateItems::unpack(&entry.private)?;
    let mut search = Search { state, owed, items: &items, erased: Vec::new(), concerned: false };
    search.mentions(&body, mentioned);
    search.facts(&body);
    for (_, place) in body.rows.iter().flat_map(|rows| &rows.refused) {
        search.erase_if(*place, |text, own| text.contains(&format!("\"{own}\"")));
    }
    let mut request = RequestText::Keep;
    if search.concerned {
        if let Some(place) = body.request {
            search.erased.push(place);
        }
        let told = entry.request.as_ref().is_some_and(|request| {
            owed.iter()
                .flat_map(|who| &who.texts)
                .any(|own| request.as_str().contains(own.as_str()))
        });
        if told {
            request = RequestText::Erase;
        }
    }
    let mut items = search.erased;
    items.sort_unstable();
    items.dedup();
    let nothing = items.is_empty() && request == RequestText::Keep;
    Ok((!nothing).then_some(Erasure { entry: entry.head(), items, request }))
}

struct Search<'a> {
    state: &'a State,
    owed: &'a [Forgotten],
    items: &'a PrivateItems,
    erased: Vec<u32>,
    /// Whether the entry is about someone forgotten.
    concerned: bool,
}

impl Search<'_> {
    fn is_owed(&self, kind: Kind, number: u32) -> bool {
        let participant = self.state.participant_of(kind, number);
        participant.is_some_and(|number| self.owed.iter().any(|who| who.participant == number))
    }

    /// Whether someone forgotten was ever in a program, or in any.
    fn enrolled_somewhere(&self, program: Option<u32>) -> bool {
        let known = self.state.now();
        self.owed.iter().any(|who| {
            let mut timelines = known.timelines_of(who.participant);
            timelines.any(|timeline| {
                known.sides(timeline).is_some_and(|(_, p)| program.is_none_or(|only| only == p))
            })
        })
    }

    fn erase_if(&mut self, place: u32, tells: impl Fn(&str, &str) -> bool) {
        let Some(text) = self.items.text(place as usize) else { return };
        let own = self.owed.iter().flat_map(|who| &who.texts);
        if own.into_iter().any(|own| tells(text, own)) {
            self.erased.push(place);
        }
    }

    /// The participant's own id, and ids of their lines that contain it. Numbers are given in order
    /// of first mention, so that those mentioned before tell where this entry's begin.
    fn mentions(&mut self, body: &Body, mentioned: &mut [u32; 5]) {
        let mut place = 0u32;
        for (kind, mentioned) in Kind::ALL.into_iter().zip(mentioned) {
            for _ in 0..body.new.of(kind) {
                *mentioned += 1;
                if self.is_owed(kind, *mentioned) {
                    self.concerned = true;
                    if kind == Kind::Participant {
                        self.erased.push(place);
                    } else {
                        self.erase_if(place, |text, own| text.contains(own));
                    }
                }
                place += 1;
            }
        }
    }

    /// Reasons of the participant's lines, and later texts of their ids.
    fn facts(&mut self, body: &Body) {
        let mut reasons: BTreeMap<u32, bool> = BTreeMap::new();
        for fact in &body.facts {
            // A whole listing, or the names of a whole transfer, may hold them without a change of theirs.
            self.concerned |= match fact {
                Fact::EnrollmentsMirrored { program } => self.enrolled_somewhere(Some(*program)),
                Fact::CaseloadTransferred { program, .. } => self.enrolled_somewhere(*program),
                _ => false,
            };
            let Some((kind, number)) = fact.subject() else { continue };
            let owed = self.is_owed(kind, number);
            self.concerned |= owed;
            if let Fact::IdReplaced { id, .. } = fact
                && owed
            {
                if kind == Kind::Participant {
                    self.erased.push(*id);
                } else {
                    self.erase_if(*id, |text, own| text.contains(own));
                }
            }
            if let Some(place) = fact.reason() {
                // A reason given for several people at once stays unless it names this one.
                *reasons.entry(place).or_insert(true) &= owed;
            }
        }
        for (place, only_theirs) in reasons {
            if only_theirs {
                self.erased.push(place);
            } else {
                self.erase_if(place, |text, own| text.contains(own));
            }
        }
    }
}

impl Fact {
    /// The person or line that it is about, where forgetting could matter.
    const fn subject(&self) -> Option<(Kind, u32)> {
        match self {
            Fact::Enrolled { enrollment, .. }
            | Fact::EnrollmentEnded { enrollment, .. }
            | Fact::EnrollmentReinstated { enrollment, .. }
            | Fact::EnrollmentCorrected { enrollment, .. }
            | Fact::EnrollmentVoided { enrollment, .. } => Some((Kind::Enrollment, *enrollment)),
            Fact::Assigned { assignment, .. }
            | Fact::AssignmentEnded { assignment, .. }
            | Fact::AssignmentReopened { assignment }
            | Fact::Transferred { assignment, .. }
            | Fact::AssignmentCorrected { assignment, .. }
            | Fact::AssignmentVoided { assignment, .. } => Some((Kind::Assignment, *assignment)),
            Fact::IdReplaced { kind, number, .. } => Some((*kind, *number)),
            Fact::ParticipantForgotten { participant, .. } => {
                Some((Kind::Participant, *participant))
            }
            _ => None,
        }
    }

    /// The place of its reason.
    const fn reason(&self) -> Option<u32> {
        match self {
            Fact::EnrollmentEnded { reason, .. }
            | Fact::EnrollmentCorrected { reason, .. }
            | Fact::EnrollmentVoided { reason, .. }
            | Fact::AssignmentEnded { reason, .. }
            | Fact::Transferred { reason, .. }
            | Fact::AssignmentVoided { reason, .. } => *reason,
            Fact::EnrollmentReinstated { reason, .. }
            | Fact::AssignmentCorrected { reason, .. }
            | Fact::IdReplaced { reason, .. } => Some(*reason),
            // Why someone was forgotten stays, unless it names them: that is for the caller to avoid.
            _ => None,
        }
    }
}

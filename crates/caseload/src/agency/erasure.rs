//! Erasing what `forget` asked for: found in every entry, and removed by the store.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Agency;
use crate::{
    Day, Kind, RequestId, StoreError,
    body::{Body, Fact},
    log::{Entry, Erasure, Head, More, PageLimit, PrivateItems, RequestText},
    state::{Forgotten, State},
};

impl Agency {
    /// Has the store erase whoever was forgotten and is still to be found in it. Stopped in the middle,
    /// it is done again by the next one who folds the log: the entries that gave the participant an id
    /// are erased last.
    pub(super) fn erase_what_is_owed(&self) -> Result<(), StoreError> {
        let owed: Vec<Forgotten> = self.state().to_erase().to_vec();
        if owed.is_empty() {
            return Ok(());
        }
        let mut found: Vec<(Naming, Erasure)> = Vec::new();
        let mut after = Head::START;
        let mut mentioned = [0u32; 5];
        loop {
            let page = self.inner.log.read(&after, PageLimit::default())?.sound()?;
            let state = self.state();
            for entry in &page.entries {
                after = entry.head();
                found.extend(in_entry(&state, entry, &owed, &mut mentioned)?);
            }
            if page.more == More::No {
                break;
            }
        }
        found.sort_by_key(|(naming, _)| *naming);
        let erasures: Vec<Erasure> = found.into_iter().map(|(_, erasure)| erasure).collect();
        self.inner.log.erase(&erasures)?;
        if let Some(checkpoint) = &self.inner.checkpoint {
            // A cache that still knows who was forgotten must not stay.
            checkpoint.remove()?;
        }
        self.state_mut().erased(&owed);
        Ok(())
    }
}

/// Whether an entry gave someone forgotten an id. It is erased after the others: as long as it is
/// whole, whoever folds the log knows whom to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    GivesNone,
    GivesOne,
}

/// The private items of an entry that tell of someone forgotten.
///
/// Each is looked for on their own and no further than the entry that forgot them, so that it makes no
/// difference whether the store is asked after each or late, for several at once.
fn in_entry(
    state: &State,
    entry: &Entry,
    owed: &[Forgotten],
    mentioned: &mut [u32; 5],
) -> Result<Option<(Naming, Erasure)>, StoreError> {
    let body = Body::decode(entry.position, &entry.body)?;
    let packed = PrivateItems::unpack(&entry.private)?;
    let mut erasure =
        Erasure { entry: entry.head(), items: Vec::new(), request: RequestText::Keep };
    let mut naming = Naming::GivesNone;
    for who in owed.iter().filter(|who| entry.position <= u64::from(who.at)) {
        let mut search =
            Search { state, who, items: &packed, erased: Vec::new(), concerned: false, naming };
        search.whole(&body, mentioned);
        let tells = |request: &RequestId| search.told_by(request.as_str());
        if search.concerned && entry.request.as_ref().is_some_and(tells) {
            erasure.request = RequestText::Erase;
        }
        naming = search.naming;
        erasure.items.append(&mut search.erased);
    }
    for (kind, mentioned) in Kind::ALL.into_iter().zip(mentioned) {
        *mentioned += body.new.of(kind);
    }
    erasure.items.sort_unstable();
    erasure.items.dedup();
    let nothing = erasure.items.is_empty() && erasure.request == RequestText::Keep;
    Ok((!nothing).then_some((naming, erasure)))
}

struct Search<'a> {
    state: &'a State,
    who: &'a Forgotten,
    items: &'a PrivateItems,
    erased: Vec<u32>,
    /// Whether the entry is about the one forgotten.
    concerned: bool,
    naming: Naming,
}

impl Search<'_> {
    fn whole(&mut self, body: &Body, mentioned: &[u32; 5]) {
        self.mentions(body, mentioned);
        self.facts(body);
        for (_, place) in body.rows.iter().flat_map(|rows| &rows.refused) {
            self.verdict(*place);
        }
        if self.concerned
            && let Some(place) = body.request
        {
            self.erased.push(place);
        }
    }

    fn is_owed(&self, kind: Kind, number: u32) -> bool {
        self.state.participant_of(kind, number) == Some(self.who.participant)
    }

    fn told_by(&self, text: &str) -> bool {
        self.who.texts.iter().any(|own| text.contains(own.as_str()))
    }

    /// Whether the one forgotten was ever in a program, or in any.
    fn enrolled_somewhere(&self, program: Option<u32>) -> bool {
        let known = self.state.now();
        let mut timelines = known.timelines_of(self.who.participant);
        timelines.any(|timeline| {
            known.sides(timeline).is_some_and(|(_, p)| program.is_none_or(|only| only == p))
        })
    }

    fn erase_if(&mut self, place: u32, tells: impl Fn(&str, &str) -> bool) {
        let Some(text) = self.items.text(place as usize) else { return };
        if self.who.texts.iter().any(|own| tells(text, own)) {
            self.erased.push(place);
        }
    }

    /// The verdict on a refused row, if it names someone forgotten. They may not have been known then,
    /// so any id that was made of theirs counts, unless it is known to be somebody else's.
    fn verdict(&mut self, place: u32) {
        let Some(text) = self.items.text(place as usize) else { return };
        let Ok(violations) = serde_json::from_str::<Value>(text) else { return };
        let mut told = Vec::new();
        parameters(&violations, &mut told);
        let known = self.state.now();
        let of_others = |text: &str| {
            text.parse::<Day>().is_ok()
                || Kind::ALL.into_iter().any(|kind| known.find(kind, text).is_some())
        };
        let named = self.who.texts.iter().any(|own| {
            let tells =
                |text: &&str| text == own || (text.contains(own.as_str()) && !of_others(text));
            told.iter().any(tells)
        });
        if named {
            self.concerned = true;
            self.erased.push(place);
        }
    }

    /// The participant's own id, and ids of their lines that contain it. Numbers are given in order
    /// of first mention, so that those mentioned before tell where this entry's begin.
    fn mentions(&mut self, body: &Body, mentioned: &[u32; 5]) {
        let mut place = 0u32;
        for (kind, mentioned) in Kind::ALL.into_iter().zip(mentioned) {
            for new in 1..=body.new.of(kind) {
                if self.is_owed(kind, mentioned + new) {
                    self.concerned = true;
                    if kind == Kind::Participant {
                        self.naming = Naming::GivesOne;
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
            if let Fact::ParticipantForgotten { reason, .. } = fact {
                // Why someone was forgotten stays, unless it names them.
                self.erase_if(*reason, |text, own| text.contains(own));
            }
            let Some((kind, number)) = fact.subject() else { continue };
            let owed = self.is_owed(kind, number);
            self.concerned |= owed;
            if let Fact::IdReplaced { id, .. } = fact
                && owed
            {
                if kind == Kind::Participant {
                    self.naming = Naming::GivesOne;
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

/// The texts in violations that are no words of the library.
fn parameters<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| parameters(value, found)),
        Value::Object(object) => {
            let given =
                object.iter().filter(|(key, _)| !["code", "fields"].contains(&key.as_str()));
            given.for_each(|(_, value)| parameters(value, found));
        }
        _ => {}
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

//! What the body of an entry holds: facts in numbers and days.
//!
//! The entry that first mentions an id numbers it, per kind and from 1, in order of first mention;
//! bodies carry the number, the private items carry the text. This is the frozen form: a shape may
//! be added in a new level, and none may change. Fields stand in alphabetical order, absent ones
//! are left out, so that equal content gives equal bytes.

use serde::{Deserialize, Serialize};

use crate::{
    Cause, Code, Day, Kind, MAX_BATCH_ROWS, Policy, Rights, StoreError,
    log::{Hash, MAX_ENTRY_BYTES, Position, PrivateItems},
    private_items::LEAST_ITEM_BYTES,
};

/// The decoded body of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The number of the staff member who gave the command; 0 is the host application.
    pub actor: u32,
    /// When a device or an older system took the command, in microseconds since 1970; information only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered: Option<i64>,
    /// What happened, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// Assignments that stayed as they were, with the code that kept them so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<(u32, Code)>,
    /// How many ids this entry mentions first.
    #[serde(default, skip_serializing_if = "Mentions::is_none")]
    pub new: Mentions,
    /// What was worth saying.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<NoticeFact>,
    /// The day on which the command was given.
    pub on: Day,
    /// The digest of the private items.
    #[serde(with = "hex")]
    pub private: Hash,
    /// The private item that says which request this was: its digest of the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<u32>,
    /// The verdicts of a batch's rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowFacts>,
}

/// How many ids of each kind, and roles, an entry mentions first.
///
/// Their texts are the first private items, in this order: participants, staff, programs,
/// enrollments, assignments, roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mentions(pub [u32; 6]);

impl Mentions {
    /// Whether it mentions nothing first.
    pub fn is_none(&self) -> bool {
        self.0 == [0; 6]
    }

    /// How many of a kind.
    pub const fn of(&self, kind: Kind) -> u32 {
        let [participants, staff, programs, enrollments, assignments, _] = self.0;
        match kind {
            Kind::Participant => participants,
            Kind::Staff => staff,
            Kind::Program => programs,
            Kind::Enrollment => enrollments,
            Kind::Assignment => assignments,
        }
    }

    /// How many roles.
    pub const fn roles(&self) -> u32 {
        let [.., roles] = self.0;
        roles
    }

    /// Whether an entry can hold the texts of so many: each is a private item of its own.
    fn fit_an_entry(&self) -> bool {
        let texts: u64 = self.0.iter().copied().map(u64::from).sum();
        usize::try_from(texts).is_ok_and(|texts| texts <= MAX_ENTRY_BYTES / LEAST_ITEM_BYTES)
    }
}

/// The verdicts of a batch's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowFacts {
    /// The refused rows, from 1, each with the private item that holds its violations as JSON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<(u32, u32)>,
    /// How many rows there were.
    pub total: u32,
}

/// A notice in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are the parameters of the code of the same name")]
pub enum NoticeFact {
    CaseloadFull { count: u32, day: Day, max: u32, staff: u32 },
    ClockBehind { seconds: u64 },
    LeftBehind {},
    Misplaced {},
}

/// Something that happened, in numbers and days. `name` and `reason` are indexes of private items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the event of the same name; see `Event`")]
pub enum Fact {
    ProgramDefined {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<u32>,
        policy: Box<Policy<u32>>,
        program: u32,
    },
    ProgramRevised {
        policy: Box<Policy<u32>>,
        program: u32,
    },
    ProgramRenamed {
        name: u32,
        program: u32,
    },
    ProgramClosed {
        program: u32,
    },
    ProgramReopened {
        program: u32,
    },
    StaffRegistered {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<u32>,
        rights: Rights,
        staff: u32,
    },
    StaffRenamed {
        name: u32,
        staff: u32,
    },
    RightsChanged {
        change: RightsChange,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        program: Option<u32>,
        rights: Rights,
        staff: u32,
    },
    StaffDeactivated {
        staff: u32,
    },
    StaffReactivated {
        staff: u32,
    },
    Enrolled {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end: Option<Day>,
        enrollment: u32,
        participant: u32,
        program: u32,
        start: Day,
    },
    EnrollmentEnded {
        end: Day,
        enrollment: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<u32>,
    },
    EnrollmentReinstated {
        enrollment: u32,
        reason: u32,
    },
    /// `by` takes the place of `enrollment`; a mirrored change keeps the number.
    EnrollmentCorrected {
        by: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end: Option<Day>,
        enrollment: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<u32>,
        start: Day,
    },
    EnrollmentVoided {
        enrollment: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<u32>,
    },
    EnrollmentsMirrored {
        program: u32,
    },
    Assigned {
        assignment: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end: Option<Day>,
        participant: u32,
        program: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<u32>,
        staff: u32,
        start: Day,
    },
    AssignmentEnded {
        assignment: u32,
        cause: Cause,
        end: Day,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<u32>,
    },
    AssignmentReopened {
        assignment: u32,
    },
    /// `assignment` ends on `date`; `by` starts there with the receiver `staff`, open-ended.
    Transferred {
        assignment: u32,
        by: u32,
        date: Day,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<u32>,
        staff: u32,
    },
    CaseloadTransferred {
        count: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        program: Option<u32>,
        staff: u32,
        to_staff: u32,
    },
    /// `by` takes the place of `assignment`.
    AssignmentCorrected {
        assignment: u32,
        by: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end: Option<Day>,
        reason: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<u32>,
        staff: u32,
        start: Day,
    },
    AssignmentVoided {
        assignment: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<u32>,
    },
    LimitReached {
        count: u32,
        day: Day,
        max: u32,
        program: u32,
        staff: u32,
    },
    /// `id` is the private item that holds the new text of the number.
    IdReplaced {
        id: u32,
        kind: Kind,
        number: u32,
        reason: u32,
    },
    ParticipantForgotten {
        participant: u32,
        reason: u32,
    },
    LevelRaised {
        level: u32,
    },
}

/// Whether rights were given or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightsChange {
    /// `grant`.
    Granted,
    /// `revoke`.
    Revoked,
}

impl Body {
    /// The bytes to be hashed and stored.
    ///
    /// # Errors
    /// [`StoreError::Bug`] if JSON cannot hold it, which no value of this type should cause.
    pub fn encode(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(self).map_err(|error| StoreError::bug(format!("body: {error}")))
    }

    /// Reads the body of an entry.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] at that entry when the bytes are no body, or one that counts more ids or
    /// rows than an entry can hold: whoever made room for them would run out of memory.
    pub fn decode(position: Position, bytes: &[u8]) -> Result<Body, StoreError> {
        let body: Body = serde_json::from_slice(bytes).map_err(|error| {
            StoreError::corrupt_at(position, format!("unreadable body: {error}"))
        })?;
        if !body.new.fit_an_entry() {
            return Err(StoreError::corrupt_at(position, "it mentions more ids than it can hold"));
        }
        if body.rows.as_ref().is_some_and(|rows| rows.total as usize > MAX_BATCH_ROWS) {
            return Err(StoreError::corrupt_at(position, "it counts more rows than a batch has"));
        }
        Ok(body)
    }

    /// Whether the private items are those the body was written with.
    pub fn seals(&self, items: &PrivateItems) -> bool {
        self.private == items.digest()
    }
}

mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::log::Hash;

    pub(super) fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(hash)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(|_| D::Error::custom("not a digest"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_cannot_mention_more_than_an_entry_holds() {
        let decode = |new: &str| {
            let hash = Hash::ZERO;
            let body = format!(r#"{{"actor":0,"new":{new},"on":"2024-06-15","private":"{hash}"}}"#);
            Body::decode(7, body.as_bytes()).map_err(|error| error.code())
        };
        assert!(decode("[1,0,0,0,0,0]").is_ok());
        assert!(decode("[100000,0,0,99728,0,0]").is_ok());
        assert_eq!(decode("[100000,0,0,99729,0,0]"), Err("store-corrupt"));
        assert_eq!(decode("[4294967295,0,0,4294967295,0,0]"), Err("store-corrupt"));
    }

    #[test]
    fn a_body_cannot_count_more_rows_than_a_batch_has() {
        let decode = |total: u32| {
            let hash = Hash::ZERO;
            let body = format!(
                r#"{{"actor":0,"on":"2024-06-15","private":"{hash}","rows":{{"total":{total}}}}}"#
            );
            Body::decode(7, body.as_bytes()).map_err(|error| error.code())
        };
        assert!(decode(10_000).is_ok());
        assert_eq!(decode(10_001), Err("store-corrupt"));
        assert_eq!(decode(u32::MAX), Err("store-corrupt"));
    }
}

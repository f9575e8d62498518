//! Ids: text chosen by the host, parsed once, compared and sorted by bytes.

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{InputError, Problem, short_text::ShortText};

/// The most bytes an id may have.
pub const MAX_ID_BYTES: usize = 128;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The person (or household) served.
    Participant,
    /// A worker who holds a caseload or acts on caseloads.
    Staff,
    /// A service with its own enrollments and its own policy.
    Program,
    /// A participant in a program over a period.
    Enrollment,
    /// One staff member responsible for one participant in one program over a period.
    Assignment,
}

impl Kind {
    /// Every kind, in the order in which an entry lists what it mentions first.
    pub const ALL: [Kind; 5] =
        [Kind::Participant, Kind::Staff, Kind::Program, Kind::Enrollment, Kind::Assignment];

    /// The word of the contract for it: `participant`, `staff`, and so on.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Participant => "participant",
            Kind::Staff => "staff",
            Kind::Program => "program",
            Kind::Enrollment => "enrollment",
            Kind::Assignment => "assignment",
        }
    }

    /// Its place in [`Kind::ALL`].
    pub(crate) const fn index(self) -> usize {
        match self {
            Kind::Participant => 0,
            Kind::Staff => 1,
            Kind::Program => 2,
            Kind::Enrollment => 3,
            Kind::Assignment => 4,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Says whether a text is an id: 1 to 128 bytes, no control characters, no white space at an end.
pub(crate) fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Nearly every id is visible ASCII, which is told many bytes at a time.
    let is_visible = |plain, byte: &u8| plain & matches!(byte, 0x21..=0x7e);
    (1..=MAX_ID_BYTES).contains(&bytes.len())
        && (bytes.iter().fold(true, is_visible) || is_id_of_chars(text))
}

fn is_id_of_chars(text: &str) -> bool {
    !text.starts_with(char::is_whitespace)
        && !text.ends_with(char::is_whitespace)
        && !text.contains(char::is_control)
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 1 to 128 bytes of UTF-8 without control characters and without white space at either
        /// end; cheap to clone; ordered by bytes.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(ShortText);

        impl $name {
            /// Parses an id.
            ///
            /// # Errors
            /// `input-id` when the text is no id.
            pub fn new(text: impl AsRef<str>) -> Result<Self, InputError> {
                let text = text.as_ref();
                if is_id(text) {
                    Ok(Self(ShortText::new(text)))
                } else {
                    Err(InputError::new(Problem::InputId, &[]))
                }
            }

            /// The text as the host gave it.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Debug for $name {
            /// Ids stay out of logs: only the type is shown.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl FromStr for $name {
            type Err = InputError;
            fn from_str(text: &str) -> Result<Self, InputError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InputError;
            fn try_from(text: String) -> Result<Self, InputError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.as_str().to_owned()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                Self::new(text).map_err(D::Error::custom)
            }
        }
    };
}

id_type! {
    /// The host's key for a person or household served.
    ///
    /// ```
    /// use caseload::ParticipantId;
    /// assert!(ParticipantId::new("P-1023").is_ok());
    /// assert!(ParticipantId::new(" P-1023").is_err());
    /// ```
    ParticipantId
}
id_type! {
    /// The host's key for a worker.
    StaffId
}
id_type! {
    /// The host's key for a program.
    ProgramId
}
id_type! {
    /// The host's key for an enrollment, or a UUIDv7 made by the library.
    EnrollmentId
}
id_type! {
    /// The host's key for an assignment, or a UUIDv7 made by the library.
    AssignmentId
}
id_type! {
    /// The host's key for one request: the same request is never carried out twice.
    RequestId
}

macro_rules! stored_ids {
    ($($name:ident)*) => {$(
        impl $name {
            /// An id that was checked when it was stored.
            pub(crate) fn stored(text: impl Into<ShortText>) -> Self {
                Self(text.into())
            }
        }
    )*};
}

stored_ids! { ParticipantId StaffId ProgramId EnrollmentId AssignmentId }

/// An id of any kind, where one thing may be of several (`replace_id`, `id-taken`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnyId {
    /// A participant.
    Participant(ParticipantId),
    /// A staff member.
    Staff(StaffId),
    /// A program.
    Program(ProgramId),
    /// An enrollment.
    Enrollment(EnrollmentId),
    /// An assignment.
    Assignment(AssignmentId),
}

impl AnyId {
    /// Parses an id of a kind.
    ///
    /// # Errors
    /// `input-id` when the text is no id.
    pub fn new(kind: Kind, text: impl AsRef<str>) -> Result<Self, InputError> {
        let text = text.as_ref();
        Ok(match kind {
            Kind::Participant => AnyId::Participant(ParticipantId::new(text)?),
            Kind::Staff => AnyId::Staff(StaffId::new(text)?),
            Kind::Program => AnyId::Program(ProgramId::new(text)?),
            Kind::Enrollment => AnyId::Enrollment(EnrollmentId::new(text)?),
            Kind::Assignment => AnyId::Assignment(AssignmentId::new(text)?),
        })
    }

    /// An id that was checked when it was stored.
    pub(crate) fn stored(kind: Kind, text: impl Into<ShortText>) -> Self {
        match kind {
            Kind::Participant => AnyId::Participant(ParticipantId::stored(text)),
            Kind::Staff => AnyId::Staff(StaffId::stored(text)),
            Kind::Program => AnyId::Program(ProgramId::stored(text)),
            Kind::Enrollment => AnyId::Enrollment(EnrollmentId::stored(text)),
            Kind::Assignment => AnyId::Assignment(AssignmentId::stored(text)),
        }
    }

    /// What it names.
    pub const fn kind(&self) -> Kind {
        match self {
            AnyId::Participant(_) => Kind::Participant,
            AnyId::Staff(_) => Kind::Staff,
            AnyId::Program(_) => Kind::Program,
            AnyId::Enrollment(_) => Kind::Enrollment,
            AnyId::Assignment(_) => Kind::Assignment,
        }
    }

    /// The text as the host gave it.
    pub fn as_str(&self) -> &str {
        match self {
            AnyId::Participant(id) => id.as_str(),
            AnyId::Staff(id) => id.as_str(),
            AnyId::Program(id) => id.as_str(),
            AnyId::Enrollment(id) => id.as_str(),
            AnyId::Assignment(id) => id.as_str(),
        }
    }
}

/// Who gives a command or asks a question: a staff member, or the host application itself.
///
/// ```
/// use caseload::Actor;
/// assert_eq!(Actor::new("root")?, Actor::Root);
/// assert_ne!(Actor::new("manager-7")?, Actor::Root);
/// # Ok::<(), caseload::InputError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// The host application itself, written `root`: holds every right and sees everyone.
    Root,
    /// A staff member.
    Staff(StaffId),
}

impl Actor {
    /// The text that stands for the host application.
    pub const ROOT: &'static str = "root";

    /// Parses an actor: `root`, or the id of a staff member.
    ///
    /// # Errors
    /// `input-id` when the text is no id.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InputError> {
        match text.as_ref() {
            Self::ROOT => Ok(Actor::Root),
            other => StaffId::new(other).map(Actor::Staff),
        }
    }

    /// The text of the actor.
    pub fn as_str(&self) -> &str {
        match self {
            Actor::Root => Self::ROOT,
            Actor::Staff(id) => id.as_str(),
        }
    }

    /// The staff id, if the actor is a staff member.
    pub const fn staff(&self) -> Option<&StaffId> {
        match self {
            Actor::Root => None,
            Actor::Staff(id) => Some(id),
        }
    }
}

impl From<StaffId> for Actor {
    fn from(id: StaffId) -> Self {
        if id.as_str() == Self::ROOT { Actor::Root } else { Actor::Staff(id) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_id_may_be() {
        for good in ["a", "P-1023", "57", "Ł", "a b", &"x".repeat(128)] {
            assert!(is_id(good), "{good}");
        }
        for bad in
            ["", " a", "a ", "a\u{a0}", "a\tb", "a\u{7f}b", &"x".repeat(129), &"Ł".repeat(65)]
        {
            assert!(!is_id(bad), "{bad:?}");
        }
    }

    #[test]
    fn ids_sort_by_bytes() {
        let mut ids = ["b", "a", "B", "10", "9", "ä"].map(|t| StaffId::new(t).unwrap());
        ids.sort();
        assert_eq!(ids.each_ref().map(StaffId::as_str), ["10", "9", "B", "a", "b", "ä"]);
    }

    #[test]
    fn debug_shows_no_id() {
        assert_eq!(format!("{:?}", ParticipantId::new("Jane").unwrap()), "ParticipantId(..)");
    }
}

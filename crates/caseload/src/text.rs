//! Free text: names, roles and reasons. Kept apart from the chain, so that it can be forgotten.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{InputError, Problem};

/// The most bytes of a reason.
pub const MAX_REASON_BYTES: usize = 2_000;
/// The most bytes of a role.
pub const MAX_ROLE_BYTES: usize = 64;
/// The most bytes of a name: only the limit of an entry.
const MAX_NAME_BYTES: usize = crate::log::MAX_ENTRY_BYTES;

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident $what:literal $max:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text as it is.
            ///
            /// # Errors
            /// `too-large` over the limit.
            pub fn new(text: impl AsRef<str>) -> Result<Self, InputError> {
                let text = text.as_ref();
                if text.len() > $max {
                    let problem =
                        Problem::TooLarge { what: Cow::Borrowed($what), max: $max as u64 };
                    return Err(InputError::new(problem, &[$what]));
                }
                Ok(Self(Arc::from(text)))
            }

            /// A text that was checked when it was stored.
            pub(crate) fn stored(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            /// Free text stays out of logs: only the type is shown.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InputError;
            fn try_from(text: String) -> Result<Self, InputError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0.as_ref().to_owned()
            }
        }
    };
}

text_type! {
    /// In which role a staff member is responsible: free text of at most 64 bytes.
    ///
    /// ```
    /// use caseload::Role;
    /// assert!(Role::new("primary")?.is_primary());
    /// # Ok::<(), caseload::InputError>(())
    /// ```
    Role "role" MAX_ROLE_BYTES
}
text_type! {
    /// Why something was done: free text of at most 2,000 bytes.
    Reason "reason" MAX_REASON_BYTES
}
text_type! {
    /// The name of a program or of a staff member, never of a participant.
    Name "name" MAX_NAME_BYTES
}

impl Role {
    /// Whether it is the role `primary`, of which a program may allow one at a time.
    pub fn is_primary(&self) -> bool {
        self.as_str() == "primary"
    }
}

impl Reason {
    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        self.as_str().trim().is_empty()
    }
}

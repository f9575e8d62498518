//! Staff and their rights.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::StaffId;

/// A worker who holds a caseload and/or acts on caseloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// Whether they can be given assignments and give commands.
    pub activity: Activity,
}

/// Whether a staff member can be given assignments and give commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// They can.
    Active,
    /// They left, or pause; their history stays.
    Deactivated,
}

macro_rules! rights {
    ($($(#[$doc:meta])* $variant:ident $word:literal $bit:literal,)*) => {
        /// What a staff member may do in a program.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Right {
            $($(#[$doc])* $variant,)*
        }

        impl Right {
            /// Every right.
            pub const ALL: &[Right] = &[$(Right::$variant),*];

            /// The word of the contract for it.
            pub const fn word(self) -> &'static str {
                match self { $(Right::$variant => $word,)* }
            }

            /// The right of a word, if it is one.
            pub fn from_word(word: &str) -> Option<Right> {
                match word { $($word => Some(Right::$variant),)* _ => None }
            }

            const fn bit(self) -> u8 {
                match self { $(Right::$variant => 1 << $bit,)* }
            }
        }
    };
}

rights! {
    /// Change one's own caseload.
    Own "own" 0,
    /// Change other people's caseloads.
    Others "others" 1,
    /// Correct and void.
    Correct "correct" 2,
    /// Enroll, dismiss, reinstate and mirror.
    Enroll "enroll" 3,
    /// Programs, staff, rights and ids.
    Administer "administer" 4,
    /// See everyone in a program where others see their own caseload.
    ViewAll "view_all" 5,
}

/// A set of rights.
///
/// ```
/// use caseload::{Right, Rights};
/// let rights = Rights::of(&[Right::Own, Right::ViewAll]);
/// assert!(rights.has(Right::Own) && !rights.has(Right::Others));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(u8);

impl Rights {
    /// No right.
    pub const NONE: Rights = Rights(0);
    /// Every right.
    pub const ALL: Rights = Rights(0b11_1111);

    /// These rights.
    pub fn of(rights: &[Right]) -> Rights {
        rights.iter().fold(Rights::NONE, |all, right| Rights(all.0 | right.bit()))
    }

    /// Whether a right is among them.
    pub const fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// The rights of both.
    pub const fn and(self, other: Rights) -> Rights {
        Rights(self.0 | other.0)
    }

    /// The rights that are not in the other set.
    pub const fn without(self, other: Rights) -> Rights {
        Rights(self.0 & !other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set as bits, for storage.
    pub(crate) const fn to_bits(self) -> u8 {
        self.0
    }

    /// The set of bits; those that mean nothing are left out.
    pub(crate) const fn from_bits(bits: u8) -> Rights {
        Rights(bits & Rights::ALL.0)
    }

    /// Each right, in the contract's order.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.iter().copied().filter(move |right| self.has(*right))
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Rights {
        rights.into_iter().fold(Rights::NONE, |all, right| Rights(all.0 | right.bit()))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Right::word)).finish()
    }
}

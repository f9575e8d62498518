//! What a case found, told by the number of the rule.

use std::fmt;

use caseload::{StoreError, log::Entry};

use crate::Trouble;

/// What a case says: nothing, or which rule was broken and what was seen.
pub type Outcome = Result<(), Failure>;

/// A rule of `docs/storage.md` of the `caseload` crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Head.
    S1,
    /// Order and content.
    S2,
    /// Pages.
    S3,
    /// Divergence.
    S4,
    /// Request ids.
    S5,
    /// One turn at a time.
    S6,
    /// The end, under the lock.
    S7,
    /// Append.
    S8,
    /// Durable and unique.
    S9,
    /// Erasing.
    S10,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A rule that a store does not keep.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    /// The rule.
    pub rule: Rule,
    /// What was done and seen.
    pub seen: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of docs/storage.md: {}", self.rule, self.seen)
    }
}

impl fmt::Debug for Failure {
    /// As displayed, because a test that returns a failure is shown by this.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}

impl Rule {
    pub(crate) fn broken(self, seen: impl Into<String>) -> Failure {
        Failure { rule: self, seen: seen.into() }
    }

    pub(crate) fn ensure(self, kept: bool, seen: impl FnOnce() -> String) -> Outcome {
        if kept { Ok(()) } else { Err(self.broken(seen())) }
    }

    /// What should have succeeded.
    pub(crate) fn ok<T>(self, doing: &str, result: Result<T, StoreError>) -> Result<T, Failure> {
        result.map_err(|error| self.broken(format!("{doing}: {} ({error})", error.code())))
    }

    /// What the store's own test support should have done.
    pub(crate) fn done<T>(self, doing: &str, result: Result<T, Trouble>) -> Result<T, Failure> {
        result.map_err(|error| self.broken(format!("{doing}: {error}")))
    }

    /// What should have been refused with a code.
    pub(crate) fn refused<T>(
        self,
        doing: &str,
        result: Result<T, StoreError>,
        code: &str,
    ) -> Outcome {
        match result {
            Ok(_) => Err(self.broken(format!("{doing}: succeeded instead of {code}"))),
            Err(error) => self.ensure(error.code() == code, || {
                format!("{doing}: {} ({error}) instead of {code}", error.code())
            }),
        }
    }

    pub(crate) fn same<T: PartialEq + fmt::Debug>(self, what: &str, seen: T, wanted: T) -> Outcome {
        self.ensure(seen == wanted, || format!("{what}: {seen:?} instead of {wanted:?}"))
    }

    /// Whether the entries are those, in every field; names the first difference.
    pub(crate) fn same_entries(self, what: &str, seen: &[Entry], wanted: &[Entry]) -> Outcome {
        for (one, other) in seen.iter().zip(wanted) {
            if let Some(field) = difference(one, other) {
                let place = format!("entry {} where {} is due", one.position, other.position);
                return Err(self.broken(format!("{what}: {place}: another {field}")));
            }
        }
        self.same(&format!("{what}: number of entries"), seen.len(), wanted.len())
    }
}

/// The first field in which two entries differ.
fn difference(one: &Entry, other: &Entry) -> Option<&'static str> {
    let fields = [
        ("position", one.position == other.position),
        ("instant", one.recorded == other.recorded),
        ("level", one.level == other.level),
        ("request id", one.request == other.request),
        ("body", one.body == other.body),
        ("private items", one.private == other.private),
        ("hash", one.hash == other.hash),
    ];
    fields.into_iter().find_map(|(field, same)| (!same).then_some(field))
}

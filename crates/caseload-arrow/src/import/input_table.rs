//! The tables that are taken in, and what their columns hold.

use std::fmt;

/// A table that is taken in.
///
/// ```
/// use caseload_arrow::import::InputTable;
/// assert_eq!(InputTable::Staff.word(), "staff");
/// assert_eq!(InputTable::Staff.columns().collect::<Vec<_>>(), ["id", "name", "rights"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InputTable {
    /// `id`, `name?`, `policy?`.
    Programs,
    /// `id`, `name?`, `rights?`.
    Staff,
    /// `id?`, `participant`, `program`, `start`, `end?`.
    Enrollments,
    /// `id?`, `staff`, `participant`, `program`, `start`, `end?`, `role?`.
    Assignments,
}

/// A column by name.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) name: &'static str,
    pub(super) need: Need,
    pub(super) holds: Holds,
}

/// Whether a table must have a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Must,
    May,
}

/// What the cells of a column are.
#[derive(Clone, Copy)]
pub(super) enum Holds {
    Id,
    Text,
    Day,
    Words,
}

const fn must(name: &'static str, holds: Holds) -> Wanted {
    Wanted { name, need: Need::Must, holds }
}

const fn may(name: &'static str, holds: Holds) -> Wanted {
    Wanted { name, need: Need::May, holds }
}

impl InputTable {
    /// Every one, in the order in which they are taken in.
    pub const ALL: [InputTable; 4] =
        [InputTable::Programs, InputTable::Staff, InputTable::Enrollments, InputTable::Assignments];

    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            InputTable::Programs => "programs",
            InputTable::Staff => "staff",
            InputTable::Enrollments => "enrollments",
            InputTable::Assignments => "assignments",
        }
    }

    /// The names of the columns that it may have.
    pub fn columns(self) -> impl Iterator<Item = &'static str> {
        self.wanted().iter().map(|wanted| wanted.name)
    }

    pub(super) const fn wanted(self) -> &'static [Wanted] {
        match self {
            InputTable::Programs => PROGRAMS,
            InputTable::Staff => STAFF,
            InputTable::Enrollments => ENROLLMENTS,
            InputTable::Assignments => ASSIGNMENTS,
        }
    }
}

const PROGRAMS: &[Wanted] =
    &[must("id", Holds::Id), may("name", Holds::Text), may("policy", Holds::Text)];

const STAFF: &[Wanted] =
    &[must("id", Holds::Id), may("name", Holds::Text), may("rights", Holds::Words)];

const ENROLLMENTS: &[Wanted] = &[
    may("id", Holds::Id),
    must("participant", Holds::Id),
    must("program", Holds::Id),
    must("start", Holds::Day),
    may("end", Holds::Day),
];

const ASSIGNMENTS: &[Wanted] = &[
    may("id", Holds::Id),
    must("staff", Holds::Id),
    must("participant", Holds::Id),
    must("program", Holds::Id),
    must("start", Holds::Day),
    may("end", Holds::Day),
    may("role", Holds::Text),
];

impl fmt::Display for InputTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

//! What became of every row.

use std::{collections::BTreeMap, fmt};

use caseload::{Code, Violation};

use super::InputTable;

/// What an import did, or would do. Printed, it is a table for people.
///
/// Its own tables are `import_counts` and `import_refused`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableImport {
    /// Whether the accepted rows are stored.
    pub stored: Stored,
    /// Every refused row, by table and row.
    pub refused: Vec<RefusedRow>,
    counts: BTreeMap<InputTable, TableCounts>,
}

/// Whether the accepted rows of an import are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stored {
    /// They are.
    Accepted,
    /// Nothing is: it was a review, or rows were refused and it was all or nothing.
    Nothing,
}

impl Stored {
    /// `accepted` or `nothing`.
    pub const fn word(self) -> &'static str {
        match self {
            Stored::Accepted => "accepted",
            Stored::Nothing => "nothing",
        }
    }
}

/// What the rows of one table came to; the three ways add up to the rows.
///
/// ```
/// use caseload_arrow::import::TableCounts;
/// let mut counts = TableCounts::default();
/// assert!(counts.add_up());
/// counts.rows = 3;
/// counts.accepted = 2;
/// assert!(!counts.add_up());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TableCounts {
    /// Rows read.
    pub rows: u64,
    /// Rows that are new and break no rule.
    pub accepted: u64,
    /// Rows that say what is stored already.
    pub already_there: u64,
    /// Rows that were refused; see [`TableImport::refused`].
    pub refused: u64,
}

impl TableCounts {
    /// Whether every row was counted in exactly one place.
    pub const fn add_up(&self) -> bool {
        self.rows == self.accepted + self.already_there + self.refused
    }
}

/// A row that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedRow {
    /// Of which table.
    pub table: InputTable,
    /// Which, from 1, as it was given and whatever order it was judged in.
    pub row: u64,
    /// Every violation of the first broken phase, never none.
    pub violations: Vec<Violation>,
}

impl TableImport {
    pub(super) const fn nothing_yet() -> TableImport {
        TableImport { stored: Stored::Accepted, refused: Vec::new(), counts: BTreeMap::new() }
    }

    /// What the rows of a table came to.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Context, Flow, MemoryLog};
    /// use caseload_arrow::import::{InputTable, Mode, Tables};
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let context = Context::new(Actor::Root, "2024-06-15".parse()?);
    /// let import = Tables::new().import(&agency, &context, Mode::Review, &mut |_| Flow::Continue)?;
    /// assert_eq!(import.of(InputTable::Assignments).rows, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(&self, table: InputTable) -> TableCounts {
        self.counts.get(&table).copied().unwrap_or_default()
    }

    /// The violations of all refused rows by code, most first.
    pub fn refused_by_code(&self) -> Vec<(Code, u64)> {
        let mut counts: BTreeMap<&'static str, (Code, u64)> = BTreeMap::new();
        for violation in self.refused.iter().flat_map(|row| &row.violations) {
            let code = violation.code();
            counts.entry(code.word()).or_insert((code, 0)).1 += 1;
        }
        let mut counts: Vec<_> = counts.into_values().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    pub(super) fn counts(&mut self, table: InputTable) -> &mut TableCounts {
        self.counts.entry(table).or_default()
    }

    pub(super) fn refuse(&mut self, table: InputTable, row: u64, mut violations: Vec<Violation>) {
        for violation in &mut violations {
            violation.row = u32::try_from(row).ok();
        }
        self.counts(table).refused += 1;
        self.refused.push(RefusedRow { table, row, violations });
    }
}

impl fmt::Display for TableImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<16}", "Table")?;
        let heads = ["rows", "accepted", "already there", "refused"];
        heads.iter().try_for_each(|head| write!(f, "{head:>15}"))?;
        writeln!(f)?;
        for (table, counts) in &self.counts {
            let TableCounts { rows, accepted, already_there, refused } = counts;
            write!(f, "{:<16}", table.word())?;
            let numbers = [rows, accepted, already_there, refused];
            numbers.iter().try_for_each(|number| write!(f, "{number:>15}"))?;
            writeln!(f)?;
        }
        if self.stored == Stored::Nothing {
            writeln!(f, "\nNothing was stored")?;
        }
        let by_code = self.refused_by_code();
        if !by_code.is_empty() {
            writeln!(f, "\nRefused for")?;
        }
        by_code.iter().try_for_each(|(code, count)| writeln!(f, "{count:>10}  {}", code.word()))
    }
}

//! The columns that a batch file may have, and which of them one file has.

use std::fmt;

use super::FileProblem;

macro_rules! columns {
    ($($(#[$doc:meta])* $column:ident $name:literal or [$($alias:literal),*],)*) => {
        /// A column of a batch file. Letters and digits of its name count, capitals, spaces and other
        /// signs do not: `Program ID`, `ProgramID` and `program_id` are one name.
        ///
        /// ```
        /// use caseload_io::batch::Column;
        /// assert_eq!(Column::from_header("participant_id"), Some(Column::Participant));
        /// // It does not say whether the day itself still counts.
        /// assert_eq!(Column::from_header("End date"), None);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Column {
            $($(#[$doc])* $column,)*
        }

        impl Column {
            /// Every one, in the order of the template.
            pub const ALL: &[Column] = &[$(Column::$column),*];

            /// Its name, as the template writes it.
            pub const fn name(self) -> &'static str {
                match self { $(Column::$column => $name,)* }
            }

            /// The other names that it may have, those of the systems that agencies come from.
            const fn aliases(self) -> &'static [&'static str] {
                match self { $(Column::$column => &[$($alias),*],)* }
            }
        }
    };
}

columns! {
    /// Who is served, by id.
    Participant "Participant ID" or ["Participant"],
    /// The program, by id.
    ProgramId "Program ID" or [],
    /// The program, by name.
    ProgramName "Program name" or ["Program"],
    /// The staff member, by id.
    StaffId "Staff ID" or ["Caseworker Staff ID", "Caseworker ID"],
    /// The staff member, by name.
    StaffName "Staff name" or ["Staff", "Caseworker name", "Caseworker"],
    /// The staff member, by first name; goes with the last name.
    StaffFirstName "Staff first name" or ["Caseworker first name"],
    /// The staff member, by last name; goes with the first name.
    StaffLastName "Staff last name" or ["Caseworker last name"],
    /// Whether the row begins an assignment or ends one.
    Action "Action" or [],
    /// The first day; of a row that ends an assignment, the first day that it has.
    Start "Start date" or ["Start"],
    /// The last day that still counts.
    LastDay "Last day" or ["End date (last day)"],
    /// The first day that does not count any more.
    End "End (first day not covered)" or ["End date (first day not covered)"],
    /// The role of an assignment that begins.
    Role "Role" or [],
    /// Why an assignment ends.
    Reason "Reason" or [],
}

impl Column {
    /// The column that a header names.
    pub fn from_header(text: &str) -> Option<Column> {
        let wanted = bare(text);
        let is_it = |name: &&str| bare(name) == wanted;
        let mut all = Column::ALL.iter().copied();
        all.find(|column| is_it(&column.name()) || column.aliases().iter().any(&is_it))
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name without capitals, spaces and signs.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How a file names programs.
///
/// ```
/// use caseload_io::batch::{Column, ProgramBy};
/// assert_eq!(ProgramBy::Name.column(), Column::ProgramName);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ProgramBy {
    /// By id.
    Id,
    /// By name.
    #[default]
    Name,
}

impl ProgramBy {
    /// The column that holds it.
    pub const fn column(self) -> Column {
        match self {
            ProgramBy::Id => Column::ProgramId,
            ProgramBy::Name => Column::ProgramName,
        }
    }
}

/// How a file names staff.
///
/// ```
/// use caseload_io::batch::{Column, StaffBy};
/// assert_eq!(StaffBy::Id.columns(), [Column::StaffId]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StaffBy {
    /// By id.
    Id,
    /// By name, in one column.
    #[default]
    Name,
    /// By first and last name.
    FirstAndLastName,
}

impl StaffBy {
    /// The columns that hold it.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            StaffBy::Id => &[Column::StaffId],
            StaffBy::Name => &[Column::StaffName],
            StaffBy::FirstAndLastName => &[Column::StaffFirstName, Column::StaffLastName],
        }
    }
}

/// Which day a file writes for an end.
///
/// ```
/// use caseload_io::batch::{Column, EndBy};
/// assert_eq!(EndBy::LastDay.column(), Column::LastDay);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EndBy {
    /// The last day that still counts, as on paper forms.
    #[default]
    LastDay,
    /// The first day that does not count any more, as everywhere else in this library.
    FirstDayNotCovered,
}

impl EndBy {
    /// The column that holds it.
    pub const fn column(self) -> Column {
        match self {
            EndBy::LastDay => Column::LastDay,
            EndBy::FirstDayNotCovered => Column::End,
        }
    }
}

/// The columns of one file, by place.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    places: Vec<(Column, usize)>,
    pub(super) width: usize,
    pub(super) program: ProgramBy,
    pub(super) staff: StaffBy,
    pub(super) end: Option<EndBy>,
}

impl Layout {
    /// How many columns of a header are known.
    pub(super) fn known(header: &[String]) -> usize {
        header.iter().filter(|text| Column::from_header(text).is_some()).count()
    }

    /// Reads a header; names at its end that are blank are none.
    pub(super) fn of(header: &[String]) -> Result<Layout, FileProblem> {
        if Layout::known(header) == 0 {
            return Err(FileProblem::HeaderMissing);
        }
        let (mut places, mut unknown) = (Vec::new(), Vec::new());
        for (place, text) in header.iter().enumerate() {
            match Column::from_header(text) {
                Some(column) if places.iter().any(|(other, _)| *other == column) => {
                    return Err(FileProblem::ColumnTwice { column });
                }
                Some(column) => places.push((column, place)),
                None if text.trim().is_empty() => {}
                None => unknown.push(text.trim().chars().take(MAX_SHOWN).collect()),
            }
        }
        if !unknown.is_empty() {
            return Err(FileProblem::ColumnUnknown { names: unknown });
        }
        let has = |column| places.iter().any(|(other, _)| *other == column);
        let program = program_by(&has)?;
        let staff = staff_by(&has)?;
        let end = end_by(&has)?;
        for column in [Column::Participant, Column::Start] {
            needed(has(column), &[column])?;
        }
        needed(end.is_none() || has(Column::Action), &[Column::Action])?;
        let width = header.iter().rposition(|text| !text.trim().is_empty()).map_or(0, |i| i + 1);
        Ok(Layout { places, width, program, staff, end })
    }

    /// Where a column stands.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places.iter().find(|(other, _)| *other == column).map(|(_, place)| *place)
    }

    /// Which column stands there.
    pub(super) fn column_at(&self, place: usize) -> Option<Column> {
        self.places.iter().find(|(_, other)| *other == place).map(|(column, _)| *column)
    }
}

/// How much of an unknown name is shown.
const MAX_SHOWN: usize = 40;

fn program_by(has: &impl Fn(Column) -> bool) -> Result<ProgramBy, FileProblem> {
    match (has(Column::ProgramId), has(Column::ProgramName)) {
        (true, true) => Err(mixed(Column::ProgramId, Column::ProgramName)),
        (true, false) => Ok(ProgramBy::Id),
        (false, true) => Ok(ProgramBy::Name),
        (false, false) => {
            Err(FileProblem::ColumnMissing { either: vec![Column::ProgramId, Column::ProgramName] })
        }
    }
}

fn staff_by(has: &impl Fn(Column) -> bool) -> Result<StaffBy, FileProblem> {
    let (first, last) = (Column::StaffFirstName, Column::StaffLastName);
    let of_parts = if has(first) { first } else { last };
    match (has(Column::StaffId), has(Column::StaffName), has(first) || has(last)) {
        (true, true, _) => Err(mixed(Column::StaffId, Column::StaffName)),
        (true, _, true) => Err(mixed(Column::StaffId, of_parts)),
        (_, true, true) => Err(mixed(Column::StaffName, of_parts)),
        (true, false, false) => Ok(StaffBy::Id),
        (false, true, false) => Ok(StaffBy::Name),
        (false, false, true) => {
            needed(has(first), &[first])?;
            needed(has(last), &[last])?;
            Ok(StaffBy::FirstAndLastName)
        }
        (false, false, false) => Err(FileProblem::ColumnMissing {
            either: vec![Column::StaffId, Column::StaffName, first],
        }),
    }
}

fn end_by(has: &impl Fn(Column) -> bool) -> Result<Option<EndBy>, FileProblem> {
    match (has(Column::LastDay), has(Column::End)) {
        (true, true) => Err(mixed(Column::LastDay, Column::End)),
        (true, false) => Ok(Some(EndBy::LastDay)),
        (false, true) => Ok(Some(EndBy::FirstDayNotCovered)),
        (false, false) => Ok(None),
    }
}

fn needed(is_there: bool, either: &[Column]) -> Result<(), FileProblem> {
    if is_there { Ok(()) } else { Err(FileProblem::ColumnMissing { either: either.to_vec() }) }
}

const fn mixed(first: Column, second: Column) -> FileProblem {
    FileProblem::MixedColumns { first, second }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(names: &[&str]) -> Result<Layout, FileProblem> {
        Layout::of(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    fn said(names: &[&str]) -> String {
        layout(names).unwrap_err().to_string()
    }

    #[test]
    fn columns_may_stand_in_any_order_under_names_in_any_letters() {
        let found = layout(&[
            "LAST DAY",
            "staff_id",
            "Program name",
            " participant id ",
            "Start",
            "Action",
        ])
        .unwrap();
        assert_eq!((found.program, found.staff), (ProgramBy::Name, StaffBy::Id));
        assert_eq!(found.end, Some(EndBy::LastDay));
        assert_eq!((found.place(Column::Participant), found.place(Column::Role)), (Some(3), None));
    }

    #[test]
    fn every_column_is_found_under_its_own_name_and_no_name_is_two_columns() {
        let mut names = Vec::new();
        for column in Column::ALL {
            assert_eq!(Column::from_header(column.name()), Some(*column));
            names.extend(column.aliases().iter().map(|name| bare(name)));
            names.push(bare(column.name()));
        }
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn blank_names_at_the_end_are_no_columns() {
        let found = layout(&["Participant ID", "Program ID", "Staff ID", "Start date", "", " "]);
        assert_eq!(found.unwrap().width, 4);
    }

    #[test]
    fn identifiers_of_two_kinds_are_named() {
        let base = ["Participant ID", "Start date", "Program ID", "Staff ID"];
        for (other, first) in [
            ("Program name", "Program ID"),
            ("Staff name", "Staff ID"),
            ("Staff first name", "Staff ID"),
        ] {
            let text = said(&[&base[..], &[other]].concat());
            assert!(text.contains(first) && text.contains(other), "{text}");
        }
        let ends = [&base[..], &["Action", "Last day", "End (first day not covered)"]].concat();
        assert_eq!(layout(&ends).unwrap_err().code(), "batch-mixed-ends");
    }

    #[test]
    fn what_the_header_lacks_or_does_not_know_is_named() {
        assert!(said(&["Participant ID", "Program", "Staff"]).contains("`Start date`"));
        assert!(
            said(&["Participant ID", "Start", "Staff"]).contains("`Program ID` or `Program name`")
        );
        let half = said(&["Participant ID", "Program", "Staff first name", "Start"]);
        assert!(half.contains("`Staff last name`"), "{half}");
        let no_action = ["Participant ID", "Program", "Staff", "Start", "Last day"];
        assert!(said(&no_action).contains("`Action`"));
        let unknown = said(&["Participant ID", "Program", "Staff", "Start", "End date"]);
        assert!(unknown.contains("`End date`") && unknown.contains("`Last day`"), "{unknown}");
        let twice = layout(&["Participant ID", "Start", "start date"]).unwrap_err();
        assert_eq!(twice.code(), "batch-column-twice");
    }

    #[test]
    fn a_first_row_that_names_nothing_is_not_shown() {
        let problem = layout(&["P-1023", "Jane Doe"]).unwrap_err();
        assert_eq!(problem.code(), "batch-header-missing");
        assert!(!format!("{problem}{problem:?}").contains("Jane"));
    }
}

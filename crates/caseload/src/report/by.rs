//! For whom a report that would be large has rows.

/// For whom there is a row each.
///
/// ```
/// use caseload::report::By;
/// assert_eq!(By::default(), By::Staff);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum By {
    /// Each staff member, over all programs of the report.
    #[default]
    Staff,
    /// Each program, over all staff of the report.
    Program,
    /// Each staff member in each program.
    StaffAndProgram,
    /// One row, over everything in the report.
    All,
}

impl By {
    /// The word for it.
    ///
    /// ```
    /// assert_eq!(caseload::report::By::StaffAndProgram.word(), "staff_and_program");
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            By::Staff => "staff",
            By::Program => "program",
            By::StaffAndProgram => "staff_and_program",
            By::All => "all",
        }
    }

    /// Of whom the row of a line is, where 0 stands for all of them.
    pub(super) const fn row_of(self, staff: u32, program: u32) -> (u32, u32) {
        match self {
            By::Staff => (staff, 0),
            By::Program => (0, program),
            By::StaffAndProgram => (staff, program),
            By::All => (0, 0),
        }
    }
}

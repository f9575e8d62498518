//! What a report is asked with.

use caseload::{InputError, Role, report};

use crate::{
    id::{ParticipantId, ProgramId, StaffId},
    reading::{Reading, Reads},
    time::{Day, DayRange},
};

/// Which programs, staff and participants a report is about; everything where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Filter {
    /// These programs.
    #[uniffi(default = None)]
    pub programs: Option<Vec<ProgramId>>,
    /// These staff.
    #[uniffi(default = None)]
    pub staff: Option<Vec<StaffId>>,
    /// These participants.
    #[uniffi(default = None)]
    pub participants: Option<Vec<ParticipantId>>,
}

impl Reading {
    pub(crate) fn filter(&mut self, given: Filter) -> report::Filter {
        let Filter { programs, staff, participants } = given;
        let programs: Option<Vec<caseload::ProgramId>> = self.may("programs", programs);
        let staff: Option<Vec<caseload::StaffId>> = self.may("staff", staff);
        let participants: Option<Vec<caseload::ParticipantId>> =
            self.may("participants", participants);
        let mut filter = report::Filter::all();
        if let Some(programs) = programs {
            filter = filter.programs(programs);
        }
        if let Some(staff) = staff {
            filter = filter.staff(staff);
        }
        if let Some(participants) = participants {
            filter = filter.participants(participants);
        }
        filter
    }

    pub(crate) fn caseload_filter(
        &mut self,
        given: CaseloadFilter,
    ) -> Option<report::CaseloadFilter> {
        let CaseloadFilter { days, of, role } = given;
        let when = match days {
            When::AsOf { day } => self.need("day", day).map(report::When::AsOf),
            When::In { range, meaning } => {
                self.range(range).map(|range| report::When::In(range, meaning.into()))
            }
        };
        let (of, role) = (self.filter(of), self.need("role", role));
        Some(report::CaseloadFilter::when(when?).of(of).role(role?))
    }
}

/// For whom a daily series has rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum By {
    /// For each staff member.
    Staff,
    /// For each program.
    Program,
    /// For each staff member in each program.
    StaffAndProgram,
    /// For all together.
    All,
}

impl From<By> for report::By {
    fn from(by: By) -> report::By {
        match by {
            By::Staff => report::By::Staff,
            By::Program => report::By::Program,
            By::StaffAndProgram => report::By::StaffAndProgram,
            By::All => report::By::All,
        }
    }
}

/// What the length of is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Stay {
    /// Enrollments.
    Enrollment,
    /// Assignments.
    Assignment,
}

impl From<Stay> for report::Stay {
    fn from(stay: Stay) -> report::Stay {
        match stay {
            Stay::Enrollment => report::Stay::Enrollment,
            Stay::Assignment => report::Stay::Assignment,
        }
    }
}

/// What "active in a range" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ActiveIn {
    /// It covers at least one day of the range.
    AtLeastOneDay,
    /// That, or it is a zero-day period in the range.
    Touched,
    /// It starts before the last day and ends after the first, as dates compared strictly.
    StrictDates,
    /// It starts by the last day, and is open or ended within the range.
    OpenOrEndedWithin,
}

impl From<ActiveIn> for report::ActiveIn {
    fn from(meaning: ActiveIn) -> report::ActiveIn {
        match meaning {
            ActiveIn::AtLeastOneDay => report::ActiveIn::AtLeastOneDay,
            ActiveIn::Touched => report::ActiveIn::Touched,
            ActiveIn::StrictDates => report::ActiveIn::StrictDates,
            ActiveIn::OpenOrEndedWithin => report::ActiveIn::OpenOrEndedWithin,
        }
    }
}

/// On which days somebody must be on a caseload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum When {
    /// On a day.
    AsOf {
        /// The day.
        day: Day,
    },
    /// In a range.
    In {
        /// The range.
        range: DayRange,
        /// What that means.
        meaning: ActiveIn,
    },
}

/// In which role.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum InRole {
    /// In any, or in none.
    Any,
    /// In this one.
    Exactly {
        /// The role.
        role: String,
    },
    /// In none.
    Unnamed,
}

impl Reads<report::InRole> for InRole {
    fn reads(self) -> Result<report::InRole, InputError> {
        Ok(match self {
            InRole::Any => report::InRole::Any,
            InRole::Exactly { role } => report::InRole::Exactly(Role::new(role)?),
            InRole::Unnamed => report::InRole::Unnamed,
        })
    }
}

/// Who is on whose caseload when.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseloadFilter {
    /// On which days.
    pub days: When,
    /// Whose, and in which program.
    pub of: Filter,
    /// In which role.
    pub role: InRole,
}

/// Whether somebody is on the caseload asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum OnCaseload {
    /// They are.
    Yes,
    /// They are not.
    No,
}

impl From<&report::OnCaseload> for OnCaseload {
    fn from(on: &report::OnCaseload) -> OnCaseload {
        match on {
            report::OnCaseload::Yes => OnCaseload::Yes,
            report::OnCaseload::No => OnCaseload::No,
        }
    }
}

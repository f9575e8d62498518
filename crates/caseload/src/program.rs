//! Programs and their policies.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::{Day, Period, ProgramId, Role};

/// A service with its own enrollments and its own policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// The rules it chose.
    pub policy: std::sync::Arc<Policy>,
    /// Whether it takes anything new.
    pub door: Door,
}

/// Whether a program takes new enrollments, assignments and hand-overs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// It does.
    Open,
    /// It does not; ends, corrections, voids and reinstatements go on.
    Closed,
}

/// What a program chose of each rule that leaves a choice. The default follows the seed system.
///
/// ```
/// use caseload::{EntryOrder, Policy};
/// let policy = Policy { entry_order: EntryOrder::Staff, ..Policy::default() };
/// assert_eq!(policy.max_staff, None);
/// # let _ = policy;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy<R = Role> {
    /// What a batch may say about the past.
    pub batch_history: BatchHistory,
    /// How many assignments one staff member may have in the program.
    pub caseload_limit: Option<CaseloadLimit>,
    /// In which order starts must be entered.
    pub entry_order: EntryOrder,
    /// For how many days after the last covered day a restricted staff member still sees a participant.
    pub former_access_days: u32,
    /// Who may hand over to whom.
    pub hand_off: HandOff,
    /// How many staff one participant may have on a day.
    pub max_staff: Option<NonZeroU32>,
    /// What ending an enrollment does to its assignments.
    pub on_enrollment_end: OnEnrollmentEnd,
    /// How many primary caseworkers a participant may have on a day.
    pub one_primary: Primaries,
    /// Whether an assignment may start after today.
    pub planned_starts: PlannedStarts,
    /// The roles allowed; with a list a role is required.
    pub roles: Option<Vec<R>>,
    /// Who sees whom.
    pub visibility: Visibility,
    /// Whether periods that cover no day may be entered.
    pub zero_day: ZeroDay,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            batch_history: BatchHistory::RefuseClosed,
            caseload_limit: None,
            entry_order: EntryOrder::Program,
            former_access_days: 0,
            hand_off: HandOff::BothRights,
            max_staff: None,
            on_enrollment_end: OnEnrollmentEnd::EndAssignments,
            one_primary: Primaries::Any,
            planned_starts: PlannedStarts::Allow,
            roles: None,
            visibility: Visibility::All,
            zero_day: ZeroDay::Allow,
        }
    }
}

impl<R> Policy<R> {
    /// The same policy with each role turned into something else.
    pub(crate) fn with_roles<S, E>(
        &self,
        role: impl FnMut(&R) -> Result<S, E>,
    ) -> Result<Policy<S>, E> {
        let roles = match &self.roles {
            Some(roles) => Some(roles.iter().map(role).collect::<Result<_, E>>()?),
            None => None,
        };
        Ok(Policy {
            batch_history: self.batch_history,
            caseload_limit: self.caseload_limit,
            entry_order: self.entry_order,
            former_access_days: self.former_access_days,
            hand_off: self.hand_off,
            max_staff: self.max_staff,
            on_enrollment_end: self.on_enrollment_end,
            one_primary: self.one_primary,
            planned_starts: self.planned_starts,
            roles,
            visibility: self.visibility,
            zero_day: self.zero_day,
        })
    }

    /// The days on which an assignment must cover one so that its restricted holder sees the
    /// participant on `day`; none at the very end of what the calendar can hold.
    pub(crate) fn access_days(&self, day: Day) -> Option<Period> {
        let back = i32::try_from(self.former_access_days).unwrap_or(i32::MAX);
        let first = day.number().saturating_sub(back).max(Day::FIRST.number());
        Period::checked(Day::from_number(first)?, day.plus(1))
    }
}

/// In which order assignment starts must be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryOrder {
    /// In order per participant and program, whoever the staff.
    Program,
    /// In order per participant, program and staff.
    Staff,
    /// In any order.
    Any,
}

/// Whether an assignment may start after today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedStarts {
    /// It may.
    Allow,
    /// It may not.
    Refuse,
}

/// Whether periods that cover no day may be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroDay {
    /// They may.
    Allow,
    /// They may not.
    Refuse,
}

/// What ending an enrollment does to its assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnEnrollmentEnd {
    /// They are ended in the same entry.
    EndAssignments,
    /// It is refused while one would stick out.
    Refuse,
}

/// What a batch may say about the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchHistory {
    /// No assignment that is over today.
    RefuseClosed,
    /// No assignment that starts before today.
    RefusePastStart,
    /// Anything.
    Allow,
}

/// Who may hand over to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOff {
    /// Who may change both caseloads.
    BothRights,
    /// Who may change the giver's.
    OwnRight,
}

/// How many primary caseworkers a participant may have on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Primaries {
    /// Any number.
    Any,
    /// At most one.
    One,
}

/// Who sees whom in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Every staff member sees everyone enrolled.
    All,
    /// Staff without `view_all` see their own caseload.
    OwnCaseload,
}

/// How many assignments one staff member may have in a program, and what passing it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CaseloadLimit {
    /// What passing it does.
    pub enforcement: Enforcement,
    /// The most assignments that cover a start day.
    pub max: NonZeroU32,
}

/// What passing a limit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// The receipt says so.
    Notice,
    /// The command is refused.
    Refuse,
}

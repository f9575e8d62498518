//! Policies and rights.

use caseload::{CaseloadLimit as CoreLimit, InputError, Role};

use crate::reading::{Reading, Reads, Whole, counted};

/// What a program chose of each rule that leaves a choice. Left out, a key has its default.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Policy {
    /// What a batch may say about the past.
    #[uniffi(default = None)]
    pub batch_history: Option<BatchHistory>,
    /// How many assignments one staff member may have in the program.
    #[uniffi(default = None)]
    pub caseload_limit: Option<CaseloadLimit>,
    /// In which order starts must be entered.
    #[uniffi(default = None)]
    pub entry_order: Option<EntryOrder>,
    /// For how many days after the last covered day a restricted staff member still sees a participant.
    #[uniffi(default = None)]
    pub former_access_days: Option<i64>,
    /// Who may hand over to whom.
    #[uniffi(default = None)]
    pub hand_off: Option<HandOff>,
    /// How many staff one participant may have on a day.
    #[uniffi(default = None)]
    pub max_staff: Option<i64>,
    /// What ending an enrollment does to its assignments.
    #[uniffi(default = None)]
    pub on_enrollment_end: Option<OnEnrollmentEnd>,
    /// How many primary caseworkers a participant may have on a day.
    #[uniffi(default = None)]
    pub one_primary: Option<Primaries>,
    /// Whether an assignment may start after today.
    #[uniffi(default = None)]
    pub planned_starts: Option<PlannedStarts>,
    /// The roles allowed; with a list a role is required.
    #[uniffi(default = None)]
    pub roles: Option<Vec<String>>,
    /// Who sees whom.
    #[uniffi(default = None)]
    pub visibility: Option<Visibility>,
    /// Whether periods that cover no day may be entered.
    #[uniffi(default = None)]
    pub zero_day: Option<ZeroDay>,
}

/// How many assignments one staff member may have in a program, and what passing it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CaseloadLimit {
    /// The most assignments that cover a start day.
    pub max: i64,
    /// What passing it does; a notice where nothing is said.
    #[uniffi(default = None)]
    pub enforcement: Option<Enforcement>,
}

/// Two enums with the same variants, one of which is the core's.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl From<caseload::$name> for $name {
            fn from(core: caseload::$name) -> $name {
                match core { $(caseload::$name::$variant => $name::$variant,)* }
            }
        }

        impl From<$name> for caseload::$name {
            fn from(given: $name) -> caseload::$name {
                match given { $($name::$variant => caseload::$name::$variant,)* }
            }
        }
    )*};
}
pub(crate) use choices;

choices! {
    /// In which order assignment starts must be entered.
    EntryOrder {
        /// In order per participant and program, whoever the staff.
        Program,
        /// In order per participant, program and staff.
        Staff,
        /// In any order.
        Any,
    }
    /// Whether an assignment may start after today.
    PlannedStarts {
        /// It may.
        Allow,
        /// It may not.
        Refuse,
    }
    /// Whether periods that cover no day may be entered.
    ZeroDay {
        /// They may.
        Allow,
        /// They may not.
        Refuse,
    }
    /// What ending an enrollment does to its assignments.
    OnEnrollmentEnd {
        /// They are ended in the same entry.
        EndAssignments,
        /// It is refused while one would stick out.
        Refuse,
    }
    /// What a batch may say about the past.
    BatchHistory {
        /// No assignment that is over today.
        RefuseClosed,
        /// No assignment that starts before today.
        RefusePastStart,
        /// Anything.
        Allow,
    }
    /// Who may hand over to whom.
    HandOff {
        /// Who may change both caseloads.
        BothRights,
        /// Who may change the giver's.
        OwnRight,
    }
    /// How many primary caseworkers a participant may have on a day.
    Primaries {
        /// Any number.
        Any,
        /// At most one.
        One,
    }
    /// Who sees whom in a program.
    Visibility {
        /// Every staff member sees everyone enrolled.
        All,
        /// Staff without the right `view_all` see their own caseload.
        OwnCaseload,
    }
    /// What passing a limit does.
    Enforcement {
        /// The receipt says so.
        Notice,
        /// The command is refused.
        Refuse,
    }
    /// What a staff member may do in a program.
    Right {
        /// Change one's own caseload.
        Own,
        /// Change other people's caseloads.
        Others,
        /// Correct and void.
        Correct,
        /// Enroll, dismiss, reinstate and mirror.
        Enroll,
        /// Programs, staff, rights and ids.
        Administer,
        /// See everyone in a program where others see their own caseload.
        ViewAll,
    }
    /// Whether a program takes new enrollments, assignments and hand-overs.
    Door {
        /// It does.
        Open,
        /// It does not; ends, corrections, voids and reinstatements go on.
        Closed,
    }
    /// Whether a staff member can be given assignments and give commands.
    Activity {
        /// They can.
        Active,
        /// They left, or pause; their history stays.
        Deactivated,
    }
}

impl Reads<caseload::Policy> for Policy {
    fn reads(self) -> Result<caseload::Policy, InputError> {
        let default = caseload::Policy::<Role>::default();
        let mut fields = Reading::default();
        let limit = fields.part(self.caseload_limit);
        let former_access_days =
            fields.may("former_access_days", self.former_access_days.map(Whole));
        let max_staff: Option<u32> = fields.may("max_staff", self.max_staff.map(Whole));
        let max_staff = max_staff.and_then(|max| fields.at_least_one("max_staff", max));
        let policy = caseload::Policy {
            batch_history: self.batch_history.map_or(default.batch_history, Into::into),
            caseload_limit: limit,
            entry_order: self.entry_order.map_or(default.entry_order, Into::into),
            former_access_days: former_access_days.unwrap_or_default(),
            hand_off: self.hand_off.map_or(default.hand_off, Into::into),
            max_staff,
            on_enrollment_end: self.on_enrollment_end.map_or(default.on_enrollment_end, Into::into),
            one_primary: self.one_primary.map_or(default.one_primary, Into::into),
            planned_starts: self.planned_starts.map_or(default.planned_starts, Into::into),
            roles: fields.may("roles", self.roles),
            visibility: self.visibility.map_or(default.visibility, Into::into),
            zero_day: self.zero_day.map_or(default.zero_day, Into::into),
        };
        fields.row(Some(policy)).map_err(|violations| InputError { violations })
    }
}

impl Reads<CoreLimit> for CaseloadLimit {
    fn reads(self) -> Result<CoreLimit, InputError> {
        let mut fields = Reading::default();
        let max: Option<u32> = fields.need("max", Whole(self.max));
        let max = max.and_then(|max| fields.at_least_one("max", max));
        let enforcement = self.enforcement.map_or(caseload::Enforcement::Notice, Into::into);
        let limit = max.map(|max| CoreLimit { enforcement, max });
        fields.row(limit).map_err(|violations| InputError { violations })
    }
}

impl Reading {
    fn at_least_one(&mut self, field: &'static str, number: u32) -> Option<std::num::NonZeroU32> {
        let read = std::num::NonZeroU32::new(number);
        let wrong = || crate::reading::input_command("is not a whole number of the allowed size");
        self.noted(field, read.ok_or_else(wrong))
    }
}

impl From<&caseload::Policy> for Policy {
    fn from(policy: &caseload::Policy) -> Policy {
        let caseload::Policy {
            batch_history,
            caseload_limit,
            entry_order,
            former_access_days,
            hand_off,
            max_staff,
            on_enrollment_end,
            one_primary,
            planned_starts,
            roles,
            visibility,
            zero_day,
        } = policy;
        Policy {
            batch_history: Some((*batch_history).into()),
            caseload_limit: caseload_limit.map(CaseloadLimit::from),
            entry_order: Some((*entry_order).into()),
            former_access_days: Some(counted(*former_access_days)),
            hand_off: Some((*hand_off).into()),
            max_staff: max_staff.map(|max| counted(max.get())),
            on_enrollment_end: Some((*on_enrollment_end).into()),
            one_primary: Some((*one_primary).into()),
            planned_starts: Some((*planned_starts).into()),
            roles: roles
                .as_ref()
                .map(|roles| roles.iter().map(|role| role.as_str().to_owned()).collect()),
            visibility: Some((*visibility).into()),
            zero_day: Some((*zero_day).into()),
        }
    }
}

impl From<CoreLimit> for CaseloadLimit {
    fn from(limit: CoreLimit) -> CaseloadLimit {
        let CoreLimit { enforcement, max } = limit;
        CaseloadLimit { max: counted(max.get()), enforcement: Some(enforcement.into()) }
    }
}

/// The rights of a set, in the contract's order.
pub(crate) fn rights(rights: caseload::Rights) -> Vec<Right> {
    rights.iter().map(Right::from).collect()
}

/// A set of rights.
pub(crate) fn set_of(rights: Vec<Right>) -> caseload::Rights {
    rights.into_iter().map(caseload::Right::from).collect()
}

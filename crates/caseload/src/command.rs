//! What can be asked of an agency: one type a command, with what it needs in its constructor and
//! what it may have as setters.

use serde::{Deserialize, Serialize};

use crate::{
    Actor, AnyId, AssignmentId, Day, EnrollmentId, InputError, Kind, Name, ParticipantId, Policy,
    ProgramId, Reason, RequestId, Rights, Role, StaffId, Violation, log::Recorded,
};

/// The most rows of one batch.
pub const MAX_BATCH_ROWS: usize = 10_000;

/// Who gives a command, on which day, and as which request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// Who gives it.
    pub actor: Actor,
    /// Today, in the agency's zone.
    pub on: Day,
    /// The idempotency key: the same request is never carried out twice.
    pub request: Option<RequestId>,
    /// When a device or an older system took the command; information only.
    pub entered: Option<Recorded>,
}

impl Context {
    /// An actor at work on a day.
    pub const fn new(actor: Actor, on: Day) -> Context {
        Context { actor, on, request: None, entered: None }
    }

    /// As this request.
    #[must_use]
    pub fn request(mut self, request: RequestId) -> Context {
        self.request = Some(request);
        self
    }

    /// Taken at this instant by a device or an older system.
    #[must_use]
    pub fn entered(mut self, entered: Recorded) -> Context {
        self.entered = Some(entered);
        self
    }
}

macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$need_doc:meta])* $need:ident: $need_type:ty,)*
            ;
            $($(#[$may_doc:meta])* $may:ident: $may_type:ty,)*
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
            #[non_exhaustive]
            pub struct $name {
                $($(#[$need_doc])* pub $need: $need_type,)*
                $(
                    $(#[$may_doc])*
                    #[serde(skip_serializing_if = "Option::is_none")]
                    pub $may: Option<$may_type>,
                )*
            }

            impl $name {
                /// The command with what it needs.
                #[expect(clippy::allow_attributes, reason = "not every command has many fields")]
                #[allow(clippy::too_many_arguments, reason = "one argument a field")]
                pub fn new($($need: $need_type),*) -> Self {
                    Self { $($need,)* $($may: None,)* }
                }

                $(
                    $(#[$may_doc])*
                    #[must_use]
                    pub fn $may(mut self, $may: $may_type) -> Self {
                        self.$may = Some($may);
                        self
                    }
                )*
            }

            impl From<$name> for Command {
                fn from(command: $name) -> Command {
                    Command::$name(command)
                }
            }
        )*

        /// Any command.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Command {
            $(
                $(#[$doc])*
                $name($name),
            )*
        }
    };
}

commands! {
    /// Defines a program. Needs `administer` for every program.
    DefineProgram {
        /// Its id.
        id: ProgramId,
        ;
        /// Its name.
        name: Name,
        /// Its policy; the default without one.
        policy: Policy,
    }
    /// Gives a program another policy as a whole. Later commands obey it; nothing stored is judged again.
    ReviseProgram {
        /// The program.
        id: ProgramId,
        /// The whole policy.
        policy: Policy,
        ;
    }
    /// Gives a program another name.
    RenameProgram {
        /// The program.
        id: ProgramId,
        /// The new name.
        name: Name,
        ;
    }
    /// Gives a staff member another name.
    RenameStaff {
        /// The staff member.
        id: StaffId,
        /// The new name.
        name: Name,
        ;
    }
    /// Closes a program: it takes no new enrollment, assignment or hand-over. Repeating changes nothing.
    CloseProgram {
        /// The program.
        id: ProgramId,
        ;
    }
    /// Opens a closed program again. Repeating changes nothing.
    ReopenProgram {
        /// The program.
        id: ProgramId,
        ;
    }
    /// Registers a staff member.
    RegisterStaff {
        /// Their id.
        id: StaffId,
        ;
        /// Their name.
        name: Name,
        /// Rights in every program, those defined later too.
        rights: Rights,
    }
    /// Gives rights in a program, or in every program.
    Grant {
        /// To whom.
        staff: StaffId,
        /// Which.
        rights: Rights,
        ;
        /// Where; every program without one.
        program: ProgramId,
    }
    /// Takes rights in a program, or in every program.
    Revoke {
        /// From whom.
        staff: StaffId,
        /// Which.
        rights: Rights,
        ;
        /// Where; every program without one.
        program: ProgramId,
    }
    /// Deactivates a staff member. Refused while assignments cover today or later.
    DeactivateStaff {
        /// The staff member.
        id: StaffId,
        ;
        /// Ends the open-ended assignments on that day in the same entry.
        end_open: Day,
    }
    /// Activates a staff member again.
    ReactivateStaff {
        /// The staff member.
        id: StaffId,
        ;
    }
    /// Enrolls a participant in a program; a later start is possible.
    Enroll {
        /// Who is served.
        participant: ParticipantId,
        /// By which program.
        program: ProgramId,
        /// The first day.
        start: Day,
        ;
        /// Its id; a UUIDv7 without one.
        id: EnrollmentId,
        /// The first day that is not covered.
        end: Day,
    }
    /// Dismisses: ends an open enrollment. What happens to assignments is policy.
    EndEnrollment {
        /// The enrollment.
        id: EnrollmentId,
        /// The first day that is not covered.
        end: Day,
        ;
        /// Why.
        reason: Reason,
    }
    /// Undoes a dismissal and reopens exactly the assignments that it ended.
    ReinstateEnrollment {
        /// The enrollment.
        id: EnrollmentId,
        ;
        /// Why; required by the rules.
        reason: Reason,
    }
    /// Supersedes an enrollment by one with other days; refused while an assignment would stick out.
    CorrectEnrollment {
        /// The enrollment.
        id: EnrollmentId,
        /// The right first day.
        start: Day,
        ;
        /// The id of the new line; a UUIDv7 without one.
        new_id: EnrollmentId,
        /// The right end; open without one.
        end: Day,
        /// Why; required by the rules.
        reason: Reason,
    }
    /// Voids an enrollment; refused while it has assignments.
    VoidEnrollment {
        /// The enrollment.
        id: EnrollmentId,
        ;
        /// Why; required by the rules.
        reason: Reason,
    }
    /// Records how the host's own enrollments of a program differ from those stored, as one entry.
    MirrorEnrollments {
        /// The program.
        program: ProgramId,
        /// The host's enrollments.
        rows: Vec<EnrollmentRow>,
        ;
        /// Whether these are all; only those listed are looked at without it.
        complete: Listing,
        /// What becomes of assignments that stick out; `clip` without it.
        on_outside: OnOutside,
    }
    /// Makes a staff member responsible for a participant in a program.
    ///
    /// ```
    /// use caseload::{Assign, Day, ParticipantId, ProgramId, Role, StaffId};
    /// let assign = Assign::new(
    ///     StaffId::new("s1")?,
    ///     ParticipantId::new("c1")?,
    ///     ProgramId::new("p1")?,
    ///     "2024-02-01".parse::<Day>()?,
    /// )
    /// .role(Role::new("primary")?);
    /// assert_eq!(assign.end, None);
    /// # Ok::<(), caseload::InputError>(())
    /// ```
    Assign {
        /// Who becomes responsible.
        staff: StaffId,
        /// For whom.
        participant: ParticipantId,
        /// In which program.
        program: ProgramId,
        /// The first day.
        start: Day,
        ;
        /// Its id; a UUIDv7 without one.
        id: AssignmentId,
        /// The first day that is not covered.
        end: Day,
        /// In which role.
        role: Role,
    }
    /// Ends an open assignment; a planned end is allowed, and is final.
    EndAssignment {
        /// The assignment.
        id: AssignmentId,
        /// The first day that is not covered.
        end: Day,
        ;
        /// Why.
        reason: Reason,
    }
    /// Ends an assignment and starts another on the same day, as one entry.
    Transfer {
        /// The giver's assignment.
        id: AssignmentId,
        /// The receiver.
        to_staff: StaffId,
        /// The receiver's first day.
        date: Day,
        ;
        /// The id of the receiver's assignment; a UUIDv7 without one.
        new_id: AssignmentId,
        /// The receiver's role; the giver's without one.
        role: Role,
        /// Why.
        reason: Reason,
    }
    /// Transfers the open-ended assignments of a staff member in scope, as one entry.
    TransferAll {
        /// The giver.
        staff: StaffId,
        /// The receiver.
        to_staff: StaffId,
        /// In which program; it must be said.
        scope: Scope,
        /// The receiver's first day.
        date: Day,
        ;
        /// New ids are `prefix.old-id`; UUIDv7 without one.
        prefix: AssignmentId,
        /// Only these participants; names that are not held are ignored.
        only: Vec<ParticipantId>,
        /// What happens where the receiver holds the participant already; `refuse` without it.
        on_held: OnHeld,
        /// What happens to a line that breaks a rule; the whole is refused without it.
        skip_ineligible: Ineligible,
        /// Why.
        reason: Reason,
    }
    /// Supersedes an assignment by a right one.
    Correct {
        /// The assignment.
        id: AssignmentId,
        /// The right first day.
        start: Day,
        ;
        /// The id of the new line; a UUIDv7 without one.
        new_id: AssignmentId,
        /// The right staff member; as it was without one.
        staff: StaffId,
        /// The right role; as it was without one.
        role: Role,
        /// The right end; open without one.
        end: Day,
        /// Why; required by the rules.
        reason: Reason,
    }
    /// Makes an assignment count for nothing from now on; it stays in history.
    Void {
        /// The assignment.
        id: AssignmentId,
        ;
        /// Why; required by the rules.
        reason: Reason,
    }
    /// Many assignments and ends, judged and applied in order, as one entry.
    Batch {
        /// What a refused row does to the others.
        mode: BatchMode,
        /// The rows.
        rows: Vec<Row>,
        ;
    }
    /// The host's key has changed; history keeps its lines.
    ReplaceId {
        /// The old key.
        id: AnyId,
        /// The new key, of the same kind.
        new_id: AnyId,
        ;
        /// Why; required by the rules.
        reason: Reason,
    }
    /// Removes what could identify a participant from everything stored.
    Forget {
        /// The participant.
        participant: ParticipantId,
        ;
        /// Why; required by the rules.
        reason: Reason,
    }
}

impl ReplaceId {
    /// Of which kind both ids are.
    pub const fn kind(&self) -> Kind {
        self.id.kind()
    }
}

impl Serialize for AnyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.kind().word(), self.as_str()).serialize(serializer)
    }
}

/// One enrollment as the host's own tables have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EnrollmentRow {
    /// Its id, by which it is known again.
    pub id: EnrollmentId,
    /// Who is served.
    pub participant: ParticipantId,
    /// The first day.
    pub start: Day,
    /// The first day that is not covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Day>,
}

impl EnrollmentRow {
    /// A row of the host's.
    pub const fn new(
        id: EnrollmentId,
        participant: ParticipantId,
        start: Day,
        end: Option<Day>,
    ) -> Self {
        EnrollmentRow { id, participant, start, end }
    }
}

/// One row of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// Begins an assignment.
    Assign(Assign),
    /// Ends one.
    EndAssignment(EndAssignment),
    /// A row that could not be read, or is of another kind: what is wrong with it.
    Unreadable(Vec<Violation>),
}

impl From<Assign> for Row {
    fn from(row: Assign) -> Row {
        Row::Assign(row)
    }
}

impl From<EndAssignment> for Row {
    fn from(row: EndAssignment) -> Row {
        Row::EndAssignment(row)
    }
}

impl From<InputError> for Row {
    fn from(error: InputError) -> Row {
        Row::Unreadable(error.violations)
    }
}

/// What a refused row does to the other rows of its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchMode {
    /// Nothing is stored.
    AllOrNothing,
    /// The others are stored.
    Partial,
}

/// Whether mirrored rows are all that the host has in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// Enrollments that are not listed are left alone.
    Partial,
    /// Enrollments that are not listed are voided.
    Complete,
}

/// What becomes of assignments that mirrored enrollments no longer cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnOutside {
    /// They are ended at the enrollment's end, or voided where they start outside.
    Clip,
    /// They stay and are listed.
    Report,
}

/// Which programs a whole-caseload transfer is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One.
    Program(ProgramId),
    /// Every one.
    EveryProgram,
}

impl Scope {
    /// The one program, if it is one.
    pub const fn program(&self) -> Option<&ProgramId> {
        match self {
            Scope::Program(id) => Some(id),
            Scope::EveryProgram => None,
        }
    }
}

/// What a whole-caseload transfer does where the receiver holds the participant already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnHeld {
    /// It is refused, as any second assignment.
    Refuse,
    /// The giver's line is ended and no new one made.
    EndSource,
}

/// What a whole-caseload transfer does with a line that breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ineligible {
    /// The whole is refused.
    Refuse,
    /// The line is left behind and listed.
    Skip,
}

//! The commands: one variant each, with the fields of the contract.

use caseload::Command as Core;

use crate::{
    failure::CaseloadError,
    id::{ActorId, AssignmentId, EnrollmentId, Kind, ParticipantId, ProgramId, RequestId, StaffId},
    policy::{Policy, Right, choices},
    reading::Reading,
    time::{Day, Recorded},
};

/// Who gives a command, on which day, and as which request.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Context {
    /// Who gives it.
    pub actor: ActorId,
    /// Today, in the agency's zone.
    pub on: Day,
    /// The idempotency key: the same request is never carried out twice.
    #[uniffi(default = None)]
    pub request: Option<RequestId>,
    /// When a device or an older system took the command; information only.
    #[uniffi(default = None)]
    pub entered: Option<Recorded>,
}

impl Context {
    pub(crate) fn read(self, fields: &mut Reading) -> Option<caseload::Context> {
        let (actor, on) = (fields.need("actor", self.actor), fields.need("on", self.on));
        let request = fields.may("request", self.request);
        let mut context = caseload::Context::new(actor?, on?);
        context.request = request;
        context.entered = self.entered.map(Into::into);
        Some(context)
    }
}

/// Anything that can be asked of an agency.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Command {
    /// Defines a program. Needs `administer` for every program.
    DefineProgram {
        /// Its id.
        id: ProgramId,
        /// Its name.
        name: Option<String>,
        /// Its policy; the default without one.
        policy: Option<Policy>,
    },
    /// Gives a program another policy as a whole. Later commands obey it; nothing stored is judged again.
    ReviseProgram {
        /// The program.
        id: ProgramId,
        /// The whole policy.
        policy: Policy,
    },
    /// Gives a program another name.
    RenameProgram {
        /// The program.
        id: ProgramId,
        /// The new name.
        name: String,
    },
    /// Gives a staff member another name.
    RenameStaff {
        /// The staff member.
        id: StaffId,
        /// The new name.
        name: String,
    },
    /// Closes a program: it takes no new enrollment, assignment or hand-over. Repeating changes nothing.
    CloseProgram {
        /// The program.
        id: ProgramId,
    },
    /// Opens a closed program again. Repeating changes nothing.
    ReopenProgram {
        /// The program.
        id: ProgramId,
    },
    /// Registers a staff member.
    RegisterStaff {
        /// Their id.
        id: StaffId,
        /// Their name.
        name: Option<String>,
        /// Rights in every program, those defined later too.
        rights: Option<Vec<Right>>,
    },
    /// Gives rights in a program, or in every program.
    Grant {
        /// To whom.
        staff: StaffId,
        /// Which.
        rights: Vec<Right>,
        /// Where; every program without one.
        program: Option<ProgramId>,
    },
    /// Takes rights in a program, or in every program.
    Revoke {
        /// From whom.
        staff: StaffId,
        /// Which.
        rights: Vec<Right>,
        /// Where; every program without one.
        program: Option<ProgramId>,
    },
    /// Deactivates a staff member. Refused while assignments cover today or later.
    DeactivateStaff {
        /// The staff member.
        id: StaffId,
        /// Ends the open-ended assignments on that day in the same entry.
        end_open: Option<Day>,
    },
    /// Activates a staff member again.
    ReactivateStaff {
        /// The staff member.
        id: StaffId,
    },
    /// Enrolls a participant in a program; a later start is possible.
    Enroll {
        /// Its id; a UUIDv7 without one.
        id: Option<EnrollmentId>,
        /// Who is served.
        participant: ParticipantId,
        /// By which program.
        program: ProgramId,
        /// The first day.
        start: Day,
        /// The first day that is not covered.
        end: Option<Day>,
    },
    /// Dismisses: ends an open enrollment. What happens to assignments is policy.
    EndEnrollment {
        /// The enrollment.
        id: EnrollmentId,
        /// The first day that is not covered.
        end: Day,
        /// Why.
        reason: Option<String>,
    },
    /// Undoes a dismissal and reopens exactly the assignments that it ended.
    ReinstateEnrollment {
        /// The enrollment.
        id: EnrollmentId,
        /// Why; required by the rules.
        reason: Option<String>,
    },
    /// Supersedes an enrollment by one with other days; refused while an assignment would stick out.
    CorrectEnrollment {
        /// The enrollment.
        id: EnrollmentId,
        /// The id of the new line; a UUIDv7 without one.
        new_id: Option<EnrollmentId>,
        /// The right first day.
        start: Day,
        /// The right end; open without one.
        end: Option<Day>,
        /// Why; required by the rules.
        reason: Option<String>,
    },
    /// Voids an enrollment; refused while it has assignments.
    VoidEnrollment {
        /// The enrollment.
        id: EnrollmentId,
        /// Why; required by the rules.
        reason: Option<String>,
    },
    /// Records how the host's own enrollments of a program differ from those stored, as one entry.
    MirrorEnrollments {
        /// The program.
        program: ProgramId,
        /// The host's enrollments.
        rows: Vec<EnrollmentRow>,
        /// Whether these are all; only those listed are looked at without it.
        complete: Option<Listing>,
        /// What becomes of assignments that stick out; they are clipped without it.
        on_outside: Option<OnOutside>,
    },
    /// Makes a staff member responsible for a participant in a program.
    Assign {
        /// What it says.
        assign: Assign,
    },
    /// Ends an open assignment; a planned end is allowed, and is final.
    EndAssignment {
        /// What it says.
        end: EndAssignment,
    },
    /// Ends an assignment and starts another on the same day, as one entry.
    Transfer {
        /// The giver's assignment.
        id: AssignmentId,
        /// The id of the receiver's assignment; a UUIDv7 without one.
        new_id: Option<AssignmentId>,
        /// The receiver.
        to_staff: StaffId,
        /// The receiver's first day.
        date: Day,
        /// The receiver's role; the giver's without one.
        role: Option<String>,
        /// Why.
        reason: Option<String>,
    },
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
        /// New ids are `prefix.old-id`; UUIDv7 without one.
        prefix: Option<AssignmentId>,
        /// Only these participants; names that are not held are ignored.
        only: Option<Vec<ParticipantId>>,
        /// What happens where the receiver holds the participant already; it is refused without it.
        on_held: Option<OnHeld>,
        /// What happens to a line that breaks a rule; the whole is refused without it.
        skip_ineligible: Option<Ineligible>,
        /// Why.
        reason: Option<String>,
    },
    /// Supersedes an assignment by a right one.
    Correct {
        /// The assignment.
        id: AssignmentId,
        /// The id of the new line; a UUIDv7 without one.
        new_id: Option<AssignmentId>,
        /// The right staff member; as it was without one.
        staff: Option<StaffId>,
        /// The right role; as it was without one.
        role: Option<String>,
        /// The right first day.
        start: Day,
        /// The right end; open without one.
        end: Option<Day>,
        /// Why; required by the rules.
        reason: Option<String>,
    },
    /// Makes an assignment count for nothing from now on; it stays in history.
    Void {
        /// The assignment.
        id: AssignmentId,
        /// Why; required by the rules.
        reason: Option<String>,
    },
    /// Many assignments and ends, judged and applied in order, as one entry.
    Batch {
        /// What a refused row does to the others.
        mode: BatchMode,
        /// The rows.
        rows: Vec<BatchRow>,
    },
    /// The host's key has changed; history keeps its lines.
    ReplaceId {
        /// What the id names.
        kind: Kind,
        /// The old key.
        id: String,
        /// The new key.
        new_id: String,
        /// Why; required by the rules.
        reason: Option<String>,
    },
    /// Removes what could identify a participant from everything stored.
    Forget {
        /// The participant.
        participant: ParticipantId,
        /// Why; required by the rules.
        reason: Option<String>,
    },
}

/// One assignment that begins.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Assign {
    /// Its id; a UUIDv7 without one.
    #[uniffi(default = None)]
    pub id: Option<AssignmentId>,
    /// Who becomes responsible.
    pub staff: StaffId,
    /// For whom.
    pub participant: ParticipantId,
    /// In which program.
    pub program: ProgramId,
    /// The first day.
    pub start: Day,
    /// The first day that is not covered.
    #[uniffi(default = None)]
    pub end: Option<Day>,
    /// In which role.
    #[uniffi(default = None)]
    pub role: Option<String>,
}

/// One assignment that ends.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EndAssignment {
    /// The assignment.
    pub id: AssignmentId,
    /// The first day that is not covered.
    pub end: Day,
    /// Why.
    #[uniffi(default = None)]
    pub reason: Option<String>,
}

/// One row of a batch.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum BatchRow {
    /// Begins an assignment.
    Begin {
        /// What it says.
        assign: Assign,
    },
    /// Ends one.
    End {
        /// What it says.
        end: EndAssignment,
    },
}

/// One enrollment as the host's own tables have it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EnrollmentRow {
    /// Its id, by which it is known again.
    pub id: EnrollmentId,
    /// Who is served.
    pub participant: ParticipantId,
    /// The first day.
    pub start: Day,
    /// The first day that is not covered.
    #[uniffi(default = None)]
    pub end: Option<Day>,
}

/// Which programs a whole-caseload transfer is about.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Scope {
    /// One.
    OneProgram {
        /// Which.
        program: ProgramId,
    },
    /// Every one.
    EveryProgram,
}

choices! {
    /// What a refused row does to the other rows of its batch.
    BatchMode {
        /// Nothing is stored.
        AllOrNothing,
        /// The others are stored.
        Partial,
    }
    /// Whether mirrored rows are all that the host has in the program.
    Listing {
        /// Enrollments that are not listed are left alone.
        Partial,
        /// Enrollments that are not listed are voided.
        Complete,
    }
    /// What becomes of assignments that mirrored enrollments no longer cover.
    OnOutside {
        /// They are ended at the enrollment's end, or voided where they start outside.
        Clip,
        /// They stay and are listed.
        Report,
    }
    /// What a whole-caseload transfer does where the receiver holds the participant already.
    OnHeld {
        /// It is refused, as any second assignment.
        Refuse,
        /// The giver's line is ended and no new one made.
        EndSource,
    }
    /// What a whole-caseload transfer does with a line that breaks a rule.
    Ineligible {
        /// The whole is refused.
        Refuse,
        /// The line is left behind and listed.
        Skip,
    }
}

/// A command with its context, as the rules know them.
pub(crate) fn read(
    command: Command,
    context: Context,
) -> Result<(Core, caseload::Context), CaseloadError> {
    let mut fields = Reading::default();
    let context = context.read(&mut fields);
    let command = command.read(&mut fields);
    fields.all(command.zip(context))
}

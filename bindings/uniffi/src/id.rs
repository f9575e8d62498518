//! Ids as the host gives them: texts in small types, read with the call that they belong to.

use crate::reading::Reads;
use caseload::InputError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident as $core:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(pub String);

        impl std::fmt::Debug for $name {
            /// It may be somebody's id: only the type is shown.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        uniffi::custom_newtype!($name, String);

        impl From<&caseload::$core> for $name {
            fn from(id: &caseload::$core) -> $name {
                $name(id.as_str().to_owned())
            }
        }

        impl From<caseload::$core> for $name {
            fn from(id: caseload::$core) -> $name {
                $name::from(&id)
            }
        }

        impl Reads<caseload::$core> for $name {
            fn reads(self) -> Result<caseload::$core, InputError> {
                caseload::$core::new(self.0)
            }
        }
    )*};
}

ids! {
    /// The person (or household) served, known here only by this id.
    ParticipantId as ParticipantId,
    /// A worker who holds a caseload or acts on caseloads.
    StaffId as StaffId,
    /// A service with its own enrollments and its own policy.
    ProgramId as ProgramId,
    /// A participant in a program over a period.
    EnrollmentId as EnrollmentId,
    /// One staff member responsible for one participant in one program over a period.
    AssignmentId as AssignmentId,
    /// The host's idempotency key of a command.
    RequestId as RequestId,
    /// Who gives a command or asks: a staff id, or `root`, the host application itself.
    ActorId as Actor,
}

/// An id of any kind.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AnyId {
    /// Of a participant.
    Participant {
        /// The id.
        id: ParticipantId,
    },
    /// Of a staff member.
    Staff {
        /// The id.
        id: StaffId,
    },
    /// Of a program.
    Program {
        /// The id.
        id: ProgramId,
    },
    /// Of an enrollment.
    Enrollment {
        /// The id.
        id: EnrollmentId,
    },
    /// Of an assignment.
    Assignment {
        /// The id.
        id: AssignmentId,
    },
}

impl From<&caseload::AnyId> for AnyId {
    fn from(id: &caseload::AnyId) -> AnyId {
        match id {
            caseload::AnyId::Participant(id) => AnyId::Participant { id: id.into() },
            caseload::AnyId::Staff(id) => AnyId::Staff { id: id.into() },
            caseload::AnyId::Program(id) => AnyId::Program { id: id.into() },
            caseload::AnyId::Enrollment(id) => AnyId::Enrollment { id: id.into() },
            caseload::AnyId::Assignment(id) => AnyId::Assignment { id: id.into() },
        }
    }
}

/// What kind of thing an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Kind {
    /// A participant.
    Participant,
    /// A staff member.
    Staff,
    /// A program.
    Program,
    /// An enrollment.
    Enrollment,
    /// An assignment.
    Assignment,
}

impl From<Kind> for caseload::Kind {
    fn from(kind: Kind) -> caseload::Kind {
        match kind {
            Kind::Participant => caseload::Kind::Participant,
            Kind::Staff => caseload::Kind::Staff,
            Kind::Program => caseload::Kind::Program,
            Kind::Enrollment => caseload::Kind::Enrollment,
            Kind::Assignment => caseload::Kind::Assignment,
        }
    }
}

//! Caseload rules for case-management products.

pub mod body;
pub mod log;

mod assignment;
mod day;
mod enrollment;
mod error;
mod id;
mod memory;
mod period;
mod program;
mod staff;
mod text;
mod violation;

pub use assignment::{Assignment, Cause};
pub use day::Day;
pub use enrollment::{Ending, Enrollment};
pub use error::{Cause as ErrorCause, Error, StoreError};
pub use id::{
    Actor, AnyId, AssignmentId, EnrollmentId, Kind, MAX_ID_BYTES, ParticipantId, ProgramId,
    RequestId, StaffId,
};
pub use memory::{Clock, MemoryLog, system_clock};
pub use period::Period;
pub use program::{
    BatchHistory, CaseloadLimit, Door, Enforcement, EntryOrder, HandOff, OnEnrollmentEnd,
    PlannedStarts, Policy, Primaries, Program, Visibility, ZeroDay,
};
pub use staff::{Activity, Right, Rights, Staff};
pub use text::{MAX_REASON_BYTES, MAX_ROLE_BYTES, Name, Reason, Role};
pub use violation::{
    Code, InputError, Nearest, Notice, Phase, Problem, Refusal, RowVerdict, Status, Violation,
};

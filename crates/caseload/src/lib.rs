#![doc = include_str!("../README.md")]

/// The pages that come with the crate.
pub mod docs {
    #[doc = include_str!("../docs/architecture.md")]
    pub mod architecture {}
    #[doc = include_str!("../docs/design.md")]
    pub mod design {}
    #[doc = include_str!("../docs/rules.md")]
    pub mod rules {}
    #[doc = include_str!("../docs/storage.md")]
    pub mod storage {}
}

pub mod body;
pub mod jsonl;
pub mod log;
pub mod report;

mod access;
mod agency;
mod assignment;
mod command;
mod counts;
mod day;
mod decide;
mod enrollment;
mod error;
mod event;
mod eyes;
mod hash;
mod id;
mod in_order;
mod list;
mod memory;
mod pages;
mod period;
mod private_items;
mod program;
mod progress;
mod question;
mod receipt;
mod rules;
mod short_text;
mod staff;
mod state;
mod text;
mod view;
mod violation;

pub use agency::{
    Agencies, Agency, Asked, Calendar, Checkpoint, CheckpointBytes, Desk, Freshness, KnownAt,
    OpenAgency, Opening, Snapshot, Verified,
};
pub use assignment::{Assignment, Cause};
pub use command::{
    Assign, Batch, BatchMode, CloseProgram, Command, Context, Correct, CorrectEnrollment,
    DeactivateStaff, DefineProgram, EndAssignment, EndEnrollment, Enroll, EnrollmentRow, Forget,
    Grant, Ineligible, Listing, MAX_BATCH_ROWS, MirrorEnrollments, OnHeld, OnOutside,
    ReactivateStaff, RegisterStaff, ReinstateEnrollment, RenameProgram, RenameStaff, ReopenProgram,
    ReplaceId, ReviseProgram, Revoke, Row, Scope, Transfer, TransferAll, Void, VoidEnrollment,
};
pub use counts::Counts;
pub use day::Day;
pub use decide::{Decision, Keeping, NewIds, decide};
pub use enrollment::{Ending, Enrollment};
pub use error::{Cause as ErrorCause, Error, StoreError};
pub use event::{Event, Happened};
pub use id::{
    Actor, AnyId, AssignmentId, EnrollmentId, Kind, MAX_ID_BYTES, ParticipantId, ProgramId,
    RequestId, StaffId,
};
pub use list::{MAX_PAGE, Paged};
pub use memory::{Clock, MemoryLog, system_clock};
pub use period::Period;
pub use program::{
    BatchHistory, CaseloadLimit, Door, Enforcement, EntryOrder, HandOff, OnEnrollmentEnd,
    PlannedStarts, Policy, Primaries, Program, Visibility, ZeroDay,
};
pub use progress::{Flow, Progress, Stage, Tell};
pub use question::{Count, Held, Line, Lines};
pub use receipt::{Outcome, Receipt, Verdict};
pub use rules::rules_page;
pub use staff::{Activity, Right, Rights, Staff};
pub use text::{MAX_REASON_BYTES, MAX_ROLE_BYTES, Name, Reason, Role};
pub use view::{Coming, LineFilter, Read, Standing, View};
pub use violation::{
    Code, InputError, Nearest, Notice, Phase, Problem, Refusal, RowVerdict, Status, Violation,
};

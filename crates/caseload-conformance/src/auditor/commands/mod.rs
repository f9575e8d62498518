//! The commands: reading one, and judging it against a state.

pub(super) mod assignments;
pub(super) mod batch;
pub(super) mod enrollments;
pub(super) mod identity;
pub(super) mod mirror;
pub(super) mod programs;
pub(super) mod staff;
pub(super) mod transfer_all;

use super::input::Fields;
use super::rules::Context;
use super::state::State;
use super::verdict::Outcome;

/// Everything but who and when. A value of this type is fully read: nothing in it is a placeholder
/// once its fields were finished.
#[derive(Clone, Debug)]
pub(super) enum Command {
    DefineProgram(programs::Define),
    ReviseProgram(programs::Revise),
    RenameProgram(programs::Rename),
    SetClosed(programs::SetClosed),
    RegisterStaff(staff::Register),
    RenameStaff(staff::Rename),
    Rights(staff::Rights),
    Deactivate(staff::Deactivate),
    Reactivate(staff::Reactivate),
    Enroll(enrollments::Enroll),
    EndEnrollment(enrollments::End),
    ReinstateEnrollment(enrollments::Reinstate),
    CorrectEnrollment(enrollments::Correct),
    VoidEnrollment(enrollments::Void),
    Mirror(mirror::Mirror),
    Assign(assignments::Assign),
    EndAssignment(assignments::End),
    Transfer(assignments::Transfer),
    TransferAll(transfer_all::TransferAll),
    Correct(assignments::Correct),
    Void(assignments::Void),
    Batch(batch::Batch),
    ReplaceId(identity::ReplaceId),
    Forget(identity::Forget),
}

impl Command {
    /// Reads the fields of an operation; `None` if there is no such operation.
    pub(super) fn read(op: &str, fields: &mut Fields<'_>) -> Option<Command> {
        Some(match op {
            "define_program" => Command::DefineProgram(programs::Define::read(fields)),
            "revise_program" => Command::ReviseProgram(programs::Revise::read(fields)),
            "rename_program" => Command::RenameProgram(programs::Rename::read(fields)),
            "close_program" => Command::SetClosed(programs::SetClosed::read(fields, true)),
            "reopen_program" => Command::SetClosed(programs::SetClosed::read(fields, false)),
            "register_staff" => Command::RegisterStaff(staff::Register::read(fields)),
            "rename_staff" => Command::RenameStaff(staff::Rename::read(fields)),
            "grant" => Command::Rights(staff::Rights::read(fields, true)),
            "revoke" => Command::Rights(staff::Rights::read(fields, false)),
            "deactivate_staff" => Command::Deactivate(staff::Deactivate::read(fields)),
            "reactivate_staff" => Command::Reactivate(staff::Reactivate::read(fields)),
            "enroll" => Command::Enroll(enrollments::Enroll::read(fields)),
            "end_enrollment" => Command::EndEnrollment(enrollments::End::read(fields)),
            "reinstate_enrollment" => {
                Command::ReinstateEnrollment(enrollments::Reinstate::read(fields))
            }
            "correct_enrollment" => Command::CorrectEnrollment(enrollments::Correct::read(fields)),
            "void_enrollment" => Command::VoidEnrollment(enrollments::Void::read(fields)),
            "mirror_enrollments" => Command::Mirror(mirror::Mirror::read(fields)),
            "assign" => Command::Assign(assignments::Assign::read(fields)),
            "end_assignment" => Command::EndAssignment(assignments::End::read(fields)),
            "transfer" => Command::Transfer(assignments::Transfer::read(fields)),
            "transfer_all" => Command::TransferAll(transfer_all::TransferAll::read(fields)),
            "correct" => Command::Correct(assignments::Correct::read(fields)),
            "void" => Command::Void(assignments::Void::read(fields)),
            "batch" => Command::Batch(batch::Batch::read(fields)),
            "replace_id" => Command::ReplaceId(identity::ReplaceId::read(fields)),
            "forget" => Command::Forget(identity::Forget::read(fields)),
            _ => return None,
        })
    }

    pub(super) fn judge(&self, state: &State, context: &Context) -> Outcome {
        match self {
            Command::DefineProgram(command) => command.judge(state, context),
            Command::ReviseProgram(command) => command.judge(state, context),
            Command::RenameProgram(command) => command.judge(state, context),
            Command::SetClosed(command) => command.judge(state, context),
            Command::RegisterStaff(command) => command.judge(state, context),
            Command::RenameStaff(command) => command.judge(state, context),
            Command::Rights(command) => command.judge(state, context),
            Command::Deactivate(command) => command.judge(state, context),
            Command::Reactivate(command) => command.judge(state, context),
            Command::Enroll(command) => command.judge(state, context),
            Command::EndEnrollment(command) => command.judge(state, context),
            Command::ReinstateEnrollment(command) => command.judge(state, context),
            Command::CorrectEnrollment(command) => command.judge(state, context),
            Command::VoidEnrollment(command) => command.judge(state, context),
            Command::Mirror(command) => command.judge(state, context),
            Command::Assign(command) => command.judge(state, context),
            Command::EndAssignment(command) => command.judge(state, context),
            Command::Transfer(command) => command.judge(state, context),
            Command::TransferAll(command) => command.judge(state, context),
            Command::Correct(command) => command.judge(state, context),
            Command::Void(command) => command.judge(state, context),
            Command::Batch(command) => command.judge(state, context),
            Command::ReplaceId(command) => command.judge(state, context),
            Command::Forget(command) => command.judge(state, context),
        }
    }
}

//! Commands as JSON objects.

use serde_json::{Map, Value};

use super::{fields::Fields, policy};
use crate::{
    Actor, AnyId, Assign, AssignmentId, Batch, BatchMode, CloseProgram, Command, Context, Correct,
    CorrectEnrollment, DeactivateStaff, DefineProgram, EndAssignment, EndEnrollment, Enroll,
    EnrollmentId, EnrollmentRow, Forget, Grant, Ineligible, InputError, Kind, Listing,
    MAX_BATCH_ROWS, MirrorEnrollments, Name, OnHeld, OnOutside, ParticipantId, Policy, Problem,
    ProgramId, ReactivateStaff, Reason, RegisterStaff, ReinstateEnrollment, RenameProgram,
    RenameStaff, ReopenProgram, ReplaceId, RequestId, ReviseProgram, Revoke, Right, Rights, Role,
    Row, Scope, StaffId, Transfer, TransferAll, Violation, Void, VoidEnrollment,
};

/// A command as it was given.
#[derive(Debug)]
pub(crate) enum Given {
    /// To be recorded.
    Record(Command, Context),
    /// To be reviewed.
    Review(Command, Context),
}

#[derive(Clone, Copy)]
enum Doing {
    Record,
    Review,
}

/// Reads a command with its context.
pub(super) fn read(object: Map<String, Value>) -> Result<Given, InputError> {
    let names_a_program = object.contains_key("program");
    let mut fields = Fields::new(object);
    let op = fields.text("op");
    let context = context(&mut fields);
    let doing = fields.switch("review", Doing::Record, Doing::Review).unwrap_or(Doing::Record);
    let command = match op.as_deref() {
        Some("transfer_all") => transfer_all(&mut fields, names_a_program).map(Command::from),
        // Which fields an unknown command has cannot be said: this alone is wrong.
        Some(op) => command(op, &mut fields)?,
        // Without the command it cannot be said which fields belong to it.
        None => return Err(InputError::command("op", "missing field, or not a text")),
    };
    let (command, context) = fields.finish(command.zip(context))?;
    Ok(match doing {
        Doing::Record => Given::Record(command, context),
        Doing::Review => Given::Review(command, context),
    })
}

fn context(fields: &mut Fields) -> Option<Context> {
    let actor = fields.need("actor", |fields, field| fields.read(field, |text| Actor::new(text)));
    let on = fields.need("on", |fields, field| fields.day(field));
    let request = fields.read("request", |text| RequestId::new(text));
    let entered = fields.instant("entered");
    let mut context = Context::new(actor?, on?);
    context.request = request;
    context.entered = entered;
    Some(context)
}

/// Reads the fields of a command; what is wrong with them is noted there.
fn command(op: &str, fields: &mut Fields) -> Result<Option<Command>, InputError> {
    Ok(match op {
        "define_program" => define_program(fields).map(Command::from),
        "revise_program" => revise_program(fields).map(Command::from),
        "rename_program" => {
            let (id, name) = (need_program(fields, "id"), need_name(fields));
            id.zip(name).map(|(id, name)| RenameProgram::new(id, name).into())
        }
        "rename_staff" => {
            let (id, name) = (need_staff(fields, "id"), need_name(fields));
            id.zip(name).map(|(id, name)| RenameStaff::new(id, name).into())
        }
        "close_program" => need_program(fields, "id").map(|id| CloseProgram::new(id).into()),
        "reopen_program" => need_program(fields, "id").map(|id| ReopenProgram::new(id).into()),
        "register_staff" => register_staff(fields).map(Command::from),
        "grant" => rights_change(fields).map(|(staff, rights, program)| {
            let mut grant = Grant::new(staff, rights);
            grant.program = program;
            grant.into()
        }),
        "revoke" => rights_change(fields).map(|(staff, rights, program)| {
            let mut revoke = Revoke::new(staff, rights);
            revoke.program = program;
            revoke.into()
        }),
        "deactivate_staff" => deactivate_staff(fields).map(Command::from),
        "reactivate_staff" => need_staff(fields, "id").map(|id| ReactivateStaff::new(id).into()),
        "enroll" => enroll(fields).map(Command::from),
        "end_enrollment" => end_enrollment(fields).map(Command::from),
        "reinstate_enrollment" => reinstate_enrollment(fields).map(Command::from),
        "correct_enrollment" => correct_enrollment(fields).map(Command::from),
        "void_enrollment" => void_enrollment(fields).map(Command::from),
        "mirror_enrollments" => mirror_enrollments(fields).map(Command::from),
        "assign" => assign(fields).map(Command::from),
        "end_assignment" => end_assignment(fields).map(Command::from),
        "transfer" => transfer(fields).map(Command::from),
        "correct" => correct(fields).map(Command::from),
        "void" => void(fields).map(Command::from),
        "batch" => batch(fields).map(Command::from),
        "replace_id" => replace_id(fields).map(Command::from),
        "forget" => forget(fields).map(Command::from),
        _ => return Err(InputError::command("op", "is no command")),
    })
}

fn need_program(fields: &mut Fields, field: &'static str) -> Option<ProgramId> {
    fields.need(field, |fields, field| fields.read(field, |text| ProgramId::new(text)))
}

fn need_staff(fields: &mut Fields, field: &'static str) -> Option<StaffId> {
    fields.need(field, |fields, field| fields.read(field, |text| StaffId::new(text)))
}

fn need_participant(fields: &mut Fields) -> Option<ParticipantId> {
    fields.need("participant", |fields, field| fields.read(field, |text| ParticipantId::new(text)))
}

fn need_enrollment(fields: &mut Fields) -> Option<EnrollmentId> {
    fields.need("id", |fields, field| fields.read(field, |text| EnrollmentId::new(text)))
}

fn need_assignment(fields: &mut Fields) -> Option<AssignmentId> {
    fields.need("id", |fields, field| fields.read(field, |text| AssignmentId::new(text)))
}

fn need_day(fields: &mut Fields, field: &'static str) -> Option<crate::Day> {
    fields.need(field, Fields::day)
}

fn need_name(fields: &mut Fields) -> Option<Name> {
    fields.need("name", |fields, field| fields.read(field, |text| Name::new(text)))
}

fn reason(fields: &mut Fields) -> Option<Reason> {
    fields.read("reason", |text| Reason::new(text))
}

fn role(fields: &mut Fields) -> Option<Role> {
    fields.read("role", |text| Role::new(text))
}

fn rights(fields: &mut Fields) -> Option<Rights> {
    let rights = fields.texts("rights", |text| {
        Right::from_word(text).ok_or_else(|| InputError::command("rights", "is no right"))
    });
    rights.map(Rights::from_iter)
}

fn policy_of(fields: &mut Fields) -> Option<Policy> {
    match policy::read(fields.object("policy")?) {
        Ok(policy) => Some(policy),
        Err(error) => {
            fields.absorb(error);
            None
        }
    }
}

fn define_program(fields: &mut Fields) -> Option<DefineProgram> {
    let id = need_program(fields, "id");
    let name = fields.read("name", |text| Name::new(text));
    let policy = policy_of(fields);
    let mut command = DefineProgram::new(id?);
    (command.name, command.policy) = (name, policy);
    Some(command)
}

fn revise_program(fields: &mut Fields) -> Option<ReviseProgram> {
    let id = need_program(fields, "id");
    let policy = fields.need("policy", |fields, _| policy_of(fields));
    Some(ReviseProgram::new(id?, policy?))
}

fn register_staff(fields: &mut Fields) -> Option<RegisterStaff> {
    let id = need_staff(fields, "id");
    let name = fields.read("name", |text| Name::new(text));
    let rights = rights(fields);
    let mut command = RegisterStaff::new(id?);
    (command.name, command.rights) = (name, rights);
    Some(command)
}

fn rights_change(fields: &mut Fields) -> Option<(StaffId, Rights, Option<ProgramId>)> {
    let staff = need_staff(fields, "staff");
    let rights = fields.need("rights", |fields, _| rights(fields));
    let program = fields.read("program", |text| ProgramId::new(text));
    Some((staff?, rights?, program))
}

fn deactivate_staff(fields: &mut Fields) -> Option<DeactivateStaff> {
    let id = need_staff(fields, "id");
    let end_open = fields.day("end_open");
    let mut command = DeactivateStaff::new(id?);
    command.end_open = end_open;
    Some(command)
}

fn enroll(fields: &mut Fields) -> Option<Enroll> {
    let id = fields.read("id", |text| EnrollmentId::new(text));
    let participant = need_participant(fields);
    let program = need_program(fields, "program");
    let start = need_day(fields, "start");
    let end = fields.day("end");
    let mut command = Enroll::new(participant?, program?, start?);
    (command.id, command.end) = (id, end);
    Some(command)
}

fn end_enrollment(fields: &mut Fields) -> Option<EndEnrollment> {
    let (id, end) = (need_enrollment(fields), need_day(fields, "end"));
    let reason = reason(fields);
    let mut command = EndEnrollment::new(id?, end?);
    command.reason = reason;
    Some(command)
}

fn reinstate_enrollment(fields: &mut Fields) -> Option<ReinstateEnrollment> {
    let id = need_enrollment(fields);
    let reason = reason(fields);
    let mut command = ReinstateEnrollment::new(id?);
    command.reason = reason;
    Some(command)
}

fn correct_enrollment(fields: &mut Fields) -> Option<CorrectEnrollment> {
    let (id, start) = (need_enrollment(fields), need_day(fields, "start"));
    let new_id = fields.read("new_id", |text| EnrollmentId::new(text));
    let (end, reason) = (fields.day("end"), reason(fields));
    let mut command = CorrectEnrollment::new(id?, start?);
    (command.new_id, command.end, command.reason) = (new_id, end, reason);
    Some(command)
}

fn void_enrollment(fields: &mut Fields) -> Option<VoidEnrollment> {
    let id = need_enrollment(fields);
    let reason = reason(fields);
    let mut command = VoidEnrollment::new(id?);
    command.reason = reason;
    Some(command)
}

fn mirror_enrollments(fields: &mut Fields) -> Option<MirrorEnrollments> {
    let program = need_program(fields, "program");
    let complete = fields.switch("complete", Listing::Partial, Listing::Complete);
    let on_outside =
        fields.word("on_outside", &[("clip", OnOutside::Clip), ("report", OnOutside::Report)]);
    let rows = fields.need("rows", Fields::list).unwrap_or_default();
    let mut read = Vec::with_capacity(rows.len());
    for (number, row) in (1..).zip(rows) {
        match enrollment_row(row) {
            Ok(row) => read.push(row),
            Err(mut error) => {
                error.violations.iter_mut().for_each(|violation| violation.row = Some(number));
                fields.absorb(error);
            }
        }
    }
    let mut command = MirrorEnrollments::new(program?, read);
    (command.complete, command.on_outside) = (complete, on_outside);
    Some(command)
}

fn enrollment_row(row: Value) -> Result<EnrollmentRow, InputError> {
    let Value::Object(row) = row else {
        return Err(InputError::command("rows", "holds something that is not an object"));
    };
    let mut fields = Fields::new(row);
    let (id, participant) = (need_enrollment(&mut fields), need_participant(&mut fields));
    let (start, end) = (need_day(&mut fields, "start"), fields.day("end"));
    let row = id.zip(participant).zip(start);
    let row = row.map(|((id, participant), start)| EnrollmentRow::new(id, participant, start, end));
    fields.finish(row)
}

fn assign(fields: &mut Fields) -> Option<Assign> {
    let id = fields.read("id", |text| AssignmentId::new(text));
    let staff = need_staff(fields, "staff");
    let participant = need_participant(fields);
    let program = need_program(fields, "program");
    let start = need_day(fields, "start");
    let (end, role) = (fields.day("end"), role(fields));
    let mut command = Assign::new(staff?, participant?, program?, start?);
    (command.id, command.end, command.role) = (id, end, role);
    Some(command)
}

fn end_assignment(fields: &mut Fields) -> Option<EndAssignment> {
    let (id, end) = (need_assignment(fields), need_day(fields, "end"));
    let reason = reason(fields);
    let mut command = EndAssignment::new(id?, end?);
    command.reason = reason;
    Some(command)
}

fn transfer(fields: &mut Fields) -> Option<Transfer> {
    let id = need_assignment(fields);
    let new_id = fields.read("new_id", |text| AssignmentId::new(text));
    let (to_staff, date) = (need_staff(fields, "to_staff"), need_day(fields, "date"));
    let (role, reason) = (role(fields), reason(fields));
    let mut command = Transfer::new(id?, to_staff?, date?);
    (command.new_id, command.role, command.reason) = (new_id, role, reason);
    Some(command)
}

fn transfer_all(fields: &mut Fields, names_a_program: bool) -> Option<TransferAll> {
    let (staff, to_staff) = (need_staff(fields, "staff"), need_staff(fields, "to_staff"));
    if !names_a_program {
        fields.wrong("program", "must be said: an id, or null for every program");
    }
    let one = fields.has("program");
    let program = fields.read("program", |text| ProgramId::new(text));
    let scope = if one { program.map(Scope::Program) } else { Some(Scope::EveryProgram) };
    let date = need_day(fields, "date");
    let prefix = fields.read("prefix", |text| AssignmentId::new(text));
    let only = fields.texts("only", |text| ParticipantId::new(text));
    let on_held =
        fields.word("on_held", &[("refuse", OnHeld::Refuse), ("end_source", OnHeld::EndSource)]);
    let skip = fields.switch("skip_ineligible", Ineligible::Refuse, Ineligible::Skip);
    let reason = reason(fields);
    let mut command = TransferAll::new(staff?, to_staff?, scope?, date?);
    (command.prefix, command.only, command.on_held) = (prefix, only, on_held);
    (command.skip_ineligible, command.reason) = (skip, reason);
    Some(command)
}

fn correct(fields: &mut Fields) -> Option<Correct> {
    let (id, start) = (need_assignment(fields), need_day(fields, "start"));
    let new_id = fields.read("new_id", |text| AssignmentId::new(text));
    let staff = fields.read("staff", |text| StaffId::new(text));
    let (end, role, reason) = (fields.day("end"), role(fields), reason(fields));
    let mut command = Correct::new(id?, start?);
    (command.new_id, command.staff, command.role) = (new_id, staff, role);
    (command.end, command.reason) = (end, reason);
    Some(command)
}

fn void(fields: &mut Fields) -> Option<Void> {
    let id = need_assignment(fields);
    let reason = reason(fields);
    let mut command = Void::new(id?);
    command.reason = reason;
    Some(command)
}

fn batch(fields: &mut Fields) -> Option<Batch> {
    let mode = fields.need("mode", |fields, field| {
        let modes = [("all_or_nothing", BatchMode::AllOrNothing), ("partial", BatchMode::Partial)];
        fields.word(field, &modes)
    });
    let rows = fields.need("rows", Fields::list);
    if rows.as_ref().is_some_and(|rows| rows.len() > MAX_BATCH_ROWS) {
        let max = MAX_BATCH_ROWS as u64;
        fields.problem("rows", Problem::TooLarge { what: "rows".into(), max });
    }
    Some(Batch::new(mode?, rows?.into_iter().map(row).collect()))
}

/// A row of a batch: what is wrong with it fails that row only.
fn row(row: Value) -> Row {
    let Value::Object(row) = row else {
        return InputError::command_as_a_whole("is not an object").into();
    };
    let mut fields = Fields::new(row);
    let op = fields.text("op");
    let read = match op.as_deref() {
        Some("assign") => assign(&mut fields).map(Row::Assign),
        Some("end_assignment") => end_assignment(&mut fields).map(Row::EndAssignment),
        Some(_) => return Row::Unreadable(vec![Violation::new(Problem::RowKind, &["op"])]),
        None => return InputError::command("op", "missing field, or not a text").into(),
    };
    fields.finish(read).unwrap_or_else(Row::from)
}

fn replace_id(fields: &mut Fields) -> Option<ReplaceId> {
    let kinds = Kind::ALL.map(|kind| (kind.word(), kind));
    let kind = fields.need("kind", |fields, field| fields.word(field, &kinds));
    // Which kind an id is of changes nothing about whether its text is one.
    let of = kind.unwrap_or(Kind::Participant);
    let id = fields.need("id", |f, field| f.read(field, |text| AnyId::new(of, text)));
    let new_id = fields.need("new_id", |f, field| f.read(field, |text| AnyId::new(of, text)));
    let reason = reason(fields);
    let mut command = ReplaceId::new(id?, new_id?);
    command.reason = reason;
    kind.map(|_| command)
}

fn forget(fields: &mut Fields) -> Option<Forget> {
    let participant = need_participant(fields);
    let reason = reason(fields);
    let mut command = Forget::new(participant?);
    command.reason = reason;
    Some(command)
}

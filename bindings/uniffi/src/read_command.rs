//! Reading commands: what a host gave becomes what the rules judge.

use caseload::{AnyId, Command as Core, InputError, MAX_BATCH_ROWS, Problem, Row, Violation};

use crate::{
    command::{Assign, BatchRow, Command, EndAssignment, EnrollmentRow, Scope},
    id::Kind,
    policy::set_of,
    reading::{Reading, Reads, input},
};

impl Command {
    /// The command; what is wrong with its fields is noted.
    pub(crate) fn read(self, fields: &mut Reading) -> Option<Core> {
        match self {
            command @ (Command::DefineProgram { .. }
            | Command::ReviseProgram { .. }
            | Command::RenameProgram { .. }
            | Command::CloseProgram { .. }
            | Command::ReopenProgram { .. }) => command.about_a_program(fields),
            command @ (Command::RegisterStaff { .. }
            | Command::RenameStaff { .. }
            | Command::Grant { .. }
            | Command::Revoke { .. }
            | Command::DeactivateStaff { .. }
            | Command::ReactivateStaff { .. }) => command.about_staff(fields),
            command @ (Command::Enroll { .. }
            | Command::EndEnrollment { .. }
            | Command::ReinstateEnrollment { .. }
            | Command::CorrectEnrollment { .. }
            | Command::VoidEnrollment { .. }
            | Command::MirrorEnrollments { .. }) => command.about_enrollments(fields),
            Command::Batch { mode, rows } => {
                if rows.len() > MAX_BATCH_ROWS {
                    let max = MAX_BATCH_ROWS as u64;
                    let too_many = Problem::TooLarge { what: "rows".into(), max };
                    fields.noted("rows", Err::<(), _>(input(too_many)));
                }
                let rows = rows.into_iter().map(BatchRow::read).collect();
                Some(caseload::Batch::new(mode.into(), rows).into())
            }
            Command::ReplaceId { kind, id, new_id, reason } => {
                let id = fields.need("id", OfKind(kind, id));
                let new_id = fields.need("new_id", OfKind(kind, new_id));
                let reason = fields.may("reason", reason);
                let mut command = caseload::ReplaceId::new(id?, new_id?);
                command.reason = reason;
                Some(command.into())
            }
            Command::Forget { participant, reason } => {
                let participant = fields.need("participant", participant);
                let reason = fields.may("reason", reason);
                let mut command = caseload::Forget::new(participant?);
                command.reason = reason;
                Some(command.into())
            }
            command => command.about_assignments(fields),
        }
    }

    fn about_a_program(self, fields: &mut Reading) -> Option<Core> {
        Some(match self {
            Command::DefineProgram { id, name, policy } => {
                let id = fields.need("id", id);
                let (name, policy) = (fields.may("name", name), fields.part(policy));
                let mut command = caseload::DefineProgram::new(id?);
                (command.name, command.policy) = (name, policy);
                command.into()
            }
            Command::ReviseProgram { id, policy } => {
                let (id, policy) = (fields.need("id", id), fields.part(Some(policy)));
                caseload::ReviseProgram::new(id?, policy?).into()
            }
            Command::RenameProgram { id, name } => {
                let (id, name) = (fields.need("id", id), fields.need("name", name));
                caseload::RenameProgram::new(id?, name?).into()
            }
            Command::CloseProgram { id } => {
                caseload::CloseProgram::new(fields.need("id", id)?).into()
            }
            Command::ReopenProgram { id } => {
                caseload::ReopenProgram::new(fields.need("id", id)?).into()
            }
            _ => return None,
        })
    }

    fn about_staff(self, fields: &mut Reading) -> Option<Core> {
        Some(match self {
            Command::RegisterStaff { id, name, rights } => {
                let (id, name) = (fields.need("id", id), fields.may("name", name));
                let mut command = caseload::RegisterStaff::new(id?);
                (command.name, command.rights) = (name, rights.map(set_of));
                command.into()
            }
            Command::RenameStaff { id, name } => {
                let (id, name) = (fields.need("id", id), fields.need("name", name));
                caseload::RenameStaff::new(id?, name?).into()
            }
            Command::Grant { staff, rights, program } => {
                let (staff, program) =
                    (fields.need("staff", staff), fields.may("program", program));
                let mut command = caseload::Grant::new(staff?, set_of(rights));
                command.program = program;
                command.into()
            }
            Command::Revoke { staff, rights, program } => {
                let (staff, program) =
                    (fields.need("staff", staff), fields.may("program", program));
                let mut command = caseload::Revoke::new(staff?, set_of(rights));
                command.program = program;
                command.into()
            }
            Command::DeactivateStaff { id, end_open } => {
                let (id, end_open) = (fields.need("id", id), fields.may("end_open", end_open));
                let mut command = caseload::DeactivateStaff::new(id?);
                command.end_open = end_open;
                command.into()
            }
            Command::ReactivateStaff { id } => {
                caseload::ReactivateStaff::new(fields.need("id", id)?).into()
            }
            _ => return None,
        })
    }

    fn about_enrollments(self, fields: &mut Reading) -> Option<Core> {
        Some(match self {
            Command::Enroll { id, participant, program, start, end } => {
                let id = fields.may("id", id);
                let participant = fields.need("participant", participant);
                let program = fields.need("program", program);
                let (start, end) = (fields.need("start", start), fields.may("end", end));
                let mut command = caseload::Enroll::new(participant?, program?, start?);
                (command.id, command.end) = (id, end);
                command.into()
            }
            Command::EndEnrollment { id, end, reason } => {
                let (id, end) = (fields.need("id", id), fields.need("end", end));
                let reason = fields.may("reason", reason);
                let mut command = caseload::EndEnrollment::new(id?, end?);
                command.reason = reason;
                command.into()
            }
            Command::ReinstateEnrollment { id, reason } => {
                let (id, reason) = (fields.need("id", id), fields.may("reason", reason));
                let mut command = caseload::ReinstateEnrollment::new(id?);
                command.reason = reason;
                command.into()
            }
            Command::CorrectEnrollment { id, new_id, start, end, reason } => {
                let (id, start) = (fields.need("id", id), fields.need("start", start));
                let new_id = fields.may("new_id", new_id);
                let (end, reason) = (fields.may("end", end), fields.may("reason", reason));
                let mut command = caseload::CorrectEnrollment::new(id?, start?);
                (command.new_id, command.end, command.reason) = (new_id, end, reason);
                command.into()
            }
            Command::VoidEnrollment { id, reason } => {
                let (id, reason) = (fields.need("id", id), fields.may("reason", reason));
                let mut command = caseload::VoidEnrollment::new(id?);
                command.reason = reason;
                command.into()
            }
            Command::MirrorEnrollments { program, rows, complete, on_outside } => {
                let program = fields.need("program", program);
                let rows = fields.enrollment_rows(rows);
                let mut command = caseload::MirrorEnrollments::new(program?, rows);
                command.complete = complete.map(Into::into);
                command.on_outside = on_outside.map(Into::into);
                command.into()
            }
            _ => return None,
        })
    }

    fn about_assignments(self, fields: &mut Reading) -> Option<Core> {
        Some(match self {
            Command::Assign { assign } => assign.read(fields)?.into(),
            Command::EndAssignment { end } => end.read(fields)?.into(),
            Command::Transfer { id, new_id, to_staff, date, role, reason } => {
                let (id, new_id) = (fields.need("id", id), fields.may("new_id", new_id));
                let (to_staff, date) =
                    (fields.need("to_staff", to_staff), fields.need("date", date));
                let (role, reason) = (fields.may("role", role), fields.may("reason", reason));
                let mut command = caseload::Transfer::new(id?, to_staff?, date?);
                (command.new_id, command.role, command.reason) = (new_id, role, reason);
                command.into()
            }
            Command::Correct { id, new_id, staff, role, start, end, reason } => {
                let (id, start) = (fields.need("id", id), fields.need("start", start));
                let (new_id, staff) = (fields.may("new_id", new_id), fields.may("staff", staff));
                let (end, role) = (fields.may("end", end), fields.may("role", role));
                let reason = fields.may("reason", reason);
                let mut command = caseload::Correct::new(id?, start?);
                (command.new_id, command.staff, command.role) = (new_id, staff, role);
                (command.end, command.reason) = (end, reason);
                command.into()
            }
            Command::Void { id, reason } => {
                let (id, reason) = (fields.need("id", id), fields.may("reason", reason));
                let mut command = caseload::Void::new(id?);
                command.reason = reason;
                command.into()
            }
            command => command.transfer_all(fields)?,
        })
    }

    fn transfer_all(self, fields: &mut Reading) -> Option<Core> {
        let Command::TransferAll {
            staff,
            to_staff,
            scope,
            date,
            prefix,
            only,
            on_held,
            skip_ineligible,
            reason,
        } = self
        else {
            return None;
        };
        let (staff, to_staff) = (fields.need("staff", staff), fields.need("to_staff", to_staff));
        let (scope, date) = (fields.need("program", scope), fields.need("date", date));
        let (prefix, only) = (fields.may("prefix", prefix), fields.may("only", only));
        let reason = fields.may("reason", reason);
        let mut command = caseload::TransferAll::new(staff?, to_staff?, scope?, date?);
        (command.prefix, command.only, command.reason) = (prefix, only, reason);
        command.on_held = on_held.map(Into::into);
        command.skip_ineligible = skip_ineligible.map(Into::into);
        Some(command.into())
    }
}

impl Assign {
    fn read(self, fields: &mut Reading) -> Option<caseload::Assign> {
        let Assign { id, staff, participant, program, start, end, role } = self;
        let (id, staff) = (fields.may("id", id), fields.need("staff", staff));
        let participant = fields.need("participant", participant);
        let (program, start) = (fields.need("program", program), fields.need("start", start));
        let (end, role) = (fields.may("end", end), fields.may("role", role));
        let mut command = caseload::Assign::new(staff?, participant?, program?, start?);
        (command.id, command.end, command.role) = (id, end, role);
        Some(command)
    }
}

impl EndAssignment {
    fn read(self, fields: &mut Reading) -> Option<caseload::EndAssignment> {
        let EndAssignment { id, end, reason } = self;
        let (id, end) = (fields.need("id", id), fields.need("end", end));
        let reason = fields.may("reason", reason);
        let mut command = caseload::EndAssignment::new(id?, end?);
        command.reason = reason;
        Some(command)
    }
}

impl BatchRow {
    /// What is wrong with a row of a batch fails that row only.
    fn read(self) -> Row {
        let mut fields = Reading::default();
        let read = match self {
            BatchRow::Begin { assign } => assign.read(&mut fields).map(Row::Assign),
            BatchRow::End { end } => end.read(&mut fields).map(Row::EndAssignment),
        };
        fields.row(read).unwrap_or_else(Row::Unreadable)
    }
}

impl EnrollmentRow {
    fn read(self) -> Result<caseload::EnrollmentRow, Vec<Violation>> {
        let EnrollmentRow { id, participant, start, end } = self;
        let mut fields = Reading::default();
        let (id, participant) = (fields.need("id", id), fields.need("participant", participant));
        let (start, end) = (fields.need("start", start), fields.may("end", end));
        let row = id.zip(participant).zip(start);
        fields.row(row.map(|((id, participant), start)| {
            caseload::EnrollmentRow::new(id, participant, start, end)
        }))
    }
}

impl Reading {
    fn enrollment_rows(&mut self, rows: Vec<EnrollmentRow>) -> Vec<caseload::EnrollmentRow> {
        let mut read = Vec::with_capacity(rows.len());
        for (number, row) in (1..).zip(rows) {
            match row.read() {
                Ok(row) => read.push(row),
                Err(wrong) => self.absorb_row(number, wrong),
            }
        }
        read
    }
}

impl Reads<caseload::Scope> for Scope {
    fn reads(self) -> Result<caseload::Scope, InputError> {
        Ok(match self {
            Scope::OneProgram { program } => caseload::Scope::Program(program.reads()?),
            Scope::EveryProgram => caseload::Scope::EveryProgram,
        })
    }
}

/// A text that names something of a kind.
struct OfKind(Kind, String);

impl Reads<AnyId> for OfKind {
    fn reads(self) -> Result<AnyId, InputError> {
        AnyId::new(self.0.into(), self.1)
    }
}

//! Assignments made from the users of entry and exit rows: a proxy, and said to be one.

use caseload::{
    Assign, AssignmentId, Batch, BatchMode, Day, EnrollmentId, InputError, ProgramId, Role, Row,
    StaffId,
};

use super::{HmisFile, plan::Planned};

/// The role of the user who entered an enrollment.
pub const ENTRY_ROLE: &str = "hmis-entry-user";
/// The role of the user who entered its exit.
pub const EXIT_ROLE: &str = "hmis-exit-user";

/// One assignment made from a user, with the row it was made of.
pub(super) struct Proxy {
    pub(super) row: Row,
    pub(super) file: HmisFile,
    pub(super) line: u64,
}

pub(super) fn batch<'a>(rows: impl Iterator<Item = &'a Proxy>) -> Batch {
    Batch::new(BatchMode::Partial, rows.map(|proxy| proxy.row.clone()).collect())
}

/// The assignments, and how many rows name no user to make one from.
pub(super) fn rows(kept: &[(ProgramId, Vec<Planned>)]) -> (Vec<Proxy>, u64) {
    let mut rows = Vec::new();
    let mut missing = 0;
    for (program, planned) in kept {
        for planned in planned {
            match &planned.entry_user {
                Some(user) => rows.push(by_entry(program, planned, user)),
                None => missing += 1,
            }
            match (&planned.exit_user, planned.exit_line) {
                (Some(user), Some(line)) if planned.entry_user.as_ref() != Some(user) => {
                    rows.push(by_exit(program, planned, user, line));
                }
                (None, Some(_)) => missing += 1,
                _ => {}
            }
        }
    }
    (rows, missing)
}

/// Whoever entered the enrollment has all of it.
fn by_entry(program: &ProgramId, planned: &Planned, user: &StaffId) -> Proxy {
    let days = (planned.row.start, planned.row.end);
    let row = assign(ENTRY_ROLE, program, planned, user, days);
    Proxy { row, file: HmisFile::Enrollment, line: planned.line }
}

/// Whoever entered the exit has the last day: of those before nothing is known.
fn by_exit(program: &ProgramId, planned: &Planned, user: &StaffId, line: u64) -> Proxy {
    let last = planned.row.end.and_then(|end| end.plus(-1));
    let start = last.map_or(planned.row.start, |last| last.max(planned.row.start));
    let row = assign(EXIT_ROLE, program, planned, user, (start, planned.row.end));
    Proxy { row, file: HmisFile::Exit, line }
}

/// Whether an assignment was made from the users of this enrollment.
pub(super) fn is_of(assignment: &AssignmentId, enrollment: &EnrollmentId) -> bool {
    [ENTRY_ROLE, EXIT_ROLE].iter().any(|role| assignment.as_str() == id(role, enrollment))
}

/// Made from the enrollment's, so that the next import finds it taken.
fn id(role: &str, enrollment: &EnrollmentId) -> String {
    format!("{role}-{enrollment}")
}

fn assign(
    role: &str,
    program: &ProgramId,
    planned: &Planned,
    user: &StaffId,
    (start, end): (Day, Option<Day>),
) -> Row {
    let named = || -> Result<Assign, InputError> {
        let id = AssignmentId::new(id(role, &planned.row.id))?;
        let (staff, participant) = (user.clone(), planned.row.participant.clone());
        let mut assign = Assign::new(staff, participant, program.clone(), start);
        assign.id = Some(id);
        assign.end = end;
        Ok(assign.role(Role::new(role)?))
    };
    named().map_or_else(Row::from, Row::from)
}

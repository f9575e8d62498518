//! What an export asks of an agency: read, joined and sorted, with every row that is not part of it
//! counted already. Pure but for reading the files.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    path::Path,
};

use caseload::{
    Command, DefineProgram, EnrollmentId, EnrollmentRow, Listing, MirrorEnrollments, Name,
    ProgramId, RegisterStaff, StaffId,
};

use super::{
    HmisError, HmisFile, ImportReport, LeftOut, Options, WarningCode,
    files::{self, Sheet},
    rows::{
        EnrollmentLine, ExitLine, ExportRow, Given, Leave, ProjectRow, RowProblem, Standing, Stay,
        UserRow,
    },
};

/// What an export asks of an agency.
///
/// Reading it stores nothing, so it can be looked at first: [`Plan::commands`] lists what would be
/// asked, [`Plan::report`] what the files alone leave out and refuse. The rules of the agency may
/// refuse more.
#[derive(Debug)]
pub struct Plan {
    pub(super) options: Options,
    pub(super) report: ImportReport,
    pub(super) programs: Vec<PlannedProgram>,
    pub(super) staff: Vec<PlannedStaff>,
    /// Enrollments whose row was withdrawn: an earlier export may have brought them.
    pub(super) withdrawn: Vec<(EnrollmentId, u64)>,
    /// The enrollments that the export names as still counting, refused ones too.
    pub(super) listed: HashSet<EnrollmentId>,
    /// Whether those are all of them.
    pub(super) reading: Reading,
    /// Over the files as they were read.
    pub(super) digest: [u8; 32],
}

/// A program with its enrollments, by participant, then start.
#[derive(Debug)]
pub(super) struct PlannedProgram {
    pub(super) id: ProgramId,
    pub(super) name: Option<Name>,
    pub(super) line: u64,
    pub(super) enrollments: Vec<Planned>,
}

/// Whether it is known of every enrollment row which enrollment it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Reading {
    #[default]
    Whole,
    WithGaps,
}

#[derive(Debug, Clone)]
pub(super) struct PlannedStaff {
    pub(super) id: StaffId,
    pub(super) name: Option<Name>,
    /// `None` for one whom only other rows name.
    pub(super) line: Option<u64>,
}

/// One enrollment with the rows it was made of.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) row: EnrollmentRow,
    pub(super) line: u64,
    pub(super) exit_line: Option<u64>,
    pub(super) entry_user: Option<StaffId>,
    pub(super) exit_user: Option<StaffId>,
}

impl Plan {
    /// Reads an export folder.
    ///
    /// ```
    /// use caseload_io::hmis::{HmisFile, Options, Plan};
    /// let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hmis/2024");
    /// let plan = Plan::read(folder, &Options::default())?;
    /// assert_eq!(plan.report().of(HmisFile::Project).rows, 5);
    /// assert!(!plan.commands().is_empty());
    /// # Ok::<(), caseload_io::hmis::HmisError>(())
    /// ```
    ///
    /// # Errors
    /// [`HmisError`] when the folder, a file or a needed column is missing or cannot be read. A bad
    /// row is no error: it is in the report.
    pub fn read(folder: impl AsRef<Path>, options: &Options) -> Result<Plan, HmisError> {
        let folder = folder.as_ref();
        if !folder.is_dir() {
            return Err(HmisError::NoFolder { folder: folder.to_owned() });
        }
        let export = files::read(folder, HmisFile::Export, ExportRow::parse)?;
        let projects = files::read(folder, HmisFile::Project, ProjectRow::parse)?;
        let users = files::read(folder, HmisFile::User, UserRow::parse)?;
        let enrollments = files::read(folder, HmisFile::Enrollment, EnrollmentLine::parse)?;
        let exits = files::read(folder, HmisFile::Exit, ExitLine::parse)?;
        let digest = digest(&[
            &export.digest,
            &projects.digest,
            &users.digest,
            &enrollments.digest,
            &exits.digest,
        ]);
        let mut joiner = Joiner::default();
        joiner.export(export)?;
        joiner.projects(projects);
        joiner.users(users);
        joiner.exits(exits);
        joiner.enrollments(enrollments);
        joiner.exits_left();
        Ok(joiner.finish(options.clone(), digest))
    }

    /// What the files alone come to: rows left out and refused, before any rule is asked.
    ///
    /// ```
    /// use caseload_io::hmis::{HmisFile, Options, Plan};
    /// let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hmis/2024");
    /// let plan = Plan::read(folder, &Options::default())?;
    /// assert_eq!(plan.report().of(HmisFile::Exit).refused, 4);
    /// # Ok::<(), caseload_io::hmis::HmisError>(())
    /// ```
    pub const fn report(&self) -> &ImportReport {
        &self.report
    }

    /// What will be asked of the agency, as far as it can be said before asking: programs and staff
    /// that exist are left alone then, refused enrollments dropped, and the rest asked again.
    ///
    /// ```
    /// use caseload::Command;
    /// use caseload_io::hmis::{Options, Plan};
    /// let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hmis/2024");
    /// let plan = Plan::read(folder, &Options::default())?;
    /// assert!(matches!(plan.commands().first(), Some(Command::DefineProgram(_))));
    /// # Ok::<(), caseload_io::hmis::HmisError>(())
    /// ```
    pub fn commands(&self) -> Vec<Command> {
        let define = |program: &PlannedProgram| Command::from(self.define(program));
        let register = |staff: &PlannedStaff| Command::from(register(staff));
        let mut commands: Vec<Command> = self.programs.iter().map(define).collect();
        commands.extend(self.staff.iter().map(register));
        for program in &self.programs {
            for chunk in chunks(&program.enrollments, self.options.chunk) {
                commands.push(self.mirror(&program.id, chunk.iter()).into());
            }
        }
        commands
    }

    pub(super) fn define(&self, program: &PlannedProgram) -> DefineProgram {
        let mut command = DefineProgram::new(program.id.clone());
        command.name.clone_from(&program.name);
        command.policy = self.options.policy_of_new();
        command
    }

    pub(super) fn mirror<'a>(
        &self,
        program: &ProgramId,
        rows: impl Iterator<Item = &'a Planned>,
    ) -> MirrorEnrollments {
        let rows = rows.map(|planned| planned.row.clone()).collect();
        MirrorEnrollments::new(program.clone(), rows)
            .complete(Listing::Partial)
            .on_outside(self.options.on_outside)
    }
}

pub(super) fn register(staff: &PlannedStaff) -> RegisterStaff {
    let mut command = RegisterStaff::new(staff.id.clone());
    command.name.clone_from(&staff.name);
    command
}

/// Cuts enrollments into commands of at most so many rows, never through one participant's: whether
/// two of them overlap is judged on all of them together.
pub(super) fn chunks(mut rest: &[Planned], most: usize) -> Vec<&[Planned]> {
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let mut end = 0;
        for of_one in rest.chunk_by(|a, b| a.row.participant == b.row.participant) {
            if end > 0 && end + of_one.len() > most {
                break;
            }
            end += of_one.len();
        }
        let Some((chunk, behind)) = rest.split_at_checked(end) else { break };
        chunks.push(chunk);
        rest = behind;
    }
    chunks
}

fn digest(parts: &[&[u8; 32]]) -> [u8; 32] {
    use sha2::{Digest as _, Sha256};
    let mut sha = Sha256::new();
    parts.iter().for_each(|part| sha.update(part));
    sha.finalize().into()
}

/// Brings the files together.
#[derive(Default)]
struct Joiner {
    report: ImportReport,
    programs: BTreeMap<ProgramId, PlannedProgram>,
    deleted_projects: BTreeSet<ProgramId>,
    staff: BTreeMap<StaffId, PlannedStaff>,
    exits: HashMap<EnrollmentId, (u64, Result<Leave, RowProblem>)>,
    enrollments: HashMap<EnrollmentId, Seen>,
    withdrawn: Vec<(EnrollmentId, u64)>,
    reading: Reading,
    /// Whom rows name, in order of id.
    named: BTreeSet<StaffId>,
}

/// What became of the live enrollment row of an id, or of the withdrawn one where there is no other.
#[derive(Debug, Clone, Copy)]
enum Seen {
    Planned(u64),
    Refused(u64),
    ProjectDeleted(u64),
    Deleted,
}

impl Joiner {
    fn export(&mut self, sheet: Sheet<ExportRow>) -> Result<(), HmisError> {
        let file = HmisFile::Export;
        self.report.read(file, sheet.rows.len());
        let mut found = None;
        for (line, row) in sheet.rows {
            match row {
                Ok(row) if found.is_none() => {
                    self.report.leave_out(file, LeftOut::DescribesExport);
                    found = Some(row);
                }
                Ok(_) => self.report.refuse(file, line, &RowProblem::ExportRepeated),
                Err(problem) => self.report.refuse(file, line, &problem),
            }
        }
        let row = found.ok_or(HmisError::NoExport)?;
        self.report.export_id = row.id;
        self.report.export_start = row.start;
        self.report.export_end = row.end;
        self.report.csv_version = row.version;
        Ok(())
    }

    fn projects(&mut self, sheet: Sheet<ProjectRow>) {
        let file = HmisFile::Project;
        self.report.read(file, sheet.rows.len());
        for (line, row) in sheet.rows {
            let row = match row {
                Ok(row) => row,
                Err(problem) => {
                    self.report.refuse(file, line, &problem);
                    continue;
                }
            };
            if row.standing == Standing::Deleted {
                self.report.leave_out(file, LeftOut::Deleted);
                self.deleted_projects.insert(row.id);
            } else if let Some(first) = self.programs.get(&row.id) {
                let problem = RowProblem::DuplicateId { column: "ProjectID", line: first.line };
                self.report.refuse(file, line, &problem);
            } else {
                let name = self.name(row.name);
                let program =
                    PlannedProgram { id: row.id.clone(), name, line, enrollments: Vec::new() };
                self.programs.insert(row.id, program);
            }
        }
    }

    fn users(&mut self, sheet: Sheet<UserRow>) {
        let file = HmisFile::User;
        self.report.read(file, sheet.rows.len());
        for (line, row) in sheet.rows {
            let row = match row {
                Ok(row) => row,
                Err(problem) => {
                    self.report.refuse(file, line, &problem);
                    continue;
                }
            };
            if row.standing == Standing::Deleted {
                self.report.leave_out(file, LeftOut::Deleted);
            } else if let Some(first) = self.staff.get(&row.id) {
                let line_of_first = first.line.unwrap_or(line);
                let problem = RowProblem::DuplicateId { column: "UserID", line: line_of_first };
                self.report.refuse(file, line, &problem);
            } else {
                let name = self.name(row.name);
                let staff = PlannedStaff { id: row.id.clone(), name, line: Some(line) };
                self.staff.insert(row.id, staff);
            }
        }
    }

    fn name(&mut self, name: Given<Name>) -> Option<Name> {
        if name == Given::Unreadable {
            self.report.warn(WarningCode::NameUnreadable, 1);
        }
        name.value()
    }

    fn exits(&mut self, sheet: Sheet<ExitLine>) {
        let file = HmisFile::Exit;
        self.report.read(file, sheet.rows.len());
        for (line, row) in sheet.rows {
            let row = match row {
                Ok(row) => row,
                Err(problem) => {
                    self.report.refuse(file, line, &problem);
                    continue;
                }
            };
            if row.standing == Standing::Deleted {
                // A withdrawn exit did not happen: the enrollment goes on.
                self.report.leave_out(file, LeftOut::Deleted);
            } else if let Some((first, _)) = self.exits.get(&row.enrollment) {
                let problem = RowProblem::DuplicateId { column: "EnrollmentID", line: *first };
                self.report.refuse(file, line, &problem);
            } else {
                self.exits.insert(row.enrollment, (line, row.leave));
            }
        }
    }

    fn enrollments(&mut self, sheet: Sheet<EnrollmentLine>) {
        self.report.read(HmisFile::Enrollment, sheet.rows.len());
        let mut deleted = Vec::new();
        for (line, row) in sheet.rows {
            match row {
                Err(problem) => {
                    self.report.refuse(HmisFile::Enrollment, line, &problem);
                    self.reading = Reading::WithGaps;
                }
                Ok(row) if row.standing == Standing::Deleted => deleted.push((row.id, line)),
                Ok(row) => self.live(line, row.id, row.stay),
            }
        }
        for (id, line) in deleted {
            // A live row of the same id counts; the withdrawn one is an older version of it.
            if self.enrollments.contains_key(&id) {
                self.report.leave_out(HmisFile::Enrollment, LeftOut::Deleted);
            } else {
                self.enrollments.insert(id.clone(), Seen::Deleted);
                self.withdrawn.push((id, line));
            }
        }
    }

    fn live(&mut self, line: u64, id: EnrollmentId, stay: Result<Stay, RowProblem>) {
        if let Some(first) = self.enrollments.get(&id).and_then(Seen::line) {
            let problem = RowProblem::DuplicateId { column: "EnrollmentID", line: first };
            self.report.refuse(HmisFile::Enrollment, line, &problem);
            return;
        }
        let seen = match stay {
            Ok(stay) if self.programs.contains_key(&stay.program) => {
                self.joined(line, id.clone(), stay)
            }
            Ok(stay) if self.deleted_projects.contains(&stay.program) => {
                self.report.leave_out(HmisFile::Enrollment, LeftOut::ProjectDeleted);
                Seen::ProjectDeleted(line)
            }
            Ok(_) => self.refused(line, &RowProblem::UnknownProgram),
            Err(problem) => self.refused(line, &problem),
        };
        self.enrollments.insert(id, seen);
    }

    fn refused(&mut self, line: u64, problem: &RowProblem) -> Seen {
        self.report.refuse(HmisFile::Enrollment, line, problem);
        Seen::Refused(line)
    }

    /// An enrollment with its exit, if it has one that can be believed.
    fn joined(&mut self, line: u64, id: EnrollmentId, stay: Stay) -> Seen {
        let (exit_line, leave) = match self.exits.remove(&id) {
            None => (None, None),
            Some((exit_line, leave)) => match believed(line, &stay, leave) {
                Ok(leave) => (Some(exit_line), Some(leave)),
                Err(problem) => {
                    // Without its exit it would be stored as open: a claim that the export denies.
                    self.report.refuse(HmisFile::Exit, exit_line, &problem);
                    return self.refused(line, &RowProblem::ExitRefused { line: exit_line });
                }
            },
        };
        let end = leave.as_ref().map(|leave| leave.end);
        let entry_user = stay.user.value();
        let exit_user = leave.and_then(|leave| leave.user.value());
        self.named.extend(entry_user.iter().chain(&exit_user).cloned());
        let row = EnrollmentRow::new(id, stay.participant, stay.entry, end);
        let planned = Planned { row, line, exit_line, entry_user, exit_user };
        if let Some(program) = self.programs.get_mut(&stay.program) {
            program.enrollments.push(planned);
        }
        Seen::Planned(line)
    }

    /// Exits that no planned enrollment took.
    fn exits_left(&mut self) {
        let mut left: Vec<_> = std::mem::take(&mut self.exits).into_iter().collect();
        left.sort_by_key(|(_, (line, _))| *line);
        for (id, (line, leave)) in left {
            let problem = match (self.enrollments.get(&id), leave) {
                (Some(Seen::Deleted), _) => {
                    self.report.leave_out(HmisFile::Exit, LeftOut::EnrollmentDeleted);
                    continue;
                }
                (Some(Seen::ProjectDeleted(_)), _) => {
                    self.report.leave_out(HmisFile::Exit, LeftOut::ProjectDeleted);
                    continue;
                }
                (_, Err(problem)) => problem,
                (Some(Seen::Planned(line) | Seen::Refused(line)), Ok(_)) => {
                    RowProblem::EnrollmentRefused { line: *line }
                }
                (None, Ok(_)) => RowProblem::UnknownEnrollment,
            };
            self.report.refuse(HmisFile::Exit, line, &problem);
        }
    }

    fn finish(mut self, options: Options, digest: [u8; 32]) -> Plan {
        for id in std::mem::take(&mut self.named) {
            if !self.staff.contains_key(&id) {
                self.report.warn(WarningCode::UserNotListed, 1);
                self.staff.insert(id.clone(), PlannedStaff { id, name: None, line: None });
            }
        }
        let mut programs: Vec<_> = self.programs.into_values().collect();
        for program in &mut programs {
            program.enrollments.sort_by(|a, b| {
                let key = |p: &Planned| (p.row.participant.clone(), p.row.start, p.row.id.clone());
                key(a).cmp(&key(b))
            });
        }
        let live = self.enrollments.into_iter().filter(|(_, seen)| seen.line().is_some());
        let live = live.map(|(id, _)| id);
        Plan {
            options,
            report: self.report,
            programs,
            staff: self.staff.into_values().collect(),
            withdrawn: self.withdrawn,
            listed: live.collect(),
            reading: self.reading,
            digest,
        }
    }
}

impl Seen {
    /// The line of the row that counts.
    const fn line(&self) -> Option<u64> {
        match self {
            Seen::Planned(line) | Seen::Refused(line) | Seen::ProjectDeleted(line) => Some(*line),
            Seen::Deleted => None,
        }
    }
}

/// An exit that was read and is the same person's.
fn believed(
    enrollment_line: u64,
    stay: &Stay,
    leave: Result<Leave, RowProblem>,
) -> Result<Leave, RowProblem> {
    let leave = leave?;
    if leave.participant == stay.participant {
        Ok(leave)
    } else {
        Err(RowProblem::PersonMismatch { enrollment_line })
    }
}

#[cfg(test)]
mod tests {
    use caseload::ParticipantId;

    use super::*;

    fn planned(participant: &str, id: u32) -> Planned {
        let row = EnrollmentRow::new(
            EnrollmentId::new(id.to_string()).unwrap(),
            ParticipantId::new(participant).unwrap(),
            "2024-01-01".parse().unwrap(),
            None,
        );
        Planned { row, line: 1, exit_line: None, entry_user: None, exit_user: None }
    }

    fn lengths(participants: &[&str], most: usize) -> Vec<usize> {
        let rows: Vec<Planned> = (0..).zip(participants).map(|(id, p)| planned(p, id)).collect();
        chunks(&rows, most).iter().map(|chunk| chunk.len()).collect()
    }

    #[test]
    fn chunks_are_never_cut_through_a_participant() {
        assert_eq!(lengths(&["a", "b", "b", "c"], 2), [1, 2, 1]);
        assert_eq!(lengths(&["a", "b", "b", "c"], 3), [3, 1]);
        assert_eq!(lengths(&["a", "a", "a", "b"], 2), [3, 1]);
        assert_eq!(lengths(&["a", "b"], 0), [1, 1]);
        assert!(lengths(&[], 5).is_empty());
    }

    #[test]
    fn the_plan_lists_programs_staff_and_enrollments() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hmis/2024");
        let options = Options { chunk: 10, ..Options::default() };
        let plan = Plan::read(folder, &options).unwrap();
        let mut mirrored = 0;
        let mut kinds = BTreeMap::new();
        for command in plan.commands() {
            let kind = match command {
                Command::DefineProgram(define) => {
                    assert!(define.name.is_some() && define.policy.is_none());
                    "define"
                }
                Command::RegisterStaff(register) => {
                    assert!(register.rights.is_none());
                    "register"
                }
                Command::MirrorEnrollments(mirror) => {
                    assert!(mirror.rows.len() <= 10);
                    mirrored += mirror.rows.len();
                    "mirror"
                }
                other => panic!("{other:?}"),
            };
            *kinds.entry(kind).or_insert(0) += 1;
        }
        assert_eq!((kinds["define"], kinds["register"]), (4, 7));
        // Those that the files alone do not refuse: the overlap and the early exit are up to the rules.
        assert_eq!((kinds["mirror"], mirrored), (7, 60));
        assert_eq!(plan.withdrawn.len(), 1);
        assert_eq!(plan.reading, Reading::WithGaps);
    }
}

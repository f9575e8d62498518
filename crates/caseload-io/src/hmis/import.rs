//! Carries a plan out: every command goes the one way in, and its answer says what became of its rows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use caseload::{
    Agency, AnyId, Asked, AssignmentId, Code, Command, Context, Enrollment, EnrollmentId,
    EnrollmentRow, Error, Event, Listing, MirrorEnrollments, Name, Problem, ProgramId, Reason,
    Receipt, RenameProgram, RenameStaff, RequestId, StaffId, Status, Verdict, Violation, Void,
    VoidEnrollment, log::Head,
};
use sha2::{Digest as _, Sha256};

use super::{
    HmisError, HmisFile, ImportReport, LeftOut, Plan, Proxies, WarningCode,
    plan::{Planned, PlannedProgram, PlannedStaff, Reading, chunks, register},
    proxy,
    rows::RowProblem,
};
use crate::{Flow, Progress, Stage};

impl Plan {
    /// Records what the export asks for, and counts what became of every row.
    ///
    /// Actor and day are those of the context; the request ids are the import's own. Stopped halfway,
    /// by an error or by `progress`, what was stored stays, and doing it again goes on from there:
    /// what is stored already is found unchanged.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Context, MemoryLog};
    /// use caseload_io::{Flow, hmis::{HmisFile, Options, Plan}};
    /// let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hmis/2024");
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let context = Context::new(Actor::Root, "2025-01-15".parse()?);
    /// let plan = Plan::read(folder, &Options::default())?;
    /// let report = plan.record(&agency, &context, &mut |_| Flow::Continue)?;
    /// assert!(report.of(HmisFile::Enrollment).add_up());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`HmisError::Agency`] when the store fails or `progress` cancels. A refusal is no error: its
    /// rows are in the report.
    pub fn record(
        mut self,
        agency: &Agency,
        context: &Context,
        progress: &mut dyn FnMut(Progress) -> Flow,
    ) -> Result<ImportReport, HmisError> {
        let programs = std::mem::take(&mut self.programs);
        let staff = std::mem::take(&mut self.staff);
        let withdrawn = std::mem::take(&mut self.withdrawn);
        let report = std::mem::take(&mut self.report);
        let start = agency.snapshot().map_err(HmisError::Agency)?.head();
        let mut recording =
            Recording { agency, context, plan: self, start, report, names: None, progress };
        recording.programs(&programs)?;
        recording.staff(&staff)?;
        if recording.plan.options.listing == Listing::Complete {
            recording.void_unlisted(&programs)?;
        }
        recording.withdrawn(withdrawn)?;
        let kept = recording.enrollments(programs)?;
        if recording.plan.options.proxies == Proxies::ByUser {
            recording.proxies(&kept)?;
        }
        let mut report = recording.report;
        report.refused.sort();
        report.refused_proxies.sort();
        Ok(report)
    }
}

/// What the agency said of a command: what it stored, or why not.
type Answer = Result<Receipt, Vec<Violation>>;

/// A program with those of its rows that are stored now.
type Kept = (ProgramId, Vec<Planned>);

struct Recording<'a> {
    agency: &'a Agency,
    context: &'a Context,
    plan: Plan,
    /// Where the log ended when the import began.
    start: Head,
    report: ImportReport,
    names: Option<Names>,
    progress: &'a mut dyn FnMut(Progress) -> Flow,
}

impl Recording<'_> {
    fn programs(&mut self, programs: &[PlannedProgram]) -> Result<(), HmisError> {
        for (done, program) in programs.iter().enumerate() {
            self.tell(Stage::Programs, done, programs.len())?;
            let file = HmisFile::Project;
            match self.ask(self.plan.define(program))? {
                Ok(_) => self.report.stored(file),
                Err(violations) if is(&violations, Code::IdTaken) => {
                    let known = self.names()?.programs.get(&program.id).cloned();
                    let rename = |name| RenameProgram::new(program.id.clone(), name).into();
                    self.rename(file, program.line, known, program.name.as_ref(), rename)?;
                }
                Err(violations) => self.report.refuse(file, program.line, &first(&violations)),
            }
        }
        Ok(())
    }

    fn staff(&mut self, staff: &[PlannedStaff]) -> Result<(), HmisError> {
        for (done, member) in staff.iter().enumerate() {
            self.tell(Stage::Staff, done, staff.len())?;
            let answer = self.ask(register(member))?;
            let file = HmisFile::User;
            let Some(line) = member.line else {
                self.report.stubs += u64::from(answer.is_ok());
                continue;
            };
            match answer {
                Ok(_) => self.report.stored(file),
                Err(violations) if is(&violations, Code::IdTaken) => {
                    let known = self.names()?.staff.get(&member.id).cloned();
                    let rename = |name| RenameStaff::new(member.id.clone(), name).into();
                    self.rename(file, line, known, member.name.as_ref(), rename)?;
                }
                Err(violations) => self.report.refuse(file, line, &first(&violations)),
            }
        }
        Ok(())
    }

    /// Something whose id is taken: by itself (then only the name may have changed), or by something
    /// that was given another id since.
    fn rename(
        &mut self,
        file: HmisFile,
        line: u64,
        known: Option<Option<Name>>,
        name: Option<&Name>,
        rename: impl FnOnce(Name) -> Command,
    ) -> Result<(), HmisError> {
        match (known, name) {
            (None, _) => {
                let text = "the id was used before; ids are never reused".to_owned();
                let problem = RowProblem::Rule { code: Code::IdTaken.word(), text };
                self.report.refuse(file, line, &problem);
            }
            (Some(Some(known)), Some(name)) if known != *name => {
                self.renamed(file, line, rename(name.clone()))?
            }
            (Some(None), Some(name)) => self.renamed(file, line, rename(name.clone()))?,
            (Some(_), _) => self.report.unchanged(file),
        }
        Ok(())
    }

    fn renamed(&mut self, file: HmisFile, line: u64, command: Command) -> Result<(), HmisError> {
        match self.ask(command)? {
            Ok(_) => self.report.stored(file),
            Err(violations) => self.report.refuse(file, line, &first(&violations)),
        }
        Ok(())
    }

    /// Voids what the export should list and does not, before anything that may stand in its place.
    ///
    /// The command names a program's every row, however many, but with the days that are stored: so
    /// its entry holds only what is voided.
    fn void_unlisted(&mut self, programs: &[PlannedProgram]) -> Result<(), HmisError> {
        if self.plan.reading == Reading::WithGaps {
            self.report.warn(WarningCode::CompleteSkipped, 1);
            return Ok(());
        }
        let asked = Asked::of(self.context.on);
        let mut stored: HashMap<ProgramId, Vec<EnrollmentRow>> = HashMap::new();
        for enrollment in self.agency.snapshot()?.everything(&asked)?.enrollments {
            let Enrollment { id, participant, program, period, status, .. } = enrollment;
            if status == Status::Current && self.plan.listed.contains(&id) {
                let row = EnrollmentRow::new(id, participant, period.start(), period.end());
                stored.entry(program).or_default().push(row);
            }
        }
        for (done, program) in programs.iter().enumerate() {
            self.tell(Stage::Withdrawn, done, programs.len())?;
            let listed = stored.remove(&program.id).unwrap_or_default();
            let command = MirrorEnrollments::new(program.id.clone(), listed)
                .complete(Listing::Complete)
                .on_outside(self.plan.options.on_outside);
            match self.ask(command)? {
                Ok(receipt) => self.note(&receipt),
                Err(_) => self.report.warn(WarningCode::CompleteSkipped, 1),
            }
        }
        Ok(())
    }

    /// Takes back what an earlier export brought and this one withdraws. Before the enrollments: a
    /// new one may stand in the place of a withdrawn one.
    fn withdrawn(&mut self, rows: Vec<(EnrollmentId, u64)>) -> Result<(), HmisError> {
        let total = rows.len();
        for (done, (id, line)) in rows.into_iter().enumerate() {
            self.tell(Stage::Withdrawn, done, total)?;
            let file = HmisFile::Enrollment;
            match self.void(&id)? {
                Ok(_) => {
                    self.report.stored(file);
                    self.report.voided += 1;
                }
                // Nothing of it is stored, or not any more.
                Err(violations)
                    if is(&violations, Code::UnknownEnrollment)
                        || is(&violations, Code::EnrollmentNotCurrent) =>
                {
                    self.report.leave_out(file, LeftOut::Deleted);
                }
                Err(violations) => self.report.refuse(file, line, &first(&violations)),
            }
        }
        Ok(())
    }

    /// Voids an enrollment. Assignments on it keep it, unless they are nothing but proxies of its own.
    fn void(&mut self, id: &EnrollmentId) -> Result<Answer, HmisError> {
        let reason = format!("withdrawn in HMIS export {}", self.report.export_id);
        let reason = Reason::new(reason).or_else(|_| Reason::new("withdrawn in HMIS"));
        let reason = reason.map_err(Error::from)?;
        let command = VoidEnrollment::new(id.clone()).reason(reason.clone());
        let violations = match self.ask(command.clone())? {
            Ok(receipt) => return Ok(Ok(receipt)),
            Err(violations) => violations,
        };
        let on_it: Vec<&AssignmentId> = violations.iter().flat_map(outside).collect();
        if on_it.is_empty() || !on_it.iter().all(|line| proxy::is_of(line, id)) {
            return Ok(Err(violations));
        }
        for line in on_it {
            if let Err(violations) = self.ask(Void::new(line.clone()).reason(reason.clone()))? {
                return Ok(Err(violations));
            }
            self.report.warn(WarningCode::AssignmentsClipped, 1);
        }
        self.ask(command)
    }

    fn enrollments(&mut self, programs: Vec<PlannedProgram>) -> Result<Vec<Kept>, HmisError> {
        let total = programs.iter().map(|program| program.enrollments.len()).sum();
        let mut done = 0;
        let mut kept = Vec::new();
        for program in programs {
            let rows = self.program(&program, done, total)?;
            done += program.enrollments.len();
            kept.push((program.id, rows));
        }
        self.tell(Stage::Enrollments, total, total)?;
        Ok(kept)
    }

    /// Mirrors a program in chunks; answers with the rows that are stored now.
    fn program(
        &mut self,
        program: &PlannedProgram,
        mut done: usize,
        total: usize,
    ) -> Result<Vec<Planned>, HmisError> {
        let mut kept = Vec::new();
        for chunk in chunks(&program.enrollments, self.plan.options.chunk) {
            self.tell(Stage::Enrollments, done, total)?;
            kept.extend(self.chunk(&program.id, chunk.to_vec())?);
            done += chunk.len();
        }
        Ok(kept)
    }

    /// Mirrors rows. One bad row refuses all of them, so the ones that the refusal names are dropped
    /// and the rest is asked again: at most once for each row, as each time at least one goes.
    fn chunk(
        &mut self,
        program: &ProgramId,
        mut rows: Vec<Planned>,
    ) -> Result<Vec<Planned>, HmisError> {
        while !rows.is_empty() {
            let violations = match self.ask(self.plan.mirror(program, rows.iter()))? {
                Ok(receipt) => {
                    self.settle(&rows, &receipt);
                    return Ok(rows);
                }
                Err(violations) => violations,
            };
            if is(&violations, Code::TooLarge) && rows.len() > 1 {
                return self.halves(program, rows);
            }
            let mut offending = offending(&rows, &violations);
            if offending.is_empty() && is(&violations, Code::ProgramClosed) {
                offending = self.new_in_closed(program, &rows)?;
            }
            if offending.is_empty() {
                let all = first(&violations);
                rows.drain(..).for_each(|row| self.refuse(&row, &all));
            }
            rows = self.without(rows, &offending);
        }
        Ok(rows)
    }

    /// An entry would be over the limit: half the rows at a time.
    fn halves(
        &mut self,
        program: &ProgramId,
        rows: Vec<Planned>,
    ) -> Result<Vec<Planned>, HmisError> {
        let mut kept = Vec::new();
        let middle = rows.len().div_ceil(2);
        let (left, right) = rows.split_at(middle);
        let mut halves = chunks(&rows, middle);
        if halves.len() < 2 {
            halves = vec![left, right];
        }
        for half in halves {
            kept.extend(self.chunk(program, half.to_vec())?);
        }
        Ok(kept)
    }

    /// A closed program takes no new enrollment but goes on with those it has: which rows are new is
    /// asked row by row, as the refusal does not say.
    fn new_in_closed(
        &self,
        program: &ProgramId,
        rows: &[Planned],
    ) -> Result<BTreeMap<usize, RowProblem>, HmisError> {
        let mut new = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            let alone = self.plan.mirror(program, std::iter::once(row));
            if let Verdict::Refused { violations, .. } = self.review(alone)?
                && is(&violations, Code::ProgramClosed)
            {
                new.insert(index, first(&violations));
            }
        }
        Ok(new)
    }

    fn without(
        &mut self,
        rows: Vec<Planned>,
        offending: &BTreeMap<usize, RowProblem>,
    ) -> Vec<Planned> {
        let mut left = Vec::with_capacity(rows.len());
        for (index, row) in rows.into_iter().enumerate() {
            match offending.get(&index) {
                Some(problem) => self.refuse(&row, problem),
                None => left.push(row),
            }
        }
        left
    }

    fn refuse(&mut self, row: &Planned, problem: &RowProblem) {
        self.report.refuse(HmisFile::Enrollment, row.line, problem);
        if let Some(exit_line) = row.exit_line {
            let because = RowProblem::EnrollmentRefused { line: row.line };
            self.report.refuse(HmisFile::Exit, exit_line, &because);
        }
    }

    /// Counts rows that were accepted: the events say which of them brought something new.
    fn settle(&mut self, rows: &[Planned], receipt: &Receipt) {
        let changed: HashSet<&EnrollmentId> =
            receipt.outcome.events.iter().filter_map(entered).collect();
        for row in rows {
            let files = [Some(HmisFile::Enrollment), row.exit_line.map(|_| HmisFile::Exit)];
            for file in files.into_iter().flatten() {
                if changed.contains(&row.row.id) {
                    self.report.stored(file);
                } else {
                    self.report.unchanged(file);
                }
            }
        }
        self.note(receipt);
    }

    /// What mirroring did to assignments, and took back.
    fn note(&mut self, receipt: &Receipt) {
        let count = |wanted: fn(&Event) -> bool| {
            receipt.outcome.events.iter().filter(|event| wanted(event)).count() as u64
        };
        let clipped = count(|event| {
            matches!(event, Event::AssignmentEnded { .. } | Event::AssignmentVoided { .. })
        });
        self.report.voided += count(|event| matches!(event, Event::EnrollmentVoided { .. }));
        self.report.warn(WarningCode::AssignmentsClipped, clipped);
        let misplaced = receipt.outcome.left.len() as u64;
        self.report.warn(WarningCode::AssignmentsMisplaced, misplaced);
    }

    /// Makes assignments from users, in batches of which only what would pass is recorded: a batch
    /// of nothing but repetitions would be an entry too.
    fn proxies(&mut self, kept: &[Kept]) -> Result<(), HmisError> {
        let (rows, missing) = proxy::rows(kept);
        self.report.warn(WarningCode::UserMissing, missing);
        self.report.proxies.get_or_insert_default().rows = rows.len() as u64;
        let mut done = 0;
        for chunk in rows.chunks(self.plan.options.chunk.max(1)) {
            self.tell(Stage::Assignments, done, rows.len())?;
            let passing = self.passing(chunk)?;
            if !passing.is_empty()
                && let Err(violations) = self.ask(proxy::batch(passing.iter().copied()))?
            {
                let why = first(&violations);
                passing.iter().for_each(|row| self.report.refuse_proxy(row.file, row.line, &why));
            } else {
                let proxies = self.report.proxies.get_or_insert_default();
                proxies.stored += passing.len() as u64;
            }
            done += chunk.len();
        }
        self.tell(Stage::Assignments, done, done)
    }

    /// Those that the rules would let pass; the others are counted.
    fn passing<'r>(
        &mut self,
        rows: &'r [proxy::Proxy],
    ) -> Result<Vec<&'r proxy::Proxy>, HmisError> {
        let verdicts = match self.review(proxy::batch(rows.iter()))? {
            Verdict::Accepted { outcome, .. } => outcome.rows,
            Verdict::Known(receipt) => receipt.outcome.rows,
            Verdict::Refused { violations, .. } => {
                let why = first(&violations);
                rows.iter().for_each(|row| self.report.refuse_proxy(row.file, row.line, &why));
                return Ok(Vec::new());
            }
        };
        let mut passing = Vec::new();
        for (row, verdict) in rows.iter().zip(&verdicts) {
            if verdict.violations.is_empty() {
                passing.push(row);
            } else if is(&verdict.violations, Code::IdTaken) {
                self.report.proxies.get_or_insert_default().unchanged += 1;
            } else {
                self.report.refuse_proxy(row.file, row.line, &first(&verdict.violations));
            }
        }
        Ok(passing)
    }

    fn ask(&self, command: impl Into<Command>) -> Result<Answer, HmisError> {
        let command = command.into();
        let context = self.context.clone().request(self.request(&command)?);
        match self.agency.record(command, context) {
            Ok(receipt) => Ok(Ok(receipt)),
            Err(Error::Refused(refusal)) => Ok(Err(refusal.violations)),
            Err(Error::Input(input)) => Ok(Err(input.violations)),
            Err(error) => Err(HmisError::Agency(error)),
        }
    }

    fn review(&self, command: impl Into<Command>) -> Result<Verdict, HmisError> {
        let mut context = self.context.clone();
        context.request = None;
        self.agency.review(command, context).map_err(HmisError::Agency)
    }

    /// The request id of a command: of these files, begun at this head, by this actor on this day.
    ///
    /// Two imports of the same files side by side so store nothing twice. The head is part of it, so
    /// that importing an older export again after a newer one is not taken for a repetition;
    /// an import that was stopped needs no request ids to go on, as what it stored is found unchanged.
    fn request(&self, command: &Command) -> Result<RequestId, HmisError> {
        let mut sha = Sha256::new();
        sha.update(self.plan.digest);
        sha.update(self.start.to_string());
        sha.update([0]);
        sha.update(self.context.actor.as_str());
        sha.update([0]);
        sha.update(self.context.on.to_string());
        sha.update(serde_json::to_vec(command).unwrap_or_default());
        let hex: String =
            sha.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(RequestId::new(format!("hmis-{hex}")).map_err(Error::from)?)
    }

    fn tell(&mut self, stage: Stage, done: usize, total: usize) -> Result<(), HmisError> {
        match (self.progress)(Progress::new(stage, done as u64, total as u64)) {
            Flow::Continue => Ok(()),
            Flow::Cancel => Err(HmisError::Agency(Error::Cancelled)),
        }
    }

    fn names(&mut self) -> Result<&Names, HmisError> {
        let names = match self.names.take() {
            Some(names) => names,
            None => Names::read(self.agency)?,
        };
        Ok(self.names.insert(names))
    }
}

/// The names of programs and staff, as the log tells them. Read only when an id is found taken: the
/// resident state keeps no names.
#[derive(Default)]
struct Names {
    programs: HashMap<ProgramId, Option<Name>>,
    staff: HashMap<StaffId, Option<Name>>,
}

/// Entries read at a time.
const PAGE: usize = 1_000;

impl Names {
    fn read(agency: &Agency) -> Result<Names, HmisError> {
        let mut names = Names::default();
        let mut after = 0;
        while after < agency.head().position {
            for happened in agency.events(after, PAGE)? {
                names.hear(happened.event);
            }
            after += PAGE as u64;
        }
        Ok(names)
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::ProgramDefined { program, name, .. } => {
                self.programs.insert(program, name);
            }
            Event::ProgramRenamed { program, name } => {
                self.programs.insert(program, Some(name));
            }
            Event::StaffRegistered { staff, name, .. } => {
                self.staff.insert(staff, name);
            }
            Event::StaffRenamed { staff, name } => {
                self.staff.insert(staff, Some(name));
            }
            Event::IdReplaced { from: AnyId::Program(from), to: AnyId::Program(to), .. } => {
                let name = self.programs.remove(&from).flatten();
                self.programs.insert(to, name);
            }
            Event::IdReplaced { from: AnyId::Staff(from), to: AnyId::Staff(to), .. } => {
                let name = self.staff.remove(&from).flatten();
                self.staff.insert(to, name);
            }
            _ => {}
        }
    }
}

fn is(violations: &[Violation], code: Code) -> bool {
    violations.iter().any(|violation| violation.code() == code)
}

fn first(violations: &[Violation]) -> RowProblem {
    let nothing = || RowProblem::Rule { code: "refused", text: "refused".to_owned() };
    violations.first().map_or_else(nothing, RowProblem::rule)
}

/// The rows that a refusal names, by index, each with its first violation.
///
/// Where rows overlap each other, all of them are named, but one too many is enough to refuse: of
/// each participant only the one that starts last goes, unless one overlaps what is stored and not
/// listed here; that one cannot stay whatever the others do.
fn offending(rows: &[Planned], violations: &[Violation]) -> BTreeMap<usize, RowProblem> {
    let listed: HashSet<&str> = rows.iter().map(|row| row.row.id.as_str()).collect();
    let mut offending = BTreeMap::new();
    let mut among_themselves: BTreeMap<&str, (usize, &Violation)> = BTreeMap::new();
    let mut certain: BTreeSet<&str> = BTreeSet::new();
    for violation in violations {
        let Some(index) = violation.row.and_then(|row| usize::try_from(row).ok()?.checked_sub(1))
        else {
            continue;
        };
        let Some(planned) = rows.get(index) else { continue };
        let participant = planned.row.participant.as_str();
        match &violation.problem {
            Problem::EnrollmentOverlaps { enrollment: Some(other) }
                if listed.contains(other.as_str()) =>
            {
                among_themselves.insert(participant, (index, violation));
            }
            _ => {
                certain.insert(participant);
                offending.entry(index).or_insert_with(|| RowProblem::rule(violation));
            }
        }
    }
    for (participant, (index, violation)) in among_themselves {
        if !certain.contains(participant) {
            offending.insert(index, RowProblem::rule(violation));
        }
    }
    offending
}

/// The enrollment that an event enters or changes.
const fn entered(event: &Event) -> Option<&EnrollmentId> {
    match event {
        Event::Enrolled { enrollment, .. } | Event::EnrollmentCorrected { enrollment, .. } => {
            Some(enrollment)
        }
        _ => None,
    }
}

/// The assignments that a violation names as lying outside an enrollment.
fn outside(violation: &Violation) -> &[AssignmentId] {
    match &violation.problem {
        Problem::AssignmentOutside { assignments } => assignments,
        _ => &[],
    }
}

//! The questions: who is responsible for whom, as of a day, as known on a day, as an actor sees it.

use std::sync::Arc;

use caseload::{Held as CoreHeld, InputError, Name, log::Position};

use crate::{
    event::text,
    failure::{CaseloadError, guarded},
    id::{ActorId, AssignmentId, EnrollmentId, ParticipantId, ProgramId, StaffId},
    lists::{Rows, lists},
    log_entry::Head,
    policy::{Activity, Door, Policy, Right, rights},
    reading::{Reading, Reads, Whole, counted},
    time::{Day, Period, Recorded},
    violation::Status,
};

/// Which knowledge a question is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum KnownAt {
    /// What was known at this position of the log.
    Position {
        /// The position.
        position: i64,
    },
    /// What was known at this instant: up to the last entry recorded at or before it.
    Instant {
        /// The instant.
        instant: Recorded,
    },
}

/// What every question needs to know besides itself.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Asked {
    /// The day asked about; for a report of a range the day on which an actor's sight is judged.
    pub as_of: Day,
    /// As known then; as known at the snapshot's head without it.
    #[uniffi(default = None)]
    pub known_at: Option<KnownAt>,
    /// Whoever asks: what they do not see is left out. Everything without one.
    #[uniffi(default = None)]
    pub actor: Option<ActorId>,
}

impl Reads<caseload::KnownAt> for KnownAt {
    fn reads(self) -> Result<caseload::KnownAt, InputError> {
        Ok(match self {
            KnownAt::Position { position } => {
                let position: Position = Whole(position).reads()?;
                caseload::KnownAt::Position(position)
            }
            KnownAt::Instant { instant } => caseload::KnownAt::Instant(instant.into()),
        })
    }
}

impl Reading {
    pub(crate) fn asked(&mut self, asked: Asked) -> Option<caseload::Asked> {
        let as_of = self.need("as_of", asked.as_of);
        let known_at = self.may("known_at", asked.known_at);
        let actor = self.may("actor", asked.actor);
        let mut asked = caseload::Asked::of(as_of?);
        (asked.known_at, asked.actor) = (known_at, actor);
        Some(asked)
    }
}

/// One assignment that covers a day.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Held {
    /// In which program.
    pub program: ProgramId,
    /// For whom.
    pub participant: ParticipantId,
    /// Who is responsible.
    pub staff: StaffId,
}

impl From<&CoreHeld> for Held {
    fn from(held: &CoreHeld) -> Held {
        let CoreHeld { program, participant, staff } = held;
        Held { program: program.into(), participant: participant.into(), staff: staff.into() }
    }
}

/// How many assignments of a staff member cover a day.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Count {
    /// Whose.
    pub staff: StaffId,
    /// How many; never 0.
    pub assignments: i64,
}

impl From<&caseload::Count> for Count {
    fn from(count: &caseload::Count) -> Count {
        let caseload::Count { staff, assignments } = count;
        Count { staff: staff.into(), assignments: counted(*assignments) }
    }
}

/// A participant in a program over a period: one entered version.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Enrollment {
    /// Its id.
    pub id: EnrollmentId,
    /// Who is served.
    pub participant: ParticipantId,
    /// By which program.
    pub program: ProgramId,
    /// When.
    pub period: Period,
    /// Whether it still counts.
    pub status: Status,
    /// The line that it took the place of.
    pub supersedes: Option<EnrollmentId>,
    /// Where its end, if any, comes from.
    pub ending: Ending,
}

/// Where the end of an enrollment comes from: only a dismissal can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Ending {
    /// It has none, or one that was entered with it.
    AsEntered,
    /// It was dismissed.
    Dismissed,
}

impl From<&caseload::Enrollment> for Enrollment {
    fn from(enrollment: &caseload::Enrollment) -> Enrollment {
        let caseload::Enrollment { id, participant, program, period, status, supersedes, ending } =
            enrollment;
        Enrollment {
            id: id.into(),
            participant: participant.into(),
            program: program.into(),
            period: (*period).into(),
            status: (*status).into(),
            supersedes: supersedes.as_ref().map(EnrollmentId::from),
            ending: match ending {
                caseload::Ending::AsEntered => Ending::AsEntered,
                caseload::Ending::Dismissed => Ending::Dismissed,
            },
        }
    }
}

/// One staff member responsible for one participant in one program over a period: one entered version.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Who is responsible.
    pub staff: StaffId,
    /// For whom.
    pub participant: ParticipantId,
    /// In which program.
    pub program: ProgramId,
    /// When.
    pub period: Period,
    /// In which role, if any.
    pub role: Option<String>,
    /// Whether it still counts.
    pub status: Status,
    /// The line that it took the place of.
    pub supersedes: Option<AssignmentId>,
}

impl From<&caseload::Assignment> for Assignment {
    fn from(assignment: &caseload::Assignment) -> Assignment {
        let caseload::Assignment {
            id,
            staff,
            participant,
            program,
            period,
            role,
            status,
            supersedes,
        } = assignment;
        Assignment {
            id: id.into(),
            staff: staff.into(),
            participant: participant.into(),
            program: program.into(),
            period: (*period).into(),
            role: text(role.as_ref()),
            status: (*status).into(),
            supersedes: supersedes.as_ref().map(AssignmentId::from),
        }
    }
}

/// An enrollment or an assignment. In lists the enrollments come first, each kind by id.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Line {
    /// An enrollment.
    EnrollmentLine {
        /// Which.
        enrollment: Enrollment,
    },
    /// An assignment.
    AssignmentLine {
        /// Which.
        assignment: Assignment,
    },
}

impl From<&caseload::Line> for Line {
    fn from(line: &caseload::Line) -> Line {
        match line {
            caseload::Line::Enrollment(enrollment) => {
                Line::EnrollmentLine { enrollment: enrollment.into() }
            }
            caseload::Line::Assignment(assignment) => {
                Line::AssignmentLine { assignment: assignment.into() }
            }
        }
    }
}

/// A service with its own enrollments and its own policy.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The rules it chose: every key has its value.
    pub policy: Policy,
    /// Whether it takes anything new.
    pub door: Door,
}

impl From<&(caseload::Program, Option<Name>)> for Program {
    fn from((program, name): &(caseload::Program, Option<Name>)) -> Program {
        let caseload::Program { id, policy, door } = program;
        Program {
            id: id.into(),
            name: text(name.as_ref()),
            policy: Policy::from(policy.as_ref()),
            door: (*door).into(),
        }
    }
}

/// A worker who holds a caseload or acts on caseloads.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// Their name, if they have one.
    pub name: Option<String>,
    /// Whether they can be given assignments and give commands.
    pub activity: Activity,
}

impl From<&(caseload::Staff, Option<Name>)> for Staff {
    fn from((staff, name): &(caseload::Staff, Option<Name>)) -> Staff {
        let caseload::Staff { id, activity } = staff;
        Staff { id: id.into(), name: text(name.as_ref()), activity: (*activity).into() }
    }
}

lists! {
    /// Assignments that cover a day.
    HeldList of Held,
    /// How many assignments each staff member has.
    CountList of Count,
    /// Participants.
    ParticipantList of ParticipantId,
    /// Enrollments and assignments.
    LineList of Line,
    /// Programs.
    ProgramList of Program,
    /// Staff.
    StaffList of Staff,
}

/// An agency as known at one head: all questions asked of it agree.
#[derive(uniffi::Object)]
pub struct NativeSnapshot(pub(crate) caseload::Snapshot);

impl std::fmt::Debug for NativeSnapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NativeSnapshot")
    }
}

/// Every question fails with `Input` for unreadable values, and with `Store` when the log was replaced since the
/// snapshot was taken. One about an unknown id answers empty.
#[uniffi::export]
impl NativeSnapshot {
    /// What it knows.
    pub fn head(&self) -> Head {
        Head::from(&self.0.head())
    }

    /// The position that a `known_at` means; that of the head for none.
    ///
    /// # Errors
    /// As every question.
    pub fn position_of(&self, known_at: Option<KnownAt>) -> Result<i64, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let known_at = fields.may("known_at", known_at);
            let known_at = fields.all(Some(known_at))?;
            Ok(counted(self.0.position_of(known_at)?))
        })
    }

    /// The caseload of a staff member on a day, sorted by program and participant.
    ///
    /// # Errors
    /// As every question.
    pub fn caseload(
        &self,
        staff: StaffId,
        program: Option<ProgramId>,
        asked: Asked,
    ) -> Result<Arc<HeldList>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let (staff, program) = (fields.need("staff", staff), fields.may("program", program));
            let asked = fields.asked(asked);
            let (staff, asked) = fields.all(staff.zip(asked))?;
            let program: Option<caseload::ProgramId> = program;
            Ok(HeldList::of(Rows::of(self.0.caseload(&staff, program.as_ref(), &asked)?)))
        })
    }

    /// The staff responsible for a participant in a program on a day, sorted.
    ///
    /// # Errors
    /// As every question.
    pub fn caseworkers(
        &self,
        participant: ParticipantId,
        program: ProgramId,
        asked: Asked,
    ) -> Result<Vec<StaffId>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let participant = fields.need("participant", participant);
            let program = fields.need("program", program);
            let asked = fields.asked(asked);
            let ((participant, program), asked) =
                fields.all(participant.zip(program).zip(asked))?;
            let staff = self.0.caseworkers(&participant, &program, &asked)?;
            Ok(staff.into_iter().map(StaffId::from).collect())
        })
    }

    /// Every assignment (of a program) that covers a day, sorted by program, participant and staff.
    ///
    /// # Errors
    /// As every question.
    pub fn held(
        &self,
        program: Option<ProgramId>,
        asked: Asked,
    ) -> Result<Arc<HeldList>, CaseloadError> {
        guarded(|| {
            let (program, asked) = of_program(program, asked)?;
            Ok(HeldList::of(Rows::of(self.0.held(program.as_ref(), &asked)?)))
        })
    }

    /// How many assignments (of a program) of each staff member cover a day, sorted by staff.
    ///
    /// # Errors
    /// As every question.
    pub fn counts(
        &self,
        program: Option<ProgramId>,
        asked: Asked,
    ) -> Result<Arc<CountList>, CaseloadError> {
        guarded(|| {
            let (program, asked) = of_program(program, asked)?;
            Ok(CountList::of(Rows::of(self.0.counts(program.as_ref(), &asked)?.to_vec())))
        })
    }

    /// The participants enrolled in a program on a day without a caseworker, sorted.
    ///
    /// # Errors
    /// As every question.
    pub fn unassigned(
        &self,
        program: ProgramId,
        asked: Asked,
    ) -> Result<Arc<ParticipantList>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let (program, asked) = (fields.need("program", program), fields.asked(asked));
            let (program, asked) = fields.all(program.zip(asked))?;
            Ok(ParticipantList::of(Rows::of(self.0.unassigned(&program, &asked)?)))
        })
    }

    /// Those of the given participants whom an actor sees in at least one program, sorted; for `root` the list
    /// as given.
    ///
    /// # Errors
    /// As every question.
    pub fn visible(
        &self,
        actor: ActorId,
        participants: Vec<ParticipantId>,
        asked: Asked,
    ) -> Result<Vec<ParticipantId>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let actor: Option<caseload::Actor> = fields.need("actor", actor);
            let participants: Option<Vec<caseload::ParticipantId>> =
                fields.need("participants", participants);
            let asked = fields.asked(asked);
            let ((actor, participants), asked) = fields.all(actor.zip(participants).zip(asked))?;
            let visible = self.0.visible(&actor, &participants, &asked)?;
            Ok(visible.into_iter().map(ParticipantId::from).collect())
        })
    }

    /// Everything entered, of everyone; with an actor what they see on the day asked.
    ///
    /// # Errors
    /// As every question.
    pub fn everything(&self, asked: Asked) -> Result<Arc<LineList>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let asked = fields.asked(asked);
            let lines = self.0.everything(&fields.all(asked)?)?;
            Ok(LineList::of(Rows::of(in_one_list(lines))))
        })
    }

    /// The timeline of a participant in a program: all enrollments and assignments, current, superseded and
    /// voided.
    ///
    /// # Errors
    /// As every question.
    pub fn history(
        &self,
        participant: ParticipantId,
        program: ProgramId,
        asked: Asked,
    ) -> Result<Arc<LineList>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let participant = fields.need("participant", participant);
            let (program, asked) = (fields.need("program", program), fields.asked(asked));
            let ((participant, program), asked) =
                fields.all(participant.zip(program).zip(asked))?;
            let lines = self.0.history(&participant, &program, &asked)?;
            Ok(LineList::of(Rows::of(in_one_list(lines))))
        })
    }

    /// The programs, sorted by id.
    ///
    /// # Errors
    /// As every question.
    pub fn programs(&self, known_at: Option<KnownAt>) -> Result<Arc<ProgramList>, CaseloadError> {
        guarded(|| Ok(ProgramList::of(Rows::of(self.0.programs(then(known_at)?)?))))
    }

    /// The staff, sorted by id.
    ///
    /// # Errors
    /// As every question.
    pub fn staff(&self, known_at: Option<KnownAt>) -> Result<Arc<StaffList>, CaseloadError> {
        guarded(|| Ok(StaffList::of(Rows::of(self.0.staff(then(known_at)?)?))))
    }

    /// The rights of a staff member in a program, or (without one) those that hold in every program.
    ///
    /// # Errors
    /// As every question.
    pub fn rights(
        &self,
        staff: StaffId,
        program: Option<ProgramId>,
        known_at: Option<KnownAt>,
    ) -> Result<Vec<Right>, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let (staff, program) = (fields.need("staff", staff), fields.may("program", program));
            let known_at = fields.may("known_at", known_at);
            let staff: caseload::StaffId = fields.all(staff)?;
            let program: Option<caseload::ProgramId> = program;
            Ok(rights(self.0.rights(&staff, program.as_ref(), known_at)?))
        })
    }
}

fn of_program(
    program: Option<ProgramId>,
    asked: Asked,
) -> Result<(Option<caseload::ProgramId>, caseload::Asked), CaseloadError> {
    let mut fields = Reading::default();
    let (program, asked) = (fields.may("program", program), fields.asked(asked));
    fields.all(asked.map(|asked| (program, asked)))
}

fn then(known_at: Option<KnownAt>) -> Result<Option<caseload::KnownAt>, CaseloadError> {
    let mut fields = Reading::default();
    let known_at = fields.may("known_at", known_at);
    fields.all(Some(known_at))
}

fn in_one_list(lines: caseload::Lines) -> Vec<caseload::Line> {
    let enrollments = lines.enrollments.into_iter().map(caseload::Line::Enrollment);
    enrollments.chain(lines.assignments.into_iter().map(caseload::Line::Assignment)).collect()
}

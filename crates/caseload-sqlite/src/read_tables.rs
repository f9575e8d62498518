//! Keeps the read tables in step with the log: one fact, one or two statements.

use caseload::{
    Day, Kind, Policy, Right, Rights, StoreError,
    body::{Body, Fact, Mentions, RightsChange},
    log::{Entry, Head, LEVEL, More, PageLimit, Position, PrivateItems},
};
use rusqlite::{OptionalExtension as _, Params, params};

use crate::{
    entries,
    error::{Doing, read_tables_differ, store_error},
    place::Place,
    slot::Open,
};

/// Folds entries, one after the other, into the read tables. Runs inside a writing transaction.
#[derive(Debug)]
pub(crate) struct Folder<'open> {
    open: &'open Open,
    place: &'open Place,
    position: Position,
    // How many there are of each kind before the entry at hand, in the order of `Mentions`.
    counts: [u32; 6],
    new: Mentions,
    items: PrivateItems,
}

impl<'open> Folder<'open> {
    /// Where the read tables stand.
    pub(crate) fn load(
        open: &'open Open,
        place: &'open Place,
    ) -> Result<Folder<'open>, StoreError> {
        let state = open
            .prepare_cached(
                "SELECT position, participants, staff, programs, enrollments, assignments, roles \
                 FROM read_state WHERE agency = ?1",
            )
            .and_then(|mut statement| {
                statement
                    .query_row([open.agency], |row| {
                        let mut counts = [0; 6];
                        for (column, count) in (1..).zip(&mut counts) {
                            *count = row.get(column)?;
                        }
                        Ok((row.get::<_, i64>(0)?, counts))
                    })
                    .optional()
            })
            .map_err(|error| store_error(place.path(), Doing::Read, error))?;
        let (position, counts) = state.unwrap_or_default();
        let position =
            Position::try_from(position).map_err(|_| read_tables_differ(place.path()))?;
        let (new, items) = Default::default();
        Ok(Folder { open, place, position, counts, new, items })
    }

    /// The last entry folded.
    pub(crate) const fn position(&self) -> Position {
        self.position
    }

    /// Folds what the log has more, checking that each entry follows the one before.
    pub(crate) fn catch_up(&mut self) -> Result<(), StoreError> {
        let mut head = self.head_here()?;
        loop {
            let page = entries::page(self.open, self.place, &head, PageLimit::default())?;
            for entry in &page.entries {
                if !entry.continues(&head) {
                    return Err(altered(entry.position, self.place));
                }
                self.fold(entry)?;
                head = entry.head();
            }
            if page.more == More::No {
                return Ok(());
            }
        }
    }

    /// Folds the entry after the last one.
    pub(crate) fn fold(&mut self, entry: &Entry) -> Result<(), StoreError> {
        if self.position.checked_add(1) != Some(entry.position) {
            return Err(self.differ());
        }
        if entry.level > LEVEL {
            return Err(StoreError::Incompatible {
                what: format!(
                    "entry {} in `{}` is of level {}, and this version knows up to {LEVEL}: its read \
                     tables would be wrong; update the library, or open the file with `log_only`",
                    entry.position,
                    self.place.path().display(),
                    entry.level
                ),
            });
        }
        let body = Body::decode(entry.position, &entry.body)?;
        self.items = PrivateItems::unpack(&entry.private)?;
        if !body.seals(&self.items) {
            return Err(altered(entry.position, self.place));
        }
        self.position = entry.position;
        self.new = body.new;
        self.mention()?;
        for fact in &body.facts {
            self.fact(fact)?;
        }
        for (count, new) in self.counts.iter_mut().zip(body.new.0) {
            *count = count.saturating_add(new);
        }
        Ok(())
    }

    /// Writes down how far it came.
    pub(crate) fn save(self) -> Result<(), StoreError> {
        let [participants, staff, programs, enrollments, assignments, roles] = self.counts;
        self.run(
            "INSERT INTO read_state (agency, position, participants, staff, programs, \
             enrollments, assignments, roles) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (agency) DO UPDATE SET position = ?2, participants = ?3, staff = ?4, \
             programs = ?5, enrollments = ?6, assignments = ?7, roles = ?8",
            params![
                self.open.agency,
                self.at(),
                participants,
                staff,
                programs,
                enrollments,
                assignments,
                roles
            ],
        )?;
        Ok(())
    }

    /// Participants and roles have no fact of their own: being mentioned makes them.
    fn mention(&self) -> Result<(), StoreError> {
        for number in self.numbers(PARTICIPANTS) {
            let (id, erased) = self.first_text(PARTICIPANTS, number);
            self.run(
                "INSERT INTO participant_base (agency, number, id, erased, entered) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![self.open.agency, number, id, erased, self.at()],
            )?;
        }
        for number in self.numbers(ROLES) {
            let (role, erased) = self.first_text(ROLES, number);
            self.run(
                "INSERT INTO role_base (agency, number, role, erased) VALUES (?1, ?2, ?3, ?4)",
                params![self.open.agency, number, role, erased],
            )?;
        }
        Ok(())
    }

    fn fact(&self, fact: &Fact) -> Result<(), StoreError> {
        match fact {
            Fact::ProgramDefined { .. }
            | Fact::ProgramRevised { .. }
            | Fact::ProgramRenamed { .. }
            | Fact::ProgramClosed { .. }
            | Fact::ProgramReopened { .. } => self.program(fact),
            Fact::StaffRegistered { .. }
            | Fact::StaffRenamed { .. }
            | Fact::RightsChanged { .. }
            | Fact::StaffDeactivated { .. }
            | Fact::StaffReactivated { .. } => self.staff(fact),
            Fact::Enrolled { .. }
            | Fact::EnrollmentEnded { .. }
            | Fact::EnrollmentReinstated { .. }
            | Fact::EnrollmentCorrected { .. }
            | Fact::EnrollmentVoided { .. } => self.enrollment(fact),
            Fact::Assigned { .. }
            | Fact::AssignmentEnded { .. }
            | Fact::AssignmentReopened { .. }
            | Fact::Transferred { .. }
            | Fact::AssignmentCorrected { .. }
            | Fact::AssignmentVoided { .. } => self.assignment(fact),
            &Fact::IdReplaced { id, kind, number, .. } => {
                let (id, erased) = self.text_or_erased(id, number);
                self.replace_id(kind, number, &id, erased)
            }
            &Fact::ParticipantForgotten { participant, .. } => {
                self.replace_id(Kind::Participant, participant, &erased(participant), participant)
            }
            // They tell what the facts beside them amount to.
            Fact::EnrollmentsMirrored { .. }
            | Fact::CaseloadTransferred { .. }
            | Fact::LimitReached { .. }
            | Fact::LevelRaised { .. } => Ok(()),
        }
    }

    fn program(&self, fact: &Fact) -> Result<(), StoreError> {
        match fact {
            Fact::ProgramDefined { name, policy, program } => {
                let (id, erased) = self.first_text(PROGRAMS, *program);
                self.add(
                    "INSERT INTO program_base (agency, number, entered, changed, id, erased, name, \
                     policy) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        self.open.agency,
                        program,
                        self.at(),
                        id,
                        erased,
                        self.name(*name, *program),
                        policy_text(policy)?
                    ],
                )
            }
            Fact::ProgramRevised { policy, program } => self.change(
                "UPDATE program_base SET policy = ?4, changed = ?3 WHERE agency = ?1 AND number = ?2",
                params![self.open.agency, program, self.at(), policy_text(policy)?],
            ),
            Fact::ProgramRenamed { name, program } => self.change(
                "UPDATE program_base SET name = ?4, changed = ?3 WHERE agency = ?1 AND number = ?2",
                params![self.open.agency, program, self.at(), self.name(Some(*name), *program)],
            ),
            Fact::ProgramClosed { program } => self.open_program(*program, false),
            Fact::ProgramReopened { program } => self.open_program(*program, true),
            _ => Ok(()),
        }
    }

    fn open_program(&self, program: u32, open: bool) -> Result<(), StoreError> {
        self.change(
            "UPDATE program_base SET open = ?4, changed = ?3 WHERE agency = ?1 AND number = ?2",
            params![self.open.agency, program, self.at(), open],
        )
    }

    fn staff(&self, fact: &Fact) -> Result<(), StoreError> {
        match fact {
            Fact::StaffRegistered { name, rights, staff } => {
                let (id, erased) = self.first_text(STAFF, *staff);
                self.add(
                    "INSERT INTO staff_base (agency, number, entered, changed, id, erased, name, \
                     rights) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        self.open.agency,
                        staff,
                        self.at(),
                        id,
                        erased,
                        self.name(*name, *staff),
                        bits(*rights)
                    ],
                )
            }
            Fact::StaffRenamed { name, staff } => self.change(
                "UPDATE staff_base SET name = ?4, changed = ?3 WHERE agency = ?1 AND number = ?2",
                params![self.open.agency, staff, self.at(), self.name(Some(*name), *staff)],
            ),
            &Fact::RightsChanged { change, program, rights, staff } => {
                self.rights(change, program, rights, staff)
            }
            Fact::StaffDeactivated { staff } => self.activate(*staff, false),
            Fact::StaffReactivated { staff } => self.activate(*staff, true),
            _ => Ok(()),
        }
    }

    fn activate(&self, staff: u32, active: bool) -> Result<(), StoreError> {
        self.change(
            "UPDATE staff_base SET active = ?4, changed = ?3 WHERE agency = ?1 AND number = ?2",
            params![self.open.agency, staff, self.at(), active],
        )
    }

    /// A change for every program also changes what was said about single ones; a change in one
    /// starts from what holds for every program.
    fn rights(
        &self,
        change: RightsChange,
        program: Option<u32>,
        rights: Rights,
        staff: u32,
    ) -> Result<(), StoreError> {
        let (give, take) = match change {
            RightsChange::Granted => (bits(rights), 0),
            RightsChange::Revoked => (0, bits(rights)),
        };
        let (agency, at) = (self.open.agency, self.at());
        if let Some(program) = program {
            return self.add(
                "INSERT INTO staff_right_base (agency, staff, program, rights, changed) \
                 SELECT agency, number, ?6, (rights | ?4) & ~?5, ?3 FROM staff_base \
                 WHERE agency = ?1 AND number = ?2 \
                 ON CONFLICT (agency, staff, program) \
                 DO UPDATE SET rights = (rights | ?4) & ~?5, changed = ?3",
                params![agency, staff, at, give, take, program],
            );
        }
        self.run(
            "UPDATE staff_right_base SET rights = (rights | ?4) & ~?5, changed = ?3 \
             WHERE agency = ?1 AND staff = ?2",
            params![agency, staff, at, give, take],
        )?;
        self.change(
            "UPDATE staff_base SET rights = (rights | ?4) & ~?5, changed = ?3 \
             WHERE agency = ?1 AND number = ?2",
            params![agency, staff, at, give, take],
        )
    }

    fn enrollment(&self, fact: &Fact) -> Result<(), StoreError> {
        let agency = self.open.agency;
        match *fact {
            Fact::Enrolled { end, enrollment, participant, program, start } => {
                let (id, erased) = self.first_text(ENROLLMENTS, enrollment);
                self.add(
                    "INSERT INTO enrollment_base (agency, number, entered, changed, id, erased, \
                     participant, program, start, end) \
                     VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                    params![
                        agency,
                        enrollment,
                        self.at(),
                        id,
                        erased,
                        participant,
                        program,
                        iso(start),
                        end.map(iso)
                    ],
                )
            }
            Fact::EnrollmentEnded { end, enrollment, .. } => self.change(
                "UPDATE enrollment_base SET end = ?4, dismissed = 1, changed = ?3 \
                 WHERE agency = ?1 AND number = ?2",
                params![agency, enrollment, self.at(), iso(end)],
            ),
            Fact::EnrollmentReinstated { enrollment, .. } => self.change(
                "UPDATE enrollment_base SET end = NULL, dismissed = 0, changed = ?3 \
                 WHERE agency = ?1 AND number = ?2",
                params![agency, enrollment, self.at()],
            ),
            Fact::EnrollmentCorrected { by, end, enrollment, start, .. } => {
                self.correct_enrollment(enrollment, by, start, end)
            }
            Fact::EnrollmentVoided { enrollment, .. } => self.change(
                "UPDATE enrollment_base SET status = 2, changed = ?3 \
                 WHERE agency = ?1 AND number = ?2",
                params![agency, enrollment, self.at()],
            ),
            _ => Ok(()),
        }
    }

    fn correct_enrollment(
        &self,
        enrollment: u32,
        by: u32,
        start: Day,
        end: Option<Day>,
    ) -> Result<(), StoreError> {
        let (agency, at) = (self.open.agency, self.at());
        // A mirrored change keeps the id, and with it the number.
        if by == enrollment {
            return self.change(
                "UPDATE enrollment_base SET start = ?4, end = ?5, dismissed = 0, changed = ?3 \
                 WHERE agency = ?1 AND number = ?2",
                params![agency, enrollment, at, iso(start), end.map(iso)],
            );
        }
        self.change(
            "UPDATE enrollment_base SET status = 1, changed = ?3 WHERE agency = ?1 AND number = ?2",
            params![agency, enrollment, at],
        )?;
        let (id, erased) = self.first_text(ENROLLMENTS, by);
        self.add(
            "INSERT INTO enrollment_base (agency, number, entered, changed, id, erased, \
             participant, program, start, end, supersedes) \
             SELECT agency, ?4, ?3, ?3, ?5, ?6, participant, program, ?7, ?8, number \
             FROM enrollment_base WHERE agency = ?1 AND number = ?2",
            params![agency, enrollment, at, by, id, erased, iso(start), end.map(iso)],
        )
    }

    fn assignment(&self, fact: &Fact) -> Result<(), StoreError> {
        let agency = self.open.agency;
        match *fact {
            Fact::Assigned { assignment, end, participant, program, role, staff, start } => {
                let (id, erased) = self.first_text(ASSIGNMENTS, assignment);
                self.add(
                    "INSERT INTO assignment_base (agency, number, entered, changed, id, erased, \
                     staff, participant, program, start, end, role) \
                     VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    params![
                        agency,
                        assignment,
                        self.at(),
                        id,
                        erased,
                        staff,
                        participant,
                        program,
                        iso(start),
                        end.map(iso),
                        role
                    ],
                )
            }
            Fact::AssignmentEnded { assignment, cause, end, .. } => {
                self.end(assignment, end, cause.word())
            }
            Fact::AssignmentReopened { assignment } => self.change(
                "UPDATE assignment_base SET end = NULL, end_cause = NULL, changed = ?3 \
                 WHERE agency = ?1 AND number = ?2",
                params![agency, assignment, self.at()],
            ),
            Fact::Transferred { assignment, by, date, role, staff, .. } => {
                self.end(assignment, date, "handed_over")?;
                let (id, erased) = self.first_text(ASSIGNMENTS, by);
                self.add(
                    "INSERT INTO assignment_base (agency, number, entered, changed, id, erased, \
                     staff, participant, program, start, role, transferred_from) \
                     SELECT agency, ?4, ?3, ?3, ?5, ?6, ?7, participant, program, ?8, ?9, number \
                     FROM assignment_base WHERE agency = ?1 AND number = ?2",
                    params![agency, assignment, self.at(), by, id, erased, staff, iso(date), role],
                )
            }
            Fact::AssignmentCorrected { assignment, by, end, role, staff, start, .. } => {
                self.status(assignment, SUPERSEDED)?;
                let (id, erased) = self.first_text(ASSIGNMENTS, by);
                let (start, end) = (iso(start), end.map(iso));
                self.add(
                    "INSERT INTO assignment_base (agency, number, entered, changed, id, erased, \
                     staff, participant, program, start, end, role, supersedes) \
                     SELECT agency, ?4, ?3, ?3, ?5, ?6, ?7, participant, program, ?8, ?9, ?10, \
                     number FROM assignment_base WHERE agency = ?1 AND number = ?2",
                    params![agency, assignment, self.at(), by, id, erased, staff, start, end, role],
                )
            }
            Fact::AssignmentVoided { assignment, .. } => self.status(assignment, VOIDED),
            _ => Ok(()),
        }
    }

    fn end(&self, assignment: u32, end: Day, cause: &str) -> Result<(), StoreError> {
        self.change(
            "UPDATE assignment_base SET end = ?4, end_cause = ?5, changed = ?3 \
             WHERE agency = ?1 AND number = ?2",
            params![self.open.agency, assignment, self.at(), iso(end), cause],
        )
    }

    fn status(&self, assignment: u32, status: u8) -> Result<(), StoreError> {
        self.change(
            "UPDATE assignment_base SET status = ?4, changed = ?3 WHERE agency = ?1 AND number = ?2",
            params![self.open.agency, assignment, self.at(), status],
        )
    }

    fn replace_id(&self, kind: Kind, number: u32, id: &str, erased: u32) -> Result<(), StoreError> {
        self.change(set_id(kind), params![self.open.agency, number, id, erased])
    }

    /// The numbers that the entry at hand gives out.
    fn numbers(&self, place: usize) -> std::ops::RangeInclusive<u32> {
        let before = self.counts.get(place).copied().unwrap_or_default();
        let new = self.new.0.get(place).copied().unwrap_or_default();
        before.saturating_add(1)..=before.saturating_add(new)
    }

    /// The text that a number was first mentioned with, in the entry at hand.
    fn first_text(&self, place: usize, number: u32) -> (String, u32) {
        let numbers = self.numbers(place);
        let item = numbers.contains(&number).then(|| {
            let before: u32 = self.new.0.iter().take(place).sum();
            before.saturating_add(number - numbers.start())
        });
        self.text_or_erased(item.unwrap_or(u32::MAX), number)
    }

    /// An item, and 0; if it was erased, what stands for it, and the number.
    fn text_or_erased(&self, item: u32, number: u32) -> (String, u32) {
        match usize::try_from(item).ok().and_then(|item| self.items.text(item)) {
            Some(text) => (text.to_owned(), 0),
            None => (erased(number), number),
        }
    }

    fn name(&self, item: Option<u32>, number: u32) -> Option<String> {
        item.map(|item| self.text_or_erased(item, number).0)
    }

    /// Adds or changes exactly one row.
    fn add(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        self.change(sql, params)
    }

    fn change(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        if self.run(sql, params)? == 1 { Ok(()) } else { Err(self.differ()) }
    }

    fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.open.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map_err(
            |error| match error.sqlite_error_code() {
                // The second line of defence: the rules should have refused it long before.
                Some(rusqlite::ErrorCode::ConstraintViolation) => self.differ(),
                _ => store_error(self.place.path(), Doing::Append, error),
            },
        )
    }

    fn differ(&self) -> StoreError {
        read_tables_differ(self.place.path())
    }

    /// The position as SQLite takes it.
    fn at(&self) -> i64 {
        i64::try_from(self.position).unwrap_or(i64::MAX)
    }

    /// The head of the log at the position folded last.
    fn head_here(&self) -> Result<Head, StoreError> {
        if self.position == 0 {
            return Ok(Head::START);
        }
        entries::head_at(self.open, self.place, self.position)?.ok_or_else(|| self.differ())
    }
}

/// The statement that gives a number another id: `?1` agency, `?2` number, `?3` id, `?4` erased.
const fn set_id(kind: Kind) -> &'static str {
    match kind {
        Kind::Participant => {
            "UPDATE participant_base SET id = ?3, erased = ?4 WHERE agency = ?1 AND number = ?2"
        }
        Kind::Staff => {
            "UPDATE staff_base SET id = ?3, erased = ?4 WHERE agency = ?1 AND number = ?2"
        }
        Kind::Program => {
            "UPDATE program_base SET id = ?3, erased = ?4 WHERE agency = ?1 AND number = ?2"
        }
        Kind::Enrollment => {
            "UPDATE enrollment_base SET id = ?3, erased = ?4 WHERE agency = ?1 AND number = ?2"
        }
        Kind::Assignment => {
            "UPDATE assignment_base SET id = ?3, erased = ?4 WHERE agency = ?1 AND number = ?2"
        }
    }
}

/// What stands for an erased text.
fn erased(number: u32) -> String {
    format!("erased-{number}")
}

// Places in `Mentions`.
const PARTICIPANTS: usize = 0;
const STAFF: usize = 1;
const PROGRAMS: usize = 2;
const ENROLLMENTS: usize = 3;
const ASSIGNMENTS: usize = 4;
const ROLES: usize = 5;

// As the column `status` has them.
const SUPERSEDED: u8 = 1;
const VOIDED: u8 = 2;

fn iso(day: Day) -> String {
    day.to_string()
}

/// The bits that the column `rights` documents.
fn bits(rights: Rights) -> i64 {
    rights.iter().fold(0, |bits, right| {
        bits | match right {
            Right::Own => 1,
            Right::Others => 2,
            Right::Correct => 4,
            Right::Enroll => 8,
            Right::Administer => 16,
            Right::ViewAll => 32,
        }
    })
}

fn policy_text(policy: &Policy<u32>) -> Result<String, StoreError> {
    serde_json::to_string(policy).map_err(|error| StoreError::Bug {
        what: format!("a policy that JSON cannot hold: {error}"),
    })
}

fn altered(position: Position, place: &Place) -> StoreError {
    StoreError::corrupt_at(
        position,
        format!("was altered or damaged in `{}`; restore a backup", place.path().display()),
    )
}

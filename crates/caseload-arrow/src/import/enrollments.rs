//! Enrollments: mirrored program by program, many rows a command.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use caseload::{
    Code, EnrollmentId, EnrollmentRow, MirrorEnrollments, OnOutside, Period, Problem, ProgramId,
    Snapshot, Status, Violation, system_clock,
};
use uuid::{NoContext, Timestamp, Uuid};

use super::{
    ImportError, InputTable,
    rows::{EnrollmentColumns, GivenEnrollment},
    run::{Answer, ROWS_A_COMMAND, Run, is_too_large, same_days},
    tables::Batches,
};

/// The most rows that wait for others of their program.
const WAITING: usize = 10 * ROWS_A_COMMAND;

const TABLE: InputTable = InputTable::Enrollments;

impl Run<'_> {
    pub(super) fn enrollments(&mut self, batches: Batches<'_>) -> Result<(), ImportError> {
        let mut waiting = Waiting::default();
        for batch in batches {
            let (columns, rows, first) = self.next(TABLE, batch, EnrollmentColumns::of)?;
            for (row, number) in (0..rows).zip(first..) {
                match columns.row(row) {
                    Ok(given) => self.wait(&mut waiting, number, given)?,
                    Err(violations) => self.refuse(TABLE, number, violations)?,
                }
            }
            self.tell(TABLE)?;
        }
        self.mirror_all(&mut waiting)
    }

    /// Lets a row wait until its program has enough for a command.
    fn wait(
        &mut self,
        waiting: &mut Waiting,
        number: u64,
        given: GivenEnrollment,
    ) -> Result<(), ImportError> {
        if given.id.as_ref().is_some_and(|id| waiting.ids.contains(id)) {
            // A second row of one id is judged by what became of the first.
            self.mirror_all(waiting)?;
        }
        let program = given.program.clone();
        if waiting.add(number, given)? >= ROWS_A_COMMAND {
            self.mirror_next(waiting, &program)?;
        } else if waiting.rows >= WAITING {
            let most = waiting.by_program.iter().max_by_key(|(_, rows)| rows.len());
            if let Some(program) = most.map(|(program, _)| program.clone()) {
                self.mirror_next(waiting, &program)?;
            }
        }
        Ok(())
    }

    fn mirror_all(&mut self, waiting: &mut Waiting) -> Result<(), ImportError> {
        while let Some(program) = waiting.by_program.keys().next().cloned() {
            self.mirror_next(waiting, &program)?;
        }
        Ok(())
    }

    fn mirror_next(
        &mut self,
        waiting: &mut Waiting,
        program: &ProgramId,
    ) -> Result<(), ImportError> {
        let rows = waiting.take(program);
        let snapshot = self.agency.snapshot()?;
        let mut new = Vec::with_capacity(rows.len());
        for row in rows {
            match self.standing(&snapshot, program, &row)? {
                Standing::New => new.push(row),
                Standing::Same => self.already_there(TABLE),
                // Mirrored, it would correct what is stored, which may be truer by now.
                Standing::Other => {
                    let problem = Problem::IdTaken { id: row.row.id.as_str().to_owned() };
                    self.refuse(TABLE, row.number, vec![Violation::new(problem, &["id"])])?;
                }
            }
        }
        let mut out = Vec::new();
        self.mirror(program, new, &mut out)?;
        self.settle_out(program, out)?;
        self.tell(TABLE)
    }

    /// Rows that were taken out: of two that say the same without an id, one is there by now.
    fn settle_out(&mut self, program: &ProgramId, out: Vec<Out>) -> Result<(), ImportError> {
        if out.is_empty() {
            return Ok(());
        }
        let snapshot = self.agency.snapshot()?;
        for Out { row, mut violations } in out {
            if self.standing(&snapshot, program, &row)? == Standing::Same {
                self.already_there(TABLE);
                continue;
            }
            for violation in &mut violations {
                // What the command calls its rows is the program here.
                for field in violation.fields.iter_mut().filter(|field| *field == "rows") {
                    *field = "program".into();
                }
            }
            self.refuse(TABLE, row.number, violations)?;
        }
        Ok(())
    }

    /// Mirrors rows. One bad row refuses all of them, so those that the refusal is about are taken
    /// out and the rest is asked again.
    fn mirror(
        &mut self,
        program: &ProgramId,
        mut rows: Vec<WaitingRow>,
        out: &mut Vec<Out>,
    ) -> Result<(), ImportError> {
        while !rows.is_empty() {
            let listed = rows.iter().map(|waiting| waiting.row.clone()).collect();
            // What lies outside its enrollment already was left so by somebody, and stays.
            let command = MirrorEnrollments::new(program.clone(), listed);
            let violations = match self.record(command.on_outside(OnOutside::Report))? {
                Answer::Stored => {
                    self.accept(TABLE, rows.len());
                    return Ok(());
                }
                Answer::Refused { violations, .. } => violations,
            };
            if is_too_large(&violations) && rows.len() > 1 {
                let second = rows.split_off(rows.len() / 2);
                self.mirror(program, rows, out)?;
                return self.mirror(program, second, out);
            }
            let mut named = named(&rows, &violations);
            let mut left = Vec::with_capacity(rows.len());
            for (index, row) in rows.into_iter().enumerate() {
                match named.as_mut().map(|named| named.remove(&index)) {
                    Some(None) => left.push(row),
                    Some(Some(violations)) => out.push(Out { row, violations }),
                    None => out.push(Out { row, violations: violations.clone() }),
                }
            }
            rows = left;
        }
        Ok(())
    }

    fn standing(
        &self,
        snapshot: &Snapshot,
        program: &ProgramId,
        waiting: &WaitingRow,
    ) -> Result<Standing, ImportError> {
        let row = &waiting.row;
        let stored = snapshot.history(&row.participant, program, &self.asked())?.enrollments;
        let same = |period| same_days(row.start, row.end, period);
        if waiting.called == Called::Here {
            let current = |status| status == Status::Current;
            let there = stored.iter().any(|one| current(one.status) && same(one.period));
            return Ok(if there { Standing::Same } else { Standing::New });
        }
        Ok(match stored.iter().find(|one| one.id == row.id) {
            None => Standing::New,
            Some(one) if same(one.period) => Standing::Same,
            Some(_) => Standing::Other,
        })
    }
}

/// Rows that wait for others of their program.
#[derive(Default)]
struct Waiting {
    by_program: BTreeMap<ProgramId, Vec<WaitingRow>>,
    rows: usize,
    /// Those that the host gave.
    ids: HashSet<EnrollmentId>,
}

struct WaitingRow {
    number: u64,
    row: EnrollmentRow,
    called: Called,
}

/// Who gave a row its id.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    ByHost,
    Here,
}

/// A row that was taken out, and why.
struct Out {
    row: WaitingRow,
    violations: Vec<Violation>,
}

/// What a row is beside what is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    New,
    Same,
    Other,
}

impl Waiting {
    /// Answers with how many wait for the same program now.
    fn add(&mut self, number: u64, mut given: GivenEnrollment) -> Result<usize, ImportError> {
        let (id, called) = match given.id.take() {
            Some(id) => (id, Called::ByHost),
            None => (new_id()?, Called::Here),
        };
        if called == Called::ByHost {
            self.ids.insert(id.clone());
        }
        self.rows += 1;
        let rows = self.by_program.entry(given.program.clone()).or_default();
        rows.push(WaitingRow { number, row: given.called(id), called });
        Ok(rows.len())
    }

    fn take(&mut self, program: &ProgramId) -> Vec<WaitingRow> {
        let rows = self.by_program.remove(program).unwrap_or_default();
        self.rows -= rows.len();
        for row in &rows {
            self.ids.remove(&row.row.id);
        }
        rows
    }
}

/// A UUIDv7, as the agency makes them: never one derived from the row, by which a participant who was
/// forgotten could be guessed.
fn new_id() -> Result<EnrollmentId, ImportError> {
    let micros = u64::try_from(system_clock()().micros()).unwrap_or_default();
    let nanos = u32::try_from(micros % 1_000_000).unwrap_or_default() * 1_000;
    let timestamp = Timestamp::from_unix(NoContext, micros / 1_000_000, nanos);
    let id = EnrollmentId::new(Uuid::new_v7(timestamp).to_string());
    Ok(id.map_err(caseload::Error::from)?)
}

/// The rows that a refusal is about, by index; nothing where it is about all of them.
///
/// Where rows overlap each other all of them are named, but only those go that overlap an earlier one
/// that stays: as if they had been entered in order. That is told only of rows that nothing else is
/// wrong with, or it would blame a row for one that goes.
fn named(rows: &[WaitingRow], violations: &[Violation]) -> Option<BTreeMap<usize, Vec<Violation>>> {
    let mut named: BTreeMap<usize, Vec<Violation>> = BTreeMap::new();
    for violation in violations {
        let index = violation.row.and_then(|row| usize::try_from(row).ok()?.checked_sub(1))?;
        named.entry(index).or_default().push(violation.clone());
    }
    let among = Among::of(rows, named.keys().copied());
    let certain: BTreeSet<usize> = named
        .iter()
        .filter(|(index, violations)| {
            let overlaps = |one: &Violation| one.code() == Code::EnrollmentOverlaps;
            !violations.iter().all(overlaps) || !among.overlapping.contains(index)
        })
        .map(|(index, _)| *index)
        .collect();
    let goes = if certain.is_empty() { among.late } else { certain };
    named.retain(|index, _| goes.contains(index));
    (!named.is_empty()).then_some(named)
}

/// Rows that overlap others of the same participant.
struct Among {
    overlapping: BTreeSet<usize>,
    /// Those that overlap an earlier one which does not go itself.
    late: BTreeSet<usize>,
}

impl Among {
    fn of(rows: &[WaitingRow], indexes: impl Iterator<Item = usize>) -> Among {
        let mut by_participant: HashMap<&str, Vec<(usize, Period)>> = HashMap::new();
        for index in indexes {
            if let Some(WaitingRow { row, .. }) = rows.get(index)
                && let Ok(period) = Period::new(row.start, row.end)
            {
                by_participant.entry(row.participant.as_str()).or_default().push((index, period));
            }
        }
        let mut among = Among { overlapping: BTreeSet::new(), late: BTreeSet::new() };
        for rows in by_participant.values() {
            let mut stay: Vec<(usize, Period)> = Vec::new();
            for (index, period) in rows {
                let overlaps = |other: &(usize, Period)| other.1.held_with(*period);
                if rows.iter().any(|other| other.0 != *index && overlaps(other)) {
                    among.overlapping.insert(*index);
                }
                if stay.iter().any(overlaps) {
                    among.late.insert(*index);
                } else {
                    stay.push((*index, *period));
                }
            }
        }
        among
    }
}

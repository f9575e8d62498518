//! Programs and staff: one command a row.

use std::{collections::HashMap, sync::Arc};

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use caseload::{DefineProgram, Name, Policy, ProgramId, RegisterStaff, Rights, StaffId, Violation};

use super::{
    ImportError, InputTable,
    rows::{ProgramColumns, Read, StaffColumns},
    run::{Answer, Run},
    tables::Batches,
};

/// After how many rows the caller is told.
const TELL_EVERY: usize = 100;

impl Run<'_> {
    pub(super) fn programs(&mut self, batches: Batches<'_>) -> Result<(), ImportError> {
        let mut known = Known { read: known_programs, stored: None };
        self.each_row(
            InputTable::Programs,
            batches,
            ProgramColumns::of,
            |run, columns, row, number| run.program(number, columns.row(row), &mut known),
        )
    }

    fn program(
        &mut self,
        number: u64,
        row: Read<DefineProgram>,
        known: &mut Known<ProgramId, KnownProgram>,
    ) -> Result<(), ImportError> {
        let table = InputTable::Programs;
        let command = match row {
            Ok(command) => command,
            Err(violations) => return self.refuse(table, number, violations),
        };
        match self.record(command.clone())? {
            Answer::Stored => {
                let policy = Arc::new(command.policy.unwrap_or_default());
                known.add(command.id, KnownProgram { name: command.name, policy });
                self.accept(table, 1);
                Ok(())
            }
            Answer::Refused { violations, .. } => {
                let stored = known.of(self, &command.id)?;
                let same = stored.map(|stored| differing(&command, stored));
                self.there_or_refused(table, number, same, violations)
            }
        }
    }

    pub(super) fn staff(&mut self, batches: Batches<'_>) -> Result<(), ImportError> {
        let mut known = Known { read: known_staff, stored: None };
        self.each_row(InputTable::Staff, batches, StaffColumns::of, |run, columns, row, number| {
            run.member(number, columns.row(row), &mut known)
        })
    }

    /// Takes in a table row by row, telling the caller every now and then.
    fn each_row<C>(
        &mut self,
        table: InputTable,
        batches: Batches<'_>,
        columns: fn(&RecordBatch) -> Result<C, ArrowError>,
        mut take_in: impl FnMut(&mut Self, &C, usize, u64) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        for batch in batches {
            let (columns, rows, first) = self.next(table, batch, columns)?;
            for (row, number) in (0..rows).zip(first..) {
                if row % TELL_EVERY == 0 {
                    self.tell(table)?;
                }
                take_in(self, &columns, row, number)?;
            }
            self.tell(table)?;
        }
        Ok(())
    }

    fn member(
        &mut self,
        number: u64,
        row: Read<RegisterStaff>,
        known: &mut Known<StaffId, Option<Name>>,
    ) -> Result<(), ImportError> {
        let table = InputTable::Staff;
        let command = match row {
            Ok(command) => command,
            Err(violations) => return self.refuse(table, number, violations),
        };
        match self.record(command.clone())? {
            Answer::Stored => {
                known.add(command.id, command.name);
                self.accept(table, 1);
                Ok(())
            }
            Answer::Refused { violations, .. } => {
                let differing = match known.of(self, &command.id)? {
                    None => None,
                    Some(name) => {
                        let mut differing = Vec::new();
                        if command.name.is_some() && command.name != *name {
                            differing.push("name");
                        }
                        if !self.holds(&command)? {
                            differing.push("rights");
                        }
                        Some(differing)
                    }
                };
                self.there_or_refused(table, number, differing, violations)
            }
        }
    }

    /// Whether a staff member has the rights of their row in every program, whatever else they have.
    fn holds(&self, command: &RegisterStaff) -> Result<bool, ImportError> {
        let Some(rights) = command.rights else { return Ok(true) };
        let held = self.agency.snapshot()?.rights(&command.id, None, None)?;
        Ok(rights.without(held) == Rights::NONE)
    }

    /// A row that was refused: because its own is stored already, or for a reason that counts. What
    /// differs is named among the fields.
    fn there_or_refused(
        &mut self,
        table: InputTable,
        number: u64,
        differing: Option<Vec<&'static str>>,
        mut violations: Vec<Violation>,
    ) -> Result<(), ImportError> {
        match differing {
            Some(differing) if differing.is_empty() => {
                self.already_there(table);
                return Ok(());
            }
            Some(differing) => {
                for violation in violations.iter_mut().take(1) {
                    violation.fields.extend(differing.iter().map(|&field| field.into()));
                }
            }
            None => {}
        }
        self.refuse(table, number, violations)
    }
}

/// What is stored, read when it is first asked for; what was stored since is added.
struct Known<I, T> {
    read: fn(&Run<'_>) -> Result<HashMap<I, T>, ImportError>,
    stored: Option<HashMap<I, T>>,
}

impl<I: Eq + std::hash::Hash, T> Known<I, T> {
    fn of(&mut self, run: &Run<'_>, id: &I) -> Result<Option<&T>, ImportError> {
        let stored = match self.stored.take() {
            Some(stored) => stored,
            None => (self.read)(run)?,
        };
        Ok(self.stored.insert(stored).get(id))
    }

    fn add(&mut self, id: I, new: T) {
        if let Some(stored) = &mut self.stored {
            stored.insert(id, new);
        }
    }
}

struct KnownProgram {
    name: Option<Name>,
    policy: Arc<Policy>,
}

fn known_programs(run: &Run<'_>) -> Result<HashMap<ProgramId, KnownProgram>, ImportError> {
    let programs = run.agency.snapshot()?.programs(None)?;
    let known = |name, policy| KnownProgram { name, policy };
    Ok(programs.into_iter().map(|(one, name)| (one.id, known(name, one.policy))).collect())
}

fn known_staff(run: &Run<'_>) -> Result<HashMap<StaffId, Option<Name>>, ImportError> {
    let staff = run.agency.snapshot()?.staff(None)?;
    Ok(staff.into_iter().map(|(one, name)| (one.id, name)).collect())
}

/// What a row says otherwise than what is stored. What it does not say is no difference.
fn differing(command: &DefineProgram, stored: &KnownProgram) -> Vec<&'static str> {
    let mut differing = Vec::new();
    if command.name.is_some() && command.name != stored.name {
        differing.push("name");
    }
    if command.policy.as_ref().is_some_and(|policy| *policy != *stored.policy) {
        differing.push("policy");
    }
    differing
}

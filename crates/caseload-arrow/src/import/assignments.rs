//! Assignments: batches of ten thousand rows.

use caseload::{Assign, Batch, BatchMode, Row, RowVerdict, Snapshot, Violation};

use super::{
    ImportError, InputTable,
    rows::AssignmentColumns,
    run::{Answer, ROWS_A_COMMAND, Run, is_too_large, same_days},
    tables::Batches,
};

const TABLE: InputTable = InputTable::Assignments;

/// Where a row is: in which batch, at which place there, and its number in the table.
#[derive(Clone, Copy)]
struct Place {
    batch: usize,
    row: usize,
    number: u64,
}

impl Run<'_> {
    /// Judges rows by start. All of them must be known for that, and are kept as the columns given.
    pub(super) fn assignments_by_start(&mut self, batches: Batches<'_>) -> Result<(), ImportError> {
        let (mut all, mut places) = (Vec::new(), Vec::new());
        for batch in batches {
            let (columns, rows, first) = self.next(TABLE, batch, AssignmentColumns::of)?;
            for (row, number) in (0..rows).zip(first..) {
                places.push((columns.start(row), Place { batch: all.len(), row, number }));
            }
            all.push(columns);
            self.tell(TABLE)?;
        }
        places.sort_by_key(|(start, _)| *start);
        let places: Vec<Place> = places.into_iter().map(|(_, place)| place).collect();
        for chunk in places.chunks(ROWS_A_COMMAND) {
            self.assign(&all, chunk)?;
        }
        Ok(())
    }

    /// Judges rows as they come. Only the batches that a chunk is made of are kept.
    pub(super) fn assignments_as_given(&mut self, batches: Batches<'_>) -> Result<(), ImportError> {
        let (mut kept, mut chunk) = (Vec::new(), Vec::new());
        for batch in batches {
            let (columns, rows, first) = self.next(TABLE, batch, AssignmentColumns::of)?;
            kept.push(columns);
            for (row, number) in (0..rows).zip(first..) {
                chunk.push(Place { batch: kept.len() - 1, row, number });
                if chunk.len() == ROWS_A_COMMAND {
                    self.assign(&kept, &chunk)?;
                    chunk.clear();
                    kept.drain(..kept.len() - 1);
                }
            }
        }
        self.assign(&kept, &chunk)
    }

    /// Records the rows of one chunk that pass.
    ///
    /// They are asked as a batch of all or nothing: where all pass, that is all. Otherwise nothing is
    /// stored and each row has its verdict; a refused row has done nothing to the others, so the
    /// rest, asked again, passes. A partial batch would store an entry each time the same table is
    /// taken in, if only to keep the refusals.
    fn assign(
        &mut self,
        columns: &[AssignmentColumns],
        chunk: &[Place],
    ) -> Result<(), ImportError> {
        let (mut rows, mut passing) = (Vec::with_capacity(chunk.len()), Vec::new());
        for place in chunk {
            match read(columns, *place) {
                Ok(assign) => {
                    rows.push(Row::Assign(assign));
                    passing.push(*place);
                }
                Err(violations) => self.refuse(TABLE, place.number, violations)?,
            }
        }
        let mut out = Vec::new();
        while !rows.is_empty() {
            match self.record(Batch::new(BatchMode::AllOrNothing, rows))? {
                Answer::Stored => {
                    self.accept(TABLE, passing.len());
                    break;
                }
                Answer::Refused { violations, rows: verdicts } if verdicts.is_empty() => {
                    if is_too_large(&violations) && passing.len() > 1 {
                        let (first, second) = passing.split_at(passing.len() / 2);
                        self.assign(columns, first)?;
                        self.assign(columns, second)?;
                    } else {
                        // It was refused for itself and not for its rows.
                        let each = passing.iter().map(|place| (*place, violations.clone()));
                        out.extend(each);
                    }
                    break;
                }
                Answer::Refused { rows: verdicts, .. } => {
                    passing = passed(&passing, verdicts, &mut out);
                    let read = passing.iter().filter_map(|place| read(columns, *place).ok());
                    rows = read.map(Row::Assign).collect();
                }
            }
        }
        self.settle(columns, out)?;
        self.tell(TABLE)
    }

    /// Rows that were refused: of two that say the same, one is there by now.
    fn settle(&mut self, columns: &[AssignmentColumns], out: Vec<Out>) -> Result<(), ImportError> {
        if out.is_empty() {
            return Ok(());
        }
        let snapshot = self.agency.snapshot()?;
        for (place, violations) in out {
            if self.is_there(&snapshot, columns, place)? {
                self.already_there(TABLE);
            } else {
                self.refuse(TABLE, place.number, violations)?;
            }
        }
        Ok(())
    }

    /// Whether a row says what is stored, whatever became of that since. Without an id only what
    /// counts is compared: what was voided does not stand for anything.
    fn is_there(
        &self,
        snapshot: &Snapshot,
        columns: &[AssignmentColumns],
        place: Place,
    ) -> Result<bool, ImportError> {
        let Ok(Assign { id, staff, participant, program, start, end, role, .. }) =
            read(columns, place)
        else {
            return Ok(false);
        };
        // The actor may not learn here of whom they do not see.
        let asked = self.asked().by(self.context.actor.clone());
        let lines = snapshot.history(&participant, &program, &asked)?.assignments;
        Ok(lines.iter().any(|line| {
            let it = id.as_ref().map_or(line.is_current(), |id| line.id == *id);
            it && line.staff == staff && line.role == role && same_days(start, end, line.period)
        }))
    }
}

/// A row that was refused, and why.
type Out = (Place, Vec<Violation>);

/// The rows that pass; the others are out.
fn passed(rows: &[Place], verdicts: Vec<RowVerdict>, out: &mut Vec<Out>) -> Vec<Place> {
    let mut passing = Vec::with_capacity(rows.len());
    for (place, RowVerdict { violations, .. }) in rows.iter().zip(verdicts) {
        if violations.is_empty() {
            passing.push(*place);
        } else {
            out.push((*place, violations));
        }
    }
    passing
}

/// A row that is not there says nothing, and is no row of the chunk either.
fn read(columns: &[AssignmentColumns], place: Place) -> Result<Assign, Vec<Violation>> {
    columns.get(place.batch).map_or(Err(Vec::new()), |columns| columns.row(place.row))
}

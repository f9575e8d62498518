//! Takes private text out of every table and file of the store.

use std::{fs, io, thread};

use caseload::{
    Kind, StoreError,
    body::{Body, Fact},
    log::{Erasure, LEVEL, PrivateItems, RequestText},
};
use rusqlite::{OptionalExtension as _, params};

use crate::{
    SqliteLog, entries,
    error::{Doing, file_error, store_error},
    place::{PAUSE, Place, REPLACED_WAL},
    read_tables::{erased, set_id},
    slot::Open,
};

/// Erases in one transaction, all or nothing, then sees to it that no former page is left in a file.
pub(crate) fn erase(log: &SqliteLog, items: &[Erasure]) -> Result<(), StoreError> {
    let lent = log.lock_for_writing()?;
    let open = log.opened(&lent)?;
    for erasure in items {
        erase_entry(open, &log.place, erasure)?;
    }
    log.commit(&lent)?;
    if log.place.in_memory() {
        return Ok(());
    }
    for path in log.checkpoint_path().into_iter().chain([log.place.beside(REPLACED_WAL)]) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(file_error(&path, Doing::Erase, error));
            }
            _ => {}
        }
    }
    empty_wal(log, open)
}

fn erase_entry(open: &Open, place: &Place, erasure: &Erasure) -> Result<(), StoreError> {
    let failed = |error| store_error(place.path(), Doing::Erase, error);
    // After a backup was restored, another entry may have the position.
    let diverged = || StoreError::Diverged { known: erasure.entry };
    if entries::head_at(open, place, erasure.entry.position)? != Some(erasure.entry) {
        return Err(diverged());
    }
    let position = i64::try_from(erasure.entry.position).map_err(|_| diverged())?;
    let found: Option<(Vec<u8>, Vec<u8>, u32)> = open
        .prepare_cached(
            "SELECT body, private, level FROM entry WHERE agency = ?1 AND position = ?2",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![open.agency, position], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
        })
        .map_err(failed)?;
    let (body, private, level) = found.ok_or_else(diverged)?;
    let left = PrivateItems::erase(&private, &erasure.items)?;
    if left != private {
        // Read tables hold nothing of a level that this version does not know.
        if level <= LEVEL {
            let body = Body::decode(erasure.entry.position, &body)?;
            let items = PrivateItems::unpack(&private)?;
            erase_read_tables(open, place, &body, &items, &erasure.items)?;
        }
        open.prepare_cached("UPDATE entry SET private = ?3 WHERE agency = ?1 AND position = ?2")
            .and_then(|mut statement| statement.execute(params![open.agency, position, left]))
            .map_err(failed)?;
    }
    if erasure.request == RequestText::Erase {
        open.prepare_cached("UPDATE entry SET request = NULL WHERE agency = ?1 AND position = ?2")
            .and_then(|mut statement| statement.execute(params![open.agency, position]))
            .map_err(failed)?;
    }
    Ok(())
}

/// Replaces the texts of these items in the read tables. Also where they are behind, or where this
/// handle writes the log only: a text that is not there is simply not found.
fn erase_read_tables(
    open: &Open,
    place: &Place,
    body: &Body,
    items: &PrivateItems,
    indexes: &[u32],
) -> Result<(), StoreError> {
    let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
        open.prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params))
            .map_err(|error| store_error(place.path(), Doing::Erase, error))
    };
    for &index in indexes {
        let Some(text) = usize::try_from(index).ok().and_then(|index| items.text(index)) else {
            continue;
        };
        // An id is never given out twice, so the text finds the number.
        if let Some(sql) = mentioned(body, index) {
            run(sql, &[&open.agency, &text])?;
        }
    }
    for fact in &body.facts {
        let (sql, item, number) = match *fact {
            Fact::IdReplaced { id, kind, number, .. } => (set_id(kind), id, number),
            Fact::ProgramDefined { name: Some(name), program, .. }
            | Fact::ProgramRenamed { name, program } => (SET_PROGRAM_NAME, name, program),
            Fact::StaffRegistered { name: Some(name), staff, .. }
            | Fact::StaffRenamed { name, staff } => (SET_STAFF_NAME, name, staff),
            _ => continue,
        };
        let text = usize::try_from(item).ok().and_then(|item| items.text(item));
        let (Some(text), true) = (text, indexes.contains(&item)) else { continue };
        if let Fact::IdReplaced { kind, .. } = fact {
            run(forget_id(*kind), &[&open.agency, &text])?;
        } else {
            // A later name stays.
            run(sql, &[&open.agency, &number, &erased(number), &text])?;
        }
    }
    Ok(())
}

const SET_PROGRAM_NAME: &str =
    "UPDATE program_base SET name = ?3 WHERE agency = ?1 AND number = ?2 AND name = ?4";
const SET_STAFF_NAME: &str =
    "UPDATE staff_base SET name = ?3 WHERE agency = ?1 AND number = ?2 AND name = ?4";

/// The statement that erases the text of an item, if it is one that the entry mentions first.
fn mentioned(body: &Body, index: u32) -> Option<&'static str> {
    let mut end = 0_u32;
    for kind in Kind::ALL {
        end = end.saturating_add(body.new.of(kind));
        if index < end {
            return Some(forget_id(kind));
        }
    }
    (index < end.saturating_add(body.new.roles())).then_some(
        "UPDATE role_base SET role = 'erased-' || number, erased = number \
         WHERE agency = ?1 AND role = ?2 AND erased = 0",
    )
}

const fn forget_id(kind: Kind) -> &'static str {
    match kind {
        Kind::Participant => {
            "UPDATE participant_base SET id = 'erased-' || number, erased = number \
             WHERE agency = ?1 AND id = ?2 AND erased = 0"
        }
        Kind::Staff => {
            "UPDATE staff_base SET id = 'erased-' || number, erased = number \
             WHERE agency = ?1 AND id = ?2 AND erased = 0"
        }
        Kind::Program => {
            "UPDATE program_base SET id = 'erased-' || number, erased = number \
             WHERE agency = ?1 AND id = ?2 AND erased = 0"
        }
        Kind::Enrollment => {
            "UPDATE enrollment_base SET id = 'erased-' || number, erased = number \
             WHERE agency = ?1 AND id = ?2 AND erased = 0"
        }
        Kind::Assignment => {
            "UPDATE assignment_base SET id = 'erased-' || number, erased = number \
             WHERE agency = ?1 AND id = ?2 AND erased = 0"
        }
    }
}

/// Plays the write-ahead log into the database and truncates it: it holds former pages.
fn empty_wal(log: &SqliteLog, open: &Open) -> Result<(), StoreError> {
    let tries = log.options.busy_timeout.as_millis() / PAUSE.as_millis();
    for _ in 0..=tries {
        let busy: i64 = open
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|error| store_error(log.path(), Doing::Erase, error))?;
        if busy == 0 {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    Err(StoreError::Locked {
        what: format!(
            "it was erased in `{}`, but a reader holds on to the write-ahead log, which still has \
             it; end long reads and erase again",
            log.path().display()
        ),
        cause: None,
    })
}

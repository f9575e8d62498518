//! Takes private text out of every table and file of the store.

use std::{fs, io, thread, time::Duration};

use caseload::{
    Checkpoint as _, Kind, StoreError,
    body::{Body, Fact},
    log::{Erasure, LEVEL, PrivateItems, RequestText},
};
use rusqlite::{OptionalExtension as _, params};

use crate::{
    SqliteLog, SqliteOptions, entries,
    error::{Doing, file_error, store_error},
    place::{PAUSE, Place, REPLACED_WAL},
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
    if let Some(checkpoint) = log.checkpoint() {
        checkpoint.remove()?;
    }
    let replaced = log.place.beside(REPLACED_WAL);
    match fs::remove_file(&replaced) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(file_error(&replaced, Doing::Erase, error));
        }
        _ => {}
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
            erase_read_tables(open, place, (position, &body), &items, &erasure.items)?;
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
    (position, body): (i64, &Body),
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
        // A forgotten id may have been given out again, so the text alone does not find the row.
        match mentioned(body, index) {
            Some(Mention::Id(kind)) => {
                run(&forget_id(kind, "entered"), &[&open.agency, &text, &position])?;
            }
            Some(Mention::Role) => {
                run(FORGET_ROLE, &[&open.agency, &text])?;
            }
            None => {}
        }
    }
    for fact in &body.facts {
        let (sql, item, number) = match *fact {
            Fact::IdReplaced { id, kind, number, .. } => (forget_id(kind, "number"), id, number),
            Fact::ProgramDefined { name: Some(name), program, .. }
            | Fact::ProgramRenamed { name, program } => {
                (forget_name("program_base"), name, program)
            }
            Fact::StaffRegistered { name: Some(name), staff, .. }
            | Fact::StaffRenamed { name, staff } => (forget_name("staff_base"), name, staff),
            _ => continue,
        };
        let text = usize::try_from(item).ok().and_then(|item| items.text(item));
        if let (Some(text), true) = (text, indexes.contains(&item)) {
            run(&sql, &[&open.agency, &text, &number])?;
        }
    }
    Ok(())
}

/// The statement that erases a name, unless a later one took its place: `?1` agency, `?2` the name,
/// `?3` the number.
fn forget_name(table: &str) -> String {
    format!(
        "UPDATE {table} SET name = 'erased-' || number \
         WHERE agency = ?1 AND name = ?2 AND number = ?3"
    )
}

const FORGET_ROLE: &str = "UPDATE role_base SET role = 'erased-' || number, erased = number \
     WHERE agency = ?1 AND role = ?2 AND erased = 0";

/// What an item is that an entry mentions first.
enum Mention {
    Id(Kind),
    Role,
}

fn mentioned(body: &Body, index: u32) -> Option<Mention> {
    let mut end = 0_u32;
    for kind in Kind::ALL {
        end = end.saturating_add(body.new.of(kind));
        if index < end {
            return Some(Mention::Id(kind));
        }
    }
    (index < end.saturating_add(body.new.roles())).then_some(Mention::Role)
}

/// The statement that erases the text of an id: `?1` agency, `?2` text, `?3` the value of the column.
fn forget_id(kind: Kind, column: &str) -> String {
    let table = match kind {
        Kind::Participant => "participant_base",
        Kind::Staff => "staff_base",
        Kind::Program => "program_base",
        Kind::Enrollment => "enrollment_base",
        Kind::Assignment => "assignment_base",
    };
    format!(
        "UPDATE {table} SET id = 'erased-' || number, erased = number \
         WHERE agency = ?1 AND id = ?2 AND {column} = ?3 AND erased = 0"
    )
}

/// Empties what a killed process left of the write-ahead log: it may have been about to, after erasing.
/// Without waiting for others who are at work: they empty it themselves once they have erased.
pub(crate) fn empty_left_wal(options: &SqliteOptions, open: &Open) {
    // That it stays for now keeps nobody from working.
    let _ = open.busy_timeout(Duration::ZERO);
    let _ = open.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    let _ = open.busy_timeout(options.busy_timeout);
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

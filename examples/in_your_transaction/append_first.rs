//! First way: append, then write the product's row with the same request id.
//!
//! Between the two the process may die. The log is the truth then: its feed, read on from where the product
//! last heard it, brings the row. What only the form knew is gone with it; sent again, the form finds its first
//! answer and the row that is there. Good where the product's row follows from what happened.

use caseload::{Actor, Agency, Command, Receipt, RequestId};
use rusqlite::{Connection, params};

use super::{Failure, today};

/// Both steps.
pub(crate) fn record(
    agency: &Agency,
    db: &mut Connection,
    form: &RequestId,
    command: impl Into<Command>,
    text: &str,
) -> Result<(), Failure> {
    let receipt = append(agency, form, command)?;
    link(db, form, &receipt, text)
}

/// The first step: stored in the log, and nowhere else.
pub(crate) fn append(
    agency: &Agency,
    form: &RequestId,
    command: impl Into<Command>,
) -> Result<Receipt, Failure> {
    let desk = agency.acting_as(Actor::Root).on(today()?).request(form.clone());
    Ok(desk.record(command)?)
}

/// The second step: the product's row, whether or not the feed brought it before.
fn link(
    db: &mut Connection,
    form: &RequestId,
    receipt: &Receipt,
    text: &str,
) -> Result<(), Failure> {
    db.execute(
        "INSERT INTO case_note (request, position, text) VALUES (?1, ?2, ?3)
         ON CONFLICT (position) DO UPDATE SET request = ?1, text = ?3",
        params![form.as_str(), i64::try_from(receipt.head.position)?, text],
    )?;
    Ok(())
}

/// At every start, and now and then: what the product has not heard of becomes a note.
pub(crate) fn hear(agency: &Agency, db: &mut Connection) -> Result<usize, Failure> {
    let heard: i64 = db.query_row("SELECT heard FROM feed", [], |row| row.get(0))?;
    let mut made = 0;
    // The notes and how far was heard are one transaction: no note is lost, none is made twice.
    let both = db.transaction()?;
    for happened in agency.events(u64::try_from(heard)?, 1_000)? {
        let position = i64::try_from(happened.position)?;
        if happened.event.word() == "assigned" {
            made += both.execute(
                "INSERT INTO case_note (position, text) VALUES (?1, ?2)
                 ON CONFLICT (position) DO NOTHING",
                params![position, format!("assigned: {}", happened.event.ids().join(" "))],
            )?;
        }
        both.execute("UPDATE feed SET heard = ?1", [position])?;
    }
    both.commit()?;
    Ok(made)
}

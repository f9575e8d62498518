//! A product with a table of case notes, and three ways to keep its rows and the agency's log in step.

pub(crate) mod append_first;
pub(crate) mod host_log;
pub(crate) mod outbox;
pub(crate) mod same_transaction;

use std::error::Error as StdError;

use caseload::{
    Actor, Agency, Assign, AssignmentId, Day, DefineProgram, Enroll, ParticipantId, ProgramId,
    RegisterStaff, RequestId, StaffId,
};
use rusqlite::Connection;

pub(crate) type Failure = Box<dyn StdError>;

/// The product's tables. `case_note` is what its people see; the others are only there to keep in step.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS case_note (
        number INTEGER PRIMARY KEY,
        request TEXT UNIQUE,     -- the form it came from: the request id of its command
        position INTEGER UNIQUE, -- the entry of the agency's log that it is about
        text TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS feed (heard INTEGER NOT NULL); -- one row: up to which entry
    INSERT INTO feed SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM feed);
    CREATE TABLE IF NOT EXISTS outbox (
        number INTEGER PRIMARY KEY, -- in this order
        request TEXT NOT NULL UNIQUE,
        command TEXT NOT NULL       -- as JSON
    );";

/// Makes the product's tables.
pub(crate) fn create(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(TABLES)
}

/// A case note as the product shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) request: Option<String>,
    pub(crate) position: Option<i64>,
    pub(crate) text: String,
}

/// Every case note, in the order of entry.
pub(crate) fn notes(db: &Connection) -> rusqlite::Result<Vec<Note>> {
    let mut query = db.prepare("SELECT request, position, text FROM case_note ORDER BY number")?;
    let rows = query.query_map([], |row| {
        Ok(Note { request: row.get(0)?, position: row.get(1)?, text: row.get(2)? })
    })?;
    rows.collect()
}

/// A service, a worker and a client who moved in, unless they are there already.
pub(crate) fn set_up(agency: &Agency) -> Result<(), Failure> {
    if agency.snapshot()?.head().position == 0 {
        let desk = agency.acting_as(Actor::Root).on(today()?);
        desk.record(DefineProgram::new(ProgramId::new("housing")?))?;
        desk.record(RegisterStaff::new(StaffId::new("sam")?))?;
        let (client, housing) = (ParticipantId::new("P-1023")?, ProgramId::new("housing")?);
        desk.record(Enroll::new(client, housing, "2024-03-01".parse()?))?;
    }
    Ok(())
}

/// What one form of the product asks for: Sam takes the client on.
pub(crate) fn takes_on(id: &str, start: &str, end: &str) -> Result<Assign, Failure> {
    let (sam, client) = (StaffId::new("sam")?, ParticipantId::new("P-1023")?);
    let assign = Assign::new(sam, client, ProgramId::new("housing")?, start.parse()?);
    Ok(assign.id(AssignmentId::new(id)?).end(end.parse()?))
}

pub(crate) fn today() -> Result<Day, Failure> {
    Ok("2024-06-15".parse()?)
}

pub(crate) fn request(text: &str) -> Result<RequestId, Failure> {
    Ok(RequestId::new(text)?)
}

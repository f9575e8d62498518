//! Second way: the product's row and the command are one transaction of the product's; a worker then
//! carries the command out.
//!
//! Nothing is lost, for the command waits in the outbox, and nothing happens twice, for its request id is looked
//! up before every rule. But the product's row is there before the rules have spoken: a refusal has to be shown to
//! somebody afterwards. Good where forms come in while the agency cannot be reached.

use caseload::{
    Agency, Error,
    jsonl::{Given, read_command},
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Failure;

/// A command that waits.
pub(crate) struct Waiting {
    number: i64,
    request: String,
    command: String,
}

/// What became of it.
pub(crate) enum Answer {
    Stored { position: i64 },
    Refused { why: String },
}

/// The form as one transaction of the product's: its note, and its command in the outbox.
///
/// `command` is the JSON-lines form without its request, which is that of the form.
pub(crate) fn put(
    db: &mut Connection,
    form: &str,
    command: &str,
    text: &str,
) -> Result<(), Failure> {
    let both = db.transaction()?;
    both.execute("INSERT INTO case_note (request, text) VALUES (?1, ?2)", [form, text])?;
    both.execute("INSERT INTO outbox (request, command) VALUES (?1, ?2)", [form, command])?;
    both.commit()?;
    Ok(())
}

/// Carries out what waits, in order. An agency that cannot be reached leaves it waiting.
pub(crate) fn send(agency: &Agency, db: &mut Connection) -> Result<usize, Failure> {
    let mut sent = 0;
    while let Some(waiting) = next(db)? {
        let answer = carry_out(agency, &waiting)?;
        settle(db, &waiting, &answer)?;
        sent += 1;
    }
    Ok(sent)
}

/// The command that has waited longest.
pub(crate) fn next(db: &Connection) -> rusqlite::Result<Option<Waiting>> {
    let sql = "SELECT number, request, command FROM outbox ORDER BY number LIMIT 1";
    db.query_row(sql, [], |row| {
        Ok(Waiting { number: row.get(0)?, request: row.get(1)?, command: row.get(2)? })
    })
    .optional()
}

/// The first step: in the log. Done again after a crash, it gets its first answer.
pub(crate) fn carry_out(agency: &Agency, waiting: &Waiting) -> Result<Answer, Failure> {
    let recorded = match read_command(&waiting.command)? {
        Given::Record(command, context) => {
            agency.record(command, context.request(super::request(&waiting.request)?))
        }
        Given::Review(..) => return Err("a review has no place in an outbox".into()),
    };
    match recorded {
        Ok(receipt) => Ok(Answer::Stored { position: i64::try_from(receipt.head.position)? }),
        Err(Error::Refused(refusal)) => {
            let why = refusal.violations.iter().map(|broken| broken.problem.to_string());
            Ok(Answer::Refused { why: why.collect::<Vec<_>>().join("; ") })
        }
        Err(error) => Err(error.into()),
    }
}

/// The second step: the note learns of it, and the command waits no longer.
fn settle(db: &mut Connection, waiting: &Waiting, answer: &Answer) -> Result<(), Failure> {
    let both = db.transaction()?;
    match answer {
        Answer::Stored { position } => both.execute(
            "UPDATE case_note SET position = ?1 WHERE request = ?2",
            params![position, waiting.request],
        )?,
        Answer::Refused { why } => both.execute(
            "UPDATE case_note SET text = text || ' (refused: ' || ?1 || ')' WHERE request = ?2",
            params![why, waiting.request],
        )?,
    };
    both.execute("DELETE FROM outbox WHERE number = ?1", [waiting.number])?;
    both.commit()?;
    Ok(())
}

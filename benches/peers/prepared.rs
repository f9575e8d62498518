//! The lists of one staff member or participant from SQLite: prepared statements over the file that the
//! peer in Python made, without Python between them.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Params, Row};

use super::{
    asking::Asking,
    engines::{Answer, Engine},
    repeated::{Repeated, cell, repeated, total},
};
use crate::Result;

const SETTINGS: &str = "PRAGMA cache_size = -4194304; PRAGMA mmap_size = 17179869184;";

pub(super) fn ask(folder: &Path, asking: &Asking, runs: usize) -> Result<Vec<Answer>> {
    let path = folder.join("sqlite.db");
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch(SETTINGS)?;
    Ok(vec![caseload(&connection, asking, runs)?, caseworkers(&connection, asking, runs)?])
}

fn caseload(connection: &Connection, asking: &Asking, runs: usize) -> Result<Answer> {
    let sql = "SELECT participant, program FROM assignment WHERE staff = ?1 AND e > ?2 AND s <= ?2";
    let ask = |staff: &u32| {
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        rows(connection, sql, (staff, Asking::DAY), row)
    };
    let repeated = repeated(
        runs,
        asking.caseloads_of.len(),
        || asking.caseloads_of.iter().map(ask).collect::<Result<Vec<Vec<(u32, u32)>>>>(),
        |lists| {
            total((0..).zip(lists).map(|(list, held): (u64, _)| {
                let key = |(participant, program)| {
                    (list << 40) + u64::from(participant) * 1_024 + u64::from(program)
                };
                total(held.iter().map(|held| Ok(cell(key(*held), 1))))
            }))
        },
    )?;
    Ok(answer("caseload", repeated))
}

fn caseworkers(connection: &Connection, asking: &Asking, runs: usize) -> Result<Answer> {
    let sql = "SELECT staff FROM assignment \
               WHERE participant = ?1 AND program = ?2 AND s <= ?3 AND e > ?3";
    let ask = |(participant, program): &(u32, u32)| {
        let asked = (participant, program, Asking::DAY);
        rows(connection, sql, asked, |row| row.get(0))
    };
    let repeated = repeated(
        runs,
        asking.workers_of.len(),
        || asking.workers_of.iter().map(ask).collect::<Result<Vec<Vec<u32>>>>(),
        |lists| {
            total((0..).zip(lists).map(|(list, staff): (u64, _)| {
                total(staff.iter().map(|staff| Ok(cell((list << 40) + u64::from(*staff), 1))))
            }))
        },
    )?;
    Ok(answer("caseworkers", repeated))
}

fn answer(question: &str, repeated: Repeated) -> Answer {
    let Repeated { samples, checksum, .. } = repeated;
    Answer { engine: Engine::Sqlite, question: question.to_owned(), samples, checksum }
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    asked: impl Params,
    row: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map(asked, row)?.collect::<rusqlite::Result<_>>()?)
}

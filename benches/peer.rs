//! What a host would write by hand: indexed SQLite tables, the same rules in prepared statements.
//!
//! Its rules are those the made-up agency exercises: staff and program exist, the enrollment contains
//! the period, starts are entered in order per participant and program, and nobody holds a participant
//! twice on one day. It keeps the present only: no history, no actors, no reasons, no chain of hashes.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    Result,
    generate::{Line, World, enrollment_id, line_id, participant_id, program_id, staff_id},
};

const SCHEMA: &str = "
CREATE TABLE staff (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE program (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE enrollment (
    id TEXT PRIMARY KEY, participant TEXT NOT NULL, program TEXT NOT NULL, s INTEGER NOT NULL,
    e INTEGER NOT NULL);
CREATE INDEX e_part ON enrollment (participant, program, s, e);
CREATE TABLE assignment (
    id TEXT PRIMARY KEY, staff TEXT NOT NULL, participant TEXT NOT NULL, program TEXT NOT NULL,
    s INTEGER NOT NULL, e INTEGER NOT NULL);
CREATE INDEX a_part ON assignment (participant, program, s, staff, e);
CREATE INDEX a_staff ON assignment (staff, e, s, participant, program);";

const SETTINGS: &str = "
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -262144;
PRAGMA temp_store = MEMORY;";

/// The hand-written peer.
#[derive(Debug)]
pub(crate) struct Peer {
    connection: Connection,
}

/// A line in the texts a host has.
#[derive(Debug)]
pub(crate) struct TextLine {
    pub(crate) id: String,
    pub(crate) staff: String,
    pub(crate) participant: String,
    pub(crate) program: String,
    pub(crate) start: i32,
    pub(crate) end: i32,
}

impl TextLine {
    pub(crate) fn of(world: &World, line: &Line) -> TextLine {
        let timeline = world.timeline_of(line);
        TextLine {
            id: line_id(line.number),
            staff: staff_id(line.staff),
            participant: participant_id(timeline.participant),
            program: program_id(timeline.program),
            start: line.start,
            end: line.end,
        }
    }
}

impl Peer {
    pub(crate) fn create(path: &Path) -> Result<Peer> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SETTINGS)?;
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Peer { connection })
    }

    /// Staff, programs and enrollments, in one transaction.
    pub(crate) fn found(&self, world: &World) -> Result<()> {
        self.begin()?;
        for number in 0..world.staff {
            self.run("INSERT INTO staff VALUES (?1)", &staff_id(number))?;
        }
        for number in 0..world.programs {
            self.run("INSERT INTO program VALUES (?1)", &program_id(number))?;
        }
        for (number, timeline) in (0..).zip(&world.timelines) {
            let (participant, program) =
                (participant_id(timeline.participant), program_id(timeline.program));
            self.must_exist("SELECT 1 FROM program WHERE id = ?1", &program)?;
            let overlaps: Option<i64> = self
                .connection
                .prepare_cached(
                    "SELECT 1 FROM enrollment WHERE participant = ?1 AND program = ?2 AND e > ?3",
                )?
                .query_row(params![participant, program, timeline.start], |row| row.get(0))
                .optional()?;
            if overlaps.is_some() {
                return Err("enrollment overlaps".into());
            }
            self.connection
                .prepare_cached("INSERT INTO enrollment VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![
                enrollment_id(number),
                participant,
                program,
                timeline.start,
                i64::from(i32::MAX)
            ])?;
        }
        self.commit()
    }

    /// These lines in one transaction, each judged by all rules.
    pub(crate) fn assign_all(&self, lines: &[TextLine]) -> Result<()> {
        self.begin()?;
        for line in lines {
            self.assign(line)?;
        }
        self.commit()
    }

    pub(crate) fn assign(&self, line: &TextLine) -> Result<()> {
        self.must_exist("SELECT 1 FROM staff WHERE id = ?1", &line.staff)?;
        self.must_exist("SELECT 1 FROM program WHERE id = ?1", &line.program)?;
        let enclosed: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM enrollment \
                 WHERE participant = ?1 AND program = ?2 AND s <= ?3 AND e >= ?4",
            )?
            .query_row(params![line.participant, line.program, line.start, line.end], |row| {
                row.get(0)
            })
            .optional()?;
        let latest: Option<i32> = self
            .connection
            .prepare_cached(
                "SELECT s FROM assignment WHERE participant = ?1 AND program = ?2 \
                 ORDER BY s DESC LIMIT 1",
            )?
            .query_row(params![line.participant, line.program], |row| row.get(0))
            .optional()?;
        let held: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM assignment \
                 WHERE participant = ?1 AND program = ?2 AND s < ?4 AND staff = ?5 AND e > ?3",
            )?
            .query_row(
                params![line.participant, line.program, line.start, line.end, line.staff],
                |row| row.get(0),
            )
            .optional()?;
        if enclosed.is_none() || latest.is_some_and(|latest| latest > line.start) || held.is_some()
        {
            return Err("a line was refused".into());
        }
        self.connection
            .prepare_cached("INSERT INTO assignment VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
            line.id,
            line.staff,
            line.participant,
            line.program,
            line.start,
            line.end
        ])?;
        Ok(())
    }

    /// Participant and program of everyone on a caseload on a day.
    pub(crate) fn caseload(&self, staff: &str, day: i32) -> Result<Vec<(String, String)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT participant, program FROM assignment WHERE staff = ?1 AND e > ?2 AND s <= ?2",
        )?;
        let rows =
            statement.query_map(params![staff, day], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The staff of a participant in a program on a day.
    pub(crate) fn caseworkers(
        &self,
        participant: &str,
        program: &str,
        day: i32,
    ) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT staff FROM assignment \
             WHERE participant = ?1 AND program = ?2 AND s <= ?3 AND e > ?3",
        )?;
        let rows = statement.query_map(params![participant, program, day], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many assignments of each staff member cover a day.
    pub(crate) fn counts(&self, day: i32) -> Result<Vec<(String, i64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT staff, count(*) FROM assignment WHERE s <= ?1 AND e > ?1 GROUP BY staff",
        )?;
        let rows = statement.query_map([day], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many days from `from` up to, not including, `to` the assignments of each staff member cover.
    pub(crate) fn covered(&self, from: i32, to: i32) -> Result<Vec<(String, i64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT staff, sum(min(e, ?2) - max(s, ?1)) FROM assignment \
             WHERE s < ?2 AND e > ?1 GROUP BY staff HAVING sum(min(e, ?2) - max(s, ?1)) > 0",
        )?;
        let rows = statement.query_map([from, to], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    pub(crate) fn begin(&self) -> Result<()> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(())
    }

    pub(crate) fn commit(&self) -> Result<()> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    fn run(&self, sql: &str, id: &str) -> Result<()> {
        self.connection.prepare_cached(sql)?.execute([id])?;
        Ok(())
    }

    fn must_exist(&self, sql: &str, id: &str) -> Result<()> {
        let found: Option<i64> =
            self.connection.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
        found.map(|_| ()).ok_or_else(|| "something named does not exist".into())
    }
}

//! What the rules may look at, over the product's own tables.
//!
//! Each method is one or two indexed queries. They answer as of now: what was entered so far,
//! whatever the days. `decide` puts its own pending events on top, so nothing here knows of batches.

use std::{str::FromStr, sync::Arc};

use caseload::{
    Activity, AnyId, Assignment, AssignmentId, Day, Door, Ending, Enrollment, EnrollmentId,
    InputError, Kind, LineFilter, ParticipantId, Period, Program, ProgramId, Right, Rights, Role,
    Staff, StaffId, Standing, Status, StoreError, View,
};
use rusqlite::{Row, params, params_from_iter, types::Value};

use super::{Tables, failed, table, value};

impl View for Tables<'_> {
    fn program(&self, id: &ProgramId) -> Result<Option<Program>, StoreError> {
        self.first("SELECT policy, open FROM services WHERE key = ?1", [id.as_str()], |row| {
            let policy = serde_json::from_str(&value::<String>(row, "policy")?)
                .map_err(|_| StoreError::corrupt("a service has an unreadable policy"))?;
            let door = if value(row, "open")? { Door::Open } else { Door::Closed };
            Ok(Program { id: id.clone(), policy: Arc::new(policy), door })
        })
    }

    fn programs(&self) -> Result<Vec<ProgramId>, StoreError> {
        self.all("SELECT key FROM services", [], |row| parsed(row, "key"))
    }

    fn staff(&self, id: &StaffId) -> Result<Option<Staff>, StoreError> {
        self.first("SELECT active FROM workers WHERE key = ?1", [id.as_str()], |row| {
            let active = value(row, "active")?;
            let activity = if active { Activity::Active } else { Activity::Deactivated };
            Ok(Staff { id: id.clone(), activity })
        })
    }

    /// Of each right the last word counts: one about this service, or about every service.
    fn rights(&self, staff: &StaffId, program: Option<&ProgramId>) -> Result<Rights, StoreError> {
        let service = match program {
            Some(program) => self.number(Kind::Program, program.as_str())?,
            None => None,
        };
        let rights = self.all(
            "SELECT said.word FROM permissions AS said
             JOIN workers AS w ON w.number = said.worker
             WHERE w.key = ?1 AND said.given
                 AND (said.service IS NULL OR said.service = ?2)
                 AND NOT EXISTS (
                     SELECT 1 FROM permissions AS later
                     WHERE later.worker = said.worker AND later.word = said.word
                         AND later.number > said.number
                         AND (later.service IS NULL OR later.service = ?2))",
            params![staff.as_str(), service],
            |row| {
                let right = Right::from_word(&value::<String>(row, "word")?);
                right.ok_or_else(|| StoreError::corrupt("a permission is no right"))
            },
        )?;
        Ok(rights.into_iter().collect())
    }

    fn standing(&self, id: &AnyId) -> Result<Standing, StoreError> {
        let sql = format!("SELECT 1 FROM {} WHERE key = ?1", table(id.kind()));
        if self.first(&sql, [id.as_str()], |_| Ok(()))?.is_some() {
            return Ok(Standing::Known);
        }
        let retired = self.first(
            "SELECT 1 FROM retired_keys WHERE kind = ?1 AND key = ?2",
            [id.kind().word(), id.as_str()],
            |_| Ok(()),
        )?;
        Ok(if retired.is_some() { Standing::Replaced } else { Standing::Free })
    }

    fn enrollment(&self, id: &EnrollmentId) -> Result<Option<Enrollment>, StoreError> {
        let Some(stay) = self.number(Kind::Enrollment, id.as_str())? else { return Ok(None) };
        self.first("SELECT * FROM stay_lines WHERE number = ?1", [stay], enrollment)
    }

    fn enrollments(
        &self,
        program: &ProgramId,
        participant: Option<&ParticipantId>,
    ) -> Result<Vec<Enrollment>, StoreError> {
        let Some(service) = self.number(Kind::Program, program.as_str())? else {
            return Ok(Vec::new());
        };
        let Some(participant) = participant else {
            return self.all(
                "SELECT * FROM stay_lines WHERE status = 'current' AND service = ?1
                 ORDER BY since, key",
                [service],
                enrollment,
            );
        };
        let Some(client) = self.number(Kind::Participant, participant.as_str())? else {
            return Ok(Vec::new());
        };
        self.all(
            "SELECT * FROM stay_lines WHERE status = 'current' AND client = ?1 AND service = ?2
             ORDER BY since, key",
            [client, service],
            enrollment,
        )
    }

    fn dismissed_with(&self, id: &EnrollmentId) -> Result<Vec<AssignmentId>, StoreError> {
        let Some(stay) = self.number(Kind::Enrollment, id.as_str())? else {
            return Ok(Vec::new());
        };
        self.all(
            "SELECT key FROM responsibility_lines WHERE dismissed_with = ?1 ORDER BY key",
            [stay],
            |row| parsed(row, "key"),
        )
    }

    fn assignment(&self, id: &AssignmentId) -> Result<Option<Assignment>, StoreError> {
        let Some(line) = self.number(Kind::Assignment, id.as_str())? else { return Ok(None) };
        self.first("SELECT * FROM responsibility_lines WHERE number = ?1", [line], assignment)
    }

    fn lines(&self, filter: &LineFilter<'_>) -> Result<Vec<Assignment>, StoreError> {
        // Only what is asked for becomes a condition, so that the database finds the index for it.
        let mut sql = "SELECT * FROM responsibility_lines WHERE status = 'current'".to_owned();
        let mut values: Vec<Value> = Vec::new();
        for (column, kind, key) in [
            ("client", Kind::Participant, filter.participant.map(ParticipantId::as_str)),
            ("service", Kind::Program, filter.program.map(ProgramId::as_str)),
            ("worker", Kind::Staff, filter.staff.map(StaffId::as_str)),
        ] {
            let Some(key) = key else { continue };
            let Some(number) = self.number(kind, key)? else { return Ok(Vec::new()) };
            sql.push_str(&format!(" AND {column} = ?"));
            values.push(number.into());
        }
        if let Some(period) = filter.held_with {
            // A zero-day period counts as its start day, on both sides: here ...
            let start = period.start();
            let end = if period.is_zero_day() { start.plus(1) } else { period.end() };
            // ... and there: such a line is over at its own start, which may be in the period.
            sql.push_str(" AND (until IS NULL OR until > ? OR since >= ?)");
            values.extend([start.to_string().into(), start.to_string().into()]);
            if let Some(end) = end {
                sql.push_str(" AND since < ?");
                values.push(end.to_string().into());
            }
        }
        sql.push_str(" ORDER BY since, key");
        self.all(&sql, params_from_iter(values), assignment)
    }

    fn latest_start(
        &self,
        participant: &ParticipantId,
        program: &ProgramId,
        staff: Option<&StaffId>,
        after: Day,
        except: &[AssignmentId],
    ) -> Result<Option<(AssignmentId, Day)>, StoreError> {
        let client = self.number(Kind::Participant, participant.as_str())?;
        let service = self.number(Kind::Program, program.as_str())?;
        let worker = match staff {
            Some(staff) => match self.number(Kind::Staff, staff.as_str())? {
                Some(worker) => Some(worker),
                None => return Ok(None),
            },
            None => None,
        };
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT key, since FROM responsibility_lines
                 WHERE status = 'current' AND client = ?1 AND service = ?2
                     AND (?3 IS NULL OR worker = ?3) AND since > ?4
                 ORDER BY since DESC, key",
            )
            .map_err(failed)?;
        let mut rows =
            statement.query(params![client, service, worker, after.to_string()]).map_err(failed)?;
        // Newest first and never further than needed: nearly always the first row is the answer.
        while let Some(row) = rows.next().map_err(failed)? {
            let id = parsed(row, "key")?;
            if !except.contains(&id) {
                return Ok(Some((id, parsed(row, "since")?)));
            }
        }
        Ok(None)
    }

    fn caseload(&self, staff: &StaffId, program: &ProgramId, day: Day) -> Result<u32, StoreError> {
        let worker = self.number(Kind::Staff, staff.as_str())?;
        let service = self.number(Kind::Program, program.as_str())?;
        let count = self.first(
            "SELECT count(*) AS count FROM responsibilities
             WHERE status = 'current' AND worker = ?1 AND service = ?2
                 AND since <= ?3 AND (until IS NULL OR until > ?3)",
            params![worker, service, day.to_string()],
            |row| value(row, "count"),
        )?;
        Ok(count.unwrap_or(0))
    }
}

impl Tables<'_> {
    /// Every line that was ever entered, whatever its status: the rules never ask for so much.
    pub(crate) fn everything(&self) -> Result<(Vec<Enrollment>, Vec<Assignment>), StoreError> {
        Ok((
            self.all("SELECT * FROM stay_lines ORDER BY key", [], enrollment)?,
            self.all("SELECT * FROM responsibility_lines ORDER BY key", [], assignment)?,
        ))
    }
}

fn enrollment(row: &Row<'_>) -> Result<Enrollment, StoreError> {
    let dismissed = value(row, "dismissed")?;
    Ok(Enrollment {
        id: parsed(row, "key")?,
        participant: parsed(row, "client_key")?,
        program: parsed(row, "service_key")?,
        period: period(row)?,
        status: status(row)?,
        supersedes: maybe_parsed(row, "supersedes")?,
        ending: if dismissed { Ending::Dismissed } else { Ending::AsEntered },
    })
}

fn assignment(row: &Row<'_>) -> Result<Assignment, StoreError> {
    let role: Option<String> = value(row, "role")?;
    Ok(Assignment {
        id: parsed(row, "key")?,
        staff: parsed(row, "worker_key")?,
        participant: parsed(row, "client_key")?,
        program: parsed(row, "service_key")?,
        period: period(row)?,
        role: role.map(Role::new).transpose().map_err(unreadable)?,
        status: status(row)?,
        supersedes: maybe_parsed(row, "supersedes")?,
    })
}

fn period(row: &Row<'_>) -> Result<Period, StoreError> {
    Period::new(parsed(row, "since")?, maybe_parsed(row, "until")?).map_err(unreadable)
}

fn status(row: &Row<'_>) -> Result<Status, StoreError> {
    let word: String = value(row, "status")?;
    [Status::Current, Status::Superseded, Status::Voided]
        .into_iter()
        .find(|status| status.word() == word)
        .ok_or_else(|| StoreError::corrupt("a line has an unknown status"))
}

/// A key or a day.
fn parsed<T: FromStr<Err = InputError>>(row: &Row<'_>, column: &str) -> Result<T, StoreError> {
    value::<String>(row, column)?.parse().map_err(unreadable)
}

fn maybe_parsed<T: FromStr<Err = InputError>>(
    row: &Row<'_>,
    column: &str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = value(row, column)?;
    text.map(|text| text.parse().map_err(unreadable)).transpose()
}

/// The product stored something that is no key, day or role.
fn unreadable(error: InputError) -> StoreError {
    StoreError::Corrupt {
        what: "a row of the product's own tables cannot be read".to_owned(),
        position: None,
        cause: Some(Arc::new(error)),
    }
}

//! What the rules allowed, stored in the product's own tables.
//!
//! One event is one or two statements. An event that is not known here is an error, not a shrug: a
//! newer library may allow what these tables cannot hold yet, and then nothing must be stored.

use caseload::{
    AnyId, Cause, Event, Kind, Period, Policy, Reason, Right, Role, StoreError, body::RightsChange,
};
use rusqlite::params;

use super::Tables;

impl Tables<'_> {
    /// Stores what happened, in order.
    pub(crate) fn apply(&self, events: &[Event]) -> Result<(), StoreError> {
        events.iter().try_for_each(|event| match event {
            Event::ProgramDefined { .. }
            | Event::ProgramRevised { .. }
            | Event::ProgramRenamed { .. }
            | Event::ProgramClosed { .. }
            | Event::ProgramReopened { .. } => self.apply_to_service(event),
            Event::StaffRegistered { .. }
            | Event::StaffRenamed { .. }
            | Event::RightsChanged { .. }
            | Event::StaffDeactivated { .. }
            | Event::StaffReactivated { .. } => self.apply_to_worker(event),
            Event::Enrolled { .. }
            | Event::EnrollmentEnded { .. }
            | Event::EnrollmentReinstated { .. }
            | Event::EnrollmentCorrected { .. }
            | Event::EnrollmentVoided { .. } => self.apply_to_stay(event),
            Event::Assigned { .. }
            | Event::AssignmentEnded { .. }
            | Event::AssignmentReopened { .. }
            | Event::Transferred { .. }
            | Event::AssignmentCorrected { .. }
            | Event::AssignmentVoided { .. } => self.apply_to_responsibility(event),
            Event::IdReplaced { from, to, .. } => self.replace_key(from, to),
            Event::ParticipantForgotten { participant, .. } => {
                self.forget(self.row(Kind::Participant, participant.as_str())?)
            }
            // Worth telling people, and nothing to store: the single changes stand beside them.
            Event::EnrollmentsMirrored { .. }
            | Event::CaseloadTransferred { .. }
            | Event::LimitReached { .. } => Ok(()),
            event => Err(not_here(event)),
        })
    }

    /// The row that an event names: the rules let nothing through that they did not see here.
    fn row(&self, kind: Kind, key: &str) -> Result<i64, StoreError> {
        let found = self.number(kind, key)?;
        found.ok_or_else(|| StoreError::corrupt(format!("a {kind} is gone from its table")))
    }

    fn apply_to_service(&self, event: &Event) -> Result<(), StoreError> {
        match event {
            Event::ProgramDefined { program, name, policy } => self.write(
                "INSERT INTO services (key, name, policy) VALUES (?1, ?2, ?3)",
                params![program.as_str(), name.as_ref().map(|name| name.as_str()), json(policy)?],
            ),
            Event::ProgramRevised { program, policy } => self.write(
                "UPDATE services SET policy = ?2 WHERE key = ?1",
                params![program.as_str(), json(policy)?],
            ),
            Event::ProgramRenamed { program, name } => self.write(
                "UPDATE services SET name = ?2 WHERE key = ?1",
                [program.as_str(), name.as_str()],
            ),
            Event::ProgramClosed { program } => {
                self.write("UPDATE services SET open = 0 WHERE key = ?1", [program.as_str()])
            }
            Event::ProgramReopened { program } => {
                self.write("UPDATE services SET open = 1 WHERE key = ?1", [program.as_str()])
            }
            event => Err(not_here(event)),
        }
    }

    fn apply_to_worker(&self, event: &Event) -> Result<(), StoreError> {
        match event {
            Event::StaffRegistered { staff, name, rights } => {
                self.write(
                    "INSERT INTO workers (key, name) VALUES (?1, ?2)",
                    params![staff.as_str(), name.as_ref().map(|name| name.as_str())],
                )?;
                let worker = self.row(Kind::Staff, staff.as_str())?;
                rights.iter().try_for_each(|right| self.permit(worker, None, right, true))
            }
            Event::StaffRenamed { staff, name } => self.write(
                "UPDATE workers SET name = ?2 WHERE key = ?1",
                [staff.as_str(), name.as_str()],
            ),
            Event::RightsChanged { staff, program, rights, change } => {
                let worker = self.row(Kind::Staff, staff.as_str())?;
                let service = match program {
                    Some(program) => Some(self.row(Kind::Program, program.as_str())?),
                    None => None,
                };
                let given = *change == RightsChange::Granted;
                rights.iter().try_for_each(|right| self.permit(worker, service, right, given))
            }
            Event::StaffDeactivated { staff } => {
                self.write("UPDATE workers SET active = 0 WHERE key = ?1", [staff.as_str()])
            }
            Event::StaffReactivated { staff } => {
                self.write("UPDATE workers SET active = 1 WHERE key = ?1", [staff.as_str()])
            }
            event => Err(not_here(event)),
        }
    }

    fn permit(
        &self,
        worker: i64,
        service: Option<i64>,
        right: Right,
        given: bool,
    ) -> Result<(), StoreError> {
        self.write(
            "INSERT INTO permissions (worker, service, word, given) VALUES (?1, ?2, ?3, ?4)",
            params![worker, service, right.word(), given],
        )
    }

    fn apply_to_stay(&self, event: &Event) -> Result<(), StoreError> {
        match event {
            Event::Enrolled { enrollment, participant, program, period } => {
                let client = match self.number(Kind::Participant, participant.as_str())? {
                    Some(client) => client,
                    None => {
                        self.write(
                            "INSERT INTO clients (key) VALUES (?1)",
                            [participant.as_str()],
                        )?;
                        self.row(Kind::Participant, participant.as_str())?
                    }
                };
                let (since, until) = days(*period);
                self.write(
                    "INSERT INTO stays (key, client, service, since, until)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![
                        enrollment.as_str(),
                        client,
                        self.row(Kind::Program, program.as_str())?,
                        since,
                        until
                    ],
                )
            }
            Event::EnrollmentEnded { enrollment, end, reason } => self.write(
                "UPDATE stays SET until = ?2, dismissed = 1, reason = ?3 WHERE number = ?1",
                params![
                    self.row(Kind::Enrollment, enrollment.as_str())?,
                    end.to_string(),
                    text(reason)
                ],
            ),
            Event::EnrollmentReinstated { enrollment, reason } => {
                let stay = self.row(Kind::Enrollment, enrollment.as_str())?;
                self.write(
                    "UPDATE stays SET until = NULL, dismissed = 0, reason = ?2 WHERE number = ?1",
                    params![stay, reason.as_str()],
                )?;
                self.no_longer_dismissed(stay)
            }
            Event::EnrollmentCorrected { enrollment, by, period, reason } => {
                let stay = self.row(Kind::Enrollment, enrollment.as_str())?;
                self.no_longer_dismissed(stay)?;
                // A mirrored change keeps the key; a correction is a new line in place of the old.
                if by == enrollment {
                    self.change_stay(stay, *period, reason.as_ref())
                } else {
                    self.supersede_stay(stay, by.as_str(), *period, reason.as_ref())
                }
            }
            Event::EnrollmentVoided { enrollment, reason } => {
                let stay = self.row(Kind::Enrollment, enrollment.as_str())?;
                self.no_longer_dismissed(stay)?;
                self.write(
                    "UPDATE stays SET status = 'voided', reason = ?2 WHERE number = ?1",
                    params![stay, text(reason)],
                )
            }
            event => Err(not_here(event)),
        }
    }

    fn change_stay(
        &self,
        stay: i64,
        period: Period,
        reason: Option<&Reason>,
    ) -> Result<(), StoreError> {
        let (since, until) = days(period);
        self.write(
            "UPDATE stays SET since = ?2, until = ?3, dismissed = 0, reason = ?4 WHERE number = ?1",
            params![stay, since, until, reason.map(Reason::as_str)],
        )
    }

    fn supersede_stay(
        &self,
        stay: i64,
        by: &str,
        period: Period,
        reason: Option<&Reason>,
    ) -> Result<(), StoreError> {
        let (since, until) = days(period);
        self.write("UPDATE stays SET status = 'superseded' WHERE number = ?1", [stay])?;
        self.write(
            "INSERT INTO stays (key, client, service, since, until, supersedes, reason)
             SELECT ?2, client, service, ?3, ?4, number, ?5 FROM stays WHERE number = ?1",
            params![stay, by, since, until, reason.map(Reason::as_str)],
        )
    }

    /// What a dismissal ended can be opened again only as long as it is the stay's last word.
    fn no_longer_dismissed(&self, stay: i64) -> Result<(), StoreError> {
        self.write(
            "UPDATE responsibilities SET dismissed_with = NULL WHERE dismissed_with = ?1",
            [stay],
        )
    }

    fn apply_to_responsibility(&self, event: &Event) -> Result<(), StoreError> {
        match event {
            Event::Assigned { assignment, staff, participant, program, period, role } => {
                let (since, until) = days(*period);
                self.write(
                    "INSERT INTO responsibilities (key, worker, client, service, since, until, role)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        assignment.as_str(),
                        self.row(Kind::Staff, staff.as_str())?,
                        self.row(Kind::Participant, participant.as_str())?,
                        self.row(Kind::Program, program.as_str())?,
                        since,
                        until,
                        role.as_ref().map(Role::as_str),
                    ],
                )
            }
            Event::AssignmentEnded { assignment, end, cause, reason } => {
                let line = self.row(Kind::Assignment, assignment.as_str())?;
                self.write(
                    "UPDATE responsibilities SET until = ?2, reason = ?3 WHERE number = ?1",
                    params![line, end.to_string(), text(reason)],
                )?;
                if *cause == Cause::EnrollmentEnd { self.note_dismissal(line) } else { Ok(()) }
            }
            Event::AssignmentReopened { assignment } => self.write(
                "UPDATE responsibilities SET until = NULL WHERE number = ?1",
                [self.row(Kind::Assignment, assignment.as_str())?],
            ),
            Event::Transferred { assignment, by, date, staff, role, reason } => {
                let line = self.row(Kind::Assignment, assignment.as_str())?;
                self.write(
                    "UPDATE responsibilities SET until = ?2, reason = ?3 WHERE number = ?1",
                    params![line, date.to_string(), text(reason)],
                )?;
                self.write(
                    "INSERT INTO responsibilities (key, worker, client, service, since, role)
                     SELECT ?2, ?3, client, service, ?4, ?5 FROM responsibilities WHERE number = ?1",
                    params![
                        line,
                        by.as_str(),
                        self.row(Kind::Staff, staff.as_str())?,
                        date.to_string(),
                        role.as_ref().map(Role::as_str),
                    ],
                )
            }
            event => self.set_right(event),
        }
    }

    /// Corrections and voids: the old line stays, and counts for nothing.
    fn set_right(&self, event: &Event) -> Result<(), StoreError> {
        match event {
            Event::AssignmentCorrected { assignment, by, staff, role, period, reason } => {
                let line = self.row(Kind::Assignment, assignment.as_str())?;
                let (since, until) = days(*period);
                self.write(
                    "UPDATE responsibilities SET status = 'superseded' WHERE number = ?1",
                    [line],
                )?;
                self.write(
                    "INSERT INTO responsibilities
                         (key, worker, client, service, since, until, role, supersedes, reason)
                     SELECT ?2, ?3, client, service, ?4, ?5, ?6, number, ?7
                     FROM responsibilities WHERE number = ?1",
                    params![
                        line,
                        by.as_str(),
                        self.row(Kind::Staff, staff.as_str())?,
                        since,
                        until,
                        role.as_ref().map(Role::as_str),
                        reason.as_str(),
                    ],
                )
            }
            Event::AssignmentVoided { assignment, reason } => self.write(
                "UPDATE responsibilities SET status = 'voided', reason = ?2 WHERE number = ?1",
                params![self.row(Kind::Assignment, assignment.as_str())?, text(reason)],
            ),
            event => Err(not_here(event)),
        }
    }

    /// A line that a dismissal ended belongs to the current stay that covers its first day.
    fn note_dismissal(&self, line: i64) -> Result<(), StoreError> {
        self.write(
            "UPDATE responsibilities SET dismissed_with = (
                 SELECT stay.number FROM stays AS stay
                 WHERE stay.status = 'current' AND stay.client = responsibilities.client
                     AND stay.service = responsibilities.service
                     AND stay.since <= responsibilities.since
                     AND (stay.until > responsibilities.since OR stay.since = responsibilities.since))
             WHERE number = ?1",
            [line],
        )
    }

    /// The row keeps its number, and so everything that refers to it; the old key is never given again.
    fn replace_key(&self, from: &AnyId, to: &AnyId) -> Result<(), StoreError> {
        let number = self.row(from.kind(), from.as_str())?;
        self.write(
            "INSERT INTO retired_keys (kind, key, number) VALUES (?1, ?2, ?3)",
            params![from.kind().word(), from.as_str(), number],
        )?;
        let table = super::table(from.kind());
        self.write(
            &format!("UPDATE {table} SET key = ?2 WHERE number = ?1"),
            params![number, to.as_str()],
        )
    }

    /// Takes away what could identify a client: their keys, keys of their lines that contain one,
    /// and the reasons people wrote. A real product deletes its own data about them here, too.
    fn forget(&self, client: i64) -> Result<(), StoreError> {
        for kind in [Kind::Enrollment, Kind::Assignment] {
            let table = super::table(kind);
            let tells = "EXISTS (SELECT 1 FROM client_keys AS told
                 WHERE told.client = ?1 AND instr(line.key, told.key) > 0)";
            self.write(
                &format!(
                    "DELETE FROM retired_keys AS line WHERE kind = ?2 AND {tells}
                     AND number IN (SELECT number FROM {table} WHERE client = ?1)"
                ),
                params![client, kind.word()],
            )?;
            self.write(
                &format!(
                    "UPDATE {table} AS line SET reason = NULL,
                         key = CASE WHEN {tells} THEN NULL ELSE key END
                     WHERE client = ?1"
                ),
                [client],
            )?;
        }
        self.write(
            "DELETE FROM retired_keys WHERE kind = ?2 AND number = ?1",
            params![client, Kind::Participant.word()],
        )?;
        self.write("UPDATE clients SET key = NULL WHERE number = ?1", [client])
    }
}

fn days(period: Period) -> (String, Option<String>) {
    (period.start().to_string(), period.end().map(|end| end.to_string()))
}

fn text(reason: &Option<Reason>) -> Option<&str> {
    reason.as_ref().map(Reason::as_str)
}

fn json(policy: &Policy) -> Result<String, StoreError> {
    serde_json::to_string(policy).map_err(|error| StoreError::Backend {
        what: "a policy could not be written as JSON".to_owned(),
        cause: Some(std::sync::Arc::new(error)),
    })
}

fn not_here(event: &Event) -> StoreError {
    StoreError::Incompatible {
        what: format!("these tables cannot hold `{}`: the product must be updated", event.word()),
    }
}

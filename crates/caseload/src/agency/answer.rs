//! An entry read back: the outcome that it was stored with.

use std::sync::Arc;

use super::group::Job;
use crate::{
    AnyId, AssignmentId, EnrollmentId, Event, Kind, Name, Notice, Outcome, ParticipantId, Period,
    Problem, ProgramId, Reason, Receipt, Role, RowVerdict, StaffId, StoreError, Violation,
    body::{Body, Fact, NoticeFact},
    log::{Entry, PrivateItems},
    short_text::ShortText,
    state::{Known, State},
};

/// Whether an entry holds the same command. One whose content was forgotten cannot be told apart any more.
pub(super) fn is_same(entry: &Entry, job: &Job) -> Result<bool, StoreError> {
    let body = Body::decode(entry.position, &entry.body)?;
    let items = PrivateItems::unpack(&entry.private)?;
    let stored = body.request.and_then(|place| items.text(place as usize));
    Ok(stored.is_none() || stored == job.content.as_deref())
}

/// The receipt that an entry was answered with.
pub(super) fn receipt(state: &State, entry: &Entry) -> Result<Receipt, StoreError> {
    Ok(Receipt::new(entry.head(), entry.request.clone(), outcome(state, entry)?))
}

/// What an entry did, in the ids of its time.
pub(super) fn outcome(state: &State, entry: &Entry) -> Result<Outcome, StoreError> {
    let body = Body::decode(entry.position, &entry.body)?;
    let items = PrivateItems::unpack(&entry.private)?;
    let reader = Reader { known: state.known_at(entry.position), items: &items };
    let damaged = || StoreError::corrupt_at(entry.position, "a fact names what does not exist");
    let before = state.known_at(entry.position.saturating_sub(1));
    let mut outcome = Outcome::default();
    for fact in &body.facts {
        let event = match fact {
            Fact::IdReplaced { id, kind, number, reason } => Event::IdReplaced {
                from: before.any_id(*kind, *number),
                to: AnyId::stored(*kind, reader.replaced(*id, *kind, *number)),
                reason: reader.reason(*reason),
            },
            fact => reader.event(fact).ok_or_else(damaged)?,
        };
        outcome.events.push(event);
    }
    let left = body.left.iter().map(|(line, code)| (reader.assignment(*line), *code));
    outcome.left = left.collect();
    outcome.left.sort();
    outcome.notices = body.notices.iter().map(|notice| reader.notice(notice)).collect();
    if let Some(rows) = &body.rows {
        outcome.rows = (1..=rows.total)
            .map(|row| {
                let refused = rows.refused.iter().find(|(refused, _)| *refused == row);
                let violations = refused.map(|(_, place)| reader.violations(row, *place));
                RowVerdict { row, violations: violations.unwrap_or_default() }
            })
            .collect();
    }
    Ok(outcome)
}

struct Reader<'a> {
    known: Known<'a>,
    items: &'a PrivateItems,
}

impl Reader<'_> {
    fn participant(&self, number: u32) -> ParticipantId {
        ParticipantId::stored(self.known.text(Kind::Participant, number))
    }

    fn staff(&self, number: u32) -> StaffId {
        StaffId::stored(self.known.text(Kind::Staff, number))
    }

    fn program(&self, number: u32) -> ProgramId {
        ProgramId::stored(self.known.text(Kind::Program, number))
    }

    fn enrollment(&self, number: u32) -> EnrollmentId {
        EnrollmentId::stored(self.known.text(Kind::Enrollment, number))
    }

    fn assignment(&self, number: u32) -> AssignmentId {
        AssignmentId::stored(self.known.text(Kind::Assignment, number))
    }

    fn role(&self, number: Option<u32>) -> Option<Role> {
        number.and_then(|number| self.known.role(number))
    }

    /// A reason; an erased one reads blank.
    fn reason(&self, place: u32) -> Reason {
        Reason::stored(self.items.text(place as usize).unwrap_or_default())
    }

    fn reason_if(&self, place: Option<u32>) -> Option<Reason> {
        place.and_then(|place| self.items.text(place as usize)).map(Reason::stored)
    }

    fn name(&self, place: u32) -> Name {
        Name::stored(self.items.text(place as usize).unwrap_or_default())
    }

    fn replaced(&self, place: u32, kind: Kind, number: u32) -> ShortText {
        let text = self.items.text(place as usize).map(ShortText::new);
        text.unwrap_or_else(|| self.known.text(kind, number))
    }

    /// The violations of a refused row. Forgotten ones can no longer be told: what is left is that
    /// the row did not pass.
    fn violations(&self, row: u32, place: u32) -> Vec<Violation> {
        let stored = self.items.text(place as usize);
        let read = stored.and_then(|text| serde_json::from_str::<Vec<Violation>>(text).ok());
        read.unwrap_or_else(|| {
            let problem = Problem::RowRefused { rows: vec![row] };
            vec![Violation::new(problem, &[]).in_row(row)]
        })
    }

    fn notice(&self, fact: &NoticeFact) -> Notice {
        let problem = match fact {
            NoticeFact::CaseloadFull { count, day, max, staff } => Problem::CaseloadFull {
                staff: self.staff(*staff),
                day: *day,
                count: *count,
                max: *max,
            },
            NoticeFact::ClockBehind { seconds } => Problem::ClockBehind { seconds: *seconds },
            NoticeFact::LeftBehind {} => Problem::LeftBehind,
            NoticeFact::Misplaced {} => Problem::Misplaced,
        };
        Notice { problem }
    }

    fn event(&self, fact: &Fact) -> Option<Event> {
        match fact {
            Fact::ProgramDefined { .. }
            | Fact::ProgramRevised { .. }
            | Fact::ProgramRenamed { .. }
            | Fact::ProgramClosed { .. }
            | Fact::ProgramReopened { .. } => self.program_event(fact),
            Fact::StaffRegistered { .. }
            | Fact::StaffRenamed { .. }
            | Fact::RightsChanged { .. }
            | Fact::StaffDeactivated { .. }
            | Fact::StaffReactivated { .. } => self.staff_event(fact),
            Fact::Enrolled { .. }
            | Fact::EnrollmentEnded { .. }
            | Fact::EnrollmentReinstated { .. }
            | Fact::EnrollmentCorrected { .. }
            | Fact::EnrollmentVoided { .. }
            | Fact::EnrollmentsMirrored { .. } => self.enrollment_event(fact),
            Fact::Assigned { .. }
            | Fact::AssignmentEnded { .. }
            | Fact::AssignmentReopened { .. }
            | Fact::Transferred { .. }
            | Fact::AssignmentCorrected { .. }
            | Fact::AssignmentVoided { .. } => self.line_event(fact),
            _ => self.other_event(fact),
        }
    }

    fn program_event(&self, fact: &Fact) -> Option<Event> {
        let policy = |policy: &crate::Policy<u32>| {
            policy.with_roles(|role| self.known.role(*role).ok_or(())).ok().map(Arc::new)
        };
        Some(match fact {
            Fact::ProgramDefined { name, policy: given, program } => Event::ProgramDefined {
                program: self.program(*program),
                name: name.map(|name| self.name(name)),
                policy: policy(given)?,
            },
            Fact::ProgramRevised { policy: given, program } => {
                Event::ProgramRevised { program: self.program(*program), policy: policy(given)? }
            }
            Fact::ProgramRenamed { name, program } => {
                Event::ProgramRenamed { program: self.program(*program), name: self.name(*name) }
            }
            Fact::ProgramClosed { program } => {
                Event::ProgramClosed { program: self.program(*program) }
            }
            Fact::ProgramReopened { program } => {
                Event::ProgramReopened { program: self.program(*program) }
            }
            _ => return None,
        })
    }

    fn staff_event(&self, fact: &Fact) -> Option<Event> {
        Some(match fact {
            Fact::StaffRegistered { name, rights, staff } => Event::StaffRegistered {
                staff: self.staff(*staff),
                name: name.map(|name| self.name(name)),
                rights: *rights,
            },
            Fact::StaffRenamed { name, staff } => {
                Event::StaffRenamed { staff: self.staff(*staff), name: self.name(*name) }
            }
            Fact::RightsChanged { change, program, rights, staff } => Event::RightsChanged {
                staff: self.staff(*staff),
                program: program.map(|program| self.program(program)),
                rights: *rights,
                change: *change,
            },
            Fact::StaffDeactivated { staff } => {
                Event::StaffDeactivated { staff: self.staff(*staff) }
            }
            Fact::StaffReactivated { staff } => {
                Event::StaffReactivated { staff: self.staff(*staff) }
            }
            _ => return None,
        })
    }

    fn enrollment_event(&self, fact: &Fact) -> Option<Event> {
        Some(match *fact {
            Fact::Enrolled { end, enrollment, participant, program, start } => Event::Enrolled {
                enrollment: self.enrollment(enrollment),
                participant: self.participant(participant),
                program: self.program(program),
                period: Period::checked(start, end)?,
            },
            Fact::EnrollmentEnded { end, enrollment, reason } => Event::EnrollmentEnded {
                enrollment: self.enrollment(enrollment),
                end,
                reason: self.reason_if(reason),
            },
            Fact::EnrollmentReinstated { enrollment, reason } => Event::EnrollmentReinstated {
                enrollment: self.enrollment(enrollment),
                reason: self.reason(reason),
            },
            Fact::EnrollmentCorrected { by, end, enrollment, reason, start } => {
                Event::EnrollmentCorrected {
                    enrollment: self.enrollment(enrollment),
                    by: self.enrollment(by),
                    period: Period::checked(start, end)?,
                    reason: self.reason_if(reason),
                }
            }
            Fact::EnrollmentVoided { enrollment, reason } => Event::EnrollmentVoided {
                enrollment: self.enrollment(enrollment),
                reason: self.reason_if(reason),
            },
            Fact::EnrollmentsMirrored { program } => {
                Event::EnrollmentsMirrored { program: self.program(program) }
            }
            _ => return None,
        })
    }

    fn line_event(&self, fact: &Fact) -> Option<Event> {
        Some(match *fact {
            Fact::Assigned { assignment, end, participant, program, role, staff, start } => {
                Event::Assigned {
                    assignment: self.assignment(assignment),
                    staff: self.staff(staff),
                    participant: self.participant(participant),
                    program: self.program(program),
                    period: Period::checked(start, end)?,
                    role: self.role(role),
                }
            }
            Fact::AssignmentEnded { assignment, cause, end, reason } => Event::AssignmentEnded {
                assignment: self.assignment(assignment),
                end,
                cause,
                reason: self.reason_if(reason),
            },
            Fact::AssignmentReopened { assignment } => {
                Event::AssignmentReopened { assignment: self.assignment(assignment) }
            }
            Fact::Transferred { assignment, by, date, reason, role, staff } => Event::Transferred {
                assignment: self.assignment(assignment),
                by: self.assignment(by),
                date,
                staff: self.staff(staff),
                role: self.role(role),
                reason: self.reason_if(reason),
            },
            Fact::AssignmentCorrected { assignment, by, end, reason, role, staff, start } => {
                Event::AssignmentCorrected {
                    assignment: self.assignment(assignment),
                    by: self.assignment(by),
                    staff: self.staff(staff),
                    role: self.role(role),
                    period: Period::checked(start, end)?,
                    reason: self.reason(reason),
                }
            }
            Fact::AssignmentVoided { assignment, reason } => Event::AssignmentVoided {
                assignment: self.assignment(assignment),
                reason: self.reason_if(reason),
            },
            _ => return None,
        })
    }

    fn other_event(&self, fact: &Fact) -> Option<Event> {
        Some(match *fact {
            Fact::CaseloadTransferred { count, program, staff, to_staff } => {
                Event::CaseloadTransferred {
                    staff: self.staff(staff),
                    to_staff: self.staff(to_staff),
                    program: program.map(|program| self.program(program)),
                    count,
                }
            }
            Fact::LimitReached { count, day, max, program, staff } => Event::LimitReached {
                staff: self.staff(staff),
                program: self.program(program),
                day,
                count,
                max,
            },
            Fact::ParticipantForgotten { participant, reason } => Event::ParticipantForgotten {
                participant: self.participant(participant),
                reason: self.reason_if(Some(reason)),
            },
            Fact::LevelRaised { level } => Event::LevelRaised { level },
            _ => return None,
        })
    }
}

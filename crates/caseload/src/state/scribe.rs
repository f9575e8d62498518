//! Writing a decision down: ids become numbers, texts become private items.

use std::{cell::RefCell, sync::Arc};

use super::Known;
use crate::{
    Event, Kind, Name, Notice, Outcome, Policy, Problem, Reason, Role, StoreError,
    body::{Body, Fact, Mentions, NoticeFact, RowFacts},
    command::Context,
    hash::FastMap,
    log::{Hash, PrivateItems},
    short_text::ShortText,
};

/// Numbers ids and roles for a group of entries that follow what is known now.
pub(crate) struct Scribe<'a> {
    known: Known<'a>,
    fresh: RefCell<Fresh>,
    fresh_roles: FastMap<Role, u32>,
    next: [u32; 5],
    next_role: u32,
}

/// The ids that this group has numbered. Few groups name one again, so that an index is made only then.
#[derive(Default)]
struct Fresh {
    made: Vec<(Kind, ShortText, u32)>,
    indexed: usize,
    index: [FastMap<ShortText, u32>; 5],
}

impl Fresh {
    fn number(&mut self, kind: Kind, id: &str) -> Option<u32> {
        for (kind, id, number) in self.made.iter().skip(self.indexed) {
            if let Some(index) = self.index.get_mut(kind.index()) {
                index.insert(id.clone(), *number);
            }
        }
        self.indexed = self.made.len();
        self.index.get(kind.index())?.get(id).copied()
    }
}

/// What an entry mentions first, and its other private texts.
#[derive(Default)]
struct Sheet {
    new: [Vec<ShortText>; 5],
    new_roles: Vec<String>,
    texts: Vec<String>,
    /// The text of the reason seen last, and its place: one reason often serves many facts.
    reason: Option<(Reason, u32)>,
}

impl<'a> Scribe<'a> {
    pub(crate) fn new(known: Known<'a>) -> Scribe<'a> {
        let state = known.state;
        Scribe {
            known,
            fresh: RefCell::default(),
            fresh_roles: FastMap::default(),
            next: Kind::ALL.map(|kind| state.texts(kind).count()),
            next_role: state.roles(),
        }
    }

    /// The body and private items of the entry that an outcome becomes.
    pub(crate) fn write(
        &mut self,
        context: &Context,
        outcome: &Outcome,
        content: Option<String>,
        salts: &mut dyn FnMut() -> [u8; 16],
    ) -> Result<(Body, PrivateItems), StoreError> {
        let mut sheet = Sheet::default();
        let mut facts = Vec::with_capacity(outcome.events.len());
        for event in &outcome.events {
            facts.push(self.fact(&mut sheet, event)?);
        }
        let left = outcome
            .left
            .iter()
            .map(|(id, code)| Ok((self.known(Kind::Assignment, id.as_str())?, *code)));
        let left: Vec<_> = left.collect::<Result<_, StoreError>>()?;
        let notices = outcome.notices.iter().map(|notice| self.notice(notice));
        let notices: Vec<_> = notices.collect::<Result<_, StoreError>>()?;
        let rows = rows(&mut sheet, outcome)?;
        let request = content.map(|content| sheet.text(content));
        let actor = match context.actor.staff() {
            Some(staff) => self.known(Kind::Staff, staff.as_str())?,
            None => 0,
        };
        let mut body = Body {
            actor,
            entered: context.entered.map(crate::log::Recorded::micros),
            facts,
            left,
            new: sheet.mentions(),
            notices,
            on: context.on,
            private: Hash::ZERO,
            request,
            rows,
        };
        shift_texts(&mut body);
        let items = sheet.items(salts);
        body.private = items.digest();
        Ok((body, items))
    }

    fn known(&self, kind: Kind, id: &str) -> Result<u32, StoreError> {
        let number = self.number(kind, id);
        number.ok_or_else(|| StoreError::bug(format!("an event names an unknown {kind}")))
    }

    fn number(&self, kind: Kind, id: &str) -> Option<u32> {
        // Most are known already: numbered by the state, not by this group.
        let number = self.known.find(kind, id);
        number.or_else(|| self.fresh.borrow_mut().number(kind, id))
    }

    fn make(&mut self, sheet: &mut Sheet, kind: Kind, id: &str) -> u32 {
        let place = kind.index();
        let (Some(next), Some(new)) = (self.next.get_mut(place), sheet.new.get_mut(place)) else {
            return 0;
        };
        *next += 1;
        new.push(ShortText::new(id));
        self.fresh.get_mut().made.push((kind, ShortText::new(id), *next));
        *next
    }

    fn known_or_make(&mut self, sheet: &mut Sheet, kind: Kind, id: &str) -> u32 {
        match self.number(kind, id) {
            Some(number) => number,
            None => self.make(sheet, kind, id),
        }
    }

    fn role(&mut self, sheet: &mut Sheet, role: Option<&Role>) -> Option<u32> {
        let role = role?;
        let known =
            self.known.state.role_number(role).or_else(|| self.fresh_roles.get(role).copied());
        Some(known.unwrap_or_else(|| {
            self.next_role += 1;
            sheet.new_roles.push(role.as_str().to_owned());
            self.fresh_roles.insert(role.clone(), self.next_role);
            self.next_role
        }))
    }

    fn policy(&mut self, sheet: &mut Sheet, policy: &Arc<Policy>) -> Box<Policy<u32>> {
        let numbered = policy.with_roles(|role| {
            Ok::<u32, std::convert::Infallible>(self.role(sheet, Some(role)).unwrap_or(0))
        });
        match numbered {
            Ok(policy) => Box::new(policy),
            Err(never) => match never {},
        }
    }

    fn notice(&self, notice: &Notice) -> Result<NoticeFact, StoreError> {
        Ok(match &notice.problem {
            Problem::CaseloadFull { staff, day, count, max } => NoticeFact::CaseloadFull {
                count: *count,
                day: *day,
                max: *max,
                staff: self.known(Kind::Staff, staff.as_str())?,
            },
            Problem::ClockBehind { seconds } => NoticeFact::ClockBehind { seconds: *seconds },
            Problem::LeftBehind => NoticeFact::LeftBehind {},
            Problem::Misplaced => NoticeFact::Misplaced {},
            other => return Err(StoreError::bug(format!("{} is no notice", other.code()))),
        })
    }

    fn fact(&mut self, sheet: &mut Sheet, event: &Event) -> Result<Fact, StoreError> {
        match event {
            Event::ProgramDefined { .. }
            | Event::ProgramRevised { .. }
            | Event::ProgramRenamed { .. }
            | Event::ProgramClosed { .. }
            | Event::ProgramReopened { .. } => self.program_fact(sheet, event),
            Event::StaffRegistered { .. }
            | Event::StaffRenamed { .. }
            | Event::RightsChanged { .. }
            | Event::StaffDeactivated { .. }
            | Event::StaffReactivated { .. } => self.staff_fact(sheet, event),
            Event::Enrolled { .. }
            | Event::EnrollmentEnded { .. }
            | Event::EnrollmentReinstated { .. }
            | Event::EnrollmentCorrected { .. }
            | Event::EnrollmentVoided { .. }
            | Event::EnrollmentsMirrored { .. } => self.enrollment_fact(sheet, event),
            Event::Assigned { .. }
            | Event::AssignmentEnded { .. }
            | Event::AssignmentReopened { .. }
            | Event::Transferred { .. }
            | Event::AssignmentCorrected { .. }
            | Event::AssignmentVoided { .. } => self.line_fact(sheet, event),
            _ => self.other_fact(sheet, event),
        }
    }

    fn program_fact(&mut self, sheet: &mut Sheet, event: &Event) -> Result<Fact, StoreError> {
        let known = |scribe: &Self, id: &crate::ProgramId| scribe.known(Kind::Program, id.as_str());
        Ok(match event {
            Event::ProgramDefined { program, name, policy } => Fact::ProgramDefined {
                name: name.as_ref().map(|name| sheet.name(name)),
                policy: self.policy(sheet, policy),
                program: self.make(sheet, Kind::Program, program.as_str()),
            },
            Event::ProgramRevised { program, policy } => Fact::ProgramRevised {
                policy: self.policy(sheet, policy),
                program: known(self, program)?,
            },
            Event::ProgramRenamed { program, name } => {
                Fact::ProgramRenamed { name: sheet.name(name), program: known(self, program)? }
            }
            Event::ProgramClosed { program } => {
                Fact::ProgramClosed { program: known(self, program)? }
            }
            Event::ProgramReopened { program } => {
                Fact::ProgramReopened { program: known(self, program)? }
            }
            other => return Err(misplaced(other)),
        })
    }

    fn staff_fact(&mut self, sheet: &mut Sheet, event: &Event) -> Result<Fact, StoreError> {
        let known = |scribe: &Self, id: &crate::StaffId| scribe.known(Kind::Staff, id.as_str());
        Ok(match event {
            Event::StaffRegistered { staff, name, rights } => Fact::StaffRegistered {
                name: name.as_ref().map(|name| sheet.name(name)),
                rights: *rights,
                staff: self.make(sheet, Kind::Staff, staff.as_str()),
            },
            Event::StaffRenamed { staff, name } => {
                Fact::StaffRenamed { name: sheet.name(name), staff: known(self, staff)? }
            }
            Event::RightsChanged { staff, program, rights, change } => {
                let program = program.as_ref().map(|id| self.known(Kind::Program, id.as_str()));
                Fact::RightsChanged {
                    change: *change,
                    program: program.transpose()?,
                    rights: *rights,
                    staff: known(self, staff)?,
                }
            }
            Event::StaffDeactivated { staff } => {
                Fact::StaffDeactivated { staff: known(self, staff)? }
            }
            Event::StaffReactivated { staff } => {
                Fact::StaffReactivated { staff: known(self, staff)? }
            }
            other => return Err(misplaced(other)),
        })
    }

    fn enrollment_fact(&mut self, sheet: &mut Sheet, event: &Event) -> Result<Fact, StoreError> {
        let known =
            |scribe: &Self, id: &crate::EnrollmentId| scribe.known(Kind::Enrollment, id.as_str());
        Ok(match event {
            Event::Enrolled { enrollment, participant, program, period } => Fact::Enrolled {
                end: period.end(),
                enrollment: self.make(sheet, Kind::Enrollment, enrollment.as_str()),
                participant: self.known_or_make(sheet, Kind::Participant, participant.as_str()),
                program: self.known(Kind::Program, program.as_str())?,
                start: period.start(),
            },
            Event::EnrollmentEnded { enrollment, end, reason } => Fact::EnrollmentEnded {
                end: *end,
                enrollment: known(self, enrollment)?,
                reason: sheet.reason(reason.as_ref()),
            },
            Event::EnrollmentReinstated { enrollment, reason } => Fact::EnrollmentReinstated {
                enrollment: known(self, enrollment)?,
                reason: sheet.reason_text(reason),
            },
            Event::EnrollmentCorrected { enrollment, by, period, reason } => {
                let old = known(self, enrollment)?;
                Fact::EnrollmentCorrected {
                    by: self.known_or_make(sheet, Kind::Enrollment, by.as_str()),
                    end: period.end(),
                    enrollment: old,
                    reason: sheet.reason(reason.as_ref()),
                    start: period.start(),
                }
            }
            Event::EnrollmentVoided { enrollment, reason } => Fact::EnrollmentVoided {
                enrollment: known(self, enrollment)?,
                reason: sheet.reason(reason.as_ref()),
            },
            Event::EnrollmentsMirrored { program } => {
                Fact::EnrollmentsMirrored { program: self.known(Kind::Program, program.as_str())? }
            }
            other => return Err(misplaced(other)),
        })
    }

    fn line_fact(&mut self, sheet: &mut Sheet, event: &Event) -> Result<Fact, StoreError> {
        let line =
            |scribe: &Self, id: &crate::AssignmentId| scribe.known(Kind::Assignment, id.as_str());
        let person = |scribe: &Self, id: &crate::StaffId| scribe.known(Kind::Staff, id.as_str());
        Ok(match event {
            Event::Assigned { assignment, staff, participant, program, period, role } => {
                Fact::Assigned {
                    assignment: self.make(sheet, Kind::Assignment, assignment.as_str()),
                    end: period.end(),
                    participant: self.known(Kind::Participant, participant.as_str())?,
                    program: self.known(Kind::Program, program.as_str())?,
                    role: self.role(sheet, role.as_ref()),
                    staff: person(self, staff)?,
                    start: period.start(),
                }
            }
            Event::AssignmentEnded { assignment, end, cause, reason } => Fact::AssignmentEnded {
                assignment: line(self, assignment)?,
                cause: *cause,
                end: *end,
                reason: sheet.reason(reason.as_ref()),
            },
            Event::AssignmentReopened { assignment } => {
                Fact::AssignmentReopened { assignment: line(self, assignment)? }
            }
            Event::Transferred { assignment, by, date, staff, role, reason } => Fact::Transferred {
                assignment: line(self, assignment)?,
                by: self.make(sheet, Kind::Assignment, by.as_str()),
                date: *date,
                reason: sheet.reason(reason.as_ref()),
                role: self.role(sheet, role.as_ref()),
                staff: person(self, staff)?,
            },
            Event::AssignmentCorrected { assignment, by, staff, role, period, reason } => {
                Fact::AssignmentCorrected {
                    assignment: line(self, assignment)?,
                    by: self.make(sheet, Kind::Assignment, by.as_str()),
                    end: period.end(),
                    reason: sheet.reason_text(reason),
                    role: self.role(sheet, role.as_ref()),
                    staff: person(self, staff)?,
                    start: period.start(),
                }
            }
            Event::AssignmentVoided { assignment, reason } => Fact::AssignmentVoided {
                assignment: line(self, assignment)?,
                reason: sheet.reason(reason.as_ref()),
            },
            other => return Err(misplaced(other)),
        })
    }

    fn other_fact(&mut self, sheet: &mut Sheet, event: &Event) -> Result<Fact, StoreError> {
        let person = |scribe: &Self, id: &crate::StaffId| scribe.known(Kind::Staff, id.as_str());
        Ok(match event {
            Event::CaseloadTransferred { staff, to_staff, program, count } => {
                let program = program.as_ref().map(|id| self.known(Kind::Program, id.as_str()));
                Fact::CaseloadTransferred {
                    count: *count,
                    program: program.transpose()?,
                    staff: person(self, staff)?,
                    to_staff: person(self, to_staff)?,
                }
            }
            Event::LimitReached { staff, program, day, count, max } => Fact::LimitReached {
                count: *count,
                day: *day,
                max: *max,
                program: self.known(Kind::Program, program.as_str())?,
                staff: person(self, staff)?,
            },
            Event::IdReplaced { from, to, reason } => Fact::IdReplaced {
                id: sheet.text(to.as_str().to_owned()),
                kind: from.kind(),
                number: self.known(from.kind(), from.as_str())?,
                reason: sheet.reason_text(reason),
            },
            Event::ParticipantForgotten { participant, reason } => Fact::ParticipantForgotten {
                participant: self.known(Kind::Participant, participant.as_str())?,
                reason: sheet.reason(reason.as_ref()).unwrap_or(0),
            },
            Event::LevelRaised { level } => Fact::LevelRaised { level: *level },
            other => return Err(misplaced(other)),
        })
    }
}

fn misplaced(event: &Event) -> StoreError {
    StoreError::bug(format!("{} is written down in the wrong place", event.word()))
}

fn rows(sheet: &mut Sheet, outcome: &Outcome) -> Result<Option<RowFacts>, StoreError> {
    if outcome.rows.is_empty() {
        return Ok(None);
    }
    let mut facts = RowFacts {
        refused: Vec::new(),
        total: u32::try_from(outcome.rows.len()).unwrap_or(u32::MAX),
    };
    for verdict in outcome.rows.iter().filter(|verdict| !verdict.violations.is_empty()) {
        let json = serde_json::to_string(&verdict.violations)
            .map_err(|error| StoreError::bug(format!("verdict: {error}")))?;
        facts.refused.push((verdict.row, sheet.text(json)));
    }
    Ok(Some(facts))
}

impl Sheet {
    fn text(&mut self, text: String) -> u32 {
        self.texts.push(text);
        u32::try_from(self.texts.len() - 1).unwrap_or(u32::MAX)
    }

    fn name(&mut self, name: &Name) -> u32 {
        self.text(name.as_str().to_owned())
    }

    fn reason(&mut self, reason: Option<&Reason>) -> Option<u32> {
        reason.map(|reason| self.reason_text(reason))
    }

    fn reason_text(&mut self, reason: &Reason) -> u32 {
        if let Some((last, place)) = &self.reason
            && last == reason
        {
            return *place;
        }
        let place = self.text(reason.as_str().to_owned());
        self.reason = Some((reason.clone(), place));
        place
    }

    fn mentions(&self) -> Mentions {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let [participants, staff, programs, enrollments, assignments] = &self.new;
        Mentions([
            count(participants.len()),
            count(staff.len()),
            count(programs.len()),
            count(enrollments.len()),
            count(assignments.len()),
            count(self.new_roles.len()),
        ])
    }

    fn items(self, salts: &mut dyn FnMut() -> [u8; 16]) -> PrivateItems {
        let mut items = PrivateItems::default();
        for id in self.new.iter().flatten() {
            items.push(salts(), id.as_str());
        }
        for text in self.new_roles.iter().chain(&self.texts) {
            items.push(salts(), text);
        }
        items
    }
}

/// Moves the places of private texts behind the mentions, whose number is known now.
fn shift_texts(body: &mut Body) {
    let by: u32 = body.new.0.iter().sum();
    if by == 0 {
        return;
    }
    let shift = |place: &mut u32| *place += by;
    for fact in &mut body.facts {
        fact.texts().into_iter().for_each(shift);
    }
    body.request.iter_mut().for_each(shift);
    for (_, place) in body.rows.iter_mut().flat_map(|rows| &mut rows.refused) {
        shift(place);
    }
}

impl Fact {
    /// The places of private texts that it holds.
    fn texts(&mut self) -> Vec<&mut u32> {
        match self {
            Fact::ProgramDefined { name, .. } | Fact::StaffRegistered { name, .. } => {
                name.iter_mut().collect()
            }
            Fact::ProgramRenamed { name, .. } | Fact::StaffRenamed { name, .. } => vec![name],
            Fact::EnrollmentEnded { reason, .. }
            | Fact::EnrollmentCorrected { reason, .. }
            | Fact::EnrollmentVoided { reason, .. }
            | Fact::AssignmentEnded { reason, .. }
            | Fact::Transferred { reason, .. }
            | Fact::AssignmentVoided { reason, .. } => reason.iter_mut().collect(),
            Fact::EnrollmentReinstated { reason, .. }
            | Fact::AssignmentCorrected { reason, .. }
            | Fact::ParticipantForgotten { reason, .. } => vec![reason],
            Fact::IdReplaced { id, reason, .. } => vec![id, reason],
            _ => Vec::new(),
        }
    }
}

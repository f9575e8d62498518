//! The caseworkers and the history of one participant: every line, who entered it, and what became of it.

use super::{
    Entered, Filter,
    chosen::Chosen,
    current_caseload::Case,
    reasons::{Done, EndCause, Reasons},
    scan::{correction_of, correction_of_enrollment},
};
use crate::{
    Asked, Assignment, AssignmentId, Enrollment, EnrollmentId, Error, Kind, ParticipantId, Reason,
    Snapshot, Status, StoreError,
    eyes::Eyes,
    state::{EnrollmentThen, Known, LineThen, Positions},
};

/// An entry that changed something, and the reason given. A reason that was forgotten is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Who did it, and when.
    pub by: Entered,
    /// Why, if that was said.
    pub reason: Option<Reason>,
}

/// An assignment, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssignmentHistory {
    /// As it stood then.
    pub assignment: Assignment,
    /// Who entered it.
    pub entered: Entered,
    /// Where its end comes from; `None` while it is open.
    pub ended: Option<(EndCause, Changed)>,
    /// Since when it counts no more; `None` while it does.
    pub closed: Option<Changed>,
    /// The correction that took its place.
    pub superseded_by: Option<AssignmentId>,
}

/// An enrollment, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnrollmentHistory {
    /// As it stood then.
    pub enrollment: Enrollment,
    /// Who entered it.
    pub entered: Entered,
    /// Who gave it its days last: a dismissal, a reinstatement or a mirror. `None` while they are as entered.
    pub days_changed: Option<Changed>,
    /// Since when it counts no more; `None` while it does.
    pub closed: Option<Changed>,
    /// The correction that took its place.
    pub superseded_by: Option<EnrollmentId>,
}

/// The caseworkers of a participant on a day, and everything ever entered about them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParticipantHistory {
    /// Who is responsible on the day asked about, sorted as in [`CurrentCaseload`](super::CurrentCaseload).
    pub caseworkers: Vec<Case>,
    /// By program, start and id.
    pub enrollments: Vec<EnrollmentHistory>,
    /// By program, start and id.
    pub assignments: Vec<AssignmentHistory>,
}

impl Snapshot {
    /// The caseworkers of a participant on the day `asked.as_of`, and all of their enrollments and
    /// assignments: current, superseded and voided, with who entered, ended, corrected and voided each,
    /// when, and why.
    ///
    /// With a filter by staff it has the assignments of these. Causes and reasons are read from the log.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`]; [`Error::Store`] when the log cannot be read.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Cause, Day, DefineProgram, EndAssignment, Enroll};
    /// use caseload::{Error, MemoryLog, ParticipantId, ProgramId, RegisterStaff, StaffId};
    /// use caseload::{AssignmentId, report::{EndCause, Filter}};
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-03-01".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// let id = AssignmentId::new("a1")?;
    /// desk.record(Assign::new(maria, client.clone(), housing, day).id(id.clone()))?;
    /// desk.record(EndAssignment::new(id, "2024-04-01".parse()?))?;
    ///
    /// let report = agency.snapshot()?.participant_history(&client, &Filter::all(), &Asked::of(day))?;
    /// assert_eq!((report.caseworkers.len(), report.enrollments.len()), (1, 1));
    /// let ended = report.assignments.first().and_then(|line| line.ended.clone());
    /// assert_eq!(
    ///     ended.map(|(cause, changed)| (cause, changed.by.position, changed.by.actor)),
    ///     Some((EndCause::Given(Cause::Command), 5, Actor::Root))
    /// );
    /// # Ok::<(), Error>(())
    /// ```
    pub fn participant_history(
        &self,
        participant: &ParticipantId,
        filter: &Filter,
        asked: &Asked,
    ) -> Result<ParticipantHistory, Error> {
        let mut reasons = Reasons::default();
        let found =
            self.ask(asked.known_at, |known| Found::of(known, participant, filter, asked))?;
        let enrollments = found.enrollments.iter().map(|(_, positions)| positions);
        for positions in enrollments.chain(found.lines.iter().map(|(_, positions)| positions)) {
            reasons.ask(positions.days);
            positions.closed.into_iter().for_each(|position| reasons.ask(position));
        }
        reasons.read(self, |_, _| Ok(()))?;
        self.ask(asked.known_at, |known| found.told(known, &reasons, asked))
    }
}

/// What was entered about a participant, and where.
#[derive(Default)]
struct Found {
    enrollments: Vec<(EnrollmentThen, Positions)>,
    lines: Vec<(LineThen, Positions)>,
}

impl Found {
    fn of(
        known: &Known<'_>,
        participant: &ParticipantId,
        filter: &Filter,
        asked: &Asked,
    ) -> Result<Found, StoreError> {
        let mut found = Found::default();
        let Some(participant) = known.find(Kind::Participant, participant.as_str()) else {
            return Ok(found);
        };
        let chosen = Chosen::of(known, filter);
        let mut eyes = Eyes::of(known, asked);
        for timeline in known.timelines_of(participant) {
            let Some((participant, program)) = known.sides(timeline) else { continue };
            if !chosen.timeline(participant, program) || !eyes.see(participant, program)? {
                continue;
            }
            let enrollments = known.enrollments_of(timeline);
            found.enrollments.extend(enrollments.filter_map(|enrollment| {
                Some((enrollment, known.enrollment_positions(enrollment.number)?))
            }));
            let lines = known.lines_of(timeline).filter(|line| chosen.staff(line.staff));
            found
                .lines
                .extend(lines.filter_map(|line| Some((line, known.line_positions(line.number)?))));
        }
        Ok(found)
    }

    fn told(
        &self,
        known: &Known<'_>,
        reasons: &Reasons,
        asked: &Asked,
    ) -> Result<ParticipantHistory, StoreError> {
        let mut caseworkers: Vec<Case> = (self.lines.iter().map(|(line, _)| line))
            .filter(|line| line.status == Status::Current && line.period.covers(asked.as_of))
            .map(|line| Case::of(known, line))
            .collect();
        caseworkers.sort_unstable();
        let told = self.enrollments.iter().map(|of| enrollment(known, reasons, of));
        let mut enrollments = told.collect::<Result<Vec<EnrollmentHistory>, StoreError>>()?;
        enrollments.sort_unstable_by(|a, b| {
            let (a, b) = (&a.enrollment, &b.enrollment);
            (&a.program, a.period.start(), &a.id).cmp(&(&b.program, b.period.start(), &b.id))
        });
        let told = self.lines.iter().map(|of| assignment(known, reasons, of));
        let mut assignments = told.collect::<Result<Vec<AssignmentHistory>, StoreError>>()?;
        assignments.sort_unstable_by(|a, b| {
            let (a, b) = (&a.assignment, &b.assignment);
            (&a.program, a.period.start(), &a.id).cmp(&(&b.program, b.period.start(), &b.id))
        });
        Ok(ParticipantHistory { caseworkers, enrollments, assignments })
    }
}

fn enrollment(
    known: &Known<'_>,
    reasons: &Reasons,
    (enrollment, positions): &(EnrollmentThen, Positions),
) -> Result<EnrollmentHistory, StoreError> {
    let number = enrollment.number;
    let changed = |position: u32, done: Done| {
        let reason = reasons.reason((Kind::Enrollment, number, position, done));
        Ok(Changed { by: Entered::at(known, position)?, reason })
    };
    let days_changed = Some(positions.days).filter(|days| *days != positions.entered);
    let by = correction_of_enrollment(known, enrollment);
    Ok(EnrollmentHistory {
        enrollment: known.as_enrollment(enrollment),
        entered: Entered::at(known, positions.entered)?,
        days_changed: days_changed.map(|days| changed(days, Done::Days)).transpose()?,
        closed: positions.closed.map(|closed| changed(closed, Done::Closed)).transpose()?,
        superseded_by: by.map(|by| known.as_enrollment(&by).id),
    })
}

fn assignment(
    known: &Known<'_>,
    reasons: &Reasons,
    (line, positions): &(LineThen, Positions),
) -> Result<AssignmentHistory, StoreError> {
    let changed = |position: u32, done: Done| {
        let (cause, reason) = reasons.of((Kind::Assignment, line.number, position, done));
        Ok((cause, Changed { by: Entered::at(known, position)?, reason }))
    };
    let ended = line.period.end().map(|_| changed(positions.days, Done::Days)).transpose()?;
    let closed = positions.closed.map(|closed| changed(closed, Done::Closed)).transpose()?;
    Ok(AssignmentHistory {
        assignment: known.as_assignment(line),
        entered: Entered::at(known, positions.entered)?,
        ended,
        closed: closed.map(|(_, closed)| closed),
        superseded_by: correction_of(known, line).map(|by| known.as_assignment(&by).id),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, by, on, participants, program, staff};
    use super::*;
    use crate::{Actor, Cause, KnownAt};

    fn told() -> Told {
        let mut told = Told::new(&["c1", "c2"]);
        told.assign("s1 c1 p1 2024-01-01 -");
        told.record(
            r#""transfer","id":"s1-c1-p1-2024-01-01","new_id":"a2","to_staff":"s2","date":"2024-02-01","reason":"leave""#,
        );
        told.record(
            r#""correct","id":"a2","new_id":"a3","start":"2024-02-05","end":"2024-03-01","reason":"typo""#,
        );
        told.assign("s3 c1 p2 2024-01-01 -");
        told.record(r#""end_assignment","id":"s3-c1-p2-2024-01-01","end":"2024-05-01""#);
        told.record(r#""void","id":"s3-c1-p2-2024-01-01","reason":"wrong person""#);
        told
    }

    fn ask(told: &Told, asked: &Asked) -> ParticipantHistory {
        let client = participants(&["c1"]).remove(0);
        told.snapshot().participant_history(&client, &Filter::all(), asked).unwrap()
    }

    /// `id status cause reason closed-because superseded-by`.
    fn row(line: &AssignmentHistory) -> String {
        let text = |reason: &Option<Reason>| {
            reason.as_ref().map_or("-".to_owned(), |reason| reason.as_str().to_owned())
        };
        let ended = line.ended.as_ref();
        let ended = ended.map(|(cause, by)| format!("{cause:?} {}", text(&by.reason)));
        let closed = line.closed.as_ref().map(|closed| text(&closed.reason));
        let by = line.superseded_by.as_ref().map(ToString::to_string);
        format!("{} {:?} {ended:?} {closed:?} {by:?}", line.assignment.id, line.assignment.status)
    }

    #[test]
    fn every_line_tells_what_became_of_it() {
        let told = told();
        let report = ask(&told, &on("2024-02-10"));
        let rows: Vec<String> = report.assignments.iter().map(row).collect();
        assert_eq!(
            rows,
            [
                r#"s1-c1-p1-2024-01-01 Current Some("HandedOver leave") None None"#,
                r#"a2 Superseded None Some("typo") Some("a3")"#,
                r#"a3 Current Some("AsEntered -") None None"#,
                r#"s3-c1-p2-2024-01-01 Voided Some("Given(Command) -") Some("wrong person") None"#,
            ]
        );
        let who: Vec<&str> = report.caseworkers.iter().map(|case| case.staff.as_str()).collect();
        assert_eq!((who, report.enrollments.len()), (vec!["s2"], 2));
        let positions: Vec<u64> =
            report.assignments.iter().map(|line| line.entered.position).collect();
        let first = positions[0];
        assert_eq!(positions, [first, first + 1, first + 2, first + 3]);
    }

    #[test]
    fn who_did_it_is_told_and_an_earlier_knowledge_knows_no_later_deed() {
        let mut told = told();
        told.record(r#""grant","staff":"s1","rights":["enroll"]"#);
        let before = told.snapshot().head().position;
        told.record_by(
            "s1",
            r#""end_enrollment","id":"e-c1-p1-2020-01-01","end":"2024-06-01","reason":"moved""#,
        );
        let enrollment = |asked: &Asked| ask(&told, asked).enrollments.remove(0);
        let now = enrollment(&on("2024-02-10")).days_changed.unwrap();
        assert_eq!(now.by.actor, Actor::Staff(staff("s1")));
        assert_eq!(
            (now.by.position, now.reason),
            (before + 1, Some(Reason::new("moved").unwrap()))
        );
        let then = enrollment(&on("2024-02-10").known_at(KnownAt::Position(before)));
        assert_eq!((then.days_changed, then.enrollment.period.end()), (None, None));
    }

    #[test]
    fn a_dismissal_is_the_cause_of_the_ends_it_gives() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 2024-01-01 -");
        told.record(r#""end_enrollment","id":"e-c1-p1-2020-01-01","end":"2024-06-01""#);
        let ended = ask(&told, &on("2024-02-10")).assignments.remove(0).ended;
        assert_eq!(ended.map(|ended| ended.0), Some(EndCause::Given(Cause::EnrollmentEnd)));
        told.record(r#""reinstate_enrollment","id":"e-c1-p1-2020-01-01","reason":"came back""#);
        let report = ask(&told, &on("2024-02-10"));
        assert_eq!(report.assignments[0].ended, None);
        let reason = report.enrollments[0].days_changed.clone().and_then(|changed| changed.reason);
        assert_eq!(reason, Some(Reason::new("came back").unwrap()));
    }

    #[test]
    fn filters_and_eyes_hold() {
        let mut told = told();
        let client = participants(&["c1"]).remove(0);
        let count = |told: &Told, filter: &Filter, asked: &Asked| {
            let report = told.snapshot().participant_history(&client, filter, asked).unwrap();
            (report.enrollments.len(), report.assignments.len())
        };
        let asked = on("2024-02-10");
        let all = Filter::all;
        assert_eq!(count(&told, &all().programs([program("p2")]), &asked), (1, 1));
        assert_eq!(count(&told, &all().staff([staff("s2")]), &asked), (2, 2));
        assert_eq!(count(&told, &all().participants(participants(&["c2"])), &asked), (0, 0));
        told.record(r#""revise_program","id":"p1","policy":{"visibility":"own_caseload"}"#);
        assert_eq!(count(&told, &all(), &by(asked.clone(), "s3")), (1, 1));
        assert_eq!(count(&told, &all(), &by(asked, "s2")), (2, 4));
    }

    #[test]
    fn a_forgotten_reason_is_none() {
        let mut told = told();
        told.record(r#""forget","participant":"c1","reason":"asked for""#);
        let client = ParticipantId::new("erased-1").unwrap();
        let report =
            told.snapshot().participant_history(&client, &Filter::all(), &on("2024-02-10"));
        let report = report.unwrap();
        assert_eq!(report.assignments.len(), 4);
        for line in &report.assignments {
            let ended = line.ended.as_ref().and_then(|(_, changed)| changed.reason.as_ref());
            let closed = line.closed.as_ref().and_then(|closed| closed.reason.as_ref());
            assert_eq!((ended, closed), (None, None));
        }
    }
}

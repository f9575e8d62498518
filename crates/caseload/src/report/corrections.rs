//! Corrections and audit: what was corrected or voided, by whom, before and after; and what a report said then.

use std::collections::BTreeMap;

use super::{
    Asking, Case, CurrentCaseload, Entered, Filter,
    looks::{At, Looks},
    reasons::{Done, EndCause, Reasons},
    scan::{AT_ONCE, Part, all_of_both, correction_of, correction_of_enrollment},
};
use crate::{
    Cause, Error, InputError, Kind, KnownAt, Line, Reason, Snapshot, StoreError,
    log::Position,
    state::{EnrollmentThen, Known, LineThen},
};

/// Something entered that was corrected or voided later.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Correction {
    /// As it stood before.
    pub before: Line,
    /// What took its place, as entered then; `None`: it was voided.
    pub after: Option<Line>,
    /// Who did it, and when.
    pub by: Entered,
    /// Why, if that was said and is not forgotten.
    pub reason: Option<Reason>,
}

/// What was corrected or voided between two positions of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Corrections {
    /// After this position,
    pub after: Position,
    /// and up to this one.
    pub up_to: Position,
    /// By position, enrollments first, and id.
    pub corrections: Vec<Correction>,
}

impl Corrections {
    /// Takes in the report of other participants of the same agency between the same positions.
    ///
    /// # Errors
    /// `input-command` when they are others.
    pub fn merge(mut self, other: Corrections) -> Result<Corrections, InputError> {
        if (self.after, self.up_to) != (other.after, other.up_to) {
            return Err(InputError::command("known_at", "is another one"));
        }
        self.corrections.extend(other.corrections);
        in_order(&mut self.corrections);
        Ok(self)
    }
}

/// The current caseload as a report said it then, and as it says it now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThenAndNow {
    /// As it was known then.
    pub then: CurrentCaseload,
    /// As it is known now.
    pub now: CurrentCaseload,
    /// Cases that the report had then, and has no more, or not so. Sorted.
    pub gone: Vec<Case>,
    /// Cases that it has now, and had not, or not so. Sorted.
    pub come: Vec<Case>,
}

impl ThenAndNow {
    fn of(then: CurrentCaseload, now: CurrentCaseload) -> ThenAndNow {
        // 1 for each time it was there then, less 1 for each time it is there now.
        let mut counts: BTreeMap<&Case, i32> = BTreeMap::new();
        then.cases.iter().for_each(|case| *counts.entry(case).or_default() += 1);
        now.cases.iter().for_each(|case| *counts.entry(case).or_default() -= 1);
        let only = |sign: i32| {
            let cases = counts.iter().filter(|(_, count)| count.signum() == sign);
            cases.map(|(case, _)| (*case).clone()).collect()
        };
        let (gone, come) = (only(1), only(-1));
        ThenAndNow { then, now, gone, come }
    }

    /// Takes in the report of other participants (or of another agency) as of the same day.
    ///
    /// # Errors
    /// `input-command` when it is as of another day.
    pub fn merge(self, other: ThenAndNow) -> Result<ThenAndNow, InputError> {
        let then = self.then.merge(other.then)?;
        Ok(ThenAndNow::of(then, self.now.merge(other.now)?))
    }
}

impl Snapshot {
    /// What was corrected or voided after the entry that `since` means (`None`: ever) and up to
    /// `asked.known_at`: before and after, by whom, when and why.
    ///
    /// These are assignments and enrollments that a correction took the place of, those voided, by
    /// whatever command, and enrollments whose days a mirror changed. Ends, dismissals and reinstatements
    /// correct nothing: see [`Snapshot::participant_history`]. A filter by staff leaves enrollments out, and
    /// names a correction that gives to or takes from one of them. `asked.as_of` matters only for what an
    /// actor sees. Reasons are read from the log.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`]; [`Error::Store`] when the log cannot be read.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, AssignmentId, Correct, Day, DefineProgram, Enroll};
    /// use caseload::{Error, Line, MemoryLog, ParticipantId, ProgramId, Reason, RegisterStaff, StaffId};
    /// use caseload::report::Filter;
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-03-01".parse::<Day>()?);
    /// let (id, right) = (AssignmentId::new("a1")?, "2024-03-04".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(right);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// desk.record(Assign::new(maria, client, housing, day).id(id.clone()))?;
    /// desk.record(Correct::new(id, right).reason(Reason::new("typed the wrong day")?))?;
    ///
    /// let report = agency.snapshot()?.corrections(None, &Filter::all(), &Asked::of(day))?;
    /// let one = report.corrections.first().ok_or(Error::Cancelled)?;
    /// assert_eq!(one.reason.as_ref().map(|reason| reason.as_str()), Some("typed the wrong day"));
    /// assert!(matches!(&one.before, Line::Assignment(line) if line.period.start() == day));
    /// assert!(matches!(&one.after, Some(Line::Assignment(line)) if line.period.start() == right));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn corrections<'a>(
        &self,
        since: Option<KnownAt>,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Corrections, Error> {
        let mut look = self.reports().look(filter, asked);
        let asked = look.asked;
        let up_to = self.position_of(asked.known_at)?;
        let after = match since {
            Some(since) => self.position_of(Some(since))?.min(up_to),
            None => 0,
        };
        let window = Window { after, up_to };
        let mut reasons = Reasons::default();
        let ground = look.ground(Looks::at(At::Participants))?;
        let found = look.in_parts(&ground, |part| candidates(part, window), all_of_both)?;
        found.iter().for_each(|found| reasons.ask(found.position));
        reasons.read(self, |done, total| look.tell_read(done, total))?;
        let mut corrections = Vec::new();
        for some in found.chunks(AT_ONCE) {
            self.ask(asked.known_at, |known| {
                for found in some {
                    corrections.extend(found.told(known, &reasons)?);
                }
                Ok(())
            })?;
        }
        in_order(&mut corrections);
        Ok(Corrections { after, up_to, corrections })
    }

    /// The current caseload of the day `asked.as_of` as it was known `then`, and as it is known at
    /// `asked.known_at` (now, without it), case by case: what a printed report said, and what is different.
    ///
    /// A case is the same if all of it is: one that has another id, role or start by now is gone and come.
    /// What an actor sees, and whom the filter names, is judged as known then, and as known now.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, Error, KnownAt};
    /// use caseload::{MemoryLog, ParticipantId, ProgramId, RegisterStaff, StaffId, report::Filter};
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-03-01".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// let printed = KnownAt::Position(agency.head().position);
    /// desk.record(Assign::new(maria, client, housing, day))?;
    ///
    /// let (filter, asked) = (Filter::all(), Asked::of(day));
    /// let report = agency.snapshot()?.caseload_then_and_now(printed, &filter, &asked)?;
    /// assert_eq!((report.gone.len(), report.come.len()), (0, 1));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn caseload_then_and_now<'a>(
        &self,
        then: KnownAt,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<ThenAndNow, Error> {
        let mut asking = asked.into();
        let then = asking.asked.clone().known_at(then);
        let said = self.current_caseload(filter, asking.with(&then))?;
        Ok(ThenAndNow::of(said, self.current_caseload(filter, asking)?))
    }
}

fn in_order(corrections: &mut [Correction]) {
    corrections.sort_unstable_by(|a, b| {
        let place = |one: &Correction| one.by.position;
        place(a).cmp(&place(b)).then_with(|| a.before.place().cmp(&b.before.place()))
    });
}

/// The entries that are looked at.
#[derive(Clone, Copy)]
struct Window {
    after: Position,
    up_to: Position,
}

impl Window {
    fn has(self, position: u32) -> bool {
        (self.after + 1..=self.up_to).contains(&u64::from(position))
    }
}

/// A line, and an entry that may have corrected it.
struct Candidate {
    kind: Kind,
    number: u32,
    position: u32,
    done: Done,
}

fn candidates(part: &Part<'_>, window: Window) -> Result<Vec<Candidate>, StoreError> {
    let (known, chosen) = (part.known, part.chosen);
    let mut eyes = part.eyes();
    let mut found = Vec::new();
    for enrollment in chosen.enrollments(known) {
        let (participant, program) = (enrollment.participant, enrollment.program);
        let changes = deeds_to(known, &enrollment, window);
        if chosen.takes_all_staff() && !changes.is_empty() && eyes.see(participant, program)? {
            found.extend(changes);
        }
    }
    for line in chosen.lines(known) {
        let closed = known.line_positions(line.number).and_then(|positions| positions.closed);
        let Some(position) = closed.filter(|position| window.has(*position)) else { continue };
        let given = || correction_of(known, &line).is_some_and(|by| chosen.staff(by.staff));
        let is_chosen = chosen.timeline(line.participant, line.program)
            && (chosen.staff(line.staff) || given());
        if is_chosen && eyes.see(line.participant, line.program)? {
            let (kind, number, done) = (Kind::Assignment, line.number, Done::Closed);
            found.push(Candidate { kind, number, position, done });
        }
    }
    Ok(found)
}

/// The entries that closed an enrollment or changed its days.
fn deeds_to(known: &Known<'_>, enrollment: &EnrollmentThen, window: Window) -> Vec<Candidate> {
    let (kind, number) = (Kind::Enrollment, enrollment.number);
    let changes = known.enrollment_changes(number).into_iter().map(|at| (at, Done::Days));
    let closed = known.enrollment_positions(number).and_then(|positions| positions.closed);
    let deeds = changes.chain(closed.map(|position| (position, Done::Closed)));
    let deeds = deeds.filter(|(position, _)| window.has(*position));
    deeds.map(|(position, done)| Candidate { kind, number, position, done }).collect()
}

impl Candidate {
    /// `None` where the entry dismissed or reinstated and corrected nothing.
    fn told(&self, known: &Known<'_>, reasons: &Reasons) -> Result<Option<Correction>, StoreError> {
        let (cause, reason) = reasons.of((self.kind, self.number, self.position, self.done));
        if self.done == Done::Days && cause != EndCause::Given(Cause::Mirror) {
            return Ok(None);
        }
        let lines = match self.kind {
            Kind::Assignment => self.assignment(known),
            _ => self.enrollment(known),
        };
        let (before, after) =
            lines.ok_or_else(|| StoreError::bug("a line was corrected before it was entered"))?;
        Ok(Some(Correction { before, after, by: Entered::at(known, self.position)?, reason }))
    }

    fn assignment(&self, known: &Known<'_>) -> Option<(Line, Option<Line>)> {
        let line = |line: &LineThen| Line::Assignment(known.as_assignment(line));
        let (earlier, then) = (known.back_to(self.position - 1), known.back_to(self.position));
        let by = correction_of(known, &known.line(self.number)?);
        let after = by.and_then(|by| then.line(by.number)).map(|by| line(&by));
        Some((line(&earlier.line(self.number)?), after))
    }

    fn enrollment(&self, known: &Known<'_>) -> Option<(Line, Option<Line>)> {
        let line = |line: &EnrollmentThen| Line::Enrollment(known.as_enrollment(line));
        let (earlier, then) = (known.back_to(self.position - 1), known.back_to(self.position));
        let by = match self.done {
            Done::Days => Some(self.number),
            Done::Closed => {
                let closed = known.enrollment_then(self.number)?;
                correction_of_enrollment(known, &closed).map(|by| by.number)
            }
        };
        let after = by.and_then(|by| then.enrollment_then(by)).map(|by| line(&by));
        Some((line(&earlier.enrollment_then(self.number)?), after))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, by, day, merged_of_seven, on, staff};
    use super::*;
    use crate::{Actor, Asked, Day};

    const YEAR: &str = r#""start":"2020-01-01","end":"2024-12-31""#;

    fn told() -> Told {
        let mut told = Told::new(&["c1", "c2"]);
        told.assign("s1 c1 p1 2024-01-01 -");
        told.record(
            r#""correct","id":"s1-c1-p1-2024-01-01","new_id":"a2","staff":"s2","start":"2024-01-05","reason":"typo""#,
        );
        told.assign("s1 c2 p2 2024-01-01 2024-06-01");
        told.record(r#""void","id":"s1-c2-p2-2024-01-01","reason":"other client""#);
        told.record(&format!(
            r#""mirror_enrollments","program":"p2","rows":[{{"id":"e-c1-p2-2020-01-01","participant":"c1",{YEAR}}}]"#
        ));
        told.record(r#""end_enrollment","id":"e-c2-p1-2020-01-01","end":"2024-06-01""#);
        told
    }

    /// `before > after reason`, each as `id start end`.
    fn rows(report: &Corrections) -> Vec<String> {
        let days = |start: Day, end: Option<Day>| {
            format!("{start} {}", end.map_or("-".to_owned(), |end| end.to_string()))
        };
        let line = |line: &Line| match line {
            Line::Enrollment(e) => format!("{} {}", e.id, days(e.period.start(), e.period.end())),
            Line::Assignment(a) => format!("{} {}", a.id, days(a.period.start(), a.period.end())),
        };
        let row = |one: &Correction| {
            let after = one.after.as_ref().map_or("void".to_owned(), line);
            let reason = one.reason.as_ref().map_or("-", |reason| reason.as_str());
            format!("{} > {after} {reason}", line(&one.before))
        };
        report.corrections.iter().map(row).collect()
    }

    fn ask(told: &Told, since: Option<KnownAt>, filter: &Filter, asked: &Asked) -> Vec<String> {
        rows(&told.snapshot().corrections(since, filter, asked).unwrap())
    }

    const TYPO: &str = "s1-c1-p1-2024-01-01 2024-01-01 - > a2 2024-01-05 - typo";
    const VOID: &str = "s1-c2-p2-2024-01-01 2024-01-01 2024-06-01 > void other client";
    const MIRRORED: &str =
        "e-c1-p2-2020-01-01 2020-01-01 - > e-c1-p2-2020-01-01 2020-01-01 2024-12-31 -";

    #[test]
    fn before_and_after_are_told_of_every_correction() {
        let mut told = told();
        let asked = on("2024-02-01");
        assert_eq!(ask(&told, None, &Filter::all(), &asked), [TYPO, VOID, MIRRORED]);
        // What became of a line later does not change what the correction made of it.
        told.record(r#""end_assignment","id":"a2","end":"2024-05-01""#);
        let report = told.snapshot().corrections(None, &Filter::all(), &asked).unwrap();
        assert_eq!(rows(&report), [TYPO, VOID, MIRRORED]);
        assert_eq!(report.corrections[0].by.actor, Actor::Root);
        let of_s2 = Filter::all().staff([staff("s2")]);
        assert_eq!(ask(&told, None, &of_s2, &asked), [TYPO]);
    }

    #[test]
    fn a_window_has_what_was_entered_in_it() {
        let told = told();
        let report = told.snapshot().corrections(None, &Filter::all(), &on("2024-02-01")).unwrap();
        let typo = KnownAt::Position(report.corrections[0].by.position);
        let void = KnownAt::Position(report.corrections[1].by.position);
        let asked = on("2024-02-01");
        assert_eq!(ask(&told, Some(typo), &Filter::all(), &asked), [VOID, MIRRORED]);
        let then = asked.clone().known_at(void);
        assert_eq!(ask(&told, Some(typo), &Filter::all(), &then), [VOID]);
        assert_eq!(ask(&told, Some(void), &Filter::all(), &then), [""; 0]);
        assert_eq!(ask(&told, None, &Filter::all(), &then), [TYPO, VOID]);
    }

    #[test]
    fn whom_an_actor_does_not_see_is_left_out() {
        let mut told = told();
        told.record(r#""revise_program","id":"p1","policy":{"visibility":"own_caseload"}"#);
        let asked = by(on("2024-02-01"), "s1");
        assert_eq!(ask(&told, None, &Filter::all(), &asked), [VOID, MIRRORED]);
    }

    #[test]
    fn a_report_says_what_it_said_then_and_what_is_different_now() {
        let told = told();
        let report = told.snapshot().corrections(None, &Filter::all(), &on("2024-02-01")).unwrap();
        let then = KnownAt::Position(report.corrections[0].by.position - 1);
        let compare = |text: &str| {
            told.snapshot().caseload_then_and_now(then, &Filter::all(), &on(text)).unwrap()
        };
        let found = compare("2024-02-01");
        let ids = |cases: &[Case]| {
            cases.iter().map(|case| case.assignment.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&found.gone), ["s1-c1-p1-2024-01-01"]);
        assert_eq!(ids(&found.come), ["a2"]);
        assert_eq!((found.then.cases.len(), found.now.cases.len()), (1, 1));
        assert_eq!(compare("2023-02-01").come, []);
        assert_eq!(found.now.cases[0].start, day("2024-01-05"));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for id in ids {
            told.assign(&format!("s1 {id} p1 2024-01-01 -"));
        }
        let then = KnownAt::Position(told.snapshot().head().position);
        for id in ids {
            told.record(&format!(
                r#""correct","id":"s1-{id}-p1-2024-01-01","new_id":"a-{id}","start":"2024-01-02","reason":"typo""#
            ));
        }
        let snapshot = told.snapshot();
        let report = |filter| snapshot.corrections(None, &filter, &on("2024-02-01")).unwrap();
        let merged = merged_of_seven(&ids, report, |all, part| all.merge(part).unwrap());
        assert_eq!(merged.corrections.len(), 9);
        let since = snapshot.corrections(Some(then), &Filter::all(), &on("2024-02-01")).unwrap();
        assert!(merged.merge(since).is_err());
        let compare =
            |filter| snapshot.caseload_then_and_now(then, &filter, &on("2024-02-01")).unwrap();
        let merged = merged_of_seven(&ids, compare, |all, part| all.merge(part).unwrap());
        assert_eq!((merged.gone.len(), merged.come.len()), (9, 9));
    }
}

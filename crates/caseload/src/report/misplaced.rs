//! Misplaced assignments: those that lie outside their enrollment, after a mirror that only reports.

use super::{
    Asking, Case, Cube, Filter, Reports,
    cube::Tallies,
    look::Look,
    looks::{At, Looks},
    scan::Part,
};
use crate::{
    EnrollmentId, Error, Period, Snapshot, Status,
    state::{EnrollmentThen, Known, LineThen},
};

/// An assignment that no single enrollment covers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MisplacedCase {
    /// The assignment.
    pub case: Case,
    /// Its days.
    pub period: Period,
    /// The enrollment that covers its start, and the days of that; `None`: it starts outside every one.
    pub enrollment: Option<(EnrollmentId, Period)>,
}

/// The assignments that lie outside their enrollment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Misplaced {
    /// Each, sorted by staff, program, participant and assignment.
    pub cases: Vec<MisplacedCase>,
    /// How many, for each that has one.
    pub counts: Cube<u64>,
}

impl Misplaced {
    /// Takes in the report of other participants, or of another agency.
    #[must_use]
    pub fn merge(mut self, other: Misplaced) -> Misplaced {
        self.cases.extend(other.cases);
        self.cases.sort_unstable_by(|a, b| a.case.cmp(&b.case));
        self.counts.merge(other.counts, |count, more| *count += more);
        self
    }
}

impl Snapshot {
    /// The current assignments, past and planned ones included, that no single enrollment covers: what the
    /// code `misplaced` in the receipt of a mirror means, whichever entry made it so.
    ///
    /// `asked.as_of` matters only for what an actor sees.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, EnrollmentId, Error};
    /// use caseload::{EnrollmentRow, MemoryLog, MirrorEnrollments, OnOutside, ParticipantId, ProgramId};
    /// use caseload::{RegisterStaff, StaffId, report::{Filter, Of}};
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-03-01".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// let mut row = EnrollmentRow::new(EnrollmentId::new("e1")?, client.clone(), day, None);
    /// desk.record(MirrorEnrollments::new(housing.clone(), vec![row.clone()]))?;
    /// desk.record(Assign::new(maria.clone(), client, housing.clone(), day))?;
    /// row.end = Some("2024-04-01".parse()?);
    /// desk.record(MirrorEnrollments::new(housing, vec![row]).on_outside(OnOutside::Report))?;
    ///
    /// let report = agency.snapshot()?.misplaced(&Filter::all(), &Asked::of(day))?;
    /// assert_eq!(report.counts.get(&Of::staff(maria)), Some(&1));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn misplaced<'a>(
        &self,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Misplaced, Error> {
        self.reports().misplaced(filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::misplaced`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn misplaced<'a>(
        &self,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Misplaced, Error> {
        found(self.look(filter, asked))
    }
}

fn found(mut look: Look<'_>) -> Result<Misplaced, Error> {
    let of_part = |part: &Part<'_>| {
        let known = part.known;
        let mut cases = Vec::new();
        let mut counts: Tallies<u64> = Tallies::new();
        part.each_line(|line| {
            let enrollments = enrollments_of(known, line);
            if enrollments.iter().any(|e| e.period.contains(line.period)) {
                return;
            }
            let home = enrollments.iter().find(|e| e.period.starts_at(line.period.start()));
            counts.add(line.staff, line.program, |count| *count += 1);
            cases.push(MisplacedCase {
                case: Case::of(known, line),
                period: line.period,
                enrollment: home.map(|home| (known.as_enrollment(home).id, home.period)),
            });
        })?;
        cases.sort_unstable_by(|a, b| a.case.cmp(&b.case));
        Ok(Misplaced { cases, counts: counts.cube(known, Some) })
    };
    let ground = look.ground(Looks::at(At::LinesAndEnrollments))?;
    look.in_parts(&ground, of_part, |all, part| Ok(all.merge(part)))
}

fn enrollments_of(known: &Known<'_>, line: &LineThen) -> Vec<EnrollmentThen> {
    let timeline = known.timeline(line.participant, line.program);
    let all = timeline.into_iter().flat_map(|timeline| known.enrollments_of(timeline));
    all.filter(|enrollment| enrollment.status == Status::Current).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{
        Of,
        testing::{Told, by, merged_of_seven, on},
    };
    use super::*;
    use crate::{Asked, KnownAt};

    fn mirror(told: &mut Told, participant: &str, start: &str, end: &str) {
        told.record(&format!(
            r#""mirror_enrollments","program":"p1","on_outside":"report","rows":[{{"id":"e-{participant}-p1-2020-01-01","participant":"{participant}","start":"{start}","end":{end}}}]"#
        ));
    }

    fn rows(report: &Misplaced) -> Vec<String> {
        let row = |one: &MisplacedCase| {
            let home = one.enrollment.as_ref().map(|(id, _)| id.to_string());
            format!("{} {home:?}", one.case.assignment)
        };
        assert_eq!(report.counts.get(&Of::ALL).copied().unwrap_or(0), report.cases.len() as u64);
        report.cases.iter().map(row).collect()
    }

    #[test]
    fn what_no_single_enrollment_covers_is_misplaced() {
        let mut told = Told::new(&["c1", "c2"]);
        told.assign("s1 c1 p1 2024-01-01 -");
        told.assign("s2 c1 p1 2024-01-01 2024-04-01");
        told.assign("s3 c1 p1 2024-06-01 2024-07-01");
        told.assign("s1 c2 p1 2024-01-01 -");
        let before = KnownAt::Position(told.snapshot().head().position);
        mirror(&mut told, "c1", "2020-01-01", r#""2024-04-01""#);
        let ask = |asked: &Asked| rows(&told.snapshot().misplaced(&Filter::all(), asked).unwrap());
        let home = r#"s1-c1-p1-2024-01-01 Some("e-c1-p1-2020-01-01")"#;
        assert_eq!(ask(&on("2024-01-01")), [home, "s3-c1-p1-2024-06-01 None"]);
        assert_eq!(ask(&on("2024-01-01").known_at(before)), [""; 0]);
    }

    #[test]
    fn touching_enrollments_do_not_add_up_and_a_repair_takes_it_off() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 2024-01-01 2024-07-01");
        mirror(&mut told, "c1", "2020-01-01", r#""2024-04-01""#);
        told.enroll("c1", "p1", "2024-04-01", None);
        let ask = |told: &Told| told.snapshot().misplaced(&Filter::all(), &on("2024-01-01"));
        assert_eq!(rows(&ask(&told).unwrap()).len(), 1);
        told.record(
            r#""correct","id":"s1-c1-p1-2024-01-01","start":"2024-01-01","end":"2024-04-01","reason":"moved""#,
        );
        assert_eq!(rows(&ask(&told).unwrap()), [""; 0]);
    }

    #[test]
    fn whom_an_actor_does_not_see_is_left_out() {
        let mut told = Told::new(&["c1"]);
        told.record(r#""revise_program","id":"p1","policy":{"visibility":"own_caseload"}"#);
        told.assign("s1 c1 p1 2024-01-01 -");
        mirror(&mut told, "c1", "2020-01-01", r#""2024-04-01""#);
        let asked = |who: &str| by(on("2024-02-01"), who);
        let ask = |who: &str| told.snapshot().misplaced(&Filter::all(), &asked(who)).unwrap();
        assert_eq!((rows(&ask("s1")).len(), rows(&ask("s2")).len()), (1, 0));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for id in ids {
            told.assign(&format!("s1 {id} p1 2024-01-01 -"));
            mirror(&mut told, id, "2020-01-01", r#""2024-04-01""#);
        }
        let report = |filter| told.snapshot().misplaced(&filter, &on("2024-02-01")).unwrap();
        let merged = merged_of_seven(&ids, report, Misplaced::merge);
        assert_eq!(merged.cases.len(), 9);
    }
}

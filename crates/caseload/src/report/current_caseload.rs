//! The current caseload: who is responsible for whom on a day, and how many that is.

use super::{
    Asking, Cube, Filter, Of, Reports,
    cube::Tallies,
    look::Look,
    looks::{At, Looks},
    scan::Part,
};
use crate::{
    AssignmentId, Day, Error, ParticipantId, ProgramId, Role, Snapshot, StaffId,
    hash::FastSet,
    question::on,
    state::{Known, LineThen},
};

/// One assignment that covers the day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// Who is responsible.
    pub staff: StaffId,
    /// In which program.
    pub program: ProgramId,
    /// For whom.
    pub participant: ParticipantId,
    /// By which assignment.
    pub assignment: AssignmentId,
    /// In which role, if any.
    pub role: Option<Role>,
    /// Since when.
    pub start: Day,
}

impl Case {
    pub(super) fn of(known: &Known<'_>, line: &LineThen) -> Case {
        let entered = known.as_assignment(line);
        Case {
            staff: entered.staff,
            program: entered.program,
            participant: entered.participant,
            assignment: entered.id,
            role: entered.role,
            start: line.period.start(),
        }
    }
}

/// How much a caseload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Load {
    /// Assignments. A participant in two programs is two cases.
    pub cases: u64,
    /// Different participants. A participant in two programs is one.
    pub participants: u64,
    /// Different participants in the role `primary`.
    pub primaries: u64,
}

/// The assignments that cover a day, and how many they are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CurrentCaseload {
    /// The day.
    pub as_of: Day,
    /// Every number below is of some of these. Sorted by staff, program, participant and assignment.
    pub cases: Vec<Case>,
    /// How much that is, for each that has a case.
    pub loads: Cube<Load>,
}

impl CurrentCaseload {
    /// The cases behind a number.
    pub fn cases_of<'a>(&'a self, of: &'a Of) -> impl Iterator<Item = &'a Case> {
        self.cases.iter().filter(|case| {
            of.staff.as_ref().is_none_or(|staff| *staff == case.staff)
                && of.program.as_ref().is_none_or(|program| *program == case.program)
        })
    }

    /// Takes in the report of other participants (or of another agency) as of the same day.
    ///
    /// # Errors
    /// `input-command` when it is as of another day.
    pub fn merge(mut self, other: CurrentCaseload) -> Result<CurrentCaseload, crate::InputError> {
        if self.as_of != other.as_of {
            return Err(crate::InputError::command("as_of", "is another day"));
        }
        self.cases.extend(other.cases);
        // Two runs in order: a stable sort merges them.
        self.cases.sort();
        self.loads.merge(other.loads, |load, more| {
            load.cases += more.cases;
            load.participants += more.participants;
            load.primaries += more.primaries;
        });
        Ok(self)
    }
}

impl Snapshot {
    /// The point-in-time caseload, per staff member and program: the assignments that cover the day
    /// `asked.as_of`. The day on which an assignment ends is not covered.
    ///
    /// Cases are counted in assignments, participants and primaries in persons (`PIT(w, d)`: the different
    /// participants with a primary assignment to worker w that covers day d).
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId, report::{Filter, Of}};
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-03-01".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// desk.record(Assign::new(maria.clone(), client, housing, day))?;
    ///
    /// let report = agency.snapshot()?.current_caseload(&Filter::all(), &Asked::of(day))?;
    /// let load = report.loads.get(&Of::staff(maria));
    /// assert_eq!(load.map(|load| (load.cases, load.participants, load.primaries)), Some((1, 1, 0)));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn current_caseload<'a>(
        &self,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<CurrentCaseload, Error> {
        self.reports().current_caseload(filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::current_caseload`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn current_caseload<'a>(
        &self,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<CurrentCaseload, Error> {
        found(self.look(filter, asked))
    }
}

fn found(mut look: Look<'_>) -> Result<CurrentCaseload, Error> {
    let as_of = look.asked.as_of;
    let of_part = |part: &Part<'_>| {
        let mut cases = Vec::new();
        let mut tallies: Tallies<Tally> = Tallies::new();
        part.each_line(|line| {
            if !line.period.covers(as_of) {
                return;
            }
            let case = Case::of(part.known, line);
            let primary = case.role.as_ref().is_some_and(Role::is_primary);
            tallies.add(line.staff, line.program, |tally| {
                tally.cases += 1;
                tally.participants.insert(line.participant);
                if primary {
                    tally.primaries.insert(line.participant);
                }
            });
            cases.push(case);
        })?;
        cases.sort_unstable();
        let loads = tallies.cube(part.known, |tally| Some(tally.load()));
        Ok(CurrentCaseload { as_of, cases, loads })
    };
    let ground = look.ground(Looks::on(At::Lines, on(as_of)))?;
    look.in_parts(&ground, of_part, CurrentCaseload::merge)
}

/// A load while it is counted.
#[derive(Default)]
struct Tally {
    cases: u64,
    participants: FastSet<u32>,
    primaries: FastSet<u32>,
}

impl Tally {
    fn load(&self) -> Load {
        Load {
            cases: self.cases,
            participants: self.participants.len() as u64,
            primaries: self.primaries.len() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, by, merged_of_seven, on, participants, program, staff};
    use super::*;

    fn load(report: &CurrentCaseload, of: &Of) -> (u64, u64, u64) {
        let load = report.loads.get(of).copied().unwrap_or_default();
        assert_eq!(report.cases_of(of).count() as u64, load.cases);
        (load.cases, load.participants, load.primaries)
    }

    /// measures.md, M1: a person in two programs is one person and two cases; the end day does not count.
    #[test]
    fn persons_cases_and_primaries_are_told_apart() {
        let mut told = Told::new(&["c1", "c2"]);
        told.assign("s1 c1 p1 2024-01-01 - primary");
        told.assign("s1 c1 p2 2024-01-02 - primary");
        told.assign("s1 c2 p1 2024-01-01 2024-03-01");
        told.assign("s2 c2 p1 2024-03-01 2024-03-01");
        let report =
            |day: &str| told.snapshot().current_caseload(&Filter::all(), &on(day)).unwrap();
        let before = report("2024-02-29");
        assert_eq!(load(&before, &Of::staff(staff("s1"))), (3, 2, 1));
        assert_eq!(load(&before, &Of::both(staff("s1"), program("p1"))), (2, 2, 1));
        assert_eq!(load(&before, &Of::program(program("p2"))), (1, 1, 1));
        let after = report("2024-03-01");
        assert_eq!(load(&after, &Of::ALL), (2, 1, 1));
        assert_eq!(after.loads.get(&Of::staff(staff("s2"))), None);
    }

    #[test]
    fn a_filter_keeps_what_it_names_and_an_empty_one_nothing() {
        let mut told = Told::new(&["c1", "c2"]);
        told.assign("s1 c1 p1 2024-01-01 -");
        told.assign("s2 c2 p2 2024-01-01 -");
        let cases = |filter: &Filter| {
            let report = told.snapshot().current_caseload(filter, &on("2024-03-01")).unwrap();
            report.cases.into_iter().map(|case| case.staff.to_string()).collect::<Vec<_>>()
        };
        let all = Filter::all;
        assert_eq!(cases(&all()), ["s1", "s2"]);
        assert_eq!(cases(&all().staff([staff("s2"), staff("nobody")])), ["s2"]);
        assert_eq!(cases(&all().programs([program("p1")])), ["s1"]);
        assert_eq!(cases(&all().participants(participants(&["c2"]))), ["s2"]);
        assert_eq!(cases(&all().programs([program("p1")]).staff([staff("s2")])), [""; 0]);
        assert_eq!(cases(&all().staff([])), [""; 0]);
    }

    #[test]
    fn a_restricted_actor_is_shown_their_own() {
        let mut told = Told::new(&["c1", "c2"]);
        told.record(r#""revise_program","id":"p1","policy":{"visibility":"own_caseload"}"#);
        told.assign("s1 c1 p1 2024-01-01 -");
        told.assign("s2 c2 p1 2024-01-01 -");
        told.assign("s2 c2 p2 2024-01-01 -");
        let asked = by(on("2024-03-01"), "s1");
        let report = told.snapshot().current_caseload(&Filter::all(), &asked).unwrap();
        assert_eq!(load(&report, &Of::program(program("p1"))), (1, 1, 0));
        assert_eq!(load(&report, &Of::staff(staff("s2"))), (1, 1, 0));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for (id, who) in ids.iter().zip(["s1", "s2", "s3"].iter().cycle()) {
            told.assign(&format!("{who} {id} p1 2024-01-01 - primary"));
            told.assign(&format!("s1 {id} p2 2024-01-01 -"));
        }
        let report = |filter| told.snapshot().current_caseload(&filter, &on("2024-03-01")).unwrap();
        let merged = merged_of_seven(&ids, report, |all, part| all.merge(part).unwrap());
        let other = told.snapshot().current_caseload(&Filter::all(), &on("2024-03-02")).unwrap();
        assert!(merged.merge(other).is_err());
    }
}

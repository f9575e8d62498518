//! Transfers: who handed whom over to whom, when, why, and by whose command.

use std::collections::BTreeMap;

use super::{
    Asking, Entered, Filter, Range,
    looks::{At, Looks},
    of,
    reasons::{Done, Reasons},
    scan::{AT_ONCE, Part, all_of_both},
};
use crate::{
    AssignmentId, Day, Error, InputError, Kind, ParticipantId, ProgramId, Reason, Snapshot,
    StaffId, StoreError,
    hash::FastMap,
    state::{Known, LineThen, Positions},
};

/// A participant who passed from one staff member to another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandOver {
    /// The first day that is the receiver's.
    pub date: Day,
    /// In which program.
    pub program: ProgramId,
    /// Who was handed over.
    pub participant: ParticipantId,
    /// Who gave.
    pub from: StaffId,
    /// Who received.
    pub to: StaffId,
    /// The giver's assignment.
    pub ended: AssignmentId,
    /// The receiver's assignment.
    pub started: AssignmentId,
    /// Who gave the giver's assignment its end.
    pub ended_by: Entered,
    /// Who entered the receiver's assignment: the same entry, where it was one transfer.
    pub started_by: Entered,
    /// Why it ended, if that was said and is not forgotten.
    pub reason: Option<Reason>,
}

/// From whom to whom, in which program.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    /// Who gave.
    pub from: StaffId,
    /// Who received.
    pub to: StaffId,
    /// In which program.
    pub program: ProgramId,
}

/// The transfers of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfers {
    /// The days that it is about.
    pub range: Range,
    /// Each one, by date, program, participant, giver's assignment and receiver's.
    pub hand_overs: Vec<HandOver>,
    /// How many on each route.
    pub counts: BTreeMap<Route, u64>,
}

impl Transfers {
    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range.
    pub fn merge(mut self, other: Transfers) -> Result<Transfers, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        self.hand_overs.extend(other.hand_overs);
        in_order(&mut self.hand_overs);
        of::merge(&mut self.counts, other.counts, |count, more| *count += more);
        Ok(self)
    }
}

impl Snapshot {
    /// The transfers with a date in the range: who handed whom over to whom, with the reason, and who
    /// gave the command when.
    ///
    /// A transfer goes by days, as in [`Snapshot::flow`]: an assignment ends on the day on which one of
    /// another staff member starts, of the same participant in the same program. One giver and two
    /// receivers are two. With a filter by staff it has those in which one of them gives or receives.
    /// `asked.as_of` matters only for what an actor sees. Reasons are read from the log.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`]; [`Error::Store`] when the log cannot be read.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, AssignmentId, Day, DefineProgram, Enroll, Error};
    /// use caseload::{MemoryLog, ParticipantId, ProgramId, RegisterStaff, StaffId, Transfer};
    /// use caseload::report::{Filter, Range};
    /// let (maria, noor) = (StaffId::new("maria")?, StaffId::new("noor")?);
    /// let (client, housing) = (ParticipantId::new("P-1023")?, ProgramId::new("housing")?);
    /// let (day, id) = ("2024-04-01".parse::<Day>()?, AssignmentId::new("a1")?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(RegisterStaff::new(noor.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// desk.record(Assign::new(maria.clone(), client, housing, day).id(id.clone()))?;
    /// desk.record(Transfer::new(id, noor.clone(), "2024-04-11".parse()?))?;
    ///
    /// let april = Range::new(day, "2024-05-01".parse()?)?;
    /// let report = agency.snapshot()?.transfers(april, &Filter::all(), &Asked::of(day))?;
    /// let one = report.hand_overs.first().map(|one| (one.from.clone(), one.to.clone()));
    /// assert_eq!(one, Some((maria, noor)));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn transfers<'a>(
        &self,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Transfers, Error> {
        let mut reasons = Reasons::default();
        let mut look = self.reports().look(filter, asked);
        let asked = look.asked;
        let ground = look.ground(Looks::at(At::Participants))?;
        let found = look.in_parts(&ground, |part| pairs(part, range), all_of_both)?;
        found.iter().for_each(|pair| reasons.ask(pair.giving.days));
        reasons.read(self, |done, total| look.tell_read(done, total))?;
        let mut hand_overs = Vec::with_capacity(found.len());
        for some in found.chunks(AT_ONCE) {
            self.ask(asked.known_at, |known| {
                for pair in some {
                    hand_overs.push(pair.told(known, &reasons)?);
                }
                Ok(())
            })?;
        }
        in_order(&mut hand_overs);
        let mut counts = BTreeMap::new();
        for one in &hand_overs {
            let (from, to, program) = (one.from.clone(), one.to.clone(), one.program.clone());
            *counts.entry(Route { from, to, program }).or_default() += 1;
        }
        Ok(Transfers { range, hand_overs, counts })
    }
}

fn in_order(hand_overs: &mut [HandOver]) {
    hand_overs.sort_unstable_by(|a, b| {
        let place = |one: &HandOver| (one.date, one.program.clone(), one.participant.clone());
        let ids = |one: &HandOver| (one.ended.clone(), one.started.clone());
        place(a).cmp(&place(b)).then_with(|| ids(a).cmp(&ids(b)))
    });
}

/// An assignment that ends where another one starts.
struct Pair {
    giver: LineThen,
    giving: Positions,
    receiver: LineThen,
    receiving: Positions,
}

fn pairs(part: &Part<'_>, range: Range) -> Result<Vec<Pair>, StoreError> {
    let (known, chosen) = (part.known, part.chosen);
    let in_scope = |line: &LineThen| chosen.timeline(line.participant, line.program);
    let mut starts: FastMap<Place, Vec<LineThen>> = FastMap::default();
    for line in chosen.current_lines(known).filter(in_scope) {
        if range.covers(line.period.start()) {
            starts.entry(place(&line, line.period.start())).or_default().push(line);
        }
    }
    let mut eyes = part.eyes();
    let mut found = Vec::new();
    for giver in chosen.current_lines(known).filter(in_scope) {
        let Some(end) = giver.period.end() else { continue };
        let receivers = starts.get(&place(&giver, end)).into_iter().flatten();
        for receiver in receivers.filter(|receiver| receiver.staff != giver.staff) {
            let chosen = chosen.staff(giver.staff) || chosen.staff(receiver.staff);
            if !chosen || !eyes.see(giver.participant, giver.program)? {
                continue;
            }
            let positions = known.line_positions(giver.number);
            if let Some((giving, receiving)) = positions.zip(known.line_positions(receiver.number))
            {
                found.push(Pair { giver, giving, receiver: *receiver, receiving });
            }
        }
    }
    Ok(found)
}

impl Pair {
    fn told(&self, known: &Known<'_>, reasons: &Reasons) -> Result<HandOver, StoreError> {
        let (ended, started) =
            (known.as_assignment(&self.giver), known.as_assignment(&self.receiver));
        let question = (Kind::Assignment, self.giver.number, self.giving.days, Done::Days);
        Ok(HandOver {
            date: self.receiver.period.start(),
            program: ended.program,
            participant: ended.participant,
            from: ended.staff,
            to: started.staff,
            ended: ended.id,
            started: started.id,
            ended_by: Entered::at(known, self.giving.days)?,
            started_by: Entered::at(known, self.receiving.entered)?,
            reason: reasons.reason(question),
        })
    }
}

/// A participant in a program on a day.
type Place = (u32, u32, i32);

const fn place(line: &LineThen, day: Day) -> Place {
    (line.participant, line.program, day.number())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, by, merged_of_seven, on, range, staff};
    use super::*;
    use crate::{Asked, KnownAt};

    fn rows(report: &Transfers) -> Vec<String> {
        let row = |one: &HandOver| {
            let reason = one.reason.as_ref().map_or("-", |reason| reason.as_str());
            format!("{} {} {} {} {reason}", one.date, one.participant, one.from, one.to)
        };
        assert_eq!(report.counts.values().sum::<u64>() as usize, report.hand_overs.len());
        report.hand_overs.iter().map(row).collect()
    }

    fn told() -> Told {
        let mut told = Told::new(&["c1", "c2"]);
        told.assign("s1 c1 p1 2024-01-01 -");
        told.record(
            r#""transfer","id":"s1-c1-p1-2024-01-01","to_staff":"s2","date":"2024-02-01","reason":"leave""#,
        );
        // As an end and a start, and of the same staff member: that is none.
        told.assign("s1 c2 p1 2024-01-01 2024-02-10");
        told.assign("s3 c2 p1 2024-02-10 2024-02-20");
        told.assign("s3 c2 p1 2024-02-20 -");
        told
    }

    #[test]
    fn a_hand_over_is_told_whatever_command_entered_it() {
        let told = told();
        let (february, asked) = (range("2024-02-01", "2024-03-01"), on("2024-02-01"));
        let report = told.snapshot().transfers(february, &Filter::all(), &asked).unwrap();
        assert_eq!(rows(&report), ["2024-02-01 c1 s1 s2 leave", "2024-02-10 c2 s1 s3 -"]);
        let (one, two) = (&report.hand_overs[0], &report.hand_overs[1]);
        assert_eq!(one.ended_by, one.started_by);
        assert_eq!(two.ended_by.position + 1, two.started_by.position);
        let of_s2 = Filter::all().staff([staff("s2")]);
        let of_s2 = told.snapshot().transfers(february, &of_s2, &asked).unwrap();
        assert_eq!(rows(&of_s2), ["2024-02-01 c1 s1 s2 leave"]);
        let january = range("2024-01-01", "2024-02-01");
        let none = told.snapshot().transfers(january, &Filter::all(), &asked).unwrap();
        assert_eq!(rows(&none), [""; 0]);
    }

    /// The flow counts those who give and those who receive; so does this, one by one.
    #[test]
    fn the_flow_counts_the_same() {
        let told = told();
        let (february, asked) = (range("2024-02-01", "2024-03-01"), on("2024-02-01"));
        let flow = told.snapshot().flow(february, &Filter::all(), &asked).unwrap();
        let report = told.snapshot().transfers(february, &Filter::all(), &asked).unwrap();
        let out: u64 = flow.iter().map(|(_, _, month)| month.transferred_out).sum();
        assert_eq!(out, report.hand_overs.len() as u64);
    }

    #[test]
    fn what_is_not_seen_or_not_yet_known_is_left_out() {
        let mut told = told();
        let before = told.snapshot().head().position - 4;
        told.record(r#""revise_program","id":"p1","policy":{"visibility":"own_caseload"}"#);
        let february = range("2024-02-01", "2024-03-01");
        let ask = |asked: Asked| {
            rows(&told.snapshot().transfers(february, &Filter::all(), &asked).unwrap()).len()
        };
        assert_eq!(ask(by(on("2024-02-15"), "s2")), 1);
        assert_eq!(ask(on("2024-02-15").known_at(KnownAt::Position(before))), 0);
        assert_eq!(ask(on("2024-02-15").known_at(KnownAt::Position(before + 1))), 1);
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for (place, id) in (10..).zip(ids) {
            told.assign(&format!("s1 {id} p1 2024-01-{place} 2024-02-{place}"));
            told.assign(&format!("s2 {id} p1 2024-02-{place} -"));
            told.assign(&format!("s3 {id} p1 2024-02-{place} -"));
        }
        let (spring, asked) = (range("2024-01-05", "2024-05-01"), on("2024-01-01"));
        let report = |filter| told.snapshot().transfers(spring, &filter, &asked).unwrap();
        let merged = merged_of_seven(&ids, report, |all, part| all.merge(part).unwrap());
        assert_eq!((merged.hand_overs.len(), merged.counts.len()), (18, 2));
        let may = range("2024-05-01", "2024-06-01");
        let other = told.snapshot().transfers(may, &Filter::all(), &asked).unwrap();
        assert!(merged.merge(other).is_err());
    }
}

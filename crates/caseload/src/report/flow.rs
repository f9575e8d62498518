//! The flow: what came into the caseloads of a program in a month, and what left them.

use std::collections::BTreeMap;

use super::{
    ActiveIn, Filter, Range, Ratio, of,
    scan::{Chosen, current_lines},
};
use crate::{
    Asked, Day, Error, InputError, ProgramId, Snapshot,
    eyes::Eyes,
    hash::{FastMap, FastSet},
    state::{Known, LineThen},
};

/// What came and went in a program in a month, in cases (assignments) where nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MonthFlow {
    /// Those that cover the day before the month and were not over then: started before, not ended before.
    pub carried_in: u64,
    /// Those that start in the month, and were not handed over by a colleague.
    pub opened: u64,
    /// Those that start in the month on a day on which a colleague's of the same participant ends.
    pub transferred_in: u64,
    /// Those that end in the month (on the first day not covered), and were not handed over to a colleague.
    pub closed: u64,
    /// Those that end in the month on a day on which a colleague's of the same participant starts.
    pub transferred_out: u64,
    /// Those that cover the last day of the month.
    pub carried_out: u64,
    /// Those that cover at least one day of the month.
    pub served_cases: u64,
    /// Different participants with such a case.
    pub served_participants: u64,
    /// How long those were that ended in the month: so many of so many days, from their first day on.
    pub lengths: BTreeMap<u32, u64>,
}

impl MonthFlow {
    /// Whether what was there and what came is what left and what is there still.
    pub fn balance(&self) -> Balance {
        let came = self.carried_in + self.opened + self.transferred_in;
        let went = self.closed + self.transferred_out + self.carried_out;
        if came == went { Balance::Even } else { Balance::Broken }
    }

    /// The median length, in days, of the assignments that ended in the month: the middle one, or the sum of
    /// the two in the middle over 2. `None` if none ended.
    pub fn median_length(&self) -> Option<Ratio> {
        let count: u64 = self.lengths.values().sum();
        let lower = self.length_at(count.checked_sub(1)? / 2)?;
        let upper = self.length_at(count / 2)?;
        if count % 2 == 1 { Ratio::new(upper, 1) } else { Ratio::new(lower + upper, 2) }
    }

    /// The length that has so many before it.
    fn length_at(&self, place: u64) -> Option<u64> {
        let mut passed = 0;
        let found = self.lengths.iter().find(|(_, count)| {
            passed += **count;
            passed > place
        });
        found.map(|(length, _)| u64::from(*length))
    }

    fn take_in(&mut self, other: MonthFlow) {
        self.carried_in += other.carried_in;
        self.opened += other.opened;
        self.transferred_in += other.transferred_in;
        self.closed += other.closed;
        self.transferred_out += other.transferred_out;
        self.carried_out += other.carried_out;
        self.served_cases += other.served_cases;
        self.served_participants += other.served_participants;
        of::merge(&mut self.lengths, other.lengths, |count, more| *count += more);
    }
}

/// Whether a flow adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Balance {
    /// Carried in + opened + transferred in = closed + transferred out + carried out.
    Even,
    /// It does not: the numbers were not counted by this report.
    Broken,
}

/// What came and went in each program in each month of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flow {
    /// The days that it is about.
    pub range: Range,
    /// By program and month, for each that has a case in it, a zero-day one included. The first and the last
    /// month are cut where the range begins and ends.
    pub months: BTreeMap<(ProgramId, Range), MonthFlow>,
}

impl Flow {
    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range.
    pub fn merge(mut self, other: Flow) -> Result<Flow, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        of::merge(&mut self.months, other.months, MonthFlow::take_in);
        Ok(self)
    }
}

impl Snapshot {
    /// The flow per program and month: cases carried in, opened, closed, transferred and carried out,
    /// whom they served, and how long those were that ended.
    ///
    /// Stock and flow agree: PIT(a-1) + starts in \[a, b) - ends in \[a, b) = PIT(b-1), see
    /// [`MonthFlow::balance`]. Served is what is active by [`ActiveIn::AtLeastOneDay`]: a zero-day assignment
    /// starts and ends, and serves nobody.
    ///
    /// *Transferred* goes by days, whatever command entered them: an assignment ends on the day on which
    /// one of another staff member starts, of the same participant in the same program. So a
    /// hand-over that was corrected since, or entered as an end and a start, is one too. With a filter by
    /// staff, what comes from and goes to staff outside it is transferred all the same.
    /// `asked.as_of` matters only for what an actor sees.
    ///
    /// # Errors
    /// As [`Snapshot::caseload`].
    ///
    /// ```
    /// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, Error, MemoryLog};
    /// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId};
    /// use caseload::report::{Balance, Filter, Range};
    /// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
    /// let (client, day) = (ParticipantId::new("P-1023")?, "2024-04-02".parse::<Day>()?);
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on(day);
    /// desk.record(DefineProgram::new(housing.clone()))?;
    /// desk.record(RegisterStaff::new(maria.clone()))?;
    /// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
    /// desk.record(Assign::new(maria, client, housing.clone(), day))?;
    ///
    /// let april = Range::new("2024-04-01".parse()?, "2024-05-01".parse()?)?;
    /// let report = agency.snapshot()?.flow(april, &Filter::all(), &Asked::of(day))?;
    /// let month = report.months.get(&(housing, april)).cloned().unwrap_or_default();
    /// assert_eq!((month.carried_in, month.opened, month.carried_out), (0, 1, 1));
    /// assert_eq!((month.median_length(), month.balance()), (None, Balance::Even));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn flow(&self, range: Range, filter: &Filter, asked: &Asked) -> Result<Flow, Error> {
        self.ask(asked.known_at, |known| {
            let months: Vec<Range> = range.months().collect();
            let mut tallies: BTreeMap<(u32, Range), Tally> = BTreeMap::new();
            let chosen = Chosen::of(known, filter);
            let mut eyes = Eyes::new(known, asked);
            let handed_over = HandOvers::of(known, &chosen);
            for line in current_lines(known).filter(|line| chosen.line(line)) {
                if !eyes.see(line.participant, line.program)? {
                    continue;
                }
                for month in &months {
                    if is_part_of(&line, *month) {
                        let tally = tallies.entry((line.program, *month)).or_default();
                        tally.count(&line, *month, &handed_over);
                    }
                }
            }
            let named = |((program, month), tally): ((u32, Range), Tally)| {
                ((known.program_id(program), month), tally.flow())
            };
            Ok(Flow { range, months: tallies.into_iter().map(named).collect() })
        })
    }
}

/// Whether a line is counted anywhere in the flow of a month.
fn is_part_of(line: &LineThen, month: Range) -> bool {
    line.period.start() <= month.last_day()
        && line.period.end().is_none_or(|end| end >= month.first())
}

/// A participant in a program on a day.
pub(super) type Place = (u32, u32, i32);

/// Whose lines start on each day, and whose end.
struct HandOvers {
    starts: FastMap<Place, Whose>,
    ends: FastMap<Place, Whose>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    One(u32),
    Several,
}

impl HandOvers {
    /// Of all staff: a filter by staff does not hide where a case came from.
    fn of(known: &Known<'_>, chosen: &Chosen) -> HandOvers {
        let mut found = HandOvers { starts: FastMap::default(), ends: FastMap::default() };
        let in_scope = |line: &LineThen| chosen.timeline(line.participant, line.program);
        for line in current_lines(known).filter(in_scope) {
            note(&mut found.starts, place(&line, line.period.start()), line.staff);
            if let Some(end) = line.period.end() {
                note(&mut found.ends, place(&line, end), line.staff);
            }
        }
        found
    }

    fn comes_from_a_colleague(&self, line: &LineThen) -> bool {
        is_a_colleague(self.ends.get(&place(line, line.period.start())), line.staff)
    }

    fn goes_to_a_colleague(&self, line: &LineThen, end: Day) -> bool {
        is_a_colleague(self.starts.get(&place(line, end)), line.staff)
    }
}

pub(super) const fn place(line: &LineThen, day: Day) -> Place {
    (line.participant, line.program, day.number())
}

fn note(whose: &mut FastMap<Place, Whose>, place: Place, staff: u32) {
    let whose = whose.entry(place).or_insert(Whose::One(staff));
    if *whose != Whose::One(staff) {
        *whose = Whose::Several;
    }
}

fn is_a_colleague(whose: Option<&Whose>, staff: u32) -> bool {
    whose.is_some_and(|whose| *whose != Whose::One(staff))
}

/// A month of a program while it is counted.
#[derive(Default)]
struct Tally {
    flow: MonthFlow,
    served: FastSet<u32>,
}

impl Tally {
    fn count(&mut self, line: &LineThen, month: Range, handed_over: &HandOvers) {
        let (start, flow) = (line.period.start(), &mut self.flow);
        if !month.covers(start) {
            flow.carried_in += 1;
        } else if handed_over.comes_from_a_colleague(line) {
            flow.transferred_in += 1;
        } else {
            flow.opened += 1;
        }
        match line.period.end().filter(|end| month.covers(*end)) {
            None => flow.carried_out += 1,
            Some(end) => {
                if handed_over.goes_to_a_colleague(line, end) {
                    flow.transferred_out += 1;
                } else {
                    flow.closed += 1;
                }
                let length = line.period.days_within(start, end);
                *flow.lengths.entry(length).or_default() += 1;
            }
        }
        if ActiveIn::AtLeastOneDay.holds(line.period, month) {
            flow.served_cases += 1;
            self.served.insert(line.participant);
        }
    }

    fn flow(self) -> MonthFlow {
        MonthFlow { served_participants: self.served.len() as u64, ..self.flow }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, merged_of_seven, on, program, range, staff};
    use super::*;

    const EVERYONE: [&str; 4] = ["P1", "P2", "P3", "P4"];

    fn month(told: &Told, filter: &Filter, from: &str, to: &str) -> MonthFlow {
        let month = range(from, to);
        let report = told.snapshot().flow(month, filter, &on(from)).unwrap();
        let found = report.months.get(&(program("p1"), month)).cloned().unwrap_or_default();
        assert_eq!(found.balance(), Balance::Even);
        found
    }

    /// measures.md, M3, "Timeline test": flow PIT(31 Mar) 2 + 2 - 2 = PIT(30 Apr) 2, ever active 3.
    #[test]
    fn april_2024_flows_as_published() {
        let mut told = Told::new(&EVERYONE);
        told.assign("s1 P1 p1 2024-03-20 -");
        told.assign("s1 P2 p1 2024-04-10 2024-04-25");
        told.assign("s1 P3 p1 2024-04-30 -");
        told.assign("s1 P4 p1 2024-03-01 2024-04-01");
        let april = month(&told, &Filter::all(), "2024-04-01", "2024-05-01");
        assert_eq!((april.carried_in, april.opened, april.closed, april.carried_out), (2, 2, 2, 2));
        assert_eq!((april.served_cases, april.served_participants), (3, 3));
        assert_eq!(april.lengths, BTreeMap::from([(15, 1), (31, 1)]));
        assert_eq!(april.median_length(), Ratio::new(46, 2));
        let may = month(&told, &Filter::all(), "2024-05-01", "2024-06-01");
        assert_eq!((may.carried_in, may.opened, may.carried_out), (2, 0, 2));
        assert_eq!(may.median_length(), None);
    }

    #[test]
    fn a_hand_over_is_no_opening_and_no_closing() {
        let mut told = Told::new(&["c1", "c2"]);
        told.assign("s1 c1 p1 2024-04-05 -");
        told.record(r#""transfer","id":"s1-c1-p1-2024-04-05","to_staff":"s2","date":"2024-04-11""#);
        // The same staff member again is no hand-over, nor is another participant's start.
        told.assign("s1 c2 p1 2024-03-01 2024-04-11");
        told.assign("s1 c2 p1 2024-04-11 2024-04-20");
        let april = month(&told, &Filter::all(), "2024-04-01", "2024-05-01");
        assert_eq!((april.carried_in, april.opened, april.transferred_in), (1, 2, 1));
        assert_eq!((april.closed, april.transferred_out, april.carried_out), (2, 1, 1));
        assert_eq!((april.served_cases, april.served_participants), (4, 2));
        assert_eq!(april.median_length(), Ratio::new(9, 1));
        let of_s2 = Filter::all().staff([staff("s2")]);
        let of_s2 = month(&told, &of_s2, "2024-04-01", "2024-05-01");
        assert_eq!((of_s2.opened, of_s2.transferred_in, of_s2.carried_out), (0, 1, 1));
    }

    #[test]
    fn a_zero_day_assignment_opens_and_closes_and_serves_nobody() {
        let mut told = Told::new(&["c1"]);
        told.assign("s1 c1 p1 2024-04-05 2024-04-05");
        let april = month(&told, &Filter::all(), "2024-04-01", "2024-05-01");
        assert_eq!((april.opened, april.closed, april.served_cases), (1, 1, 0));
        assert_eq!(april.median_length(), Ratio::new(0, 1));
    }

    #[test]
    fn the_months_of_a_range_follow_one_another() {
        let mut told = Told::new(&["c1", "c2"]);
        told.assign("s1 c1 p1 2024-01-20 2024-03-05");
        told.assign("s2 c2 p1 2024-02-01 2024-03-01");
        let quarter = range("2024-01-15", "2024-04-01");
        let report = told.snapshot().flow(quarter, &Filter::all(), &on("2024-01-01")).unwrap();
        let months: Vec<&MonthFlow> = report.months.values().collect();
        assert_eq!(months.len(), 3);
        for pair in months.windows(2) {
            assert_eq!(pair[0].carried_out, pair[1].carried_in);
        }
        assert_eq!((months[0].opened, months[1].opened, months[2].closed), (1, 1, 2));
    }

    #[test]
    fn seven_parts_merge_to_the_whole() {
        let ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
        let mut told = Told::new(&ids);
        for (place, id) in (10..).zip(ids) {
            told.assign(&format!("s1 {id} p1 2024-01-{place} 2024-02-{place}"));
            told.assign(&format!("s2 {id} p1 2024-02-{place} -"));
            told.assign(&format!("s2 {id} p2 2024-02-05 -"));
        }
        let spring = range("2024-01-05", "2024-05-01");
        let asked = on("2024-01-01");
        let report = |filter| told.snapshot().flow(spring, &filter, &asked).unwrap();
        let merged = merged_of_seven(&ids, report, |all, part| all.merge(part).unwrap());
        assert_eq!(merged.months.len(), 7);
        let april = range("2024-04-01", "2024-05-01");
        let other = told.snapshot().flow(april, &Filter::all(), &asked).unwrap();
        assert!(merged.merge(other).is_err());
    }
}

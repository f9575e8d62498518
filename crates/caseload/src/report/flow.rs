//! The flow: what came into the caseloads of a program in a month, and what left them.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Asking, Filter, Range, Ratio, Reports,
    look::Look,
    looks::{At, Looks},
    month_count::{AtHand, count},
    scan::{Part, around},
    whole_months::by_whole_months,
};
use crate::{
    Error, InputError, ProgramId, Snapshot,
    hash::FastMap,
    state::{LineThen, Months},
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
    // INVARIANT: in ascending order, with the two in the middle, which are one if their number is odd.
    lengths: Vec<u32>,
    middle: (u32, u32),
}

impl MonthFlow {
    /// Whether what was there and what came is what left and what is there still.
    pub const fn balance(&self) -> Balance {
        let came = self.carried_in + self.opened + self.transferred_in;
        let went = self.closed + self.transferred_out + self.carried_out;
        if came == went { Balance::Even } else { Balance::Broken }
    }

    /// The median length, in days, of the assignments that ended in the month: the middle one, or the sum of
    /// the two in the middle over 2. `None` if none ended.
    pub fn median_length(&self) -> Option<Ratio> {
        let (lower, upper) = (u64::from(self.middle.0), u64::from(self.middle.1));
        match self.lengths.len() {
            0 => None,
            odd if odd % 2 == 1 => Ratio::new(upper, 1),
            _ => Ratio::new(lower + upper, 2),
        }
    }

    /// The lengths of those that ended in the month, in days from their first day on, the shortest first.
    pub fn lengths(&self) -> &[u32] {
        &self.lengths
    }

    /// To be put in order when all are there.
    pub(super) fn add_length(&mut self, days: u32) {
        self.lengths.push(days);
    }

    pub(super) fn put_in_order(&mut self) {
        self.lengths.sort();
        self.lengths.shrink_to_fit();
        let count = self.lengths.len();
        let at = |place: usize| self.lengths.get(place).copied().unwrap_or(0);
        self.middle = (at(count.saturating_sub(1) / 2), at(count / 2));
    }

    /// Whether there is a case in it, be it one of no day.
    const fn is_of_a_case(&self) -> bool {
        self.carried_in + self.opened + self.transferred_in > 0
    }

    fn take_in(&mut self, other: &MonthFlow) {
        self.carried_in += other.carried_in;
        self.opened += other.opened;
        self.transferred_in += other.transferred_in;
        self.closed += other.closed;
        self.transferred_out += other.transferred_out;
        self.carried_out += other.carried_out;
        self.served_cases += other.served_cases;
        self.served_participants += other.served_participants;
        self.lengths.extend(&other.lengths);
        self.put_in_order();
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

/// What came and went in each program in each month of a range, for each that has a case in it, a zero-day
/// one included.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Flow {
    /// The days that it is about.
    pub range: Range,
    programs: BTreeMap<ProgramId, ProgramFlow>,
}

/// The months of a program; those that no range cuts are shared by all answers.
#[derive(Debug, Clone, Default)]
pub(super) struct ProgramFlow {
    /// The first, if the range begins in the middle of it.
    pub(super) first: Option<(Range, MonthFlow)>,
    /// With some before the range, and some behind it.
    pub(super) shared: Arc<Months>,
    /// The last, if the range ends in the middle of it.
    pub(super) last: Option<(Range, MonthFlow)>,
}

impl ProgramFlow {
    /// Of months counted for this answer alone.
    pub(super) fn of(months: Months) -> ProgramFlow {
        ProgramFlow { shared: Arc::new(months), ..ProgramFlow::default() }
    }

    /// Those of a range that have a case, in order.
    fn months(&self, range: Range) -> impl Iterator<Item = (Range, &MonthFlow)> {
        let before = self.shared.partition_point(|(month, _)| month.first() < range.first());
        let shared = self.shared.iter().skip(before);
        let shared = shared.take_while(move |(month, _)| month.last_day() <= range.last_day());
        let all = self.first.iter().chain(shared).chain(&self.last);
        all.map(|(month, flow)| (*month, flow)).filter(|(_, flow)| flow.is_of_a_case())
    }
}

impl Flow {
    /// A month of a program; `None` where there was no case. The first and the last month are cut where the
    /// range begins and ends.
    pub fn get(&self, program: &ProgramId, month: Range) -> Option<&MonthFlow> {
        let mut months = self.programs.get(program)?.months(self.range);
        months.find(|(other, _)| *other == month).map(|(_, flow)| flow)
    }

    /// Each program and month, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ProgramId, Range, &MonthFlow)> {
        self.programs.iter().flat_map(|(program, months)| {
            months.months(self.range).map(move |(month, flow)| (program, month, flow))
        })
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is no case.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Takes in the report of other participants (or of another agency) over the same range.
    ///
    /// # Errors
    /// `input-command` when it is about another range.
    pub fn merge(mut self, other: Flow) -> Result<Flow, InputError> {
        if self.range != other.range {
            return Err(InputError::command("range", "is another one"));
        }
        for (program, more) in &other.programs {
            let mine = self.programs.entry(program.clone()).or_default();
            let mut months: BTreeMap<Range, MonthFlow> =
                mine.months(self.range).map(|(month, flow)| (month, flow.clone())).collect();
            for (month, flow) in more.months(self.range) {
                months.entry(month).or_default().take_in(flow);
            }
            *mine = ProgramFlow::of(months.into_iter().collect());
        }
        Ok(self)
    }
}

/// Two are equal if they have the same rows.
impl PartialEq for Flow {
    fn eq(&self, other: &Flow) -> bool {
        self.range == other.range && self.iter().eq(other.iter())
    }
}

impl Eq for Flow {}

impl Snapshot {
    /// The flow per program and month: cases carried in, opened, closed, transferred and carried out,
    /// whom they served, and how long those were that ended.
    ///
    /// Stock and flow agree: PIT(a-1) + starts in \[a, b) - ends in \[a, b) = PIT(b-1), see
    /// [`MonthFlow::balance`]. Served is what is active by
    /// [`ActiveIn::AtLeastOneDay`](super::ActiveIn::AtLeastOneDay): a zero-day assignment starts and ends,
    /// and serves nobody.
    ///
    /// *Transferred* goes by days, whatever command entered them: an assignment ends on the day on which
    /// one of another staff member starts, of the same participant in the same program. So a
    /// hand-over that was corrected since, or entered as an end and a start, is one too. With a filter by
    /// staff, what comes from and goes to staff outside it is transferred all the same.
    /// `asked.as_of` matters only for what an actor sees.
    ///
    /// Of what is known now, for whoever sees everything and without a choice of staff or participants, a
    /// whole month of a program is counted once and kept until something is entered that changes it, which
    /// counts it and the months behind it anew; else every line is looked at.
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
    /// let month = report.get(&housing, april).cloned().unwrap_or_default();
    /// assert_eq!((month.carried_in, month.opened, month.carried_out), (0, 1, 1));
    /// assert_eq!((month.median_length(), month.balance()), (None, Balance::Even));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn flow<'a>(
        &self,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Flow, Error> {
        self.reports().flow(range, filter, asked)
    }
}

impl Reports<'_> {
    /// As [`Snapshot::flow`].
    ///
    /// # Errors
    /// As [`Reports::over`].
    pub fn flow<'a>(
        &self,
        range: Range,
        filter: &Filter,
        asked: impl Into<Asking<'a>>,
    ) -> Result<Flow, Error> {
        counted(self.look(filter, asked), range)
    }
}

fn counted(mut look: Look<'_>, range: Range) -> Result<Flow, Error> {
    if let Some(programs) = by_whole_months(&mut look, range)? {
        return Ok(Flow { range, programs });
    }
    let of_part = |part: &Part<'_>| {
        let known = part.known;
        let mut lines: FastMap<u32, Vec<LineThen>> = FastMap::default();
        part.each_line(|line| lines.entry(line.program).or_default().push(*line))?;
        let count = |(program, mut lines): (u32, Vec<LineThen>)| {
            lines.sort_unstable_by_key(|line| line.participant);
            let months = count(AtHand::Chosen(known), &lines, range.months().collect());
            (known.program_id(program), ProgramFlow::of(months))
        };
        Ok(Flow { range, programs: lines.into_iter().map(count).collect() })
    };
    let ground = look.ground(Looks::on(At::LinesAndColleagues, around(range)))?;
    look.in_parts(&ground, of_part, Flow::merge)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{
        Told, day, merged_of_seven, on, participants, program, range, staff,
    };
    use super::*;

    const EVERYONE: [&str; 4] = ["P1", "P2", "P3", "P4"];

    fn month(told: &Told, filter: &Filter, from: &str, to: &str) -> MonthFlow {
        let month = range(from, to);
        let report = told.snapshot().flow(month, filter, &on(from)).unwrap();
        let found = report.get(&program("p1"), month).cloned().unwrap_or_default();
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
        assert_eq!(april.lengths(), [15, 31]);
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
        let months: Vec<&MonthFlow> = report.iter().map(|(_, _, flow)| flow).collect();
        assert_eq!(months.len(), 3);
        for pair in months.windows(2) {
            assert_eq!(pair[0].carried_out, pair[1].carried_in);
        }
        assert_eq!((months[0].opened, months[1].opened, months[2].closed), (1, 1, 2));
    }

    #[test]
    fn of_a_case_handed_over_every_week_each_hand_over_is_counted() {
        let mut told = Told::new(&["c1"]);
        let weeks = 20;
        for week in 0..weeks {
            let first = day("2024-01-01").plus(7 * week).unwrap();
            let staff = ["s1", "s2", "s2"][usize::try_from(week % 3).unwrap()];
            told.assign(&format!("{staff} c1 p1 {first} {}", first.plus(7).unwrap()));
        }
        let spring = range("2024-01-01", "2024-06-01");
        let report =
            |filter: &Filter| told.snapshot().flow(spring, filter, &on("2024-06-15")).unwrap();
        let flow = report(&Filter::all());
        let sum = |of: fn(&MonthFlow) -> u64| flow.iter().map(|(_, _, flow)| of(flow)).sum::<u64>();
        // From s2 to s2 is no hand-over: one week in three.
        assert_eq!(sum(|flow| flow.opened + flow.transferred_in), 20);
        assert_eq!((sum(|flow| flow.transferred_in), sum(|flow| flow.transferred_out)), (13, 13));
        assert_eq!(flow, report(&Filter::all().participants(participants(&["c1"]))));
    }

    /// Sealed months are asked for between entries of every kind, whole ranges and cut ones.
    #[test]
    fn sealed_months_are_what_every_line_tells_whatever_is_entered() {
        let ids = ["c1", "c2", "c3"];
        let mut told = Told::new(&ids);
        let ranges = [
            range("2024-01-01", "2024-07-01"),
            range("2024-02-10", "2024-05-20"),
            range("2024-03-01", "2024-04-01"),
            range("2023-12-15", "2023-12-31"),
            // Longer than months are kept for.
            range("2024-01-01", "2130-01-10"),
        ];
        let everybody = Filter::all().participants(participants(&ids));
        let mut rows = 0;
        let deeds = [
            r#"assign s1 c1 p1 2024-03-05 -"#,
            r#"assign s2 c2 p1 2024-03-05 2024-04-10"#,
            // A colleague's start makes the end of c2 a hand-over, backdated in an earlier month.
            r#"assign s1 c2 p1 2024-04-10 -"#,
            r#"assign s3 c3 p1 2024-01-20 2024-02-01"#,
            r#"assign s3 c3 p2 2024-02-29 2024-02-29"#,
            r#""end_assignment","id":"s1-c1-p1-2024-03-05","end":"2024-05-02""#,
            r#""transfer","id":"s1-c2-p1-2024-04-10","new_id":"t","to_staff":"s3","date":"2024-06-01""#,
            r#""correct","id":"s2-c2-p1-2024-03-05","new_id":"k","start":"2024-02-05","reason":"typed wrong""#,
            r#""void","id":"s3-c3-p1-2024-01-20","reason":"another person""#,
            r#"assign s2 c3 p1 2023-12-20 2024-01-31"#,
            r#""define_program","id":"p0""#,
        ];
        for deed in deeds {
            match deed.strip_prefix("assign ") {
                Some(line) => told.assign(line),
                None => told.record(deed),
            }
            for range in ranges {
                let asked = on("2024-06-15");
                let ask = |filter: &Filter| told.snapshot().flow(range, filter, &asked).unwrap();
                let sealed = ask(&Filter::all());
                assert_eq!(sealed, ask(&everybody), "{deed}");
                assert!(sealed.iter().all(|(_, _, flow)| flow.balance() == Balance::Even));
                rows += sealed.len();
            }
        }
        assert!(rows > 100, "{rows}");
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
        assert_eq!(merged.len(), 7);
        let april = range("2024-04-01", "2024-05-01");
        let other = told.snapshot().flow(april, &Filter::all(), &asked).unwrap();
        assert!(merged.merge(other).is_err());
    }
}

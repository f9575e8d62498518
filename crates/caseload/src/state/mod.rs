//! The resident state: everything folded, in memory, changed only by `fold`.
//!
//! Facts are numbers and days. Every fact that can change keeps its earlier values with their
//! positions, so the state answers as known at any position.

mod cell;
mod census;
mod checkpoint;
mod copied;
mod fold;
mod index;
mod kept_census;
mod known;
mod memo;
mod positions;
mod prefetch;
mod roster;
mod scribe;
mod sealed_months;
mod slots;
mod source;
mod texts;

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

pub(crate) use census::Census;
pub(crate) use kept_census::CensusInMaking;
use kept_census::KeptCensus;
pub(crate) use known::{EnrollmentThen, Known, LineThen};
pub(crate) use memo::Memo;
pub(crate) use positions::Positions;
pub(crate) use roster::Roster;
pub(crate) use scribe::Scribe;
pub(crate) use sealed_months::{Begun, Months, SealedMonths, Seals};
pub(crate) use slots::{GONE, OPEN, Slot, Slots};
use texts::Texts;

use crate::{
    Activity, Day, Door, Ending, Kind, Name, Period, Policy, Rights, Status,
    body::RightsChange,
    log::{Head, Recorded},
};

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// Of no other state but its copies: numbers mean something only where they were given.
    born: u64,
    head: Head,
    /// Some of the heads passed, one every [`MARK_EVERY`] entries: where reading can start in the middle.
    marks: Vec<Head>,
    /// The instant of each entry, by position from 1.
    recorded: Vec<Recorded>,
    /// Who gave each entry's command: a staff number, or 0.
    actors: Vec<u32>,
    texts: [Texts; 5],
    roles: Vec<crate::Role>,
    role_numbers: HashMap<crate::Role, u32>,
    programs: Vec<ProgramFacts>,
    staff: Vec<StaffFacts>,
    /// The newest timeline of each participant; 0 is none.
    newest_timeline: Vec<u32>,
    timelines: Vec<Timeline>,
    long_timelines: HashMap<u32, LongTimeline>,
    enrollments: Vec<EnrollmentFacts>,
    earlier_days: HashMap<u32, Vec<EarlierDays>>,
    dismissals: HashMap<u32, Vec<u32>>,
    lines: Vec<LineFacts>,
    earlier_ends: HashMap<u32, Vec<(u32, i32)>>,
    line_supersedes: HashMap<u32, u32>,
    census: KeptCensus,
    /// Of each program; made when they are first asked for.
    flows: OnceLock<Vec<SealedMonths>>,
    /// Participants forgotten in the log whose texts the store still had when they were folded.
    to_erase: Vec<Forgotten>,
}

/// A participant to be erased from the store, with every text their id ever had.
#[derive(Debug, Clone)]
pub(crate) struct Forgotten {
    pub(crate) participant: u32,
    pub(crate) texts: Vec<String>,
    /// The position of the entry that forgot them: what was entered later is none of theirs.
    pub(crate) at: u32,
}

/// A value and the position from which it holds.
type Since<T> = (u32, T);

#[derive(Debug, Clone)]
struct ProgramFacts {
    names: Vec<Since<Name>>,
    policies: Vec<Since<Arc<Policy>>>,
    doors: Vec<Since<Door>>,
    timelines: Vec<u32>,
}

#[derive(Debug, Clone)]
struct StaffFacts {
    names: Vec<Since<Name>>,
    activity: Vec<Since<Activity>>,
    rights: Vec<RightsFact>,
    held: Slots,
}

#[derive(Debug, Clone, Copy)]
struct RightsFact {
    at: u32,
    program: Option<u32>,
    rights: Rights,
    change: RightsChange,
}

/// A participant in a program: chains of enrollments and lines, newest first; 0 is none.
#[derive(Debug, Clone, Copy)]
struct Timeline {
    participant: u32,
    program: u32,
    /// The next timeline of the same participant.
    next: u32,
    newest_enrollment: u32,
    newest_line: u32,
    lines: u32,
}

/// How many entries lie between two marks.
const MARK_EVERY: u64 = 256;

/// Over this many lines a timeline is also kept in order.
const LONG: u32 = 48;

/// The lines of a long timeline in order, all of them and by staff.
#[derive(Debug, Clone, Default)]
struct LongTimeline {
    all: Slots,
    by_staff: HashMap<u32, Slots>,
}

#[derive(Debug, Clone, Copy)]
struct EnrollmentFacts {
    timeline: u32,
    start: i32,
    end: i32,
    /// Where it was entered, where its days were last changed (0: never), where it stopped counting (0: never).
    entered: u32,
    changed: u32,
    closed: u32,
    supersedes: u32,
    /// The next older one of the timeline.
    older: u32,
    status: Status,
    ending: Ending,
}

/// The days an enrollment had from a position on, until they were changed.
#[derive(Debug, Clone, Copy)]
struct EarlierDays {
    from: u32,
    start: i32,
    end: i32,
    ending: Ending,
}

#[derive(Debug, Clone, Copy)]
struct LineFacts {
    timeline: u32,
    staff: u32,
    start: i32,
    end: i32,
    /// Where it was entered, where its end was last changed (0: never), where it stopped counting (0: never).
    entered: u32,
    changed: u32,
    closed: u32,
    /// 0 is none.
    role: u32,
    /// The next older one of the timeline.
    older: u32,
    status: Status,
}

impl State {
    /// Nothing entered.
    pub(crate) fn new() -> State {
        static BORN: AtomicU64 = AtomicU64::new(0);
        State {
            born: BORN.fetch_add(1, Ordering::Relaxed),
            head: Head::START,
            marks: Vec::new(),
            recorded: Vec::new(),
            actors: Vec::new(),
            texts: std::array::from_fn(|_| Texts::new()),
            roles: Vec::new(),
            role_numbers: HashMap::new(),
            programs: Vec::new(),
            staff: Vec::new(),
            newest_timeline: Vec::new(),
            timelines: Vec::new(),
            long_timelines: HashMap::new(),
            enrollments: Vec::new(),
            earlier_days: HashMap::new(),
            dismissals: HashMap::new(),
            lines: Vec::new(),
            earlier_ends: HashMap::new(),
            line_supersedes: HashMap::new(),
            census: KeptCensus::default(),
            flows: OnceLock::new(),
            to_erase: Vec::new(),
        }
    }

    /// Which state it is, among all that this process made.
    pub(crate) const fn born(&self) -> u64 {
        self.born
    }

    pub(crate) const fn head(&self) -> Head {
        self.head
    }

    /// The nearest head at or before a position at which a log can be read on.
    pub(crate) fn mark_before(&self, position: u64) -> Head {
        let passed = self.marks.partition_point(|mark| mark.position <= position);
        let mark = passed.checked_sub(1).and_then(|last| self.marks.get(last));
        mark.copied().unwrap_or(Head::START)
    }

    /// The instant of the last entry.
    pub(crate) fn last_recorded(&self) -> Recorded {
        self.recorded.last().copied().unwrap_or(Recorded::from_micros(i64::MIN))
    }

    /// The last position recorded at or before an instant.
    pub(crate) fn position_at(&self, instant: Recorded) -> u64 {
        self.recorded.partition_point(|recorded| *recorded <= instant) as u64
    }

    /// Everything as known now.
    pub(crate) fn now(&self) -> Known<'_> {
        Known::new(self, u32::MAX)
    }

    /// Everything as known at a position.
    pub(crate) fn known_at(&self, position: u64) -> Known<'_> {
        if position >= self.head.position {
            return self.now();
        }
        Known::new(self, u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// Whose erasure the store still owes.
    pub(crate) fn to_erase(&self) -> &[Forgotten] {
        &self.to_erase
    }

    /// The store has erased these. Others may have become owed meanwhile.
    pub(crate) fn erased(&mut self, done: &[Forgotten]) {
        self.to_erase.retain(|owed| !done.iter().any(|done| done.at == owed.at));
    }

    pub(crate) fn texts(&self, kind: Kind) -> &Texts {
        let [participants, staff, programs, enrollments, assignments] = &self.texts;
        match kind {
            Kind::Participant => participants,
            Kind::Staff => staff,
            Kind::Program => programs,
            Kind::Enrollment => enrollments,
            Kind::Assignment => assignments,
        }
    }

    fn texts_mut(&mut self, kind: Kind) -> &mut Texts {
        let [participants, staff, programs, enrollments, assignments] = &mut self.texts;
        match kind {
            Kind::Participant => participants,
            Kind::Staff => staff,
            Kind::Program => programs,
            Kind::Enrollment => enrollments,
            Kind::Assignment => assignments,
        }
    }

    pub(crate) fn role_number(&self, role: &crate::Role) -> Option<u32> {
        self.role_numbers.get(role).copied()
    }

    pub(crate) fn roles(&self) -> u32 {
        u32::try_from(self.roles.len()).unwrap_or(u32::MAX)
    }

    /// The number of the participant that an enrollment or an assignment is about.
    pub(crate) fn participant_of(&self, kind: Kind, number: u32) -> Option<u32> {
        let timeline = match kind {
            Kind::Enrollment => at(&self.enrollments, number)?.timeline,
            Kind::Assignment => at(&self.lines, number)?.timeline,
            Kind::Participant => return Some(number),
            Kind::Staff | Kind::Program => return None,
        };
        at(&self.timelines, timeline).map(|timeline| timeline.participant)
    }

    /// Bytes held in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        let staff: usize = self.staff.iter().map(|staff| staff.held.bytes()).sum();
        let programs: usize = self.programs.iter().map(|p| p.timelines.capacity() * 4).sum();
        let texts: usize = self.texts.iter().map(Texts::bytes).sum();
        size_of::<State>()
            + self.recorded.capacity() * 8
            + self.actors.capacity() * 4
            + texts
            + staff
            + programs
            + self.newest_timeline.capacity() * 4
            + self.timelines.capacity() * size_of::<Timeline>()
            + self.enrollments.capacity() * size_of::<EnrollmentFacts>()
            + self.lines.capacity() * size_of::<LineFacts>()
            + self.line_supersedes.capacity() * 9
            + self.earlier_ends.capacity() * 40
            + self.dismissals.capacity() * 40
            + self.census.bytes()
            + self.flows.get().into_iter().flatten().map(SealedMonths::bytes).sum::<usize>()
    }

    /// The sealed months of a program.
    fn flows(&self, program: u32) -> Option<&SealedMonths> {
        let all = || self.programs.iter().map(|_| SealedMonths::default()).collect();
        at(self.flows.get_or_init(all), program)
    }

    /// The timeline of a participant in a program.
    fn timeline(&self, participant: u32, program: u32) -> Option<u32> {
        let mut next = at_copied(&self.newest_timeline, participant);
        while next != 0 {
            let timeline = at(&self.timelines, next)?;
            if timeline.program == program {
                return Some(next);
            }
            next = timeline.next;
        }
        None
    }
}

/// The element of a number, which counts from 1.
fn at<T>(all: &[T], number: u32) -> Option<&T> {
    all.get((number as usize).checked_sub(1)?)
}

fn at_mut<T>(all: &mut [T], number: u32) -> Option<&mut T> {
    all.get_mut((number as usize).checked_sub(1)?)
}

fn at_copied(all: &[u32], number: u32) -> u32 {
    at(all, number).copied().unwrap_or(0)
}

/// The value that holds at a position: the newest one that is not newer.
fn since<T>(values: &[Since<T>], position: u32) -> Option<&T> {
    values.iter().rev().find(|(from, _)| *from <= position).map(|(_, value)| value)
}

/// Days as they are kept, as a period.
fn period(start: i32, end: i32) -> Period {
    let first = Day::from_number(start).unwrap_or(Day::FIRST);
    let end = if end == OPEN { None } else { Day::from_number(end) };
    Period::checked(first, end).unwrap_or(Period::from(first))
}

/// A period as its days are kept.
pub(crate) fn days(start: Day, end: Option<Day>) -> (i32, i32) {
    (start.number(), end.map_or(OPEN, Day::number))
}

//! Counting what came and went in the months of a program.

use std::sync::Arc;

use super::{ActiveIn, MonthFlow, Range};
use crate::{
    Day, Period, Status,
    state::{Known, LineThen, Months},
};

/// More days than work was ever recorded about: what lies so far away is not kept.
const MOST_DAYS: u32 = 100 * 366;

/// What was counted in the whole months of a program up to and with one; those that are not sealed are
/// counted first. `None` where that would be too many.
pub(super) fn sealed(known: &Known<'_>, program: u32, last: Range) -> Option<Arc<Months>> {
    let sealed = known.sealed_months(program)?;
    if let Some(missing) = sealed.missing(last.last_day()) {
        let lines = lines(known, program);
        let earliest = lines.iter().map(|line| line.period.start()).min();
        let from = missing.or(earliest.map(|day| Range::month_of(day).first()));
        let range = from.and_then(|from| Range::from_last_day(from, last.last_day()).ok());
        if let Some(range) = range {
            if range.days().get() > MOST_DAYS {
                return None;
            }
            let is_over =
                |line: &LineThen| line.period.end().is_some_and(|end| end < range.first());
            let lines = lines.into_iter().filter(|line| !is_over(line)).collect();
            let counted = count(known, lines, AtHand::All, range.months().collect());
            sealed.seal(counted.into_iter());
        }
    }
    Some(sealed.all())
}

/// The lines of a program that count.
pub(super) fn lines(known: &Known<'_>, program: u32) -> Vec<LineThen> {
    let lines = known.timelines_in(program).flat_map(|timeline| known.lines_of(timeline));
    lines.filter(|line| line.status == Status::Current).collect()
}

/// Whether the lines at hand are all of their participants in the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AtHand {
    /// They are.
    All,
    /// Some may be missing: those of staff who were not chosen.
    Chosen,
}

/// What these lines of one program bring to each of some months in order.
pub(super) fn count(
    known: &Known<'_>,
    mut lines: Vec<LineThen>,
    at_hand: AtHand,
    months: Vec<Range>,
) -> Months {
    lines.sort_unstable_by_key(|line| line.participant);
    let mut flows = vec![MonthFlow::default(); months.len()];
    let mut served = vec![None; months.len()];
    for of_one in lines.chunk_by(|one, next| one.participant == next.participant) {
        let colleagues = Colleagues::of(known, of_one, at_hand);
        for line in of_one {
            let first = months.partition_point(|month| month.last_day() < line.period.start());
            let later = months.iter().zip(&mut flows).zip(&mut served).skip(first);
            for ((month, flow), served) in later.take_while(|((m, _), _)| is_part_of(line, **m)) {
                count_line(&colleagues, line, *month, flow);
                if ActiveIn::AtLeastOneDay.holds(line.period, *month) {
                    flow.served_cases += 1;
                    // Line by line of a participant, so that each is counted once in a month.
                    flow.served_participants += u64::from(*served != Some(line.participant));
                    *served = Some(line.participant);
                }
            }
        }
    }
    flows.iter_mut().for_each(MonthFlow::put_in_order);
    months.into_iter().zip(flows).collect()
}

/// Whether a line that starts by the end of a month is counted anywhere in the flow of it.
fn is_part_of(line: &LineThen, month: Range) -> bool {
    line.period.end().is_none_or(|end| end >= month.first())
}

fn count_line(colleagues: &Colleagues<'_>, line: &LineThen, month: Range, flow: &mut MonthFlow) {
    let start = line.period.start();
    if !month.covers(start) {
        flow.carried_in += 1;
    } else if colleagues.have(line, start, |other| other.end() == Some(start)) {
        flow.transferred_in += 1;
    } else {
        flow.opened += 1;
    }
    match line.period.end().filter(|end| month.covers(*end)) {
        None => flow.carried_out += 1,
        Some(end) => {
            if colleagues.have(line, end, |other| other.start() == end) {
                flow.transferred_out += 1;
            } else {
                flow.closed += 1;
            }
            flow.add_length(line.period.days_within(start, end));
        }
    }
}

/// The lines beside one, of the same participant in the same program. Of all staff: a choice of staff does
/// not hide where a case came from.
enum Colleagues<'a> {
    /// Few, and all at hand.
    These(&'a [LineThen]),
    /// To be looked for.
    LookedFor(&'a Known<'a>),
}

/// So few lines are looked through sooner than what is kept of them in order.
const FEW: usize = 16;

impl<'a> Colleagues<'a> {
    fn of(known: &'a Known<'_>, lines: &'a [LineThen], at_hand: AtHand) -> Colleagues<'a> {
        if at_hand == AtHand::All && lines.len() <= FEW {
            Colleagues::These(lines)
        } else {
            Colleagues::LookedFor(known)
        }
    }

    /// Whether a colleague's line fits, of those that end or start on a day.
    fn have(&self, line: &LineThen, day: Day, fits: impl Fn(Period) -> bool) -> bool {
        let is_it = |other: &LineThen| other.staff != line.staff && fits(other.period);
        let known = match self {
            Colleagues::These(lines) => return lines.iter().any(is_it),
            Colleagues::LookedFor(known) => known,
        };
        let Some(timeline) = known.timeline(line.participant, line.program) else { return false };
        // What ends on the day is held on the day before, but for a line of no day.
        let around = Period::checked(day.plus(-1).unwrap_or(day), day.plus(1));
        known.held_in_timeline(timeline, None, around).iter().any(is_it)
    }
}

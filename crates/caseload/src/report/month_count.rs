//! Counting what came and went in the months of a program.

use super::{ActiveIn, MonthFlow, Range};
use crate::{
    Day, Period,
    state::{Known, LineThen, Months},
};

/// Whether the lines at hand are all of their participants in the program.
#[derive(Clone, Copy)]
pub(super) enum AtHand<'a> {
    /// They are.
    All,
    /// Some may be missing, and are looked for here: those of staff who were not chosen.
    Chosen(&'a Known<'a>),
}

/// What these lines of one program bring to each of some months in order. Those of a participant lie together.
pub(super) fn count(at_hand: AtHand<'_>, lines: &[LineThen], months: Vec<Range>) -> Months {
    let mut flows = vec![MonthFlow::default(); months.len()];
    let mut served = vec![None; months.len()];
    for of_one in lines.chunk_by(|one, next| one.participant == next.participant) {
        // Of most, all was over before the newest months.
        let is_over = |month: &Range| !of_one.iter().any(|line| is_part_of(line, *month));
        if months.first().is_none_or(is_over) {
            continue;
        }
        let colleagues = Colleagues::of(at_hand, of_one);
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
    } else if colleagues.have(line, start, Side::End) {
        flow.transferred_in += 1;
    } else {
        flow.opened += 1;
    }
    match line.period.end().filter(|end| month.covers(*end)) {
        None => flow.carried_out += 1,
        Some(end) => {
            if colleagues.have(line, end, Side::Start) {
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
    /// Many, and all at hand: the days on which whose lines start and end, in order.
    InOrder { starts: Vec<(Day, u32)>, ends: Vec<(Day, u32)> },
    /// To be looked for.
    LookedFor(&'a Known<'a>),
}

/// So few lines are looked through sooner than put in order.
const FEW: usize = 16;

/// What a line does on a day.
#[derive(Clone, Copy)]
enum Side {
    Start,
    End,
}

impl<'a> Colleagues<'a> {
    fn of(at_hand: AtHand<'a>, lines: &'a [LineThen]) -> Colleagues<'a> {
        match at_hand {
            AtHand::Chosen(known) => Colleagues::LookedFor(known),
            AtHand::All if lines.len() <= FEW => Colleagues::These(lines),
            AtHand::All => {
                let starts = lines.iter().map(|line| (line.period.start(), line.staff));
                let ends = lines.iter().filter_map(|line| Some((line.period.end()?, line.staff)));
                let (mut starts, mut ends): (Vec<_>, Vec<_>) = (starts.collect(), ends.collect());
                starts.sort_unstable();
                ends.sort_unstable();
                Colleagues::InOrder { starts, ends }
            }
        }
    }

    /// Whether a colleague's line starts, or ends, on a day.
    fn have(&self, line: &LineThen, day: Day, side: Side) -> bool {
        let is_it = |other: &LineThen| {
            let other_day = match side {
                Side::Start => Some(other.period.start()),
                Side::End => other.period.end(),
            };
            other.staff != line.staff && other_day == Some(day)
        };
        match self {
            Colleagues::These(lines) => lines.iter().any(is_it),
            Colleagues::InOrder { starts, ends } => {
                let all = match side {
                    Side::Start => starts,
                    Side::End => ends,
                };
                let first = all.partition_point(|(other, _)| *other < day);
                let on_the_day = all.iter().skip(first).take_while(|(other, _)| *other == day);
                on_the_day.into_iter().any(|(_, staff)| *staff != line.staff)
            }
            Colleagues::LookedFor(known) => {
                let timeline = known.timeline(line.participant, line.program);
                // What ends on the day is held on the day before, but for a line of no day.
                let around = Period::checked(day.plus(-1).unwrap_or(day), day.plus(1));
                let lines = timeline.map(|timeline| known.held_in_timeline(timeline, None, around));
                lines.is_some_and(|lines| lines.iter().any(is_it))
            }
        }
    }
}

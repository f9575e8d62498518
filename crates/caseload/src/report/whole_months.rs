//! The flow of whole programs: whole months are counted once, and kept until something is entered about them.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Filter, Range,
    chosen::Chosen,
    flow::ProgramFlow,
    look::Look,
    month_count::{AtHand, count},
};
use crate::{
    Asked, Day, Error, KnownAt, ProgramId, Snapshot, Status,
    state::{Begun, Known, LineThen, Months, SealedMonths},
};

/// More days than work was ever recorded about: what lies so far away is not kept.
const MOST_DAYS: u32 = 100 * 366;

/// How many timelines are read in one go: a millisecond or two.
const TIMELINES_AT_ONCE: u32 = 2_048;

/// The months of each program. `None` where months that were counted for everybody, of what is known now,
/// cannot answer.
pub(super) fn by_whole_months(
    look: &mut Look<'_>,
    range: Range,
) -> Result<Option<BTreeMap<ProgramId, ProgramFlow>>, Error> {
    let (asked, filter) = (look.asked, look.filter);
    let Some(snapshot) = look.snapshot().filter(|_| can_answer(filter, asked)) else {
        return Ok(None);
    };
    let known_at = asked.known_at;
    let chosen = snapshot.ask(known_at, |known| Ok(Chosen::of(known, filter).programs(known)))?;
    let mut programs = BTreeMap::new();
    for (done, number) in chosen.iter().copied().enumerate() {
        look.tell(done, chosen.len())?;
        let begun = snapshot.ask(known_at, |known| {
            let begun = known.sealed_months(number).map(SealedMonths::begun);
            Ok(begun.map(|begun| (known.program_id(number), begun)))
        })?;
        let Some((id, begun)) = begun else { return Ok(None) };
        programs.insert(id, OfProgram { snapshot, known_at, number }.flow(begun, range)?);
    }
    Ok(Some(programs))
}

fn can_answer(filter: &Filter, asked: &Asked) -> bool {
    asked.sees_everything() && filter.participants.is_none() && filter.staff.is_none()
}

/// One program, of which nothing is locked while its months are counted.
struct OfProgram<'a> {
    snapshot: &'a Snapshot,
    known_at: Option<KnownAt>,
    number: u32,
}

impl OfProgram<'_> {
    /// Its months, with those that the range cuts counted for this answer alone.
    fn flow(&self, begun: Begun, range: Range) -> Result<ProgramFlow, Error> {
        let (whole, cut): (Vec<Range>, Vec<Range>) = range.months().partition(|m| m.is_a_month());
        let last = whole.last().map(|month| month.last_day());
        let last = last.filter(|last| begun.missing.is_none_or(|from| from <= *last));
        if last.is_none() && cut.is_empty() {
            return Ok(ProgramFlow { shared: begun.months, ..ProgramFlow::default() });
        }
        let lines = self.lines()?;
        let shared = match last.map(|last| missing(&begun, &lines, last)) {
            None | Some(Missing::Nothing) => begun.months,
            Some(Missing::Months(months)) => {
                self.sealed(begun, count(AtHand::All, &lines, months))?
            }
            Some(Missing::TooMany) => {
                return Ok(ProgramFlow::of(count(AtHand::All, &lines, range.months().collect())));
            }
        };
        let mut flow = ProgramFlow { shared, ..ProgramFlow::default() };
        for (month, counted) in count(AtHand::All, &lines, cut) {
            let is_first = month.first() == range.first();
            let place = if is_first { &mut flow.first } else { &mut flow.last };
            *place = Some((month, counted));
        }
        Ok(flow)
    }

    /// The lines that count; those of a participant lie together, because they are of one timeline.
    fn lines(&self) -> Result<Vec<LineThen>, Error> {
        let mut lines = Vec::new();
        let count = |known: &Known<'_>| known.timeline_count_in(self.number);
        self.snapshot.ask_in_parts(self.known_at, TIMELINES_AT_ONCE, count, |known, part| {
            let timelines = known.some_timelines_in(self.number, part);
            let found = timelines.iter().flat_map(|timeline| known.lines_of(*timeline));
            lines.extend(found.filter(|line| line.status == Status::Current));
            Ok(())
        })?;
        Ok(lines)
    }

    /// What was counted before with what follows it, kept if nothing was entered meanwhile.
    fn sealed(&self, begun: Begun, counted: Months) -> Result<Arc<Months>, Error> {
        let Begun { months: mut all, seals, .. } = begun;
        let sealed =
            self.snapshot.ask(None, |known| Ok(known.seal_months(self.number, seals, counted)))?;
        Ok(sealed.unwrap_or_else(|counted| {
            Arc::make_mut(&mut all).extend(counted);
            all
        }))
    }
}

/// Which whole months are to be counted.
enum Missing {
    /// There is no line in any.
    Nothing,
    Months(Vec<Range>),
    /// More than are kept.
    TooMany,
}

/// The months that are missing up to a day.
fn missing(begun: &Begun, lines: &[LineThen], last: Day) -> Missing {
    let earliest = || lines.iter().map(|line| line.period.start()).min();
    let from = begun.missing.or_else(|| earliest().map(|day| Range::month_of(day).first()));
    let range = from.and_then(|from| Range::from_last_day(from, last).ok());
    match range {
        None => Missing::Nothing,
        Some(range) if range.days().get() > MOST_DAYS => Missing::TooMany,
        Some(range) => Missing::Months(range.months().collect()),
    }
}

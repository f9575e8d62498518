//! What a report is asked with: an [`Asked`], and whom it tells how far it has come.

use std::fmt;

use crate::{Asked, Error, Flow, Progress, Stage, Tell};

/// An [`Asked`], and whom the report tells how far it has come. A `&Asked` is one that tells nobody.
///
/// Reports look at participants some at a time, and tell in between; what is kept in order is answered at
/// once, and told of once, before it is looked up. Whoever is told may cancel each time: a report leaves
/// nothing behind.
pub struct Asking<'a> {
    pub(super) asked: &'a Asked,
    pub(super) tell: Option<Tell<'a>>,
}

impl Asked {
    /// The same, telling how far the report has come. It ends as [`Error::Cancelled`] when told so.
    ///
    /// ```
    /// use caseload::{Agency, Asked, Day, Error, Flow, MemoryLog, report::Filter};
    /// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
    /// let asked = Asked::of("2024-03-01".parse::<Day>()?);
    /// let mut stop = |_| Flow::Cancel;
    /// let report = snapshot.current_caseload(&Filter::all(), asked.telling(&mut stop));
    /// assert!(matches!(report, Err(Error::Cancelled)));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn telling<'a>(&'a self, tell: Tell<'a>) -> Asking<'a> {
        Asking { asked: self, tell: Some(tell) }
    }
}

impl Asking<'_> {
    /// Something else, asked first by whoever asks, who is told of both.
    pub(super) fn with<'b>(&'b mut self, asked: &'b Asked) -> Asking<'b> {
        Asking { asked, tell: self.tell.as_mut().map(|tell| -> Tell<'b> { *tell }) }
    }
}

impl<'a> From<&'a Asked> for Asking<'a> {
    fn from(asked: &'a Asked) -> Asking<'a> {
        Asking { asked, tell: None }
    }
}

impl fmt::Debug for Asking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("asked", self.asked).finish_non_exhaustive()
    }
}

/// So many steps of a stage are done, if anybody wants to know.
///
/// # Errors
/// [`Error::Cancelled`] when whoever is told says so.
pub(super) fn tell(
    whom: &mut Option<Tell<'_>>,
    stage: Stage,
    done: usize,
    total: usize,
) -> Result<(), Error> {
    let Some(whom) = whom else { return Ok(()) };
    match whom(Progress::new(stage, done as u64, total as u64)) {
        Flow::Continue => Ok(()),
        Flow::Cancel => Err(Error::Cancelled),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        By, CaseloadFilter, Filter, InRole, Reports, Stay, When,
        testing::{Told, by, on, range},
    };
    use super::*;
    use crate::{KnownAt, Snapshot, StoreError};

    const IDS: [&str; 5] = ["c1", "c2", "c3", "c4", "c5"];

    fn told() -> Told {
        let mut told = Told::new(&IDS);
        for id in IDS {
            told.assign(&format!("s1 {id} p1 2024-01-01 2024-02-01"));
            told.assign(&format!("s2 {id} p1 2024-02-01 -"));
        }
        told.record(r#""void","id":"s2-c1-p1-2024-02-01","reason":"other client""#);
        told
    }

    type Ask<'a> = Box<dyn Fn(Asking<'_>) -> Result<(), Error> + 'a>;

    /// Every report that lines answer.
    fn of_lines<'a>(reports: Reports<'a>) -> Vec<(&'static str, Ask<'a>)> {
        let (all, spring) = (Filter::all(), range("2024-01-10", "2024-04-01"));
        let held = move || CaseloadFilter::when(When::AsOf(spring.first()));
        macro_rules! ask {
            ($name:literal, |$filter:ident, $asked:ident| $report:expr) => {{
                let $filter = all.clone();
                let ask: Ask<'a> = Box::new(move |$asked| $report.map(drop));
                ($name, ask)
            }};
        }
        vec![
            ask!("current", |filter, asked| reports.current_caseload(&filter, asked)),
            ask!("on", |_filter, asked| reports.on_caseload(&[], &held(), asked)),
            ask!("in", |_filter, asked| reports.enrollments_on_caseload(&[], &held(), asked)),
            ask!("daily", |filter, asked| reports.daily_series(spring, By::All, &filter, asked)),
            ask!("average", |filter, asked| reports.average_daily_caseload(spring, &filter, asked)),
            ask!("flow", |filter, asked| reports.flow(spring, &filter, asked)),
            ask!("without", |filter, asked| reports.without_caseworker(&filter, asked)),
            ask!("gaps", |filter, asked| reports.coverage_gaps(spring, &filter, asked)),
            ask!("continuity", |filter, asked| {
                reports.worker_continuity(spring, &InRole::Any, &filter, asked)
            }),
            ask!("distribution", |filter, asked| reports.caseload_distribution(&filter, asked)),
            ask!("stays", |filter, asked| {
                reports.length_of_stay(Stay::Enrollment, spring, &filter, asked)
            }),
            ask!("misplaced", |filter, asked| reports.misplaced(&filter, asked)),
        ]
    }

    /// Every report that the log answers, too.
    fn of_log(snapshot: &Snapshot) -> Vec<(&'static str, Ask<'_>)> {
        let (all, spring) = (Filter::all(), range("2024-01-10", "2024-04-01"));
        let (filter, then) = (all.clone(), KnownAt::Position(snapshot.head().position - 1));
        let transfers: Ask<'_> =
            Box::new(move |asked| snapshot.transfers(spring, &filter, asked).map(drop));
        let filter = all.clone();
        let corrections: Ask<'_> =
            Box::new(move |asked| snapshot.corrections(None, &filter, asked).map(drop));
        let compared: Ask<'_> =
            Box::new(move |asked| snapshot.caseload_then_and_now(then, &all, asked).map(drop));
        vec![("transfers", transfers), ("corrections", corrections), ("then", compared)]
    }

    /// What a report told, which it takes back wherever it is stopped. Gives how often it told.
    fn stopped_everywhere(name: &str, ask: &Ask<'_>, asked: &Asked) -> Vec<Stage> {
        let mut seen: Vec<Progress> = Vec::new();
        ask(asked.telling(&mut |progress| {
            seen.push(progress);
            Flow::Continue
        }))
        .unwrap();
        assert!(seen.first().is_some_and(|first| first.done == 0), "{name}");
        assert!(seen.iter().all(|progress| progress.done <= progress.total), "{name}");
        for stop in 0..seen.len() {
            let mut left = stop;
            let result = ask(asked.telling(&mut |_| {
                if left == 0 {
                    return Flow::Cancel;
                }
                left -= 1;
                Flow::Continue
            }));
            assert!(matches!(result, Err(Error::Cancelled)), "{name} {stop}");
        }
        seen.iter().map(|progress| progress.stage).collect()
    }

    #[test]
    fn every_report_tells_and_stops_wherever_it_is_told_to() {
        let told = told();
        let snapshot = told.snapshot();
        let at_once = on("2024-03-01");
        let at_every_line = by(on("2024-03-01"), "s1");
        // The first that the census answers tells how far that has come, too.
        snapshot.counts(None, &at_once).unwrap();
        for (name, ask) in of_lines(snapshot.reports()).iter().chain(&of_log(&snapshot)) {
            stopped_everywhere(name, ask, &at_once);
            let stages = stopped_everywhere(name, ask, &at_every_line);
            // Five participants in parts of two, and the end.
            let parts = stages.iter().filter(|stage| **stage == Stage::Reporting).count();
            assert!(parts >= 4, "{name}: {parts}");
        }
    }

    #[test]
    fn what_is_read_from_a_plain_view_is_told_of_first() {
        let told = told();
        let snapshot = told.snapshot();
        let asked = on("2024-03-01");
        let all = snapshot.ask(None, |known| {
            for (name, ask) in of_lines(Reports::over(known)) {
                let stages = stopped_everywhere(name, &ask, &asked);
                assert_eq!(stages[0], Stage::Reading, "{name}");
                assert!(stages.contains(&Stage::Reporting), "{name}");
            }
            Ok::<(), StoreError>(())
        });
        all.unwrap();
    }

    /// No lock is held while somebody is told: they may write.
    #[test]
    fn whoever_is_told_may_record() {
        let mut told = told();
        let snapshot = told.snapshot();
        let asked = by(on("2024-03-01"), "s1");
        let before = snapshot.flow(range("2024-01-10", "2024-04-01"), &Filter::all(), &asked);
        let mut turn = 0;
        let mut record = |_| {
            turn += 1;
            told.assign(&format!("s3 c{} p1 2023-01-0{turn} -", turn.min(5)));
            Flow::Continue
        };
        let report = snapshot.flow(
            range("2024-01-10", "2024-04-01"),
            &Filter::all(),
            asked.telling(&mut record),
        );
        // A snapshot knows what it knew.
        assert_eq!(report.unwrap(), before.unwrap());
        assert!(turn >= 4);
    }
}

//! Reports and questions beside what a user would pick instead: DuckDB, Polars, pandas, numpy, SQLite and
//! PostgreSQL. The same data, the same run, one thread each, answers in hand; checksums must agree.

mod answers;
mod asking;
mod engines;
mod prepared;
mod repeated;
mod rivals;
mod venv;

use caseload::{Agency, Asked, KnownAt, Snapshot};

use crate::{
    Result,
    generate::{DAYS, FIRST_DAY, HORIZON, World},
    loaded,
    measure::Sample,
    options::Options,
    ours,
    report::{Goal, Report},
};
use answers::Answers;
use asking::Asking;
use engines::Engine;
use repeated::{Repeated, repeated};

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::of(options.lines);
    let asking = Asking::of(&world)?;
    asking.write(&world, options.runs, folder.path())?;
    let agency = loaded::ours(&world, folder.path())?;
    let ours = Answers::new(&agency.snapshot()?, &world, &asking, options.runs)?.all()?;
    alone(options, report, &agency)?;
    // The peers get the memory.
    drop(agency);
    let mut theirs = engines::ask_each(folder.path(), report)?;
    if theirs.iter().any(|answer| answer.engine == Engine::Sqlite) {
        theirs.extend(prepared::ask(folder.path(), &asking, options.runs)?);
    }
    rivals::tell(report, &ours, &theirs)
}

/// What no peer has a part in.
fn alone(options: &Options, report: &mut Report, agency: &Agency) -> Result<()> {
    let snapshot = agency.snapshot()?;
    let counts = |asked: &Asked| -> Result<Repeated> {
        repeated(options.runs, 1, || Ok(snapshot.counts(None, asked)?), |_| Ok(0))
    };
    let newest = Asked::of(ours::day(HORIZON - 1)?);
    let oldest = Asked::of(ours::day(FIRST_DAY + DAYS / 10)?);
    let (now, old) = (counts(&newest)?, counts(&oldest)?);
    // The agency grew: the answer has more rows now.
    let a_row = |samples: &[Sample], asked: &Asked| -> Result<Vec<Sample>> {
        let rows = snapshot.counts(None, asked)?.len().max(1) as f64;
        Ok(samples.iter().map(|s| Sample { wall: s.wall / rows, cpu: s.cpu / rows }).collect())
    };
    let what = "caseloads as of the newest day : of one nine years older, a staff member";
    let (now_a_row, old_a_row) = (a_row(&now.samples, &newest)?, a_row(&old.samples, &oldest)?);
    report.growth(what, 1, &now_a_row, &old_a_row, Goal::AtMost(1.5));
    let earlier = counts(&as_known_earlier(&snapshot)?)?;
    let what = "caseloads of all staff as known half the log ago : as known now";
    report.growth(what, 1, &earlier.samples, &now.samples, Goal::Told);
    let a_line = agency.memory() as f64 / options.lines as f64;
    let what = "memory a line, as the agency tells it, after all these reports";
    report.figure(what, format!("{a_line:.0} bytes"), a_line, Goal::Told);
    Ok(())
}

fn as_known_earlier(snapshot: &Snapshot) -> Result<Asked> {
    let half = KnownAt::Position(snapshot.head().position / 2);
    Ok(Asked::of(ours::day(HORIZON - 1)?).known_at(half))
}

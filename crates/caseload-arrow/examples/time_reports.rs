//! How long reports of an agency take in Rust until their Arrow columns are built, as a JSON object of
//! seconds by report: the measure for every binding that gives out the same tables.
//!
//! `cargo run --release -p caseload-arrow --example time_reports -- agency.db 2019-06-15 5 2019-01-01 2020-01-01`

use std::{error::Error, io::Write, time::Instant};

use caseload::{
    Agency, Asked, Day, Flow,
    report::{By, Filter, Range},
};
use caseload_arrow::ToArrow;
use caseload_sqlite::SqliteOptions;

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("give a file, a day, and how often to ask");
    let (file, day, runs) = (next()?, next()?.parse::<Day>()?, next()?.parse()?);
    let (from, to) = (next()?.parse()?, next()?.parse()?);
    let log = SqliteOptions::new().open(file, "main")?;
    let checkpoint = log.checkpoint().ok_or("the file keeps no checkpoint")?;
    let agency = Agency::opening().checkpoint(checkpoint).open(log, &mut |_| Flow::Continue)?;
    let snapshot = agency.snapshot()?;
    let (all, asked, range) = (Filter::all(), Asked::of(day), Range::new(from, to)?);
    let mut seconds = Vec::new();
    let mut time = |name: &str, report: &mut dyn FnMut() -> Done| -> Done {
        seconds.push(format!("\"{name}\": {:.9}", best_of(runs, report)?));
        Ok(())
    };
    time("counts", &mut || built(&snapshot.counts(None, &asked)?))?;
    time("average_daily_caseload", &mut || {
        built(&snapshot.average_daily_caseload(range, &all, &asked)?)
    })?;
    time("daily_series", &mut || {
        built(&snapshot.daily_series(range, By::Program, &all, &asked)?)
    })?;
    time("flow", &mut || built(&snapshot.flow(range, &all, &asked)?))?;
    time("caseload_distribution", &mut || built(&snapshot.caseload_distribution(&all, &asked)?))?;
    writeln!(std::io::stdout(), "{{{}}}", seconds.join(", "))?;
    Ok(())
}

/// The shortest of so many runs after one that is not counted.
fn best_of(runs: u32, report: &mut dyn FnMut() -> Done) -> Result<f64, Box<dyn Error>> {
    report()?;
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        #[expect(clippy::disallowed_methods, reason = "it is what is measured")]
        let begin = Instant::now();
        report()?;
        best = best.min(begin.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn built(report: &impl ToArrow) -> Done {
    for table in report.tables() {
        std::hint::black_box(table.into_batches()?);
    }
    Ok(())
}

//! Folding a log: processor time of an entry and of a line, opening, and what stays in memory.

use std::path::Path;

use caseload::{Agency, EntryOrder, Flow, MemoryLog};
use caseload_sqlite::{SqliteLog, SqliteOptions};

use crate::{
    Result,
    generate::World,
    measure::{Sample, Spread, resident, timed},
    options::Options,
    ours,
    report::{Goal, Report, seconds},
};

/// Entries of one line each are dear to write: this many do.
const SINGLES: usize = 100_000;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("batches.db");
    write_batches(&path, options.lines)?;
    // First, while the process holds little else: what opening adds is the state.
    opening(options, report, &path)?;
    singles(options, report)
}

fn write_batches(path: &Path, lines: usize) -> Result<()> {
    let world = World::of(lines);
    let agency = Agency::open(SqliteOptions::new().log_only().open(path, "bench")?)?;
    ours::found(&agency, &world, EntryOrder::Program)?;
    ours::load(&agency, &world, &world.lines, 10_000)
}

fn open(path: &Path) -> Result<(Sample, Agency)> {
    timed(|| {
        let log: SqliteLog = SqliteOptions::new().log_only().open(path, "bench")?;
        Ok(Agency::open(log)?)
    })
}

/// Opens from the checkpoint beside the file.
fn open_kept(path: &Path) -> Result<(Sample, Agency)> {
    timed(|| {
        let log: SqliteLog = SqliteOptions::new().log_only().open(path, "bench")?;
        let file = log.checkpoint().ok_or("no place for a checkpoint")?;
        Ok(Agency::opening().checkpoint(file).open(log, &mut |_| Flow::Continue)?)
    })
}

/// Opening from a checkpoint beside opening by folding the whole log.
fn kept(options: &Options, report: &mut Report, path: &Path, folded: &[Sample]) -> Result<()> {
    // The first one folds and writes it.
    open_kept(path)?.1.keep_checkpoint()?;
    let mut samples = Vec::new();
    for _ in 0..folded.len() {
        let (sample, agency) = open_kept(path)?;
        samples.push(sample);
        drop(agency);
    }
    let name = format!("opening {} lines: from the checkpoint, beside by folding", options.lines);
    report.beside(&name, 1, &samples, folded, Goal::AtLeast(20.0, 20.0));
    Ok(())
}

/// Opening by folding the whole log, and from a checkpoint.
fn opening(options: &Options, report: &mut Report, path: &Path) -> Result<()> {
    let lines = options.lines;
    let before = resident();
    let (first, agency) = open(path)?;
    let after = resident();
    let state = agency.memory() as f64 / lines as f64;
    drop(agency);
    let mut samples = vec![first];
    for _ in 1..options.runs.min(3) {
        samples.push(open(path)?.0);
    }
    let (wall, cpu) = (Spread::wall(&samples, 1), Spread::cpu(&samples, lines));
    let name = format!("opening {lines} lines from the log, batches of 10000");
    report.figure(&name, seconds(wall.median), wall.median, Goal::Told);
    let name = "folding batches, processor time a line (its share of enrollments in it)";
    report.figure(name, seconds(cpu.median), cpu.median * 1e6, Goal::AtMost(2.0));
    report.figure(
        "memory a line, as the agency tells it",
        format!("{state:.0} bytes"),
        state,
        Goal::AtMost(160.0),
    );
    if let (Some(before), Some(after)) = (before, after) {
        let grown = after.saturating_sub(before) as f64 / lines as f64;
        let figure = format!("{grown:.0} bytes");
        report.figure("memory a line, resident (pages read included)", figure, grown, Goal::Told);
    }
    kept(options, report, path, &samples)
}

/// Entries of one command each.
fn singles(options: &Options, report: &mut Report) -> Result<()> {
    let lines = options.lines.min(SINGLES);
    let world = World::of(lines);
    let log = MemoryLog::new();
    let agency = Agency::open(log.clone())?;
    ours::found(&agency, &world, EntryOrder::Program)?;
    ours::load(&agency, &world, &world.lines, 1)?;
    drop(agency);
    let entries = log.snapshot().len();
    let mut samples = Vec::new();
    for _ in 0..options.runs {
        samples.push(timed(|| Ok(Agency::open(log.clone())?))?.0);
    }
    let cpu = Spread::cpu(&samples, entries);
    let name = "folding entries of one line, processor time an entry";
    report.figure(name, seconds(cpu.median), cpu.median * 1e6, Goal::AtMost(2.0));
    Ok(())
}

//! Batches, bulk import and single rows, each beside the peer.

use std::path::{Path, PathBuf};

use caseload::{Agency, Batch, EntryOrder};
use caseload_sqlite::{Durability, SqliteLog, SqliteOptions};

use crate::{
    Result,
    generate::{Line, World},
    measure::{Sample, interleaved, timed},
    options::Options,
    ours,
    peer::{Peer, TextLine},
    report::{Goal, Report},
};

const BATCH: usize = 1_000;
const BATCHES_A_RUN: usize = 4;
const SINGLES_A_RUN: usize = 100;
/// Small enough that what a batch holds stays near the processor.
const IMPORT_BATCH: usize = 2_000;
/// A bulk import is long: fewer runs do.
const MOST_IMPORTS: usize = 3;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let later = options.runs * (BATCH * BATCHES_A_RUN + SINGLES_A_RUN);
    let world = World::of(options.lines + later);
    let (before, after) = world.lines.split_at(options.lines);
    let (batches, singles) = after.split_at(options.runs * BATCH * BATCHES_A_RUN);
    let folder = tempfile::tempdir()?;
    let stores = import(options, report, &world, before, folder.path())?;
    stores.batches(options, report, &world, batches)?;
    stores.singles(options, report, &world, singles)
}

/// Three stores with the same lines in them.
struct Stores {
    log_only: Agency,
    tables: Agency,
    peer: Peer,
}

/// Bulk import of the whole agency into fresh stores, several times over.
fn import(
    options: &Options,
    report: &mut Report,
    world: &World,
    lines: &[Line],
    folder: &Path,
) -> Result<Stores> {
    let (mut log_only, mut whole, mut peers) = (Vec::new(), Vec::new(), Vec::new());
    let runs = options.runs.min(MOST_IMPORTS);
    let mut stores = None;
    for run in 0..runs {
        // The stores of the run before are closed and their files removed first.
        drop(stores.take());
        let place = |name: &str| folder.join(format!("{name}-{run}.db"));
        for name in ["ours", "copy", "peer"] {
            let _ = std::fs::remove_file(folder.join(format!("{name}-{}.db", run.wrapping_sub(1))));
        }
        let (sample, peer) = import_peer(world, lines, &place("peer"))?;
        peers.push(sample);
        let (logged, built, log, tables) =
            import_ours(world, lines, &place("ours"), &place("copy"))?;
        whole.push(Sample { wall: logged.wall + built.wall, cpu: logged.cpu + built.cpu });
        log_only.push(logged);
        stores = Some(Stores { log_only: log, tables, peer });
    }
    let rows = lines.len();
    let name = |kind: &str| format!("bulk import of {rows} lines, a line ({kind})");
    report.beside(&name("log only"), rows, &log_only, &peers, Goal::AtLeast(10.0, 10.0));
    report.beside(&name("read tables at the end"), rows, &whole, &peers, Goal::AtLeast(5.0, 5.0));
    stores.ok_or_else(|| "no run".into())
}

/// The import in one transaction: the fastest way there is.
fn import_peer(world: &World, lines: &[Line], path: &Path) -> Result<(Sample, Peer)> {
    let (mut sample, peer) = timed(|| {
        let peer = Peer::create(path)?;
        peer.found(world)?;
        peer.begin()?;
        Ok(peer)
    })?;
    for lines in lines.chunks(IMPORT_BATCH) {
        let texts: Vec<TextLine> = lines.iter().map(|line| TextLine::of(world, line)).collect();
        sample += timed(|| texts.iter().try_for_each(|line| peer.assign(line)))?.0;
    }
    sample += timed(|| peer.commit())?.0;
    Ok((sample, peer))
}

/// The import into the log, the building of the read tables in a copy of it, and both agencies.
fn import_ours(
    world: &World,
    lines: &[Line],
    path: &Path,
    copy: &PathBuf,
) -> Result<(Sample, Sample, Agency, Agency)> {
    let (mut logged, log) = timed(|| {
        // As the peer's one transaction: what is lost with the power is imported again.
        let options = SqliteOptions::new().log_only().durability(Durability::Normal);
        let agency = Agency::open(options.open(path, "bench")?)?;
        ours::found(&agency, world, EntryOrder::Program)?;
        Ok(agency)
    })?;
    for lines in lines.chunks(IMPORT_BATCH) {
        let batch = ours::batch(world, lines)?;
        logged += timed(|| Ok(log.record(batch, ours::context()?)?))?.0;
    }
    SqliteOptions::new().log_only().open(path, "bench")?.export(copy)?;
    let (built, ()) = timed(|| {
        SqliteOptions::new().log_only().open(copy, "bench")?.rebuild_read_tables()?;
        Ok(())
    })?;
    drop(log);
    let log = Agency::open(SqliteOptions::new().log_only().open(path, "bench")?)?;
    let tables = Agency::open(SqliteLog::open(copy, "bench")?)?;
    Ok((logged, built, log, tables))
}

impl Stores {
    fn batches(
        &self,
        options: &Options,
        report: &mut Report,
        world: &World,
        lines: &[Line],
    ) -> Result<()> {
        let a_run = BATCH * BATCHES_A_RUN;
        // Both sides get what they take ready-made.
        let commands: Result<Vec<Batch>> =
            lines.chunks(BATCH).map(|lines| ours::batch(world, lines)).collect();
        let (mut for_log_only, mut for_tables) = (commands?.into_iter(), Vec::new().into_iter());
        for_tables.clone_from(&for_log_only);
        let texts: Vec<Vec<TextLine>> = lines
            .chunks(BATCH)
            .map(|lines| lines.iter().map(|line| TextLine::of(world, line)).collect())
            .collect();
        let record = |agency: &Agency, batches: &mut std::vec::IntoIter<Batch>| -> Result<()> {
            for batch in batches.by_ref().take(BATCHES_A_RUN) {
                agency.record(batch, ours::context()?)?;
            }
            Ok(())
        };
        let samples = interleaved(
            options.runs,
            &mut [
                &mut |_| record(&self.log_only, &mut for_log_only),
                &mut |_| record(&self.tables, &mut for_tables),
                &mut |run| {
                    let texts = texts.chunks(BATCHES_A_RUN).nth(run).unwrap_or_default();
                    texts.iter().try_for_each(|lines| self.peer.assign_all(lines))
                },
            ],
        )?;
        if let [log_only, tables, peer] = samples.as_slice() {
            let name = |kind: &str| format!("batches of {BATCH} rows, durable, a row ({kind})");
            report.beside(&name("log only"), a_run, log_only, peer, Goal::AtLeast(30.0, 10.0));
            report.beside(&name("read tables"), a_run, tables, peer, Goal::AtLeast(1.5, 1.0));
        }
        Ok(())
    }

    fn singles(
        &self,
        options: &Options,
        report: &mut Report,
        world: &World,
        lines: &[Line],
    ) -> Result<()> {
        let of_run = |run: usize| lines.chunks(SINGLES_A_RUN).nth(run).unwrap_or_default();
        let ours = |agency: &Agency, run: usize| -> Result<()> {
            for line in of_run(run) {
                agency.record(ours::assign(world, line)?, ours::context()?)?;
            }
            Ok(())
        };
        let samples = interleaved(
            options.runs,
            &mut [
                &mut |run| ours(&self.log_only, run),
                &mut |run| ours(&self.tables, run),
                &mut |run| {
                    of_run(run)
                        .iter()
                        .try_for_each(|line| self.peer.assign_all(&[TextLine::of(world, line)]))
                },
            ],
        )?;
        if let [log_only, tables, peer] = samples.as_slice() {
            let name = |kind: &str| format!("one durable row ({kind})");
            let goal = Goal::AtLeast(1.0, 1.0);
            report.beside(&name("log only"), SINGLES_A_RUN, log_only, peer, goal);
            report.beside(&name("read tables"), SINGLES_A_RUN, tables, peer, goal);
        }
        Ok(())
    }
}

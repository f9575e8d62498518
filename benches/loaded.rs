//! The same made-up agency on both sides, ready to be asked.

use std::path::Path;

use caseload::{Agency, EntryOrder};
use caseload_sqlite::SqliteOptions;
use tempfile::TempDir;

use crate::{
    Result,
    generate::World,
    ours,
    peer::{Peer, TextLine},
};

pub(crate) struct Loaded {
    pub(crate) world: World,
    pub(crate) agency: Agency,
    pub(crate) peer: Peer,
    /// Removed with it.
    _folder: TempDir,
}

impl Loaded {
    pub(crate) fn with(lines: usize) -> Result<Loaded> {
        let world = World::of(lines);
        let folder = tempfile::tempdir()?;
        let agency = ours(&world, folder.path())?;
        let peer = Peer::create(&folder.path().join("peer.db"))?;
        peer.found(&world)?;
        peer.begin()?;
        for line in &world.lines {
            peer.assign(&TextLine::of(&world, line))?;
        }
        peer.commit()?;
        Ok(Loaded { world, agency, peer, _folder: folder })
    }
}

/// Our side alone, with its log in that folder.
pub(crate) fn ours(world: &World, folder: &Path) -> Result<Agency> {
    let log = SqliteOptions::new().log_only().open(folder.join("ours.db"), "bench")?;
    let agency = Agency::open(log)?;
    ours::found(&agency, world, EntryOrder::Program)?;
    let mut loaded = 0;
    for lines in world.lines.chunks(1_000_000) {
        ours::load(&agency, world, lines, 10_000)?;
        loaded += lines.len();
        crate::progress(&format!("{loaded} lines loaded"));
    }
    Ok(agency)
}

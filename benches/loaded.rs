//! The same made-up agency on both sides, ready to be asked.

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
        let log = SqliteOptions::new().log_only().open(folder.path().join("ours.db"), "bench")?;
        let agency = Agency::open(log)?;
        ours::found(&agency, &world, EntryOrder::Program)?;
        ours::load(&agency, &world, &world.lines, 10_000)?;
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

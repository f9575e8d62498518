//! One writer's turn: a transaction that began IMMEDIATE.

use std::time::{SystemTime, UNIX_EPOCH};

use caseload::{
    StoreError,
    log::{Entry, Head, Page, PageLimit, Recorded, Turn},
};

use crate::{SqliteLog, entries, options::ReadTables, read_tables::Folder, slot::Lent};

/// Dropping it without an append rolls back, when the connection goes back to its slot.
#[derive(Debug)]
pub(crate) struct SqliteTurn<'log> {
    log: &'log SqliteLog,
    lent: Lent<'log>,
}

impl<'log> SqliteTurn<'log> {
    pub(crate) const fn new(log: &'log SqliteLog, lent: Lent<'log>) -> SqliteTurn<'log> {
        SqliteTurn { log, lent }
    }
}

impl Turn for SqliteTurn<'_> {
    fn head(&mut self) -> Result<Head, StoreError> {
        self.log.same_process()?;
        entries::head(self.log.opened(&self.lent)?, &self.log.place)
    }

    fn tail(&mut self, after: &Head, limit: PageLimit) -> Result<Page, StoreError> {
        self.log.same_process()?;
        entries::page(self.log.opened(&self.lent)?, &self.log.place, after, limit)
    }

    fn clock(&mut self) -> Result<Recorded, StoreError> {
        clock()
    }

    fn append(self: Box<Self>, after: &Head, entries: &[Entry]) -> Result<(), StoreError> {
        self.log.same_process()?;
        let (open, place) = (self.log.opened(&self.lent)?, &self.log.place);
        if entries::head(open, place)? != *after {
            return Err(StoreError::Conflict);
        }
        let mut end = *after;
        for entry in entries {
            if !entry.continues(&end) {
                return Err(StoreError::Conflict);
            }
            end = entry.head();
        }
        let mut folder = match self.log.options.read_tables {
            ReadTables::LogOnly => None,
            ReadTables::Written => {
                let mut folder = Folder::load(open, place)?;
                // A handle without read tables may have written meanwhile.
                if folder.position() != after.position {
                    folder.catch_up()?;
                }
                Some(folder)
            }
        };
        for entry in entries {
            entries::insert(open, place, entry)?;
            if let Some(folder) = &mut folder {
                folder.fold(entry)?;
            }
        }
        if let Some(folder) = folder {
            folder.save()?;
        }
        self.log.commit(&self.lent)
    }
}

#[expect(clippy::disallowed_methods, reason = "the store's clock, which the seam asks for")]
fn clock() -> Result<Recorded, StoreError> {
    let now = SystemTime::now();
    let micros = match now.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).ok(),
        Err(before) => i64::try_from(before.duration().as_micros()).ok().map(|micros| -micros),
    };
    micros.map(Recorded::from_micros).ok_or_else(|| StoreError::Backend {
        what: "the clock of this machine is far off; set it".to_owned(),
        cause: None,
    })
}

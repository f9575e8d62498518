//! The suite that every store must pass, on a file with read tables and on one without.

use std::{fs, time::Duration};

use caseload::log::Log;
use caseload_conformance::{Backup, Store, Stores, Trouble};
use caseload_sqlite::SqliteOptions;
use tempfile::TempDir;

/// Files in folders of their own.
struct Files(SqliteOptions);

struct File {
    folder: TempDir,
    options: SqliteOptions,
}

impl Files {
    fn options() -> SqliteOptions {
        SqliteOptions::new().busy_timeout(Duration::from_secs(30))
    }
}

impl Stores for Files {
    fn fresh(&self) -> Result<Box<dyn Store>, Trouble> {
        Ok(Box::new(File { folder: TempDir::new()?, options: self.0.clone() }))
    }
}

impl Store for File {
    fn open(&self) -> Result<Box<dyn Log>, Trouble> {
        let path = self.folder.path().join("agency.db");
        Ok(Box::new(self.options.clone().open(path, "north")?))
    }

    /// An export, moved into place under the open handles.
    fn backup(&self) -> Result<Backup<'_>, Trouble> {
        let path = self.folder.path().join("agency.db");
        let backup = self.folder.path().join("backup.db");
        self.options.clone().open(&path, "north")?.export(&backup)?;
        Ok(Box::new(move || Ok(fs::rename(backup, path)?)))
    }
}

mod with_read_tables {
    use super::*;
    caseload_conformance::caseload_conformance!(Files(Files::options()));
}

mod log_only {
    use super::*;
    caseload_conformance::caseload_conformance!(Files(Files::options().log_only()));
}

//! The folded state in a file beside the database, so that opening is fast.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use caseload::{Checkpoint, CheckpointBytes, StoreError};

use crate::SqliteLog;

/// A file beside the database: a cache that may be deleted at any time.
///
/// ```
/// use caseload::{Agency, Flow};
/// use caseload_sqlite::SqliteLog;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("agency.db");
/// let log = SqliteLog::open(&path, "north")?;
/// let mut opening = Agency::opening();
/// if let Some(file) = log.checkpoint() {
///     opening = opening.checkpoint(file);
/// }
/// let agency = opening.open(log, &mut |_| Flow::Continue)?;
/// agency.keep_checkpoint()?;
/// # Ok::<(), caseload::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CheckpointFile {
    path: PathBuf,
}

impl CheckpointFile {
    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is written before it gets its name; a process that is killed leaves it there.
    fn aside(&self) -> PathBuf {
        let mut aside = self.path.clone().into_os_string();
        aside.push("-new");
        aside.into()
    }

    fn failed(&self, doing: &str, error: io::Error) -> StoreError {
        let what = format!(
            "{}: cannot {doing} the checkpoint: {error}; it is a cache, delete it or make the folder writable",
            self.path.display()
        );
        StoreError::Backend { what, cause: Some(std::sync::Arc::new(error)) }
    }
}

impl Checkpoint for CheckpointFile {
    fn read(&self) -> Result<Option<CheckpointBytes>, StoreError> {
        let open = || -> io::Result<CheckpointBytes> {
            let file = fs::File::open(&self.path)?;
            Ok(CheckpointBytes::new(file.metadata()?.len(), file))
        };
        match open() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("read", error)),
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<(), StoreError> {
        // Renamed into place: whoever reads meanwhile sees the old one or the new one.
        let aside = self.aside();
        let written = fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, &self.path));
        written.map_err(|error| {
            let _ = fs::remove_file(&aside);
            self.failed("write", error)
        })
    }

    fn remove(&self) -> Result<(), StoreError> {
        for path in [&self.path, &self.aside()] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.failed("remove", error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl SqliteLog {
    /// The checkpoint file of this agency, beside the database; none for a database in memory.
    pub fn checkpoint(&self) -> Option<CheckpointFile> {
        self.checkpoint_path().map(|path| CheckpointFile { path })
    }
}

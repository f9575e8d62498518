//! What a store's author writes so that the suite can be run.

use std::error::Error;

use caseload::{MemoryLog, log::Log};

/// Anything that went wrong while a store was made, opened, copied or put back.
pub type Trouble = Box<dyn Error + Send + Sync>;

/// Makes empty stores: one for each case, at the same time if cases run in parallel.
pub trait Stores: Sync {
    /// An empty store that shares nothing with any other.
    ///
    /// # Errors
    /// Whatever stands in the way.
    fn fresh(&self) -> Result<Box<dyn Store>, Trouble>;
}

/// One store under test. Dropped, it may remove whatever it holds.
pub trait Store: Send + Sync {
    /// A further handle, independent of the others, as another process would open one. It waits for
    /// its turn for at least ten seconds.
    ///
    /// # Errors
    /// Whatever stands in the way.
    fn open(&self) -> Result<Box<dyn Log>, Trouble>;

    /// Copies the store as an operator would; called while no turn is held.
    ///
    /// # Errors
    /// Whatever stands in the way.
    fn backup(&self) -> Result<Backup<'_>, Trouble>;
}

/// Puts a copy of a store back, under the handles that are open.
pub type Backup<'a> = Box<dyn FnOnce() -> Result<(), Trouble> + 'a>;

/// [`MemoryLog`] as the suite wants it, and an example of the two impls.
///
/// ```
/// use caseload_conformance::{CASES, MemoryStores};
/// for case in CASES {
///     (case.run)(&MemoryStores)?;
/// }
/// # Ok::<(), caseload_conformance::Failure>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct MemoryStores;

impl Stores for MemoryStores {
    fn fresh(&self) -> Result<Box<dyn Store>, Trouble> {
        Ok(Box::new(MemoryLog::new()))
    }
}

impl Store for MemoryLog {
    fn open(&self) -> Result<Box<dyn Log>, Trouble> {
        Ok(Box::new(self.clone()))
    }

    fn backup(&self) -> Result<Backup<'_>, Trouble> {
        let copy = self.snapshot();
        Ok(Box::new(move || {
            self.restore(copy);
            Ok(())
        }))
    }
}

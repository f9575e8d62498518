//! Many agencies in one process, within a memory budget.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use super::{Agency, lock};
use crate::StoreError;

/// Opens the agency of a name.
pub type OpenAgency = Arc<dyn Fn(&str) -> Result<Agency, StoreError> + Send + Sync>;

/// Agencies by name: opened when they are asked for, and let go, least recently used first, when
/// together they take more memory than they may.
///
/// ```
/// use std::sync::Arc;
/// use caseload::{Agencies, Agency, MemoryLog};
/// let agencies = Agencies::new(64 << 20, Arc::new(|_name| Agency::open(MemoryLog::new())));
/// let north = agencies.get("north")?;
/// assert_eq!(agencies.open_names(), ["north"]);
/// # let _ = north;
/// # Ok::<(), caseload::StoreError>(())
/// ```
pub struct Agencies {
    budget: usize,
    open: OpenAgency,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    agencies: HashMap<String, (Agency, u64)>,
    uses: u64,
}

impl std::fmt::Debug for Agencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agencies").field("budget", &self.budget).finish_non_exhaustive()
    }
}

impl Agencies {
    /// Agencies that together keep at most about this many bytes in memory; the one asked for last is
    /// kept whatever it takes.
    pub fn new(budget: usize, open: OpenAgency) -> Agencies {
        Agencies { budget, open, kept: Mutex::default() }
    }

    /// The agency of a name.
    ///
    /// # Errors
    /// As the opening function.
    pub fn get(&self, name: &str) -> Result<Agency, StoreError> {
        if let Some(agency) = self.touch(name) {
            return Ok(agency);
        }
        // Opening may take long: no other agency waits for it.
        let opened = (self.open)(name)?;
        let agency = self.touch(name).unwrap_or_else(|| {
            let mut kept = lock(&self.kept);
            let uses = kept.uses;
            kept.agencies.insert(name.to_owned(), (opened.clone(), uses));
            opened
        });
        self.let_go(name);
        Ok(agency)
    }

    /// The names of the agencies in memory, the one used last first.
    pub fn open_names(&self) -> Vec<String> {
        let kept = lock(&self.kept);
        let mut names: Vec<_> = kept.agencies.iter().collect();
        names.sort_by_key(|(_, (_, used))| std::cmp::Reverse(*used));
        names.into_iter().map(|(name, _)| name.clone()).collect()
    }

    fn touch(&self, name: &str) -> Option<Agency> {
        let mut kept = lock(&self.kept);
        kept.uses += 1;
        let uses = kept.uses;
        let (agency, used) = kept.agencies.get_mut(name)?;
        *used = uses;
        Some(agency.clone())
    }

    /// Lets the least recently used go until the rest fits; handles that hosts still hold stay whole.
    fn let_go(&self, keep: &str) {
        let mut kept = lock(&self.kept);
        loop {
            let total: usize = kept.agencies.values().map(|(agency, _)| agency.memory()).sum();
            let others = kept.agencies.iter().filter(|(name, _)| *name != keep);
            let oldest = others.min_by_key(|(_, (_, used))| *used).map(|(name, _)| name.clone());
            match oldest {
                Some(name) if total > self.budget => kept.agencies.remove(&name),
                _ => return,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryLog;

    #[test]
    fn the_least_recently_used_is_let_go() {
        let size = Agency::open(MemoryLog::new()).unwrap().memory();
        let open: OpenAgency = Arc::new(|_| Agency::open(MemoryLog::new()));
        let agencies = Agencies::new(size * 2, open);
        for name in ["a", "b", "a", "c"] {
            agencies.get(name).unwrap();
        }
        assert_eq!(agencies.open_names(), ["c", "a"]);
    }

    #[test]
    fn one_agency_is_kept_whatever_it_takes() {
        let agencies = Agencies::new(0, Arc::new(|_| Agency::open(MemoryLog::new())));
        agencies.get("a").unwrap();
        assert_eq!(agencies.open_names(), ["a"]);
        agencies.get("b").unwrap();
        assert_eq!(agencies.open_names(), ["b"]);
    }
}

//! The suite for a host's own log, and random commands beside the naive auditor.

use std::sync::{Arc, Mutex, PoisonError};

use caseload::{MemoryLog, jsonl::Replay, log::Log};
use caseload_conformance::{
    Backup, CASES, Store, Stores, Trouble, auditor, generate::Generator as RandomLines,
};

use crate::{
    failure::{CaseloadError, guarded},
    host_log::{HostLog, OfHost, StoreError},
    reading::wrong_argument,
};

/// Makes empty stores, one for each case of the suite.
#[uniffi::export(with_foreign)]
pub trait HostStores: Send + Sync {
    /// An empty store that shares nothing with any other.
    fn fresh(&self) -> Result<Arc<dyn HostStore>, StoreError>;
}

/// One store under test.
#[uniffi::export(with_foreign)]
pub trait HostStore: Send + Sync {
    /// A further handle, independent of the others, as another process would open one.
    fn open_handle(&self) -> Result<Arc<dyn HostLog>, StoreError>;

    /// Copies the store as an operator would.
    fn backup(&self) -> Result<Arc<dyn HostBackup>, StoreError>;
}

/// A copy of a store.
#[uniffi::export(with_foreign)]
pub trait HostBackup: Send + Sync {
    /// Puts the copy back, under the handles that are open.
    fn restore(&self) -> Result<(), StoreError>;
}

struct StoresOfHost(Arc<dyn HostStores>);
struct StoreOfHost(Arc<dyn HostStore>);

fn trouble(error: StoreError) -> Trouble {
    match error {
        StoreError::Unexpected { said } => said.into(),
        error => error.to_string().into(),
    }
}

impl Stores for StoresOfHost {
    fn fresh(&self) -> Result<Box<dyn Store>, Trouble> {
        Ok(Box::new(StoreOfHost(self.0.fresh().map_err(trouble)?)))
    }
}

impl Store for StoreOfHost {
    fn open(&self) -> Result<Box<dyn Log>, Trouble> {
        Ok(Box::new(OfHost(self.0.open_handle().map_err(trouble)?)))
    }

    fn backup(&self) -> Result<Backup<'_>, Trouble> {
        let backup = self.0.backup().map_err(trouble)?;
        Ok(Box::new(move || backup.restore().map_err(trouble)))
    }
}

/// The names of the cases of the suite that every store must pass, in order.
#[uniffi::export]
pub fn conformance_cases() -> Vec<String> {
    CASES.iter().map(|known| known.name.to_owned()).collect()
}

/// Runs one case over the host's stores: nothing, or the rule that was broken and what was seen.
///
/// # Errors
/// `Input` for a name that is no case.
#[uniffi::export]
pub fn run_conformance(
    name: String,
    stores: Arc<dyn HostStores>,
) -> Result<Option<String>, CaseloadError> {
    guarded(|| {
        let known = CASES.iter().find(|known| known.name == name);
        let known = known.ok_or_else(|| wrong_argument("name", "is no case of the suite"))?;
        Ok((known.run)(&StoresOfHost(stores)).err().map(|failure| failure.to_string()))
    })
}

/// Random commands and questions as JSON lines, the same ones for the same seed.
#[derive(uniffi::Object)]
pub struct Generator(Mutex<RandomLines>);

impl std::fmt::Debug for Generator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Generator")
    }
}

#[uniffi::export]
impl Generator {
    /// The lines of a seed.
    #[uniffi::constructor]
    pub fn new(seed: i64) -> Generator {
        Generator(Mutex::new(RandomLines::new(seed.cast_unsigned())))
    }

    /// The next line; every id that could be left out is given.
    ///
    /// # Errors
    /// `Bug`.
    pub fn next_line(&self) -> Result<String, CaseloadError> {
        guarded(|| Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).next_line_with_ids()))
    }
}

/// An engine of its own that keeps days one by one, and knows nothing of the library's.
#[derive(uniffi::Object)]
pub struct Auditor(Mutex<auditor::Auditor>);

impl std::fmt::Debug for Auditor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Auditor")
    }
}

#[uniffi::export]
impl Auditor {
    /// One that knows nothing yet.
    #[uniffi::constructor]
    #[expect(clippy::new_without_default, reason = "no host can call a default")]
    pub fn new() -> Auditor {
        Auditor(Mutex::new(auditor::Auditor::new()))
    }

    /// The answer to the next line, as JSON; none to an empty one.
    ///
    /// # Errors
    /// `Bug`.
    pub fn line(&self, text: String) -> Result<Option<String>, CaseloadError> {
        guarded(|| {
            let mut auditor = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(auditor.line(&text).map(|answer| answer.to_string()))
        })
    }
}

/// The first thing in which an answer differs from the auditor's, if any.
///
/// # Errors
/// `Input` for what is no JSON.
#[uniffi::export]
pub fn differences(
    answer: Option<String>,
    auditors: Option<String>,
) -> Result<Option<String>, CaseloadError> {
    guarded(|| {
        let read = |text: Option<String>| {
            let read = text.map(|text| serde_json::from_str(&text)).transpose();
            read.map_err(|error: serde_json::Error| {
                wrong_argument("answer", format!("is no JSON: {error}"))
            })
        };
        let (answer, auditors) = (read(answer)?, read(auditors)?);
        Ok(auditor::differences(answer.as_ref(), auditors.as_ref()))
    })
}

/// The library's own replay over an agency in memory, which the packages must answer like.
#[derive(uniffi::Object)]
pub struct CoreReplay(Mutex<Replay>);

impl std::fmt::Debug for CoreReplay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CoreReplay")
    }
}

#[uniffi::export]
impl CoreReplay {
    /// Over an empty agency.
    ///
    /// # Errors
    /// `Store`.
    #[uniffi::constructor]
    pub fn new() -> Result<CoreReplay, CaseloadError> {
        guarded(|| {
            let agency = caseload::Agency::open(MemoryLog::new())?;
            Ok(CoreReplay(Mutex::new(Replay::new(agency))))
        })
    }

    /// The answer to the next line; none to an empty one.
    ///
    /// # Errors
    /// `Bug`.
    pub fn line(&self, text: String) -> Result<Option<String>, CaseloadError> {
        guarded(|| Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).line(&text)))
    }
}

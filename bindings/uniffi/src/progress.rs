//! Long work tells the host how far it has come, and can be stopped.

use std::sync::Arc;

use caseload::{Error, Flow};

use crate::{failure::CaseloadError, reading::counted};

/// How far long work has come.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Progress {
    /// What is being done, in a word: `opening`, `batch rows`.
    pub stage: String,
    /// How much of it is done.
    pub done: i64,
    /// How much there is; of a stream that has no known end, how much was read so far.
    pub total: i64,
}

/// What a host answers to progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Next {
    /// Go on.
    GoOn,
    /// Stop before the next step. What was stored stays; doing it again goes on from there.
    Stop,
}

/// Whom long work tells how far it has come.
#[uniffi::export(with_foreign)]
pub trait ProgressListener: Send + Sync {
    /// Called between two steps, from the thread that does the work. What it throws stops the work, too.
    fn told(&self, progress: Progress) -> Result<Next, ListenerError>;
}

/// What a listener throws: it stops the work.
#[derive(Debug, Clone, thiserror::Error, uniffi::Error)]
pub enum ListenerError {
    /// Anything.
    #[error("the progress listener threw")]
    Failed {
        /// What it said.
        said: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> ListenerError {
        ListenerError::Failed { said: error.reason }
    }
}

/// Whom to tell, if anybody.
pub(crate) type Listener = Option<Arc<dyn ProgressListener>>;

/// Does long work, telling the host.
pub(crate) fn telling<T, E: Into<CaseloadError>>(
    listener: &Listener,
    work: impl FnOnce(&mut dyn FnMut(caseload::Progress) -> Flow) -> Result<T, E>,
) -> Result<T, CaseloadError> {
    let mut tell = |progress: caseload::Progress| {
        let Some(listener) = listener else { return Flow::Continue };
        let progress = Progress {
            stage: progress.stage.word().to_owned(),
            done: counted(progress.done),
            total: counted(progress.total),
        };
        match listener.told(progress) {
            Ok(Next::GoOn) => Flow::Continue,
            Ok(Next::Stop) | Err(_) => Flow::Cancel,
        }
    };
    work(&mut tell).map_err(Into::into)
}

/// Work that cannot be told of piece by piece is asked once whether to begin.
pub(crate) fn begins(listener: &Listener) -> Result<(), CaseloadError> {
    telling(listener, |tell| match tell(caseload::Progress::new(caseload::Stage::Reading, 0, 1)) {
        Flow::Continue => Ok(()),
        Flow::Cancel => Err(Error::Cancelled),
    })
}

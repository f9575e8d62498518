//! Long work tells Python how far it has come, and hears Ctrl-C.

use std::time::{Duration, Instant};

use caseload::{Error, Flow, Progress};
use pyo3::{prelude::*, types::PyBool};

use crate::{failure::Failure, hints::ProgressFunction};

/// How often the interpreter is asked for, at most: nobody sees more, and it may be busy.
const BETWEEN: Duration = Duration::from_millis(50);

/// The host's progress function, and what it raised.
pub(crate) struct Telling {
    progress: Option<ProgressFunction>,
    last: Option<Instant>,
    raised: Option<PyErr>,
}

impl Telling {
    /// Where there is no function the interpreter is asked for after a while only, for Ctrl-C: what takes
    /// no time must not wait for it.
    #[expect(clippy::disallowed_methods, reason = "how often somebody is told goes by real time")]
    pub(crate) fn to(progress: Option<ProgressFunction>) -> Telling {
        let last = if progress.is_some() { None } else { Some(Instant::now()) };
        Telling { progress, last, raised: None }
    }

    /// Does long work; what the progress function or Ctrl-C raised comes out as it is.
    pub(crate) fn doing<T, E: Into<Failure>>(
        mut self,
        work: impl FnOnce(&mut dyn FnMut(Progress) -> Flow) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let done = work(&mut |progress| self.tell(progress)).map_err(Into::into);
        match (done, self.raised) {
            (Err(Failure::Caseload(Error::Cancelled)), Some(raised)) => {
                Err(Failure::Python(raised))
            }
            (done, _) => done,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "how often somebody is told goes by real time")]
    fn tell(&mut self, progress: Progress) -> Flow {
        let is_last = self.progress.is_some() && progress.done >= progress.total;
        if !is_last && self.last.is_some_and(|last| last.elapsed() < BETWEEN) {
            return Flow::Continue;
        }
        self.last = Some(Instant::now());
        let told = Python::attach(|py| {
            py.check_signals()?;
            let Some(ProgressFunction(function)) = &self.progress else {
                return Ok(Flow::Continue);
            };
            let answer = function.call1(py, (progress.done, progress.total))?;
            // `False` itself: a bar that answers with nothing, or with 0, means to go on.
            let is_enough = answer.bind(py).is(PyBool::new(py, false));
            Ok(if is_enough { Flow::Cancel } else { Flow::Continue })
        });
        match told {
            Ok(flow) => flow,
            Err(raised) => {
                self.raised = Some(raised);
                Flow::Cancel
            }
        }
    }
}

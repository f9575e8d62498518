//! How far long work has come, and a way to stop it.

/// How far long work has come.
///
/// ```
/// use caseload::{Flow, Progress};
/// let mut tell = |progress: Progress| {
///     eprintln!("{}: {} of {}", progress.stage.word(), progress.done, progress.total);
///     Flow::Continue
/// };
/// # let _ = &mut tell as &mut dyn FnMut(Progress) -> Flow;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// How much there is; of a stream that has no known end, how much was read so far.
    pub total: u64,
}

/// What a caller gives long work: it is told how far it has come, and says whether to go on.
pub type Tell<'a> = &'a mut dyn FnMut(Progress) -> Flow;

impl Progress {
    /// So much of so much of a stage.
    pub const fn new(stage: Stage, done: u64, total: u64) -> Progress {
        Progress { stage, done, total }
    }
}

/// A part of long work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Entries are read and folded.
    Opening,
    /// The whole log is walked.
    Verifying,
    /// Programs are defined and renamed.
    Programs,
    /// Staff are registered and renamed.
    Staff,
    /// Enrollments are mirrored, or entered.
    Enrollments,
    /// Enrollments that were taken back are voided.
    Withdrawn,
    /// Assignments are recorded.
    Assignments,
    /// The rows of a batch file are read and judged.
    BatchRows,
    /// What a report is about is read from a plain view, or its reasons from the log.
    Reading,
    /// What a report is about is looked at.
    Reporting,
}

impl Stage {
    /// What is being done, in a word.
    ///
    /// ```
    /// assert_eq!(caseload::Stage::Enrollments.word(), "enrollments");
    /// ```
    pub const fn word(self) -> &'static str {
        match self {
            Stage::Opening => "opening",
            Stage::Verifying => "verifying",
            Stage::Programs => "programs",
            Stage::Staff => "staff",
            Stage::Enrollments => "enrollments",
            Stage::Withdrawn => "withdrawn rows",
            Stage::Assignments => "assignments",
            Stage::BatchRows => "batch rows",
            Stage::Reading => "reading",
            Stage::Reporting => "reporting",
        }
    }
}

/// What the caller's progress function answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Flow {
    /// Go on.
    #[default]
    Continue,
    /// Stop before the next step. What was stored stays; doing it again goes on from there.
    Cancel,
}

//! The handle that hosts use: catch up, decide, take a turn, append, fold.
//!
//! `group` decides and seals without any I/O; this file drives it over a log. Writers waiting in one
//! process share a turn: whoever drives takes the commands of all that wait.

mod answer;
mod desk;
mod erasure;
mod group;
mod opening;
mod read_back;
mod registry;
mod rehearsal;
mod snapshot;
mod take_census;
mod verify;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

pub use desk::Desk;
use group::{Job, Prepared, prepare};
pub use opening::{Checkpoint, CheckpointBytes, Opening};
pub use registry::{Agencies, OpenAgency};
pub use snapshot::{Asked, Freshness, KnownAt, Snapshot};
pub use verify::Verified;

use crate::{
    Actor, Command, Context, Day, Error, Happened, InputError, Problem, Receipt, RequestId,
    StoreError, Verdict,
    decide::decide_under_lock,
    log::{Entry, Head, Log, More, Page, PageLimit, Position, Turn},
    state::{Memo, State},
};

/// How many commands share a turn at most.
const GROUP: usize = 64;
/// How often an unknown outcome is looked up, and for how long each time is waited before.
const LOOKS: u32 = 20;
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(50);
/// How often a command is tried again when the log moved on under it.
const TRIES: u32 = 8;

/// One agency: its log, and what is folded from it. Cheap to clone; shared between threads.
///
/// ```
/// use caseload::{Actor, Agency, Day, DefineProgram, Error, MemoryLog, ProgramId};
/// let agency = Agency::open(MemoryLog::new())?;
/// let desk = agency.acting_as(Actor::Root).on("2024-06-15".parse::<Day>()?);
/// let receipt = desk.record(DefineProgram::new(ProgramId::new("housing")?))?;
/// assert_eq!(receipt.head.position, 1);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Agency {
    inner: Arc<Inner>,
}

struct Inner {
    log: Box<dyn Log>,
    state: RwLock<State>,
    waiting: Mutex<VecDeque<Arc<Ticket>>>,
    /// Held by the one thread that drives the log.
    driving: Mutex<()>,
    calendar: Option<Calendar>,
    checkpoint: Option<Box<dyn Checkpoint>>,
}

impl Inner {
    fn new(
        log: Box<dyn Log>,
        state: State,
        calendar: Option<Calendar>,
        checkpoint: Option<Box<dyn Checkpoint>>,
    ) -> Inner {
        Inner {
            log,
            state: RwLock::new(state),
            waiting: Mutex::default(),
            driving: Mutex::default(),
            calendar,
            checkpoint,
        }
    }
}

/// Tells today's date in the agency's zone.
pub type Calendar = Arc<dyn Fn() -> Day + Send + Sync>;

/// A command that waits for its turn.
struct Ticket {
    job: Job,
    /// How often the log moved on under it.
    conflicts: AtomicU32,
    result: Mutex<Option<Result<Receipt, Error>>>,
}

impl std::fmt::Debug for Agency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agency").field("head", &self.state().head()).finish_non_exhaustive()
    }
}

impl Agency {
    /// Opens an agency over its log and folds everything stored.
    ///
    /// # Errors
    /// [`StoreError`] as the store finds it; `store-corrupt` when an entry does not continue the chain.
    pub fn open(log: impl Log + 'static) -> Result<Agency, StoreError> {
        Agency::opening().open_quietly(log)
    }

    /// Opens an agency whose desks ask this calendar for today's date.
    ///
    /// # Errors
    /// As [`Agency::open`].
    ///
    /// ```
    /// use std::sync::Arc;
    /// use caseload::{Actor, Agency, Day, DefineProgram, Error, MemoryLog, ProgramId};
    /// let today: Day = "2024-06-15".parse()?;
    /// let agency = Agency::with_calendar(MemoryLog::new(), Arc::new(move || today))?;
    /// agency.acting_as(Actor::Root).record(DefineProgram::new(ProgramId::new("housing")?))?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_calendar(
        log: impl Log + 'static,
        calendar: Calendar,
    ) -> Result<Agency, StoreError> {
        Agency::opening().calendar(calendar).open_quietly(log)
    }

    /// Opens an agency with more said about it: a calendar, a checkpoint, a progress function.
    ///
    /// ```
    /// use caseload::{Agency, Error, Flow, MemoryLog};
    /// let agency = Agency::opening()
    ///     .open(MemoryLog::new(), &mut |progress| {
    ///         println!("{}: {} of {}", progress.stage.word(), progress.done, progress.total);
    ///         Flow::Continue
    ///     })?;
    /// assert_eq!(agency.head().position, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn opening() -> Opening {
        Opening::default()
    }

    /// The desk of an actor.
    pub fn acting_as(&self, actor: Actor) -> Desk {
        Desk::new(self.clone(), actor)
    }

    /// Records a command in a context: the way that every desk goes.
    ///
    /// # Errors
    /// [`Error::Refused`] when it breaks a rule, [`Error::Input`] when it cannot be read or its request
    /// id was used for another command, [`Error::Store`] when the store fails. After an error nothing
    /// of the command is stored; only after `store-unknown-outcome` it may be, and a [`Forget`] whose
    /// erasing failed is. It is erased with the next command, when its request is repeated, or when the
    /// log is opened next.
    ///
    /// [`Forget`]: crate::Forget
    pub fn record(&self, command: impl Into<Command>, context: Context) -> Result<Receipt, Error> {
        let job = Job::new(command.into(), context)?;
        if let Some(receipt) = self.first_answer(&job)? {
            return Ok(receipt);
        }
        let ticket =
            Arc::new(Ticket { job, conflicts: AtomicU32::new(0), result: Mutex::new(None) });
        lock(&self.inner.waiting).push_back(ticket.clone());
        let _driving = lock(&self.inner.driving);
        loop {
            if let Some(result) = lock(&ticket.result).take() {
                return result;
            }
            // Whoever drives answers the commands in front of the queue, so this one's turn comes.
            self.drive();
        }
    }

    /// What the rules say of a command now, without recording it.
    ///
    /// # Errors
    /// [`Error::Input`] when it cannot be read, [`Error::Store`] when the store fails; a refusal is a
    /// verdict, not an error.
    pub fn review(&self, command: impl Into<Command>, context: Context) -> Result<Verdict, Error> {
        let job = Job::new(command.into(), context)?;
        self.catch_up()?;
        let verdict = self.judge(&job);
        // Looked up last: what was stored while it was judged is known, too.
        match self.first_answer(&job)? {
            Some(receipt) => Ok(Verdict::Known(receipt)),
            None => verdict,
        }
    }

    /// What the rules say of a command, whatever its request is.
    fn judge(&self, job: &Job) -> Result<Verdict, Error> {
        let state = self.state();
        let mut ids = group::Ids::at(state.last_recorded());
        let memo = Memo::for_rows(job.rows());
        let known = state.now().remembering(&memo);
        match decide_under_lock(&known, &job.command, &job.context, &mut ids) {
            Ok(decision) => {
                let keeping = decision.keeping();
                Ok(Verdict::Accepted { outcome: decision.into_outcome(), keeping })
            }
            Err(Error::Refused(refusal)) => {
                Ok(Verdict::Refused { violations: refusal.violations, rows: refusal.rows })
            }
            Err(error) => Err(error),
        }
    }

    /// The receipt of a request, if it was stored.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails.
    pub fn outcome(&self, request: &RequestId) -> Result<Option<Receipt>, Error> {
        match self.inner.log.find(request)? {
            Some(entry) => {
                self.catch_up()?;
                Ok(Some(answer::receipt(&self.state(), &entry)?))
            }
            None => Ok(None),
        }
    }

    /// What happened after a position, at most so many entries' worth: the feed for notifications. Whoever keeps the
    /// position of the last event they dealt with misses none and sees none twice. Nothing where the log ends there,
    /// or before.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails.
    ///
    /// ```
    /// use caseload::{Actor, Agency, Day, Error, MemoryLog, RegisterStaff, StaffId};
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let desk = agency.acting_as(Actor::Root).on("2024-06-15".parse::<Day>()?);
    /// desk.record(RegisterStaff::new(StaffId::new("maria")?))?;
    /// let happened = agency.events(0, 100)?;
    /// assert_eq!((happened[0].position, happened[0].event.word()), (1, "staff_registered"));
    /// assert!(agency.events(1, 100)?.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn events(&self, after: Position, limit: usize) -> Result<Vec<Happened>, Error> {
        let snapshot = self.snapshot()?;
        let known = snapshot.head().position;
        let mut from = self.state().mark_before(after);
        let mut happened = Vec::new();
        let mut left = limit;
        while left > 0 {
            // Reading begins at a mark, which may lie a little before.
            let passed = usize::try_from(after.saturating_sub(from.position)).unwrap_or(usize::MAX);
            let most = PageLimit::default();
            let entries = passed.saturating_add(left).min(most.entries);
            let page = self.inner.log.read(&from, PageLimit { entries, ..most })?.sound()?;
            let wanted = |entry: &&Entry| entry.position > after && entry.position <= known;
            for entry in page.entries.iter().filter(wanted).take(left) {
                let outcome = answer::outcome(&*snapshot.state()?, entry)?;
                let position = entry.position;
                let events = outcome.events.into_iter();
                happened.extend(events.map(|event| Happened { position, event }));
                left -= 1;
            }
            match (page.more, page.entries.last()) {
                (More::Yes, Some(last)) if last.position < known => from = last.head(),
                _ => break,
            }
        }
        Ok(happened)
    }

    /// Everything as it is now, for questions that must agree with each other.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        self.snapshot_of(Freshness::Latest)
    }

    /// Everything, as fresh as asked for.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails, or does not have the position asked for.
    pub fn snapshot_of(&self, freshness: Freshness) -> Result<Snapshot, Error> {
        let known = self.state().head().position;
        match freshness {
            Freshness::Latest => self.catch_up()?,
            Freshness::AtLeast(position) if position > known => self.catch_up()?,
            Freshness::AtLeast(_) | Freshness::Cached => {}
        }
        let state = self.state();
        let (head, born) = (state.head(), state.born());
        drop(state);
        if let Freshness::AtLeast(position) = freshness
            && position > head.position
        {
            let what = format!("the log ends at {}, before {position}", head.position);
            return Err(Error::Store(StoreError::Unavailable { what, cause: None }));
        }
        Ok(Snapshot::new(self.clone(), head, born))
    }

    /// Where the folded log ends.
    pub fn head(&self) -> Head {
        self.state().head()
    }

    /// Bytes of memory that the folded state takes, about.
    pub fn memory(&self) -> usize {
        self.state().bytes()
    }

    /// Today, as the agency's calendar tells it.
    fn today(&self) -> Result<Day, InputError> {
        match &self.inner.calendar {
            Some(calendar) => Ok(calendar()),
            None => Err(InputError::command("on", "say the day: the agency has no calendar")),
        }
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.inner.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.inner.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Folds what was stored since, by whatever process.
    ///
    /// # Errors
    /// [`StoreError::Diverged`] when the log has another past than the one folded: the state is dropped
    /// and folded anew before this is said.
    pub(crate) fn catch_up(&self) -> Result<(), StoreError> {
        loop {
            let known = self.state().head();
            let page = match self.inner.log.read(&known, PageLimit::default()).and_then(Page::sound)
            {
                Ok(page) => page,
                Err(StoreError::Diverged { known }) => return Err(self.start_anew(known)),
                Err(error) => return Err(error),
            };
            let mut state = self.state_mut();
            if state.head() != known {
                // Another thread folded meanwhile, and may have read less than there is now.
                continue;
            }
            let owed = state.to_erase().len();
            fold_all(&mut state, &page.entries)?;
            let owes_more = state.to_erase().len() > owed;
            drop(state);
            if owes_more {
                // Whoever forgot erases as well, and says so if it fails: a question goes on.
                let _ = self.erase_what_is_owed();
            }
            if page.more == More::No {
                return Ok(());
            }
        }
    }

    /// Drops a state that the log no longer bears out, and folds what is there now.
    fn start_anew(&self, known: Head) -> StoreError {
        *self.state_mut() = State::new();
        let mut after = Head::START;
        while let Ok(page) = self.inner.log.read(&after, PageLimit::default()).and_then(Page::sound)
        {
            let mut state = self.state_mut();
            if state.head() != after || fold_all(&mut state, &page.entries).is_err() {
                break;
            }
            after = state.head();
            if page.more == More::No {
                break;
            }
        }
        StoreError::Diverged { known }
    }

    /// The answer that a request was given when it was stored.
    fn first_answer(&self, job: &Job) -> Result<Option<Receipt>, Error> {
        let Some(request) = &job.context.request else { return Ok(None) };
        let Some(entry) = self.inner.log.find(request)? else { return Ok(None) };
        self.catch_up()?;
        if answer::is_same(&entry, job)? {
            if matches!(job.command, Command::Forget(_)) {
                self.erase_what_is_owed()?;
            }
            Ok(Some(answer::receipt(&self.state(), &entry)?))
        } else {
            Err(Error::Input(InputError::new(Problem::RequestReused, &["request"])))
        }
    }

    /// The answer that a request was given when it was stored, in place of this one.
    fn known_or(&self, job: &Job, result: Result<Receipt, Error>) -> Result<Receipt, Error> {
        match self.first_answer(job) {
            Ok(Some(receipt)) => Ok(receipt),
            Ok(None) => result,
            Err(error) => Err(error),
        }
    }

    /// Takes a turn for the commands that wait.
    fn drive(&self) {
        let tickets: Vec<Arc<Ticket>> = {
            let mut waiting = lock(&self.inner.waiting);
            let count = waiting.len().min(GROUP);
            waiting.drain(..count).collect()
        };
        let deferred = match self.take_turn(&tickets) {
            Ok(deferred) => deferred,
            // What refuses the group must not refuse a command that could stand alone.
            Err(error) if tickets.len() > 1 && is_about_one(&error) => {
                for ticket in &tickets {
                    if let Err(error) = self.take_turn(std::slice::from_ref(ticket)) {
                        self.fail(ticket, &error);
                    }
                }
                Vec::new()
            }
            Err(error) => {
                tickets.iter().for_each(|ticket| self.fail(ticket, &error));
                Vec::new()
            }
        };
        let mut waiting = lock(&self.inner.waiting);
        deferred.into_iter().rev().for_each(|ticket| waiting.push_front(ticket));
    }

    /// Answers a command whose turn failed, unless it is worth another turn.
    fn fail(&self, ticket: &Arc<Ticket>, error: &StoreError) {
        let result = match error {
            StoreError::Conflict if ticket.conflicts.fetch_add(1, Ordering::Relaxed) < TRIES => {
                lock(&self.inner.waiting).push_front(ticket.clone());
                return;
            }
            StoreError::RequestIdReused => match self.first_answer(&ticket.job) {
                Ok(Some(receipt)) => Ok(receipt),
                Ok(None) => Err(Error::Store(error.clone())),
                Err(error) => Err(error),
            },
            error => Err(Error::Store(error.clone())),
        };
        *lock(&ticket.result) = Some(result);
    }

    /// One turn: what is new is folded, the commands are decided and sealed, and appended together.
    /// Gives back those that need a turn of their own.
    fn take_turn(&self, tickets: &[Arc<Ticket>]) -> Result<Vec<Arc<Ticket>>, StoreError> {
        let mut turn = self.inner.log.turn()?;
        if let Err(error) = self.fold_tail(&mut *turn) {
            drop(turn);
            return Err(match error {
                StoreError::Diverged { known } => self.start_anew(known),
                error => error,
            });
        }
        let clock = turn.clock()?;
        let after = self.state().head();
        let jobs: Vec<&Job> = tickets.iter().map(|ticket| &ticket.job).collect();
        let (prepared, entries) = prepare(&self.state(), &jobs, clock);
        if entries.is_empty() {
            drop(turn);
        } else {
            match turn.append(&after, &entries) {
                Ok(()) => {}
                Err(StoreError::UnknownOutcome { cause }) => {
                    self.settle(&after, &entries, cause)?;
                }
                Err(StoreError::Diverged { known }) => return Err(self.start_anew(known)),
                Err(error) => return Err(error),
            }
        }
        self.hand_out(tickets, prepared, &entries, after)
    }

    fn fold_tail(&self, turn: &mut dyn Turn) -> Result<(), StoreError> {
        loop {
            let known = self.state().head();
            let page = turn.tail(&known, PageLimit::default())?.sound()?;
            let mut state = self.state_mut();
            if state.head() != known {
                continue;
            }
            fold_all(&mut state, &page.entries)?;
            if page.more == More::No {
                return Ok(());
            }
        }
    }

    /// Folds what is durable now, and answers every command.
    fn hand_out(
        &self,
        tickets: &[Arc<Ticket>],
        prepared: Vec<Prepared>,
        entries: &[Entry],
        mut head: Head,
    ) -> Result<Vec<Arc<Ticket>>, StoreError> {
        let (mut answered, mut deferred) = (Vec::with_capacity(tickets.len()), Vec::new());
        let (mut state, mut entries) = (self.state_mut(), entries.iter());
        for (ticket, prepared) in tickets.iter().zip(prepared) {
            let is_stored = matches!(prepared, Prepared::Sealed(_));
            let result = match prepared {
                Prepared::Sealed(sealed) => {
                    let entry =
                        entries.next().ok_or_else(|| StoreError::bug("an entry is lost"))?;
                    // Another thread may have read it back already.
                    if state.head() == head {
                        let folded = state.fold_decoded(entry, &sealed.body, &sealed.items);
                        if let Err(error) = folded {
                            *state = State::new();
                            return Err(error);
                        }
                    }
                    head = entry.head();
                    let request = ticket.job.context.request.clone();
                    Ok(Receipt::new(head, request, sealed.outcome))
                }
                Prepared::NothingToStore(outcome) => {
                    Ok(Receipt::new(head, ticket.job.context.request.clone(), outcome))
                }
                Prepared::Failed(error) => Err(error),
                Prepared::Deferred => {
                    deferred.push(ticket.clone());
                    continue;
                }
            };
            answered.push((ticket, result, is_stored));
        }
        drop(state);
        let erased = self.erase_what_is_owed();
        for (ticket, result, is_stored) in answered {
            // Its request may have been stored since it was looked up, by another handle or in the turn before:
            // then that answer counts, and not what the rules say of doing it again.
            let result = if is_stored { result } else { self.known_or(&ticket.job, result) };
            let forgets = matches!(ticket.job.command, Command::Forget(_)) && result.is_ok();
            *lock(&ticket.result) = Some(match &erased {
                Err(error) if forgets => Err(Error::Store(error.clone())),
                _ => result,
            });
        }
        Ok(deferred)
    }

    /// Finds out whether entries were stored after a connection broke in the middle: in a turn, because
    /// the broken one may still be at it. An append stores all or nothing, so the first tells.
    fn settle(
        &self,
        after: &Head,
        entries: &[Entry],
        cause: Option<crate::ErrorCause>,
    ) -> Result<(), StoreError> {
        for _ in 0..LOOKS {
            let one = PageLimit { entries: 1, bytes: 1 };
            match self.inner.log.turn().and_then(|mut turn| turn.tail(after, one)) {
                Ok(page) => {
                    let hash = |entry: &Entry| entry.hash;
                    let stored = page.entries.first().map(hash) == entries.first().map(hash);
                    return if stored { Ok(()) } else { Err(StoreError::Conflict) };
                }
                Err(StoreError::Diverged { known }) => return Err(self.start_anew(known)),
                Err(_) => std::thread::sleep(LOOK_AGAIN_AFTER),
            }
        }
        Err(StoreError::UnknownOutcome { cause })
    }
}

/// Whether an error could be the fault of one command of a group.
const fn is_about_one(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::RequestIdReused | StoreError::Full { .. } | StoreError::Backend { .. }
    )
}

/// Folds entries; a state that could not take one is dropped.
fn fold_all(state: &mut State, entries: &[Entry]) -> Result<(), StoreError> {
    for entry in entries {
        if let Err(error) = state.fold(entry) {
            if !matches!(error, StoreError::Incompatible { .. }) {
                *state = State::new();
            }
            return Err(error);
        }
    }
    Ok(())
}

/// A lock, also after another thread stopped short while it held it: what it guards is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

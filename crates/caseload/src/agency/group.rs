//! Deciding and sealing the commands of one turn, without any I/O.

use std::borrow::Cow;

use crate::{
    Command, Context, Error, InputError, Keeping, NewIds, Outcome, Problem, StoreError,
    body::Body,
    decide::decide_under_lock,
    log::{Entry, Hash, MAX_ENTRY_BYTES, PrivateItems, Recorded},
    state::{Known, Memo, Scribe, State},
    view::{Overlay, View},
};

/// How far the store's clock may be behind the last entry without a notice.
const CLOCK_TOLERANCE_MICROS: i64 = 5 * 60 * 1_000_000;

/// A command with its context, as it waits for its turn.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) command: Command,
    pub(super) context: Context,
    /// The digest of the content, by which a repeated request is known; only where there is a request id.
    pub(super) content: Option<String>,
}

impl Job {
    pub(super) fn new(command: Command, context: Context) -> Result<Job, StoreError> {
        let content = match &context.request {
            Some(_) => Some(digest(&command, &context)?),
            None => None,
        };
        Ok(Job { command, context, content })
    }

    /// How many lines it may be about.
    pub(super) const fn rows(&self) -> usize {
        match &self.command {
            Command::Batch(batch) => batch.rows.len(),
            Command::MirrorEnrollments(mirror) => mirror.rows.len(),
            _ => 1,
        }
    }

    /// Commands that change ids: nothing else is decided over their pending result.
    const fn changes_ids(&self) -> bool {
        matches!(self.command, Command::ReplaceId(_) | Command::Forget(_))
    }
}

/// Equal for equal fields with equal values, whatever their order was.
fn digest(command: &Command, context: &Context) -> Result<String, StoreError> {
    let entered = context.entered.map(Recorded::micros);
    let content = (command, context.actor.as_str(), context.on, entered);
    let json = serde_json::to_vec(&content)
        .map_err(|error| StoreError::bug(format!("content of a request: {error}")))?;
    Ok(Hash::of(&[&json]).to_string())
}

/// What became of a command in its turn.
pub(super) enum Prepared {
    /// It is an entry, to be appended.
    Sealed(Box<Sealed>),
    /// It is accepted and there is nothing to store.
    NothingToStore(Outcome),
    /// It is refused.
    Failed(Error),
    /// It needs another turn.
    Deferred,
}

/// What an entry was made of, so that it need not be read again to be folded.
pub(super) struct Sealed {
    pub(super) body: Body,
    pub(super) items: PrivateItems,
    pub(super) outcome: Outcome,
}

/// Decides commands in order, each seeing those before, and seals what they add to the log. The entries
/// are those of the sealed ones, in order.
pub(super) fn prepare(
    state: &State,
    jobs: &[&Job],
    clock: Recorded,
) -> (Vec<Prepared>, Vec<Entry>) {
    let memo = Memo::for_rows(jobs.iter().map(|job| job.rows()).sum());
    let known = state.now().remembering(&memo);
    let mut group = Group {
        known: &known,
        overlay: Overlay::new(&known),
        scribe: Scribe::new(known),
        head: state.head(),
        recorded: state.last_recorded(),
        clock,
        ids: Ids::at(clock),
        requests: Vec::new(),
        entries: Vec::new(),
    };
    let mut prepared = Vec::with_capacity(jobs.len());
    let mut closed = false;
    for (number, job) in (1..).zip(jobs) {
        let alone = job.changes_ids() && group.head != state.head();
        let repeated = job.context.request.as_ref().is_some_and(|id| group.requests.contains(id));
        if closed || alone || repeated {
            closed = true;
            prepared.push(Prepared::Deferred);
            continue;
        }
        match group.judge(job) {
            Ok(Some(outcome)) => match group.seal(job, outcome, number < jobs.len()) {
                Ok(sealed) => prepared.push(Prepared::Sealed(Box::new(sealed))),
                Err(error) => {
                    // Numbers were given that no entry will hold: the rest starts afresh.
                    closed = true;
                    prepared.push(Prepared::Failed(error));
                }
            },
            Ok(None) => closed = true,
            Err(done) => prepared.push(*done),
        }
        closed |= job.changes_ids();
    }
    (prepared, group.entries)
}

struct Group<'a> {
    known: &'a Known<'a>,
    overlay: Overlay<'a>,
    scribe: Scribe<'a>,
    head: crate::log::Head,
    recorded: Recorded,
    clock: Recorded,
    ids: Ids,
    requests: Vec<crate::RequestId>,
    entries: Vec<Entry>,
}

impl Group<'_> {
    /// The outcome to be sealed, or what became of the command otherwise.
    fn judge(&mut self, job: &Job) -> Result<Option<Outcome>, Box<Prepared>> {
        // The first of a group has nobody's pending result to look through.
        let view: &dyn View = if self.overlay.is_empty() { self.known } else { &self.overlay };
        match decide_under_lock(view, &job.command, &job.context, &mut self.ids) {
            Ok(decision) if decision.keeping() == Keeping::Nothing => {
                Err(Box::new(Prepared::NothingToStore(decision.into_outcome())))
            }
            Ok(decision) => Ok(Some(decision.into_outcome())),
            Err(error) => Err(Box::new(Prepared::Failed(error))),
        }
    }

    /// Seals what a command adds; the overlay needs it only where another command is decided over it.
    fn seal(&mut self, job: &Job, mut outcome: Outcome, followed: bool) -> Result<Sealed, Error> {
        let behind = self.recorded.micros().saturating_sub(self.clock.micros());
        if behind > CLOCK_TOLERANCE_MICROS {
            let seconds = u64::try_from(behind / 1_000_000).unwrap_or(u64::MAX);
            outcome.notice(Problem::ClockBehind { seconds });
        }
        let mut salts = Salts::default();
        let (body, items) =
            self.scribe.write(&job.context, &outcome, job.content.clone(), &mut || salts.next())?;
        if let Some(error) = salts.error {
            return Err(Error::Store(error));
        }
        let recorded = Recorded::after(self.recorded, self.clock);
        let request = job.context.request.clone();
        let entry = Entry::sealed(&self.head, recorded, request, body.encode()?, items.pack());
        if entry.size() > MAX_ENTRY_BYTES {
            let problem =
                Problem::TooLarge { what: Cow::Borrowed("entry"), max: MAX_ENTRY_BYTES as u64 };
            return Err(Error::Input(InputError::new(problem, &[])));
        }
        for event in outcome.events.iter().filter(|_| followed) {
            self.overlay.apply(event)?;
        }
        self.requests.extend(job.context.request.clone());
        (self.head, self.recorded) = (entry.head(), recorded);
        self.entries.push(entry);
        Ok(Sealed { body, items, outcome })
    }
}

/// UUIDv7 of the store's clock.
pub(super) struct Ids {
    seconds: u64,
    nanos: u32,
}

impl Ids {
    pub(super) fn at(clock: Recorded) -> Ids {
        let micros = u64::try_from(clock.micros()).unwrap_or(0);
        let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1_000;
        Ids { seconds: micros / 1_000_000, nanos }
    }
}

impl NewIds for Ids {
    fn new_id(&mut self) -> String {
        let timestamp = uuid::Timestamp::from_unix(uuid::NoContext, self.seconds, self.nanos);
        uuid::Uuid::new_v7(timestamp).to_string()
    }
}

/// Random salts, fetched from the operating system many at a time.
#[derive(Default)]
struct Salts {
    ready: Vec<[u8; 16]>,
    error: Option<StoreError>,
}

impl Salts {
    const AT_ONCE: usize = 64;

    fn next(&mut self) -> [u8; 16] {
        if self.ready.is_empty() {
            let mut bytes = [0u8; 16 * Salts::AT_ONCE];
            if let Err(error) = getrandom::fill(&mut bytes) {
                let what = format!("the operating system gives no random bytes: {error}");
                self.error = Some(StoreError::Backend { what, cause: None });
            }
            let (salts, _) = bytes.as_chunks::<16>();
            self.ready.extend_from_slice(salts);
        }
        self.ready.pop().unwrap_or_default()
    }
}

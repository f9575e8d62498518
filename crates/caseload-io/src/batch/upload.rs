//! Carries a file out: every row goes the one way in, and its answer becomes the row's verdict.

use std::{collections::HashMap, sync::Arc};

use caseload::{
    Agency, Asked, AssignmentId, Batch, BatchMode, Context, EndAssignment, Error, Flow, KnownAt,
    MAX_BATCH_ROWS, Outcome, Progress, Refusal, RequestId, Row, RowVerdict, Snapshot, Stage,
    StoreError, Tell, Verdict,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    BatchError, BatchFile, BatchReport, Fate, FileProblem, FileVerdict, Mode, RowProblem,
    column::Layout,
    file::Rows,
    names::Names,
    row::{Flaw, NewLine, RawRow, Reading, Wanted, assign},
    told::{Deed, columns_of, told},
};

/// What an upload tells of each row, in the order of the file. An error of it ends the upload.
pub type TellRow<'a> = &'a mut dyn FnMut(&FileVerdict) -> std::io::Result<()>;

/// How much text a part may have: with all that an entry keeps beside it, no entry becomes too large.
const MOST_BYTES: usize = 1 << 20;

/// After how many rows it is told how far the upload has come.
const STEP: u64 = 1_000;

impl BatchFile {
    /// Uploads the file: judges every row, stores what the mode says, and tells each row's verdict.
    ///
    /// Actor, day and request are those of the context. **With a request id** each part is stored as
    /// `request.N`, the number of its first row: the same file again under the same request is answered
    /// as the first time, stores nothing twice and goes on where it was stopped.
    /// Other content under it is `request-reused`. **Without one** the same file again is judged anew;
    /// what is stored already is refused then (`already-assigned`, `assignment-ended`).
    ///
    /// Memory does not grow with a CSV; of a workbook, its shared texts are kept.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use caseload::{Actor, Agency, Assign, Context, DefineProgram, Enroll, Flow, MemoryLog, Name};
    /// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId};
    /// use caseload_io::batch::{BatchFile, Mode, Options};
    ///
    /// let agency = Agency::open(MemoryLog::new())?;
    /// let context = Context::new(Actor::Root, "2024-06-15".parse()?);
    /// let program = ProgramId::new("p1")?;
    /// let named = DefineProgram::new(program.clone()).name(Name::new("Housing")?);
    /// agency.record(named, context.clone())?;
    /// let sam = RegisterStaff::new(StaffId::new("s1")?).name(Name::new("Sam Reed")?);
    /// agency.record(sam, context.clone())?;
    /// let client = ParticipantId::new("P-1")?;
    /// agency.record(Enroll::new(client, program, "2024-03-01".parse()?), context.clone())?;
    ///
    /// let text = "Participant ID,Program name,Staff name,Start date\n\
    ///             P-1,Housing,\"Reed, Sam\",2024-03-01\n\
    ///             P-2,Housing,Sam Reed,2024-03-01\n";
    /// let options = Options::default().mode(Mode::Partial);
    /// let file = BatchFile::read("june.csv", Cursor::new(text), &options)?;
    /// let mut told = Vec::new();
    /// let report = file.upload(
    ///     &agency,
    ///     &context,
    ///     &mut |verdict| Ok(told.push(verdict.to_string())),
    ///     &mut |_| Flow::Continue,
    /// )?;
    /// assert_eq!((report.counts.stored, report.counts.refused), (1, 1));
    /// assert_eq!(told[0], "row 2: stored");
    /// assert!(told[1].ends_with("(not-enrolled)"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`BatchError::File`] when the file cannot be read on, or holds more rows than can be stored all
    /// or nothing; [`BatchError::Agency`] when the store fails, the actor is refused as such, or
    /// `progress` cancels; [`BatchError::Unwritable`] when `each` fails. What was stored stays. A
    /// refused row is no error.
    pub fn upload(
        self,
        agency: &Agency,
        context: &Context,
        each: TellRow<'_>,
        progress: Tell<'_>,
    ) -> Result<BatchReport, BatchError> {
        let BatchFile { name, layout, options, mut source } = self;
        let names = Names::read(&agency.snapshot()?, &layout)?;
        let upload = Upload {
            reading: Reading { layout: &layout, names: &names },
            layout: &layout,
            agency,
            context,
            mode: options.mode,
            most: match options.mode {
                Mode::AllOrNothing => MAX_BATCH_ROWS,
                Mode::DryRun | Mode::Partial => options.rows_a_part.clamp(1, MAX_BATCH_ROWS),
            },
            file: &name,
            ids: Ids::of(context.request.as_ref())?,
            part: Part::default(),
            report: BatchReport::new(options.mode),
            each,
            progress,
        };
        let mut rows = source.rows().map_err(|problem| problem.in_file(name.clone()))?;
        upload.run(&mut *rows)
    }
}

struct Upload<'a> {
    reading: Reading<'a>,
    layout: &'a Layout,
    agency: &'a Agency,
    context: &'a Context,
    mode: Mode,
    most: usize,
    file: &'a str,
    ids: Ids,
    part: Part,
    report: BatchReport,
    each: TellRow<'a>,
    progress: Tell<'a>,
}

/// The rows that are judged together.
#[derive(Default)]
struct Part {
    rows: Vec<Waiting>,
    wanted: Vec<WantedRow>,
    bytes: usize,
}

/// A row whose verdict is to be told.
struct Waiting {
    /// How many blank rows stand right before it.
    blank_before: u64,
    number: u64,
    line: Option<u64>,
    fate: Fate,
    problems: Vec<RowProblem>,
    assignment: Option<AssignmentId>,
}

/// What a row wants of the agency.
struct WantedRow {
    /// Its place in the part.
    place: usize,
    number: u64,
    wanted: Wanted,
}

/// What a row asks of the agency.
struct AskedRow {
    place: usize,
    deed: Deed,
    assignment: AssignmentId,
    row: Row,
    /// Why the assignment it is to end was not found: the agency will say no more than that.
    unmatched: Option<Flaw>,
}

impl Upload<'_> {
    fn run(mut self, rows: &mut dyn Rows) -> Result<BatchReport, BatchError> {
        let mut last = rows.at();
        while let Some(row) = rows.next().map_err(|problem| self.in_file(problem))? {
            self.take(&row, row.number - last - 1)?;
            if row.number / STEP != last / STEP {
                self.tell(rows)?;
            }
            last = row.number;
        }
        self.flush()?;
        self.tell(rows)?;
        Ok(self.report)
    }

    fn take(&mut self, row: &RawRow, blank_before: u64) -> Result<(), BatchError> {
        let mut waiting = Waiting {
            blank_before,
            number: row.number,
            line: row.line,
            fate: Fate::Refused,
            problems: Vec::new(),
            assignment: None,
        };
        match self.reading.row(row) {
            Err(problems) => waiting.problems = problems,
            Ok(Wanted::Skip(why)) => waiting.fate = Fate::Skipped(why),
            Ok(wanted) => {
                let place = self.part.rows.len();
                self.part.wanted.push(WantedRow { place, number: row.number, wanted });
            }
        }
        self.part.bytes += row.bytes();
        self.part.rows.push(waiting);
        let (rows, bytes) = (self.part.rows.len(), self.part.bytes);
        match self.mode {
            Mode::AllOrNothing if rows > self.most => Err(self.in_file(FileProblem::TooManyRows)),
            Mode::DryRun | Mode::Partial if rows >= self.most || bytes >= MOST_BYTES => {
                self.flush()
            }
            _ => Ok(()),
        }
    }

    /// Judges the part, tells its verdicts, and begins the next one.
    fn flush(&mut self) -> Result<(), BatchError> {
        let Part { mut rows, wanted, .. } = std::mem::take(&mut self.part);
        if !wanted.is_empty() {
            self.report.parts += 1;
            let refused = rows.iter().any(|row| !row.problems.is_empty());
            let mode = match self.mode {
                Mode::AllOrNothing if refused => Mode::DryRun,
                mode => mode,
            };
            let request = self.request(rows.first().map_or(0, |row| row.number))?;
            let asked = self.asked(wanted, request.as_ref())?;
            self.judge(mode, request, asked, &mut rows)?;
        }
        for row in rows {
            for blank in row.number - row.blank_before..row.number {
                self.tell_row(&FileVerdict::blank(blank))?;
            }
            let Waiting { number, line, fate, problems, assignment, .. } = row;
            self.tell_row(&FileVerdict { row: number, line, fate, problems, assignment })?;
        }
        Ok(())
    }

    /// The request id of a part: parts are cut the same from the same file.
    fn request(&self, first: u64) -> Result<Option<RequestId>, Error> {
        let Some(request) = &self.context.request else { return Ok(None) };
        Ok(Some(RequestId::new(format!("{request}.{first}"))?))
    }

    /// What the rows of a part ask, with the assignments that ends are about.
    ///
    /// Where the part is stored already, they are looked for in what was known before it, so that the
    /// same is asked again: what it stored itself was not there for its own rows.
    fn asked(
        &self,
        wanted: Vec<WantedRow>,
        request: Option<&RequestId>,
    ) -> Result<Vec<AskedRow>, Error> {
        let mut asked = Asked::of(self.context.on).by(self.context.actor.clone());
        if let Some(request) = request
            && let Some(stored) = self.agency.outcome(request)?
        {
            let before = stored.head.position.saturating_sub(1);
            asked = asked.known_at(KnownAt::Position(before));
        }
        let mut stored = Stored { snapshot: self.agency.snapshot()?, asked, begun: HashMap::new() };
        let mut rows = Vec::with_capacity(wanted.len());
        for WantedRow { place, number, wanted } in wanted {
            let made = self.ids.of_row(number)?;
            let asked = match wanted {
                Wanted::Skip(_) => continue,
                Wanted::Begin { line, role, end } => {
                    stored.begun.entry(line.clone()).or_insert_with(|| made.clone());
                    let row = assign(line, made.clone(), role, end);
                    AskedRow { place, deed: Deed::Begin, assignment: made, row, unmatched: None }
                }
                Wanted::End { line, end, reason } => {
                    let (assignment, unmatched) = match stored.assignment(&line)? {
                        Ok(assignment) => (assignment, None),
                        // Asked all the same, under an id that nothing has, so that doing it again
                        // asks for the same rows.
                        Err(flaw) => (made, Some(flaw)),
                    };
                    let mut row = EndAssignment::new(assignment.clone(), end);
                    row.reason = reason;
                    AskedRow { place, deed: Deed::End, assignment, row: row.into(), unmatched }
                }
            };
            rows.push(asked);
        }
        Ok(rows)
    }

    fn judge(
        &mut self,
        mode: Mode,
        request: Option<RequestId>,
        asked: Vec<AskedRow>,
        rows: &mut [Waiting],
    ) -> Result<(), BatchError> {
        let batch = asked.iter().map(|asked| asked.row.clone()).collect();
        let (verdicts, passed) = self.answer(mode, request, batch)?;
        for (asked, verdict) in asked.into_iter().zip(verdicts) {
            let Some(row) = rows.get_mut(asked.place) else { continue };
            let told = verdict.violations.iter().map(|violation| match asked.unmatched {
                Some(flaw) => flaw.at(&columns_of("id", asked.deed, self.layout)),
                None => told(violation, asked.deed, self.layout),
            });
            row.problems = told.collect();
            if row.problems.is_empty() {
                row.fate = passed;
                row.assignment = Some(asked.assignment);
            }
        }
        Ok(())
    }

    /// What the agency says of rows, and what becomes of those that pass.
    fn answer(
        &mut self,
        mode: Mode,
        request: Option<RequestId>,
        rows: Vec<Row>,
    ) -> Result<(Vec<RowVerdict>, Fate), BatchError> {
        let kind = match mode {
            Mode::AllOrNothing => BatchMode::AllOrNothing,
            Mode::DryRun | Mode::Partial => BatchMode::Partial,
        };
        let batch = Batch::new(kind, rows);
        let mut context = self.context.clone();
        context.request = request;
        let result = if mode == Mode::DryRun {
            self.agency.review(batch, context).map(Into::into)
        } else {
            self.agency.record(batch, context).map(|receipt| Judged::Stored(receipt.outcome))
        };
        let (outcome, passed) = match result {
            Ok(Judged::Stored(outcome)) => (outcome, Fate::Stored),
            Ok(Judged::WouldPass(outcome)) => (outcome, Fate::WouldPass),
            Ok(Judged::Refused(refusal)) | Err(Error::Refused(refusal))
                if !refusal.rows.is_empty() =>
            {
                return Ok((refusal.rows, Fate::WouldPass));
            }
            Ok(Judged::Refused(refusal)) => return Err(Error::Refused(refusal).into()),
            Err(error) => return Err(error.into()),
        };
        for notice in &outcome.notices {
            *self.report.notices.entry(notice.code()).or_default() += 1;
        }
        Ok((outcome.rows, passed))
    }

    fn tell_row(&mut self, verdict: &FileVerdict) -> Result<(), BatchError> {
        self.report.count(verdict);
        (self.each)(verdict).map_err(|source| BatchError::Unwritable { source })
    }

    fn tell(&mut self, rows: &dyn Rows) -> Result<(), BatchError> {
        let (done, total) = rows.so_far();
        match (self.progress)(Progress::new(Stage::BatchRows, done, total)) {
            Flow::Continue => Ok(()),
            Flow::Cancel => Err(BatchError::Agency(Error::Cancelled)),
        }
    }

    fn in_file(&self, problem: FileProblem) -> BatchError {
        problem.in_file(self.file.to_owned())
    }
}

/// What the agency said, whether it was asked to store or not.
enum Judged {
    Stored(Outcome),
    WouldPass(Outcome),
    Refused(Refusal),
}

impl From<Verdict> for Judged {
    fn from(verdict: Verdict) -> Judged {
        match verdict {
            Verdict::Accepted { outcome, .. } => Judged::WouldPass(outcome),
            Verdict::Known(receipt) => Judged::Stored(receipt.outcome),
            Verdict::Refused { violations, rows } => Judged::Refused(Refusal { violations, rows }),
        }
    }
}

/// What is stored before a part, and what its rows so far begin.
struct Stored {
    snapshot: Snapshot,
    asked: Asked,
    begun: HashMap<NewLine, AssignmentId>,
}

impl Stored {
    /// The current assignment that an end is about.
    fn assignment(&self, line: &NewLine) -> Result<Result<AssignmentId, Flaw>, Error> {
        let history = self.snapshot.history(&line.participant, &line.program, &self.asked)?;
        let mut lines = history.assignments;
        lines.retain(|stored| stored.is_current() && stored.staff == line.staff);
        if let Some(stored) = lines.iter().find(|stored| stored.period.start() == line.start) {
            return Ok(Ok(stored.id.clone()));
        }
        let open = lines.iter().find(|stored| stored.period.is_open());
        let open_since = open.map(|stored| stored.period.start());
        Ok(self.begun.get(line).cloned().ok_or(Flaw::NoSuchAssignment { open_since }))
    }
}

/// The ids of the assignments that rows begin.
struct Ids {
    seed: [u8; 32],
}

impl Ids {
    /// The same for the same request, so that doing it again asks for the same.
    fn of(request: Option<&RequestId>) -> Result<Ids, Error> {
        let mut sha = Sha256::new();
        match request {
            Some(request) => sha.update(request.as_str()),
            None => {
                let mut random = [0; 32];
                getrandom::fill(&mut random).map_err(no_random)?;
                sha.update(random);
            }
        }
        Ok(Ids { seed: sha.finalize().into() })
    }

    /// A UUID, which takes the least room in the state.
    fn of_row(&self, number: u64) -> Result<AssignmentId, Error> {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(self.seed)
            .chain_update(number.to_be_bytes())
            .finalize()
            .into();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
        Ok(AssignmentId::new(Uuid::new_v8(bytes).to_string())?)
    }
}

fn no_random(error: getrandom::Error) -> StoreError {
    let what = "the system gave no random numbers to make ids of; try again".to_owned();
    StoreError::Backend { what, cause: Some(Arc::new(error)) }
}

//! The main job, from an export to a supervisor's questions.
//!
//! `cargo run --release --example quickstart -- --help`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to people")]

use std::{
    error::Error as StdError,
    path::{Path, PathBuf},
    process::ExitCode,
};

use caseload::{
    Actor, Agency, Asked, Assign, Assignment, Batch, BatchMode, Code, Context, Correct, Day, Desk,
    Enrollment, Ineligible, KnownAt, Lines, MAX_BATCH_ROWS, Name, OnHeld, ParticipantId, Period,
    ProgramId, Reason, Receipt, RegisterStaff, Right, Rights, Row, RowVerdict, Scope, StaffId,
    Status, TransferAll, log::Position,
};
use caseload_examples::{Axis, Names, bar, in_words, progress_bar, table};
use caseload_io::{
    Flow,
    hmis::{HmisFile, ImportReport, Options, Plan},
};
use caseload_sqlite::SqliteLog;

const USAGE: &str = "\
Builds an agency from an HMIS export, gives out caseloads, and answers a supervisor's questions.

usage: quickstart [--hmis DIR] [--db FILE] [--assign-by-user]

  --hmis DIR         the unpacked export (default: a small made-up one)
  --db FILE          keeps the agency in this file (default: a temporary one)
  --assign-by-user   makes assignments from the users who entered rows, as a proxy
";

/// The made-up export of the importer's own tests.
const MADE_UP: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/caseload-io/fixtures/hmis/2024");

type Failure = Box<dyn StdError>;

fn main() -> ExitCode {
    match Wishes::read(std::env::args().skip(1)) {
        Ok(None) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Some(wishes)) => match run(&wishes) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("quickstart: {}", in_words(error.as_ref()));
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            eprintln!("quickstart: {error}\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

/// What the command line asks for.
struct Wishes {
    hmis: PathBuf,
    db: Option<PathBuf>,
    options: Options,
}

impl Wishes {
    /// `None` when only help is wanted.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Wishes>, String> {
        let mut wishes = Wishes { hmis: MADE_UP.into(), db: None, options: Options::default() };
        while let Some(argument) = arguments.next() {
            let mut value = |what| arguments.next().ok_or(format!("{argument} needs {what}"));
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--hmis" => wishes.hmis = value("a folder")?.into(),
                "--db" => wishes.db = Some(value("a file")?.into()),
                "--assign-by-user" => wishes.options = wishes.options.assign_by_user(),
                other => return Err(format!("`{other}` is not known here")),
            }
        }
        Ok(Some(wishes))
    }
}

fn run(wishes: &Wishes) -> Result<(), Failure> {
    let plan = Plan::read(&wishes.hmis, &wishes.options)?;
    let folder = tempfile::tempdir()?;
    let temporary = folder.path().join("agency.db");
    let file = wishes.db.as_deref().unwrap_or(&temporary);
    let agency = Agency::open(SqliteLog::open(file, "quickstart")?)?;
    let is_new = agency.head().position == 0;
    // The last day that the export knows of stands for today: later nobody has an exit yet.
    let today = plan.report().export_end.or(Day::from_ymd(2025, 1, 15)).unwrap_or(Day::LAST);

    import(&agency, plan, today)?;
    let mut corrected = None;
    if is_new {
        let team = Team::register(&agency, today)?;
        team.give_out(&agency)?;
        team.hand_over()?;
        corrected = team.correct(&agency)?;
    } else {
        println!(
            "\nThe file held an agency already: only what changed was imported, and nothing given out again."
        );
    }

    let names = Names::read(&agency)?;
    show_caseloads(&agency, &names, today)?;
    show_timeline(&agency, &names, today)?;
    show_unassigned(&agency, &names, today)?;
    if let Some(corrected) = corrected {
        corrected.show(&agency, &names)?;
    }
    show_end(&agency, wishes.db.as_deref());
    Ok(())
}

fn title(text: &str) {
    println!("\n== {text} ==");
}

// 1. The import.

fn import(agency: &Agency, plan: Plan, today: Day) -> Result<(), Failure> {
    let context = Context::new(Actor::Root, today);
    let bar = progress_bar();
    let report = plan.record(agency, &context, &mut |progress| {
        bar.set_message(progress.stage.word());
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        Flow::Continue
    })?;
    bar.finish_and_clear();
    show_import(&report);
    Ok(())
}

fn show_import(report: &ImportReport) {
    title("What the import did");
    if let (Some(start), Some(end)) = (report.export_start, report.export_end) {
        println!(
            "Export {}, {start} to {end}. Open enrollments are known to be open up to {end}.",
            report.export_id
        );
    }
    let mut counts =
        table(&["File", "Rows #", "Stored #", "Unchanged #", "Left out #", "Refused #"]);
    for file in HmisFile::ALL {
        let of = report.of(file);
        let numbers = [of.rows, of.stored, of.unchanged, of.left_out, of.refused];
        counts.add_row([file.name().to_owned()].into_iter().chain(numbers.map(|n| n.to_string())));
    }
    if let Some(of) = report.proxies {
        let numbers = [of.rows, of.stored, of.unchanged, 0, of.refused];
        let name = "assignments by user (a proxy)".to_owned();
        counts.add_row([name].into_iter().chain(numbers.map(|n| n.to_string())));
    }
    println!("{counts}");
    for ((file, why), times) in &report.left_out {
        println!("left out: {times} of {file} ({})", why.code());
    }
    if report.voided > 0 {
        println!("taken back: {} enrollments of an earlier export", report.voided);
    }
    for (warning, times) in &report.warnings {
        println!("worth knowing: {warning}: {times} ({})", warning.code());
    }
    if report.refused.is_empty() {
        return;
    }
    title("What the import refused, and why");
    let mut refused = table(&["File", "Line #", "Why", "Code"]);
    for row in report.refused.iter().take(MOST) {
        let line = row.line.to_string();
        refused.add_row([row.file.name(), &line, &row.text, row.code]);
    }
    println!("{refused}");
    more(report.refused.len());
}

/// The most rows that a table shows here.
const MOST: usize = 15;

fn more(all: usize) {
    if all > MOST {
        println!("... and {} more", all - MOST);
    }
}

// 2. Staff, caseloads, a hand-over and a correction.

/// A supervisor and three caseworkers, with the supervisor's desk.
struct Team {
    workers: Vec<StaffId>,
    desk: Desk,
    today: Day,
}

impl Team {
    fn register(agency: &Agency, today: Day) -> Result<Team, Failure> {
        let root = agency.acting_as(Actor::Root).on(today);
        let supervisor = StaffId::new("t-ines")?;
        let all = [Right::Others, Right::Correct, Right::Enroll, Right::ViewAll];
        let command = RegisterStaff::new(supervisor.clone()).name(Name::new("Ines Marlow")?);
        root.record(command.rights(Rights::of(&all)))?;
        let mut workers = Vec::new();
        for (id, name) in [("t-jo", "Jo Field"), ("t-kim", "Kim Brook"), ("t-lea", "Lea Stone")] {
            let worker = StaffId::new(id)?;
            let command = RegisterStaff::new(worker.clone()).name(Name::new(name)?);
            root.record(command.rights(Rights::of(&[Right::Own])))?;
            workers.push(worker);
        }
        let desk = agency.acting_as(Actor::from(supervisor)).on(today);
        Ok(Team { workers, desk, today })
    }

    /// Everybody enrolled today goes to one of the three in turn; every eighth is forgotten, and five
    /// rows are wrong on purpose.
    fn give_out(&self, agency: &Agency) -> Result<(), Failure> {
        let enrolled = enrolled(agency, self.today)?;
        let mut rows = Vec::new();
        let mut labels = Vec::new();
        let waiting = enrolled.iter().enumerate().filter(|(number, _)| number % 8 != 7);
        for ((_, enrollment), worker) in waiting.zip(self.workers.iter().cycle()) {
            let earliest = self.today.plus(-120).unwrap_or(self.today);
            let mut assign = assign(worker, enrollment, enrollment.period.start().max(earliest));
            assign.end = enrollment.period.end();
            rows.push(Row::from(assign));
            labels.push("one of the caseload list");
        }
        if let (Some(first), Some(jo)) = (enrolled.first(), self.workers.first()) {
            for (row, label) in mistakes(first, jo, self.today)? {
                rows.push(row);
                labels.push(label);
            }
        }
        let bar = progress_bar();
        bar.set_message("caseloads");
        bar.set_length(rows.len() as u64);
        let mut verdicts = Vec::new();
        for rows in rows.chunks(MAX_BATCH_ROWS) {
            let receipt = self.desk.record(Batch::new(BatchMode::Partial, rows.to_vec()))?;
            verdicts.extend(receipt.outcome.rows);
            bar.inc(rows.len() as u64);
        }
        bar.finish_and_clear();
        show_batch(&verdicts, &labels);
        Ok(())
    }

    /// Jo leaves; Kim takes everything that Jo had by then.
    fn hand_over(&self) -> Result<(), Failure> {
        let [jo, kim, ..] = self.workers.as_slice() else { return Ok(()) };
        let date = self.today.plus(-30).unwrap_or(self.today);
        let command = TransferAll::new(jo.clone(), kim.clone(), Scope::EveryProgram, date)
            .on_held(OnHeld::EndSource)
            .skip_ineligible(Ineligible::Skip)
            .reason(Reason::new("Jo moves to another office")?);
        title("Jo's whole caseload goes to Kim");
        match self.desk.record(command) {
            Ok(receipt) => show_hand_over(&receipt, date),
            Err(error) => println!("Nothing was handed over: {error}"),
        }
        Ok(())
    }

    /// Lea's first case was entered with the wrong date: it began two weeks later.
    fn correct(&self, agency: &Agency) -> Result<Option<Corrected>, Failure> {
        let [.., lea] = self.workers.as_slice() else { return Ok(None) };
        let before = agency.head().position;
        let lines = everything(agency, self.today)?.assignments;
        let latest = self.today.plus(-30).unwrap_or(self.today);
        let is_early = |line: &&Assignment| {
            line.staff == *lea && line.is_current() && line.period.start() <= latest
        };
        let Some(line) = lines.iter().find(is_early) else { return Ok(None) };
        let right = line.period.start().plus(14).unwrap_or(line.period.start());
        let mut command = Correct::new(line.id.clone(), right)
            .reason(Reason::new("the first visit was two weeks later")?);
        command.end = line.period.end();
        self.desk.record(command)?;
        Ok(Some(Corrected { line: line.clone(), right, before }))
    }
}

fn assign(worker: &StaffId, enrollment: &Enrollment, start: Day) -> Assign {
    let participant = enrollment.participant.clone();
    Assign::new(worker.clone(), participant, enrollment.program.clone(), start)
}

/// What people really enter: each is refused alone, with the nearest day that would pass.
fn mistakes(
    enrollment: &Enrollment,
    jo: &StaffId,
    today: Day,
) -> Result<Vec<(Row, &'static str)>, Failure> {
    let nobody = ParticipantId::new("nobody-knows")?;
    let stranger = StaffId::new("t-unknown")?;
    let first_day = enrollment.period.start();
    let too_early = first_day.plus(-10).unwrap_or(Day::FIRST);
    let mut backwards = assign(jo, enrollment, today.plus(10).unwrap_or(today));
    backwards.end = today.plus(5);
    let not_enrolled = Assign::new(jo.clone(), nobody, enrollment.program.clone(), today);
    Ok(vec![
        (assign(jo, enrollment, today).into(), "the first case, a second time"),
        (assign(&stranger, enrollment, today).into(), "a worker nobody registered"),
        (not_enrolled.into(), "a participant nobody enrolled"),
        (assign(jo, enrollment, too_early).into(), "from before the enrollment"),
        (backwards.into(), "an end before the start"),
    ])
}

fn show_batch(verdicts: &[RowVerdict], labels: &[&str]) {
    title("Caseloads given out by batch");
    let numbered = (1_usize..).zip(verdicts.iter().zip(labels));
    let refused: Vec<_> = numbered.filter(|(_, (row, _))| !row.violations.is_empty()).collect();
    let (all, wrong) = (verdicts.len(), refused.len());
    println!("{} of {all} rows were stored, {wrong} refused:", all - wrong);
    let mut rows = table(&["Row #", "What", "Why not", "Code", "Would pass"]);
    for (number, (verdict, label)) in refused.into_iter().take(MOST) {
        for violation in &verdict.violations {
            let nearest = violation.nearest.as_ref();
            let nearest = nearest.map(|near| format!("{} {}", near.field, near.day));
            rows.add_row([
                number.to_string(),
                (*label).to_owned(),
                violation.problem.to_string(),
                violation.code().to_string(),
                nearest.unwrap_or_default(),
            ]);
        }
    }
    println!("{rows}");
    more(wrong);
}

fn show_hand_over(receipt: &Receipt, date: Day) {
    let (handed, left) = (receipt.outcome.ended().len(), receipt.outcome.left.len());
    println!("On {date}, as one entry: {handed} handed over, {left} left behind.");
    let mut codes: Vec<Code> = receipt.outcome.left.iter().map(|(_, code)| *code).collect();
    codes.sort_unstable();
    for same in codes.chunk_by(|a, b| a == b) {
        match same.first() {
            Some(Code::EndBeforeStart) => {
                println!(
                    "left behind: {}, as they start after that day (end-before-start)",
                    same.len()
                );
            }
            Some(code) => println!("left behind: {} ({code})", same.len()),
            None => {}
        }
    }
}

// 3. The answers.

fn show_caseloads(agency: &Agency, names: &Names, today: Day) -> Result<(), Failure> {
    title(&format!("Current caseload per staff member, {today}"));
    let mut counts = agency.snapshot()?.counts(None, &Asked::of(today))?.to_vec();
    counts.sort_by(|a, b| b.assignments.cmp(&a.assignments).then_with(|| a.staff.cmp(&b.staff)));
    let largest = counts.first().map_or(0, |count| count.assignments);
    let mut rows = table(&["Staff", "Cases #", ""]);
    for count in counts.iter().take(MOST) {
        let number = count.assignments.to_string();
        rows.add_row([names.staff(&count.staff), number, bar(count.assignments, largest, 30)]);
    }
    println!("{rows}");
    more(counts.len());
    Ok(())
}

/// The one who had most caseworkers, with all that was ever entered.
fn show_timeline(agency: &Agency, names: &Names, today: Day) -> Result<(), Failure> {
    let lines = everything(agency, today)?.assignments;
    let Some((participant, program)) = most_handed_over(&lines) else { return Ok(()) };
    title(&format!("Caseworkers of {participant} in {} over time", names.program(&program)));
    let history = agency.snapshot()?.history(&participant, &program, &Asked::of(today))?;
    let first = history.assignments.iter().map(|line| line.period.start()).min();
    let first = first.and_then(|day| day.plus(-30)).unwrap_or(today);
    let axis = Axis { first, last: today, width: 40 };
    let mut rows = table(&["Who", "From", "Until", "Status", ""]);
    for enrollment in &history.enrollments {
        rows.add_row(timeline_row("enrolled", enrollment.period, enrollment.status, &axis, '░'));
    }
    let mut lines = history.assignments;
    lines.sort_by_key(|line| (line.period.start(), line.id.clone()));
    for line in &lines {
        let mark = if line.is_current() { '█' } else { '▒' };
        let who = names.staff(&line.staff);
        rows.add_row(timeline_row(&who, line.period, line.status, &axis, mark));
    }
    println!("{rows}");
    println!("A strip shows {first} to {today}; `until` is the first day not covered.");
    Ok(())
}

fn timeline_row(who: &str, period: Period, status: Status, axis: &Axis, mark: char) -> [String; 5] {
    let until = period.end().map_or_else(|| "open".to_owned(), |end| end.to_string());
    let start = period.start().to_string();
    [who.to_owned(), start, until, status.word().to_owned(), axis.strip(period, mark)]
}

fn most_handed_over(lines: &[Assignment]) -> Option<(ParticipantId, ProgramId)> {
    let mut timelines = std::collections::BTreeMap::new();
    for line in lines {
        *timelines.entry((&line.participant, &line.program)).or_insert(0_u32) += 1;
    }
    let most = timelines.into_iter().rev().max_by_key(|(_, lines)| *lines)?.0;
    Some((most.0.clone(), most.1.clone()))
}

fn show_unassigned(agency: &Agency, names: &Names, today: Day) -> Result<(), Failure> {
    title(&format!("Enrolled on {today}, and nobody is responsible"));
    let snapshot = agency.snapshot()?;
    let asked = Asked::of(today);
    let mut programs: Vec<ProgramId> = Vec::new();
    for enrollment in enrolled(agency, today)? {
        programs.push(enrollment.program);
    }
    programs.sort_unstable();
    programs.dedup();
    let mut rows = table(&["Program", "Participants #", "Who"]);
    let mut none = true;
    for program in programs {
        let waiting = snapshot.unassigned(&program, &asked)?;
        if waiting.is_empty() {
            continue;
        }
        none = false;
        let mut who: Vec<&str> = waiting.iter().take(6).map(ParticipantId::as_str).collect();
        if waiting.len() > who.len() {
            who.push("...");
        }
        rows.add_row([names.program(&program), waiting.len().to_string(), who.join(", ")]);
    }
    if none {
        println!("Everybody has a caseworker.");
    } else {
        println!("{rows}");
    }
    Ok(())
}

/// An assignment whose first day was put right.
struct Corrected {
    line: Assignment,
    right: Day,
    before: Position,
}

impl Corrected {
    fn show(&self, agency: &Agency, names: &Names) -> Result<(), Failure> {
        title("The same question, as known before the correction and as known now");
        let (wrong, right) = (self.line.period.start(), self.right);
        let day = wrong.plus(7).unwrap_or(wrong);
        let worker = names.staff(&self.line.staff);
        println!(
            "{worker}'s case was entered from {wrong} on; it began on {right}. The first line is kept."
        );
        println!("Who was responsible for {} on {day}?", self.line.participant);
        let mut rows = table(&["As known", "Entry #", "Answer"]);
        let then = Asked::of(day).known_at(KnownAt::Position(self.before));
        for (known, position, asked) in [
            ("before the correction", self.before, then),
            ("now", agency.head().position, Asked::of(day)),
        ] {
            let snapshot = agency.snapshot()?;
            let staff = snapshot.caseworkers(&self.line.participant, &self.line.program, &asked)?;
            let staff: Vec<String> = staff.iter().map(|id| names.staff(id)).collect();
            let answer = if staff.is_empty() { "nobody".to_owned() } else { staff.join(", ") };
            rows.add_row([known.to_owned(), position.to_string(), answer]);
        }
        println!("{rows}");
        Ok(())
    }
}

fn show_end(agency: &Agency, kept: Option<&Path>) {
    let head = agency.head();
    println!("\nThe log has {} entries and ends at {head}.", head.position);
    match kept {
        Some(file) => println!("The agency is kept in {}.", file.display()),
        None => println!("The agency was temporary; keep one with --db FILE."),
    }
}

fn everything(agency: &Agency, today: Day) -> Result<Lines, Failure> {
    Ok(agency.snapshot()?.everything(&Asked::of(today))?)
}

/// The enrollments that count and cover the day.
fn enrolled(agency: &Agency, today: Day) -> Result<Vec<Enrollment>, Failure> {
    let mut enrollments = everything(agency, today)?.enrollments;
    enrollments.retain(|enrollment| {
        enrollment.status == Status::Current && enrollment.period.covers(today)
    });
    Ok(enrollments)
}

//! A product that keeps its own tables, its own words and its own transactions uses the rules alone.
//!
//! There is no log here and no second database. `own_tables/view.rs` shows the tables to the rules,
//! [`decide`](caseload::decide) says what a command may do, and `own_tables/apply.rs` stores it.
//! `own_tables/report.rs` asks the library's reports over the same tables.
//!
//! `cargo run --example own_tables`

#![expect(clippy::print_stdout, reason = "an example prints")]

#[path = "own_tables/mod.rs"]
mod tables;

use std::{error::Error as StdError, fmt};

use caseload::{
    Actor, Assign, AssignmentId, Batch, BatchMode, Command, Context, Correct, Day, DefineProgram,
    EndEnrollment, Enroll, EnrollmentId, Error, Name, ParticipantId, Period, Policy, ProgramId,
    Read, Reason, RegisterStaff, ReinstateEnrollment, Right, Rights, Row, StaffId, Transfer,
    Violation, report::Range,
};
use rusqlite::Connection;

use tables::Tables;

type Failure = Box<dyn StdError>;

fn main() -> Result<(), Failure> {
    let mut office = Office::open()?;
    office.set_up()?;
    office.take_charge()?;
    office.hand_over()?;
    office.dismiss_and_take_back()?;
    office.set_right()?;
    office.enter_a_list()?;
    office.show_tables()?;
    office.show_week()
}

/// The product: its database, and who is signed in today.
struct Office {
    db: Connection,
    today: Day,
    /// The product's own keys for lines that nobody gave one.
    given: u32,
}

impl Office {
    fn open() -> Result<Office, Failure> {
        let db = Connection::open_in_memory()?;
        tables::create(&db)?;
        Ok(Office { db, today: day("2024-06-15")?, given: 0 })
    }

    /// One command as one transaction of the product's, and what came of it in words.
    fn give(&mut self, who: &str, what: &str, command: impl Into<Command>) -> Result<(), Failure> {
        println!("\n{who}: {what}");
        let context = Context::new(Actor::new(who)?, self.today);
        let given = &mut self.given;
        let mut keys = || {
            *given += 1;
            format!("R-{given}")
        };
        match tables::give(&mut self.db, &command.into(), &context, &mut keys) {
            Ok(decision) => {
                for event in &decision.outcome().events {
                    println!("   stored   {} {}", event.word(), event.ids().join(" "));
                }
                for row in &decision.outcome().rows {
                    show_violations(&format!("row {}: ", row.row), &row.violations);
                }
                for read in decision.reads() {
                    println!("   looked at {}", Lock(read));
                }
                Ok(())
            }
            // A refusal is an answer, not a failure: the program goes on.
            Err(Error::Refused(refusal)) => {
                show_violations("", &refusal.violations);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A service in which every client has one worker at most, and three who work there.
    fn set_up(&mut self) -> Result<(), Failure> {
        let policy = Policy { max_staff: std::num::NonZeroU32::new(1), ..Policy::default() };
        let housing = DefineProgram::new(housing()?).name(Name::new("Housing")?).policy(policy);
        self.give("root", "a new service", housing)?;
        for (key, name) in [("jo", "Jo Field"), ("kim", "Kim Brook")] {
            let worker = RegisterStaff::new(StaffId::new(key)?).name(Name::new(name)?);
            let worker = worker.rights(Rights::of(&[Right::Own]));
            self.give("root", "a new worker, who may change their own caseload", worker)?;
        }
        let rights = [Right::Own, Right::Others, Right::Enroll, Right::Correct];
        let ines = RegisterStaff::new(StaffId::new("ines")?).rights(Rights::of(&rights));
        self.give("root", "and the one who gives out the work", ines)
    }

    fn take_charge(&mut self) -> Result<(), Failure> {
        let too_early = assign("R-jo", "jo", "anna", "2024-03-01")?;
        self.give("ines", "Anna to Jo, before anybody took Anna in", too_early.clone())?;
        let stay = Enroll::new(client("anna")?, housing()?, day("2024-02-01")?);
        self.give("ines", "Anna moves in", stay.id(EnrollmentId::new("stay-1")?))?;
        self.give("ines", "Anna to Jo, once more", too_early)?;
        let second = assign("R-kim", "kim", "anna", "2024-04-01")?;
        self.give("ines", "Anna to Kim as well: this service allows one worker at a time", second)
    }

    fn hand_over(&mut self) -> Result<(), Failure> {
        let to_kim = || Ok::<_, Failure>((line("R-jo")?, StaffId::new("kim")?, day("2024-05-01")?));
        let (jo, kim, date) = to_kim()?;
        let to_kim = Transfer::new(jo, kim, date).new_id(line("R-kim")?);
        self.give(
            "jo",
            "Anna goes over to Kim; but Kim's caseload is not Jo's to change",
            to_kim.clone(),
        )?;
        self.give("ines", "Anna goes over to Kim on 1 May: that day is Kim's", to_kim)
    }

    fn dismiss_and_take_back(&mut self) -> Result<(), Failure> {
        let out = EndEnrollment::new(EnrollmentId::new("stay-1")?, day("2024-06-01")?);
        self.give("ines", "Anna moves out, and with that Kim's part ends", out)?;
        let back = ReinstateEnrollment::new(EnrollmentId::new("stay-1")?);
        self.give("ines", "that was somebody else: Anna stays", back.clone())?;
        let back = back.reason(Reason::new("another Anna")?);
        self.give("ines", "the same with a reason: Kim's part is open again, too", back)
    }

    fn set_right(&mut self) -> Result<(), Failure> {
        let right = Correct::new(line("R-kim")?, day("2024-05-02")?);
        let right = right.reason(Reason::new("Kim was away on the first day")?);
        self.give("ines", "Kim began a day later; the old line stays as it was entered", right)
    }

    /// A list is one transaction, too: rows see those before them, and bad ones are left out.
    fn enter_a_list(&mut self) -> Result<(), Failure> {
        let stay = Enroll::new(client("ben")?, housing()?, day("2024-06-01")?);
        self.give("ines", "Ben moves in", stay)?;
        let rows: Vec<Row> = vec![
            assign("R-list-1", "jo", "ben", "2024-06-01")?.into(),
            assign("R-list-2", "kim", "ben", "2024-06-03")?.into(),
            assign("R-list-3", "jo", "nobody", "2024-06-03")?.into(),
        ];
        self.give("ines", "a list from a spreadsheet", Batch::new(BatchMode::Partial, rows))
    }

    fn show_tables(&self) -> Result<(), Failure> {
        let (stays, responsibilities) = Tables::in_transaction(&self.db).everything()?;
        println!("\nWhat the product's tables hold:");
        for stay in stays {
            let days = in_words(stay.period);
            println!("   stay {}: {} {days} ({})", stay.id, stay.participant, stay.status.word());
        }
        for line in responsibilities {
            let days = in_words(line.period);
            let (worker, client) = (line.staff, line.participant);
            println!("   {}: {worker} for {client} {days} ({})", line.id, line.status.word());
        }
        Ok(())
    }

    fn show_week(&mut self) -> Result<(), Failure> {
        let week = Range::new(day("2024-06-01")?, day("2024-06-08")?)?;
        println!("\nWhat the library reports over them, today and in the first week of June:");
        for line in tables::week_of(&mut self.db, self.today, week)?.lines() {
            println!("   {line}");
        }
        Ok(())
    }
}

fn show_violations(place: &str, violations: &[Violation]) {
    for violation in violations {
        println!("   refused  {place}{} ({})", violation.problem, violation.code());
        if let Some(nearest) = &violation.nearest {
            println!("            would pass: {} {}", nearest.field, nearest.day);
        }
    }
}

/// What a server database must have locked before the same answer is still right at commit. Here
/// `BEGIN IMMEDIATE` keeps every other writer out, and there is nothing more to do.
struct Lock<'r>(&'r Read);

impl fmt::Display for Lock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Read::Program(id) => write!(f, "service {id}: share its row"),
            Read::Staff(id) => write!(f, "worker {id}: share the row"),
            Read::Rights(id) => write!(f, "the rights of {id}: share the worker's row"),
            Read::Id(id) => write!(f, "whether {} is free: its unique index decides", id.as_str()),
            Read::Enrollment(id) => write!(f, "stay {id}: lock its row"),
            Read::Assignment(id) => write!(f, "responsibility {id}: lock its row"),
            Read::Timeline(client, service) => {
                write!(f, "all of {client} in {service}: lock the client's row")
            }
            Read::Enrollments(service) => {
                write!(f, "all stays in {service}: lock the service's row")
            }
            Read::Caseload(worker) => write!(f, "all that {worker} holds: lock the worker's row"),
            // A newer library may look at more: whoever does not know what locks everything.
            _ => f.write_str("something new: lock it all"),
        }
    }
}

fn in_words(period: Period) -> String {
    match period.end() {
        Some(end) => format!("from {} until {end}", period.start()),
        None => format!("from {}", period.start()),
    }
}

fn assign(key: &str, worker: &str, whom: &str, start: &str) -> Result<Assign, Failure> {
    let assign = Assign::new(StaffId::new(worker)?, client(whom)?, housing()?, day(start)?);
    Ok(assign.id(line(key)?))
}

fn client(key: &str) -> Result<ParticipantId, Failure> {
    Ok(ParticipantId::new(key)?)
}

fn line(key: &str) -> Result<AssignmentId, Failure> {
    Ok(AssignmentId::new(key)?)
}

fn housing() -> Result<ProgramId, Failure> {
    Ok(ProgramId::new("housing")?)
}

fn day(text: &str) -> Result<Day, Failure> {
    Ok(text.parse()?)
}

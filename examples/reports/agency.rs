//! The made-up agency: what its supervisor entered in a year, each thing on its own day.
//!
//! Housing has room for four cases a worker; jobs has no limit. Names are ids, to keep the tables short.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use caseload::{
    Actor, Agency, Assign, AssignmentId, CaseloadLimit, Command, Correct, Day, DefineProgram, Desk,
    EndAssignment, EndEnrollment, Enforcement, Enroll, EnrollmentId, EnrollmentRow, Error,
    MemoryLog, MirrorEnrollments, OnOutside, ParticipantId, Policy, ProgramId, Reason,
    RegisterStaff, Right, Rights, Role, Scope, StaffId, Transfer, TransferAll, Void, log::Recorded,
};

/// The agency at the end of its year.
pub(crate) fn build() -> Result<Agency, Error> {
    let office = Office::open()?;
    set_up(&office)?;
    before_the_year(&office)?;
    winter(&office)?;
    spring(&office)?;
    summer(&office)?;
    autumn(&office)?;
    Ok(office.agency)
}

fn set_up(office: &Office) -> Result<(), Error> {
    let day: Day = "2024-01-02".parse()?;
    let root = office.agency.acting_as(Actor::Root).on(day);
    let limit =
        NonZeroU32::new(4).map(|max| CaseloadLimit { enforcement: Enforcement::Refuse, max });
    let with_limit = Policy { caseload_limit: limit, ..Policy::default() };
    office.set_clock(day)?;
    root.record(DefineProgram::new(ProgramId::new("housing")?).policy(with_limit))?;
    root.record(DefineProgram::new(ProgramId::new("jobs")?))?;
    let supervisor = Rights::of(&[Right::Others, Right::Correct, Right::Enroll, Right::ViewAll]);
    root.record(RegisterStaff::new(StaffId::new("ines")?).rights(supervisor))?;
    for worker in ["maria", "noor", "tom"] {
        root.record(RegisterStaff::new(StaffId::new(worker)?).rights(Rights::of(&[Right::Own])))?;
    }
    Ok(())
}

/// Four came to housing before the year.
fn before_the_year(office: &Office) -> Result<(), Error> {
    for (day, number, worker) in [
        ("2024-03-01", "01", "maria"),
        ("2024-06-01", "02", "maria"),
        ("2024-09-01", "03", "maria"),
        ("2024-11-01", "04", "tom"),
    ] {
        office.on(day)?.takes_in(number, "housing", worker)?;
    }
    Ok(())
}

/// January to March. P-06 waits 20 days for a worker; the first day with P-07 is entered wrongly.
fn winter(office: &Office) -> Result<(), Error> {
    office.on("2025-01-15")?.takes_in("05", "housing", "maria")?;
    let today = office.on("2025-02-01")?;
    today.enroll("06", "housing")?;
    today.takes_in("09", "jobs", "tom")?;
    office.on("2025-02-21")?.assign("06", "housing", "noor", "primary")?;
    let today = office.on("2025-03-01")?;
    today.leaves("03", "housing", "found a flat")?;
    today.takes_in("12", "jobs", "tom")?;
    office.on("2025-03-10")?.takes_in("07", "housing", "maria")
}

/// April to June. P-06 is without a worker from 1 to 15 May; noor is put on P-12 by mistake.
fn spring(office: &Office) -> Result<(), Error> {
    let today = office.on("2025-04-01")?;
    let why = "asked for somebody nearer home";
    today.hands_over("maria-02-housing", "noor", "noor-02-housing", why)?;
    today.takes_in("08", "housing", "tom")?;
    today.takes_in("13", "jobs", "tom")?;
    let today = office.on("2025-05-01")?;
    let end = EndAssignment::new(case("noor", "06", "housing")?, today.day);
    today.record(end.reason(Reason::new("noor is on leave")?))?;
    today.takes_in("14", "jobs", "noor")?;
    office.on("2025-05-16")?.assign("06", "housing", "maria", "primary")?;
    let today = office.on("2025-06-01")?;
    today.enroll("05", "jobs")?;
    today.assign("05", "jobs", "tom", "support")?;
    office.on("2025-06-10")?.assign("12", "jobs", "noor", "primary")
}

/// July to September. tom leaves housing; the mistakes of spring and winter are put right.
fn summer(office: &Office) -> Result<(), Error> {
    let today = office.on("2025-07-01")?;
    let housing = Scope::Program(ProgramId::new("housing")?);
    let (tom, noor) = (StaffId::new("tom")?, StaffId::new("noor")?);
    let all = TransferAll::new(tom, noor, housing, today.day);
    let all = all.prefix(AssignmentId::new("noor-for")?);
    today.record(all.reason(Reason::new("tom now works in jobs only")?))?;
    let void = Void::new(case("noor", "12", "jobs")?);
    office.on("2025-07-05")?.record(void.reason(Reason::new("P-14 was meant, who had noor")?))?;
    office.on("2025-07-15")?.takes_in("10", "housing", "noor")?;
    office.on("2025-08-01")?.leaves("12", "jobs", "found work")?;
    let today = office.on("2025-09-01")?;
    let why = "noor was to work in housing only";
    today.hands_over("noor-14-jobs", "tom", "tom-14-jobs", why)?;
    let correct = Correct::new(case("maria", "07", "housing")?, "2025-03-17".parse()?);
    let correct = correct.new_id(AssignmentId::new("maria-07-housing-right")?);
    let reason = Reason::new("the first visit was a week later")?;
    office.on("2025-09-10")?.record(correct.reason(reason))?;
    office.on("2025-09-15")?.takes_in("15", "jobs", "tom")
}

/// October to December. The jobs program's own list says that P-13 had left, while tom still has the
/// case; P-11 comes when both workers of housing have four.
fn autumn(office: &Office) -> Result<(), Error> {
    let (start, end) = ("2025-04-01".parse()?, "2025-10-01".parse()?);
    let row = EnrollmentRow::new(stay("13", "jobs")?, person("13")?, start, Some(end));
    let list = MirrorEnrollments::new(ProgramId::new("jobs")?, vec![row]);
    office.on("2025-10-20")?.record(list.on_outside(OnOutside::Report))?;
    let today = office.on("2025-11-01")?;
    today.hands_over("tom-14-jobs", "noor", "noor-14-jobs-again", "asked to have noor back")?;
    office.on("2025-11-15")?.leaves("15", "jobs", "moved away")?;
    office.on("2025-11-20")?.enroll("11", "housing")
}

/// An agency whose log is labelled with the days of the story.
struct Office {
    agency: Agency,
    clock: Arc<AtomicI64>,
}

impl Office {
    fn open() -> Result<Office, Error> {
        let clock = Arc::new(AtomicI64::new(0));
        let told = Arc::clone(&clock);
        let now = move || Recorded::from_micros(told.load(Ordering::Relaxed));
        let agency = Agency::open(MemoryLog::with_clock(Arc::new(now)))?;
        Ok(Office { agency, clock })
    }

    fn set_clock(&self, day: Day) -> Result<(), Error> {
        let morning: Recorded = format!("{day}T09:00:00.000000Z").parse()?;
        self.clock.store(morning.micros(), Ordering::Relaxed);
        Ok(())
    }

    /// The supervisor at work on a day.
    fn on(&self, day: &str) -> Result<Today, Error> {
        let day: Day = day.parse()?;
        self.set_clock(day)?;
        let desk = self.agency.acting_as(Actor::from(StaffId::new("ines")?)).on(day);
        Ok(Today { desk, day })
    }
}

/// What is entered on a day is about this day on.
struct Today {
    desk: Desk,
    day: Day,
}

impl Today {
    fn record(&self, command: impl Into<Command>) -> Result<(), Error> {
        self.desk.record(command).map(|_| ())
    }

    fn takes_in(&self, number: &str, program: &str, worker: &str) -> Result<(), Error> {
        self.enroll(number, program)?;
        self.assign(number, program, worker, "primary")
    }

    fn enroll(&self, number: &str, program: &str) -> Result<(), Error> {
        let enroll = Enroll::new(person(number)?, ProgramId::new(program)?, self.day);
        self.record(enroll.id(stay(number, program)?))
    }

    fn assign(&self, number: &str, program: &str, worker: &str, role: &str) -> Result<(), Error> {
        let (staff, program_id) = (StaffId::new(worker)?, ProgramId::new(program)?);
        let assign = Assign::new(staff, person(number)?, program_id, self.day);
        self.record(assign.id(case(worker, number, program)?).role(Role::new(role)?))
    }

    fn hands_over(&self, case: &str, to: &str, new_case: &str, why: &str) -> Result<(), Error> {
        let transfer = Transfer::new(AssignmentId::new(case)?, StaffId::new(to)?, self.day);
        self.record(transfer.new_id(AssignmentId::new(new_case)?).reason(Reason::new(why)?))
    }

    fn leaves(&self, number: &str, program: &str, why: &str) -> Result<(), Error> {
        let end = EndEnrollment::new(stay(number, program)?, self.day);
        self.record(end.reason(Reason::new(why)?))
    }
}

fn person(number: &str) -> Result<ParticipantId, Error> {
    Ok(ParticipantId::new(format!("P-{number}"))?)
}

fn stay(number: &str, program: &str) -> Result<EnrollmentId, Error> {
    Ok(EnrollmentId::new(format!("P-{number}-{program}"))?)
}

fn case(worker: &str, number: &str, program: &str) -> Result<AssignmentId, Error> {
    Ok(AssignmentId::new(format!("{worker}-{number}-{program}"))?)
}

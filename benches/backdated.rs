//! What a report costs after one backdated entry, in a large agency and in a small one: what is kept in order
//! for reports has to be kept up, and no more of it than the entry is about.

use caseload::{
    Asked, Snapshot, StaffId,
    report::{Filter, Range},
};

use crate::{
    Result,
    generate::{FIRST_DAY, HORIZON, staff_id},
    growth::{Backdated, Everywhere, MOST, SMALL, record_free},
    measure::{Sample, timed},
    options::Options,
    ours,
    report::Report,
};

/// How many entries a run makes, one before each answer.
const ENTRIES_A_RUN: usize = 20;

/// A question, which says by how many staff members its answer is longer in a larger agency.
struct Question {
    what: &'static str,
    ask: fn(&Snapshot) -> Result<usize>,
}

const QUESTIONS: [Question; 3] = [
    Question { what: "flow by program and month, ten years", ask: flow },
    Question { what: "caseloads of all staff as of a day, a staff member", ask: of_all_staff },
    Question { what: "caseload of one staff member as of a day", ask: of_one },
];

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    if options.lines <= SMALL {
        return Ok(());
    }
    let mut sizes = [Everywhere::of(options.lines)?, Everywhere::of(SMALL)?];
    for Question { what, ask } in QUESTIONS {
        let mut samples = [Vec::new(), Vec::new()];
        for size in &sizes {
            // The first answer makes what is kept.
            ask(&size.agency.snapshot()?)?;
        }
        for _ in 0..options.runs {
            for (size, samples) in sizes.iter_mut().zip(&mut samples) {
                samples.push(after_entries(size, ask)?);
            }
        }
        let [large, small] = samples;
        let what =
            format!("{what}, after a backdated entry, {} : {SMALL} lines in all", options.lines);
        report.growth(&what, ENTRIES_A_RUN, &large, &small, MOST);
    }
    Ok(())
}

fn flow(snapshot: &Snapshot) -> Result<usize> {
    let range = Range::new(ours::day(FIRST_DAY)?, ours::day(HORIZON)?)?;
    let asked = Asked::of(ours::day(HORIZON - 1)?);
    std::hint::black_box(snapshot.flow(range, &Filter::all(), &asked)?);
    Ok(1)
}

fn of_all_staff(snapshot: &Snapshot) -> Result<usize> {
    Ok(snapshot.counts(None, &Asked::of(ours::day(HORIZON - 1)?))?.iter().count())
}

fn of_one(snapshot: &Snapshot) -> Result<usize> {
    let asked = Asked::of(ours::day(HORIZON - 1)?);
    std::hint::black_box(snapshot.caseload(&StaffId::new(staff_id(7))?, None, &asked)?);
    Ok(1)
}

/// What the answers after some entries took; the entries are no part of it.
fn after_entries(size: &mut Everywhere, ask: fn(&Snapshot) -> Result<usize>) -> Result<Sample> {
    let mut sum = Sample { wall: 0.0, cpu: 0.0 };
    for command in size.commands(Backdated::Yes, ENTRIES_A_RUN)? {
        record_free(&size.agency, command)?;
        let snapshot = size.agency.snapshot()?;
        let (sample, told) = timed(|| ask(&snapshot))?;
        let each = told.max(1) as f64;
        sum += Sample { wall: sample.wall / each, cpu: sample.cpu / each };
    }
    Ok(sum)
}

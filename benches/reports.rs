//! Reports over everybody's caseload beside the peer's best queries, answers in hand on both sides.

use std::collections::BTreeMap;

use caseload::{
    Actor, Agency, Asked, RegisterStaff, Snapshot, StaffId,
    report::{Filter, InRole, Range},
};

use crate::{
    Result, backdated,
    generate::{DAYS, FIRST_DAY, HORIZON},
    loaded::Loaded,
    measure::{Spread, interleaved, timed},
    options::Options,
    ours,
    peer::Peer,
    report::{Goal, Report, seconds},
};

/// How often each is asked in a run.
const ASKED_A_RUN: usize = 5;
const GOAL: Goal = Goal::AtLeast(5_000.0, 500.0);

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let Loaded { world, agency, peer, .. } = &Loaded::with(options.lines)?;
    let snapshot = agency.snapshot()?;
    let (first, _) = timed(|| counts(&snapshot, HORIZON - 1))?;
    let a_line = first.cpu / world.lines.len() as f64;
    report.figure("making the census, a line", seconds(a_line), a_line, Goal::Told);
    report.figure("staff", world.staff.to_string(), f64::from(world.staff), Goal::Told);
    as_of(options, report, &snapshot, peer)?;
    averages(options, report, &snapshot, peer)?;
    waits(report, agency)?;
    backdated::run(options, report)
}

/// Cases by staff member.
type ByStaff = BTreeMap<String, i64>;

fn counts(snapshot: &Snapshot, day: i32) -> Result<ByStaff> {
    let counts = snapshot.counts(None, &Asked::of(ours::day(day)?))?;
    let counts = counts.iter().map(|(staff, cases)| (staff.clone().into(), i64::from(cases)));
    Ok(counts.collect())
}

/// Everybody's caseload as of the newest day, beside the peer and beside a day of ten years before.
fn as_of(options: &Options, report: &mut Report, snapshot: &Snapshot, peer: &Peer) -> Result<()> {
    let (newest, old) = (HORIZON - 1, FIRST_DAY + DAYS / 10);
    for day in [newest, old] {
        if counts(snapshot, day)? != peer.counts(day)?.into_iter().collect() {
            return Err(format!("the caseloads as of {day} are not the peer's").into());
        }
    }
    let ask = |day: i32| -> Result<()> {
        let asked = Asked::of(ours::day(day)?);
        for _ in 0..ASKED_A_RUN {
            std::hint::black_box(snapshot.counts(None, &asked)?);
        }
        Ok(())
    };
    let samples = interleaved(
        options.runs,
        &mut [&mut |_| ask(newest), &mut |_| ask(old), &mut |_| {
            for _ in 0..ASKED_A_RUN {
                std::hint::black_box(peer.counts(newest)?);
            }
            Ok(())
        }],
    )?;
    if let [now, then, theirs] = samples.as_slice() {
        let what = "caseload of every staff member as of a day";
        report.beside(what, ASKED_A_RUN, now, theirs, GOAL);
        let what = "the same as of the newest day : of one nine years older";
        report.growth(what, ASKED_A_RUN, now, then, Goal::AtMost(1.5));
    }
    Ok(())
}

/// The average daily caseload over a month, a year and ten years, beside the peer's over a year.
fn averages(
    options: &Options,
    report: &mut Report,
    snapshot: &Snapshot,
    peer: &Peer,
) -> Result<()> {
    let asked = Asked::of(ours::day(HORIZON - 1)?);
    let back = |days: i32| -> Result<Range> {
        Ok(Range::new(ours::day(HORIZON - days)?, ours::day(HORIZON)?)?)
    };
    let covered = snapshot.average_daily_caseload(back(365)?, &Filter::all(), &asked)?;
    let covered: ByStaff = covered
        .covered_days
        .iter()
        .filter(|(of, _)| of.program.is_none())
        .filter_map(|(of, days)| Some((of.staff?.into(), i64::try_from(*days).ok()?)))
        .collect();
    if covered != peer.covered(HORIZON - 365, HORIZON)?.into_iter().collect() {
        return Err("the covered days are not the peer's".into());
    }
    let ask = |days: i32| -> Result<()> {
        for _ in 0..ASKED_A_RUN {
            let report = snapshot.average_daily_caseload(back(days)?, &Filter::all(), &asked)?;
            std::hint::black_box(report);
        }
        Ok(())
    };
    let samples = interleaved(
        options.runs,
        &mut [&mut |_| ask(30), &mut |_| ask(365), &mut |_| ask(3_650), &mut |_| {
            for _ in 0..ASKED_A_RUN {
                std::hint::black_box(peer.covered(HORIZON - 365, HORIZON)?);
            }
            Ok(())
        }],
    )?;
    if let [month, year, decade, theirs] = samples.as_slice() {
        let what = "average daily caseload over a year, by staff and program (peer: by staff)";
        report.beside(what, ASKED_A_RUN, year, theirs, GOAL);
        let what = "the same over ten years : over 30 days";
        report.growth(what, ASKED_A_RUN, decade, month, Goal::AtMost(1.5));
        let cost = Spread::cpu(decade, ASKED_A_RUN).median;
        report.figure("the same over ten years", seconds(cost), cost, Goal::Told);
    }
    Ok(())
}

/// How long a command waits at most while a report looks at every line of the agency, part by part.
fn waits(report: &mut Report, agency: &Agency) -> Result<()> {
    let desk = agency.acting_as(Actor::Root).on(ours::day(HORIZON)?);
    let mut number = 0;
    let mut slowest_while = |goes_on: &dyn Fn(u32) -> bool| -> Result<f64> {
        let (first, mut slowest) = (number, 0.0f64);
        while goes_on(number - first) {
            number += 1;
            let staff = RegisterStaff::new(StaffId::new(format!("waits-{number}"))?);
            slowest = slowest.max(timed(|| Ok(desk.record(staff)?))?.0.wall);
        }
        Ok(slowest)
    };
    let alone = slowest_while(&|commands| commands < 200)?;
    let (snapshot, asked) = (agency.snapshot()?, Asked::of(ours::day(HORIZON - 1)?));
    let ten_years = Range::new(ours::day(FIRST_DAY)?, ours::day(HORIZON)?)?;
    let beside = std::thread::scope(|scope| -> Result<f64> {
        let everybody = Filter::all();
        let continuity = scope
            .spawn(move || snapshot.worker_continuity(ten_years, &InRole::Any, &everybody, &asked));
        let slowest = slowest_while(&|_| !continuity.is_finished())?;
        let told = continuity.join().map_err(|_| "the report panicked")??;
        if told.timelines.is_empty() { Err("the report is empty".into()) } else { Ok(slowest) }
    })?;
    let what = "the slowest durable command while a report looks at every line";
    report.figure(what, seconds(beside), beside, Goal::Told);
    report.figure("the slowest of 200 such commands alone", seconds(alone), alone, Goal::Told);
    Ok(())
}

//! Reports over everybody's caseload beside the peer's best queries, answers in hand on both sides.

use std::collections::BTreeMap;

use caseload::{
    Actor, Agency, Asked, KnownAt, RegisterStaff, Snapshot, StaffId,
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
    // The agency's own census is made later, while others write.
    let copy = agency.rehearsal()?.snapshot()?;
    let (first, _) = timed(|| counts(&copy, HORIZON - 1))?;
    drop(copy);
    let a_line = first.cpu / world.lines.len() as f64;
    report.figure("making the census, a line", seconds(a_line), a_line, Goal::Told);
    report.figure("staff", world.staff.to_string(), f64::from(world.staff), Goal::Told);
    waits(report, agency)?;
    let snapshot = agency.snapshot()?;
    as_of(options, report, &snapshot, peer)?;
    averages(options, report, &snapshot, peer)?;
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

/// How long a command waits at most while something is asked about the whole agency.
fn waits(report: &mut Report, agency: &Agency) -> Result<()> {
    let (snapshot, asked) = (agency.snapshot()?, Asked::of(ours::day(HORIZON - 1)?));
    let ten_years = Range::new(ours::day(FIRST_DAY)?, ours::day(HORIZON)?)?;
    let everybody = Filter::all();
    let earlier = asked.clone().known_at(KnownAt::Position(snapshot.head().position - 1));
    let mut writer = Writer { agency, number: 0 };
    let alone = writer.slowest_while(|commands| commands < 200)?;
    report.figure("the slowest of 200 durable commands alone", seconds(alone), alone, Goal::Told);
    let questions: [(&str, &Question<'_>); 5] = [
        ("the census is made", &|| Ok(snapshot.counts(None, &asked)?.is_empty())),
        ("ten years of flow are counted the first time", &|| {
            Ok(agency.snapshot()?.flow(ten_years, &everybody, &asked)?.is_empty())
        }),
        ("every participant's workers are looked at", &|| {
            let found = snapshot.worker_continuity(ten_years, &InRole::Any, &everybody, &asked)?;
            Ok(found.timelines.is_empty())
        }),
        ("every caseload is listed", &|| Ok(snapshot.held(None, &asked)?.is_empty())),
        ("every caseload is counted as known earlier", &|| {
            Ok(snapshot.counts(None, &earlier)?.is_empty())
        }),
    ];
    for (what, ask) in questions {
        let slowest = writer.slowest_beside(ask)?;
        let what = format!("the slowest durable command while {what}");
        report.figure(&what, seconds(slowest), slowest, Goal::Told);
    }
    Ok(())
}

/// Asks, and says whether the answer is empty.
type Question<'a> = dyn Fn() -> Result<bool> + Sync + 'a;

/// Records command after command.
struct Writer<'a> {
    agency: &'a Agency,
    number: u32,
}

impl Writer<'_> {
    fn slowest_while(&mut self, goes_on: impl Fn(u32) -> bool) -> Result<f64> {
        let desk = self.agency.acting_as(Actor::Root).on(ours::day(HORIZON)?);
        let (first, mut slowest) = (self.number, 0.0f64);
        while goes_on(self.number - first) {
            self.number += 1;
            let staff = RegisterStaff::new(StaffId::new(format!("waits-{}", self.number))?);
            slowest = slowest.max(timed(|| Ok(desk.record(staff)?))?.0.wall);
        }
        Ok(slowest)
    }

    /// While a question is asked that must not answer with nothing.
    fn slowest_beside(&mut self, ask: &Question<'_>) -> Result<f64> {
        std::thread::scope(|scope| {
            let question = scope.spawn(|| ask().map_err(|error| error.to_string()));
            let slowest = self.slowest_while(|_| !question.is_finished())?;
            let is_empty = question.join().map_err(|_| "the question panicked")??;
            if is_empty { Err("the answer is empty".into()) } else { Ok(slowest) }
        })
    }
}

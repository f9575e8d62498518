//! Questions beside the peer's prepared queries, answers in hand as texts on both sides.

use caseload::{Agency, Asked, KnownAt, ParticipantId, ProgramId, Snapshot, StaffId};

use crate::{
    Result,
    generate::{HORIZON, Random, World, participant_id, program_id, staff_id},
    loaded::Loaded,
    measure::{Sample, Spread, interleaved, timed},
    options::Options,
    ours,
    peer::Peer,
    report::{Goal, Report, seconds},
};

const QUESTIONS_A_RUN: usize = 2_000;
const GOAL: Goal = Goal::AtLeast(5.0, 1.0);

/// What is asked of both: staff, and participants in their programs.
struct Asking {
    staff: Vec<StaffId>,
    served: Vec<(ParticipantId, ProgramId)>,
    asked: Asked,
    day: i32,
}

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let Loaded { world, agency, peer, .. } = &Loaded::with(options.lines)?;
    let asking = Asking::of(world)?;
    caseloads(options, report, agency, peer, &asking)?;
    caseworkers(options, report, agency, peer, &asking)?;
    earlier(options, report, agency, &asking)
}

impl Asking {
    fn of(world: &World) -> Result<Asking> {
        let mut random = Random::new(23);
        let (mut staff, mut served) = (Vec::new(), Vec::new());
        let timelines = u32::try_from(world.timelines.len())?;
        for _ in 0..QUESTIONS_A_RUN {
            staff.push(StaffId::new(staff_id(random.below(world.staff)))?);
            let timeline = world.timelines.get(random.below(timelines) as usize);
            let timeline = timeline.ok_or("no timeline")?;
            served.push((
                ParticipantId::new(participant_id(timeline.participant))?,
                ProgramId::new(program_id(timeline.program))?,
            ));
        }
        let day = HORIZON - 1;
        Ok(Asking { staff, served, asked: Asked::of(ours::day(day)?), day })
    }

    fn caseloads(&self, snapshot: impl Fn() -> Result<Snapshot>, asked: &Asked) -> Result<usize> {
        let mut found = 0;
        for staff in &self.staff {
            found += snapshot()?.caseload(staff, None, asked)?.len();
        }
        Ok(found)
    }

    fn caseworkers(&self, snapshot: impl Fn() -> Result<Snapshot>, asked: &Asked) -> Result<usize> {
        let mut found = 0;
        for (participant, program) in &self.served {
            found += snapshot()?.caseworkers(participant, program, asked)?.len();
        }
        Ok(found)
    }
}

/// Where the snapshot that is asked comes from.
type Snapshots<'a> = &'a dyn Fn() -> Result<Snapshot>;

fn caseloads(
    options: &Options,
    report: &mut Report,
    agency: &Agency,
    peer: &Peer,
    asking: &Asking,
) -> Result<()> {
    let ours = |snapshot: Snapshots<'_>| asking.caseloads(snapshot, &asking.asked);
    let theirs = || {
        let mut found = 0;
        for staff in &asking.staff {
            found += peer.caseload(staff.as_str(), asking.day)?.len();
        }
        Ok(found)
    };
    let found = beside(options, report, agency, "caseload of one staff member", &ours, &theirs)?;
    let of_one = found as f64 / QUESTIONS_A_RUN as f64;
    report.figure("lines in such a caseload, mean", format!("{of_one:.1}"), of_one, Goal::Told);
    Ok(())
}

fn caseworkers(
    options: &Options,
    report: &mut Report,
    agency: &Agency,
    peer: &Peer,
    asking: &Asking,
) -> Result<()> {
    let ours = |snapshot: Snapshots<'_>| asking.caseworkers(snapshot, &asking.asked);
    let theirs = || {
        let mut found = 0;
        for (participant, program) in &asking.served {
            let (participant, program) = (participant.as_str(), program.as_str());
            found += peer.caseworkers(participant, program, asking.day)?.len();
        }
        Ok(found)
    };
    beside(options, report, agency, "caseworkers of one participant", &ours, &theirs)?;
    Ok(())
}

/// Asks ours of one snapshot and of the latest each time, and the peer; gives back how much was found.
fn beside(
    options: &Options,
    report: &mut Report,
    agency: &Agency,
    what: &str,
    ours: &dyn Fn(Snapshots<'_>) -> Result<usize>,
    theirs: &dyn Fn() -> Result<usize>,
) -> Result<usize> {
    let snapshot = agency.snapshot()?;
    let mut found = [0; 3];
    let [kept, latest, peer] = &mut found;
    let samples = interleaved(
        options.runs,
        &mut [
            &mut |_| store(kept, ours(&|| Ok(snapshot.clone()))),
            &mut |_| store(latest, ours(&|| Ok(agency.snapshot()?))),
            &mut |_| store(peer, theirs()),
        ],
    )?;
    tell(report, what, &samples, found)?;
    Ok(found.into_iter().max().unwrap_or(0))
}

fn store(place: &mut usize, found: Result<usize>) -> Result<()> {
    *place = found?;
    Ok(())
}

fn tell(report: &mut Report, what: &str, samples: &[Vec<Sample>], found: [usize; 3]) -> Result<()> {
    let [kept, latest, theirs] = found;
    if kept != theirs || latest != theirs || theirs == 0 {
        return Err(format!("{what}: {kept}, {latest} and {theirs} were found").into());
    }
    if let [kept, latest, peer] = samples {
        let units = QUESTIONS_A_RUN;
        report.beside(&format!("{what} (one snapshot)"), units, kept, peer, GOAL);
        report.beside(&format!("{what} (latest each time)"), units, latest, peer, GOAL);
    }
    Ok(())
}

/// What earlier knowledge costs: told only, for the peer keeps none.
fn earlier(options: &Options, report: &mut Report, agency: &Agency, asking: &Asking) -> Result<()> {
    let snapshot = agency.snapshot()?;
    let half = KnownAt::Position(snapshot.head().position / 2);
    let asked = asking.asked.clone().known_at(half);
    let mut told = |what: &str, units: usize, work: &dyn Fn() -> Result<()>| -> Result<()> {
        let mut samples = Vec::new();
        for _ in 0..options.runs {
            samples.push(timed(work)?.0);
        }
        let spread = Spread::cpu(&samples, units);
        let figure = format!("cpu {}", seconds(spread.median));
        report.figure(what, figure, spread.median, Goal::Told);
        Ok(())
    };
    let units = QUESTIONS_A_RUN;
    told("caseload as known half the log ago", units, &|| {
        asking.caseloads(|| Ok(snapshot.clone()), &asked).map(|_| ())
    })?;
    told("caseworkers as known half the log ago", units, &|| {
        asking.caseworkers(|| Ok(snapshot.clone()), &asked).map(|_| ())
    })?;
    told("counts of all staff, now", 1, &|| {
        snapshot.counts(None, &asking.asked)?;
        Ok(())
    })?;
    told("counts of all staff as known half the log ago", 1, &|| {
        snapshot.counts(None, &asked)?;
        Ok(())
    })
}

//! What this library answers to each question: the call that is timed, and the checksum of its answer, whose
//! ids are made numbers again outside the time measured.

use std::collections::{BTreeMap, HashMap};

use caseload::{
    Asked, ParticipantId, ProgramId, Snapshot, StaffId,
    report::{By, CaseloadFilter, Filter, MonthFlow, OnCaseload, Ratio, When},
};

use super::{
    asking::Asking,
    repeated::{Repeated, cell, repeated, total},
};
use crate::{
    Result,
    generate::{World, participant_id, program_id, staff_id},
    ours,
};

pub(super) struct Answers<'a> {
    snapshot: &'a Snapshot,
    runs: usize,
    asked: Asked,
    caseloads_of: Vec<StaffId>,
    workers_of: Vec<(ParticipantId, ProgramId)>,
    filter_staff: StaffId,
    filter_ids: Vec<ParticipantId>,
    numbers: Numbers,
}

impl<'a> Answers<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        world: &World,
        asking: &Asking,
        runs: usize,
    ) -> Result<Answers<'a>> {
        let staff = |number: &u32| -> Result<StaffId> { Ok(StaffId::new(staff_id(*number))?) };
        let participant = |number: &u32| -> Result<ParticipantId> {
            Ok(ParticipantId::new(participant_id(*number))?)
        };
        let mut workers_of = Vec::new();
        for (who, program) in &asking.workers_of {
            workers_of.push((participant(who)?, ProgramId::new(program_id(*program))?));
        }
        Ok(Answers {
            snapshot,
            runs,
            asked: Asked::of(ours::day(Asking::DAY)?),
            caseloads_of: asking.caseloads_of.iter().map(staff).collect::<Result<_>>()?,
            workers_of,
            filter_staff: staff(&asking.filter_staff)?,
            filter_ids: asking.filter_ids.iter().map(participant).collect::<Result<_>>()?,
            numbers: Numbers::of(world, asking),
        })
    }

    /// By the names that the peers have for the questions, too.
    pub(super) fn all(&self) -> Result<BTreeMap<&'static str, Repeated>> {
        let mut all = BTreeMap::new();
        let mut told = |name, answer| {
            crate::progress(&format!("ours: {name}"));
            all.insert(name, answer);
        };
        told("counts", self.counts()?);
        told("covered_30", self.covered(30)?);
        told("covered_365", self.covered(365)?);
        told("covered_3650", self.covered(3_650)?);
        told("series", self.series()?);
        told("flow", self.flow()?);
        told("caseload", self.caseload()?);
        told("caseworkers", self.caseworkers()?);
        told("filter", self.filter()?);
        told("filter_names", self.filter()?);
        Ok(all)
    }

    fn counts(&self) -> Result<Repeated> {
        repeated(
            self.runs,
            1,
            || Ok(self.snapshot.counts(None, &self.asked)?),
            |counts| {
                let cells = counts.iter().map(|(staff, cases)| (staff, u64::from(cases)));
                total(cells.map(|(staff, cases)| Ok(cell(self.numbers.staff(staff)?, cases))))
            },
        )
    }

    fn covered(&self, days: i32) -> Result<Repeated> {
        let range = Asking::last_days(days)?;
        repeated(
            self.runs,
            1,
            || Ok(self.snapshot.average_daily_caseload(range, &Filter::all(), &self.asked)?),
            |report| {
                let of_staff = report.covered_days.iter().filter(|(of, _)| of.program.is_none());
                let cells = of_staff.filter_map(|(of, days)| Some((of.staff?, *days)));
                total(cells.map(|(staff, days)| Ok(cell(self.numbers.staff(&staff)?, days))))
            },
        )
    }

    fn series(&self) -> Result<Repeated> {
        let range = Asking::last_days(365)?;
        repeated(
            self.runs,
            1,
            || Ok(self.snapshot.daily_series(range, By::Staff, &Filter::all(), &self.asked)?),
            |report| {
                let rows = report.iter().filter_map(|(of, cases)| Some((of.staff?, cases)));
                total(rows.map(|(staff, cases)| {
                    let row = self.numbers.staff(&staff)? * 4_096;
                    total((row..).zip(cases).map(|(key, cases)| Ok(cell(key, u64::from(cases)))))
                }))
            },
        )
    }

    fn flow(&self) -> Result<Repeated> {
        let range = Asking::months()?;
        repeated(
            self.runs,
            1,
            || {
                let report = self.snapshot.flow(range, &Filter::all(), &self.asked)?;
                // The peers find every median before they answer.
                let medians: Vec<_> = report.iter().map(|row| row.2.median_length()).collect();
                Ok((report, medians))
            },
            |(report, medians)| {
                let months: HashMap<_, u64> = range.months().zip(0..).collect();
                total(report.iter().zip(medians).map(|((program, month, flow), median)| {
                    let month = months.get(&month).ok_or("a month is not asked about")?;
                    let place = self.numbers.program(program)? * 128 + month;
                    month_of_a_program(place, flow, *median)
                }))
            },
        )
    }

    fn caseload(&self) -> Result<Repeated> {
        let ask = |staff| Ok(self.snapshot.caseload(staff, None, &self.asked)?);
        repeated(
            self.runs,
            self.caseloads_of.len(),
            || self.caseloads_of.iter().map(ask).collect::<Result<Vec<_>>>(),
            |lists| {
                total((0..).zip(lists).map(|(list, held)| {
                    total(held.iter().map(|held| {
                        let participant = self.numbers.participant(&held.participant)?;
                        let program = self.numbers.program(&held.program)?;
                        Ok(cell((list << 40) + participant * 1_024 + program, 1))
                    }))
                }))
            },
        )
    }

    fn caseworkers(&self) -> Result<Repeated> {
        let ask = |(participant, program): &(ParticipantId, ProgramId)| {
            Ok(self.snapshot.caseworkers(participant, program, &self.asked)?)
        };
        repeated(
            self.runs,
            self.workers_of.len(),
            || self.workers_of.iter().map(ask).collect::<Result<Vec<_>>>(),
            |lists| {
                total((0..).zip(lists).map(|(list, staff): (u64, _)| {
                    let key = |staff| Ok(cell((list << 40) + self.numbers.staff(staff)?, 1));
                    total(staff.iter().map(key))
                }))
            },
        )
    }

    fn filter(&self) -> Result<Repeated> {
        let of = Filter::all().staff([self.filter_staff.clone()]);
        let filter = CaseloadFilter::when(When::AsOf(self.asked.as_of)).of(of);
        repeated(
            self.runs,
            1,
            || Ok(self.snapshot.on_caseload(&self.filter_ids, &filter, &self.asked)?),
            |matches| {
                let places = (0..).zip(&matches.mask);
                let on = places.filter(|(_, on)| **on == OnCaseload::Yes);
                total(on.map(|(place, _)| Ok(cell(place, 1))))
            },
        )
    }
}

/// What starts and what ends, handed over or not: the peers do not tell transfers apart.
fn month_of_a_program(place: u64, flow: &MonthFlow, median: Option<Ratio>) -> Result<u64> {
    let opened = flow.opened + flow.transferred_in;
    let closed = flow.closed + flow.transferred_out;
    let twice = median.map_or(0, |median| 2 * median.numerator() / median.denominator().get());
    let columns = [flow.carried_in, opened, closed, flow.carried_out, twice];
    total((0..).zip(columns).map(|(column, value)| Ok(cell(place * 8 + column, value))))
}

/// The numbers behind the ids of answers.
struct Numbers {
    staff: HashMap<String, u64>,
    programs: HashMap<String, u64>,
    /// Only those who were ever on a caseload that is asked for.
    participants: HashMap<String, u64>,
}

impl Numbers {
    fn of(world: &World, asking: &Asking) -> Numbers {
        let number = |id: fn(u32) -> String| move |number: u32| (id(number), u64::from(number));
        let met = world.lines.iter().filter(|line| asking.caseloads_of.contains(&line.staff));
        let met = met.map(|line| world.timeline_of(line).participant);
        Numbers {
            staff: (0..world.staff).map(number(staff_id)).collect(),
            programs: (0..world.programs).map(number(program_id)).collect(),
            participants: met.map(number(participant_id)).collect(),
        }
    }

    fn staff(&self, id: &StaffId) -> Result<u64> {
        found(&self.staff, id.as_str())
    }

    fn program(&self, id: &ProgramId) -> Result<u64> {
        found(&self.programs, id.as_str())
    }

    fn participant(&self, id: &ParticipantId) -> Result<u64> {
        found(&self.participants, id.as_str())
    }
}

fn found(numbers: &HashMap<String, u64>, id: &str) -> Result<u64> {
    numbers.get(id).copied().ok_or_else(|| format!("{id} was not asked about").into())
}

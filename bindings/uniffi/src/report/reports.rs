//! The reports themselves, each a method of a snapshot.

use std::sync::Arc;

use caseload::report;

use super::{
    asked::{By, CaseloadFilter, Filter, InRole, OnCaseload, Stay},
    distribution::CaseloadDistribution,
    length_of_stay::LengthOfStay,
    rows::{
        AssignmentHistoryList, AverageCaseload, AverageCaseloadList, CaseCountList, CaseList,
        ContinuityList, ContinuitySumList, CorrectionList, DailyCount, DailyCountList,
        EnrollmentHistoryList, HandOverList, LoadList, MisplacedCaseList, MonthFlowList, Of,
        RouteCountList, UncoveredList, WaitingCountList, WaitingList,
    },
};
use crate::{
    failure::{CaseloadError, guarded},
    id::{EnrollmentId, ParticipantId},
    lists::Rows,
    progress::{Listener, begins, telling},
    question::{Asked, KnownAt, NativeSnapshot},
    reading::{Reading, counted},
    time::{Day, DayRange},
};

/// Who is on which caseload on a day, and how much each carries.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CurrentCaseload {
    /// The day.
    pub as_of: Day,
    /// Every case, by staff, program and participant.
    pub cases: Arc<CaseList>,
    /// How much each carries, and all together.
    pub loads: Arc<LoadList>,
}

impl From<report::CurrentCaseload> for CurrentCaseload {
    fn from(found: report::CurrentCaseload) -> CurrentCaseload {
        let loads: Vec<_> = found.loads.iter().map(|(of, load)| (of, *load)).collect();
        CurrentCaseload {
            as_of: found.as_of.into(),
            cases: CaseList::of(Rows::of(found.cases)),
            loads: LoadList::of(Rows::of(loads)),
        }
    }
}

/// Who is enrolled on a day without a caseworker.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Unassigned {
    /// The day.
    pub as_of: Day,
    /// Who waits, since when.
    pub waiting: Arc<WaitingList>,
    /// How many wait in each program.
    pub counts: Arc<WaitingCountList>,
}

/// Hand-overs in a range.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Transfers {
    /// The days that it is about.
    pub range: DayRange,
    /// Every hand-over.
    pub hand_overs: Arc<HandOverList>,
    /// How many on each route.
    pub counts: Arc<RouteCountList>,
}

/// The caseworkers and the history of one participant.
#[derive(Debug, Clone, uniffi::Record)]
pub struct ParticipantHistory {
    /// Who is responsible on the day asked about.
    pub caseworkers: Arc<CaseList>,
    /// Every enrollment.
    pub enrollments: Arc<EnrollmentHistoryList>,
    /// Every assignment.
    pub assignments: Arc<AssignmentHistoryList>,
}

/// How often workers change.
#[derive(Debug, Clone, uniffi::Record)]
pub struct WorkerContinuity {
    /// The days that it is about.
    pub range: DayRange,
    /// Of each participant in each program.
    pub timelines: Arc<ContinuityList>,
    /// Of many.
    pub sums: Arc<ContinuitySumList>,
}

/// What was corrected or voided between two positions of the log.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Corrections {
    /// After this position,
    pub after: i64,
    /// and up to this one.
    pub up_to: i64,
    /// Every one.
    pub corrections: Arc<CorrectionList>,
}

/// The current caseload as a report said it then, and as it says it now.
#[derive(Debug, Clone, uniffi::Record)]
pub struct ThenAndNow {
    /// As it was known then.
    pub then: CurrentCaseload,
    /// As it is known now.
    pub now: CurrentCaseload,
    /// Cases that the report had then, and has no more, or not so.
    pub gone: Arc<CaseList>,
    /// Cases that it has now, and had not, or not so.
    pub come: Arc<CaseList>,
}

/// Assignments that lie outside their enrollment.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Misplaced {
    /// Every one.
    pub cases: Arc<MisplacedCaseList>,
    /// How many each has, and all together.
    pub counts: Arc<CaseCountList>,
}

/// Which of the participants asked about are on a caseload.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ParticipantMatches {
    /// One answer for each that was given, in the order given.
    pub mask: Vec<OnCaseload>,
    /// Those that are, sorted, each once.
    pub ids: Vec<ParticipantId>,
}

/// Which of the enrollments asked about are on a caseload.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EnrollmentMatches {
    /// One answer for each that was given, in the order given.
    pub mask: Vec<OnCaseload>,
    /// Those that are, sorted, each once.
    pub ids: Vec<EnrollmentId>,
}

type CoreAsked = (report::Filter, caseload::Asked);

fn of_a_day(filter: Filter, asked: Asked) -> Result<CoreAsked, CaseloadError> {
    let mut fields = Reading::default();
    let (filter, asked) = (fields.filter(filter), fields.asked(asked));
    fields.all(asked.map(|asked| (filter, asked)))
}

fn over_days(
    range: DayRange,
    filter: Filter,
    asked: Asked,
) -> Result<(report::Range, CoreAsked), CaseloadError> {
    let mut fields = Reading::default();
    let range = fields.range(range);
    let (filter, asked) = (fields.filter(filter), fields.asked(asked));
    fields.all(range.zip(asked).map(|(range, asked)| (range, (filter, asked))))
}

/// Every report fails with `Input` for unreadable values, with `Store` when the log was replaced since the snapshot
/// was taken, and with `Cancelled` when the listener says so.
#[uniffi::export]
impl NativeSnapshot {
    /// Who is on which caseload on the day asked, and how much each carries.
    ///
    /// # Errors
    /// As every report.
    pub fn current_caseload(
        &self,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<CurrentCaseload, CaseloadError> {
        guarded(|| {
            let (filter, asked) = of_a_day(filter, asked)?;
            let found =
                telling(&listener, |tell| self.0.current_caseload(&filter, asked.telling(tell)))?;
            Ok(found.into())
        })
    }

    /// The sizes of caseloads on the day asked, and how evenly they are spread.
    ///
    /// # Errors
    /// As every report.
    pub fn caseload_distribution(
        &self,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Arc<CaseloadDistribution>, CaseloadError> {
        guarded(|| {
            let (filter, asked) = of_a_day(filter, asked)?;
            let found = telling(&listener, |tell| {
                self.0.caseload_distribution(&filter, asked.telling(tell))
            })?;
            Ok(Arc::new(CaseloadDistribution(found)))
        })
    }

    /// Who is enrolled on the day asked without a caseworker, and since when.
    ///
    /// # Errors
    /// As every report.
    pub fn without_caseworker(
        &self,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Unassigned, CaseloadError> {
        guarded(|| {
            let (filter, asked) = of_a_day(filter, asked)?;
            let found =
                telling(&listener, |tell| self.0.without_caseworker(&filter, asked.telling(tell)))?;
            let counts: Vec<_> = found.counts.into_iter().collect();
            Ok(Unassigned {
                as_of: found.as_of.into(),
                waiting: WaitingList::of(Rows::of(found.waiting)),
                counts: WaitingCountList::of(Rows::of(counts)),
            })
        })
    }

    /// Assignments that lie outside their enrollment, after a mirror that only reports.
    ///
    /// # Errors
    /// As every report.
    pub fn misplaced(
        &self,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Misplaced, CaseloadError> {
        guarded(|| {
            let (filter, asked) = of_a_day(filter, asked)?;
            let found = telling(&listener, |tell| self.0.misplaced(&filter, asked.telling(tell)))?;
            let counts: Vec<_> = found.counts.iter().map(|(of, count)| (of, *count)).collect();
            Ok(Misplaced {
                cases: MisplacedCaseList::of(Rows::of(found.cases)),
                counts: CaseCountList::of(Rows::of(counts)),
            })
        })
    }

    /// The caseload on every day of a range: day after day, of each.
    ///
    /// # Errors
    /// As every report.
    pub fn daily_series(
        &self,
        range: DayRange,
        by: By,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Arc<DailyCountList>, CaseloadError> {
        guarded(|| {
            let (range, (filter, asked)) = over_days(range, filter, asked)?;
            let found = telling(&listener, |tell| {
                self.0.daily_series(range, by.into(), &filter, asked.telling(tell))
            })?;
            Ok(DailyCountList::of(each_day(found)))
        })
    }

    /// The average caseload over the days of a range: of each, and of all together.
    ///
    /// # Errors
    /// As every report.
    pub fn average_daily_caseload(
        &self,
        range: DayRange,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Arc<AverageCaseloadList>, CaseloadError> {
        guarded(|| {
            let (range, (filter, asked)) = over_days(range, filter, asked)?;
            let found = telling(&listener, |tell| {
                self.0.average_daily_caseload(range, &filter, asked.telling(tell))
            })?;
            Ok(AverageCaseloadList::of(averages(found)))
        })
    }

    /// What came into the caseloads of each program in each month of a range, and what left them.
    ///
    /// # Errors
    /// As every report.
    pub fn flow(
        &self,
        range: DayRange,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Arc<MonthFlowList>, CaseloadError> {
        guarded(|| {
            let (range, (filter, asked)) = over_days(range, filter, asked)?;
            let found =
                telling(&listener, |tell| self.0.flow(range, &filter, asked.telling(tell)))?;
            let row = |(program, month, flow): (&caseload::ProgramId, _, &report::MonthFlow)| {
                (program.clone(), month, flow.clone())
            };
            let rows: Vec<super::rows::CoreMonth> = found.iter().map(row).collect();
            Ok(MonthFlowList::of(Rows::of(rows)))
        })
    }

    /// The days of a range on which somebody enrolled had no caseworker.
    ///
    /// # Errors
    /// As every report.
    pub fn coverage_gaps(
        &self,
        range: DayRange,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Arc<UncoveredList>, CaseloadError> {
        guarded(|| {
            let (range, (filter, asked)) = over_days(range, filter, asked)?;
            let found = telling(&listener, |tell| {
                self.0.coverage_gaps(range, &filter, asked.telling(tell))
            })?;
            let rows: Vec<_> = found.timelines.into_iter().collect();
            Ok(UncoveredList::of(Rows::of(rows)))
        })
    }

    /// Who handed whom over to whom in a range, when, why, and by whose command.
    ///
    /// # Errors
    /// As every report.
    pub fn transfers(
        &self,
        range: DayRange,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Transfers, CaseloadError> {
        guarded(|| {
            let (range, (filter, asked)) = over_days(range, filter, asked)?;
            let found =
                telling(&listener, |tell| self.0.transfers(range, &filter, asked.telling(tell)))?;
            let counts: Vec<_> = found.counts.into_iter().collect();
            Ok(Transfers {
                range: found.range.into(),
                hand_overs: HandOverList::of(Rows::of(found.hand_overs)),
                counts: RouteCountList::of(Rows::of(counts)),
            })
        })
    }

    /// How long enrollments or assignments last, with those still open, and what that foretells.
    ///
    /// # Errors
    /// As every report.
    pub fn length_of_stay(
        &self,
        stay: Stay,
        range: DayRange,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Arc<LengthOfStay>, CaseloadError> {
        guarded(|| {
            let (range, (filter, asked)) = over_days(range, filter, asked)?;
            let found = telling(&listener, |tell| {
                self.0.length_of_stay(stay.into(), range, &filter, asked.telling(tell))
            })?;
            Ok(Arc::new(LengthOfStay(found)))
        })
    }

    /// The caseworkers of a participant, and every line with who entered, ended, corrected and voided it, when
    /// and why.
    ///
    /// # Errors
    /// As every report.
    pub fn participant_history(
        &self,
        participant: ParticipantId,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<ParticipantHistory, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let participant: Option<caseload::ParticipantId> =
                fields.need("participant", participant);
            let (filter, asked) = (fields.filter(filter), fields.asked(asked));
            let (participant, asked) = fields.all(participant.zip(asked))?;
            begins(&listener)?;
            let found = self.0.participant_history(&participant, &filter, &asked)?;
            Ok(ParticipantHistory {
                caseworkers: CaseList::of(Rows::of(found.caseworkers)),
                enrollments: EnrollmentHistoryList::of(Rows::of(found.enrollments)),
                assignments: AssignmentHistoryList::of(Rows::of(found.assignments)),
            })
        })
    }

    /// How often participants' workers change in a range, and how much of the time one worker is there.
    ///
    /// # Errors
    /// As every report.
    pub fn worker_continuity(
        &self,
        range: DayRange,
        role: InRole,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<WorkerContinuity, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let (range, role) = (fields.range(range), fields.need("role", role));
            let (filter, asked) = (fields.filter(filter), fields.asked(asked));
            let ((range, role), asked) = fields.all(range.zip(role).zip(asked))?;
            let found = telling(&listener, |tell| {
                self.0.worker_continuity(range, &role, &filter, asked.telling(tell))
            })?;
            let sums: Vec<_> = found.sums.iter().map(|(of, sum)| (of, sum.clone())).collect();
            let timelines: Vec<_> = found.timelines.into_iter().collect();
            Ok(WorkerContinuity {
                range: found.range.into(),
                timelines: ContinuityList::of(Rows::of(timelines)),
                sums: ContinuitySumList::of(Rows::of(sums)),
            })
        })
    }

    /// What was corrected or voided since a position or an instant (since ever without one), before and after,
    /// by whom and why.
    ///
    /// # Errors
    /// As every report.
    pub fn corrections(
        &self,
        since: Option<KnownAt>,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<Corrections, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let since = fields.may("since", since);
            let (filter, asked) = (fields.filter(filter), fields.asked(asked));
            let asked = fields.all(asked)?;
            let found =
                telling(&listener, |tell| self.0.corrections(since, &filter, asked.telling(tell)))?;
            Ok(Corrections {
                after: counted(found.after),
                up_to: counted(found.up_to),
                corrections: CorrectionList::of(Rows::of(found.corrections)),
            })
        })
    }

    /// The current caseload as a report said it then, as it says it now, and the difference.
    ///
    /// # Errors
    /// As every report.
    pub fn caseload_then_and_now(
        &self,
        then: KnownAt,
        filter: Filter,
        asked: Asked,
        listener: Listener,
    ) -> Result<ThenAndNow, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let then = fields.need("then", then);
            let (filter, asked) = (fields.filter(filter), fields.asked(asked));
            let (then, asked) = fields.all(then.zip(asked))?;
            let found = telling(&listener, |tell| {
                self.0.caseload_then_and_now(then, &filter, asked.telling(tell))
            })?;
            Ok(ThenAndNow {
                then: found.then.into(),
                now: found.now.into(),
                gone: CaseList::of(Rows::of(found.gone)),
                come: CaseList::of(Rows::of(found.come)),
            })
        })
    }

    /// Which of these participants are on a caseload.
    ///
    /// # Errors
    /// As every report.
    pub fn on_caseload(
        &self,
        participants: Vec<ParticipantId>,
        filter: CaseloadFilter,
        asked: Asked,
        listener: Listener,
    ) -> Result<ParticipantMatches, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let participants: Option<Vec<caseload::ParticipantId>> =
                fields.need("participants", participants);
            let (filter, asked) = (fields.caseload_filter(filter), fields.asked(asked));
            let ((participants, filter), asked) =
                fields.all(participants.zip(filter).zip(asked))?;
            let found = telling(&listener, |tell| {
                self.0.on_caseload(&participants, &filter, asked.telling(tell))
            })?;
            Ok(ParticipantMatches {
                mask: found.mask.iter().map(OnCaseload::from).collect(),
                ids: found.ids.iter().map(ParticipantId::from).collect(),
            })
        })
    }

    /// Which of these enrollments are on a caseload.
    ///
    /// # Errors
    /// As every report.
    pub fn enrollments_on_caseload(
        &self,
        enrollments: Vec<EnrollmentId>,
        filter: CaseloadFilter,
        asked: Asked,
        listener: Listener,
    ) -> Result<EnrollmentMatches, CaseloadError> {
        guarded(|| {
            let mut fields = Reading::default();
            let enrollments: Option<Vec<caseload::EnrollmentId>> =
                fields.need("enrollments", enrollments);
            let (filter, asked) = (fields.caseload_filter(filter), fields.asked(asked));
            let ((enrollments, filter), asked) = fields.all(enrollments.zip(filter).zip(asked))?;
            let found = telling(&listener, |tell| {
                self.0.enrollments_on_caseload(&enrollments, &filter, asked.telling(tell))
            })?;
            Ok(EnrollmentMatches {
                mask: found.mask.iter().map(OnCaseload::from).collect(),
                ids: found.ids.iter().map(EnrollmentId::from).collect(),
            })
        })
    }
}

/// Each day of a series with each row: made when it is looked at, because there may be millions.
fn each_day(series: report::DailySeries) -> Rows<DailyCount> {
    let keys: Vec<report::Of> = series.keys().collect();
    let first = series.range.first();
    Rows::made(series.counts().len(), move |place| {
        let after = place.checked_div(keys.len())?;
        let day = i32::try_from(after).ok().and_then(|after| first.plus(after))?;
        Some(DailyCount {
            of: Of::from(keys.get(place.checked_rem(keys.len())?)?),
            day: day.into(),
            cases: counted(*series.counts().get(place)?),
        })
    })
}

fn averages(found: report::AverageDailyCaseload) -> Rows<AverageCaseload> {
    let keys: Vec<report::Of> = found.covered_days.keys().collect();
    Rows::made(keys.len(), move |place| {
        let of = keys.get(place)?;
        Some(AverageCaseload {
            of: Of::from(of),
            covered_days: counted(*found.covered_days.get(of)?),
            average: found.average(of)?.into(),
        })
    })
}

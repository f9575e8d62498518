//! The rows of reports.

use caseload::{log::Position, report};

use crate::{
    event::{Cause, text},
    id::{ActorId, AssignmentId, EnrollmentId, ParticipantId, ProgramId, StaffId},
    lists::lists,
    question::{Assignment, Enrollment, Line},
    reading::counted,
    time::{Day, DayRange, Period, Recorded},
};

/// Of whom a number is: without a staff member of all of them, without a program of all of them.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Of {
    /// Of this staff member.
    #[uniffi(default = None)]
    pub staff: Option<StaffId>,
    /// In this program.
    #[uniffi(default = None)]
    pub program: Option<ProgramId>,
}

impl From<&report::Of> for Of {
    fn from(of: &report::Of) -> Of {
        let report::Of { staff, program } = of;
        Of {
            staff: staff.as_ref().map(StaffId::from),
            program: program.as_ref().map(ProgramId::from),
        }
    }
}

/// A rate that keeps its numerator and denominator. Rounding is for printing.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Ratio {
    /// What is divided.
    pub numerator: i64,
    /// By what; never 0.
    pub denominator: i64,
    /// The quotient, for printing.
    pub value: f64,
}

impl From<report::Ratio> for Ratio {
    fn from(ratio: report::Ratio) -> Ratio {
        Ratio {
            numerator: counted(ratio.numerator()),
            denominator: counted(ratio.denominator().get()),
            value: ratio.as_f64(),
        }
    }
}

/// Who entered something, and when.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Entered {
    /// In which entry.
    pub position: i64,
    /// When it was recorded.
    pub recorded: Recorded,
    /// By whom.
    pub actor: ActorId,
}

impl From<&report::Entered> for Entered {
    fn from(entered: &report::Entered) -> Entered {
        let report::Entered { position, recorded, actor } = entered;
        Entered { position: at(*position), recorded: (*recorded).into(), actor: actor.into() }
    }
}

fn at(position: Position) -> i64 {
    counted(position)
}

/// An assignment that covers the day of a report.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Case {
    /// Who is responsible.
    pub staff: StaffId,
    /// In which program.
    pub program: ProgramId,
    /// For whom.
    pub participant: ParticipantId,
    /// The assignment.
    pub assignment: AssignmentId,
    /// In which role, if any.
    pub role: Option<String>,
    /// Since when.
    pub start: Day,
}

impl From<&report::Case> for Case {
    fn from(case: &report::Case) -> Case {
        let report::Case { staff, program, participant, assignment, role, start } = case;
        Case {
            staff: staff.into(),
            program: program.into(),
            participant: participant.into(),
            assignment: assignment.into(),
            role: text(role.as_ref()),
            start: (*start).into(),
        }
    }
}

/// How much somebody carries.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Load {
    /// Whose.
    pub of: Of,
    /// Assignments that cover the day.
    pub cases: i64,
    /// Different participants among them.
    pub participants: i64,
    /// Those in the role `primary`.
    pub primaries: i64,
}

impl From<&(report::Of, report::Load)> for Load {
    fn from((of, load): &(report::Of, report::Load)) -> Load {
        let report::Load { cases, participants, primaries } = load;
        Load {
            of: of.into(),
            cases: counted(*cases),
            participants: counted(*participants),
            primaries: counted(*primaries),
        }
    }
}

/// How many cases somebody has.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CaseCount {
    /// Whose.
    pub of: Of,
    /// How many.
    pub cases: i64,
}

impl From<&(report::Of, u64)> for CaseCount {
    fn from((of, cases): &(report::Of, u64)) -> CaseCount {
        CaseCount { of: of.into(), cases: counted(*cases) }
    }
}

/// The caseload on one day of a series.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DailyCount {
    /// Whose.
    pub of: Of,
    /// The day.
    pub day: Day,
    /// How many cases.
    pub cases: i64,
}

/// The average daily caseload: covered days over days of the range.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct AverageCaseload {
    /// Whose.
    pub of: Of,
    /// Days covered, added up over all assignments.
    pub covered_days: i64,
    /// Per day of the range.
    pub average: Ratio,
}

/// What came and went in a program in a month, in cases where nothing else is said.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct MonthFlow {
    /// The program.
    pub program: ProgramId,
    /// The month; the first and the last are cut where the range is.
    pub month: DayRange,
    /// Those that cover the day before the month and were not over then.
    pub carried_in: i64,
    /// Those that start in the month, and were not handed over by a colleague.
    pub opened: i64,
    /// Those that start in the month on a day on which a colleague's of the same participant ends.
    pub transferred_in: i64,
    /// Those that end in the month, and were not handed over to a colleague.
    pub closed: i64,
    /// Those that end in the month on a day on which a colleague's of the same participant starts.
    pub transferred_out: i64,
    /// Those that cover the last day of the month.
    pub carried_out: i64,
    /// Those that cover at least one day of the month.
    pub served_cases: i64,
    /// Different participants with such a case.
    pub served_participants: i64,
    /// The lengths of those that ended in the month, in days, the shortest first.
    pub lengths: Vec<i64>,
    /// Their median; none if none ended.
    pub median_length: Option<Ratio>,
}

/// A month of a program, as the core counts it.
pub(super) type CoreMonth = (caseload::ProgramId, report::Range, report::MonthFlow);

impl From<&CoreMonth> for MonthFlow {
    fn from((program, month, flow): &CoreMonth) -> MonthFlow {
        MonthFlow {
            program: program.into(),
            month: (*month).into(),
            carried_in: counted(flow.carried_in),
            opened: counted(flow.opened),
            transferred_in: counted(flow.transferred_in),
            closed: counted(flow.closed),
            transferred_out: counted(flow.transferred_out),
            carried_out: counted(flow.carried_out),
            served_cases: counted(flow.served_cases),
            served_participants: counted(flow.served_participants),
            lengths: flow.lengths().iter().copied().map(counted).collect(),
            median_length: flow.median_length().map(Ratio::from),
        }
    }
}

/// Somebody enrolled without a caseworker.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Waiting {
    /// In which program.
    pub program: ProgramId,
    /// Who.
    pub participant: ParticipantId,
    /// The enrollment.
    pub enrollment: EnrollmentId,
    /// The first day without a caseworker.
    pub since: Day,
}

impl From<&report::Waiting> for Waiting {
    fn from(waiting: &report::Waiting) -> Waiting {
        let report::Waiting { program, participant, enrollment, since } = waiting;
        Waiting {
            program: program.into(),
            participant: participant.into(),
            enrollment: enrollment.into(),
            since: (*since).into(),
        }
    }
}

/// How many wait in a program.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WaitingCount {
    /// The program.
    pub program: ProgramId,
    /// How many are enrolled on the day.
    pub enrolled: i64,
    /// How many of them have no caseworker.
    pub without: i64,
    /// The share of these; none where nobody is enrolled.
    pub share: Option<Ratio>,
}

impl From<&(caseload::ProgramId, report::WaitingCount)> for WaitingCount {
    fn from((program, count): &(caseload::ProgramId, report::WaitingCount)) -> WaitingCount {
        let report::WaitingCount { enrolled, without } = count;
        WaitingCount {
            program: program.into(),
            enrolled: counted(*enrolled),
            without: counted(*without),
            share: count.share().map(Ratio::from),
        }
    }
}

/// The days of a range on which somebody enrolled had no caseworker.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Uncovered {
    /// In which program.
    pub program: ProgramId,
    /// Who.
    pub participant: ParticipantId,
    /// Days of enrollment in the range.
    pub enrolled_days: i64,
    /// Of these, days without a caseworker.
    pub uncovered_days: i64,
    /// The gaps, in order.
    pub gaps: Vec<DayRange>,
    /// The share of days without one.
    pub share: Option<Ratio>,
}

/// A timeline and what a report says of it.
pub(super) type OfTimeline<T> = ((caseload::ProgramId, caseload::ParticipantId), T);

impl From<&OfTimeline<report::Uncovered>> for Uncovered {
    fn from(((program, participant), found): &OfTimeline<report::Uncovered>) -> Uncovered {
        Uncovered {
            program: program.into(),
            participant: participant.into(),
            enrolled_days: counted(found.enrolled_days),
            uncovered_days: counted(found.uncovered_days),
            gaps: found.gaps.iter().copied().map(DayRange::from).collect(),
            share: found.share().map(Ratio::from),
        }
    }
}

/// One hand-over from a staff member to a colleague.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HandOver {
    /// The receiver's first day.
    pub date: Day,
    /// In which program.
    pub program: ProgramId,
    /// Who was handed over.
    pub participant: ParticipantId,
    /// The giver.
    pub from_staff: StaffId,
    /// The receiver.
    pub to_staff: StaffId,
    /// The giver's assignment.
    pub ended: AssignmentId,
    /// The receiver's.
    pub started: AssignmentId,
    /// Who ended the one.
    pub ended_by: Entered,
    /// Who started the other.
    pub started_by: Entered,
    /// Why, if that was said and is not forgotten.
    pub reason: Option<String>,
}

impl From<&report::HandOver> for HandOver {
    fn from(one: &report::HandOver) -> HandOver {
        HandOver {
            date: one.date.into(),
            program: (&one.program).into(),
            participant: (&one.participant).into(),
            from_staff: (&one.from).into(),
            to_staff: (&one.to).into(),
            ended: (&one.ended).into(),
            started: (&one.started).into(),
            ended_by: (&one.ended_by).into(),
            started_by: (&one.started_by).into(),
            reason: text(one.reason.as_ref()),
        }
    }
}

/// How many were handed over on one route.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RouteCount {
    /// The giver.
    pub from_staff: StaffId,
    /// The receiver.
    pub to_staff: StaffId,
    /// In which program.
    pub program: ProgramId,
    /// How many.
    pub hand_overs: i64,
}

impl From<&(report::Route, u64)> for RouteCount {
    fn from((route, hand_overs): &(report::Route, u64)) -> RouteCount {
        let report::Route { from, to, program } = route;
        RouteCount {
            from_staff: from.into(),
            to_staff: to.into(),
            program: program.into(),
            hand_overs: counted(*hand_overs),
        }
    }
}

/// Why an assignment has its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EndCause {
    /// It was entered with it.
    AsEntered,
    /// It was handed over.
    HandedOver,
    /// It was ended later.
    Given {
        /// By what.
        cause: Cause,
    },
}

impl From<report::EndCause> for EndCause {
    fn from(cause: report::EndCause) -> EndCause {
        match cause {
            report::EndCause::AsEntered => EndCause::AsEntered,
            report::EndCause::HandedOver => EndCause::HandedOver,
            report::EndCause::Given(cause) => EndCause::Given { cause: cause.into() },
        }
    }
}

/// Who changed something, when and why.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Changed {
    /// Who, and when.
    pub by: Entered,
    /// Why, if that was said and is not forgotten.
    pub reason: Option<String>,
}

impl From<&report::Changed> for Changed {
    fn from(changed: &report::Changed) -> Changed {
        let report::Changed { by, reason } = changed;
        Changed { by: by.into(), reason: text(reason.as_ref()) }
    }
}

/// An assignment with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AssignmentHistory {
    /// The assignment.
    pub assignment: Assignment,
    /// Who entered it.
    pub entered: Entered,
    /// Why it ended, where it did after it was entered.
    pub end_cause: Option<EndCause>,
    /// Who ended it.
    pub ended: Option<Changed>,
    /// Who corrected or voided it.
    pub closed: Option<Changed>,
    /// What took its place.
    pub superseded_by: Option<AssignmentId>,
}

impl From<&report::AssignmentHistory> for AssignmentHistory {
    fn from(line: &report::AssignmentHistory) -> AssignmentHistory {
        let ended = line.ended.as_ref();
        AssignmentHistory {
            assignment: (&line.assignment).into(),
            entered: (&line.entered).into(),
            end_cause: ended.map(|(cause, _)| EndCause::from(*cause)),
            ended: ended.map(|(_, changed)| Changed::from(changed)),
            closed: line.closed.as_ref().map(Changed::from),
            superseded_by: line.superseded_by.as_ref().map(AssignmentId::from),
        }
    }
}

/// An enrollment with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EnrollmentHistory {
    /// The enrollment.
    pub enrollment: Enrollment,
    /// Who entered it.
    pub entered: Entered,
    /// Who changed its days last, after it was entered.
    pub days_changed: Option<Changed>,
    /// Who corrected or voided it.
    pub closed: Option<Changed>,
    /// What took its place.
    pub superseded_by: Option<EnrollmentId>,
}

impl From<&report::EnrollmentHistory> for EnrollmentHistory {
    fn from(line: &report::EnrollmentHistory) -> EnrollmentHistory {
        EnrollmentHistory {
            enrollment: (&line.enrollment).into(),
            entered: (&line.entered).into(),
            days_changed: line.days_changed.as_ref().map(Changed::from),
            closed: line.closed.as_ref().map(Changed::from),
            superseded_by: line.superseded_by.as_ref().map(EnrollmentId::from),
        }
    }
}

/// How many days somebody was the worker.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WorkerDays {
    /// Who.
    pub staff: StaffId,
    /// How many days.
    pub days: i64,
}

/// Whether somebody is in the cohort of a census.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Census {
    /// Enrolled on the day.
    Enrolled,
    /// Not enrolled on it.
    Away,
}

/// The continuity of one participant in one program.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Continuity {
    /// In which program.
    pub program: ProgramId,
    /// Who.
    pub participant: ParticipantId,
    /// How often the worker changed in the range.
    pub changes: i64,
    /// The days of the range on which each was the worker.
    pub days: Vec<WorkerDays>,
    /// Pairs of assigned days, one after the other, of two workers.
    pub broken_pairs: i64,
    /// Days of enrollment in the range.
    pub enrolled_days: i64,
    /// Of these, days without a worker.
    pub uncovered_days: i64,
    /// Whether they are enrolled on the last day of the range.
    pub census: Census,
    /// Changes per 1,000 assigned days.
    pub changes_per_1000_days: Option<Ratio>,
    /// The usual worker's share of the assigned days.
    pub usual_worker_share: Option<Ratio>,
    /// How much the days are one worker's.
    pub concentration: Option<Ratio>,
    /// How often the next day's worker is the same.
    pub sequence: Option<Ratio>,
}

impl From<&OfTimeline<report::Continuity>> for Continuity {
    fn from(((program, participant), found): &OfTimeline<report::Continuity>) -> Continuity {
        let days = found.days.iter();
        Continuity {
            program: program.into(),
            participant: participant.into(),
            changes: counted(found.changes),
            days: days
                .map(|(staff, days)| WorkerDays { staff: staff.into(), days: counted(*days) })
                .collect(),
            broken_pairs: counted(found.broken_pairs),
            enrolled_days: counted(found.enrolled_days),
            uncovered_days: counted(found.uncovered_days),
            census: match found.census {
                report::Census::Enrolled => Census::Enrolled,
                report::Census::Away => Census::Away,
            },
            changes_per_1000_days: found.changes_per_1000_days().map(Ratio::from),
            usual_worker_share: found.usual_worker_share().map(Ratio::from),
            concentration: found.concentration().map(Ratio::from),
            sequence: found.sequence().map(Ratio::from),
        }
    }
}

/// How many had so many changes of worker.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ChangeCount {
    /// So many changes.
    pub changes: i64,
    /// How many participants.
    pub participants: i64,
}

/// The continuity of many.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ContinuitySum {
    /// Of whom.
    pub of: Of,
    /// Changes of worker in the range.
    pub changes: i64,
    /// Days with a worker.
    pub assigned_days: i64,
    /// Days of enrollment.
    pub enrolled_days: i64,
    /// Of these, days without a worker.
    pub uncovered_days: i64,
    /// Of those enrolled on the last day of the range, how many had so many changes in it.
    pub cohort: Vec<ChangeCount>,
    /// Changes per 1,000 assigned days.
    pub changes_per_1000_days: Option<Ratio>,
    /// The share of days of enrollment without a worker.
    pub uncovered_share: Option<Ratio>,
}

impl From<&(report::Of, report::ContinuitySum)> for ContinuitySum {
    fn from((of, sum): &(report::Of, report::ContinuitySum)) -> ContinuitySum {
        let count = |(changes, participants): (&u64, &u64)| ChangeCount {
            changes: counted(*changes),
            participants: counted(*participants),
        };
        ContinuitySum {
            of: of.into(),
            changes: counted(sum.changes),
            assigned_days: counted(sum.assigned_days),
            enrolled_days: counted(sum.enrolled_days),
            uncovered_days: counted(sum.uncovered_days),
            cohort: sum.cohort.iter().map(count).collect(),
            changes_per_1000_days: sum.changes_per_1000_days().map(Ratio::from),
            uncovered_share: sum.uncovered_share().map(Ratio::from),
        }
    }
}

/// Something entered that was corrected or voided later.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Correction {
    /// As it stood before.
    pub before: Line,
    /// What took its place, as entered then; none: it was voided.
    pub after: Option<Line>,
    /// Who did it, and when.
    pub by: Entered,
    /// Why, if that was said and is not forgotten.
    pub reason: Option<String>,
}

impl From<&report::Correction> for Correction {
    fn from(correction: &report::Correction) -> Correction {
        Correction {
            before: (&correction.before).into(),
            after: correction.after.as_ref().map(Line::from),
            by: (&correction.by).into(),
            reason: text(correction.reason.as_ref()),
        }
    }
}

/// An assignment that lies outside its enrollment.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MisplacedCase {
    /// The assignment.
    pub misplaced: Case,
    /// Its days.
    pub period: Period,
    /// The enrollment that it starts in, if there is one.
    pub enrollment: Option<EnrollmentId>,
    /// The days of that.
    pub enrolled: Option<Period>,
}

impl From<&report::MisplacedCase> for MisplacedCase {
    fn from(found: &report::MisplacedCase) -> MisplacedCase {
        let home = found.enrollment.as_ref();
        MisplacedCase {
            misplaced: (&found.case).into(),
            period: found.period.into(),
            enrollment: home.map(|(id, _)| id.into()),
            enrolled: home.map(|(_, period)| (*period).into()),
        }
    }
}

lists! {
    /// Assignments that cover the day of a report.
    CaseList of Case,
    /// How much each carries, and all together.
    LoadList of Load,
    /// How many cases each has, and all together.
    CaseCountList of CaseCount,
    /// Every day of a range with the caseload of each.
    DailyCountList of DailyCount,
    /// The average daily caseload of each, and of all together.
    AverageCaseloadList of AverageCaseload,
    /// What came and went in each program in each month.
    MonthFlowList of MonthFlow,
    /// Those enrolled without a caseworker.
    WaitingList of Waiting,
    /// How many wait in each program.
    WaitingCountList of WaitingCount,
    /// The gaps of each timeline.
    UncoveredList of Uncovered,
    /// Hand-overs, by day, program and participant.
    HandOverList of HandOver,
    /// How many were handed over on each route.
    RouteCountList of RouteCount,
    /// Assignments with what became of them, by program, start and id.
    AssignmentHistoryList of AssignmentHistory,
    /// Enrollments with what became of them, by program, start and id.
    EnrollmentHistoryList of EnrollmentHistory,
    /// The continuity of each timeline.
    ContinuityList of Continuity,
    /// The continuity of many.
    ContinuitySumList of ContinuitySum,
    /// Corrections, by position, enrollments first, and id.
    CorrectionList of Correction,
    /// Assignments that lie outside their enrollment.
    MisplacedCaseList of MisplacedCase,
}

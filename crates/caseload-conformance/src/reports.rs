//! For tests of products with tables of their own: every report over them beside the same over something else.

use caseload::{
    Asked, EnrollmentId, Error, ParticipantId,
    report::{ActiveIn, By, CaseloadFilter, Filter, InRole, Range, Reports, Stay, When},
};

/// One way to ask for every report.
///
/// ```
/// use caseload::{Agency, Asked, Day, Error, MemoryLog, report::{Filter, Range}};
/// use caseload_conformance::ReportQuestions;
///
/// let snapshot = Agency::open(MemoryLog::new())?.snapshot()?;
/// let day = "2024-03-01".parse::<Day>()?;
/// let questions = ReportQuestions {
///     range: Range::new(day, "2024-04-01".parse()?)?,
///     filter: &Filter::all(),
///     asked: &Asked::of(day),
///     participants: &[],
///     enrollments: &[],
/// };
/// // Here both are the same; a host's own would be `Reports::over(&tables)`.
/// assert!(questions.answered_differently(snapshot.reports(), snapshot.reports())?.is_empty());
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ReportQuestions<'a> {
    /// For the reports of a range of days.
    pub range: Range,
    /// About whom.
    pub filter: &'a Filter,
    /// As of when, and as seen by whom.
    pub asked: &'a Asked,
    /// The list that a caseload filter is asked about.
    pub participants: &'a [ParticipantId],
    /// The other list that it is asked about.
    pub enrollments: &'a [EnrollmentId],
}

impl ReportQuestions<'_> {
    /// The names of the reports that the two answer differently.
    ///
    /// # Errors
    /// As the reports.
    pub fn answered_differently(
        &self,
        one: Reports<'_>,
        other: Reports<'_>,
    ) -> Result<Vec<&'static str>, Error> {
        let mut both = Both { one, other, differing: Vec::new() };
        self.of_a_day(&mut both)?;
        self.of_the_range(&mut both)?;
        self.caseload_filters(&mut both)?;
        Ok(both.differing)
    }

    fn of_a_day(&self, both: &mut Both<'_>) -> Result<(), Error> {
        let (filter, asked) = (self.filter, self.asked);
        both.ask("current_caseload", |reports| reports.current_caseload(filter, asked))?;
        both.ask("caseload_distribution", |reports| reports.caseload_distribution(filter, asked))?;
        both.ask("without_caseworker", |reports| reports.without_caseworker(filter, asked))?;
        both.ask("misplaced", |reports| reports.misplaced(filter, asked))
    }

    fn of_the_range(&self, both: &mut Both<'_>) -> Result<(), Error> {
        let (range, filter, asked) = (self.range, self.filter, self.asked);
        for by in [By::All, By::Program, By::Staff, By::StaffAndProgram] {
            both.ask("daily_series", |reports| reports.daily_series(range, by, filter, asked))?;
        }
        both.ask("average_daily_caseload", |reports| {
            reports.average_daily_caseload(range, filter, asked)
        })?;
        both.ask("flow", |reports| reports.flow(range, filter, asked))?;
        both.ask("coverage_gaps", |reports| reports.coverage_gaps(range, filter, asked))?;
        for role in [InRole::Any, InRole::Unnamed] {
            both.ask("worker_continuity", |reports| {
                reports.worker_continuity(range, &role, filter, asked)
            })?;
        }
        for stay in [Stay::Assignment, Stay::Enrollment] {
            both.ask("length_of_stay", |reports| {
                reports.length_of_stay(stay, range, filter, asked)
            })?;
        }
        Ok(())
    }

    fn caseload_filters(&self, both: &mut Both<'_>) -> Result<(), Error> {
        let meanings = [
            ActiveIn::AtLeastOneDay,
            ActiveIn::Touched,
            ActiveIn::StrictDates,
            ActiveIn::OpenOrEndedWithin,
        ];
        let whens = meanings.map(|meaning| When::In(self.range, meaning));
        for when in whens.into_iter().chain([When::AsOf(self.asked.as_of)]) {
            let filter = CaseloadFilter::when(when).of(self.filter.clone());
            both.ask("on_caseload", |reports| {
                reports.on_caseload(self.participants, &filter, self.asked)
            })?;
            both.ask("enrollments_on_caseload", |reports| {
                reports.enrollments_on_caseload(self.enrollments, &filter, self.asked)
            })?;
        }
        Ok(())
    }
}

/// Two that are asked the same.
struct Both<'a> {
    one: Reports<'a>,
    other: Reports<'a>,
    differing: Vec<&'static str>,
}

impl Both<'_> {
    fn ask<T: PartialEq>(
        &mut self,
        name: &'static str,
        ask: impl Fn(Reports<'_>) -> Result<T, Error>,
    ) -> Result<(), Error> {
        if ask(self.one)? != ask(self.other)? {
            self.differing.push(name);
        }
        Ok(())
    }
}

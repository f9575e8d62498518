//! How continuous the work with each participant was.

use caseload::report::{Census, Continuity, ContinuitySum, Ratio, WorkerContinuity};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{Lists, Timeline, Whom, cube_rows},
};

impl ToArrow for WorkerContinuity {
    fn tables(&self) -> Vec<Table<'_>> {
        let about = || About::range(self.range);
        let lists = Lists::of_cube(&self.sums);
        let with_cohort = Lists::of_some(&self.sums, |sum| !sum.cohort.is_empty());
        let each_worker = || {
            let timelines = self.timelines.iter();
            timelines.flat_map(|(of, one)| {
                one.days.iter().map(move |(staff, days)| Worked {
                    of,
                    staff: staff.as_str(),
                    days: *days,
                })
            })
        };
        let each_group = || {
            let sums = cube_rows(&self.sums);
            sums.flat_map(|(whom, sum)| {
                sum.cohort.iter().map(move |(changes, count)| (whom, *changes, *count))
            })
        };
        vec![
            timelines().table(about(), || self.timelines.iter()),
            workers().table(about(), each_worker),
            sums(&lists).table(about(), || cube_rows(&self.sums)),
            cohort(&with_cohort).table(about(), each_group),
        ]
    }
}

type One<'a> = (&'a Timeline, &'a Continuity);

fn timelines<'a>() -> Layout<'a, One<'a>> {
    let timelines =
        "a participant in a program with a day of enrollment or with a worker in the range";
    let broken = "Assigned days, one after the other, of two workers";
    let in_cohort = "Enrolled on the last day of the range";
    Layout::<One<'_>>::of("worker_continuity_timelines", 1, timelines)
        .timeline(|(of, _)| of)
        .count("changes", "changes", CHANGES, |(_, one)| Some(one.changes))
        .count("assigned_days", "days", ASSIGNED, |(_, one)| Some(one.assigned_days()))
        .count("enrolled_days", "days", ENROLLED, |(_, one)| Some(one.enrolled_days))
        .count("uncovered_days", "days", UNCOVERED, |(_, one)| Some(one.uncovered_days))
        .count("broken_pairs", "pairs of days", broken, |(_, one)| Some(one.broken_pairs))
        .flag("in_cohort", in_cohort, |(_, one)| Some(one.census == Census::Enrolled))
        .float("changes_per_1000_days", "changes", PER_1000, |(_, one)| {
            one.changes_per_1000_days().map(Ratio::as_f64)
        })
        .or_null(NO_ASSIGNED_DAY)
        .all_or_null(NO_ASSIGNED_DAY, |layout| {
            layout.ratio("usual_worker_share", "share", USUAL, |(_, one)| one.usual_worker_share())
        })
        .all_or_null("fewer than 2 days are assigned", |layout| {
            layout
                .ratio("concentration", "index", CONCENTRATION, |(_, one)| one.concentration())
                .ratio("sequence", "share", SEQUENCE, |(_, one)| one.sequence())
        })
}

const USUAL: &str = "The usual worker's share of the assigned days (UPC, day-weighted)";
const CONCENTRATION: &str =
    "How much the days are one worker's (COC, Bice and Boxerman, over days)";
const SEQUENCE: &str = "How often the next assigned day's worker is the same (SECON)";

struct Worked<'a> {
    of: &'a Timeline,
    staff: &'a str,
    days: u64,
}

fn workers<'a>() -> Layout<'a, Worked<'a>> {
    let workers = "a worker of a participant in a program";
    let days = "On which they were; no day is two workers'";
    Layout::<Worked<'_>>::of("worker_continuity_workers", 1, workers)
        .timeline(|worked| worked.of)
        .id("staff", "The worker", |worked| Some(worked.staff))
        .count("days", "days", days, |worked| Some(worked.days))
}

type Sum<'a> = (Whom, &'a ContinuitySum);

fn sums<'a>(lists: &Lists) -> Layout<'a, Sum<'a>> {
    Layout::<Sum<'_>>::of("worker_continuity_sums", 1, "a program, or the sum over all")
        .program_of(lists, |(whom, _)| whom.program)
        .count("changes", "changes", CHANGES, |(_, sum)| Some(sum.changes))
        .count("assigned_days", "days", ASSIGNED, |(_, sum)| Some(sum.assigned_days))
        .count("enrolled_days", "days", ENROLLED, |(_, sum)| Some(sum.enrolled_days))
        .count("uncovered_days", "days", UNCOVERED, |(_, sum)| Some(sum.uncovered_days))
        .float("changes_per_1000_days", "changes", PER_1000, |(_, sum)| {
            sum.changes_per_1000_days().map(Ratio::as_f64)
        })
        .or_null(NO_ASSIGNED_DAY)
        .float("uncovered_share", "share", "Uncovered days over enrolled days", |(_, sum)| {
            sum.uncovered_share().map(Ratio::as_f64)
        })
        .or_null("no day is enrolled")
}

/// Of whom, changes, how many.
type Group = (Whom, u64, u64);

fn cohort<'a>(lists: &Lists) -> Layout<'a, Group> {
    let groups = "those with so many changes, of the cohort: whoever is enrolled on the last day of the range";
    let with_so_many = "Participants in a program with so many";
    Layout::<Group>::of("worker_continuity_cohort", 1, groups)
        .program_of(lists, |(whom, ..)| whom.program)
        .count("changes", "changes", "How many changes", |(_, changes, _)| Some(*changes))
        .count("timelines", "timelines", with_so_many, |(.., count)| Some(*count))
}

const ASSIGNED: &str = "Days of the range with a worker";
const CHANGES: &str = "Changes of worker in the range";
const ENROLLED: &str = "Days of the range on which they are enrolled";
const UNCOVERED: &str = "Of the enrolled days, those without a worker";
const PER_1000: &str = "1,000 times changes over assigned days";
const NO_ASSIGNED_DAY: &str = "no day is assigned";

pub(super) fn described() -> Vec<Described> {
    let none = Lists::none();
    vec![
        timelines().described(),
        workers().described(),
        sums(&none).described(),
        cohort(&none).described(),
    ]
}

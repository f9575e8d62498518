//! Every report over a plain view beside the same report of the state, while random histories grow: of every
//! kind of filter, on several days and ranges, as seen by several.

use caseload::{
    Actor, Agency, Asked, Day, EnrollmentId, Error, KnownAt, Lines, MemoryLog, ParticipantId,
    ProgramId, StaffId, View,
    jsonl::Replay,
    report::{Filter, Range, Reports},
};
use caseload_conformance::{ReportQuestions, generate::Generator};

use super::plain_view::PlainView;

const SEEDS: u64 = 30;
const LINES: usize = 220;

/// Of a list, the one whose turn it is.
fn pick<T: Clone>(of: &[T], turn: usize) -> Option<T> {
    of.get(turn.checked_rem(of.len())?).cloned()
}

/// Who is in the lines, each as often as they are.
struct People {
    programs: Vec<ProgramId>,
    staff: Vec<StaffId>,
    participants: Vec<ParticipantId>,
    enrollments: Vec<EnrollmentId>,
}

impl People {
    fn of(lines: &Lines) -> People {
        let (enrollments, lines) = (&lines.enrollments, &lines.assignments);
        People {
            programs: enrollments.iter().map(|line| line.program.clone()).collect(),
            staff: lines.iter().map(|line| line.staff.clone()).collect(),
            participants: enrollments.iter().map(|line| line.participant.clone()).collect(),
            enrollments: enrollments.iter().map(|line| line.id.clone()).collect(),
        }
    }

    /// Everything, one of each, each beside another, nobody, and ids that are not known.
    fn filters(&self, turn: usize) -> Vec<Filter> {
        let all = Filter::all;
        let program = || pick(&self.programs, turn);
        let staff = |more: usize| pick(&self.staff, turn + more);
        let some = |from: usize| self.participants.iter().skip(from + turn % 3).step_by(4).cloned();
        vec![
            all(),
            all().programs(program()),
            all().staff([staff(0), staff(0), staff(5)].into_iter().flatten()),
            // Twice the same, by another way.
            all().participants(some(0).chain(some(0))),
            all().programs(program()).staff(staff(1)),
            all().programs(program()).participants(some(1)),
            all().staff(staff(2)).participants(some(0)),
            all().staff([]),
            all().programs([ProgramId::new("nowhere").unwrap()]),
            all().staff([StaffId::new("nobody").unwrap()]).participants(some(0)),
        ]
    }
}

fn ranges(turn: usize) -> Vec<(Day, Range)> {
    let first = "2023-12-20".parse::<Day>().unwrap().plus((turn % 13) as i32).unwrap();
    let range = |from: i32, days: i32| {
        let from = first.plus(from).unwrap();
        (from.plus(days / 2).unwrap(), Range::new(from, from.plus(days).unwrap()).unwrap())
    };
    vec![range(0, 130), range(40, 1), range(25, 37)]
}

/// How much was met.
#[derive(Debug, Default)]
struct Met {
    asked: usize,
    cases: usize,
    hidden: usize,
    misplaced: usize,
}

fn compare(agency: &Agency, turn: usize, met: &mut Met) {
    let (view, snapshot) = (PlainView::of(agency), agency.snapshot().unwrap());
    let people = People::of(&view.lines);
    let (of_state, of_view) = (snapshot.reports(), Reports::over(&view));
    let actors = [None, pick(&people.staff, turn), pick(&people.staff, turn + 3)];
    for (filter, actor) in
        people.filters(turn).iter().flat_map(|f| actors.iter().map(move |a| (f, a)))
    {
        let (day, range) = ranges(turn)[met.asked % 3];
        let everything = Asked::of(day);
        let asked = match actor {
            Some(staff) => everything.clone().by(Actor::Staff(staff.clone())),
            None => everything.clone(),
        };
        // A list that is longer than what it is held against, and one that is shorter.
        let listed = if met.asked.is_multiple_of(2) { people.participants.len() } else { 3 };
        let listed = listed.min(people.participants.len());
        let (participants, enrollments) = (&people.participants[..listed], &people.enrollments);
        let questions = ReportQuestions { range, filter, asked: &asked, participants, enrollments };
        let differing = questions.answered_differently(of_state, of_view).unwrap();
        assert!(differing.is_empty(), "{differing:?} of {questions:?}");
        let cases = |asked| of_view.current_caseload(filter, asked).unwrap().cases.len();
        met.asked += 1;
        met.cases += cases(&asked);
        met.hidden += cases(&everything) - cases(&asked);
        met.misplaced += of_view.misplaced(filter, &asked).unwrap().cases.len();
    }
}

#[test]
fn every_report_over_a_plain_view_is_that_of_the_state() {
    let mut met = Met::default();
    for seed in 0..SEEDS {
        let mut generator = Generator::new(seed);
        let agency = Agency::open(MemoryLog::new()).unwrap();
        let mut replay = Replay::new(agency.clone());
        for line in 1..=LINES {
            replay.line(&generator.next_line_with_ids());
            if line % 20 == 0 {
                compare(&agency, line / 20 + seed as usize, &mut met);
            }
        }
    }
    assert!(met.cases > 6_000 && met.hidden > 200 && met.misplaced > 200, "{met:?}");
}

#[test]
fn a_plain_view_knows_nothing_of_earlier() {
    let view = PlainView::of(&Agency::open(MemoryLog::new()).unwrap());
    let asked = Asked::of(Day::FIRST).known_at(KnownAt::Position(0));
    let report = Reports::over(&view as &dyn View).current_caseload(&Filter::all(), &asked);
    let Err(Error::Input(error)) = report else { panic!("it was answered") };
    assert!(error.violations.iter().all(|violation| violation.code().word() == "input-command"));
}

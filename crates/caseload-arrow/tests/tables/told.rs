//! A small agency to make tables of.

use caseload::{
    Actor, Agency, Asked, Day, EnrollmentId, KnownAt, MemoryLog, ParticipantId, Snapshot, StaffId,
    jsonl::Replay,
    report::{By, CaseloadFilter, Filter, InRole, Range, Stay, When},
};
use caseload_arrow::ToArrow;

/// An agency that is told what to record.
pub(crate) struct Told {
    agency: Agency,
    replay: Replay,
}

impl Told {
    /// The programs p1 and p2, and the staff s1 to s3.
    pub(crate) fn new() -> Told {
        let agency = Agency::open(MemoryLog::new()).unwrap();
        let mut told = Told { replay: Replay::new(agency.clone()), agency };
        for program in ["p1", "p2"] {
            told.record(&format!(
                r#""define_program","id":"{program}","policy":{{"entry_order":"any"}}"#
            ));
        }
        for staff in ["s1", "s2", "s3"] {
            told.record(&format!(r#""register_staff","id":"{staff}""#));
        }
        told
    }

    /// One of everything: open and planned ends, a zero-day line, roles, a transfer with a reason, a
    /// correction, voided lines, a dismissal, and a line that a mirror left outside its enrollment.
    pub(crate) fn of_everything() -> Told {
        let mut told = Told::new();
        told.enroll("e1 c1 p1 2024-01-01 -");
        told.enroll("e2 c2 p1 2024-01-01 -");
        told.enroll("e3 c1 p2 2024-02-01 -");
        told.enroll("e4 c3 p2 2024-01-15 2024-12-01");
        told.enroll("e5 c4 p1 2024-03-01 -");
        told.assign("a1 s1 c1 p1 2024-01-01 - primary");
        told.assign("a2 s1 c2 p1 2024-01-10 2024-07-01");
        told.assign("a3 s2 c1 p2 2024-02-01 -");
        told.assign("a4 s3 c3 p2 2024-01-15 2024-12-01 co-worker");
        told.assign("a5 s3 c1 p1 2024-02-05 2024-02-05");
        told.record(r#""transfer","id":"a1","new_id":"a6","to_staff":"s2","date":"2024-03-01","reason":"leave""#);
        told.record(r#""correct","id":"a3","new_id":"a7","start":"2024-02-10","staff":"s3","reason":"typo""#);
        told.assign("a8 s2 c4 p1 2024-03-05 -");
        told.record(r#""void","id":"a8","reason":"other client""#);
        told.record(r#""end_enrollment","id":"e5","end":"2024-05-01","reason":"moved""#);
        told.record(r#""correct_enrollment","id":"e2","new_id":"e6","start":"2024-01-05","reason":"intake""#);
        told.record(
            r#""mirror_enrollments","program":"p2","on_outside":"report","rows":[{"id":"e3","participant":"c1","start":"2024-02-01","end":null},{"id":"e4","participant":"c3","start":"2024-01-15","end":"2024-04-01"}]"#,
        );
        told
    }

    /// `e1 c1 p1 2024-01-01 -`: id, participant, program, start, end.
    pub(crate) fn enroll(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let [id, participant, program, start, end] = words[..] else { panic!("{line}") };
        self.record(&format!(
            r#""enroll","id":"{id}","participant":"{participant}","program":"{program}","start":"{start}","end":{}"#,
            end_of(end)
        ));
    }

    /// `a1 s1 c1 p1 2024-01-01 -`: id, staff, participant, program, start, end, and a role where one follows.
    pub(crate) fn assign(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let [id, staff, participant, program, start, end] = words[..6] else { panic!("{line}") };
        let role = words.get(6).map_or("null".to_owned(), |role| format!(r#""{role}""#));
        self.record(&format!(
            r#""assign","id":"{id}","staff":"{staff}","participant":"{participant}","program":"{program}","start":"{start}","end":{},"role":{role}"#,
            end_of(end)
        ));
    }

    pub(crate) fn record(&mut self, command: &str) {
        let line = format!(r#"{{"op":{command},"actor":"root","on":"2024-06-15"}}"#);
        let answer = self.replay.line(&line).unwrap();
        assert!(answer.contains(r#""ok":true"#), "{line}: {answer}");
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.agency.snapshot().unwrap()
    }
}

fn end_of(end: &str) -> String {
    if end == "-" { "null".to_owned() } else { format!(r#""{end}""#) }
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn on(text: &str) -> Asked {
    Asked::of(day(text))
}

pub(crate) fn by(asked: Asked, staff: &str) -> Asked {
    asked.by(Actor::Staff(StaffId::new(staff).unwrap()))
}

pub(crate) fn range(from: &str, to: &str) -> Range {
    Range::new(day(from), day(to)).unwrap()
}

/// Every report about the spring of 2024, and the lists of its first day.
pub(crate) fn every_report(snapshot: &Snapshot, asked: &Asked) -> Vec<Box<dyn ToArrow>> {
    let (all, spring) = (Filter::all(), range("2024-01-01", "2024-06-01"));
    let on_caseload = CaseloadFilter::when(When::AsOf(asked.as_of));
    let participants = ["c1", "c2", "c3", "c4", "c9"].map(|id| ParticipantId::new(id).unwrap());
    let enrollments = ["e1", "e2", "e9"].map(|id| EnrollmentId::new(id).unwrap());
    let then = KnownAt::Position(snapshot.head().position / 2);
    let series = |by| snapshot.daily_series(spring, by, &all, asked).unwrap();
    let stays = |stay| snapshot.length_of_stay(stay, spring, &all, asked).unwrap();
    vec![
        Box::new(snapshot.everything(asked).unwrap()),
        Box::new(snapshot.held(None, asked).unwrap()),
        Box::new(snapshot.counts(None, asked).unwrap()),
        Box::new(snapshot.current_caseload(&all, asked).unwrap()),
        Box::new(snapshot.on_caseload(&participants, &on_caseload, asked).unwrap()),
        Box::new(snapshot.enrollments_on_caseload(&enrollments, &on_caseload, asked).unwrap()),
        Box::new(snapshot.average_daily_caseload(spring, &all, asked).unwrap()),
        Box::new(series(By::StaffAndProgram)),
        Box::new(snapshot.flow(spring, &all, asked).unwrap()),
        Box::new(snapshot.without_caseworker(&all, asked).unwrap()),
        Box::new(snapshot.coverage_gaps(spring, &all, asked).unwrap()),
        Box::new(snapshot.participant_history(&participants[0], &all, asked).unwrap()),
        Box::new(snapshot.transfers(spring, &all, asked).unwrap()),
        Box::new(snapshot.worker_continuity(spring, &InRole::Any, &all, asked).unwrap()),
        Box::new(snapshot.caseload_distribution(&all, asked).unwrap()),
        Box::new(stays(Stay::Assignment)),
        Box::new(snapshot.corrections(None, &all, asked).unwrap()),
        Box::new(snapshot.caseload_then_and_now(then, &all, asked).unwrap()),
        Box::new(snapshot.misplaced(&all, asked).unwrap()),
    ]
}

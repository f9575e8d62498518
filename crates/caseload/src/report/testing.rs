//! A small agency to report on.

use crate::{
    Actor, Agency, Asked, Day, MemoryLog, ParticipantId, ProgramId, Snapshot, StaffId,
    jsonl::Replay,
};

use super::{Filter, Range};

/// An agency with the programs p1 and p2 and the staff s1 to s3 that is told what to record.
pub(super) struct Told {
    agency: Agency,
    replay: Replay,
}

impl Told {
    /// Each participant is enrolled in both programs from 2020 on.
    pub(super) fn new(participants: &[&str]) -> Told {
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
        for participant in participants {
            for program in ["p1", "p2"] {
                told.enroll(participant, program, "2020-01-01", None);
            }
        }
        told
    }

    /// The id is `e`, participant, program and start.
    pub(super) fn enroll(
        &mut self,
        participant: &str,
        program: &str,
        start: &str,
        end: Option<&str>,
    ) {
        let end = end.map_or("null".to_owned(), |end| format!(r#""{end}""#));
        self.record(&format!(
            r#""enroll","id":"e-{participant}-{program}-{start}","participant":"{participant}","program":"{program}","start":"{start}","end":{end}"#
        ));
    }

    /// `s1 c1 p1 2024-03-20 -`: staff, participant, program, start, end, and a role where one follows.
    /// The id is staff, participant, program and start.
    pub(super) fn assign(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let [staff, participant, program, start, end] = words[..5] else { panic!("{line}") };
        let end = if end == "-" { "null".to_owned() } else { format!(r#""{end}""#) };
        let role = words.get(5).map_or("null".to_owned(), |role| format!(r#""{role}""#));
        self.record(&format!(
            r#""assign","id":"{staff}-{participant}-{program}-{start}","staff":"{staff}","participant":"{participant}","program":"{program}","start":"{start}","end":{end},"role":{role}"#
        ));
    }

    pub(super) fn record(&mut self, command: &str) {
        self.record_by("root", command);
    }

    pub(super) fn record_by(&mut self, actor: &str, command: &str) {
        let line = format!(r#"{{"op":{command},"actor":"{actor}","on":"2024-06-15"}}"#);
        let answer = self.replay.line(&line).unwrap();
        assert!(answer.contains(r#""ok":true"#), "{line}: {answer}");
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        self.agency.snapshot().unwrap()
    }
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn on(text: &str) -> Asked {
    Asked::of(day(text))
}

pub(super) fn range(from: &str, to: &str) -> Range {
    Range::new(day(from), day(to)).unwrap()
}

pub(super) fn staff(id: &str) -> StaffId {
    StaffId::new(id).unwrap()
}

pub(super) fn program(id: &str) -> ProgramId {
    ProgramId::new(id).unwrap()
}

pub(super) fn participants(ids: &[&str]) -> Vec<ParticipantId> {
    ids.iter().map(|id| ParticipantId::new(id).unwrap()).collect()
}

pub(super) fn by(asked: Asked, id: &str) -> Asked {
    asked.by(Actor::Staff(staff(id)))
}

/// The reports of these participants in seven parts, merged: the report of all of them.
pub(super) fn merged_of_seven<T: PartialEq + std::fmt::Debug>(
    ids: &[&str],
    report: impl Fn(Filter) -> T,
    merge: impl Fn(T, T) -> T,
) -> T {
    let merged = seven_parts(ids).into_iter().map(&report).reduce(merge).unwrap();
    assert_eq!(merged, report(Filter::all()));
    merged
}

fn seven_parts(ids: &[&str]) -> Vec<Filter> {
    let part = |number: usize| ids.iter().skip(number).step_by(7).copied().collect::<Vec<_>>();
    (0..7).map(|number| Filter::all().participants(participants(&part(number)))).collect()
}

//! Questions as JSON objects.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use crate::{
    Actor, Agency, Asked, Day, Error, InputError, KnownAt, Lines, ParticipantId, Period, ProgramId,
    StaffId, log::Position,
};

/// How many entries are read at a time for the events.
const EVENTS_AT_ONCE: usize = 1_000;

enum Question {
    Caseload { staff: StaffId, program: Option<ProgramId>, asked: Asked },
    Caseworkers { participant: ParticipantId, program: ProgramId, asked: Asked },
    Snapshot { program: Option<ProgramId>, asked: Asked },
    Counts { program: Option<ProgramId>, asked: Asked },
    Unassigned { program: ProgramId, asked: Asked },
    Visible { actor: Actor, participants: Vec<ParticipantId>, asked: Asked },
    State { asked: Asked },
    History { participant: ParticipantId, program: ProgramId, asked: Asked },
    Events { after: Position, known_at: Option<KnownAt> },
}

/// Answers a question; `positions` tells where the log ended after each line before it.
pub(super) fn answer(
    agency: &Agency,
    object: Map<String, Value>,
    positions: &[Position],
) -> Result<Value, Error> {
    let mut fields = Fields::new(object);
    let question = read(&mut fields, positions)?;
    let question = fields.finish(question)?;
    if let Question::Events { after, known_at } = question {
        return events(agency, after, known_at);
    }
    let snapshot = agency.snapshot()?;
    Ok(match question {
        Question::Caseload { staff, program, asked } => {
            let held = snapshot.caseload(&staff, program.as_ref(), &asked)?;
            held.iter()
                .map(|held| json!([held.program.as_str(), held.participant.as_str()]))
                .collect()
        }
        Question::Caseworkers { participant, program, asked } => {
            let staff = snapshot.caseworkers(&participant, &program, &asked)?;
            staff.iter().map(|staff| json!(staff.as_str())).collect()
        }
        Question::Snapshot { program, asked } => {
            let held = snapshot.held(program.as_ref(), &asked)?;
            let row = |held: &crate::Held| {
                json!([held.program.as_str(), held.participant.as_str(), held.staff.as_str()])
            };
            held.iter().map(row).collect()
        }
        Question::Counts { program, asked } => {
            let counts = snapshot.counts(program.as_ref(), &asked)?;
            counts.iter().map(|(staff, cases)| json!([staff.as_str(), cases])).collect()
        }
        Question::Unassigned { program, asked } => {
            let participants = snapshot.unassigned(&program, &asked)?;
            participants.iter().map(|id| json!(id.as_str())).collect()
        }
        Question::Visible { actor, participants, asked } => {
            let visible = snapshot.visible(&actor, &participants, &asked)?;
            visible.iter().map(|id| json!(id.as_str())).collect()
        }
        Question::State { asked } => lines(&snapshot.everything(&asked)?),
        Question::History { participant, program, asked } => {
            lines(&snapshot.history(&participant, &program, &asked)?)
        }
        Question::Events { .. } => Value::Null,
    })
}

/// Reads a question; what is wrong with its fields is noted there.
fn read(fields: &mut Fields, positions: &[Position]) -> Result<Option<Question>, InputError> {
    let Some(ask) = fields.text("ask") else { return Ok(None) };
    let known_at = known_at(fields, positions);
    if ask == "events" {
        let after = fields.need("after", |fields, field| fields.number(field, 0));
        let after = after.map(Position::from);
        return Ok(after.map(|after| Question::Events { after, known_at }));
    }
    let by_an_actor = fields.has("actor");
    let actor = fields.read("actor", |text| Actor::new(text));
    if ask == "visible" && !by_an_actor {
        fields.wrong("actor", "missing field");
    }
    let as_of = match ask.as_str() {
        // Without an actor the day makes no difference to these.
        "state" | "history" if !by_an_actor => Some(fields.day("as_of").unwrap_or(Day::FIRST)),
        _ => fields.need("as_of", |fields, field| fields.day(field)),
    };
    let asked = as_of.map(|as_of| Asked { as_of, known_at, actor: actor.clone() });
    let staff = |fields: &mut Fields| {
        fields.need("staff", |fields, field| fields.read(field, |text| StaffId::new(text)))
    };
    let one_program = |fields: &mut Fields| {
        fields.need("program", |fields, field| fields.read(field, |text| ProgramId::new(text)))
    };
    let program = |fields: &mut Fields| fields.read("program", |text| ProgramId::new(text));
    let participant = |fields: &mut Fields| {
        fields.need("participant", |fields, field| {
            fields.read(field, |text| ParticipantId::new(text))
        })
    };
    Ok(match ask.as_str() {
        "caseload" => {
            let (staff, program) = (staff(fields), program(fields));
            staff.zip(asked).map(|(staff, asked)| Question::Caseload { staff, program, asked })
        }
        "caseworkers" => {
            let pair = (participant(fields), one_program(fields));
            timeline(pair, asked).map(|(participant, program, asked)| Question::Caseworkers {
                participant,
                program,
                asked,
            })
        }
        "snapshot" => {
            let program = program(fields);
            asked.map(|asked| Question::Snapshot { program, asked })
        }
        "counts" => {
            let program = program(fields);
            asked.map(|asked| Question::Counts { program, asked })
        }
        "unassigned" => {
            let program = one_program(fields);
            program.zip(asked).map(|(program, asked)| Question::Unassigned { program, asked })
        }
        "visible" => visible(fields, actor, asked),
        "state" => asked.map(|asked| Question::State { asked }),
        "history" => {
            let pair = (participant(fields), one_program(fields));
            timeline(pair, asked).map(|(participant, program, asked)| Question::History {
                participant,
                program,
                asked,
            })
        }
        _ => return Err(InputError::command("ask", "is no question")),
    })
}

fn timeline(
    (participant, program): (Option<ParticipantId>, Option<ProgramId>),
    asked: Option<Asked>,
) -> Option<(ParticipantId, ProgramId, Asked)> {
    Some((participant?, program?, asked?))
}

fn visible(fields: &mut Fields, actor: Option<Actor>, asked: Option<Asked>) -> Option<Question> {
    let participants = fields
        .need("participants", |fields, field| fields.texts(field, |text| ParticipantId::new(text)));
    Some(Question::Visible { actor: actor?, participants: participants?, asked: asked? })
}

/// `known_at`: an instant, or `{"line": n}` for what was known after a line before this one.
fn known_at(fields: &mut Fields, positions: &[Position]) -> Option<KnownAt> {
    match fields.value("known_at")? {
        Value::String(text) => match text.parse() {
            Ok(instant) => Some(KnownAt::Instant(instant)),
            Err(_) => {
                fields.wrong("known_at", "is not an RFC 3339 instant in UTC");
                None
            }
        },
        Value::Object(object) if object.len() == 1 => {
            let line = object.get("line").and_then(Value::as_u64);
            let line = line.and_then(|line| usize::try_from(line).ok());
            let position = line.and_then(|line| positions.get(line)).copied();
            if position.is_none() {
                fields.wrong("known_at", "names no line before this one");
            }
            position.map(KnownAt::Position)
        }
        _ => {
            fields.wrong("known_at", "is neither an instant nor a line");
            None
        }
    }
}

fn events(agency: &Agency, after: Position, known_at: Option<KnownAt>) -> Result<Value, Error> {
    let snapshot = agency.snapshot()?;
    let last = snapshot.position_of(known_at)?;
    let mut rows = Vec::new();
    let mut from = after;
    while from < last {
        let count = usize::try_from(last - from).unwrap_or(EVENTS_AT_ONCE).min(EVENTS_AT_ONCE);
        for happened in agency.events(from, count)? {
            if happened.position <= last {
                let ids = happened.event.ids();
                rows.push(json!([happened.position, happened.event.word(), ids]));
            }
        }
        from += count as u64;
    }
    Ok(Value::Array(rows))
}

fn lines(lines: &Lines) -> Value {
    let enrollments: Vec<Value> = lines
        .enrollments
        .iter()
        .map(|line| {
            let (start, end) = days(line.period);
            let supersedes = line.supersedes.as_ref().map(crate::EnrollmentId::as_str);
            let (id, participant) = (line.id.as_str(), line.participant.as_str());
            json!([
                id,
                participant,
                line.program.as_str(),
                start,
                end,
                line.status.word(),
                supersedes
            ])
        })
        .collect();
    let assignments: Vec<Value> = lines
        .assignments
        .iter()
        .map(|line| {
            let (start, end) = days(line.period);
            let supersedes = line.supersedes.as_ref().map(crate::AssignmentId::as_str);
            let (id, staff) = (line.id.as_str(), line.staff.as_str());
            let (participant, program) = (line.participant.as_str(), line.program.as_str());
            json!([id, staff, participant, program, start, end, line.status.word(), supersedes])
        })
        .collect();
    json!({"enrollments": enrollments, "assignments": assignments})
}

fn days(period: Period) -> (Day, Option<Day>) {
    (period.start(), period.end())
}

//! The agency that a review imports into: it goes on from the past and leaves it as it is.

use caseload::{
    Actor, Agency, Asked, Context, DefineProgram, Enroll, Error, Forget, KnownAt, MemoryLog,
    ParticipantId, ProgramId, Reason, RequestId,
    log::{Head, Position},
};

use crate::given::context;

fn define(agency: &Agency, id: &str, request: &str) -> Result<Head, Error> {
    let context = Context::new(Actor::Root, context().on).request(RequestId::new(request)?);
    Ok(agency.record(DefineProgram::new(ProgramId::new(id)?), context)?.head)
}

#[test]
fn requests_of_the_past_are_known_and_later_ones_are_not() {
    let log = MemoryLog::new();
    let agency = Agency::open(log.clone()).unwrap();
    define(&agency, "p1", "r1").unwrap();
    let rehearsal = agency.rehearsal().unwrap();
    define(&agency, "p2", "r2").unwrap();
    let before = log.snapshot();
    assert_eq!(define(&rehearsal, "p1", "other").unwrap_err().code(), "id-taken");
    assert_eq!(define(&rehearsal, "p3", "r1").unwrap_err().code(), "request-reused");
    assert_eq!(define(&rehearsal, "p1", "r1").unwrap().position, 1);
    assert_eq!(define(&rehearsal, "p2", "r2").unwrap().position, 2);
    assert_eq!(define(&rehearsal, "p3", "r3").unwrap().position, 3);
    assert_eq!(define(&rehearsal, "p3", "r3").unwrap().position, 3);
    assert_eq!(define(&rehearsal, "p4", "r3").unwrap_err().code(), "request-reused");
    assert_eq!((log.snapshot(), agency.head().position), (before, 2));
}

#[test]
fn the_feed_runs_from_the_past_into_what_was_rehearsed() {
    let agency = Agency::open(MemoryLog::new()).unwrap();
    define(&agency, "p1", "r1").unwrap();
    define(&agency, "p2", "r2").unwrap();
    let rehearsal = agency.rehearsal().unwrap();
    let positions = |after: Position, limit| -> Vec<Position> {
        let events = rehearsal.events(after, limit).unwrap();
        events.into_iter().map(|happened| happened.position).collect()
    };
    assert_eq!((positions(0, 9), positions(1, 9), positions(2, 9)), (vec![1, 2], vec![2], vec![]));
    define(&agency, "elsewhere", "r3").unwrap();
    define(&rehearsal, "p3", "r3").unwrap();
    define(&rehearsal, "p4", "r4").unwrap();
    assert_eq!(positions(0, 9), [1, 2, 3, 4]);
    assert_eq!((positions(1, 2), positions(3, 9)), (vec![2, 3], vec![4]));
    let snapshot = rehearsal.snapshot().unwrap();
    assert_eq!(snapshot.programs(None).unwrap().len(), 4);
    assert_eq!(snapshot.programs(Some(KnownAt::Position(1))).unwrap().len(), 1);
    assert!(rehearsal.rehearsal().unwrap().head() == rehearsal.head(), "of a rehearsal, too");
}

#[test]
fn whoever_is_forgotten_in_a_rehearsal_is_not_forgotten() {
    let log = MemoryLog::new();
    let agency = Agency::open(log.clone()).unwrap();
    define(&agency, "p1", "r1").unwrap();
    let desk = |agency: &Agency| agency.acting_as(Actor::Root).on(context().on);
    let (client, program) = (ParticipantId::new("c1").unwrap(), ProgramId::new("p1").unwrap());
    desk(&agency).record(Enroll::new(client.clone(), program, context().on)).unwrap();
    let before = log.snapshot();
    let rehearsal = agency.rehearsal().unwrap();
    let forget = Forget::new(client).reason(Reason::new("asked for").unwrap());
    desk(&rehearsal).record(forget).unwrap();
    let of = |agency: &Agency| {
        let lines = agency.snapshot().unwrap().everything(&Asked::of(context().on)).unwrap();
        lines.enrollments[0].participant.to_string()
    };
    assert_eq!((of(&rehearsal), of(&agency)), ("erased-1".to_owned(), "c1".to_owned()));
    assert_eq!(log.snapshot(), before);
}

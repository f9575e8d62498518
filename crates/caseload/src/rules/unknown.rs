//! Nothing that does not exist can be named.

use super::Rule;
use crate::{
    Code, Kind, Problem, StoreError, Violation,
    decide::case::{Case, UnknownKind},
};

pub(super) const PROGRAM: Rule = Rule {
    code: Code::UnknownProgram,
    parameters: "id",
    broken_when: "no such program",
    check: |case, found| check(case, UnknownKind::Id(Kind::Program), found),
};

pub(super) const STAFF: Rule = Rule {
    code: Code::UnknownStaff,
    parameters: "id",
    broken_when: "no such staff member; `root` is an actor but never a caseworker",
    check: |case, found| check(case, UnknownKind::Id(Kind::Staff), found),
};

pub(super) const ACTOR: Rule = Rule {
    code: Code::UnknownActor,
    parameters: "id",
    broken_when: "the actor is neither `root` nor a registered staff member",
    check: |case, found| check(case, UnknownKind::Actor, found),
};

pub(super) const ENROLLMENT: Rule = Rule {
    code: Code::UnknownEnrollment,
    parameters: "id",
    broken_when: "no such enrollment, or one the actor may not learn of",
    check: |case, found| check(case, UnknownKind::Id(Kind::Enrollment), found),
};

pub(super) const ASSIGNMENT: Rule = Rule {
    code: Code::UnknownAssignment,
    parameters: "id",
    broken_when: "no such assignment, or one the actor may not learn of",
    check: |case, found| check(case, UnknownKind::Id(Kind::Assignment), found),
};

pub(super) const PARTICIPANT: Rule = Rule {
    code: Code::UnknownParticipant,
    parameters: "id",
    broken_when: "no such participant",
    check: |case, found| check(case, UnknownKind::Id(Kind::Participant), found),
};

fn check(case: &Case<'_>, kind: UnknownKind, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for unknown in case.unknown.iter().filter(|unknown| unknown.what == kind) {
        let problem = match kind {
            UnknownKind::Actor => Problem::UnknownActor { id: unknown.id.clone() },
            UnknownKind::Id(kind) => Problem::unknown(kind, &unknown.id),
        };
        found.push(Violation::new(problem, unknown.fields));
    }
    Ok(())
}

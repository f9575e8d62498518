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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, batch, by, end_assignment, end_enrollment, grant, transfer, void, with,
    };

    #[test]
    fn an_unknown_program_silences_what_needs_it() {
        let elsewhere = json!({"program": "p9", "end": "2024-02-01"});
        let mut world = World::with_policy(json!({"zero_day": "refuse"}));
        world.refuses_as(
            with(assign("a1", "s1", "c1", "2024-02-01"), elsewhere),
            json!([{"code": "unknown-program", "id": "p9", "fields": ["program"]}]),
        );
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
    }

    #[test]
    fn staff_must_be_registered_and_root_is_no_caseworker() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        for staff in ["s9", "root"] {
            world.refuses_as(
                assign("a2", staff, "c1", "2024-02-01"),
                json!([{"code": "unknown-staff", "id": staff, "fields": ["staff"]}]),
            );
        }
        let found = world.refuses(transfer("a1", "a2", "root", "2024-03-01"), &["unknown-staff"]);
        assert_eq!(found[0]["fields"], json!(["to_staff"]));
        world.given(json!({"op": "register_staff", "id": "s9"}));
        world.given(assign("a2", "s9", "c1", "2024-02-01"));
    }

    #[test]
    fn an_unknown_actor_is_said_alone_and_for_a_batch_as_a_whole() {
        let mut world = World::new();
        let unknown = json!([{"code": "unknown-actor", "id": "s9", "fields": ["actor"]}]);
        let row = assign("a1", "s1", "c1", "2024-02-01");
        world.refuses_as(by("s9", row.clone()), unknown.clone());
        world.refuses_as(by("s9", batch(std::slice::from_ref(&row))), unknown);
        assert_eq!(world.rows(by("s9", batch(std::slice::from_ref(&row)))).len(), 0);
        world.given(json!({"op": "register_staff", "id": "s9", "rights": ["others"]}));
        world.given(by("s9", row));
    }

    #[test]
    fn enrollments_and_assignments_must_exist() {
        let mut world = World::new();
        world.refuses_as(
            end_enrollment("e9", "2024-03-01"),
            json!([{"code": "unknown-enrollment", "id": "e9", "fields": ["id"]}]),
        );
        world.refuses_as(
            void("a9"),
            json!([{"code": "unknown-assignment", "id": "a9", "fields": ["id"]}]),
        );
        world.given(assign("a9", "s1", "c1", "2024-02-01")).given(void("a9"));
        world.given(end_enrollment("e1", "2024-03-01"));
    }

    #[test]
    fn only_those_who_were_enrolled_can_be_forgotten_and_only_once() {
        let mut world = World::new();
        let forget = |id: &str| json!({"op": "forget", "participant": id, "reason": "asked for"});
        world.refuses_as(
            forget("c9"),
            json!([{"code": "unknown-participant", "id": "c9", "fields": ["participant"]}]),
        );
        world.given(forget("c1"));
        world.refuses(forget("c1"), &["unknown-participant"]);
        let replace = json!({
            "op": "replace_id", "kind": "participant", "id": "c9", "new_id": "c8", "reason": "merged",
        });
        assert_eq!(world.refuses(replace, &["unknown-participant"])[0]["fields"], json!(["id"]));
    }

    #[test]
    fn to_a_restricted_actor_whom_they_do_not_see_is_unknown() {
        let mut world = World::with_policy(json!({"visibility": "own_caseload"}));
        world.given(grant("s1", &["own", "others", "correct", "enroll"]));
        world.given(assign("a1", "s2", "c1", "2024-02-01")).given(assign(
            "a2",
            "s1",
            "c2",
            "2024-02-01",
        ));
        world.refuses(by("s1", end_assignment("a1", "2024-03-01")), &["unknown-assignment"]);
        world.refuses(by("s1", end_enrollment("e1", "2024-03-01")), &["unknown-enrollment"]);
        world.given(by("s1", end_enrollment("e2", "2024-03-01")));
    }
}

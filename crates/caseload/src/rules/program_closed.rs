//! A closed program takes nothing new.

use super::Rule;
use crate::{Code, Door, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::ProgramClosed,
    parameters: "program",
    broken_when: "a new enrollment, assignment or hand-over in a closed program",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for (program, fields) in &case.entered {
        if program.door == Door::Closed {
            let problem = Problem::ProgramClosed { program: program.id.clone() };
            found.push(Violation::new(problem, fields));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, correct, end_assignment, end_enrollment, enroll, mirror, reinstate,
        transfer, transfer_all, void,
    };

    fn world() -> World {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(assign(
            "a2",
            "s1",
            "c2",
            "2024-02-01",
        ));
        world.given(json!({"op": "close_program", "id": "p1"}));
        world
    }

    #[test]
    fn a_closed_program_takes_nothing_new() {
        let mut world = world();
        let row = json!({"id": "e3", "participant": "c3", "start": "2024-01-01"});
        for (command, field) in [
            (enroll("e3", "c3", "2024-01-01"), "program"),
            (assign("a3", "s2", "c1", "2024-02-01"), "program"),
            (transfer("a1", "a3", "s2", "2024-03-01"), "id"),
            (mirror(&[row]), "rows"),
        ] {
            world.refuses_as(
                command,
                json!([{"code": "program-closed", "program": "p1", "fields": [field]}]),
            );
        }
        let all = world.refuses(transfer_all("s1", "s2", "2024-03-01"), &["program-closed"]);
        assert_eq!(all[0]["program"], "p1");
    }

    #[test]
    fn ends_corrections_voids_and_reinstatements_go_on() {
        let mut world = world();
        world.given(correct("a1", "a3", "2024-02-02")).given(void("a3"));
        world.given(end_assignment("a2", "2024-03-01"));
        world.given(end_enrollment("e1", "2024-03-01")).given(reinstate("e1"));
    }

    #[test]
    fn reopened_it_is_as_before() {
        let mut world = world();
        world.given(json!({"op": "close_program", "id": "p1"}));
        world.given(json!({"op": "reopen_program", "id": "p1"}));
        world.given(enroll("e3", "c3", "2024-01-01"));
    }
}

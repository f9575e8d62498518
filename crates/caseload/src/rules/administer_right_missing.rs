//! Programs, staff, rights and ids are changed with `administer`.

use super::Rule;
use crate::{Code, Problem, Right, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::AdministerRightMissing,
    parameters: "program?",
    broken_when: "revise, rename, close, reopen, grant and revoke in a program without `administer` there; define, register, rename, deactivate and reactivate staff, replace_id, forget, and grant or revoke without a program without it for every program",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for need in case.needs.iter().filter(|need| need.right == Right::Administer) {
        if !case.may(need)? {
            let problem = Problem::AdministerRightMissing { program: need.program.clone() };
            found.push(Violation::new(problem, need.fields));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, by, grant};

    fn revise() -> serde_json::Value {
        by("s1", json!({"op": "revise_program", "id": "p1", "policy": {}}))
    }

    #[test]
    fn a_program_is_revised_with_administer_there() {
        let mut world = World::new();
        world.given(json!({"op": "define_program", "id": "p2"}));
        world.given(
            json!({"op": "grant", "staff": "s1", "rights": ["administer"], "program": "p2"}),
        );
        world.refuses_as(
            revise(),
            json!([{"code": "administer-right-missing", "program": "p1", "fields": ["id"]}]),
        );
        world.given(grant("s1", &["administer"])).given(revise());
    }

    #[test]
    fn what_belongs_to_no_program_needs_it_for_every_program() {
        let mut world = World::new();
        world.given(grant("s1", &["administer"]));
        for command in [
            json!({"op": "define_program", "id": "p2"}),
            json!({"op": "register_staff", "id": "s4"}),
            json!({"op": "rename_staff", "id": "s2", "name": "Ruth"}),
            json!({"op": "deactivate_staff", "id": "s2"}),
            json!({"op": "reactivate_staff", "id": "s2"}),
            json!({"op": "replace_id", "kind": "staff", "id": "s2", "new_id": "s4", "reason": "a new key"}),
            json!({"op": "forget", "participant": "c1", "reason": "asked for"}),
            json!({"op": "grant", "staff": "s2", "rights": ["own"]}),
            json!({"op": "revoke", "staff": "s2", "rights": ["own"]}),
        ] {
            world.refuses_as(
                by("s1", command),
                json!([{"code": "administer-right-missing", "fields": ["actor"]}]),
            );
        }
        world.given(by("s1", grant("s2", &["own"])));
        world.given(by("s1", json!({"op": "close_program", "id": "p1"})));
    }

    #[test]
    fn the_last_word_on_a_program_counts_there_and_the_last_on_every_program_elsewhere() {
        let mut world = World::new();
        world.given(json!({"op": "grant", "staff": "s1", "rights": ["administer"]}));
        world.given(
            json!({"op": "revoke", "staff": "s1", "rights": ["administer"], "program": "p1"}),
        );
        world.given(by("s1", json!({"op": "define_program", "id": "p2"})));
        world.refuses(revise(), &["administer-right-missing"]);
        world
            .given(json!({"op": "grant", "staff": "s1", "rights": ["administer"]}))
            .given(revise());
    }

    #[test]
    fn an_unknown_program_is_said_before_a_missing_right() {
        let rename = json!({"op": "rename_program", "id": "p9", "name": "Housing"});
        World::new().refuses(by("s1", rename), &["unknown-program"]);
    }
}

//! An id of a kind is never reused.

use super::Rule;
use crate::{
    Actor, AnyId, Code, Problem, Standing, StoreError, Violation,
    decide::case::{Case, Clash},
};

pub(super) const RULE: Rule = Rule {
    code: Code::IdTaken,
    parameters: "id",
    broken_when: "a new id that exists already, of that kind",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for new in &case.new_ids {
        let reserved = matches!(&new.id, AnyId::Staff(id) if id.as_str() == Actor::ROOT);
        let taken = reserved
            || new.clashes == Clash::Certain
            || case.view.standing(&new.id)? != Standing::Free;
        if taken {
            let problem = Problem::IdTaken { id: new.id.as_str().to_owned() };
            let mut violation = Violation::new(problem, new.fields);
            violation.row = new.row;
            found.push(violation);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{
        World, assign, assign_until, batch, by, correct, enroll, grant, mirror, transfer_all, void,
    };

    #[test]
    fn an_id_is_never_reused_in_its_kind() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01")).given(void("a1"));
        world.refuses_as(
            assign("a1", "s2", "c1", "2024-02-01"),
            json!([{"code": "id-taken", "id": "a1", "fields": ["id"]}]),
        );
        world.given(enroll("a1", "a1", "2024-02-01"));
    }

    #[test]
    fn every_kind_has_its_own() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        for command in [
            json!({"op": "define_program", "id": "p1"}),
            json!({"op": "register_staff", "id": "s1"}),
            enroll("e1", "c3", "2024-01-01"),
        ] {
            assert_eq!(world.refuses(command, &["id-taken"])[0]["fields"], json!(["id"]));
        }
        let found = world.refuses(correct("a1", "a1", "2024-01-15"), &["id-taken"]);
        assert_eq!(found[0]["fields"], json!(["new_id"]));
        world.refuses(
            mirror(&[json!({"id": "e1", "participant": "c2", "start": "2024-01-01"})]),
            &["id-taken"],
        );
    }

    #[test]
    fn root_is_taken_as_staff_and_only_so() {
        let mut world = World::new();
        world.refuses(json!({"op": "register_staff", "id": "root"}), &["id-taken"]);
        world.given(json!({"op": "define_program", "id": "root"}));
    }

    #[test]
    fn a_replaced_id_stays_taken() {
        let mut world = World::new();
        world.given(json!({
            "op": "replace_id", "kind": "participant", "id": "c1", "new_id": "c9", "reason": "merged",
        }));
        world.refuses_as(
            enroll("e3", "c1", "2024-01-01"),
            json!([{"code": "id-taken", "id": "c1", "fields": ["participant"]}]),
        );
        world.given(enroll("e3", "c3", "2024-01-01"));
    }

    #[test]
    fn earlier_rows_and_derived_ids_count_too() {
        let mut world = World::new();
        let row = |participant| assign_until("a1", "s1", participant, "2024-02-01", "2024-07-01");
        let rows = world.rows(batch(&[row("c1"), row("c2")]));
        assert_eq!((&rows[0], &rows[1][0]["code"]), (&json!([]), &json!("id-taken")));
        world.given(assign("a2", "s2", "c1", "2024-02-01")).given(assign(
            "t.a2",
            "s3",
            "c1",
            "2024-02-01",
        ));
        let found = world.refuses(transfer_all("s2", "s1", "2024-07-01"), &["id-taken"]);
        assert_eq!((&found[0]["id"], &found[0]["fields"]), (&json!("t.a2"), &json!(["prefix"])));
    }

    #[test]
    fn it_is_said_to_restricted_actors_as_well() {
        let mut world = World::with_policy(json!({"visibility": "own_caseload"}));
        world.given(grant("s1", &["own", "enroll"])).given(assign("a1", "s2", "c1", "2024-02-01"));
        world.refuses(by("s1", enroll("e1", "c3", "2024-01-01")), &["id-taken"]);
        world.refuses(by("s1", assign("a1", "s1", "c2", "2024-02-01")), &["id-taken"]);
    }
}

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

//! Nobody hands over to themselves.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::SameStaff,
    parameters: "staff",
    broken_when: "giver and receiver are one",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(hand_over) = &case.hand_over
        && hand_over.from == hand_over.to
    {
        let problem = Problem::SameStaff { staff: hand_over.to.clone() };
        found.push(Violation::new(problem, &["to_staff"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{World, assign, transfer, transfer_all, with};

    #[test]
    fn nobody_hands_over_to_themselves() {
        let mut world = World::new();
        world.given(assign("a1", "s1", "c1", "2024-02-01"));
        world.refuses_as(
            transfer("a1", "a2", "s1", "2024-03-01"),
            json!([{"code": "same-staff", "staff": "s1", "fields": ["to_staff"]}]),
        );
        world.given(transfer("a1", "a2", "s2", "2024-03-01"));
    }

    #[test]
    fn nor_a_whole_caseload_skipping_or_not_even_an_empty_one() {
        let mut world = World::new();
        let all = transfer_all("s1", "s1", "2024-03-01");
        world.refuses(all.clone(), &["same-staff"]);
        world.refuses(with(all, json!({"skip_ineligible": true})), &["same-staff"]);
    }

    #[test]
    fn without_the_line_there_is_no_giver() {
        World::new().refuses(transfer("a9", "a2", "s1", "2024-03-01"), &["unknown-assignment"]);
    }
}

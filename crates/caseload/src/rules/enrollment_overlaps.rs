//! Nobody is enrolled twice on one day.

use super::Rule;
use crate::{
    Code, Problem, StoreError, Violation,
    decide::case::{Case, Naming},
};

pub(super) const RULE: Rule = Rule {
    code: Code::EnrollmentOverlaps,
    parameters: "enrollment?",
    broken_when: "two enrollments of one participant in one program share a day",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    for new in &case.new_enrollments {
        let first = new.others.iter().find(|other| other.period.held_with(new.period));
        if let Some(other) = first {
            let enrollment = (new.naming == Naming::Named).then(|| other.id.clone());
            let mut violation =
                Violation::new(Problem::EnrollmentOverlaps { enrollment }, new.fields);
            violation.row = new.row;
            let free = other.period.end().filter(|_| new.naming == Naming::Named);
            found.push(match new.fields.first() {
                Some(field) if *field == "start" => violation.nearest("start", free),
                _ => violation,
            });
        }
    }
    Ok(())
}

//! A post-dated enrollment can be assigned only once it has begun.

use super::Rule;
use crate::{Code, Problem, StoreError, Violation, decide::case::Case};

pub(super) const RULE: Rule = Rule {
    code: Code::EnrollmentNotStarted,
    parameters: "enrollment, start",
    broken_when: "the enrollment that covers it starts after `on`",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    if let Some(line) = &case.new_line
        && let Some(enrollment) = line.enclosing()
        && enrollment.period.start() > case.on
    {
        let problem = Problem::EnrollmentNotStarted {
            enrollment: enrollment.id.clone(),
            start: enrollment.period.start(),
        };
        found.push(Violation::new(problem, &[line.start_field]));
    }
    Ok(())
}

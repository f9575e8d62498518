//! History is entered in order, where the program says so.

use super::Rule;
use crate::{
    Code, EntryOrder, Problem, StoreError, Violation,
    decide::case::{Case, Entering},
};

pub(super) const RULE: Rule = Rule {
    code: Code::OutOfOrder,
    parameters: "assignment, earliest_start",
    broken_when: "an assignment starts before the latest start already entered in its `entry_order` scope",
    check,
};

fn check(case: &Case<'_>, found: &mut Vec<Violation>) -> Result<(), StoreError> {
    let Some(line) = &case.new_line else { return Ok(()) };
    let staff = match line.program.policy.entry_order {
        EntryOrder::Program => None,
        EntryOrder::Staff => Some(&line.staff),
        EntryOrder::Any => return Ok(()),
    };
    if line.entering != Entering::New {
        return Ok(());
    }
    let latest = case.view.latest_start(&line.participant, &line.program.id, staff, &[])?;
    if let Some((assignment, earliest_start)) = latest
        && line.period.start() < earliest_start
    {
        let problem = Problem::OutOfOrder { assignment, earliest_start };
        found.push(
            Violation::new(problem, &[line.start_field])
                .nearest(line.start_field, Some(earliest_start)),
        );
    }
    Ok(())
}

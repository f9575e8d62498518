//! `batch`: rows judged and applied in order, each seeing those before, as one entry.

use std::borrow::Cow;

use super::{
    NewIds, absorb, assign,
    case::{Case, Stop},
    end_assignment,
};
use crate::{
    Batch, BatchMode, Context, Outcome, Problem, Refusal, Row, RowVerdict, Violation,
    command::MAX_BATCH_ROWS, view::Overlay,
};

pub(super) fn batch(
    view: &mut Overlay<'_>,
    context: &Context,
    command: &Batch,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    let mut case = Case::new(view, context)?;
    if command.rows.len() > MAX_BATCH_ROWS {
        let problem = Problem::TooLarge { what: Cow::Borrowed("rows"), max: MAX_BATCH_ROWS as u64 };
        case.unreadable.push(Violation::new(problem, &["rows"]));
    }
    case.judge()?;
    let mut outcome = Outcome::default();
    for (number, row) in (1..).zip(&command.rows) {
        let violations = match row_outcome(view, context, row, ids) {
            Ok(part) => {
                absorb(view, &mut outcome, part)?;
                Vec::new()
            }
            Err(Stop::Refused(refusal)) => refusal.violations,
            Err(stop @ Stop::Store(_)) => return Err(stop),
        };
        let violations = violations.into_iter().map(|violation| violation.in_row(number));
        outcome.rows.push(RowVerdict { row: number, violations: violations.collect() });
    }
    let refused = outcome.rows.iter().filter(|verdict| !verdict.violations.is_empty());
    let refused: Vec<u32> = refused.map(|verdict| verdict.row).collect();
    if command.mode == BatchMode::AllOrNothing && !refused.is_empty() {
        let violations = vec![Violation::new(Problem::RowRefused { rows: refused }, &["rows"])];
        return Err(Stop::Refused(Refusal { violations, rows: outcome.rows }));
    }
    Ok(outcome)
}

fn row_outcome(
    view: &Overlay<'_>,
    context: &Context,
    row: &Row,
    ids: &mut dyn NewIds,
) -> Result<Outcome, Stop> {
    match row {
        Row::Assign(row) => assign::assign_row(view, context, row, ids),
        Row::EndAssignment(row) => end_assignment::end(view, context, row),
        Row::Unreadable(violations) => Err(Stop::Refused(Refusal::new(violations.clone()))),
    }
}

//! `batch`: rows judged and applied in order, each seeing those before, as one entry.

use std::borrow::Cow;

use super::{
    FORESEEN, NewIds, absorb, assign,
    case::{Case, Stop},
    end_assignment,
};
use crate::{
    Batch, BatchMode, Coming, Context, Outcome, Problem, Refusal, Row, RowVerdict, StoreError,
    View, Violation, command::MAX_BATCH_ROWS, view::Overlay,
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
    outcome.events.reserve(command.rows.len());
    outcome.rows.reserve(command.rows.len());
    view.reserve_lines(command.rows.len());
    let mut coming = command.rows.chunks(FORESEEN);
    for (number, row) in (1..).zip(&command.rows) {
        if number as usize % FORESEEN == 1 {
            foresee(view, coming.next().unwrap_or_default())?;
        }
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

/// Lets the view fetch together what is judged row by row.
fn foresee(view: &Overlay<'_>, rows: &[Row]) -> Result<(), StoreError> {
    let lines = rows.iter().filter_map(|row| match row {
        Row::Assign(row) => {
            let coming = Coming::of(&row.participant, &row.program);
            Some(Coming { assignment: row.id.as_ref(), ..coming })
        }
        Row::EndAssignment(_) | Row::Unreadable(_) => None,
    });
    view.prefetch(&lines.collect::<Vec<_>>())
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

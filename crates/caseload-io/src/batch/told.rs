//! What the rules say, in the words of a file: its columns, and its way of writing an end.

use caseload::{Day, Problem, Violation};

use super::{Column, EndBy, RowProblem, column::Layout, row::last_day_of_end};

/// Which fields of a command an id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Begin,
    End,
}

/// A violation of a row, as a problem of its columns.
pub(super) fn told(violation: &Violation, deed: Deed, layout: &Layout) -> RowProblem {
    let mut columns: Vec<Column> = Vec::new();
    for field in &violation.fields {
        columns.extend(columns_of(field, deed, layout));
    }
    columns.dedup();
    let nearest = violation.nearest.as_ref().and_then(|nearest| {
        let column = *columns_of(&nearest.field, deed, layout).first()?;
        let day = match column {
            Column::LastDay => last_day_of_end(nearest.day)?,
            _ => nearest.day,
        };
        Some((column, day))
    });
    let text = match layout.end {
        Some(EndBy::LastDay) => in_last_days(&violation.problem).to_string(),
        _ => violation.problem.to_string(),
    };
    RowProblem { code: violation.code().word(), columns, text, nearest }
}

/// The columns that say what a field of a command says.
pub(super) fn columns_of(field: &str, deed: Deed, layout: &Layout) -> Vec<Column> {
    match field {
        "participant" => vec![Column::Participant],
        "program" => vec![layout.program.column()],
        "staff" => layout.staff.columns().to_vec(),
        "start" => vec![Column::Start],
        "end" => layout.end.map(EndBy::column).into_iter().collect(),
        "role" if layout.place(Column::Role).is_some() => vec![Column::Role],
        "reason" if layout.place(Column::Reason).is_some() => vec![Column::Reason],
        // An end names its assignment by all of these.
        "id" if deed == Deed::End => ["participant", "program", "staff", "start"]
            .iter()
            .flat_map(|field| columns_of(field, deed, layout))
            .collect(),
        _ => Vec::new(),
    }
}

/// The same problem with every end as a last day: its text is for people who wrote last days.
fn in_last_days(problem: &Problem) -> Problem {
    let last = |end: Day| last_day_of_end(end).unwrap_or(end);
    let mut problem = problem.clone();
    match &mut problem {
        Problem::EndBeforeStart { end, .. }
        | Problem::AssignmentEnded { end, .. }
        | Problem::HistoryRow { end: Some(end), .. }
        | Problem::OutsideEnrollment { latest_end: Some(end), .. } => *end = last(*end),
        _ => {}
    }
    problem
}

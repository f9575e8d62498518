//! Reports over the product's own tables: the library's, asked of the same view that the rules look at.

use std::fmt::Write as _;

use caseload::{
    Asked, Day, Error,
    report::{By, Filter, Range, Reports},
};
use rusqlite::Connection;

use super::{Tables, failed};

/// Who is responsible for whom today, and how many cases each worker has had on every day of a week, as text.
///
/// A report asks the tables several times, so it is given a transaction: SQLite shows it one state of them.
pub(crate) fn week_of(db: &mut Connection, today: Day, week: Range) -> Result<String, Error> {
    let still = db.transaction().map_err(failed)?;
    let tables = Tables::in_transaction(&still);
    let (reports, everyone, asked) = (Reports::over(&tables), Filter::all(), Asked::of(today));
    let mut text = String::new();
    for case in reports.current_caseload(&everyone, &asked)?.cases {
        let _ = writeln!(text, "{} for {} since {}", case.staff, case.participant, case.start);
    }
    for (of, counts) in reports.daily_series(week, By::Staff, &everyone, &asked)?.iter() {
        let worker = of.staff.map_or_else(String::new, |staff| staff.to_string());
        let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
        let _ = writeln!(text, "{worker}: {} cases a day", counts.join(" "));
    }
    Ok(text)
}

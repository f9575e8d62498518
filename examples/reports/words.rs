//! Numbers, days and names as a supervisor reads them. Nothing is rounded before it comes here.

use std::fmt::Display;

use caseload::{
    Day, Period, Reason,
    report::{Entered, Of, Ratio},
};

/// A heading, and in one sentence what is counted, and when.
pub(super) fn heading(title: &str, counted: &str) {
    println!("\n== {title} ==\n{counted}");
}

/// "1385 / 365 = 3.79".
pub(super) fn rate(ratio: Option<Ratio>) -> String {
    rate_to(2, ratio)
}

/// With so many digits behind the point.
pub(super) fn rate_to(digits: usize, ratio: Option<Ratio>) -> String {
    or_none(ratio.map(|ratio| {
        format!("{} / {} = {:.digits$}", ratio.numerator(), ratio.denominator(), ratio.as_f64())
    }))
}

/// "1 of 9 (11.1 %)".
pub(super) fn share(ratio: Option<Ratio>) -> String {
    or_none(ratio.map(|ratio| {
        let percent = ratio.as_f64() * 100.0;
        format!("{} of {} ({percent:.1} %)", ratio.numerator(), ratio.denominator())
    }))
}

/// A middle value: whole where it is, else with its half.
pub(super) fn middle(ratio: Option<Ratio>) -> String {
    or_none(ratio.map(Ratio::as_f64))
}

/// What is not defined is none, and never 0.
pub(super) fn or_none(value: Option<impl Display>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// The last day that a period covers.
pub(super) fn last_day(period: Period) -> String {
    match (period.is_open(), period.last_day()) {
        (true, _) => "open".to_owned(),
        (false, Some(last)) => last.to_string(),
        (false, None) => "no day".to_owned(),
    }
}

/// "ines on 2025-09-10".
pub(super) fn by(entered: &Entered) -> String {
    format!("{} on {}", entered.actor.as_str(), day_of(entered))
}

/// The day on which something was entered.
pub(super) fn day_of(entered: &Entered) -> String {
    entered.recorded.to_string().chars().take(10).collect()
}

pub(super) fn why(reason: Option<&Reason>) -> String {
    reason.map_or_else(|| "not said".to_owned(), |reason| reason.as_str().to_owned())
}

/// "2025-03", of a day.
pub(super) fn month_of(day: Day) -> String {
    day.to_string().chars().take(7).collect()
}

/// Whose a number is, in two words: worker and program.
pub(super) fn whose(of: &Of) -> [String; 2] {
    let worker = of.staff.as_ref().map_or("all workers", |staff| staff.as_str());
    let program = of.program.as_ref().map_or("both programs", |program| program.as_str());
    [worker.to_owned(), program.to_owned()]
}

/// Parts before what they add up to: workers before all, programs before both.
pub(super) fn sums_last<T>(numbers: impl IntoIterator<Item = (Of, T)>) -> Vec<(Of, T)> {
    let mut rows: Vec<_> = numbers.into_iter().collect();
    // A stable sort: within a worker, programs stay in order.
    rows.sort_by(|(a, _), (b, _)| {
        let parts_first = a.staff.is_none().cmp(&b.staff.is_none());
        let by_staff = parts_first.then_with(|| a.staff.cmp(&b.staff));
        by_staff.then_with(|| a.program.is_none().cmp(&b.program.is_none()))
    });
    rows
}

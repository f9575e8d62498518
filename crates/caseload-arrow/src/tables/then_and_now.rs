//! The current caseload as a report said it then, and as it says it now.

use caseload::report::{Case, Load, ThenAndNow};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{Lists, Whom, cube_rows},
};

impl ToArrow for ThenAndNow {
    /// The loads of then and those of now have a table each, for each has staff of its own.
    fn tables(&self) -> Vec<Table<'_>> {
        let about = || About::as_of(self.now.as_of);
        let said = || marked("then", &self.then.cases).chain(marked("now", &self.now.cases));
        let changed = || marked("gone", &self.gone).chain(marked("come", &self.come));
        let (then, now) = (&self.then.loads, &self.now.loads);
        let (loads_then, loads_now) = (
            loads("then_and_now_loads_then", &Lists::of_cube(then)),
            loads("then_and_now_loads_now", &Lists::of_cube(now)),
        );
        vec![
            cases().table(about(), said),
            changes().table(about(), changed),
            loads_then.table(about(), || cube_rows(then)),
            loads_now.table(about(), || cube_rows(now)),
        ]
    }
}

/// A word about a case, and the case.
type Marked<'a> = (&'static str, &'a Case);

fn marked<'a>(word: &'static str, cases: &'a [Case]) -> impl Iterator<Item = Marked<'a>> {
    cases.iter().map(move |case| (word, case))
}

fn cases<'a>() -> Layout<'a, Marked<'a>> {
    let cases = "an assignment that covers the day, as known then, and again as known now";
    let known = "Whether it is as known `then` or as known `now`";
    Layout::<Marked<'_>>::of("then_and_now_cases", 1, cases)
        .word("known", known, &["then", "now"], |(word, _)| Some(word))
        .case(|(_, case)| case)
}

fn changes<'a>() -> Layout<'a, Marked<'a>> {
    let changes = "a case that is not the same then and now: one that changed is gone and come";
    let change = "`gone`: only then, or not so now; `come`: only now, or not so then";
    Layout::<Marked<'_>>::of("then_and_now_changes", 1, changes)
        .word("change", change, &["gone", "come"], |(word, _)| Some(word))
        .case(|(_, case)| case)
}

fn loads<'a>(name: &'static str, lists: &Lists) -> Layout<'a, (Whom, &'a Load)> {
    let loads = "the caseload of a staff member in a program, or a sum, as known then or now";
    Layout::<(Whom, &Load)>::of(name, 1, loads)
        .whom(lists, |(whom, _)| *whom)
        .load(|(_, load)| **load)
}

pub(super) fn described() -> Vec<Described> {
    vec![
        cases().described(),
        changes().described(),
        loads("then_and_now_loads_then", &Lists::none()).described(),
        loads("then_and_now_loads_now", &Lists::none()).described(),
    ]
}

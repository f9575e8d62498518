//! How many assignments of each staff member cover a day.

use caseload::{Count, Counts, StaffId};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
};

impl ToArrow for Counts {
    fn tables(&self) -> Vec<Table<'_>> {
        vec![counts().table(About::nothing(), || self.iter())]
    }
}

/// A page of them.
impl ToArrow for Vec<Count> {
    fn tables(&self) -> Vec<Table<'_>> {
        let rows = || self.iter().map(|count| (&count.staff, count.assignments));
        vec![counts().table(About::nothing(), rows)]
    }
}

type Row<'a> = (&'a StaffId, u32);

fn counts<'a>() -> Layout<'a, Row<'a>> {
    let counts = "a staff member with an assignment that covers the day";
    Layout::<Row<'_>>::of("counts", 1, counts)
        .id("staff", "Whose", |(staff, _)| Some(staff.as_str()))
        .count("assignments", "assignments", "How many; never 0", |(_, count)| {
            Some(u64::from(*count))
        })
}

pub(super) fn described() -> Vec<Described> {
    vec![counts().described()]
}

//! Line tables: every enrollment and every assignment.

use caseload::{Assignment, Enrollment, Lines};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
};

impl ToArrow for Lines {
    fn tables(&self) -> Vec<Table<'_>> {
        vec![
            enrollments().table(About::nothing(), || self.enrollments.iter()),
            assignments().table(About::nothing(), || self.assignments.iter()),
        ]
    }
}

fn enrollments<'a>() -> Layout<'a, &'a Enrollment> {
    Layout::<&Enrollment>::of("enrollments", 1, "an enrollment, whatever its status")
        .enrollment(|enrollment| enrollment)
}

fn assignments<'a>() -> Layout<'a, &'a Assignment> {
    Layout::<&Assignment>::of("assignments", 1, "an assignment, whatever its status")
        .assignment(|assignment| assignment)
}

pub(super) fn described() -> Vec<Described> {
    vec![enrollments().described(), assignments().described()]
}

//! A case: one assignment, and who is responsible by it.

use caseload::report::Case;

use crate::layout::Layout;

impl<'a, R> Layout<'a, R> {
    pub(crate) fn case(self, get: impl Fn(&R) -> &Case + Copy + Send + 'a) -> Layout<'a, R> {
        self.id("staff", "Who is responsible", move |row| Some(get(row).staff.as_str()))
            .id("program", "In which program", move |row| Some(get(row).program.as_str()))
            .text("participant", "For whom", move |row| Some(get(row).participant.as_str()))
            .text("assignment", "By which assignment", move |row| {
                Some(get(row).assignment.as_str())
            })
            .id("role", "In which role", move |row| {
                get(row).role.as_ref().map(|role| role.as_str())
            })
            .or_null("in none")
            .day("start", "Since when", move |row| Some(get(row).start))
    }
}

//! Lines: enrollments and assignments as they were entered, current, superseded and voided.

use caseload::{Assignment, Ending, Enrollment, Period, Status};

use crate::layout::Layout;

pub(crate) const STATUS: &str = "`current`, `superseded` or `voided`";
pub(crate) const STATUSES: &[&str] =
    &[Status::Current.word(), Status::Superseded.word(), Status::Voided.word()];

pub(crate) const ENDING: &str =
    "Where the end, if any, comes from: `as_entered`, or `dismissed` by `end_enrollment`";
pub(crate) const ENDINGS: &[&str] = &[Ending::AsEntered.word(), Ending::Dismissed.word()];

const SUPERSEDES: &str = "The line that it took the place of";
const OF_NONE: &str = "of none: it is no correction";

impl<'a, R> Layout<'a, R> {
    pub(crate) fn assignment(
        self,
        get: impl Fn(&R) -> &Assignment + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        self.text("assignment", "Its id", move |row| Some(get(row).id.as_str()))
            .id("staff", "Who is responsible", move |row| Some(get(row).staff.as_str()))
            .text("participant", "For whom", move |row| Some(get(row).participant.as_str()))
            .id("program", "In which program", move |row| Some(get(row).program.as_str()))
            .period(move |row| get(row).period)
            .id("role", "In which role", move |row| {
                get(row).role.as_ref().map(|role| role.as_str())
            })
            .or_null("in none")
            .word("status", STATUS, STATUSES, move |row| Some(get(row).status.word()))
            .text("supersedes", SUPERSEDES, move |row| {
                get(row).supersedes.as_ref().map(|id| id.as_str())
            })
            .or_null(OF_NONE)
    }

    pub(crate) fn enrollment(
        self,
        get: impl Fn(&R) -> &Enrollment + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        self.text("enrollment", "Its id", move |row| Some(get(row).id.as_str()))
            .text("participant", "Who is served", move |row| Some(get(row).participant.as_str()))
            .id("program", "By which program", move |row| Some(get(row).program.as_str()))
            .period(move |row| get(row).period)
            .word("ending", ENDING, ENDINGS, move |row| Some(get(row).ending.word()))
            .word("status", STATUS, STATUSES, move |row| Some(get(row).status.word()))
            .text("supersedes", SUPERSEDES, move |row| {
                get(row).supersedes.as_ref().map(|id| id.as_str())
            })
            .or_null(OF_NONE)
    }

    fn period(self, get: impl Fn(&R) -> Period + Copy + Send + 'a) -> Layout<'a, R> {
        self.day("start", "The first day", move |row| Some(get(row).start()))
            .day("end", "The first day that is not covered", move |row| get(row).end())
            .or_null("it is open")
    }
}

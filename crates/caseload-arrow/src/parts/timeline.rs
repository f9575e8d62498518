//! A timeline: a participant in a program.

use caseload::{ParticipantId, ProgramId};

use crate::layout::Layout;

pub(crate) type Timeline = (ProgramId, ParticipantId);

impl<'a, R> Layout<'a, R> {
    pub(crate) fn timeline(
        self,
        get: impl Fn(&R) -> &Timeline + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        self.id("program", "In which program", move |row| Some(get(row).0.as_str())).text(
            "participant",
            "Of whom",
            move |row| Some(get(row).1.as_str()),
        )
    }
}

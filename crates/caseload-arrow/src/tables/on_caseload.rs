//! Which ids of a host's own list are on a caseload.

use caseload::{
    EnrollmentId, ParticipantId,
    report::{Matches, OnCaseload},
};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
};

impl ToArrow for Matches<ParticipantId> {
    fn tables(&self) -> Vec<Table<'_>> {
        vec![
            mask("on_caseload").table(About::nothing(), || (0..).zip(&self.mask)),
            participants().table(About::nothing(), || self.ids.iter()),
        ]
    }
}

impl ToArrow for Matches<EnrollmentId> {
    fn tables(&self) -> Vec<Table<'_>> {
        vec![
            mask("enrollments_on_caseload").table(About::nothing(), || (0..).zip(&self.mask)),
            enrollments().table(About::nothing(), || self.ids.iter()),
        ]
    }
}

type Masked<'a> = (u64, &'a OnCaseload);

fn mask<'a>(name: &'static str) -> Layout<'a, Masked<'a>> {
    let on_caseload = "Whether it is on the caseload; false too where it is not known or not seen";
    Layout::<Masked<'_>>::of(name, 1, "an id of the list that was given, in its order")
        .count("row", "", "Its place in the list, from 0", |(row, _)| Some(*row))
        .flag("on_caseload", on_caseload, |(_, on)| Some(**on == OnCaseload::Yes))
}

fn participants<'a>() -> Layout<'a, &'a ParticipantId> {
    let ids = "a participant of the list who is on the caseload, each once";
    Layout::<&ParticipantId>::of("on_caseload_ids", 1, ids)
        .text("participant", "Who", |id| Some(id.as_str()))
}

fn enrollments<'a>() -> Layout<'a, &'a EnrollmentId> {
    let ids = "an enrollment of the list that is on the caseload, each once";
    Layout::<&EnrollmentId>::of("enrollments_on_caseload_ids", 1, ids).text(
        "enrollment",
        "Which",
        |id| Some(id.as_str()),
    )
}

pub(super) fn described() -> Vec<Described> {
    vec![
        mask("on_caseload").described(),
        participants().described(),
        mask("enrollments_on_caseload").described(),
        enrollments().described(),
    ]
}

//! What came into the caseloads of a program in a month, and what left them.

use caseload::{
    ProgramId,
    report::{Flow, MonthFlow, Range},
};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
};

impl ToArrow for Flow {
    fn tables(&self) -> Vec<Table<'_>> {
        let each_length = || {
            self.iter().flat_map(|(program, month, flow)| {
                let alike = flow.lengths().chunk_by(|one, next| one == next);
                alike.map(move |lengths| Ended { program, month, lengths })
            })
        };
        vec![
            months().table(About::range(self.range), || self.iter()),
            lengths().table(About::range(self.range), each_length),
        ]
    }
}

type Month<'a> = (&'a ProgramId, Range, &'a MonthFlow);

fn months<'a>() -> Layout<'a, Month<'a>> {
    Layout::<Month<'_>>::of("flow", 1, "a program and a month in which there is a case")
        .program_and_month(|(program, ..)| program, |(_, month, _)| *month)
        .count("carried_in", "assignments", CARRIED_IN, |(.., flow)| Some(flow.carried_in))
        .count("opened", "assignments", OPENED, |(.., flow)| Some(flow.opened))
        .count("transferred_in", "assignments", TRANSFERRED_IN, |(.., flow)| {
            Some(flow.transferred_in)
        })
        .count("closed", "assignments", CLOSED, |(.., flow)| Some(flow.closed))
        .count("transferred_out", "assignments", TRANSFERRED_OUT, |(.., flow)| {
            Some(flow.transferred_out)
        })
        .count("carried_out", "assignments", CARRIED_OUT, |(.., flow)| Some(flow.carried_out))
        .count("served_cases", "assignments", SERVED, |(.., flow)| Some(flow.served_cases))
        .count("served_participants", "participants", "Those with such a case", |(.., flow)| {
            Some(flow.served_participants)
        })
        .all_or_null("none ended", |layout| {
            layout.ratio("median_length", "days", MEDIAN, |(.., flow)| flow.median_length())
        })
}

const CARRIED_IN: &str = "Started before the month, and not ended before it";
const OPENED: &str = "Those that start in it, and were not handed over by a colleague";
const TRANSFERRED_IN: &str =
    "Those that start in it on a day on which a colleague's of the same participant ends";
const CLOSED: &str = "Those that end in it, and were not handed over to a colleague";
const TRANSFERRED_OUT: &str =
    "Those that end in it on a day on which a colleague's of the same participant starts";
const CARRIED_OUT: &str = "Those that cover its last day";
const SERVED: &str = "Those that cover at least one day of it";
const MEDIAN: &str = "The length in the middle, of those that ended in it";

/// Assignments of a program that ended in a month, all of one length.
struct Ended<'a> {
    program: &'a ProgramId,
    month: Range,
    lengths: &'a [u32],
}

fn lengths<'a>() -> Layout<'a, Ended<'a>> {
    let alike = "How many of this length ended in the month";
    Layout::<Ended<'_>>::of("flow_lengths", 1, "a length of assignments that ended in a month")
        .program_and_month(|ended| ended.program, |ended| ended.month)
        .count("length", "days", "The length, from the first day on", |ended| {
            ended.lengths.first().copied().map(u64::from)
        })
        .count("cases", "assignments", alike, |ended| u64::try_from(ended.lengths.len()).ok())
}

impl<'a, R> Layout<'a, R> {
    fn program_and_month(
        self,
        program: impl Fn(&R) -> &ProgramId + Send + 'a,
        month: impl Fn(&R) -> Range + Copy + Send + 'a,
    ) -> Layout<'a, R> {
        self.id("program", "In which program", move |row| Some(program(row).as_str()))
            .day("start", "The first day of the month that is in the range", move |row| {
                Some(month(row).first())
            })
            .day("end", "The day after the last one that is", move |row| month(row).end())
            .or_null("that is past the calendar")
    }
}

pub(super) fn described() -> Vec<Described> {
    vec![months().described(), lengths().described()]
}

//! How long stays last.

use caseload::report::{AtLength, LengthOfStay, Lengths, Ratio, Step};

use crate::{
    Table, ToArrow,
    layout::{About, Described, Layout},
    parts::{Lists, Whom, cube_rows},
};

impl ToArrow for LengthOfStay {
    fn tables(&self) -> Vec<Table<'_>> {
        let about = || About::range(self.range).and("caseload.stay", self.stay.word());
        let lists = Lists::of_cube(&self.lengths);
        let with_steps = Lists::of_some(&self.lengths, |lengths| lengths.ends() > 0);
        let each_length = || {
            cube_rows(&self.lengths).flat_map(|(whom, lengths)| {
                lengths.at.iter().map(move |(days, at)| (whom, *days, *at))
            })
        };
        let each_step = || {
            cube_rows(&self.lengths).flat_map(|(whom, lengths)| {
                lengths.curve().into_iter().map(move |step| (whom, step))
            })
        };
        vec![
            sums(&lists).table(about(), || cube_rows(&self.lengths)),
            lengths(&lists).table(about(), each_length),
            curves(&with_steps).table(about(), each_step),
        ]
    }
}

type Sum<'a> = (Whom, &'a Lengths);

fn sums<'a>(lists: &Lists) -> Layout<'a, Sum<'a>> {
    let sums = "the stays of a staff member, of a program, of both, or of all";
    Layout::<Sum<'_>>::of("length_of_stay", 1, sums)
        .whom(lists, |(whom, _)| *whom)
        .count("starts", "stays", "Those that start in the range", |(_, all)| Some(all.starts))
        .count("ends", "stays", "Those that end in it", |(_, all)| Some(all.ends()))
        .count("open", "stays", "Those open at its end", |(_, all)| Some(all.open()))
        .count("covered_days", "days", "Days of it that stays cover, added up", |(_, all)| {
            Some(all.covered_days)
        })
        .count("range_days", "days", "Days of it", |(_, all)| Some(all.range_days))
        .all_or_null("the curve does not come so low", quartiles)
        .float("mean_stock", "stays", "Covered days over days of the range", |(_, all)| {
            all.mean_stock().map(Ratio::as_f64)
        })
        .or_null("the range has no day")
        .float("mean_by_littles_law", "days", LITTLE, |(_, all)| {
            all.mean_by_littles_law().map(Ratio::as_f64)
        })
        .or_null("none started")
}

fn quartiles<'a>(layout: Layout<'a, Sum<'a>>) -> Layout<'a, Sum<'a>> {
    layout
        .count("first_quartile", "days", "At which a quarter has ended", |(_, all)| {
            all.first_quartile().map(u64::from)
        })
        .count("median", "days", "At which half have ended", |(_, all)| all.median().map(u64::from))
        .count("third_quartile", "days", "At which three quarters have ended", |(_, all)| {
            all.third_quartile().map(u64::from)
        })
}

const LITTLE: &str = "Covered days over starts: the mean length, where as many come as go";

type At = (Whom, u32, AtLength);

fn lengths<'a>(lists: &Lists) -> Layout<'a, At> {
    let lengths = "a length at which a stay was first seen, ended, or was seen last";
    let open = "Those this long when the range ended, and open";
    Layout::<At>::of("length_of_stay_lengths", 1, lengths)
        .whom(lists, |(whom, ..)| *whom)
        .count("length", "days", "The length", |(_, days, _)| Some(u64::from(*days)))
        .count("entered", "stays", ENTERED, |(.., at)| Some(at.entered))
        .count("ended", "stays", "Those that ended at it", |(.., at)| Some(at.ended))
        .count("open", "stays", open, |(.., at)| Some(at.open))
}

const ENTERED: &str =
    "Those first seen at this length: 0, or how old they were when the range began";

fn curves<'a>(lists: &Lists) -> Layout<'a, (Whom, Step)> {
    let at_risk = "Those that could have ended at it";
    Layout::<(Whom, Step)>::of("length_of_stay_curves", 1, "a length at which a stay ended")
        .whom(lists, |(whom, _)| *whom)
        .count("length", "days", "The length", |(_, step)| Some(u64::from(step.days)))
        .count("at_risk", "stays", at_risk, |(_, step)| Some(step.at_risk))
        .count("ended", "stays", "Those that did", |(_, step)| Some(step.ended))
        .float("survival", "share", SURVIVAL, |(_, step)| Some(step.survival))
}

const SURVIVAL: &str =
    "The chance to stay longer: the product of 1 - ended / at risk up to here (Kaplan-Meier)";

pub(super) fn described() -> Vec<Described> {
    let none = Lists::none();
    vec![sums(&none).described(), lengths(&none).described(), curves(&none).described()]
}

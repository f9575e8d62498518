//! What a batch will ask about, brought near before it is asked.
//!
//! Judging one row waits for memory a dozen times in a row, each place being known only when the one
//! before has come. Going through many rows step by step lets the waits of one step pass together.

use std::hint::black_box;

use super::{Known, at, at_copied, texts::Sought};
use crate::{Coming, Kind};

/// How many of the newest lines of a timeline are looked at.
const NEWEST: usize = 3;

impl Known<'_> {
    /// Touches what reading the texts of these numbers will look at.
    pub(crate) fn bring_texts_near(&self, kind: Kind, numbers: impl Iterator<Item = u32>) {
        let texts = self.state.texts(kind);
        black_box(numbers.fold(0, |touched, number| touched ^ texts.touch_number(number)));
    }

    /// Touches what judging these lines will look at; changes nothing and tells nothing.
    pub(super) fn bring_near(&self, coming: &[Coming<'_>]) {
        let state = self.state;
        let (people, assignments) = (state.texts(Kind::Participant), state.texts(Kind::Assignment));
        let enrollments = state.texts(Kind::Enrollment);
        let mut touched = 0u32;
        // Hashing is a step of its own: between two waits nothing is done that takes long.
        let mut sought = Vec::with_capacity(coming.len());
        let mut others = Vec::with_capacity(coming.len());
        for line in coming {
            let participant = line.participant.as_str();
            sought.push((participant, Sought::of(participant)));
            let assignment = line.assignment.map(|id| (assignments, id.as_str()));
            let enrollment = line.enrollment.map(|id| (enrollments, id.as_str()));
            for (texts, id) in assignment.into_iter().chain(enrollment) {
                others.push((texts, Sought::of(id)));
            }
        }
        for (_, person) in &sought {
            touched ^= people.touch(person);
        }
        for (texts, id) in &others {
            touched ^= texts.touch(id);
        }
        let mut places = Vec::with_capacity(coming.len());
        for (text, person) in &sought {
            let Some(number) = people.find_sought(person) else { continue };
            if let Some(memo) = self.memo {
                memo.note(Kind::Participant, text, number);
            }
            places.push(number);
        }
        for place in &mut places {
            *place = at_copied(&state.newest_timeline, *place);
        }
        let mut lines = Vec::with_capacity(places.len());
        for timeline in places.iter().filter_map(|place| at(&state.timelines, *place)) {
            lines.push((timeline.newest_enrollment, timeline.newest_line));
        }
        for (enrollment, _) in &lines {
            touched ^= at(&state.enrollments, *enrollment).map_or(0, |facts| facts.older);
            touched ^= enrollments.touch_number(*enrollment);
        }
        for _ in 0..NEWEST {
            for (_, line) in &mut lines {
                touched ^= assignments.touch_number(*line);
                *line = at(&state.lines, *line).map_or(0, |facts| facts.older);
            }
        }
        black_box(touched);
    }
}

//! What a batch will ask about, brought near before it is asked.
//!
//! Judging one row waits for memory a dozen times in a row, each place being known only when the one
//! before has come. Going through many rows step by step lets the waits of one step pass together.

use std::hint::black_box;

use super::{Known, Texts, at, at_copied, texts::Sought};
use crate::{Coming, Kind};

/// How many of the newest lines of a timeline are looked at.
const NEWEST: usize = 3;

impl Known<'_> {
    /// Touches what judging these lines will look at; changes nothing and tells nothing.
    pub(super) fn bring_near(&self, coming: &[Coming<'_>]) {
        let state = self.state;
        let (people, assignments) = (state.texts(Kind::Participant), state.texts(Kind::Assignment));
        let enrollments = state.texts(Kind::Enrollment);
        let mut touched = 0u32;
        let touch = |texts: &Texts, id: &str| texts.touch(&Sought::of(id));
        let mut sought = Vec::with_capacity(coming.len());
        for line in coming {
            let participant = line.participant.as_str();
            let person = Sought::of(participant);
            touched ^= people.touch(&person);
            sought.push((participant, person));
            touched ^= line.assignment.map_or(0, |id| touch(assignments, id.as_str()));
            touched ^= line.enrollment.map_or(0, |id| touch(enrollments, id.as_str()));
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

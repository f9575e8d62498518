//! The one way in which reports find their lines: those of some participants after those of others.

use super::{Range, chosen::Chosen};
use crate::{
    Asked, InputError, Period, Status, StoreError, View,
    eyes::Eyes,
    state::{EnrollmentThen, Known, LineThen},
};

/// Of so many lines is told in one go.
pub(super) const AT_ONCE: usize = 4_096;

/// Those of two parts.
pub(super) fn all_of_both<T>(mut all: Vec<T>, more: Vec<T>) -> Result<Vec<T>, InputError> {
    all.extend(more);
    Ok(all)
}

/// Some participants, and what was entered about them.
pub(super) struct Part<'a> {
    pub(super) known: &'a Known<'a>,
    /// Who sees whom is asked of it.
    pub(super) view: &'a dyn View,
    pub(super) chosen: &'a Chosen,
    pub(super) asked: &'a Asked,
    /// Where given, of lines only those matter that are held on one of these days.
    pub(super) days: Option<Period>,
}

impl<'a> Part<'a> {
    /// The eyes of whoever asks.
    pub(super) fn eyes(&self) -> Eyes<'a> {
        Eyes::new(self.view, self.known, self.asked)
    }

    /// Calls back with every line that counts, that is chosen, and whose participant is seen; where days are
    /// given, with those at least that are held on one of them.
    pub(super) fn each_line(&self, mut found: impl FnMut(&LineThen)) -> Result<(), StoreError> {
        let mut eyes = self.eyes();
        let lines = self.chosen.lines_held(self.known, self.days);
        for line in lines.filter(|line| self.chosen.line(line)) {
            if eyes.see(line.participant, line.program)? {
                found(&line);
            }
        }
        Ok(())
    }

    /// The same for every enrollment; nothing is asked of its staff.
    pub(super) fn each_enrollment(
        &self,
        mut found: impl FnMut(&EnrollmentThen),
    ) -> Result<(), StoreError> {
        let mut eyes = self.eyes();
        let enrollments = self.chosen.enrollments(self.known);
        for enrollment in enrollments.filter(|e| e.status == Status::Current) {
            if eyes.see(enrollment.participant, enrollment.program)? {
                found(&enrollment);
            }
        }
        Ok(())
    }
}

/// The days of a range and the one before: whatever ends on its first day is held on that.
pub(super) fn around(range: Range) -> Option<Period> {
    let before = range.first().plus(-1).unwrap_or(range.first());
    Period::checked(before, range.end())
}

/// The line that took the place of a line.
pub(super) fn correction_of(known: &Known<'_>, line: &LineThen) -> Option<LineThen> {
    let timeline = known.timeline(line.participant, line.program)?;
    let is_it = |later: &LineThen| known.superseded_by_line(later.number) == Some(line.number);
    known.lines_of(timeline).find(is_it)
}

/// The enrollment that took the place of an enrollment.
pub(super) fn correction_of_enrollment(
    known: &Known<'_>,
    enrollment: &EnrollmentThen,
) -> Option<EnrollmentThen> {
    let timeline = known.timeline(enrollment.participant, enrollment.program)?;
    let is_it = |later: &EnrollmentThen| {
        known.superseded_by_enrollment(later.number) == Some(enrollment.number)
    };
    known.enrollments_of(timeline).find(is_it)
}

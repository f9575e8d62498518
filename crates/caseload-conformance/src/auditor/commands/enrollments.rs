//! Enrollments.

use crate::auditor::day::{Day, Period};
use crate::auditor::input::Fields;
use crate::auditor::rules::{
    Context, NewLine, actor_rules, assignments_outside, enrollment_rules, free_id, known,
    known_enrollment, limit_rules, need_right, open_program, overlap_rule, period_shape,
    reason_shape, timeline_rules,
};
use crate::auditor::state::{Enrollment, Kind, State, Status};
use crate::auditor::verdict::{Change, Outcome, Violation, walk};

#[derive(Clone, Debug)]
pub(crate) struct Enroll {
    id: String,
    participant: String,
    program: String,
    period: Period,
}

impl Enroll {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Enroll {
            id: fields.new_id("id"),
            participant: fields.id("participant"),
            program: fields.id("program"),
            period: Period { start: fields.day("start"), end: fields.optional_day("end") },
        }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let program = known(state, Kind::Program, "program", &self.program, &mut found);
        found.extend(period_shape(state, program, self.period, "end"));
        found.extend(free_id(state, Kind::Enrollment, "id", &self.id));
        if state.was_replaced(Kind::Participant, &self.participant) {
            found.push(
                Violation::new("id-taken", &["participant"]).with("id", self.participant.clone()),
            );
        }
        if let Some(program) = program {
            found.extend(open_program(state, program, "program"));
            found.extend(need_right(state, context, "enroll", "enroll-right-missing", program));
            if let Some(participant) = state.find_participant(&self.participant) {
                found.extend(overlap_rule(state, context, participant, program, self.period));
            }
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(program) = program {
            let participant = change.state.participant(&self.participant);
            change.state.enrollments.push(Enrollment {
                id: self.id.clone(),
                erased: false,
                participant,
                program,
                period: self.period,
                status: Status::Current,
                supersedes: None,
                dismissal: None,
            });
        }
        change.ids.push((Kind::Enrollment, self.id.clone()));
        change.event("enrolled", &[(Kind::Enrollment, &self.id)]);
        Ok(change)
    }
}

/// `enrollment-not-current`, alone where it speaks.
fn not_current(state: &State, place: usize) -> Vec<Violation> {
    let enrollment = &state.enrollments[place];
    if enrollment.status == Status::Current {
        return Vec::new();
    }
    vec![
        Violation::new("enrollment-not-current", &["id"])
            .with("id", enrollment.id.clone())
            .with("status", enrollment.status.word()),
    ]
}

/// A dismissal.
#[derive(Clone, Debug)]
pub(crate) struct End {
    id: String,
    end: Day,
}

impl End {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        fields.reason();
        End { id: fields.id("id"), end: fields.day("end") }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let place = known_enrollment(state, context, &self.id, &mut found);
        if let Some(place) = place {
            found.extend(self.rules(state, context, place));
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        let Some(place) = place else {
            return Ok(change);
        };
        let closed = self.lines_to_close(state, place);
        change.state.dismissals += 1;
        let dismissal = change.state.dismissals;
        change.state.enrollments[place].period.end = Some(self.end);
        change.state.enrollments[place].dismissal = Some(dismissal);
        change.event("enrollment_ended", &[(Kind::Enrollment, &self.id)]);
        for line in closed {
            let id = change.end(line, self.end);
            change.state.assignments[line].dismissal = Some((dismissal, false));
            change.event("assignment_ended", &[(Kind::Assignment, &id)]);
        }
        Ok(change)
    }

    fn period(&self, state: &State, place: usize) -> Period {
        Period { start: state.enrollments[place].period.start, end: Some(self.end) }
    }

    fn rules(&self, state: &State, context: &Context, place: usize) -> Vec<Violation> {
        let enrollment = &state.enrollments[place];
        let period = self.period(state, place);
        let mut found = period_shape(state, Some(enrollment.program), period, "end");
        let code = "enroll-right-missing";
        found.extend(need_right(state, context, "enroll", code, enrollment.program));
        let late = not_current(state, place);
        if let (true, Some(end)) = (late.is_empty(), enrollment.period.end) {
            found.push(
                Violation::new("enrollment-ended", &["id"])
                    .with("id", enrollment.id.clone())
                    .with("end", crate::auditor::day::format_day(end)),
            );
        }
        found.extend(late);
        let closed = self.lines_to_close(state, place);
        let calendar = state.calendar(&[period]);
        let outside: Vec<usize> = state
            .assignments_in(place)
            .into_iter()
            .filter(|line| !closed.contains(line))
            .filter(|line| !calendar.inside(state.assignments[*line].period, period))
            .collect();
        found.extend(assignments_outside(state, context, &outside, "end"));
        found
    }

    /// The open-ended lines that the dismissal ends, in id order.
    fn lines_to_close(&self, state: &State, place: usize) -> Vec<usize> {
        let enrollment = &state.enrollments[place];
        if state.programs[enrollment.program].policy.refuse_enrollment_end {
            return Vec::new();
        }
        let first_day_itself = self.end == enrollment.period.start;
        let mut lines = state.assignments_in(place);
        lines.retain(|line| {
            let period = state.assignments[*line].period;
            let starts_before = period.start < self.end;
            let starts_on_it = first_day_itself && period.start == self.end;
            period.end.is_none() && (starts_before || starts_on_it)
        });
        lines
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Reinstate {
    id: String,
    reason: String,
}

impl Reinstate {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Reinstate { id: fields.id("id"), reason: fields.reason() }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        found.extend(reason_shape(&self.reason));
        let place = known_enrollment(state, context, &self.id, &mut found);
        if let Some(place) = place {
            found.extend(self.rules(state, context, place));
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        let Some(place) = place else {
            return Ok(change);
        };
        let dismissal = change.state.enrollments[place].dismissal.take();
        change.state.enrollments[place].period.end = None;
        change.event("enrollment_reinstated", &[(Kind::Enrollment, &self.id)]);
        let mut lines: Vec<usize> = (0..state.assignments.len())
            .filter(|line| {
                let ended_by = state.assignments[*line].dismissal.map(|(number, _)| number);
                ended_by.is_some() && ended_by == dismissal
            })
            .collect();
        state.sort_by_id(&mut lines);
        for line in lines {
            open_again(&mut change, context, line);
        }
        if !change.left.is_empty() {
            change.notices.push(Violation::new("left-behind", &[]));
        }
        Ok(change)
    }

    fn rules(&self, state: &State, context: &Context, place: usize) -> Vec<Violation> {
        let enrollment = &state.enrollments[place];
        let code = "enroll-right-missing";
        let mut found = need_right(state, context, "enroll", code, enrollment.program);
        let late = not_current(state, place);
        if !late.is_empty() {
            found.extend(late);
            return found;
        }
        if enrollment.dismissal.is_none() {
            found.push(
                Violation::new("nothing-to-reinstate", &["id"]).with("id", enrollment.id.clone()),
            );
        }
        let mut without = state.clone();
        without.enrollments[place].status = Status::Superseded;
        let open = Period { start: enrollment.period.start, end: None };
        let participant = enrollment.participant;
        found.extend(overlap_rule(&without, context, participant, enrollment.program, open));
        found
    }
}

/// Opens one line that a dismissal ended, or leaves it ended with the code that keeps it so.
fn open_again(change: &mut Change, context: &Context, place: usize) {
    let line = change.state.assignments[place].clone();
    // Judged against the world without it.
    let mut without = change.state.clone();
    without.assignments[place].status = Status::Superseded;
    let opened = NewLine {
        staff: line.staff,
        participant: Some(line.participant),
        program: line.program,
        period: Period { start: line.period.start, end: None },
        role: line.role.clone(),
    };
    let (limits, notices) = limit_rules(&without, &opened);
    let code = if line.status != Status::Current {
        Some("assignment-not-current")
    } else if line.dismissal.is_some_and(|(_, ended_since)| ended_since) {
        Some("assignment-ended")
    } else if !change.state.staff[line.staff].active {
        Some("staff-inactive")
    } else {
        let mut found = enrollment_rules(&without, context, &opened);
        found.extend(timeline_rules(&without, context, &opened, true));
        // Opening a line again plans nothing.
        found.retain(|violation| violation.code != "planned-start");
        found.extend(limits);
        walk(found).err().map(|broken| broken[0].code)
    };
    if let Some(code) = code {
        change.left.push((line.id, code));
        return;
    }
    change.state.assignments[place].period.end = None;
    change.state.assignments[place].dismissal = None;
    change.event("assignment_reopened", &[(Kind::Assignment, &line.id)]);
    change.passed_limits(notices, line.staff, line.program);
}

#[derive(Clone, Debug)]
pub(crate) struct Correct {
    id: String,
    new_id: String,
    period: Period,
    reason: String,
}

impl Correct {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Correct {
            id: fields.id("id"),
            new_id: fields.new_id("new_id"),
            period: Period { start: fields.day("start"), end: fields.optional_day("end") },
            reason: fields.reason(),
        }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        found.extend(reason_shape(&self.reason));
        found.extend(free_id(state, Kind::Enrollment, "new_id", &self.new_id));
        let place = known_enrollment(state, context, &self.id, &mut found);
        let program = place.map(|place| state.enrollments[place].program);
        found.extend(period_shape(state, program, self.period, "end"));
        if let Some(place) = place {
            found.extend(self.rules(state, context, place));
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(place) = place {
            let old = &mut change.state.enrollments[place];
            old.status = Status::Superseded;
            let corrected = Enrollment {
                id: self.new_id.clone(),
                erased: false,
                participant: old.participant,
                program: old.program,
                period: self.period,
                status: Status::Current,
                supersedes: Some(place),
                dismissal: None,
            };
            change.state.enrollments.push(corrected);
        }
        change.ids.push((Kind::Enrollment, self.new_id.clone()));
        change.event(
            "enrollment_corrected",
            &[(Kind::Enrollment, &self.id), (Kind::Enrollment, &self.new_id)],
        );
        Ok(change)
    }

    fn rules(&self, state: &State, context: &Context, place: usize) -> Vec<Violation> {
        let enrollment = &state.enrollments[place];
        let (participant, program) = (enrollment.participant, enrollment.program);
        let mut found = need_right(state, context, "correct", "correct-right-missing", program);
        found.extend(not_current(state, place));
        let mut without = state.clone();
        without.enrollments[place].status = Status::Superseded;
        found.extend(overlap_rule(&without, context, participant, program, self.period));
        let calendar = state.calendar(&[self.period]);
        let mut outside = state.assignments_in(place);
        outside.retain(|line| !calendar.inside(state.assignments[*line].period, self.period));
        found.extend(assignments_outside(state, context, &outside, "start"));
        found
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Void {
    id: String,
    reason: String,
}

impl Void {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Void { id: fields.id("id"), reason: fields.reason() }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        found.extend(reason_shape(&self.reason));
        let place = known_enrollment(state, context, &self.id, &mut found);
        if let Some(place) = place {
            let program = state.enrollments[place].program;
            found.extend(need_right(state, context, "correct", "correct-right-missing", program));
            found.extend(not_current(state, place));
            let inside = state.assignments_in(place);
            found.extend(assignments_outside(state, context, &inside, "id"));
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(place) = place {
            change.state.enrollments[place].status = Status::Voided;
        }
        change.event("enrollment_voided", &[(Kind::Enrollment, &self.id)]);
        Ok(change)
    }
}

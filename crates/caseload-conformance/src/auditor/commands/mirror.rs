//! Enrollments that another system owns.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::auditor::day::Period;
use crate::auditor::input::Fields;
use crate::auditor::rules::{
    Context, actor_rules, known, need_right, open_program, overlap_rule, period_shape,
};
use crate::auditor::state::{Enrollment, Kind, State, Status};
use crate::auditor::verdict::{Change, Outcome, Violation, walk};

#[derive(Clone, Debug)]
struct Row {
    id: String,
    participant: String,
    period: Period,
}

#[derive(Clone, Debug)]
pub(crate) struct Mirror {
    program: String,
    rows: Vec<Row>,
    complete: bool,
    clip: bool,
}

impl Mirror {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        let program = fields.id("program");
        let complete = fields.flag("complete");
        let on_outside = fields.optional_word("on_outside", &["clip", "report"]);
        let mut rows = Vec::new();
        for value in fields.list("rows") {
            match read_row(&value) {
                Ok(row) => rows.push(row),
                Err(bad) => {
                    for violation in bad {
                        fields.refuse(violation.code, "rows");
                    }
                }
            }
        }
        Mirror { program, rows, complete, clip: on_outside.as_deref() != Some("report") }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let program = known(state, Kind::Program, "program", &self.program, &mut found);
        for row in &self.rows {
            found.extend(period_shape(state, program, row.period, "rows"));
        }
        let Some(program) = program else {
            walk(found)?;
            return Ok(Change::of(state.clone()));
        };
        for (index, row) in self.rows.iter().enumerate() {
            found.extend(self.row_references(state, program, index, row));
        }
        found.extend(need_right(state, context, "enroll", "enroll-right-missing", program));
        walk(found)?;

        let mut change = Change::of(state.clone());
        change.event("enrollments_mirrored", &[(Kind::Program, &self.program)]);
        self.put_rows(&mut change, program);
        let voided = self.void_unlisted(&mut change, program);
        walk(self.overlaps(&change.state, context, program))?;
        self.settle_lines(&mut change, program, voided);
        if change.events.len() == 1 {
            // Only the entry itself would be said: nothing differs, and nothing is stored.
            change.events.clear();
            change.stored = false;
        }
        Ok(change)
    }

    /// Whether a row is known under its id, as what it says it is.
    fn existing(&self, state: &State, program: usize, row: &Row) -> Option<usize> {
        let place = state.find_enrollment(&row.id)?;
        let enrollment = &state.enrollments[place];
        let same = enrollment.program == program
            && enrollment.status == Status::Current
            && state.find_participant(&row.participant) == Some(enrollment.participant);
        same.then_some(place)
    }

    fn row_references(
        &self,
        state: &State,
        program: usize,
        index: usize,
        row: &Row,
    ) -> Vec<Violation> {
        let twice = self.rows[..index].iter().any(|earlier| earlier.id == row.id);
        let existing = self.existing(state, program, row);
        let id_taken = existing.is_none() && state.is_taken(Kind::Enrollment, &row.id);
        let replaced =
            existing.is_none() && state.was_replaced(Kind::Participant, &row.participant);
        let mut found = Vec::new();
        if twice || id_taken || replaced {
            found.push(Violation::new("id-taken", &["rows"]).with("id", row.id.clone()));
        }
        if existing.is_none() && !id_taken {
            found.extend(open_program(state, program, "program"));
        }
        found
    }

    fn put_rows(&self, change: &mut Change, program: usize) {
        for row in &self.rows {
            let id = (Kind::Enrollment, row.id.as_str());
            if let Some(place) = self.existing(&change.state, program, row) {
                let enrollment = &mut change.state.enrollments[place];
                if enrollment.period != row.period {
                    enrollment.period = row.period;
                    // An end given by a mirror is not a dismissal.
                    enrollment.dismissal = None;
                    change.event("enrollment_corrected", &[id]);
                }
                continue;
            }
            let participant = change.state.participant(&row.participant);
            change.state.enrollments.push(Enrollment {
                id: row.id.clone(),
                erased: false,
                participant,
                program,
                period: row.period,
                status: Status::Current,
                supersedes: None,
                dismissal: None,
            });
            change.ids.push((Kind::Enrollment, row.id.clone()));
            change.event("enrolled", &[id]);
        }
    }

    /// Voids what a complete list does not hold; answers whose enrollments they were.
    fn void_unlisted(&self, change: &mut Change, program: usize) -> Vec<usize> {
        if !self.complete {
            return Vec::new();
        }
        let mut unlisted: Vec<usize> = (0..change.state.enrollments.len())
            .filter(|place| {
                let enrollment = &change.state.enrollments[*place];
                enrollment.program == program
                    && enrollment.status == Status::Current
                    && !self.is_listed(enrollment)
            })
            .collect();
        unlisted.sort_by_key(|place| change.state.enrollments[*place].id.clone());
        let mut participants = Vec::new();
        for place in unlisted {
            let enrollment = &mut change.state.enrollments[place];
            enrollment.status = Status::Voided;
            participants.push(enrollment.participant);
            let id = enrollment.id.clone();
            change.event("enrollment_voided", &[(Kind::Enrollment, &id)]);
        }
        participants
    }

    fn is_listed(&self, enrollment: &Enrollment) -> bool {
        self.rows.iter().any(|row| row.id == enrollment.id)
    }

    /// Judges every row against the set as it will be, without the row itself.
    fn overlaps(&self, state: &State, context: &Context, program: usize) -> Vec<Violation> {
        let mut found = Vec::new();
        for row in &self.rows {
            let Some(place) = state.find_enrollment(&row.id) else {
                continue;
            };
            let mut without = state.clone();
            without.enrollments[place].status = Status::Superseded;
            let participant = state.enrollments[place].participant;
            found.extend(overlap_rule(&without, context, participant, program, row.period));
        }
        found
    }

    /// Ends, voids or reports the assignments that now lie outside.
    fn settle_lines(&self, change: &mut Change, program: usize, voided: Vec<usize>) {
        let named =
            self.rows.iter().filter_map(|row| change.state.find_participant(&row.participant));
        let participants: BTreeSet<usize> = named.chain(voided).collect();
        let mut lines = Vec::new();
        for participant in participants {
            lines.extend(change.state.assignments_of(participant, program));
        }
        change.state.sort_by_id(&mut lines);
        for line in lines {
            let assignment = change.state.assignments[line].clone();
            if change.state.is_enrolled(assignment.participant, program, assignment.period) {
                continue;
            }
            if !self.clip {
                change.left.push((assignment.id, "misplaced"));
                continue;
            }
            match enrollment_at_start(&change.state, line).and_then(|period| period.end) {
                Some(end) => {
                    let id = change.end(line, end);
                    let dismissal = &mut change.state.assignments[line].dismissal;
                    *dismissal = dismissal.map(|(number, _)| (number, true));
                    change.event("assignment_ended", &[(Kind::Assignment, &id)]);
                }
                None => {
                    change.state.assignments[line].status = Status::Voided;
                    change.event("assignment_voided", &[(Kind::Assignment, &assignment.id)]);
                }
            }
        }
        if !change.left.is_empty() {
            change.notices.push(Violation::new("left-behind", &[]));
            change.notices.push(Violation::new("misplaced", &[]));
        }
    }
}

/// The days of the enrollment that covers the start day of a line; a zero-day one covers its start.
fn enrollment_at_start(state: &State, line: usize) -> Option<Period> {
    let line = &state.assignments[line];
    let calendar = state.calendar(&[]);
    state
        .enrollments_of(line.participant, line.program)
        .into_iter()
        .map(|place| state.enrollments[place].period)
        .find(|period| calendar.occupied(*period).contains(&line.period.start))
}

fn read_row(value: &Value) -> Result<Row, Vec<Violation>> {
    let Value::Object(object) = value else {
        return Err(vec![Violation::new("input-command", &["rows"])]);
    };
    let mut fields = Fields::of(object);
    let row = Row {
        id: fields.id("id"),
        participant: fields.id("participant"),
        period: Period { start: fields.day("start"), end: fields.optional_day("end") },
    };
    fields.finish()?;
    Ok(row)
}

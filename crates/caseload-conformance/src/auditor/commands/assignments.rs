//! Single assignments.

use crate::auditor::day::{Day, Period, format_day};
use crate::auditor::input::Fields;
use crate::auditor::policy::BatchHistory;
use crate::auditor::rules::{
    Context, NewLine, active_staff, actor_rules, enrollment_rules, free_id, is_hidden, known,
    known_assignment, limit_rules, need_caseload_right, need_right, need_transfer_rights,
    open_program, period_shape, reason_shape, role_shape, timeline_rules,
};
use crate::auditor::state::{Assignment, Kind, State, Status};
use crate::auditor::verdict::{Change, Outcome, Violation, walk};

impl Change {
    /// Adds a new current line.
    pub(crate) fn add_line(&mut self, id: &str, line: &NewLine, supersedes: Option<usize>) {
        let Some(participant) = line.participant else {
            return;
        };
        self.state.assignments.push(Assignment {
            id: id.to_string(),
            erased: false,
            staff: line.staff,
            participant,
            program: line.program,
            period: line.period,
            role: line.role.clone(),
            status: Status::Current,
            supersedes,
            dismissal: None,
        });
        self.ids.push((Kind::Assignment, id.to_string()));
    }
}

/// `assignment-ended` and `assignment-not-current`; the second alone where it speaks.
pub(crate) fn open_line(state: &State, place: usize, ended_too: bool) -> Vec<Violation> {
    let line = &state.assignments[place];
    if line.status != Status::Current {
        return vec![
            Violation::new("assignment-not-current", &["id"])
                .with("id", line.id.clone())
                .with("status", line.status.word()),
        ];
    }
    match line.period.end {
        Some(end) if ended_too => vec![
            Violation::new("assignment-ended", &["id"])
                .with("id", line.id.clone())
                .with("end", format_day(end)),
        ],
        _ => Vec::new(),
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Assign {
    id: String,
    staff: String,
    participant: String,
    program: String,
    period: Period,
    role: Option<String>,
}

impl Assign {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Assign {
            id: fields.new_id("id"),
            staff: fields.id("staff"),
            participant: fields.id("participant"),
            program: fields.id("program"),
            period: Period { start: fields.day("start"), end: fields.optional_day("end") },
            role: fields.role(),
        }
    }

    /// The rules of the batch phase, for a row.
    pub(crate) fn history(&self, state: &State, context: &Context) -> Vec<Violation> {
        let Some(program) = state.find_program(&self.program) else {
            return Vec::new();
        };
        let on = format_day(context.on);
        match (state.programs[program].policy.batch_history, self.period.end) {
            (BatchHistory::RefuseClosed, Some(end)) if end <= context.on => {
                vec![
                    Violation::new("history-row", &["end"])
                        .with("end", format_day(end))
                        .with("on", on),
                ]
            }
            (BatchHistory::RefusePastStart, _) if self.period.start < context.on => {
                vec![
                    Violation::new("history-row", &["start"])
                        .with("start", format_day(self.period.start))
                        .with("on", on),
                ]
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let program = known(state, Kind::Program, "program", &self.program, &mut found);
        let staff = known(state, Kind::Staff, "staff", &self.staff, &mut found);
        found.extend(period_shape(state, program, self.period, "end"));
        found.extend(role_shape(state, program, self.role.as_deref()));
        found.extend(free_id(state, Kind::Assignment, "id", &self.id));
        if let Some(program) = program {
            found.extend(open_program(state, program, "program"));
        }
        if let Some(staff) = staff {
            found.extend(active_staff(state, staff, "staff"));
        }
        let (Some(program), Some(staff)) = (program, staff) else {
            walk(found)?;
            return Ok(Change::of(state.clone()));
        };
        found.extend(need_caseload_right(state, context, program, staff));
        // A participant whom a restricted actor does not see is nobody here.
        let participant = state
            .find_participant(&self.participant)
            .filter(|participant| !is_hidden(state, context, *participant, program));
        let line =
            NewLine { staff, participant, program, period: self.period, role: self.role.clone() };
        found.extend(enrollment_rules(state, context, &line));
        found.extend(timeline_rules(state, context, &line, false));
        let (limits, notices) = limit_rules(state, &line);
        found.extend(limits);
        walk(found)?;
        let mut change = Change::of(state.clone());
        change.add_line(&self.id, &line, None);
        change.event("assigned", &[(Kind::Assignment, &self.id)]);
        change.passed_limits(notices, staff, program);
        Ok(change)
    }
}

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
        let place = known_assignment(state, context, &self.id, &mut found);
        if let Some(place) = place {
            let line = &state.assignments[place];
            let period = Period { start: line.period.start, end: Some(self.end) };
            found.extend(period_shape(state, Some(line.program), period, "end"));
            found.extend(need_caseload_right(state, context, line.program, line.staff));
            found.extend(open_line(state, place, true));
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(place) = place {
            change.end(place, self.end);
        }
        change.event("assignment_ended", &[(Kind::Assignment, &self.id)]);
        Ok(change)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Transfer {
    id: String,
    new_id: String,
    to_staff: String,
    date: Day,
    role: Option<String>,
}

impl Transfer {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        fields.reason();
        Transfer {
            id: fields.id("id"),
            new_id: fields.new_id("new_id"),
            to_staff: fields.id("to_staff"),
            date: fields.day("date"),
            role: fields.role(),
        }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let place = known_assignment(state, context, &self.id, &mut found);
        let receiver = known(state, Kind::Staff, "to_staff", &self.to_staff, &mut found);
        found.extend(free_id(state, Kind::Assignment, "new_id", &self.new_id));
        if let Some(receiver) = receiver {
            found.extend(active_staff(state, receiver, "to_staff"));
        }
        let Some(place) = place else {
            walk(found)?;
            return Ok(Change::of(state.clone()));
        };
        let giving = Giving { place, date: self.date, role: self.role.as_deref() };
        found.extend(giving.shape(state));
        found.extend(giving.role_shape(state));
        let line = &state.assignments[place];
        if state.staff[line.staff].id == self.to_staff {
            found.push(
                Violation::new("same-staff", &["to_staff"]).with("staff", self.to_staff.clone()),
            );
        }
        found.extend(open_program(state, line.program, "id"));
        let giver = Some(line.staff);
        found.extend(need_transfer_rights(state, context, line.program, giver, receiver));
        found.extend(open_line(state, place, true));
        let Some(receiver) = receiver else {
            walk(found)?;
            return Ok(Change::of(state.clone()));
        };
        let (line, later, notices) = giving.late_rules(state, context, receiver);
        found.extend(later);
        walk(found)?;
        let mut change = Change::of(state.clone());
        giving.carry_out(&mut change, &self.new_id, &line, notices);
        Ok(change)
    }
}

/// The part of a transfer that single transfers and those of a whole caseload have in common.
pub(crate) struct Giving<'a> {
    pub place: usize,
    pub date: Day,
    pub role: Option<&'a str>,
}

impl Giving<'_> {
    /// The shape of the giver's line.
    pub(crate) fn shape(&self, state: &State) -> Vec<Violation> {
        let line = &state.assignments[self.place];
        let ended = Period { start: line.period.start, end: Some(self.date) };
        period_shape(state, Some(line.program), ended, "date")
    }

    /// The role is kept unless given, and judged either way.
    pub(crate) fn role_shape(&self, state: &State) -> Vec<Violation> {
        let line = &state.assignments[self.place];
        role_shape(state, Some(line.program), self.role.or(line.role.as_deref()))
    }

    /// The new line, what it breaks from the enrollment phase on, and its notices.
    pub(crate) fn late_rules(
        &self,
        state: &State,
        context: &Context,
        receiver: usize,
    ) -> (NewLine, Vec<Violation>, Vec<Violation>) {
        let mut given = state.clone();
        given.assignments[self.place].period.end = Some(self.date);
        let old = &given.assignments[self.place];
        let line = NewLine {
            staff: receiver,
            participant: Some(old.participant),
            program: old.program,
            period: Period { start: self.date, end: None },
            role: self.role.map(str::to_string).or(old.role.clone()),
        };
        let mut found = enrollment_rules(&given, context, &line);
        found.extend(timeline_rules(&given, context, &line, false));
        let (limits, notices) = limit_rules(&given, &line);
        found.extend(limits);
        (line, found, notices)
    }

    pub(crate) fn carry_out(
        &self,
        change: &mut Change,
        new_id: &str,
        line: &NewLine,
        notices: Vec<Violation>,
    ) {
        let old_id = change.end(self.place, self.date);
        change.add_line(new_id, line, None);
        change.event("transferred", &[(Kind::Assignment, &old_id), (Kind::Assignment, new_id)]);
        change.passed_limits(notices, line.staff, line.program);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Correct {
    id: String,
    new_id: String,
    staff: Option<String>,
    role: Option<String>,
    period: Period,
    reason: String,
}

impl Correct {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Correct {
            id: fields.id("id"),
            new_id: fields.new_id("new_id"),
            staff: fields.optional_id("staff"),
            role: fields.role(),
            period: Period { start: fields.day("start"), end: fields.optional_day("end") },
            reason: fields.reason(),
        }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        found.extend(reason_shape(&self.reason));
        let place = known_assignment(state, context, &self.id, &mut found);
        let given = match &self.staff {
            Some(id) => known(state, Kind::Staff, "staff", id, &mut found),
            None => None,
        };
        found.extend(free_id(state, Kind::Assignment, "new_id", &self.new_id));
        let Some(place) = place else {
            // Without the line, nothing but the days themselves can be judged.
            found.extend(period_shape(state, None, self.period, "end"));
            self.new_staff_rule(state, None, given, &mut found);
            walk(found)?;
            return Ok(Change::of(state.clone()));
        };
        let old = &state.assignments[place];
        let line = NewLine {
            staff: given.unwrap_or(old.staff),
            participant: Some(old.participant),
            program: old.program,
            period: self.period,
            role: self.role.clone().or(old.role.clone()),
        };
        found.extend(period_shape(state, Some(old.program), self.period, "end"));
        found.extend(role_shape(state, Some(old.program), line.role.as_deref()));
        self.new_staff_rule(state, Some(old.staff), given, &mut found);
        let code = "correct-right-missing";
        found.extend(need_right(state, context, "correct", code, old.program));
        found.extend(open_line(state, place, false));
        let mut without = state.clone();
        without.assignments[place].status = Status::Superseded;
        found.extend(enrollment_rules(&without, context, &line));
        found.extend(timeline_rules(&without, context, &line, true));
        let (limits, notices) = limit_rules(&without, &line);
        found.extend(limits);
        walk(found)?;
        let mut change = Change::of(without);
        change.add_line(&self.new_id, &line, Some(place));
        change.event(
            "assignment_corrected",
            &[(Kind::Assignment, &self.id), (Kind::Assignment, &self.new_id)],
        );
        change.passed_limits(notices, line.staff, line.program);
        Ok(change)
    }

    /// `staff-inactive`, only where the correction changes the staff of a line that exists.
    fn new_staff_rule(
        &self,
        state: &State,
        old: Option<usize>,
        given: Option<usize>,
        found: &mut Vec<Violation>,
    ) {
        if let (Some(old), Some(given)) = (old, given)
            && old != given
        {
            found.extend(active_staff(state, given, "staff"));
        }
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
        let place = known_assignment(state, context, &self.id, &mut found);
        if let Some(place) = place {
            let program = state.assignments[place].program;
            found.extend(need_right(state, context, "correct", "correct-right-missing", program));
            found.extend(open_line(state, place, false));
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(place) = place {
            change.state.assignments[place].status = Status::Voided;
        }
        change.event("assignment_voided", &[(Kind::Assignment, &self.id)]);
        Ok(change)
    }
}

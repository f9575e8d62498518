//! Staff and their rights.

use crate::auditor::day::{Day, Period};
use crate::auditor::input::Fields;
use crate::auditor::rules::{
    Context, actor_rules, free_id, known, need_administer_everywhere, need_right, period_shape,
    visible_ids,
};
use crate::auditor::state::{Grant, Kind, Staff, State};
use crate::auditor::verdict::{Change, Outcome, Violation, walk};

#[derive(Clone, Debug)]
pub(crate) struct Register {
    id: String,
    rights: Vec<String>,
}

impl Register {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        fields.optional_text("name");
        Register { id: fields.id("id"), rights: fields.optional_rights().unwrap_or_default() }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        found.extend(free_id(state, Kind::Staff, "id", &self.id));
        found.extend(need_administer_everywhere(state, context));
        walk(found)?;
        let mut change = Change::of(state.clone());
        let staff = change.state.staff.len();
        change.state.staff.push(Staff { id: self.id.clone(), active: true });
        change.state.grants.push(Grant {
            staff,
            rights: self.rights.clone(),
            program: None,
            gives: true,
        });
        change.ids.push((Kind::Staff, self.id.clone()));
        change.event("staff_registered", &[(Kind::Staff, &self.id)]);
        Ok(change)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Rename {
    id: String,
}

impl Rename {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        fields.text("name");
        Rename { id: fields.id("id") }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        known(state, Kind::Staff, "id", &self.id, &mut found);
        found.extend(need_administer_everywhere(state, context));
        walk(found)?;
        let mut change = Change::of(state.clone());
        change.event("staff_renamed", &[(Kind::Staff, &self.id)]);
        Ok(change)
    }
}

/// `grant` and `revoke`.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    staff: String,
    rights: Vec<String>,
    program: Option<String>,
    gives: bool,
}

impl Rights {
    pub(crate) fn read(fields: &mut Fields<'_>, gives: bool) -> Self {
        Rights {
            staff: fields.id("staff"),
            rights: fields.rights(),
            program: fields.optional_id("program"),
            gives,
        }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let staff = known(state, Kind::Staff, "staff", &self.staff, &mut found);
        let mut named = None;
        match &self.program {
            None => found.extend(need_administer_everywhere(state, context)),
            Some(id) => {
                named = known(state, Kind::Program, "program", id, &mut found);
                if let Some(program) = named {
                    let code = "administer-right-missing";
                    found.extend(need_right(state, context, "administer", code, program));
                }
            }
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(staff) = staff {
            change.state.grants.push(Grant {
                staff,
                rights: self.rights.clone(),
                program: named,
                gives: self.gives,
            });
        }
        let mut ids = vec![(Kind::Staff, self.staff.as_str())];
        ids.extend(self.program.iter().map(|id| (Kind::Program, id.as_str())));
        change.event("rights_changed", &ids);
        Ok(change)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Deactivate {
    id: String,
    end_open: Option<Day>,
}

impl Deactivate {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Deactivate { id: fields.id("id"), end_open: fields.optional_day("end_open") }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let staff = known(state, Kind::Staff, "id", &self.id, &mut found);
        found.extend(need_administer_everywhere(state, context));
        // Repeating changes nothing, whatever they hold: nothing about the lines is asked.
        let staff = staff.filter(|staff| state.staff[*staff].active);
        if let Some(staff) = staff {
            found.extend(self.line_rules(state, context, staff));
        }
        walk(found)?;
        let mut change = Change::of(state.clone());
        let Some(staff) = staff else {
            return Ok(change);
        };
        if let Some(day) = self.end_open {
            for line in open_lines(state, staff) {
                let id = change.end(line, day);
                change.event("assignment_ended", &[(Kind::Assignment, &id)]);
            }
        }
        change.state.staff[staff].active = false;
        change.event("staff_deactivated", &[(Kind::Staff, &self.id)]);
        Ok(change)
    }

    fn line_rules(&self, state: &State, context: &Context, staff: usize) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut remaining = Vec::new();
        for line in state.assignments_held_by(staff) {
            let assignment = &state.assignments[line];
            match (assignment.period.end, self.end_open) {
                (None, Some(day)) => {
                    let period = Period { start: assignment.period.start, end: Some(day) };
                    found.extend(period_shape(state, Some(assignment.program), period, "end_open"));
                }
                _ => {
                    let calendar = state.calendar(&[Period { start: context.on, end: None }]);
                    let days = calendar.covered(assignment.period);
                    if days.iter().any(|day| *day >= context.on) {
                        remaining.push(line);
                    }
                }
            }
        }
        if !remaining.is_empty() {
            found.push(
                Violation::new("open-assignments-remain", &["id"])
                    .with("assignments", visible_ids(state, context, &remaining)),
            );
        }
        found
    }
}

fn open_lines(state: &State, staff: usize) -> Vec<usize> {
    let mut lines = state.assignments_held_by(staff);
    lines.retain(|line| state.assignments[*line].period.end.is_none());
    lines
}

#[derive(Clone, Debug)]
pub(crate) struct Reactivate {
    id: String,
}

impl Reactivate {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Reactivate { id: fields.id("id") }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let staff = known(state, Kind::Staff, "id", &self.id, &mut found);
        found.extend(need_administer_everywhere(state, context));
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(staff) = staff.filter(|staff| !state.staff[*staff].active) {
            change.state.staff[staff].active = true;
            change.event("staff_reactivated", &[(Kind::Staff, &self.id)]);
        }
        Ok(change)
    }
}

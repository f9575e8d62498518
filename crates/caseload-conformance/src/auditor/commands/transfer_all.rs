//! A whole caseload handed over.

use crate::auditor::day::{Day, Period};
use crate::auditor::input::{Fields, is_id};
use crate::auditor::rules::{
    Context, NewLine, active_staff, actor_rules, free_id, is_hidden, known, need_transfer_rights,
    open_program,
};
use crate::auditor::state::{Kind, State};
use crate::auditor::verdict::{Change, Outcome, Violation, walk};

use super::assignments::Giving;

#[derive(Clone, Debug)]
pub(crate) struct TransferAll {
    staff: String,
    to_staff: String,
    program: Option<String>,
    date: Day,
    prefix: Option<String>,
    only: Option<Vec<String>>,
    end_source: bool,
    skip_ineligible: bool,
}

/// Giver, receiver and program; what is unknown is `None`.
struct Parties {
    giver: Option<usize>,
    receiver: Option<usize>,
    program: Option<usize>,
}

impl TransferAll {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        // Null means every program, so it must be written.
        if !fields.is_written("program") {
            fields.refuse("input-command", "program");
        }
        fields.reason();
        let on_held = fields.optional_word("on_held", &["refuse", "end_source"]);
        TransferAll {
            staff: fields.id("staff"),
            to_staff: fields.id("to_staff"),
            program: fields.optional_id("program"),
            date: fields.day("date"),
            prefix: fields.optional_id("prefix"),
            only: fields.optional_ids("only"),
            end_source: on_held.as_deref() == Some("end_source"),
            skip_ineligible: fields.flag("skip_ineligible"),
        }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        let parties = Parties {
            giver: known(state, Kind::Staff, "staff", &self.staff, &mut found),
            receiver: known(state, Kind::Staff, "to_staff", &self.to_staff, &mut found),
            program: match &self.program {
                Some(id) => known(state, Kind::Program, "program", id, &mut found),
                None => None,
            },
        };
        let scope = self.scope(state, context, &parties);
        let mut open = scope.clone();
        open.retain(|line| state.assignments[*line].period.end.is_none());
        if self.staff == self.to_staff {
            found.push(
                Violation::new("same-staff", &["to_staff"]).with("staff", self.staff.clone()),
            );
        }
        if let Some(receiver) = parties.receiver {
            found.extend(active_staff(state, receiver, "to_staff"));
        }
        for line in &open {
            found.extend(self.line_references(state, &parties, *line));
            if !self.skip_ineligible {
                found.extend(self.line_shape(state, &parties, *line));
            }
        }
        found.extend(self.rights(state, context, &parties, &open));
        if open.is_empty() {
            found.push(self.nothing());
        }
        walk(found)?;
        self.hand_over(state, context, &parties, &scope)
    }

    fn nothing(&self) -> Violation {
        let violation =
            Violation::new("nothing-to-transfer", &["staff"]).with("staff", self.staff.clone());
        match &self.program {
            Some(program) => violation.with("program", program.clone()),
            None => violation,
        }
    }

    /// The lines in scope, in id order, whether open-ended or not.
    fn scope(&self, state: &State, context: &Context, parties: &Parties) -> Vec<usize> {
        let Some(giver) = parties.giver else {
            return Vec::new();
        };
        // An unknown program has no lines; that is not "every program".
        if self.program.is_some() && parties.program.is_none() {
            return Vec::new();
        }
        let mut lines = state.assignments_held_by(giver);
        lines.retain(|line| {
            let line = &state.assignments[*line];
            let participant = &state.participants[line.participant];
            let named = match &self.only {
                None => true,
                Some(only) => only.contains(&participant.id),
            };
            named
                && parties.program.is_none_or(|program| program == line.program)
                && !is_hidden(state, context, line.participant, line.program)
        });
        lines
    }

    fn giving<'a>(&self, line: usize) -> Giving<'a> {
        Giving { place: line, date: self.date, role: None }
    }

    /// Whether the giver's line is only ended, because the receiver has the participant already.
    fn only_ends(&self, state: &State, parties: &Parties, line: usize) -> bool {
        let Some(receiver) = parties.receiver.filter(|_| self.end_source) else {
            return false;
        };
        let new = Period { start: self.date, end: None };
        let calendar = state.calendar(&[new]);
        let given = &state.assignments[line];
        state
            .assignments_of(given.participant, given.program)
            .into_iter()
            .filter(|other| *other != line && state.assignments[*other].staff == receiver)
            .any(|other| calendar.share_an_occupied_day(state.assignments[other].period, new))
    }

    fn new_id(&self, old_id: &str) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}.{old_id}"),
            None => uuid::Uuid::now_v7().to_string(),
        }
    }

    fn line_shape(&self, state: &State, parties: &Parties, line: usize) -> Vec<Violation> {
        let giving = self.giving(line);
        let mut found = giving.shape(state);
        if !self.only_ends(state, parties, line) {
            found.extend(giving.role_shape(state));
        }
        found
    }

    /// What is asked of every line first, and refuses the whole.
    fn line_references(&self, state: &State, parties: &Parties, line: usize) -> Vec<Violation> {
        let assignment = &state.assignments[line];
        let mut found = open_program(state, assignment.program, "program");
        if !self.only_ends(state, parties, line) {
            let new_id = self.new_id(&assignment.id);
            if !is_id(&new_id) {
                found.push(Violation::new("input-id", &["prefix"]));
            }
            found.extend(free_id(state, Kind::Assignment, "prefix", &new_id));
        }
        found
    }

    fn rights(
        &self,
        state: &State,
        context: &Context,
        parties: &Parties,
        open: &[usize],
    ) -> Vec<Violation> {
        let programs: Vec<usize> = match (&self.program, parties.program) {
            (Some(_), program) => program.into_iter().collect(),
            (None, _) => open.iter().map(|line| state.assignments[*line].program).collect(),
        };
        let mut found = Vec::new();
        for program in programs {
            let (giver, receiver) = (parties.giver, parties.receiver);
            found.extend(need_transfer_rights(state, context, program, giver, receiver));
        }
        found
    }

    /// Line after line, each seeing those before.
    fn hand_over(
        &self,
        state: &State,
        context: &Context,
        parties: &Parties,
        scope: &[usize],
    ) -> Outcome {
        let Some(receiver) = parties.receiver else {
            return Ok(Change::of(state.clone()));
        };
        let mut change = Change::of(state.clone());
        let mut broken = Vec::new();
        let mut moved = 0;
        for line in scope {
            let old = state.assignments[*line].clone();
            if let Some(end) = old.period.end {
                if end > self.date {
                    change.left.push((old.id, "assignment-ended"));
                }
                continue;
            }
            match self.hand_over_one(&mut change, context, receiver, parties, *line) {
                Ok(()) => moved += 1,
                Err(found) if self.skip_ineligible => change.left.push((old.id, found[0].code)),
                Err(found) => broken.extend(found),
            }
        }
        walk(broken)?;
        if moved == 0 {
            return Err(vec![self.nothing()].into());
        }
        change.event(
            "caseload_transferred",
            &[(Kind::Staff, &self.staff), (Kind::Staff, &self.to_staff)],
        );
        if !change.left.is_empty() {
            change.notices.push(Violation::new("left-behind", &[]));
        }
        Ok(change)
    }

    fn hand_over_one(
        &self,
        change: &mut Change,
        context: &Context,
        receiver: usize,
        parties: &Parties,
        line: usize,
    ) -> Result<(), Vec<Violation>> {
        let mut found = self.line_shape(&change.state, parties, line);
        if self.only_ends(&change.state, parties, line) {
            walk(found)?;
            let id = change.end(line, self.date);
            change.event("assignment_ended", &[(Kind::Assignment, &id)]);
            return Ok(());
        }
        let giving = self.giving(line);
        let judged: (NewLine, Vec<Violation>, Vec<Violation>) =
            giving.late_rules(&change.state, context, receiver);
        let (new_line, later, notices) = judged;
        found.extend(later);
        walk(found)?;
        let new_id = self.new_id(&change.state.assignments[line].id);
        giving.carry_out(change, &new_id, &new_line, notices);
        Ok(())
    }
}

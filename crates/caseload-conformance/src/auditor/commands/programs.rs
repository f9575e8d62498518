//! Programs.

use crate::auditor::input::Fields;
use crate::auditor::policy::Policy;
use crate::auditor::rules::{
    Context, actor_rules, free_id, known, need_administer_everywhere, need_right,
};
use crate::auditor::state::{Kind, Program, State};
use crate::auditor::verdict::{Change, Outcome, Violation, walk};

#[derive(Clone, Debug)]
pub(crate) struct Define {
    id: String,
    policy: Policy,
}

impl Define {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        // No question shows a name, so none is kept.
        fields.optional_text("name");
        Define { id: fields.id("id"), policy: fields.optional_policy().unwrap_or_default() }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        found.extend(free_id(state, Kind::Program, "id", &self.id));
        found.extend(need_administer_everywhere(state, context));
        walk(found)?;
        let mut change = Change::of(state.clone());
        change.state.programs.push(Program {
            id: self.id.clone(),
            policy: self.policy.clone(),
            closed: false,
        });
        change.ids.push((Kind::Program, self.id.clone()));
        change.event("program_defined", &[(Kind::Program, &self.id)]);
        Ok(change)
    }
}

/// Finds a program that the actor may administer.
fn administered(
    state: &State,
    context: &Context,
    id: &str,
    found: &mut Vec<Violation>,
) -> Option<usize> {
    found.extend(actor_rules(state, context));
    let program = known(state, Kind::Program, "id", id, found)?;
    let code = "administer-right-missing";
    found.extend(need_right(state, context, "administer", code, program));
    Some(program)
}

#[derive(Clone, Debug)]
pub(crate) struct Revise {
    id: String,
    policy: Policy,
}

impl Revise {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Revise { id: fields.id("id"), policy: fields.policy() }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = Vec::new();
        let program = administered(state, context, &self.id, &mut found);
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(program) = program {
            change.state.programs[program].policy = self.policy.clone();
        }
        change.event("program_revised", &[(Kind::Program, &self.id)]);
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
        let mut found = Vec::new();
        administered(state, context, &self.id, &mut found);
        walk(found)?;
        let mut change = Change::of(state.clone());
        change.event("program_renamed", &[(Kind::Program, &self.id)]);
        Ok(change)
    }
}

/// `close_program` and `reopen_program`.
#[derive(Clone, Debug)]
pub(crate) struct SetClosed {
    id: String,
    closed: bool,
}

impl SetClosed {
    pub(crate) fn read(fields: &mut Fields<'_>, closed: bool) -> Self {
        SetClosed { id: fields.id("id"), closed }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = Vec::new();
        let program = administered(state, context, &self.id, &mut found);
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(program) = program {
            // Repeating is accepted and changes nothing: an entry without events.
            if state.programs[program].closed != self.closed {
                change.state.programs[program].closed = self.closed;
                let kind = if self.closed { "program_closed" } else { "program_reopened" };
                change.event(kind, &[(Kind::Program, &self.id)]);
            }
        }
        Ok(change)
    }
}

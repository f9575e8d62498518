//! Replaced ids and forgotten participants.

use crate::auditor::input::Fields;
use crate::auditor::rules::{
    Context, actor_rules, free_id, known, need_administer_everywhere, reason_shape,
};
use crate::auditor::state::{Kind, State};
use crate::auditor::verdict::{Change, Outcome, walk};

#[derive(Clone, Debug)]
pub(crate) struct ReplaceId {
    kind: Kind,
    id: String,
    new_id: String,
    reason: String,
}

impl ReplaceId {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        let kinds = ["participant", "staff", "program", "enrollment", "assignment"];
        let kind = match fields.word("kind", &kinds).as_str() {
            "participant" => Kind::Participant,
            "staff" => Kind::Staff,
            "program" => Kind::Program,
            "enrollment" => Kind::Enrollment,
            _ => Kind::Assignment,
        };
        ReplaceId {
            kind,
            id: fields.id("id"),
            new_id: fields.id("new_id"),
            reason: fields.reason(),
        }
    }

    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        found.extend(reason_shape(&self.reason));
        let place = known(state, self.kind, "id", &self.id, &mut found);
        found.extend(free_id(state, self.kind, "new_id", &self.new_id));
        found.extend(need_administer_everywhere(state, context));
        walk(found)?;
        let mut change = Change::of(state.clone());
        if let Some(place) = place {
            let new_id = self.new_id.clone();
            match self.kind {
                Kind::Program => change.state.programs[place].id = new_id,
                Kind::Staff => change.state.staff[place].id = new_id,
                Kind::Participant => change.state.participants[place].id = new_id,
                Kind::Enrollment => change.state.enrollments[place].id = new_id,
                Kind::Assignment => change.state.assignments[place].id = new_id,
            }
            change.state.old_ids.push((self.kind, self.id.clone(), place));
        }
        change.ids.push((self.kind, self.new_id.clone()));
        change.event("id_replaced", &[(self.kind, &self.id), (self.kind, &self.new_id)]);
        Ok(change)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Forget {
    participant: String,
    reason: String,
}

impl Forget {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        Forget { participant: fields.id("participant"), reason: fields.reason() }
    }

    /// Says who is forgotten; the auditor then erases them from everything it keeps.
    pub(crate) fn judge(&self, state: &State, context: &Context) -> Outcome {
        let mut found = actor_rules(state, context);
        found.extend(reason_shape(&self.reason));
        let id = &self.participant;
        let place = known(state, Kind::Participant, "participant", id, &mut found);
        found.extend(need_administer_everywhere(state, context));
        walk(found)?;
        let mut change = Change::of(state.clone());
        change.forgotten = place;
        change.event("participant_forgotten", &[(Kind::Participant, id)]);
        Ok(change)
    }
}

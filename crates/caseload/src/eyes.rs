//! The eyes of whoever asks: questions and reports look at the agency through them.

use std::collections::hash_map::Entry;

use crate::{Asked, Program, StoreError, View, access, hash::FastMap, state::Known};

/// What whoever asks may see; each participant of a program is looked up once.
pub(crate) struct Eyes<'a> {
    /// Who sees whom is asked of it,
    view: &'a dyn View,
    /// and numbers mean something here.
    known: &'a Known<'a>,
    asked: &'a Asked,
    programs: FastMap<u32, Option<Program>>,
    seen: FastMap<(u32, u32), bool>,
}

impl<'a> Eyes<'a> {
    pub(crate) fn new(view: &'a dyn View, known: &'a Known<'a>, asked: &'a Asked) -> Eyes<'a> {
        Eyes { view, known, asked, programs: FastMap::default(), seen: FastMap::default() }
    }

    /// Of the state, which knows who sees whom as well.
    pub(crate) fn of(known: &'a Known<'a>, asked: &'a Asked) -> Eyes<'a> {
        Eyes::new(known, known, asked)
    }

    pub(crate) fn see(&mut self, participant: u32, program: u32) -> Result<bool, StoreError> {
        let Some(actor) = self.asked.actor.as_ref().filter(|_| !self.asked.sees_everything())
        else {
            return Ok(true);
        };
        if let Some(seen) = self.seen.get(&(participant, program)) {
            return Ok(*seen);
        }
        let place = match self.programs.entry(program) {
            Entry::Occupied(place) => place.into_mut(),
            Entry::Vacant(place) => {
                place.insert(self.view.program(&self.known.program_id(program))?)
            }
        };
        let seen = match place {
            Some(place) => {
                let id = self.known.participant_id(participant);
                access::sees(self.view, actor, place, &id, self.asked.as_of)?
            }
            None => false,
        };
        self.seen.insert((participant, program), seen);
        Ok(seen)
    }
}

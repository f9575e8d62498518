//! The eyes of whoever asks: questions and reports look at the agency through them.

use crate::{Asked, Program, StoreError, access, hash::FastMap, state::Known};

/// What whoever asks may see; each participant of a program is looked up once.
pub(crate) struct Eyes<'a> {
    known: &'a Known<'a>,
    asked: &'a Asked,
    programs: FastMap<u32, Option<Program>>,
    seen: FastMap<(u32, u32), bool>,
}

impl<'a> Eyes<'a> {
    pub(crate) fn new(known: &'a Known<'a>, asked: &'a Asked) -> Eyes<'a> {
        Eyes { known, asked, programs: FastMap::default(), seen: FastMap::default() }
    }

    pub(crate) fn see(&mut self, participant: u32, program: u32) -> Result<bool, StoreError> {
        let Some(actor) = self.asked.actor.as_ref().filter(|_| !self.asked.sees_everything())
        else {
            return Ok(true);
        };
        if let Some(seen) = self.seen.get(&(participant, program)) {
            return Ok(*seen);
        }
        let known = self.known;
        let place = self.programs.entry(program).or_insert_with(|| known.program_then(program));
        let seen = match place {
            Some(place) => {
                let id = known.participant_id(participant);
                access::sees(known, actor, place, &id, self.asked.as_of)?
            }
            None => false,
        };
        self.seen.insert((participant, program), seen);
        Ok(seen)
    }
}

//! Who entered something, and when.

use crate::{
    Actor, StoreError,
    log::{Position, Recorded},
    state::Known,
};

/// The entry behind something in a report: who gave the command, and when it was recorded.
///
/// ```
/// use caseload::{Actor, log::Recorded, report::Entered};
/// let entered = Entered { position: 7, recorded: Recorded::from_micros(0), actor: Actor::Root };
/// assert_eq!(entered.recorded.to_string(), "1970-01-01T00:00:00.000000Z");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Its place in the log.
    pub position: Position,
    /// The instant that labels it.
    pub recorded: Recorded,
    /// Who gave the command.
    pub actor: Actor,
}

impl Entered {
    pub(super) fn at(known: &Known<'_>, position: u32) -> Result<Entered, StoreError> {
        let entry = known.recorded_by(position);
        let (recorded, actor) =
            entry.ok_or_else(|| StoreError::bug("a line was entered where no entry is"))?;
        let actor = if actor == 0 { Actor::Root } else { Actor::Staff(known.staff_id(actor)) };
        Ok(Entered { position: u64::from(position), recorded, actor })
    }
}

//! An actor at work on a day: what a command needs to know besides itself.

use super::Agency;
use crate::{
    Actor, Command, Context, Day, Error, InputError, Receipt, RequestId, Verdict, log::Recorded,
};

/// An actor at work on a day: a plain value, made by [`Agency::acting_as`].
///
/// ```
/// use caseload::{Actor, Agency, Day, Error, MemoryLog, RegisterStaff, StaffId};
/// let agency = Agency::open(MemoryLog::new())?;
/// let desk = agency.acting_as(Actor::Root).on("2024-06-15".parse::<Day>()?);
/// assert!(desk.review(RegisterStaff::new(StaffId::new("s1")?))?.is_accepted());
/// desk.record(RegisterStaff::new(StaffId::new("s1")?))?;
/// assert!(!desk.review(RegisterStaff::new(StaffId::new("s1")?))?.is_accepted());
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Desk {
    agency: Agency,
    actor: Actor,
    on: Option<Day>,
    request: Option<RequestId>,
    entered: Option<Recorded>,
}

impl Desk {
    pub(super) const fn new(agency: Agency, actor: Actor) -> Desk {
        Desk { agency, actor, on: None, request: None, entered: None }
    }

    /// On this day; without it each command asks the agency's calendar.
    #[must_use]
    pub const fn on(mut self, day: Day) -> Desk {
        self.on = Some(day);
        self
    }

    /// With this idempotency key.
    #[must_use]
    pub fn request(&self, request: RequestId) -> Desk {
        Desk { request: Some(request), ..self.clone() }
    }

    /// Taken at this instant by a device or an older system.
    #[must_use]
    pub fn entered(&self, entered: Recorded) -> Desk {
        Desk { entered: Some(entered), ..self.clone() }
    }

    /// Records a command.
    ///
    /// # Errors
    /// As [`Agency::record`]; `input-command` without a day where the agency has no calendar.
    pub fn record(&self, command: impl Into<Command>) -> Result<Receipt, Error> {
        self.agency.record(command, self.context()?)
    }

    /// What the rules say of a command now, without recording it.
    ///
    /// # Errors
    /// As [`Agency::review`].
    pub fn review(&self, command: impl Into<Command>) -> Result<Verdict, Error> {
        self.agency.review(command, self.context()?)
    }

    fn context(&self) -> Result<Context, InputError> {
        let on = match self.on {
            Some(day) => day,
            None => self.agency.today()?,
        };
        let mut context = Context::new(self.actor.clone(), on);
        context.request.clone_from(&self.request);
        context.entered = self.entered;
        Ok(context)
    }
}

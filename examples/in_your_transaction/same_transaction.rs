//! Third way: the product's row and the entry are one transaction, on the product's own database.
//!
//! The log is a table of the product's ([`HostLog`]). The rows go along with the request id of their command and are
//! written in its turn, just before the commit, which is the last thing a turn does. So there is nothing in between to
//! repair; and no handle of the agency, this one included, learns of an entry before it is committed with its rows.

use caseload::{Actor, Agency, Command, Receipt, RequestId};

use super::{
    Failure,
    host_log::{HostLog, Rows},
    today,
};

/// Records a command with rows of the product's, or neither.
pub(crate) fn record(
    agency: &Agency,
    log: &HostLog,
    form: &RequestId,
    command: impl Into<Command>,
    rows: Rows,
) -> Result<Receipt, Failure> {
    log.with_rows(form, rows);
    let desk = agency.acting_as(Actor::Root).on(today()?).request(form.clone());
    let recorded = desk.record(command);
    // Refused, or stored before: the rows were not asked for.
    log.take_back(form);
    Ok(recorded?)
}

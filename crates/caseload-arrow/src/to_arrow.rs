//! What can be told as tables.

use crate::Table;

/// A report, or a list of lines, that can be told as Arrow tables: all that it holds, in its order.
///
/// ```
/// use caseload::{Actor, Agency, Asked, Assign, Day, DefineProgram, Enroll, MemoryLog};
/// use caseload::{ParticipantId, ProgramId, RegisterStaff, StaffId, report::Filter};
/// use caseload_arrow::ToArrow;
/// let (maria, housing) = (StaffId::new("maria")?, ProgramId::new("housing")?);
/// let (client, day) = (ParticipantId::new("P-1023")?, "2024-03-01".parse::<Day>()?);
/// let agency = Agency::open(MemoryLog::new())?;
/// let desk = agency.acting_as(Actor::Root).on(day);
/// desk.record(DefineProgram::new(housing.clone()))?;
/// desk.record(RegisterStaff::new(maria.clone()))?;
/// desk.record(Enroll::new(client.clone(), housing.clone(), day))?;
/// desk.record(Assign::new(maria, client, housing, day))?;
///
/// let report = agency.snapshot()?.current_caseload(&Filter::all(), &Asked::of(day))?;
/// let names: Vec<&str> = report.tables().iter().map(|table| table.name()).collect();
/// assert_eq!(names, ["current_caseload_cases", "current_caseload_loads"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ToArrow {
    /// Its tables, always the same ones, also where they have no rows.
    fn tables(&self) -> Vec<Table<'_>>;
}

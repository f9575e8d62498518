//! Reports over whole caseloads: as of a day or over a range of days, as known then, as an actor sees it.
//!
//! A report is a method of [`Snapshot`](crate::Snapshot). It takes a [`Filter`] (which programs, staff and
//! participants), and an [`Asked`](crate::Asked): as known when, and by whom. Reports of one day are about
//! `asked.as_of`; reports of a [`Range`] use it only as the day on which an actor's sight is judged, and
//! what the actor does not see on that day is left out, as from every list.
//!
//! - Only lines that still count are counted: superseded and voided ones are history.
//! - Counts and sums are exact integers; a rate is a [`Ratio`] with its denominator, and what is not
//!   defined is `None`, never 0. Rounding is for printing.
//! - Everything is sorted by the bytes of ids, where nothing else is said.
//! - Reports of disjoint participants `merge` into the report of all of them, bit for bit. So large
//!   agencies can be asked in parts, and several agencies with ids of their own as one.
//!
//! Those that lines and enrollments answer can be asked of any [`View`](crate::View) too, of a host's own tables
//! say, by the same names: see [`Reports`]. Each tells how far it has come, where it is asked with
//! [`Asked::telling`](crate::Asked::telling), and can be cancelled.
//!
//! What is known now, by whoever sees everything, is read from what the state keeps in order: the daily
//! census, sealed months, and the slices of staff and participants. Everything else is a look at every line
//! that was entered by then, which every faster answer must equal.
//! Causes and reasons, which the state does not keep, are read from the log
//! ([`Snapshot::participant_history`](crate::Snapshot::participant_history) and others say so).

mod active_in;
mod asking;
mod average_daily;
mod by;
mod caseload_filter;
mod chosen;
mod continuity;
mod corrections;
mod cube;
mod current_caseload;
mod daily_series;
mod distribution;
mod entered;
mod filter;
mod flow;
mod gaps;
mod index;
mod length_of_stay;
mod likely;
mod look;
mod looks;
mod misplaced;
mod month_count;
mod of;
mod of_census;
mod participant_history;
mod range;
mod ratio;
mod read;
mod reasons;
mod reports;
mod scan;
#[cfg(test)]
mod testing;
mod transfers;
mod whole_months;

pub use active_in::ActiveIn;
pub use asking::Asking;
pub use average_daily::AverageDailyCaseload;
pub use by::By;
pub use caseload_filter::{CaseloadFilter, InRole, Matches, OnCaseload, When};
pub use continuity::{Census, Continuity, ContinuitySum, WorkerContinuity};
pub use corrections::{Correction, Corrections, ThenAndNow};
pub use cube::Cube;
pub use current_caseload::{Case, CurrentCaseload, Load};
pub use daily_series::DailySeries;
pub use distribution::{Band, CaseloadDistribution, Spread};
pub use entered::Entered;
pub use filter::Filter;
pub use flow::{Balance, Flow, MonthFlow};
pub use gaps::{CoverageGaps, Unassigned, Uncovered, Waiting, WaitingCount};
pub use length_of_stay::{AtLength, Forecast, LengthOfStay, Lengths, Stay, Step, StockFlow};
pub use misplaced::{Misplaced, MisplacedCase};
pub use of::Of;
pub use participant_history::{AssignmentHistory, Changed, EnrollmentHistory, ParticipantHistory};
pub use range::Range;
pub use ratio::Ratio;
pub use reasons::EndCause;
pub use reports::Reports;
pub use transfers::{HandOver, Route, Transfers};

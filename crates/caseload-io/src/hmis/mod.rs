//! HMIS CSV: the export of the US federal homeless-services information systems.
//!
//! | here | there |
//! | --- | --- |
//! | program | `Project.csv`: `ProjectID`, `ProjectName` |
//! | staff | `User.csv`: `UserID`, first and last name |
//! | enrollment | `Enrollment.csv`: `EnrollmentID`, `PersonalID`, `ProjectID`, from `EntryDate` |
//! | its end | `Exit.csv`: `ExitDate` of the same `EnrollmentID`, the first day not covered, as HUD counts |
//! | assignment | **no such file**; see [`Options::assign_by_user`] |
//!
//! - No exit row means open. The export only knows up to its own `ExportEndDate`, which the report
//!   names.
//! - A row with a `DateDeleted` is left out and counted. If an earlier export brought that enrollment,
//!   it is voided: the system it came from took it back. Where somebody is assigned on it, that is
//!   refused and reported instead, for a person to look at. A withdrawn project's rows are left out
//!   as well; a program that it brought before stays.
//! - Of several live rows with one id the first counts, the others are refused.
//! - An exit that cannot be read or belongs to somebody else refuses its enrollment too: stored
//!   without it, the enrollment would claim that the person is still there.
//! - Two enrollments of one person in one project must not share a day: the one that starts last is
//!   refused.
//! - Days are `YYYY-MM-DD` and nothing else. White space around a value is no part of it.
//! - Existing programs and staff keep what they have, but for a name that changed. Nobody is given
//!   rights, nobody deactivated, no program closed.
//!
//! No value of a row but its days is ever in an error, a report or a log.

mod error;
mod files;
mod import;
mod options;
mod plan;
mod proxy;
mod report;
mod rows;

pub use error::HmisError;
pub use files::HmisFile;
pub use options::{Options, Proxies};
pub use plan::Plan;
pub use proxy::{ENTRY_ROLE, EXIT_ROLE};
pub use report::{FileCounts, ImportReport, LeftOut, ProxyCounts, RefusedRow, WarningCode};

use rows::RowProblem;

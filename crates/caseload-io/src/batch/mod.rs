//! Batch files: assignments that begin and end, one a row, as CSV or as an Excel workbook.
//!
//! | column | what it holds |
//! | --- | --- |
//! | `Participant ID` | who is served |
//! | `Program ID` **or** `Program name` | the program |
//! | `Staff ID` **or** `Staff name` **or** `Staff first name` and `Staff last name` | the staff member |
//! | `Action` | `begin` or `end`; needed where the file has a column for ends |
//! | `Start date` | the first day; of a row that ends an assignment, the first day that it has |
//! | `Last day` **or** `End (first day not covered)` | the end; empty where it is open |
//! | `Role` | the role of an assignment that begins; optional |
//! | `Reason` | why an assignment ends; optional |
//!
//! - Columns may stand in any order, in any letters; an unknown one is an error that lists the known. There
//!   is no `End date`, because that does not say whether the day itself still counts.
//! - Two ways to name the same thing never stand in one file.
//! - A row **begins** an assignment or **ends** one. Its `Action` says which; where that is empty, a row
//!   without an end begins. A row that ends one names it by participant, program, staff and its start.
//! - A name is found in any letters and with any white space; `Last, First` is `First Last`. One that
//!   nobody has, or several have, refuses the row.
//! - Days are `YYYY-MM-DD`, or dates of the workbook, in its 1900 or 1904 system. A plain number is no
//!   day, and neither is one with a time.
//! - An id that Excel made a number is read as its digits. Leading zeros that Excel dropped are gone: format
//!   such a column as text before it is filled in, as the template does.
//! - White space around a value is no part of it. Blank rows are skipped and counted, up to the last row
//!   that is not blank. Of merged cells only the first has a value.
//! - Of a workbook the first visible sheet is read whose first row names a known column, unless
//!   [`Options::sheet`] names one. Formulas count as what they came to when the file was saved.
//! - A CSV is UTF-8; between values stand commas, semicolons or tabs, whichever makes the first row
//!   columns.
//! - A cell has at most 8 KiB and a row of a CSV 64 KiB: more refuses the row. Of a workbook at most 256 MiB
//!   (of a worksheet 2 GiB) are unpacked from one part.
//!
//! Rows become `batch` commands, so they obey the same rules as everything else. A row is refused with the
//! codes of the rules, or with one of these:
//!
//! | code | when |
//! | --- | --- |
//! | `field-missing` | a needed cell is empty, or it is not said whether a row with an end begins or ends |
//! | `field-unexpected` | a role on a row that ends, a reason on one that begins |
//! | `wrong-type` | a cell holds a date, a truth value, an error, or a number that is no id, where a text is expected |
//! | `not-utf8` | a cell is in another encoding |
//! | `unknown-name`, `ambiguous-name` | nobody has the name, or several have it |
//! | `row-length` | a row has more or fewer values than there are columns |
//! | `unclosed-quote` | a quote is not closed, so the rest of the file cannot be told apart |
//!
//! `input-date`, `input-id`, `row-kind`, `too-large`, `end-before-start` and `unknown-assignment` are said as
//! the rules say them.
//!
//! No value of a row but its days is ever in an error, a report, a result file or a log.

mod cell;
mod column;
mod csv_rows;
mod error;
mod file;
mod names;
mod options;
mod report;
mod result_file;
mod row;
mod template;
mod told;
mod upload;
mod workbook;

pub use column::{Column, EndBy, ProgramBy, StaffBy};
pub use error::{BatchError, FileKind, FileProblem};
pub use file::BatchFile;
pub use options::{Mode, Options};
pub use report::{BatchReport, Fate, FileVerdict, RowCounts, RowProblem, SkippedRow};
pub use result_file::ResultFile;
pub use row::{INSTRUCTION_MARK, SAMPLE_MARK, end_of_last_day, last_day_of_end};
pub use template::Template;
pub use upload::TellRow;

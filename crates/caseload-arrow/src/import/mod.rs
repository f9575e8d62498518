//! Import of tables with their history: the way from another system's tables into an agency.
//!
//! | table | columns |
//! | --- | --- |
//! | programs | `id`, `name?`, `policy?`: one JSON object with the keys of the contract |
//! | staff | `id`, `name?`, `rights?`: lists of words, or a text with words between commas or spaces |
//! | enrollments | `id?`, `participant`, `program`, `start`, `end?` |
//! | assignments | `id?`, `staff`, `participant`, `program`, `start`, `end?`, `role?` |
//!
//! **Every row gets a verdict** and is counted in one place: accepted, already there, or refused. Rows
//! are numbered from 1. A refused row has every violation of the first phase that it breaks, as any
//! command. What cannot be read of a row (a null where something must be, a text that is no day) is
//! told with the codes of the input phase.
//!
//! **No rule is skipped.** Programs are defined, staff registered, enrollments mirrored and
//! assignments recorded in batches, by the actor and on the day of the context. The policy of a
//! program decides what of its history it takes: by default a batch may not enter an assignment that is
//! over (`batch_history`), and starts are entered in order (`entry_order`). A program that is defined
//! for a migration says `{"batch_history":"allow","entry_order":"any"}`, and may be revised afterwards.
//!
//! **Nothing that is stored is changed.** A row whose id is there is compared: a column that the table
//! lacks and a null say nothing. The same, or the same and ended since, is *already there*, whatever
//! became of it; anything else is refused as `id-taken`. So the same tables can be taken in again,
//! also after the import was stopped halfway, and what is there is passed over without an entry. Enrollments and
//! assignments without an id are given one, and are already there when one that counts has the
//! same days, role and people.
//!
//! **Cells.** Ids are text (Utf8, LargeUtf8, Utf8View), integers (57 is the id `57`), or dictionaries
//! of either (categoricals, enums). Days are Date32, Date64 of whole days, or text as `YYYY-MM-DD`; an
//! instant is no day, so a column of timestamps is refused, whatever it holds. A column of the type Null is all
//! nulls. Everything else is an error that names table, column, what was found and what is
//! expected, before anything is stored.
//!
//! **Memory.** Programs, staff and enrollments are read batch by batch; at most 100,000 enrollments
//! wait for others of their program. Assignments are judged by start, for which all of them are kept as the
//! columns that were given, and 40 bytes for each; [`RowOrder::AsGiven`] reads them batch by batch. A
//! review takes the memory of the agency's folded state a second time, and of what it enters.
//!
//! **A review tells what would be.** It imports into a [rehearsal](caseload::Agency::rehearsal) of the
//! agency, so assignments find the enrollments of the same import. All or nothing is such a
//! review, and then the same again for good. It is more than one entry, so a process that dies leaves
//! what it has stored; run again, the import goes on from there.
//!
//! **Progress** is told, and can be cancelled, between commands. Of what is streamed it is not
//! known how much there is: the total is what was read so far.
//!
//! No cell of a row but its days is in the text of an error or a refusal. The parameters of a
//! violation have ids, as those of any command.

mod assignments;
mod columns;
mod enrollments;
mod error;
mod input_table;
mod people;
mod rows;
mod run;
mod table_import;
mod tables;

pub use error::{ColumnFault, ColumnProblem, ImportError};
pub use input_table::InputTable;
pub use table_import::{RefusedRow, Stored, TableCounts, TableImport};
pub use tables::{Mode, RowOrder, Tables};

//! The test suite that every caseload store must pass, and a kit for embedders' own tests.
//!
//! A store is tested by two small impls, [`Stores`] and [`Store`], and one line that makes a test of
//! each case:
//!
//! ```
//! mod conformance {
//!     caseload_conformance::caseload_conformance!(caseload_conformance::MemoryStores);
//! }
//! ```
//!
//! The rules are numbered in `docs/storage.md` of the `caseload` crate. There are no optional
//! ones: a store that passes gives the same answers as any other. The cases write to the stores they
//! are given and may be run one by one, see [`CASES`]. [`faulty`] has stores that are broken on
//! purpose, to show that each kind of fault is caught.
//!
//! A new version may add cases to the suite; a store that fails one was broken before.

pub mod auditor;
pub mod cases;
pub mod entries;
pub mod faulty;
pub mod generate;
pub mod scenario;

mod failure;
mod kit;
mod reports;
mod stores;

pub use cases::{CASES, Case};
pub use entries::Story;
pub use failure::{Failure, Outcome, Rule};
pub use kit::fixed_clock;
pub use reports::ReportQuestions;
pub use stores::{Backup, MemoryStores, Store, Stores, Trouble};

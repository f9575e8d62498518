//! Every table, read back cell by cell, is what the type of `caseload` says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod batches;
mod caseloads;
mod corrected;
mod lines;
mod measures;
mod parquet;
mod people;
mod read;
mod seen;
mod told;

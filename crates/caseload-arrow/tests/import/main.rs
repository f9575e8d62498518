//! Tables with history taken in: every row in one place, and nothing that a rule would refuse.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod again;
mod cancelled;
mod cells;
mod chunks;
mod columns;
mod given;
mod modes;
mod order;
mod random;
mod refused;
mod rehearsal;
mod told;

//! What every parser and decoder promises about bytes it never asked for.
//!
//! A check takes any bytes, and panics where a promise is broken: `fuzz_targets/` hands them what
//! libfuzzer finds, `tests/corpora.rs` the seeds in `corpus/` and thousands of mutations of them.

mod batch_file;
mod checkpoint;
mod entry;
mod hmis;
mod hostile;
mod lines;
mod stored;
mod text;

pub use batch_file::batch_file;
pub use checkpoint::{checkpoint, resealed_checkpoint};
pub use entry::entry;
pub use hmis::hmis;
pub use hostile::hostile_log;
pub use lines::{jsonl, policy};
pub use stored::{body, head, private_items};
pub use text::{day, ids};

/// One parser or decoder under test.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The name of its target and of its corpus.
    pub name: &'static str,
    /// Panics where a promise is broken.
    pub run: fn(&[u8]),
}

/// Every one, from the smallest to the largest.
pub const CHECKS: [Check; 13] = [
    Check { name: "day", run: day },
    Check { name: "ids", run: ids },
    Check { name: "head", run: head },
    Check { name: "private_items", run: private_items },
    Check { name: "body", run: body },
    Check { name: "policy", run: policy },
    Check { name: "jsonl", run: jsonl },
    Check { name: "entry", run: entry },
    Check { name: "hostile_log", run: hostile_log },
    Check { name: "checkpoint", run: checkpoint },
    Check { name: "resealed_checkpoint", run: resealed_checkpoint },
    Check { name: "hmis", run: hmis },
    Check { name: "batch_file", run: batch_file },
];

//! Measures caseload beside a hand-written peer in the same run, and prints a table of ratios.
//!
//! `cargo run --release -p caseload-benches` measures everything; `README.md` says what and how.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![expect(clippy::print_stderr, reason = "a long run says where it is")]

mod backdated;
mod folding;
mod generate;
mod growth;
mod loaded;
mod measure;
mod options;
mod ours;
mod peer;
mod peers;
mod questions;
mod report;
mod reports;
mod writes;

use options::{Options, Section};
use report::Report;

/// Whatever stops a run.
type Failure = Box<dyn std::error::Error>;
type Result<T> = std::result::Result<T, Failure>;

fn main() -> Result<()> {
    let Some(options) = Options::parse(std::env::args().skip(1))? else {
        println!("{}", options::HELP);
        return Ok(());
    };
    let mut report = Report::default();
    for section in &options.sections {
        progress(&format!("{section:?} ..."));
        match section {
            Section::Writes => writes::run(&options, &mut report)?,
            Section::Growth => growth::run(&options, &mut report)?,
            Section::Questions => questions::run(&options, &mut report)?,
            Section::Reports => reports::run(&options, &mut report)?,
            Section::Peers => peers::run(&options, &mut report)?,
            Section::Folding => folding::run(&options, &mut report)?,
        }
    }
    println!("{}", report.table());
    if options.write {
        report.write_into(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"), &options)?;
    }
    Ok(())
}

fn progress(text: &str) {
    eprintln!("{text}");
}

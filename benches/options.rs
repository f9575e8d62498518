//! What to measure, and how much of it.

use crate::Result;

pub(crate) const HELP: &str = "\
cargo run --release -p caseload-benches -- [SECTION ...] [OPTION ...]

Sections (all of them if none is named):
  writes      batches, bulk import and single rows, beside the peer
  growth      what one validated write costs as timelines and agencies grow
  questions   caseloads and caseworkers, beside the peer; earlier knowledge
  reports     everybody's caseload as of a day and over a range, beside the peer
  peers       reports and questions beside DuckDB, Polars, pandas, numpy, SQLite and PostgreSQL
  folding     folding a log, opening from it, memory

Options:
  --lines N   assignment lines of the agency (1,000,000 if unsaid)
  --full      10,000,000 lines
  --quick     50,000 lines, and fewer runs
  --runs N    runs of each measurement (7 if unsaid)
  --write     write the table into benches/README.md";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Writes,
    Growth,
    Questions,
    Reports,
    Peers,
    Folding,
}

impl Section {
    const ALL: [Section; 6] = [
        Section::Writes,
        Section::Growth,
        Section::Questions,
        Section::Reports,
        Section::Peers,
        Section::Folding,
    ];
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) sections: Vec<Section>,
    pub(crate) lines: usize,
    pub(crate) runs: usize,
    pub(crate) write: bool,
}

impl Options {
    /// `None` when help is asked for.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Option<Options>> {
        let mut options = Options { sections: Vec::new(), lines: 1_000_000, runs: 7, write: false };
        let mut words = words;
        while let Some(word) = words.next() {
            match word.as_str() {
                "writes" => options.sections.push(Section::Writes),
                "growth" => options.sections.push(Section::Growth),
                "questions" => options.sections.push(Section::Questions),
                "reports" => options.sections.push(Section::Reports),
                "peers" => options.sections.push(Section::Peers),
                "folding" => options.sections.push(Section::Folding),
                "all" => options.sections.extend(Section::ALL),
                "--lines" => options.lines = number(words.next())?,
                "--runs" => options.runs = number(words.next())?,
                "--full" => options.lines = 10_000_000,
                "--quick" => (options.lines, options.runs) = (50_000, 3),
                "--write" => options.write = true,
                _ => return Ok(None),
            }
        }
        if options.sections.is_empty() {
            options.sections.extend(Section::ALL);
        }
        Ok(Some(options))
    }
}

fn number(word: Option<String>) -> Result<usize> {
    let word = word.ok_or("a number is missing")?;
    let number: usize = word.replace([',', '_'], "").parse()?;
    if number == 0 { Err("a number must not be 0".into()) } else { Ok(number) }
}

//! Reads one JSON command or question a line and prints one answer a line (rules.md, section 8).
//!
//! `cargo run --release --example replay -- --store memory < commands.jsonl`
//! `cargo run --release --example replay -- --store sqlite:agency.db < commands.jsonl`
//!
//! A file is made if it is not there, and gone on with if it is.

use std::{
    io::{self, BufRead, BufWriter, Write},
    process::ExitCode,
};

use caseload::{Agency, MemoryLog, jsonl::Replay};
use caseload_sqlite::SqliteLog;

const USAGE: &str = "usage: replay [--store memory | --store sqlite:FILE] < lines.jsonl\n";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "replay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut replay = Replay::new(open()?);
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().split(b'\n') {
        // A line that is no text is answered as unreadable, like any other.
        let line = line?;
        if let Some(answer) = replay.line(&String::from_utf8_lossy(&line)) {
            writeln!(out, "{answer}")?;
            out.flush()?;
        }
    }
    Ok(())
}

fn open() -> Result<Agency, Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let store = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => "memory".to_owned(),
        ["--store", store] => (*store).to_owned(),
        _ => return Err(USAGE.into()),
    };
    match store.split_once(':') {
        None if store == "memory" => Ok(Agency::open(MemoryLog::new())?),
        Some(("sqlite", file)) if !file.is_empty() => {
            Ok(Agency::open(SqliteLog::open(file, "replay")?)?)
        }
        _ => Err(format!("no store is called {store}\n{USAGE}").into()),
    }
}

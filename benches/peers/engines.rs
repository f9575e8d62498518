//! The peers that are asked through Python, one process each, one after the other.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use serde::Deserialize;

use super::venv::{SCRIPTS, python};
use crate::{Result, measure::Sample, report::Report};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Duckdb,
    Polars,
    Pandas,
    Numpy,
    Sqlite,
    Postgres,
}

impl Engine {
    const ALL: [Engine; 6] = [
        Engine::Numpy,
        Engine::Polars,
        Engine::Pandas,
        Engine::Duckdb,
        Engine::Sqlite,
        Engine::Postgres,
    ];

    /// In small letters it is the name of the file in Python, too.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Engine::Duckdb => "DuckDB",
            Engine::Polars => "Polars",
            Engine::Pandas => "pandas",
            Engine::Numpy => "numpy",
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        }
    }
}

/// What an engine answered to a question.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) engine: Engine,
    pub(super) question: String,
    pub(super) samples: Vec<Sample>,
    pub(super) checksum: u64,
}

/// Asks every engine that can be had; the table names those that cannot.
pub(super) fn ask_each(folder: &Path, report: &mut Report) -> Result<Vec<Answer>> {
    let mut answers = Vec::new();
    let python = python();
    for engine in Engine::ALL {
        let asked = match &python {
            Ok(python) => ask(engine, python, folder),
            Err(reason) => Err(reason.to_string().into()),
        };
        match asked {
            Ok(more) => answers.extend(more),
            Err(reason) => report.not_run(engine.name(), &reason.to_string()),
        }
    }
    Ok(answers)
}

fn ask(engine: Engine, python: &Path, folder: &Path) -> Result<Vec<Answer>> {
    let told = folder.join("answers.jsonl");
    let mut child = Command::new(python)
        // No compiled files among the sources.
        .arg("-B")
        .arg(Path::new(SCRIPTS).join("run.py"))
        .arg(engine.name().to_lowercase())
        .arg(folder)
        .stdout(File::create(&told)?)
        .stderr(Stdio::piped())
        .spawn()?;
    let mut last = String::new();
    for line in BufReader::new(child.stderr.take().ok_or("nothing to read from")?).lines() {
        last = line?;
        crate::progress(&last);
    }
    if !child.wait()?.success() {
        return Err(last.into());
    }
    BufReader::new(File::open(&told)?).lines().map(|line| Answer::read(engine, &line?)).collect()
}

/// A line that `peers/run.py` prints: seconds of every run, by the clock and of processor time.
#[derive(Deserialize)]
struct Told {
    question: String,
    wall: Vec<f64>,
    cpu: Vec<f64>,
    checksum: u64,
}

impl Answer {
    fn read(engine: Engine, line: &str) -> Result<Answer> {
        let Told { question, wall, cpu, checksum } = serde_json::from_str(line)?;
        let samples = wall.into_iter().zip(cpu).map(|(wall, cpu)| Sample { wall, cpu }).collect();
        Ok(Answer { engine, question, samples, checksum })
    }
}

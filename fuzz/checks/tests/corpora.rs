//! Every check over its corpus and some thousand mutations of it, without libfuzzer.
//!
//! `CASELOAD_FUZZ_TRIES` asks for so many mutations of each.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod mutate;

use std::{
    any::Any,
    collections::BTreeSet,
    fs, panic,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use caseload_fuzz_checks::{CHECKS, Check};
use mutate::Mutator;

/// How long one input may take before it counts as endless.
const PATIENCE: Duration = Duration::from_secs(60);

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The seeds of a check, in the order of their names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let mut folders = vec![folder(&format!("../corpus/{name}"))];
    if name == "jsonl" {
        folders.push(folder("../../tests/scenarios"));
    }
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// What a check did with the inputs it was given.
#[derive(Debug)]
enum Found {
    Nothing,
    Panic { input: Vec<u8>, text: String },
    Endless { input: Vec<u8> },
}

/// Hands the seeds of a corpus to a check, then mutations of them, and stops at the first that breaks it.
fn hunt(run: fn(&[u8]), corpus_name: &str, tries: usize, patience: Duration) -> Found {
    let seeds = corpus(corpus_name);
    assert!(!seeds.is_empty(), "`{corpus_name}` has no seed");
    let mut mutator = Mutator::new(corpus_name, &seeds);
    let (inputs, given) = mpsc::channel::<Vec<u8>>();
    let (answers, answered) = mpsc::channel();
    // A thread of its own: one that never comes back is left behind.
    thread::spawn(move || {
        for input in given {
            let outcome = panic::catch_unwind(|| run(&input)).map_err(|cause| in_words(&*cause));
            if answers.send(outcome).is_err() {
                return;
            }
        }
    });
    let mutations = (0..tries).map(|_| mutator.next_input());
    for input in seeds.iter().cloned().chain(mutations) {
        inputs.send(input.clone()).unwrap();
        match answered.recv_timeout(patience) {
            Ok(Ok(())) => {}
            Ok(Err(text)) => return Found::Panic { input, text },
            Err(_) => return Found::Endless { input },
        }
    }
    Found::Nothing
}

fn in_words(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}

/// Nothing breaks the check; an input that does is written where libfuzzer would put it.
fn holds(name: &str, tries: usize) {
    let check = CHECKS.iter().find(|check| check.name == name).unwrap();
    let asked = std::env::var("CASELOAD_FUZZ_TRIES").ok().and_then(|text| text.parse().ok());
    let (input, what) = match hunt(check.run, name, asked.unwrap_or(tries), PATIENCE) {
        Found::Nothing => return,
        Found::Panic { input, text } => (input, text),
        Found::Endless { input } => (input, format!("no answer within {PATIENCE:?}")),
    };
    let artifacts = folder(&format!("../artifacts/{name}"));
    fs::create_dir_all(&artifacts).unwrap();
    fs::write(artifacts.join("found"), &input).unwrap();
    panic!("{name}: {what}\ninput, also in fuzz/artifacts/{name}/found: {}", input.escape_ascii());
}

macro_rules! corpora {
    ($($name:ident $tries:literal)*) => {
        $(
            #[test]
            fn $name() {
                holds(stringify!($name), $tries);
            }
        )*

        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

corpora! {
    day 20_000
    ids 20_000
    head 20_000
    private_items 20_000
    body 10_000
    policy 1_000
    jsonl 300
    entry 1_000
    hostile_log 3_000
    checkpoint 1_000
    resealed_checkpoint 2_000
    hmis 100
    batch_file 500
}

/// A check without a test, a target or a corpus would never be run.
#[test]
fn every_check_is_tested_here_and_by_libfuzzer() {
    let checks: BTreeSet<String> = CHECKS.iter().map(|check| check.name.to_owned()).collect();
    assert_eq!(TESTED.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>(), checks);
    let names_in = |path: &str| -> BTreeSet<String> {
        let files = fs::read_dir(folder(path)).unwrap();
        let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        files.map(|file| stem(file.unwrap().path())).collect()
    };
    assert_eq!(names_in("../fuzz_targets"), checks);
    assert_eq!(names_in("../corpus"), checks);
    let manifest = fs::read_to_string(folder("../Cargo.toml")).unwrap();
    for Check { name, .. } in CHECKS {
        let target = fs::read_to_string(folder(&format!("../fuzz_targets/{name}.rs"))).unwrap();
        assert!(target.contains(&format!("caseload_fuzz_checks::{name}(")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

/// A parser of days as one writes it in a hurry: it cuts the text without asking how long it is.
fn careless_day(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.len() >= 10 {
        let _ = (text[..4].parse::<i32>(), text[5..7].parse::<u32>(), text[8..].parse::<u32>());
    }
}

/// A reader of packed items that believes their length.
fn trusting_items(bytes: &[u8]) {
    let mut rest = bytes;
    while let [1, after @ ..] = rest {
        let Some((len, text)) = after.get(16..).and_then(|rest| rest.split_first_chunk::<4>())
        else {
            return;
        };
        rest = &text[usize::try_from(u32::from_le_bytes(*len)).unwrap()..];
    }
}

/// A reader that goes on at the next colon, and so never past a second one.
fn endless_head(bytes: &[u8]) {
    while bytes.iter().filter(|byte| **byte == b':').count() > 1 {
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn parsers_that_are_broken_are_caught() {
    let caught = hunt(careless_day, "day", 20_000, PATIENCE);
    assert!(
        matches!(&caught, Found::Panic { text, .. } if text.contains("boundary")),
        "{caught:?}"
    );
    let caught = hunt(trusting_items, "private_items", 20_000, PATIENCE);
    assert!(matches!(&caught, Found::Panic { text, .. } if text.contains("range")), "{caught:?}");
    let caught = hunt(endless_head, "head", 20_000, Duration::from_millis(300));
    assert!(matches!(caught, Found::Endless { .. }), "{caught:?}");
}

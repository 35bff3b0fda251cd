//! Every target with every input that fuzzing kept: what was found once stays right.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fuzz::TARGETS;

/// Much longer than any input takes in an unoptimised build on a busy machine, much shorter than for ever.
const LONGEST: Duration = Duration::from_secs(60);

fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(kind).join(target)
}

fn inputs(kind: &str, target: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder(kind, target)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn replay(name: &str) {
    let target = fuzz::target(name).unwrap();
    let corpus = inputs("corpus", name);
    assert!(!corpus.is_empty(), "{name} has no corpus");
    let mut failed = Vec::new();
    for file in corpus.into_iter().chain(inputs("findings", name)) {
        let input = fs::read(&file).unwrap();
        let started = Instant::now();
        if catch_unwind(|| (target.run)(&input)).is_err() || started.elapsed() > LONGEST {
            failed.push(format!("{} ({:?})", file.display(), started.elapsed()));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn answers() {
    replay("answers");
}

#[test]
fn composition() {
    replay("composition");
}

#[test]
fn planning() {
    replay("planning");
}

#[test]
fn requests() {
    replay("requests");
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let names: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let corpora = fs::read_dir(folder("corpus", "")).unwrap();
    let corpora: BTreeSet<String> =
        corpora.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, corpora);
    for kind in ["corpus", "findings"] {
        let inputs = names.iter().flat_map(|name| inputs(kind, name));
        assert!(inputs.map(|file| fs::metadata(file).unwrap().len()).sum::<u64>() < 2 * 1024 * 1024);
    }
}

//! The gateway against one server: see README.md.
#![allow(clippy::panic, clippy::expect_used, clippy::print_stderr, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use differential::{Arena, Case, Hunt, Outcome, Tally, shrink};

/// The first graph's seed.
const SEED: u64 = 1;
/// Graphs of each of the parts that run side by side.
const GRAPHS: u64 = 130;
/// Operations on each graph.
const OPERATIONS: usize = 50;

/// The files of `regressions/`.
fn regressions() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let entries = fs::read_dir(folder).expect("the folder of regressions");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

/// With `DIFFERENTIAL_CASE` a file that is not among them is replayed alone.
#[tokio::test]
async fn regressions_stay_mended() {
    let files = std::env::var_os("DIFFERENTIAL_CASE").map_or_else(regressions, |file| vec![file.into()]);
    let mut wrong = Vec::new();
    for file in &files {
        let case = Case::read(file).unwrap_or_else(|error| panic!("{error}"));
        let arena = Arena::new(&case.graph).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        match arena.compare(&case.operation).await {
            Outcome::Equal { .. } => {}
            outcome => wrong.push(format!("{}: {outcome:#?}", file.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!files.is_empty(), "no regressions");
}

async fn answers_are_equal(part: u64) {
    let first = SEED + part * GRAPHS;
    eprintln!("seeds {first} to {}, {OPERATIONS} operations each", first + GRAPHS - 1);
    let mut tally = Tally::default();
    for seed in first..first + GRAPHS {
        let (hunt, found) = Hunt::run(seed, OPERATIONS).await;
        tally += hunt.tally;
        if let Some((case, finding)) = found {
            let (case, finding) = shrink(case, finding).await;
            panic!(
                "seed {seed}: {:?}\n{}\n---\n{}---\nafter {tally}",
                finding.kind,
                finding.message,
                case.to_file()
            );
        }
        if let Some(refusal) = hunt.refusal {
            panic!("seed {seed} is refused: {refusal}");
        }
    }
    eprintln!("{tally}");
    let enough = usize::try_from(GRAPHS).map_or(0, |graphs| graphs * OPERATIONS * 2 / 3);
    assert!(tally.operations >= enough, "only {tally}");
    assert!(tally.with_errors * 20 > tally.operations, "hardly any errors: {tally}");
}

#[tokio::test]
async fn answers_are_equal_in_the_first_part() {
    answers_are_equal(0).await;
}

#[tokio::test]
async fn answers_are_equal_in_the_second_part() {
    answers_are_equal(1).await;
}

#[tokio::test]
async fn answers_are_equal_in_the_third_part() {
    answers_are_equal(2).await;
}

#[tokio::test]
async fn answers_are_equal_in_the_fourth_part() {
    answers_are_equal(3).await;
}

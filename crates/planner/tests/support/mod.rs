//! A small world to prove plans in: subgraphs over one deterministic universe, a strict executor, a plan runner.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part of it")]

pub mod execute;
pub mod generate;
pub mod runner;
pub mod subgraphs;
pub mod universe;

use std::fs;
use std::path::{Path, PathBuf};

use planner::Supergraph;

use self::subgraphs::World;

/// The folder of the data files.
pub fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// The folder of the conformance groups, which have a supergraph each.
pub fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance")
}

/// What is in a folder, sorted.
pub fn sorted(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The folders with a supergraph each.
pub fn folders() -> Vec<PathBuf> {
    sorted(&cases()).into_iter().filter(|path| path.is_dir()).collect()
}

/// The text of a folder's supergraph; one written by hand gets the join definitions from a file of their own.
pub fn supergraph_text(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("supergraph.graphql")).unwrap();
    if text.contains("directive @join__type") {
        return text;
    }
    let prelude = fs::read_to_string(cases().join("prelude.graphql")).unwrap();
    format!("{prelude}{text}")
}

/// A folder's supergraph, as the planner reads it and as the test world does.
pub fn load(folder: &Path) -> (Supergraph, World) {
    let text = supergraph_text(folder);
    let supergraph = Supergraph::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let world = World::new(&text, supergraph.api_schema().clone());
    (supergraph, world)
}

//! Plans as people read them: each case is a supergraph and an operation, and the snapshot of its plan.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test should say where")]

use std::fs;
use std::path::{Path, PathBuf};

use apollo_compiler::ExecutableDocument;
use planner::{Options, Supergraph, plan};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

fn sorted(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn plans_read_as_recorded() {
    let prelude = fs::read_to_string(cases().join("prelude.graphql")).unwrap();
    for folder in sorted(&cases()).into_iter().filter(|path| path.is_dir()) {
        let text = fs::read_to_string(folder.join("supergraph.graphql")).unwrap();
        let supergraph = Supergraph::parse(&format!("{prelude}{text}")).unwrap();
        for file in sorted(&folder.join("queries")) {
            let name = format!("{}__{}", folder.file_name().unwrap().display(), file.file_stem().unwrap().display());
            let query = fs::read_to_string(&file).unwrap();
            let document =
                ExecutableDocument::parse_and_validate(supergraph.api_schema(), &query, &file).unwrap();
            let text = match plan(&supergraph, &document, None, &Options::default()) {
                Ok(plan) => plan.to_text(),
                Err(error) => format!("{}: {error}\n", error.code()),
            };
            insta::with_settings!({ omit_expression => true, description => query }, {
                insta::assert_snapshot!(name, text);
            });
        }
    }
}

//! Plans as people read them: each case is a supergraph and an operation, and the snapshot of its plan.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test should say where"
)]

mod support;

use std::fs;

use apollo_compiler::ExecutableDocument;
use planner::{Options, plan};

use support::{folders, load, sorted};

#[test]
fn plans_read_as_recorded() {
    for folder in folders() {
        let (supergraph, _) = load(&folder);
        for file in sorted(&folder.join("queries")) {
            let name =
                format!("{}__{}", folder.file_name().unwrap().display(), file.file_stem().unwrap().display());
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

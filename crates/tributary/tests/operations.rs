//! The recorded operations of `schema/operations/` are what `tributary check` measures a change by: each must be one that the
//! gateway answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use apollo_compiler::ExecutableDocument;
use planner::{Options, Supergraph, plan};

#[test]
fn each_recorded_operation_is_valid_and_planned() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    let supergraph =
        Supergraph::parse(&fs::read_to_string(schema.join("supergraph.graphql")).unwrap()).unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(schema.join("operations")).unwrap() {
        let file = entry.unwrap().path();
        let text = fs::read_to_string(&file).unwrap();
        let document = ExecutableDocument::parse_and_validate(supergraph.api_schema(), text, &file)
            .unwrap_or_else(|invalid| panic!("{}", invalid.errors));
        for operation in document.operations.iter() {
            let name = operation.name.as_ref().unwrap_or_else(|| panic!("{}: a name", file.display()));
            let plan = plan(&supergraph, &document, Some(name), &Options::default())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!plan.fetches.is_empty(), "{name} asks no subgraph");
            names.push(name.to_string());
        }
    }
    names.sort();
    assert_eq!(names, ["InviteUser", "LatestOrders", "Members", "OrderDetail", "PayInvoice"]);
}

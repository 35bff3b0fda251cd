//! Reading supergraphs: the API schema, the graph's text, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed test should say where"
)]

mod support;

use apollo_compiler::ExecutableDocument;
use planner::{Options, Supergraph, fetches_text, tree_text};
use support::{cases, load, supergraph_text};

#[test]
fn clients_see_neither_machinery_nor_inaccessible_parts() {
    let (supergraph, _) = load(&cases().join("overrides"));
    insta::assert_snapshot!(supergraph.api_schema().to_string());
}

#[test]
fn descriptions_and_scalars_stay() {
    let (supergraph, _) = load(&cases().join("platform"));
    let text = supergraph.api_schema().to_string();
    for kept in [
        "\"Someone or something that can be invoiced\"",
        "scalar Currency @specifiedBy(url: \"https://www.iso.org/iso-4217-currency-codes.html\")",
    ] {
        assert!(text.contains(kept), "{kept} is missing in\n{text}");
    }
    assert!(!text.contains("join__"), "{text}");
    let names: Vec<&str> = supergraph.subgraphs().iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["billing", "orders", "users"]);
    assert_eq!(supergraph.subgraphs()[0].url, "http://billing");
}

#[test]
fn the_graph_has_a_text() {
    let (supergraph, _) = load(&cases().join("interface_objects"));
    insta::assert_snapshot!(supergraph.graph_text());
}

#[test]
fn the_stages_have_texts() {
    let (supergraph, _) = load(&cases().join("platform"));
    let query = "query($x: Boolean!) { me { email orders { nodes { invoice { billedTo { id displayName } } total @skip(if: $x) { amount } } } } }";
    let document = ExecutableDocument::parse_and_validate(supergraph.api_schema(), query, "query").unwrap();
    insta::assert_snapshot!("tree", tree_text(&supergraph, &document, None, &Options::default()).unwrap());
    insta::assert_snapshot!(
        "fetches",
        fetches_text(&supergraph, &document, None, &Options::default()).unwrap()
    );
}

#[test]
fn what_is_no_supergraph_is_refused() {
    let text = supergraph_text(&cases().join("circles"));
    for (sdl, why) in [
        (
            "type Query { a: Int }".to_owned(),
            "the supergraph does not follow the join specification: it has no enum join__Graph",
        ),
        ("type Query {".to_owned(), "the supergraph is not a valid schema: "),
        (
            text.replace("graph: C, key: \"id\"", "graph: NOWHERE, key: \"id\""),
            "the supergraph does not follow the join specification: @join__type names an unknown graph NOWHERE",
        ),
        (
            text.replace("requires: \"b1\"", "requires: \"b1 {\""),
            "the supergraph does not follow the join specification: field set \"b1 {\": ",
        ),
    ] {
        let error = Supergraph::parse(&sdl).unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }
}

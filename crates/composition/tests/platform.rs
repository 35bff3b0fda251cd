//! The three subgraphs of the platform compose to the supergraph that stands in schema/.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

use composition::{Subgraph, compose};

fn platform() -> Vec<Subgraph> {
    [
        ("users", 4001, include_str!("../../../schema/users.graphql")),
        ("orders", 4002, include_str!("../../../schema/orders.graphql")),
        ("billing", 4003, include_str!("../../../schema/billing.graphql")),
    ]
    .into_iter()
    .map(|(name, port, sdl)| Subgraph {
        name: name.to_owned(),
        url: format!("http://127.0.0.1:{port}/graphql"),
        sdl: sdl.to_owned(),
    })
    .collect()
}

#[test]
fn the_platform_composes() {
    let composed = compose(&platform()).unwrap();
    assert_eq!(composed.supergraph_sdl, include_str!("../../../schema/supergraph.graphql"));
    let hints: Vec<String> = composed.hints.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("hints", hints.join("\n"));
}

#[test]
fn composing_is_deterministic_and_ignores_the_order_of_subgraphs() {
    let mut subgraphs = platform();
    let first = compose(&subgraphs).unwrap();
    subgraphs.rotate_left(1);
    assert_eq!(compose(&subgraphs).unwrap(), first);
    subgraphs.swap(0, 1);
    assert_eq!(compose(&subgraphs).unwrap(), first);
}

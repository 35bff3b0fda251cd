//! The three subgraphs of the platform compose; the whole supergraph is kept as a snapshot.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

use composition::{Subgraph, compose};

fn platform() -> Vec<Subgraph> {
    [
        ("users", include_str!("platform/users.graphql")),
        ("orders", include_str!("platform/orders.graphql")),
        ("billing", include_str!("platform/billing.graphql")),
    ]
    .into_iter()
    .map(|(name, sdl)| Subgraph {
        name: name.to_owned(),
        url: format!("http://127.0.0.1/{name}"),
        sdl: sdl.to_owned(),
    })
    .collect()
}

#[test]
fn the_platform_composes() {
    let composed = compose(&platform()).unwrap();
    insta::assert_snapshot!("supergraph", composed.supergraph_sdl);
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

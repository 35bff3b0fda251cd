//! Composition never panics, whatever the SDL, and what it makes can always be read again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use apollo_compiler::Schema;
use composition::{ErrorCode, Subgraph, compose};
use proptest::prelude::*;

const SEEDS: [&str; 5] = [
    include_str!("../../../schema/users.graphql"),
    include_str!("../../../schema/orders.graphql"),
    include_str!("../../../schema/billing.graphql"),
    r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject", "@override", "@inaccessible", "@tag", "@requiresScopes", "@listSize", "@composeDirective"])
       interface Media @key(fields: "id") { id: ID! title: String @inaccessible }
       type Book implements Media @key(fields: "id") { id: ID! title: String @tag(name: "t") @override(from: "s0", label: "x") }
       type Party @interfaceObject @key(fields: "id") { id: ID! rating: Int @requiresScopes(scopes: [["a"]]) }
       enum Color { RED @inaccessible GREEN @deprecated(reason: "no") }
       input Brush { color: Color = GREEN, sizes: [Int!]! = [1, 2] }
       type Query { media(brush: Brush): [Media] @listSize(assumedSize: 3) color: Color }"#,
    "extend type User @key(fields: \"id\") { id: ID! @external displayName: String @external hello: String @requires(fields: \"displayName\") }
     type Money { amount: Int } extend type Query { money: Money me: User @provides(fields: \"displayName\") }",
];

const TOKENS: [&str; 40] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "!",
    ":",
    "=",
    "|",
    "&",
    "@",
    "\"",
    "\"\"\"",
    "type",
    "extend",
    "interface",
    "union",
    "enum",
    "input",
    "scalar",
    "schema",
    "directive",
    "implements",
    "Query",
    "User",
    "Order",
    "Product",
    "Party",
    "Money",
    "id",
    "ID",
    "@key(fields: \"id\")",
    "@key(fields: \"organization { id }\", resolvable: false)",
    "@external",
    "@shareable",
    "@requires(fields: \"id total { amount }\")",
    "@provides(fields: \"... on User { id }\")",
    "@interfaceObject",
    "@override(from: \"s1\")",
];

#[derive(Debug, Clone)]
enum Mutation {
    Delete(usize, usize),
    Duplicate(usize, usize),
    Insert(usize, usize),
    Replace(usize, usize),
    Swap(usize, usize),
    Garbage(usize, String),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        (any::<usize>(), 1..20usize).prop_map(|(at, count)| Mutation::Delete(at, count)),
        (any::<usize>(), 1..20usize).prop_map(|(at, count)| Mutation::Duplicate(at, count)),
        (any::<usize>(), any::<usize>()).prop_map(|(at, token)| Mutation::Insert(at, token)),
        (any::<usize>(), any::<usize>()).prop_map(|(at, token)| Mutation::Replace(at, token)),
        (any::<usize>(), any::<usize>()).prop_map(|(one, other)| Mutation::Swap(one, other)),
        (any::<usize>(), ".{0,12}").prop_map(|(at, text)| Mutation::Garbage(at, text)),
    ]
}

/// Names, strings and single signs; white space stays where it is.
fn tokens(sdl: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for c in sdl.chars() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        match tokens.last_mut() {
            Some(last) if word(c) && last.ends_with(word) => last.push(c),
            _ => tokens.push(c.to_string()),
        }
    }
    tokens
}

fn mutate(sdl: &str, mutations: &[Mutation]) -> String {
    let mut tokens = tokens(sdl);
    for mutation in mutations {
        let len = tokens.len().max(1);
        match mutation {
            Mutation::Delete(at, count) => {
                let at = (at % len).min(tokens.len());
                tokens.drain(at..(at + count).min(tokens.len()));
            }
            Mutation::Duplicate(at, count) => {
                let at = (at % len).min(tokens.len());
                let copy: Vec<String> = tokens[at..(at + count).min(tokens.len())].to_vec();
                tokens.splice(at..at, copy);
            }
            Mutation::Insert(at, token) => {
                tokens.insert((at % len).min(tokens.len()), format!(" {} ", TOKENS[token % TOKENS.len()]));
            }
            Mutation::Replace(at, token) => {
                if let Some(old) = tokens.get_mut(at % len) {
                    *old = format!(" {} ", TOKENS[token % TOKENS.len()]);
                }
            }
            Mutation::Swap(one, other) => {
                let (one, other) = (one % len, other % len);
                if one < tokens.len() && other < tokens.len() {
                    tokens.swap(one, other);
                }
            }
            Mutation::Garbage(at, text) => tokens.insert((at % len).min(tokens.len()), text.clone()),
        }
    }
    tokens.concat()
}

fn check(sdls: Vec<String>) {
    let subgraphs: Vec<Subgraph> = sdls
        .into_iter()
        .enumerate()
        .map(|(index, sdl)| Subgraph { name: format!("s{index}"), url: "http://s".to_owned(), sdl })
        .collect();
    match compose(&subgraphs) {
        Ok(composed) => {
            let sdl = &composed.supergraph_sdl;
            if let Err(found) = Schema::parse_and_validate(sdl.as_str(), "supergraph.graphql") {
                panic!("the supergraph is not valid:\n{}\n{sdl}", found.errors);
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty() && errors.iter().all(|error| !error.to_string().is_empty()));
        }
    }
}

proptest! {
    #[test]
    fn mutated_sdl_never_panics(
        mutations in prop::collection::vec(prop::collection::vec(mutation(), 0..4), SEEDS.len()),
        keep in prop::collection::vec(any::<bool>(), SEEDS.len()),
    ) {
        let sdls = SEEDS
            .iter()
            .zip(&mutations)
            .zip(&keep)
            .filter(|(_, keep)| **keep)
            .map(|((seed, mutations), _)| mutate(seed, mutations))
            .collect();
        check(sdls);
    }

    #[test]
    fn arbitrary_text_never_panics(texts in prop::collection::vec(".{0,200}", 1..3)) {
        check(texts);
    }

    #[test]
    fn arbitrary_field_sets_never_panic(fields in "[a-z{}(): .@\"!\\[\\]on]{0,60}") {
        let fields = fields.replace('"', "\\\"");
        check(vec![format!(
            "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\"])
             type T @key(fields: \"{fields}\") {{ a: Int n: T o(n: Int): T }} type Query {{ a: T }}"
        )]);
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep =
        |open: &str, close: &str, count: usize| format!("{}x{}", open.repeat(count), close.repeat(count));
    check(vec![format!("type Query {{ a: {} }}", deep("[", "]", 10_000))]);
    check(vec![format!("type Query {{ a(x: Int = {}): Int }}", deep("[", "]", 10_000))]);
    check(vec![format!("type Query @key(fields: \"{}\") {{ x: Query }}", deep("x {", "}", 10_000))]);
    let subgraph = Subgraph {
        name: "a".to_owned(),
        url: String::new(),
        sdl: format!("type Query @key(fields: \"{}\") {{ x: Query }}", deep("x {", "}", 100)),
    };
    let errors = compose(&[subgraph]).unwrap_err();
    assert!(errors.iter().any(|error| error.code == ErrorCode::KeyInvalidFields), "{errors:?}");
}

/// Ten subgraphs with a hundred entities each, all connected.
fn large() -> Vec<Subgraph> {
    (0..10)
        .map(|graph| {
            let mut sdl = String::from(
                "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\"])\n",
            );
            let _ = writeln!(sdl, "type Query {{ root{graph}: T{graph}_0 }}");
            for index in 0..100 {
                let next = (index + 1) % 100;
                let other = (graph + 1) % 10;
                let _ = writeln!(
                    sdl,
                    "type T{graph}_{index} @key(fields: \"id\") {{ id: ID! name: String next: T{graph}_{next} other: T{other}_{next} }}"
                );
                let _ = writeln!(sdl, "type T{other}_{index} @key(fields: \"id\") {{ id: ID! from{graph}: Int }}");
            }
            Subgraph { name: format!("g{graph}"), url: String::new(), sdl }
        })
        .collect()
}

#[test]
fn a_thousand_types_compose_quickly() {
    let subgraphs = large();
    let start = Instant::now();
    compose(&subgraphs).unwrap();
    // Well under a second when optimised; this guards against a change of magnitude in an unoptimised build on a busy machine.
    assert!(start.elapsed() < Duration::from_secs(30), "took {:?}", start.elapsed());
}

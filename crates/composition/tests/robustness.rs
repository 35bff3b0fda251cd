//! Composition never panics, whatever the SDL, and what it makes can always be read again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use apollo_compiler::Schema;
use composition::{ContractFilter, ErrorCode, Subgraph, compose, contract};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

const V2: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@tag", "@interfaceObject", "@extends", "@composeDirective", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize", "@context", "@fromContext"])"#;

/// The subgraphs of all composition cases, and of the platform.
fn seeds() -> &'static [String] {
    static SEEDS: OnceLock<Vec<String>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let mut seeds: Vec<String> = files("cases")
            .iter()
            .flat_map(|(_, text)| text.split("\n== ").skip(1).map(str::to_owned).collect::<Vec<_>>())
            .filter(|section| !["supergraph", "hints", "errors"].iter().any(|name| section.starts_with(name)))
            .filter_map(|section| Some(section.split_once('\n')?.1.replace("#v2", V2)))
            .collect();
        for platform in [
            include_str!("../../../schema/users.graphql"),
            include_str!("../../../schema/orders.graphql"),
            include_str!("../../../schema/billing.graphql"),
        ] {
            seeds.push(platform.to_owned());
        }
        seeds
    })
}

/// The files of a folder in `tests`, with their names.
fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

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
            if let Err(error) = contract(sdl, &ContractFilter::default()) {
                panic!("there is no API schema: {error}\n{sdl}");
            }
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
    #![proptest_config(ProptestConfig {
        // What failed once is tried first, for ever.
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/regressions/proptest.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn mutated_sdl_never_panics(
        chosen in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(mutation(), 0..4)), 1..4),
    ) {
        let seeds = seeds();
        check(chosen.iter().map(|(index, mutations)| mutate(index.get::<String>(seeds), mutations)).collect());
    }

    #[test]
    fn mutated_supergraphs_never_panic(
        chosen in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(mutation(), 0..4),
        tag in "[a-z]{1,3}",
    ) {
        let sdl = mutate(chosen.get::<String>(seeds()), &mutations);
        let filter = ContractFilter { include: [tag].into(), exclude: ["t".to_owned()].into(), hide_unreachable: true };
        // Whatever comes of it: an error, or a schema that can be read.
        let _ = contract(&sdl, &filter);
        let _ = contract(&sdl, &ContractFilter::default());
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

/// Kept from runs of the tests above and of others: each panicked once, or took for ever, or looks as if it could.
#[test]
fn what_was_wrong_once_stays_right() {
    for (name, text) in files("regressions").into_iter().filter(|(name, _)| name.ends_with(".graphql")) {
        let start = Instant::now();
        check(text.split("# ---\n").map(str::to_owned).collect());
        assert!(start.elapsed() < Duration::from_secs(60), "{name} took {:?}", start.elapsed());
    }
}

/// Types that are all entities in all subgraphs, each by a key through the next: every way to fetch a key needs another key.
#[test]
fn knotted_keys_end_within_the_budget() {
    let subgraphs: Vec<Subgraph> = (0..6)
        .map(|graph| {
            let mut sdl = String::from(
                "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\", \"@shareable\", \"@external\", \"@requires\"])\n",
            );
            let _ = writeln!(sdl, "type Query {{ root{graph}: T{graph} }}");
            for index in 0..8 {
                let next = (index + graph + 1) % 8;
                let _ = writeln!(
                    sdl,
                    "type T{index} @key(fields: \"k{graph}\") @key(fields: \"to{next} {{ k{graph} }}\") {{ k{graph}: ID! @shareable to{next}: T{next} @shareable f{graph}: Int far{graph}: Int @requires(fields: \"f{other}\") f{other}: Int @external }}",
                    other = (graph + 1) % 6
                );
            }
            Subgraph { name: format!("g{graph}"), url: String::new(), sdl }
        })
        .collect();
    let start = Instant::now();
    // Too much to check is an answer, too; a budget bounds it, not the clock.
    let _ = compose(&subgraphs);
    assert!(start.elapsed() < Duration::from_secs(120), "took {:?}", start.elapsed());
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

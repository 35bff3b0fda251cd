//! Any operation over the supergraphs of the conformance cases and of the platform: a plan, or an error that says why not.
//!
//! The first line of the input is `# SUPERGRAPH`, with the labels of `@override` that are active after it; all else is the
//! operation.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use apollo_compiler::parser::Parser;
use planner::{Options, Plan, PlanError, Supergraph, plan};

/// What the gateway lets pass.
const MOST_TOKENS: usize = 15_000;
const DEEPEST: usize = 500;

/// By the names of their folders; the platform's is called `platform`.
static SUPERGRAPHS: LazyLock<HashMap<String, Supergraph>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = vec![("platform".to_owned(), root.join("schema/supergraph.graphql"))];
    for entry in std::fs::read_dir(root.join("tests/conformance")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        // On purpose it promises more than its subgraphs can do.
        if name != "corrupted-supergraph-node-id" {
            files.push((name, entry.path().join("supergraph.graphql")));
        }
    }
    let read = |(name, file)| (name, Supergraph::parse(&std::fs::read_to_string(file).unwrap()).unwrap());
    files.into_iter().map(read).collect()
});

pub(crate) fn run(data: &[u8]) {
    let Some((supergraph, labels, operation)) = std::str::from_utf8(data).ok().and_then(split) else {
        return;
    };
    let options = Options { active_labels: labels, ..Options::default() };
    let mut parser = Parser::new().token_limit(MOST_TOKENS).recursion_limit(DEEPEST);
    let Ok(parsed) = parser.parse_ast(operation, "operation.graphql") else { return };
    let Ok(document) = parsed.to_executable_validate(supergraph.operation_schema()) else { return };
    let names = document.operations.named.keys().map(|name| Some(name.as_str()));
    for name in names.chain([None]) {
        match plan(supergraph, &document, name, &options) {
            Ok(made) => {
                check(&made);
                assert_eq!(
                    plan(supergraph, &document, name, &options),
                    Ok(made),
                    "two plans of one operation"
                );
            }
            Err(error @ PlanError::Unreachable { .. }) => panic!("{error}, and composition promised it"),
            Err(_) => {}
        }
    }
}

fn split(text: &str) -> Option<(&'static Supergraph, BTreeSet<String>, &str)> {
    let (head, operation) = text.strip_prefix('#')?.split_once('\n')?;
    let mut words = head.split_ascii_whitespace();
    let supergraph = SUPERGRAPHS.get(words.next()?)?;
    Some((supergraph, words.map(str::to_owned).collect(), operation))
}

/// What a gateway takes for granted.
fn check(plan: &Plan) {
    for (at, fetch) in plan.fetches.iter().enumerate() {
        assert!(fetch.after.iter().all(|before| before.0 < at), "fetch {at} waits for a later one");
        let parsed = Parser::new().parse_ast(fetch.operation.as_str(), "fetch.graphql");
        assert!(parsed.is_ok(), "fetch {at} is not GraphQL: {}", fetch.operation);
    }
}

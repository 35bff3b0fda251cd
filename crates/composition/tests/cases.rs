//! Composition cases: each file in `tests/cases` holds subgraphs and what comes of them.
//!
//! A file has sections that start with `== name`: one for each subgraph, then `== supergraph` (the types, without the definitions
//! that come with the specifications), `== hints`, or `== errors`. A line `#v2` stands for a `@link` that imports every federation
//! directive. `UPDATE_CASES=1` rewrites the results; read the diff.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use apollo_compiler::Schema;
use composition::{Subgraph, compose};

const V2: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@tag", "@interfaceObject", "@extends", "@composeDirective", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize"])"#;

const RESULTS: [&str; 3] = ["supergraph", "hints", "errors"];

struct Case {
    path: PathBuf,
    intro: String,
    sections: Vec<(String, String)>,
}

impl Case {
    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).expect("a readable case");
        let mut intro = String::new();
        let mut sections: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("== ") {
                sections.push((name.trim().to_owned(), String::new()));
            } else {
                let target = sections.last_mut().map_or(&mut intro, |(_, body)| body);
                target.push_str(line);
                target.push('\n');
            }
        }
        Self { path, intro, sections }
    }

    fn subgraphs(&self) -> Vec<Subgraph> {
        self.sections
            .iter()
            .filter(|(name, _)| !RESULTS.contains(&name.as_str()))
            .map(|(name, sdl)| Subgraph {
                name: name.clone(),
                url: format!("http://{name}"),
                sdl: sdl.replace("#v2", V2),
            })
            .collect()
    }

    fn expected(&self) -> String {
        render(self.sections.iter().filter(|(name, _)| RESULTS.contains(&name.as_str())))
    }

    fn rewrite(&self, actual: &str) {
        let inputs = render(self.sections.iter().filter(|(name, _)| !RESULTS.contains(&name.as_str())));
        std::fs::write(&self.path, format!("{}{inputs}{actual}", self.intro)).expect("a writable case");
    }
}

fn render<'a>(sections: impl Iterator<Item = &'a (String, String)>) -> String {
    let mut text = String::new();
    for (name, body) in sections {
        let _ = write!(text, "== {name}\n{}\n\n", body.trim());
    }
    text
}

/// What composition makes of the case, in the form of the case file.
fn outcome(subgraphs: &[Subgraph]) -> String {
    let mut sections = Vec::new();
    match compose(subgraphs) {
        Ok(composed) => {
            assert_reparses(&composed.supergraph_sdl);
            sections.push(("supergraph".to_owned(), own_types(&composed.supergraph_sdl)));
            if !composed.hints.is_empty() {
                let hints = composed.hints.iter().fold(String::new(), |mut all, hint| {
                    let _ = writeln!(all, "{hint}");
                    all
                });
                sections.push(("hints".to_owned(), hints));
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "a failure says why");
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            sections.push(("errors".to_owned(), errors.join("\n")));
        }
    }
    render(sections.iter())
}

fn assert_reparses(sdl: &str) {
    if let Err(found) = Schema::parse_and_validate(sdl, "supergraph.graphql") {
        panic!("the supergraph is not valid:\n{}\n{sdl}", found.errors);
    }
}

/// The supergraph from the first type of the subgraphs on, and before it the links beyond `link` and `join`.
fn own_types(sdl: &str) -> String {
    let links: String = sdl
        .lines()
        .filter(|line| {
            // What most cases have says nothing.
            line.starts_with("  @link(") && !line.contains("/link/v1.0") && !line.contains("/join/v0.5")
        })
        .fold(String::new(), |mut all, line| {
            let _ = writeln!(all, "#{line}");
            all
        });
    let executable: String = sdl
        .lines()
        .filter(|line| {
            line.starts_with("directive @")
                && ![
                    "join__",
                    "link(",
                    "tag(",
                    "inaccessible ",
                    "authenticated ",
                    "requiresScopes(",
                    "policy(",
                    "cost(",
                    "listSize(",
                ]
                .iter()
                .any(|known| line["directive @".len()..].starts_with(known))
        })
        .fold(String::new(), |mut all, line| {
            let _ = writeln!(all, "{line}");
            all
        });
    let (_, types) = sdl.split_once("enum link__Purpose {").expect("the definitions of link");
    let (_, types) = types.split_once("}\n").expect("the end of link__Purpose");
    format!("{links}{executable}{}", types.trim_start())
}

#[test]
fn every_case_gives_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the cases").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(paths.len() >= 40, "only {} cases were found", paths.len());
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut failures = String::new();
    for path in paths {
        let case = Case::read(path);
        let mut subgraphs = case.subgraphs();
        let actual = outcome(&subgraphs);
        // The order in which subgraphs are given must not matter.
        subgraphs.reverse();
        assert_eq!(
            actual,
            outcome(&subgraphs),
            "{}: the order of the subgraphs matters",
            case.path.display()
        );
        if actual == case.expected() {
            continue;
        }
        if update {
            case.rewrite(&actual);
        } else {
            let _ = writeln!(
                failures,
                "--- {}\nexpected:\n{}\nactual:\n{actual}",
                case.path.display(),
                case.expected()
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

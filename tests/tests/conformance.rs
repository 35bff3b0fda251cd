//! Every group of `tests/conformance`, through the whole gateway: both transports, our own composition and another tool's.
#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use e2e::conformance::{Group, Shape, gateway, serve};
use serde_json::Value;

/// All folders, or those whose name has the text in `CONFORMANCE_GROUP`.
fn folders() -> Vec<PathBuf> {
    let only = std::env::var("CONFORMANCE_GROUP").unwrap_or_default();
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let entries =
        fs::read_dir(all).expect("the folder of groups").map(|entry| entry.expect("a folder").path());
    let mut folders: Vec<PathBuf> =
        entries.filter(|path| path.is_dir() && path.to_string_lossy().contains(&only)).collect();
    folders.sort();
    folders
}

/// Runs a group; what went wrong.
async fn run(folder: &Path) -> (usize, String) {
    let group = Arc::new(Group::read(folder));
    let address = serve(&group).await;
    let mut report = String::new();
    for shape in Shape::ALL {
        let gateway = match gateway(&group, shape, address) {
            Ok(gateway) => gateway,
            Err(error) => {
                let _ = writeln!(report, "\n{} {shape:?}: {error}", group.name);
                continue;
            }
        };
        for case in &group.cases {
            let problems = group.check(&gateway, case).await;
            if !problems.is_empty() {
                let _ =
                    writeln!(report, "\n{} / {} {shape:?}\n{}{problems}", group.name, case.name, case.query);
            }
        }
    }
    (group.cases.len(), report)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_answers_as_recorded() {
    let mut report = String::new();
    let (mut groups, mut cases) = (0, 0);
    let start = |folder: PathBuf| (folder.clone(), tokio::spawn(async move { run(&folder).await }));
    let running: Vec<_> = folders().into_iter().map(start).collect();
    for (folder, group) in running {
        let (count, problems) =
            group.await.unwrap_or_else(|error| (0, format!("\n{}: {error}\n", folder.display())));
        groups += 1;
        cases += count;
        report.push_str(&problems);
    }
    assert!(report.is_empty(), "{report}");
    if std::env::var("CONFORMANCE_GROUP").is_err() {
        assert!(groups >= 40 && cases >= 250, "{groups} groups with {cases} cases");
    }
}

/// The recorded answers are those of one server over all data. With `CONFORMANCE_RECORD=1` they are written anew.
#[test]
fn recorded_answers_are_those_of_one_server() {
    let mut report = String::new();
    for folder in folders() {
        let group = Group::read(&folder);
        let mut answers: BTreeMap<&str, Value> = BTreeMap::new();
        for case in group.cases.iter().filter(|case| case.data.is_none()) {
            match group.monolith(case) {
                Ok(answer) => {
                    if answer.get("errors").is_some() != case.errors {
                        let _ = writeln!(report, "{} / {}: {answer}", group.name, case.name);
                    }
                    answers.insert(&case.name, answer["data"].clone());
                }
                Err(error) => {
                    let _ = writeln!(report, "{} / {}: {error}", group.name, case.name);
                }
            }
        }
        if std::env::var("CONFORMANCE_RECORD").is_ok() {
            let text = serde_json::to_string_pretty(&answers).expect("JSON") + "\n";
            fs::write(folder.join("expected.json"), text).expect("expected.json");
        } else {
            for (name, answer) in answers {
                if group.expected.get(name) != Some(&answer) {
                    let _ = writeln!(report, "{} / {name}: one server answers {answer}", group.name);
                }
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

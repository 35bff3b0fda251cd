//! Cases in files: sections that start with `== name`, inputs first, then results.
//!
//! A line `#v2` stands for a `@link` that imports every federation directive. `UPDATE_CASES=1` rewrites the results; read the diff.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use composition::Subgraph;

const V2: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@tag", "@interfaceObject", "@extends", "@composeDirective", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize"])"#;

/// One file.
pub(crate) struct Case {
    pub(crate) path: PathBuf,
    intro: String,
    pub(crate) sections: Vec<(String, String)>,
    /// The names of sections that are no subgraphs.
    reserved: &'static [&'static str],
}

impl Case {
    fn read(path: PathBuf, reserved: &'static [&'static str]) -> Self {
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
        Self { path, intro, sections, reserved }
    }

    pub(crate) fn subgraphs(&self) -> Vec<Subgraph> {
        self.sections
            .iter()
            .filter(|(name, _)| !self.reserved.contains(&name.as_str()))
            .map(|(name, sdl)| Subgraph {
                name: name.clone(),
                url: format!("http://{name}"),
                sdl: sdl.replace("#v2", V2),
            })
            .collect()
    }
}

pub(crate) fn render<'a>(sections: impl Iterator<Item = &'a (String, String)>) -> String {
    let mut text = String::new();
    for (name, body) in sections {
        let _ = write!(text, "== {name}\n{}\n\n", body.trim());
    }
    text
}

/// Compares what `outcome` makes of each case in `tests/FOLDER` with the sections of the file that `results` names; all sections
/// beside subgraphs are `reserved`.
pub(crate) fn check_all(
    folder: &str,
    reserved: &'static [&'static str],
    results: &[&str],
    outcome: impl Fn(&Case) -> String,
) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the cases").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no case was found");
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut failures = String::new();
    for path in paths {
        let case = Case::read(path, reserved);
        let actual = outcome(&case);
        let sections = case.sections.iter();
        let expected = render(sections.clone().filter(|(name, _)| results.contains(&name.as_str())));
        if actual == expected {
            continue;
        }
        if update {
            let inputs = render(sections.filter(|(name, _)| !results.contains(&name.as_str())));
            let text = format!("{}{inputs}{actual}", case.intro);
            std::fs::write(&case.path, text).expect("a writable case");
        } else {
            let path = case.path.display();
            let _ = writeln!(failures, "--- {path}\nexpected:\n{expected}\nactual:\n{actual}");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

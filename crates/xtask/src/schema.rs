//! `cargo xtask schema`: the files of schema/, generated from the subgraphs' code.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{output, root};

const SUBGRAPHS: [&str; 3] = ["users", "orders", "billing"];

/// Regenerates `schema/`, or with `check` compares it with what stands there.
pub(crate) fn run(check: bool) -> Result<()> {
    // Subgraph schemas come first: the supergraph is composed out of the files.
    let mut drifted = Vec::new();
    for name in SUBGRAPHS {
        let sdl =
            output("cargo", &["run", "--quiet", "--package", "tributary", "--", "subgraph", name, "schema"])?;
        settle(&format!("schema/{name}.graphql"), &sdl, check, &mut drifted)?;
    }
    for (file, arguments) in [("schema/supergraph.graphql", &[][..]), ("schema/api.graphql", &["--api"][..])]
    {
        let compose = ["run", "--quiet", "--package", "tributary", "--", "compose", "supergraph.yaml"];
        let sdl = output("cargo", &[&compose, arguments].concat())?;
        settle(file, &sdl, check, &mut drifted)?;
    }
    if !drifted.is_empty() {
        bail!(
            "{} differ from what the code makes; run `cargo xtask schema` and commit the result",
            drifted.join(", ")
        );
    }
    Ok(())
}

fn settle(file: &str, generated: &str, check: bool, drifted: &mut Vec<String>) -> Result<()> {
    let path = root().join(Path::new(file));
    let stands = fs::read_to_string(&path).unwrap_or_default();
    if stands == generated {
        return Ok(());
    }
    if check {
        drifted.push(file.to_owned());
        return Ok(());
    }
    fs::write(&path, generated).with_context(|| format!("cannot write {file}"))?;
    println!("wrote {file}");
    Ok(())
}

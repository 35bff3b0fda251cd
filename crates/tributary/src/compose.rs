//! `tributary compose`: subgraph schemas to a supergraph schema.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use planner::Supergraph;

/// Compose subgraph schemas into a supergraph schema.
#[derive(Args)]
#[command(after_help = "Examples:
  tributary compose supergraph.yaml > supergraph.graphql
  tributary compose supergraph.yaml --output supergraph.graphql
  tributary compose supergraph.yaml --api        the schema that clients see")]
pub(crate) struct Arguments {
    /// Which subgraphs make the graph, in rover's format.
    #[arg(value_name = "FILE", default_value = "supergraph.yaml")]
    subgraphs: PathBuf,
    /// Write the API schema: what clients see, without the federation's machinery.
    #[arg(long)]
    api: bool,
    /// Write to this file instead of the terminal.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Composes; the text for standard output, empty where it went to a file.
///
/// # Errors
/// Every composition error, with its subgraph, coordinate and place; or a file that can't be read or written.
pub(crate) async fn run(arguments: &Arguments) -> Result<String> {
    let mut sdl = supergraph(&arguments.subgraphs).await?;
    if arguments.api {
        sdl =
            Supergraph::parse(&sdl).context("the composed supergraph is not valid")?.api_schema().to_string();
    }
    match &arguments.output {
        None => Ok(sdl),
        Some(file) => {
            fs::write(file, sdl).with_context(|| format!("cannot write {}", file.display()))?;
            Ok(String::new())
        }
    }
}

/// The supergraph schema of a `supergraph.yaml`. What is legal but suspicious is told on standard error.
pub(crate) async fn supergraph(file: &Path) -> Result<String> {
    let composed = gateway::compose_file(file).await?;
    for hint in &composed.hints {
        // Standard output is for the schema; a terminal that is gone needs no hints.
        let _ = writeln!(io::stderr(), "hint: {hint}");
    }
    Ok(composed.supergraph_sdl)
}

/// Reads a text file.
pub(crate) fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

//! `tributary compose`: subgraph schemas to a supergraph schema.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use composition::{Hint, HintLevel};
use planner::Supergraph;

use crate::watch::{self, Watch};

/// Compose subgraph schemas into a supergraph schema.
#[derive(Args)]
#[command(after_help = "Examples:
  tributary compose supergraph.yaml > supergraph.graphql
  tributary compose supergraph.yaml --output supergraph.graphql
  tributary compose supergraph.yaml --output supergraph.graphql --watch
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
    /// Compose again whenever a source changes, until Ctrl-C. Where it does not compose, the last good output stays.
    #[arg(long, requires = "output")]
    watch: bool,
    /// How often running subgraphs (`subgraph_url`) are asked for their schema, while watching.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        requires = "watch",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    poll: u64,
}

/// Composes; the text for standard output, empty where it went to a file.
///
/// # Errors
/// Every composition error, with its subgraph, coordinate and place; or a file that can't be read or written.
pub(crate) async fn run(arguments: &Arguments) -> Result<String> {
    let Arguments { subgraphs, api, output, watch, poll } = arguments;
    if let (true, Some(output)) = (watch, output) {
        watch::run(Watch::new(subgraphs, *api, output), std::time::Duration::from_secs(*poll)).await;
        return Ok(String::new());
    }
    let sdl = text(supergraph(subgraphs).await?, *api)?;
    match output {
        None => Ok(sdl),
        Some(file) => {
            fs::write(file, sdl).with_context(|| format!("cannot write {}", file.display()))?;
            Ok(String::new())
        }
    }
}

/// What is written of a supergraph schema.
pub(crate) fn text(sdl: String, api: bool) -> Result<String> {
    if !api {
        return Ok(sdl);
    }
    Ok(Supergraph::parse(&sdl).context("the composed supergraph is not valid")?.api_schema().to_string())
}

/// The supergraph schema of a `supergraph.yaml`. What is legal but suspicious is told on standard error.
pub(crate) async fn supergraph(file: &Path) -> Result<String> {
    let composed = gateway::compose_file(file).await?;
    for hint in composed.hints.iter().filter(|hint| is_worth_telling(hint)) {
        // Standard output is for the schema; a terminal that is gone needs no hints.
        let _ = writeln!(io::stderr(), "hint: {hint}");
    }
    Ok(composed.supergraph_sdl)
}

/// Whether a hint asks somebody to do something. The others explain a healthy graph.
pub(crate) fn is_worth_telling(hint: &Hint) -> bool {
    hint.level() > HintLevel::Debug
}

/// Reads a text file.
pub(crate) fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

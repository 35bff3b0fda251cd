//! `tributary compose`: subgraph schemas to a supergraph schema.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use composition::{ContractFilter, Hint, HintLevel};
use planner::Supergraph;

use crate::watch::{self, Watch};

/// Compose subgraph schemas into a supergraph schema.
#[derive(Args)]
#[command(after_help = "Examples:
  tributary compose supergraph.yaml > supergraph.graphql
  tributary compose supergraph.yaml --output supergraph.graphql
  tributary compose supergraph.yaml --output supergraph.graphql --watch
  tributary compose supergraph.yaml --api        the schema that clients see
  tributary compose supergraph.yaml --exclude-tag internal --output public.graphql
  tributary compose supergraph.yaml --include-tag partner --hide-unreachable-types --output partner.graphql

A supergraph composed with tags is a contract: `tributary gateway --supergraph public.graphql` serves it. See docs/contracts.md.")]
pub(crate) struct Arguments {
    /// Which subgraphs make the graph, in rover's format.
    #[arg(value_name = "FILE", default_value = "supergraph.yaml")]
    subgraphs: PathBuf,
    /// Write the API schema: what clients see, without the federation's machinery.
    #[arg(long)]
    api: bool,
    #[command(flatten)]
    contract: Contract,
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

/// Which part of the graph an audience may see, by `@tag`.
#[derive(Args, Clone)]
#[command(next_help_heading = "Contract")]
pub(crate) struct Contract {
    /// Show only what has this tag. May be given several times; one of them is enough.
    #[arg(long, value_name = "TAG")]
    include_tag: Vec<String>,
    /// Hide what has this tag, whatever else says that it is shown. May be given several times.
    #[arg(long, value_name = "TAG")]
    exclude_tag: Vec<String>,
    /// Hide types that nothing shown leads to.
    #[arg(long)]
    hide_unreachable_types: bool,
}

impl Contract {
    /// The supergraph of the contract; as it stands, where nothing is to be hidden.
    fn of(&self, sdl: String) -> Result<String> {
        let filter = ContractFilter {
            include: self.include_tag.iter().cloned().collect(),
            exclude: self.exclude_tag.iter().cloned().collect(),
            hide_unreachable: self.hide_unreachable_types,
        };
        if filter == ContractFilter::default() {
            return Ok(sdl);
        }
        composition::contract_supergraph(&sdl, &filter).context("the contract can't be made")
    }
}

/// Composes; the text for standard output, empty where it went to a file.
///
/// # Errors
/// Every composition error, with its subgraph, coordinate and place; or a file that can't be read or written.
pub(crate) async fn run(arguments: &Arguments) -> Result<String> {
    let Arguments { subgraphs, api, contract, output, watch, poll } = arguments;
    if let (true, Some(output)) = (watch, output) {
        watch::run(
            Watch::new(subgraphs, *api, contract.clone(), output),
            std::time::Duration::from_secs(*poll),
        )
        .await;
        return Ok(String::new());
    }
    let sdl = text(supergraph(subgraphs).await?, contract, *api)?;
    match output {
        None => Ok(sdl),
        Some(file) => {
            fs::write(file, sdl).with_context(|| format!("cannot write {}", file.display()))?;
            Ok(String::new())
        }
    }
}

/// What is written of a supergraph schema.
pub(crate) fn text(sdl: String, contract: &Contract, api: bool) -> Result<String> {
    let sdl = contract.of(sdl)?;
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

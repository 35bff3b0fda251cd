//! `tributary plan`: how an operation would be executed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use planner::Supergraph;

use crate::compose;

/// Show how an operation would be executed.
#[derive(Args)]
#[command(after_help = "Examples:
  tributary plan query.graphql --subgraphs supergraph.yaml
  tributary plan query.graphql --supergraph supergraph.graphql --json
  tributary plan operations.graphql --operation Checkout --subgraphs supergraph.yaml
  tributary plan query.graphql --label orders-v2 --label 'percent(20)'      with these labels of @override active")]
pub(crate) struct Arguments {
    /// The file with the operation.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A supergraph schema composed by any tool.
    #[arg(long, value_name = "FILE", conflicts_with = "subgraphs")]
    supergraph: Option<PathBuf>,
    /// Which subgraphs make the graph; composed first.
    #[arg(long, value_name = "FILE", default_value = "supergraph.yaml")]
    subgraphs: PathBuf,
    /// The operation to plan, where the file has several.
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// A label of a progressive `@override` that is active; may be given several times. Without it none is.
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,
    /// How to write the plan.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A tree for people.
    Text,
    /// The plan as the gateway executes it.
    Json,
}

/// Prints the plan.
///
/// # Errors
/// One that a person can act on: an unreadable file, a schema that does not compose, an invalid operation.
pub(crate) async fn run(arguments: &Arguments) -> Result<String> {
    let sdl = match &arguments.supergraph {
        Some(file) => compose::read(file)?,
        None => compose::supergraph(&arguments.subgraphs).await?,
    };
    let supergraph = Supergraph::parse(&sdl).context("the supergraph schema is not valid")?;
    let text = compose::read(&arguments.file)?;
    let name = arguments.file.display().to_string();
    let document =
        apollo_compiler::ExecutableDocument::parse_and_validate(supergraph.operation_schema(), text, name)
            .map_err(|invalid| anyhow::anyhow!("the operation is not valid:\n{}", invalid.errors))?;
    let active_labels = labels(&supergraph, &arguments.label)?;
    let options = planner::Options { active_labels, ..planner::Options::default() };
    let plan = planner::plan(&supergraph, &document, arguments.operation.as_deref(), &options)?;
    if arguments.json || arguments.format == Format::Json {
        return Ok(serde_json::to_string_pretty(&plan)? + "\n");
    }
    if plan.fetches.is_empty() {
        return Ok("The gateway answers this by itself; no subgraph is asked.\n".to_owned());
    }
    Ok(plan.to_text())
}

/// The labels that were named, all of which the supergraph has.
fn labels(supergraph: &Supergraph, named: &[String]) -> Result<BTreeSet<String>> {
    let known = supergraph.override_labels();
    if let Some(unknown) = named.iter().find(|label| !known.contains(label.as_str())) {
        bail!(
            "no @override of the supergraph has the label {unknown:?}; {}",
            if known.is_empty() {
                "none has any".to_owned()
            } else {
                format!("known are: {}", known.into_iter().collect::<Vec<_>>().join(", "))
            }
        );
    }
    Ok(named.iter().cloned().collect())
}

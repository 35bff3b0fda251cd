//! `tributary check`: what a proposed graph changes for the clients of the published one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use schema_check::{OperationFile, Report};
use serde::Serialize;

use crate::compose;

/// Check a proposed graph against the published one and against recorded operations.
#[derive(Args)]
#[command(
    after_help = "Exit code: 0 where no client is broken, 1 where one is, 2 where nothing could be checked.

Examples:
  tributary check --against schema/supergraph.graphql
  tributary check --against schema/supergraph.graphql --operations schema/operations
  tributary check --against published.graphql --supergraph proposed.graphql --json
  git show main:schema/supergraph.graphql > /tmp/main.graphql && tributary check --against /tmp/main.graphql"
)]
pub(crate) struct Arguments {
    /// The published supergraph schema.
    #[arg(long, value_name = "FILE")]
    against: PathBuf,
    /// The proposed supergraph schema, composed by any tool.
    #[arg(long, value_name = "FILE", conflicts_with = "subgraphs")]
    supergraph: Option<PathBuf>,
    /// Which subgraphs make the proposed graph; composed first.
    #[arg(long, value_name = "FILE", default_value = "supergraph.yaml")]
    subgraphs: PathBuf,
    /// Recorded operations: a `.graphql` file, or a folder of them. May be given several times. A breaking change then counts
    /// only where one of them uses it.
    #[arg(long, value_name = "FILE_OR_FOLDER")]
    operations: Vec<PathBuf>,
    /// Write the report as JSON.
    #[arg(long)]
    json: bool,
}

/// The report as a program reads it.
#[derive(Serialize)]
struct Json<'a> {
    /// What the exit code says, too.
    breaking: bool,
    #[serde(flatten)]
    report: &'a Report,
}

/// The text for standard output, and whether a client would be broken.
///
/// # Errors
/// Nothing could be checked: a file that can't be read, subgraphs that do not compose, a supergraph that is none.
pub(crate) async fn run(arguments: &Arguments) -> Result<(String, bool)> {
    let published = compose::read(&arguments.against)?;
    let (proposed, hints) = match &arguments.supergraph {
        Some(file) => (compose::read(file)?, Vec::new()),
        None => {
            let composed = gateway::compose_file(&arguments.subgraphs).await?;
            (
                composed.supergraph_sdl,
                composed
                    .hints
                    .iter()
                    .filter(|hint| compose::is_worth_telling(hint))
                    .map(ToString::to_string)
                    .collect(),
            )
        }
    };
    let operations = match arguments.operations.as_slice() {
        [] => None,
        sources => Some(recorded(sources)?),
    };
    let mut report = schema_check::check(&published, &proposed, operations.as_deref())?;
    report.hints = hints;
    let breaking = report.is_breaking();
    let text = if arguments.json {
        serde_json::to_string_pretty(&Json { breaking, report: &report })? + "\n"
    } else {
        report.to_string()
    };
    Ok((text, breaking))
}

/// The recorded operations, in the order of the files' names.
fn recorded(sources: &[PathBuf]) -> Result<Vec<OperationFile>> {
    let mut operations = Vec::new();
    for source in sources {
        let files = if source.is_dir() { below(source)? } else { vec![source.clone()] };
        // Against no operations nothing breaks: a wrong path must not pass for a good graph.
        if files.is_empty() {
            bail!("there is no .graphql file in {}", source.display());
        }
        for file in files {
            let text = compose::read(&file)?;
            operations.push(OperationFile { name: file.display().to_string(), text });
        }
    }
    Ok(operations)
}

/// The `.graphql` files of a folder and of the folders in it.
fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let path = entry.path();
        // A link to a folder is not followed: it may lead in a circle.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            files.extend(below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "graphql" || extension == "gql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

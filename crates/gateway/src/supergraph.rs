//! Where the supergraph comes from.

mod file;

use std::path::{Path, PathBuf};

use composition::Composed;

/// Why there is no supergraph. The text is for the person who named the file.
#[derive(Debug, thiserror::Error)]
pub enum SupergraphFileError {
    /// A file can't be read.
    #[error("cannot read {}: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not in rover's format.
    #[error("{}: {message}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A running subgraph did not tell its schema.
    #[error("subgraph {subgraph}: {url} did not answer {{ _service {{ sdl }} }}: {message}")]
    NoSchema {
        /// The subgraph.
        subgraph: String,
        /// Its address.
        url: String,
        /// Why.
        message: String,
    },
    /// The subgraphs do not compose.
    #[error("the subgraphs do not compose:\n{0}")]
    Composition(String),
}

/// Composes the subgraphs of a `supergraph.yaml`, in rover's format; the schemas come from files beside it or from running
/// subgraphs.
pub async fn compose_file(file: &Path) -> Result<Composed, SupergraphFileError> {
    let entries = file::read(file)?;
    let mut subgraphs = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        subgraphs.push(entry.load(&name, file).await?);
    }
    composition::compose(&subgraphs).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        SupergraphFileError::Composition(lines.join("\n"))
    })
}

/// Where the schemas of a `supergraph.yaml` come from: what to look at to see whether they changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// How many subgraphs the file names.
    pub subgraphs: usize,
    /// The schema files.
    pub files: Vec<PathBuf>,
    /// Whether a running subgraph is asked for its schema.
    pub running: bool,
}

/// The sources that a `supergraph.yaml` names. None of them is opened.
pub fn sources(file: &Path) -> Result<Sources, SupergraphFileError> {
    let entries = file::read(file)?;
    Ok(Sources {
        subgraphs: entries.len(),
        files: entries.values().filter_map(|entry| entry.file(file)).collect(),
        running: entries.values().any(file::Entry::is_running),
    })
}

/// Reads a text file.
pub(crate) fn read(file: &Path) -> Result<String, SupergraphFileError> {
    std::fs::read_to_string(file)
        .map_err(|source| SupergraphFileError::Unreadable { file: file.to_path_buf(), source })
}

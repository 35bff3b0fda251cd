use std::path::{Path, PathBuf};
use std::time::Duration;

use indexmap::IndexMap;
use serde::Deserialize;

use super::SupergraphFileError;

/// The longest answer with a schema, in bytes.
const LONGEST_SCHEMA: usize = 16 * 1024 * 1024;

/// rover's `supergraph.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Which release of Federation rover would compose with. We compose every version of Federation 2.
    #[serde(default, rename = "federation_version")]
    _federation_version: Option<serde_yaml_ng::Value>,
    subgraphs: IndexMap<String, Entry>,
}

/// A subgraph of `supergraph.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    routing_url: Option<String>,
    // To the library an enum is a YAML tag; rover writes a map with one key.
    #[serde(with = "serde_yaml_ng::with::singleton_map")]
    schema: Schema,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Schema {
    File(PathBuf),
    SubgraphUrl(String),
    Sdl(String),
}

/// The subgraphs that a file names, in its order.
pub(super) fn read(file: &Path) -> Result<IndexMap<String, Entry>, SupergraphFileError> {
    let text = super::read(file)?;
    let malformed = |message: String| SupergraphFileError::Malformed { file: file.to_path_buf(), message };
    let File { subgraphs, .. } =
        serde_yaml_ng::from_str(&text).map_err(|error| malformed(error.to_string()))?;
    if subgraphs.is_empty() {
        return Err(malformed("`subgraphs` names none".to_owned()));
    }
    Ok(subgraphs)
}

impl Entry {
    /// The file of its schema, where that is one. Paths count from the folder of `supergraph.yaml`.
    pub(super) fn file(&self, beside: &Path) -> Option<PathBuf> {
        match &self.schema {
            Schema::File(file) => Some(beside.parent().unwrap_or(Path::new("")).join(file)),
            Schema::SubgraphUrl(_) | Schema::Sdl(_) => None,
        }
    }

    /// Whether a running subgraph tells its schema.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.schema, Schema::SubgraphUrl(_))
    }

    /// The subgraph with its schema, for composition.
    pub(super) async fn load(
        self,
        name: &str,
        beside: &Path,
    ) -> Result<composition::Subgraph, SupergraphFileError> {
        let (sdl, url) = match self.schema {
            Schema::Sdl(sdl) => (sdl, self.routing_url),
            Schema::File(file) => {
                (super::read(&beside.parent().unwrap_or(Path::new("")).join(file))?, self.routing_url)
            }
            Schema::SubgraphUrl(url) => (ask(name, &url).await?, self.routing_url.or(Some(url))),
        };
        let url = url.ok_or_else(|| SupergraphFileError::Malformed {
            file: beside.to_path_buf(),
            message: format!("subgraph {name} has no routing_url"),
        })?;
        Ok(composition::Subgraph { name: name.to_owned(), url, sdl })
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "_service")]
    service: Service,
}

#[derive(Deserialize)]
struct Service {
    sdl: String,
}

/// Asks a running subgraph for its schema (Federation subgraph specification, `_service`).
async fn ask(name: &str, url: &str) -> Result<String, SupergraphFileError> {
    let no_schema = |message: String| SupergraphFileError::NoSchema {
        subgraph: name.to_owned(),
        url: url.to_owned(),
        message,
    };
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        // Whose schema it is, is decided by the file, not by whoever answers there or by a proxy of the environment.
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| no_schema(error.to_string()))?;
    let mut response = client
        .post(url)
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(r#"{"query":"{ _service { sdl } }"}"#)
        .send()
        .await
        .map_err(|error| no_schema(error.to_string()))?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| no_schema(error.to_string()))? {
        if body.len() + chunk.len() > LONGEST_SCHEMA {
            return Err(no_schema(format!("the answer is longer than {LONGEST_SCHEMA} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    let answer: Answer = serde_json::from_slice(&body)
        .map_err(|_| no_schema("the answer is not that of a Federation subgraph".to_owned()))?;
    answer.data.map(|data| data.service.sdl).ok_or_else(|| no_schema("the answer has no data".to_owned()))
}

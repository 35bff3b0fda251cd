//! The folder that keeps a development platform.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use auth::{Algorithm, SigningKey};
use subgraph_kit::tenancy;

use crate::keys;
use crate::subgraphs::Subgraph;

const KEY: &str = "development-signing-key.pem";

/// A folder of our own, which can be written to.
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// Opens the folder, making it where it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let cannot = || format!("cannot write to the folder {} (choose another with --data)", path.display());
        fs::create_dir_all(path).with_context(cannot)?;
        let probe = path.join(".writable");
        fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).with_context(cannot)?;
        Ok(Self(path.to_path_buf()))
    }

    /// Where a subgraph's rows are.
    pub(crate) fn database(&self, subgraph: Subgraph) -> tenancy::Config {
        let file = self.0.join(format!("{}.db", subgraph.name())).display().to_string();
        // In a URL these three mean something else than they do in a path.
        let file = file.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        tenancy::Config { url: format!("sqlite://{file}"), ..Default::default() }
    }

    /// The key that signs development tokens: kept, so that a token outlives a restart.
    pub(crate) fn signing_key(&self) -> Result<SigningKey> {
        let path = self.0.join(KEY);
        if let Ok(pem) = fs::read_to_string(&path) {
            return SigningKey::from_pem(&pem)
                .with_context(|| format!("{} (remove it to get a new one)", path.display()));
        }
        let key = SigningKey::generate(Algorithm::EdDsa)?;
        keys::write_private(&path, &key)?;
        Ok(key)
    }
}

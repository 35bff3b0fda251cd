//! `tributary keys`: signing keys.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use auth::{Algorithm, JwkSet, SigningKey};
use clap::{Args, Subcommand};

/// Make the signing keys that services know each other by.
#[derive(Args)]
#[command(after_help = "Example:
  tributary keys generate --private gateway-key.pem --public jwks.json")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make an Ed25519 key pair: the private key for the gateway, the public one for subgraphs.
    #[command(after_help = "Example:
  tributary keys generate --private gateway-key.pem --public jwks.json")]
    Generate {
        /// Where the private key goes (PKCS#8 PEM, readable by its owner alone). An existing file is left alone.
        #[arg(long, value_name = "FILE")]
        private: PathBuf,
        /// Where the public key goes (a JWK set).
        #[arg(long, value_name = "FILE")]
        public: PathBuf,
        /// Do nothing where both files are there already.
        #[arg(long)]
        if_missing: bool,
    },
}

/// Makes the keys.
///
/// # Errors
/// A file that is there already, or can't be written.
pub(crate) fn run(arguments: &Arguments) -> Result<String> {
    let Command::Generate { private, public, if_missing } = &arguments.command;
    if *if_missing && private.exists() && public.exists() {
        return Ok("the keys are there already\n".to_owned());
    }
    let key = SigningKey::generate(Algorithm::EdDsa)?;
    write_private(private, &key)?;
    let set = JwkSet { keys: vec![key.public_jwk()] };
    let text = serde_json::to_string_pretty(&set)? + "\n";
    fs::write(public, text).with_context(|| format!("cannot write {}", public.display()))?;
    Ok(format!("made the key {}\n", key.key_id()))
}

/// Writes a private key that only its owner may read.
pub(crate) fn write_private(path: &Path, key: &SigningKey) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(file.write_all(key.to_pem().as_bytes())?)
}

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::StatusCode;
use url::{Host, Url};

use super::JwkSet;

/// How long an issuer may take to send its keys.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes that a key set may have.
const LARGEST_SET: usize = 256 * 1024;

/// Why keys could not be fetched. For logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySourceError {
    /// The address would send keys over an open network in the clear.
    #[error("{0} is neither https nor a loopback address")]
    Insecure(Url),
    /// The file or the issuer can't be read.
    #[error("the key set can't be read: {0}")]
    Unreadable(String),
    /// What came back is no JWK set.
    #[error("not a JWK set: {0}")]
    Malformed(String),
}

/// Where verifying keys come from.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// The keys as they are now.
    async fn fetch(&self) -> Result<JwkSet, KeySourceError>;
}

/// Keys known from the start.
#[derive(Debug, Clone)]
pub struct StaticKeys(
    /// The keys.
    pub JwkSet,
);

#[async_trait]
impl KeySource for StaticKeys {
    async fn fetch(&self) -> Result<JwkSet, KeySourceError> {
        Ok(self.0.clone())
    }
}

/// Keys in a file that may be replaced while we run.
#[derive(Debug, Clone)]
pub struct FileKeys(
    /// The file: a JWK set in JSON.
    pub PathBuf,
);

#[async_trait]
impl KeySource for FileKeys {
    async fn fetch(&self) -> Result<JwkSet, KeySourceError> {
        let path = self.0.clone();
        let bytes = tokio::task::spawn_blocking(move || std::fs::read(path))
            .await
            .map_err(|error| KeySourceError::Unreadable(error.to_string()))?
            .map_err(|error| KeySourceError::Unreadable(error.to_string()))?;
        parse(&bytes)
    }
}

/// Keys that an issuer publishes.
#[derive(Debug, Clone)]
pub struct HttpKeys {
    client: reqwest::Client,
    url: Url,
}

impl HttpKeys {
    /// Keys at `url`, which must be https or of this machine (`http://127.0.0.1…`, `http://[::1]…`, `http://localhost…`).
    /// A rustls provider must have been installed before.
    pub fn new(url: Url) -> Result<Self, KeySourceError> {
        let local = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && local) {
            return Err(KeySourceError::Insecure(url));
        }
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            // Who may say where the keys are is decided by the configuration, not by whoever answers there.
            .redirect(reqwest::redirect::Policy::none());
        // No proxy can reach the loopback address of this machine.
        let client = if local { client.no_proxy() } else { client };
        let client = client.build().map_err(|error| KeySourceError::Unreadable(error.to_string()))?;
        Ok(Self { client, url })
    }
}

#[async_trait]
impl KeySource for HttpKeys {
    async fn fetch(&self) -> Result<JwkSet, KeySourceError> {
        let unreadable = |error: reqwest::Error| KeySourceError::Unreadable(error.to_string());
        let mut response = self.client.get(self.url.clone()).send().await.map_err(unreadable)?;
        if response.status() != StatusCode::OK {
            return Err(KeySourceError::Malformed(format!("HTTP status {}", response.status().as_u16())));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreadable)? {
            if bytes.len() + chunk.len() > LARGEST_SET {
                return Err(KeySourceError::Malformed(format!("larger than {LARGEST_SET} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        parse(&bytes)
    }
}

fn parse(bytes: &[u8]) -> Result<JwkSet, KeySourceError> {
    serde_json::from_slice(bytes).map_err(|error| KeySourceError::Malformed(error.to_string()))
}

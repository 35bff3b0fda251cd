//! The two shapes.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use auth::{Algorithm, Caller, INTERNAL_ISSUER, Issuer, JwkSet, SigningKey, SystemClock};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tempfile::TempDir;
use test_kit::Postgres;

use crate::client::Client;
use crate::process::{Running, run};
use crate::socket::Socket;

/// Who asks: a tenant's short name and a role.
pub type Identity = (&'static str, &'static str);

/// The platform's subgraphs.
pub const SUBGRAPHS: [&str; 3] = ["users", "orders", "billing"];

/// The file with the key that the gateway of the split shape signs its tokens for subgraphs with.
const GATEWAY_KEY: &str = "gateway-key.pem";

/// A platform that runs.
pub struct Platform {
    /// The gateway's address, as in `http://127.0.0.1:4000`.
    pub url: String,
    /// The addresses of the subgraphs that are processes of their own, by name.
    subgraphs: HashMap<&'static str, String>,
    tokens: HashMap<(String, String), String>,
    /// By name: `gateway` and the subgraphs, or `dev` alone.
    pub processes: HashMap<&'static str, Running>,
    folder: TempDir,
}

impl Platform {
    /// One process on SQLite.
    pub async fn embedded() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::embedded_in(folder).await
    }

    async fn embedded_in(folder: TempDir) -> Self {
        let data = folder.path().join("data").display().to_string();
        let mut process = Running::tributary(&["dev", "--listen", "127.0.0.1:0", "--data", &data]);
        let url = process.wait_for(|line| {
            line.trim().strip_prefix("console ").map(|url| url.trim().trim_end_matches('/').to_owned())
        });
        process.wait_for(|line| line.starts_with("Ctrl-C").then_some(()));
        let tokens = tokens(&url).await;
        let processes = HashMap::from([("dev", process)]);
        Self { url, subgraphs: HashMap::new(), tokens, processes, folder }
    }

    /// The embedded shape once more, over the data of this one, whose process has ended.
    pub async fn restart(self) -> Self {
        Self::embedded_in(self.folder).await
    }

    /// The folder with the databases of the embedded shape.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Four processes, each subgraph on a PostgreSQL database of its own. Identities and rows are those of the embedded
    /// shape.
    pub async fn split_on_postgres() -> Self {
        Self::split_on_postgres_with("").await
    }

    /// The same with more entries at the end of `supergraph.yaml`.
    pub async fn split_on_postgres_with(entries: &str) -> Self {
        let postgres = Postgres::shared().unwrap_or_else(|error| panic!("PostgreSQL: {error}"));
        let databases =
            SUBGRAPHS.map(|name| postgres.create_database(name).unwrap_or_else(|error| panic!("{error}")));
        for (name, database) in SUBGRAPHS.iter().zip(&databases) {
            let (owner, service) = (database.migration_url(), database.url());
            let migrated = run(&["migrate", name, "--migration-url", &owner, "--database-url", &service]);
            assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        }
        let folder = tempfile::tempdir().expect("a folder");
        let platform = Self::split(folder, databases.each_ref().map(test_kit::Database::url), entries).await;
        // The databases are dropped with the server.
        std::mem::forget(databases);
        platform
    }

    /// Four processes, each subgraph on an SQLite database of its own.
    pub async fn split_on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let urls = SUBGRAPHS.map(|name| format!("sqlite://{}", folder.path().join(name).display()));
        Self::split(folder, urls, "").await
    }

    async fn split(folder: TempDir, urls: [String; 3], entries: &str) -> Self {
        let key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
        let tokens = Self::tokens_signed_by(&key).await;
        let [users, orders, billing] = &urls;
        let seeded = run(&["seed", "--users", users, "--orders", orders, "--billing", billing]);
        assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));

        // The gateway's address is not known before the subgraphs run: they take its public key from a file, as deployments do.
        let gateway_key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
        let jwks = write_key_set(folder.path(), "gateway.json", &gateway_key);
        fs::write(folder.path().join(GATEWAY_KEY), gateway_key.to_pem()).expect("a key file");
        let mut processes = HashMap::new();
        let mut subgraphs = HashMap::new();
        let mut overrides = String::new();
        for (name, database) in SUBGRAPHS.into_iter().zip(&urls) {
            let arguments =
                ["subgraph", name, "--listen", "127.0.0.1:0", "--database-url", database, "--jwks", &jwks];
            let mut process = Running::tributary(&arguments);
            let url = format!("http://{}", process.wait_for(listening));
            overrides.push_str(&format!("[subgraphs.overrides.{name}]\nurl = \"{url}/graphql\"\n"));
            processes.insert(name, process);
            subgraphs.insert(name, url);
        }
        let (gateway, address) = gateway(folder.path(), &key, entries, &overrides);
        let url = format!("http://{address}");
        processes.insert("gateway", gateway);
        Self { url, subgraphs, tokens, processes, folder }
    }

    /// The development tokens, signed by that key.
    async fn tokens_signed_by(key: &SigningKey) -> HashMap<(String, String), String> {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        fs::write(data.join("development-signing-key.pem"), key.to_pem()).expect("a key file");
        Self::embedded_in(folder).await.tokens
    }

    /// The token of an identity.
    pub fn token(&self, (tenant, role): Identity) -> &str {
        &self.tokens[&(tenant.to_owned(), role.to_owned())]
    }

    /// A client that asks as an identity.
    pub fn client(&self, identity: Identity) -> Client {
        Client::new(&self.url, Some(self.token(identity)))
    }

    /// A client that asks as an identity over WebSocket.
    pub async fn socket(&self, identity: Identity) -> Socket {
        Socket::connect(&self.url, self.token(identity)).await
    }

    /// A client that asks a subgraph of the split shape itself, as an identity, with a token as the gateway makes them.
    pub fn client_of(&self, subgraph: &str, identity: Identity) -> Client {
        let pem = fs::read_to_string(self.folder.path().join(GATEWAY_KEY)).expect("the gateway's key");
        let key = SigningKey::from_pem(&pem).expect("the gateway's key");
        let issuer =
            Issuer::new(key, INTERNAL_ISSUER.to_owned(), Duration::from_secs(3600), Arc::new(SystemClock));
        let token = issuer.issue(&caller(self.token(identity)), subgraph).expect("a token");
        Client::new(&self.subgraphs[subgraph], Some(&token))
    }
}

/// Whom a token names.
fn caller(token: &str) -> Caller {
    let claims = token.split('.').nth(1).expect("a JWT");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("claims");
    Caller {
        subject: serde_json::from_value(claims["sub"].clone()).expect("a subject"),
        tenant: serde_json::from_value(claims["tenant"].clone()).expect("a tenant"),
        roles: serde_json::from_value(claims["roles"].clone()).expect("roles"),
        scopes: BTreeSet::new(),
    }
}

/// What the console is offered.
async fn tokens(url: &str) -> HashMap<(String, String), String> {
    let config = Client::new(url, None).get("/console/config.json").await.json();
    let text = |token: &Value, name: &str| token[name].as_str().expect("text").to_owned();
    let tokens = config["tokens"].as_array().expect("tokens");
    tokens.iter().map(|token| ((text(token, "tenant"), text(token, "role")), text(token, "token"))).collect()
}

/// The gateway over the repository's `supergraph.yaml` and what comes after it; its address.
fn gateway(folder: &Path, key: &SigningKey, entries: &str, overrides: &str) -> (Running, String) {
    let issuer = write_key_set(folder, "issuer.json", key);
    let config = folder.join("gateway.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\n[explain]\nenabled = true\n[internal_tokens]\nkey_file = \"{}\"\n\
         [[authentication.issuers]]\nissuer = \"tributary-dev\"\naudience = \"tributary\"\njwks = \"{issuer}\"\n{overrides}",
        folder.join(GATEWAY_KEY).display()
    );
    fs::write(&config, text).expect("a configuration");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let subgraphs = fs::read_to_string(root.join("supergraph.yaml")).expect("supergraph.yaml");
    let schemas = format!("file: {}/schema/", root.display());
    let file = folder.join("supergraph.yaml");
    fs::write(&file, subgraphs.replace("file: schema/", &schemas) + entries).expect("a supergraph.yaml");
    let (subgraphs, config) = (file.display().to_string(), config.display().to_string());
    let mut process = Running::tributary(&["gateway", "--subgraphs", &subgraphs, "--config", &config]);
    let address = process.wait_for(listening);
    (process, address)
}

/// Writes the public half of a key; the file's path.
fn write_key_set(folder: &Path, name: &str, key: &SigningKey) -> String {
    let file = folder.join(name);
    let keys = JwkSet { keys: vec![key.public_jwk()] };
    fs::write(&file, serde_json::to_vec(&keys).expect("JSON")).expect("a key set");
    file.display().to_string()
}

/// The address in the log line `listening`.
fn listening(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    (line["message"] == "listening").then(|| line["address"].as_str().map(str::to_owned))?
}

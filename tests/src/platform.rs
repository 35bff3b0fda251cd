//! The two shapes.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use auth::{Algorithm, JwkSet, SigningKey};
use serde_json::Value;
use tempfile::TempDir;
use test_kit::Postgres;

use crate::client::Client;
use crate::process::{Running, run};

/// Who asks: a tenant's short name and a role.
pub type Identity = (&'static str, &'static str);

/// A platform that runs.
pub struct Platform {
    /// The gateway's address, as in `http://127.0.0.1:4000`.
    pub url: String,
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
        Self { url, tokens, processes: HashMap::from([("dev", process)]), folder }
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
        let folder = tempfile::tempdir().expect("a folder");
        let postgres = Postgres::shared().unwrap_or_else(|error| panic!("PostgreSQL: {error}"));
        let key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
        let tokens = Self::tokens_signed_by(&key).await;

        let names = ["users", "orders", "billing"];
        let databases =
            names.map(|name| postgres.create_database(name).unwrap_or_else(|error| panic!("{error}")));
        let urls: Vec<String> = databases.iter().map(test_kit::Database::url).collect();
        let [users, orders, billing] = [&urls[0], &urls[1], &urls[2]];
        for (name, database) in names.iter().zip(&databases) {
            let (owner, service) = (database.migration_url(), database.url());
            let migrated = run(&["migrate", name, "--migration-url", &owner, "--database-url", &service]);
            assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        }
        let seeded = run(&["seed", "--users", users, "--orders", orders, "--billing", billing]);
        assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));

        // The gateway's address is not known before the subgraphs run: they take its public key from a file, as deployments do.
        let gateway_key = SigningKey::generate(Algorithm::EdDsa).expect("a key");
        let jwks = write_key_set(folder.path(), "gateway.json", &gateway_key);
        fs::write(folder.path().join("gateway-key.pem"), gateway_key.to_pem()).expect("a key file");
        let mut processes = HashMap::new();
        let mut overrides = String::new();
        for (name, database) in names.into_iter().zip(&urls) {
            let arguments =
                ["subgraph", name, "--listen", "127.0.0.1:0", "--database-url", database, "--jwks", &jwks];
            let mut process = Running::tributary(&arguments);
            let address = process.wait_for(listening);
            overrides
                .push_str(&format!("[subgraphs.overrides.{name}]\nurl = \"http://{address}/graphql\"\n"));
            processes.insert(name, process);
        }
        let (gateway, address) = gateway(folder.path(), &key, entries, &overrides);
        let url = format!("http://{address}");
        processes.insert("gateway", gateway);
        // The databases are dropped with the server.
        std::mem::forget(databases);
        Self { url, tokens, processes, folder }
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
        folder.join("gateway-key.pem").display()
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

//! A client and a subgraph by others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::process::Command;

use e2e::{Client, Platform, Running, free_port};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("foreign")
}

fn node(arguments: &[&str]) -> Command {
    assert!(folder().join("node_modules").exists(), "run `npm ci` in tests/foreign, or `cargo xtask test`");
    let mut command = Command::new("node");
    command.args(arguments).current_dir(folder());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_client_and_audit() {
    let platform = Platform::embedded().await;
    let output = node(&["--test", "client.test.mjs"])
        .env("TRIBUTARY_URL", &platform.url)
        .env("TRIBUTARY_TOKEN", platform.token(("acme", "owner")))
        .output()
        .expect("node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Apollo's subgraph joins the platform's by one entry in supergraph.yaml.
#[tokio::test(flavor = "multi_thread")]
async fn foreign_subgraph() {
    let mut apollo = Running::start(node(&["subgraph.mjs"]));
    let url = apollo.wait_for(|line| line.starts_with("http://").then(|| line.trim().to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("supergraph.yaml");
    let schema = |name: &str| format!("{}/../schema/{name}.graphql", env!("CARGO_MANIFEST_DIR"));
    let mut text = "subgraphs:\n".to_owned();
    for name in ["users", "orders", "billing"] {
        text.push_str(&format!(
            "  {name}:\n    routing_url: http://127.0.0.1:9/graphql\n    schema:\n      file: {}\n",
            schema(name)
        ));
    }
    text.push_str(&format!("  inventory:\n    schema:\n      subgraph_url: {url}\n"));
    std::fs::write(&file, text).unwrap();
    let listen = format!("127.0.0.1:{}", free_port());
    let file = file.display().to_string();
    let mut gateway =
        Running::tributary(&["gateway", "--subgraphs", &file, "--listen", &listen, "--insecure-no-auth"]);
    gateway.wait_for(|line| line.contains("listening").then_some(()));
    let client = Client::new(&format!("http://{listen}"), None);
    let data = client.ask("{ warehouses { name } }").await.data();
    assert_eq!(data["warehouses"][1]["name"], "South");
    // The schema is one: the platform's products have the other team's field.
    let fields = client.ask("{ __type(name: \"Product\") { fields { name } } }").await.data().to_string();
    assert!(fields.contains("inStock") && fields.contains("sku"), "{fields}");
}

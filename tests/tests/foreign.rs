//! A client and a subgraph by others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use e2e::{Platform, Running, node};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn foreign_client_and_audit() {
    let platform = Platform::embedded().await;
    let mut client = node("foreign", &["--test", "client.test.mjs"]);
    client.env("TRIBUTARY_URL", &platform.url).env("TRIBUTARY_TOKEN", platform.token(("acme", "owner")));
    Running::start(client).succeed();
}

/// What an outside router would do first with our supergraph.
#[test]
fn foreign_composer_reads_the_supergraph() {
    Running::start(node("foreign", &["--test", "supergraph.test.mjs"])).succeed();
}

/// Apollo's subgraph joins the platform's by one entry in supergraph.yaml: its fields stand on the platform's entities, and
/// it is sent what its `@requires` asks for.
#[tokio::test(flavor = "multi_thread")]
async fn foreign_subgraph() {
    let mut apollo = Running::start(node("foreign", &["subgraph.mjs"]));
    let url = apollo.wait_for(|line| line.starts_with("http://").then(|| line.trim().to_owned()));
    let entry = format!("  inventory:\n    schema:\n      subgraph_url: {url}\n");
    let platform = Platform::split_on_postgres_with(&entry).await;

    let question = "{ warehouses { name } organization { products(first: 20) { nodes { id weightGrams inStock shelf } } } }";
    let data = platform.client(("acme", "owner")).ask(question).await.data();
    assert_eq!(data["warehouses"], json!([{ "name": "North" }, { "name": "South" }]));
    let products = data["organization"]["products"]["nodes"].as_array().unwrap();
    assert_eq!(products.len(), 20);
    for product in products {
        let shelf = if product["weightGrams"].as_i64().unwrap() > 5000 { "floor" } else { "high" };
        assert_eq!(product["shelf"], shelf, "{product}");
        // By the last letters of the id, so that the answers of two products can't be mixed up.
        assert_eq!(
            product["inStock"],
            i64::from_str_radix(&product["id"].as_str().unwrap()[29..], 16).unwrap()
        );
    }
    assert!(products.iter().any(|product| product["shelf"] == "floor"), "{data:#}");
    assert!(products.iter().any(|product| product["shelf"] == "high"), "{data:#}");
}

/// Subscriptions between libraries by others: graphql-ws and graphql-sse as clients, and as servers of the subgraphs. And
/// Apollo Client, which takes an answer in parts.
#[test]
fn foreign_clients_and_servers_of_subscriptions() {
    let folder = tempfile::tempdir().unwrap();
    let mut subgraphs = Running::start(node("foreign", &["events.mjs"]));
    let urls = subgraphs.wait_for(|line| line.starts_with("http://").then(|| line.trim().to_owned()));
    let (shop, people) = urls.split_once(' ').unwrap();
    let file = folder.path().join("supergraph.yaml");
    let entry = |name, url| format!("  {name}:\n    schema:\n      subgraph_url: {url}\n");
    let text = format!("subgraphs:\n{}{}", entry("shop", shop), entry("people", people));
    std::fs::write(&file, text).unwrap();
    for protocol in ["sse", "websocket"] {
        let config = folder.path().join("gateway.toml");
        let table = format!(
            "[subgraphs.overrides.shop]\nsubscription = \"{protocol}\"\nsubscription_path = \"/events\"\n"
        );
        std::fs::write(&config, table).unwrap();
        let mut gateway = Running::tributary(&[
            "gateway",
            "--subgraphs",
            file.to_str().unwrap(),
            "--config",
            config.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
            "--insecure-no-auth",
        ]);
        let address = gateway.wait_for(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            (line["message"] == "listening").then(|| line["address"].as_str().map(str::to_owned))?
        });
        let mut clients = node("foreign", &["--test", "subscriptions.test.mjs", "defer.test.mjs"]);
        clients.env("TRIBUTARY_URL", format!("http://{address}"));
        Running::start(clients).succeed();
    }
}

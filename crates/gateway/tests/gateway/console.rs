//! The console and the health of the process.

use std::io::Read as _;
use std::sync::Arc;

use flate2::read::GzDecoder;
use gateway::{ConsoleToken, ConsoleTokens};
use serde_json::json;

use crate::support::{Canned, Client, builder, open};

struct OneToken;

impl ConsoleTokens for OneToken {
    fn tokens(&self) -> Vec<ConsoleToken> {
        vec![ConsoleToken {
            label: "acme · owner".to_owned(),
            tenant: "acme".to_owned(),
            role: "owner".to_owned(),
            token: "t".to_owned(),
        }]
    }
}

fn gateway(enabled: bool, tokens: bool) -> Client {
    let mut config = open();
    config.console.enabled = enabled;
    config.console.default_query = "{ n }".to_owned();
    let parts: Vec<crate::support::Part<'_>> =
        vec![("one", "type Query { n: Int }", Canned::saying(r#"{"data":{"n":1}}"#))];
    let builder = builder(config, parts);
    let builder = if tokens { builder.console(Arc::new(OneToken)) } else { builder };
    Client::of(&builder.build().unwrap())
}

#[tokio::test]
async fn the_page_is_guarded_and_compressed_where_that_is_taken() {
    let client = gateway(true, false);
    let plain = client.get("/", &[]).await;
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(plain.header("content-encoding"), "");
    assert!(plain.text().contains("<html"));
    // No inline script, and none of other sites.
    assert!(!plain.text().contains("<script>") && !plain.text().contains("https://"), "{}", plain.text());
    let policy = plain.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.split(';').any(|part| part.contains("script-src") && part.contains("unsafe")));
    assert_eq!(plain.header("x-content-type-options"), "nosniff");

    let packed = client.get("/", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.header("vary").contains("accept-encoding"));
    let mut unpacked = String::new();
    GzDecoder::new(packed.body.as_ref()).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.text());
}

#[tokio::test]
async fn what_the_page_loads_is_there() {
    let client = gateway(true, false);
    let page = client.get("/", &[]).await;
    let assets: Vec<&str> =
        page.text().split('"').filter(|part| part.starts_with("/console/assets/")).collect();
    assert!(!assets.is_empty(), "{}", page.text());
    for asset in assets {
        let answer = client.get(asset, &[("accept-encoding", "gzip")]).await;
        assert_eq!(answer.status, 200, "{asset}");
        assert!(answer.header("cache-control").contains("immutable"), "{asset}");
        assert_ne!(answer.header("content-type"), "application/octet-stream", "{asset}");
        assert_ne!(answer.header("content-security-policy"), "", "{asset}");
    }
    for path in ["/console/absent.js", "/console/../Cargo.toml", "/console/%2e%2e/index.html", "/console/"] {
        assert_eq!(client.get(path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_configuration_is_not_kept_by_anybody() {
    let answer = gateway(true, true).get("/console/config.json", &[]).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = json!({"label": "acme · owner", "tenant": "acme", "role": "owner", "token": "t"});
    assert_eq!(answer.json(), json!({"endpoint": "/graphql", "tokens": [token], "defaultQuery": "{ n }"}));
    let without = gateway(true, false).get("/console/config.json", &[]).await;
    assert_eq!(without.json()["tokens"], json!([]));
}

#[tokio::test]
async fn the_console_can_be_switched_off() {
    for path in ["/", "/console/config.json"] {
        assert_eq!(gateway(false, true).get(path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(gateway(false, false).get(path, &[]).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let client = gateway(true, false);
    let first = client.get("/", &[]).await;
    let tag = first.header("etag").to_owned();
    assert_eq!(first.header("cache-control"), "no-cache");
    for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
        let again = client.get("/", &[("if-none-match", &known)]).await;
        assert_eq!(
            (again.status.as_u16(), again.text(), again.header("etag")),
            (304, "", tag.as_str()),
            "{known}"
        );
    }
    assert_eq!(client.get("/", &[("if-none-match", "\"other\"")]).await.body, first.body);
}

#[tokio::test]
async fn gzip_is_not_sent_to_those_who_refuse_it() {
    for accepted in ["gzip;q=0", "gzip; q=0.0, br", "br", "x-gzip-not"] {
        let answer = gateway(true, false).get("/", &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.header("content-encoding"), "", "{accepted}");
    }
}

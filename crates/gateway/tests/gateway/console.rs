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
    let answer = gateway(true, true).get("/console/config.json", &[("host", "localhost:4000")]).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = json!({"label": "acme · owner", "tenant": "acme", "role": "owner", "token": "t"});
    assert_eq!(answer.json(), json!({"endpoint": "/graphql", "tokens": [token], "defaultQuery": "{ n }"}));
    let without = gateway(true, false).get("/console/config.json", &[]).await;
    assert_eq!(without.json()["tokens"], json!([]));
}

/// A page of another site whose name was made to lead here (DNS rebinding) must not get tokens.
#[tokio::test]
async fn tokens_are_told_to_pages_of_this_machine_alone() {
    for (host, everywhere, here, elsewhere) in [
        ("localhost:4000", 200, 200, 200),
        ("LOCALHOST", 200, 200, 200),
        ("127.0.0.1:4000", 200, 200, 200),
        ("127.9.9.9", 200, 200, 200),
        ("[::1]:4000", 200, 200, 200),
        ("192.0.2.7:4000", 200, 421, 200),
        ("192.0.2.8:4000", 200, 421, 421),
        ("rebound.evil.test:4000", 421, 421, 421),
        ("localhost.evil.test", 421, 421, 421),
        ("127.0.0.1.evil.test", 421, 421, 421),
        ("", 421, 421, 421),
        ("a b", 421, 421, 421),
    ] {
        for (listen, status) in [("0.0.0.0:0", everywhere), ("127.0.0.1:0", here), ("192.0.2.7:0", elsewhere)]
        {
            let mut config = open();
            config.listen = listen.parse().unwrap();
            let parts: Vec<crate::support::Part<'_>> =
                vec![("one", "type Query { n: Int }", Canned::saying(""))];
            let gateway = builder(config, parts).console(Arc::new(OneToken)).build().unwrap();
            let answer = Client::of(&gateway).get("/console/config.json", &[("host", host)]).await;
            assert_eq!(answer.status, status, "{host:?} at {listen}");
            assert_eq!(answer.text().contains("token"), status == 200, "{}", answer.text());
        }
    }
    assert_eq!(gateway(true, true).get("/console/config.json", &[]).await.status, 421);
    let by_uri = |uri| async move { gateway(true, true).get(uri, &[]).await.status.as_u16() };
    assert_eq!(by_uri("http://rebound.evil.test/console/config.json").await, 421);
    assert_eq!(by_uri("http://localhost/console/config.json").await, 200);
}

#[tokio::test]
async fn the_console_can_be_switched_off() {
    for path in ["/", "/console/config.json"] {
        assert_eq!(gateway(false, true).get(path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let client = gateway(true, false);
    let first = client.get("/", &[]).await;
    let tag = first.header("etag").to_owned();
    assert_eq!(first.header("cache-control"), "no-cache");
    // Packed or not, it is the same page in other bytes.
    let strong = tag.strip_prefix("W/").expect("a weak tag").to_owned();
    for known in [tag.clone(), strong, format!("\"other\", {tag}"), "*".to_owned()] {
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

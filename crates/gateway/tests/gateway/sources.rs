//! Subscriptions of subgraphs behind HTTP, by each protocol, with real sockets.

use axum::Router;
use axum::body::Body;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Request, State, WebSocketUpgrade};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use bytes::Bytes;
use futures::StreamExt as _;
use gateway::Gateway;
use gateway::config::SubscriptionProtocol;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

use crate::support::{Client, PEOPLE, SHOP, compose, open, people, sale, soon};

const SOLD: &str = "subscription { sold { number user { name } } }";

/// What a client of the subgraph asked, and a way to answer it in pieces of the response's body, or in messages.
struct Asked {
    head: http::request::Parts,
    body: String,
    pieces: mpsc::UnboundedSender<String>,
}

impl Asked {
    fn say(&self, text: impl Into<String>) {
        self.pieces.send(text.into()).unwrap();
    }

    /// Ends when the client is gone.
    async fn gone(&self) {
        soon(self.pieces.closed()).await;
    }
}

/// A subgraph that says what the test says, with this content type; by WebSocket where it is asked so.
struct Source {
    url: String,
    asked: Mutex<mpsc::UnboundedReceiver<Asked>>,
}

#[derive(Clone)]
struct Saying {
    status: u16,
    content_type: &'static str,
    asked: mpsc::UnboundedSender<Asked>,
}

async fn say(
    State(saying): State<Saying>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let (pieces, mut told) = mpsc::unbounded_channel::<String>();
    if let Ok(upgrade) = upgrade {
        return upgrade
            .protocols(["graphql-transport-ws"])
            .on_upgrade(move |socket| converse(socket, head, saying, pieces, told));
    }
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    saying.asked.send(Asked { head, body, pieces }).unwrap();
    let pieces = futures::stream::poll_fn(move |context| told.poll_recv(context));
    let body = Body::from_stream(pieces.map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece))));
    let status = http::StatusCode::from_u16(saying.status).unwrap();
    (status, [("content-type", saying.content_type)], body).into_response()
}

/// Acknowledges, and then says what the test says. What the client said is the body, a line each.
async fn converse(
    mut socket: WebSocket,
    head: http::request::Parts,
    saying: Saying,
    pieces: mpsc::UnboundedSender<String>,
    mut told: mpsc::UnboundedReceiver<String>,
) {
    let mut body = String::new();
    for answer in [Some(r#"{"type":"ping"}"#), Some(r#"{"type":"connection_ack"}"#), None] {
        let Some(Ok(Message::Text(text))) = socket.recv().await else { return };
        body += &format!("{text}\n");
        if let Some(answer) = answer {
            socket.send(Message::Text(answer.into())).await.unwrap();
        }
    }
    saying.asked.send(Asked { head, body, pieces }).unwrap();
    loop {
        tokio::select! {
            text = told.recv() => match text {
                Some(text) => socket.send(Message::Text(text.into())).await.unwrap(),
                None => return,
            },
            frame = socket.recv() => if !matches!(frame, Some(Ok(_))) { return },
        }
    }
}

impl Source {
    async fn new(status: u16, content_type: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, asked) = mpsc::unbounded_channel();
        let saying = Saying { status, content_type, asked: sender };
        let router = Router::new().route("/events", any(say)).with_state(saying);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked: Mutex::new(asked) }
    }

    async fn asked(&self) -> Asked {
        soon(async { self.asked.lock().await.recv().await }).await.unwrap()
    }

    /// A client of a gateway over this.
    fn client(&self, protocol: SubscriptionProtocol) -> Client {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut config = open();
        config.subgraphs.response_bytes = 1000;
        config.subscriptions.heartbeat_ms = 500;
        let shop = config.subgraphs.overrides.entry("shop".to_owned()).or_default();
        shop.url = Some(format!("{}/graphql", self.url));
        shop.subscription = Some(protocol);
        shop.subscription_path = Some("/events".to_owned());
        let supergraph = compose(&[("shop", SHOP), ("people", PEOPLE)]);
        let builder = Gateway::builder(config).supergraph_sdl(supergraph);
        Client::of(&builder.in_process("people", people()).build().unwrap())
    }
}

/// An event as each protocol has it.
fn event(protocol: SubscriptionProtocol, answer: &str) -> String {
    match protocol {
        SubscriptionProtocol::Sse => format!("event: next\ndata: {answer}\n\n"),
        SubscriptionProtocol::Websocket => {
            format!(r#"{{"type":"next","id":"1","payload":{answer}}}"#)
        }
        SubscriptionProtocol::Multipart => {
            format!("--graphql\r\ncontent-type: application/json\r\n\r\n{{\"payload\":{answer}}}\r\n")
        }
    }
}

/// What comes in between, and the end.
fn around(protocol: SubscriptionProtocol) -> (&'static str, &'static str) {
    match protocol {
        SubscriptionProtocol::Sse => (":\n\n", "event: complete\ndata:\n\n"),
        SubscriptionProtocol::Websocket => (r#"{"type":"ping"}"#, r#"{"type":"complete","id":"1"}"#),
        SubscriptionProtocol::Multipart => {
            ("--graphql\r\ncontent-type: application/json\r\n\r\n{}\r\n", "--graphql--\r\n")
        }
    }
}

const ALL: [(SubscriptionProtocol, &str); 3] = [
    (SubscriptionProtocol::Sse, "text/event-stream; charset=utf-8"),
    (SubscriptionProtocol::Websocket, ""),
    (SubscriptionProtocol::Multipart, "multipart/mixed; boundary=\"graphql\"; subscriptionSpec=1.0"),
];

#[tokio::test]
async fn events_come_by_every_protocol_until_the_subgraph_has_no_more() {
    for (protocol, content_type) in ALL {
        let source = Source::new(200, content_type).await;
        let client = source.client(protocol);
        let ask = client.stream(SOLD, &[("x-request-id", "r-1")]);
        let (asked, mut stream) = tokio::join!(source.asked(), ask);
        assert_eq!(asked.head.headers["x-request-id"], "r-1", "{protocol:?}");
        let (between, end) = around(protocol);
        asked.say(between);
        for number in 1..=2 {
            asked.say(event(protocol, &sale(number, number)));
            let answer = stream.next().await.unwrap();
            let name = format!("user {number}");
            let expected = json!({ "data": { "sold": { "number": number, "user": { "name": name } } } });
            assert_eq!(answer, expected, "{protocol:?}");
            asked.say(between);
        }
        asked.say(end);
        assert_eq!(stream.next().await, None, "{protocol:?}");
        asked.gone().await;
    }
}

#[tokio::test]
async fn each_protocol_is_asked_as_it_wants_to_be() {
    for (protocol, content_type) in ALL {
        let source = Source::new(200, content_type).await;
        let client = source.client(protocol);
        let (asked, _stream) = tokio::join!(source.asked(), client.stream(SOLD, &[]));
        let accept = asked.head.headers.get("accept").map_or("", |value| value.to_str().unwrap());
        match protocol {
            SubscriptionProtocol::Sse => assert_eq!(accept, "text/event-stream"),
            SubscriptionProtocol::Multipart => {
                assert!(accept.contains("multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0"));
            }
            SubscriptionProtocol::Websocket => {
                let lines: Vec<Value> =
                    asked.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                assert_eq!(lines[0], json!({ "type": "connection_init" }));
                assert_eq!(lines[1], json!({ "type": "pong" }));
                assert_eq!((&lines[2]["type"], &lines[2]["id"]), (&json!("subscribe"), &json!("1")));
                assert!(lines[2]["payload"]["query"].as_str().unwrap().starts_with("subscription"));
                continue;
            }
        }
        assert_eq!(asked.head.headers["content-type"], "application/json");
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        assert!(body["query"].as_str().unwrap().starts_with("subscription"), "{body}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_hangs_up_on_the_subgraph() {
    for (protocol, content_type) in ALL {
        let source = Source::new(200, content_type).await;
        let client = source.client(protocol);
        let (asked, stream) = tokio::join!(source.asked(), client.stream(SOLD, &[]));
        drop(stream);
        // Whoever writes into a response notices; a WebSocket is read all the time.
        let (between, _) = around(protocol);
        while asked.pieces.send(between.to_owned()).is_ok() {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_subgraph_that_breaks_off_or_talks_nonsense_is_lost() {
    for (protocol, content_type) in ALL {
        let long = event(protocol, &json!({ "data": { "sold": null }, "pad": "x".repeat(1000) }).to_string());
        for (last, code) in [("", "SUBGRAPH_UNAVAILABLE"), (long.as_str(), "")] {
            let source = Source::new(200, content_type).await;
            let client = source.client(protocol);
            let (asked, mut stream) = tokio::join!(source.asked(), client.stream(SOLD, &[]));
            asked.say(event(protocol, &sale(1, 1)));
            assert!(stream.next().await.unwrap()["errors"].is_null());
            if !last.is_empty() {
                asked.say(last);
            }
            drop(asked);
            let answer = stream.next().await.unwrap();
            assert_eq!(answer["data"], json!({ "sold": null }));
            let told = answer["errors"][0]["extensions"]["code"].as_str().unwrap();
            assert!(
                told == code || code.is_empty() && told.starts_with("SUBGRAPH_"),
                "{protocol:?} {answer}"
            );
            assert_eq!(stream.next().await, None);
        }
    }
}

/// Why a subgraph does not begin, and what the client is told.
#[tokio::test]
async fn a_subgraph_that_refuses_is_told_of() {
    let refusal = r#"{"errors":[{"message":"no","extensions":{"code":"X"}}]}"#;
    for (status, content_type, body, code) in [
        (200, "application/json", refusal, "X"),
        (400, "application/graphql-response+json", refusal, "X"),
        (401, "application/json", "{}", "SUBGRAPH_UNAVAILABLE"),
        (500, "text/html", "stack trace", "SUBGRAPH_UNAVAILABLE"),
        (200, "text/html", "stack trace", "SUBGRAPH_UNAVAILABLE"),
        (
            200,
            "multipart/mixed; boundary=x",
            "--x\r\n\r\n{\"payload\":null,\"errors\":[{\"message\":\"no\",\"extensions\":{\"code\":\"X\"}}]}",
            "X",
        ),
    ] {
        let source = Source::new(status, content_type).await;
        let client = source.client(SubscriptionProtocol::Sse);
        let answer = async {
            let asked = source.asked().await;
            asked.say(body);
        };
        let ((), mut stream) = tokio::join!(answer, client.stream(SOLD, &[]));
        let answer = stream.next().await.unwrap();
        assert_eq!(answer["data"], json!({ "sold": null }), "{body}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{status} {body}");
        assert!(!answer.to_string().contains("stack trace"));
        assert_eq!(stream.next().await, None);
    }
    let source = Source::new(200, "").await;
    let client = source.client(SubscriptionProtocol::Websocket);
    let (asked, mut stream) = tokio::join!(source.asked(), client.stream(SOLD, &[]));
    asked.say(r#"{"type":"error","id":"1","payload":[{"message":"no","extensions":{"code":"X"}}]}"#);
    assert_eq!(stream.next().await.unwrap()["errors"][0]["extensions"]["code"], "X");
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn nobody_there_is_told_of() {
    let nobody =
        Source { url: "http://127.0.0.1:9".to_owned(), asked: Mutex::new(mpsc::unbounded_channel().1) };
    for (protocol, _) in ALL {
        let mut stream = nobody.client(protocol).stream(SOLD, &[]).await;
        let answer = stream.next().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "SUBGRAPH_UNAVAILABLE", "{protocol:?}");
        assert_eq!(stream.next().await, None);
    }
}

//! GraphQL over WebSocket, by real sockets.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use auth::{FixedClock, Role, TenantId};
use chrono::{SubsecRound as _, Utc};
use futures::{SinkExt as _, StreamExt as _};
use gateway::{Config, Gateway};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use test_kit::DevIssuer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;
use wire::{Response, Subgraph, TransportError};

use crate::support::{Canned, Eventful, PEOPLE, Part, SHOP, builder, open, people, sale, soon};

const SOLD: &str = "subscription { sold { number user { name } } }";

/// A gateway that listens.
struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<()>,
}

fn parts(shop: Arc<Eventful>) -> Vec<Part<'static>> {
    vec![("shop", SHOP, shop), ("people", PEOPLE, people())]
}

async fn serve(gateway: Gateway) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let told = stop.clone();
    let server = tokio::spawn(async move {
        gateway::serve(listener, &gateway, async move { told.cancelled().await }).await;
    });
    Running { address, stop, server }
}

async fn over(config: Config, shop: &Arc<Eventful>) -> Running {
    serve(builder(config, parts(shop.clone())).build().unwrap()).await
}

/// A client's end of a connection.
struct Socket(WebSocketStream<TcpStream>);

impl Running {
    /// Opens a connection; the status where it is refused.
    async fn open(&self, headers: &[(&'static str, &str)]) -> Result<Socket, StatusCode> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let stream = TcpStream::connect(self.address).await.unwrap();
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn connect(&self) -> Socket {
        self.open(&[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    /// A connection that is ready for operations.
    async fn ready(&self) -> Socket {
        let mut socket = self.connect().await;
        socket.send(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket
    }
}

impl Socket {
    async fn send(&mut self, message: Value) {
        self.text(&message.to_string()).await;
    }

    async fn text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    async fn next(&mut self) -> Value {
        loop {
            match soon(self.0.next()).await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The code that the connection is closed with; messages before it are passed over.
    async fn closed(&mut self) -> (u16, String) {
        soon(async {
            loop {
                match self.0.next().await.unwrap().unwrap() {
                    Message::Close(Some(frame)) => return (frame.code.into(), frame.reason.to_string()),
                    Message::Close(None) => panic!("closed without a code"),
                    _ => {}
                }
            }
        })
        .await
    }
}

fn code(message: &Value) -> &str {
    message["payload"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn every_kind_of_operation_is_answered() {
    let shop = Eventful::new();
    let running = over(open(), &shop).await;
    let mut socket = running.ready().await;
    socket.send(json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(socket.next().await, json!({ "type": "pong", "payload": { "a": 1 } }));
    for (query, data) in [("{mood}", json!({ "mood": 7 })), ("mutation{sell}", json!({ "sell": 8 }))] {
        socket.subscribe("q", query).await;
        assert_eq!(socket.next().await, json!({ "id": "q", "type": "next", "payload": { "data": data } }));
        assert_eq!(socket.next().await, json!({ "id": "q", "type": "complete" }));
    }
    socket.subscribe("s", SOLD).await;
    let subscriber = shop.subscriber().await;
    for number in 1..=2 {
        subscriber.send(sale(number, number));
        let data = json!({ "sold": { "number": number, "user": { "name": format!("user {number}") } } });
        assert_eq!(socket.next().await, json!({ "id": "s", "type": "next", "payload": { "data": data } }));
    }
    // Another one goes on beside it.
    socket.subscribe("q", "{mood}").await;
    assert_eq!(socket.next().await["id"], "q");
    assert_eq!(socket.next().await, json!({ "id": "q", "type": "complete" }));
    drop(subscriber);
    assert_eq!(socket.next().await, json!({ "id": "s", "type": "complete" }));
}

#[tokio::test]
async fn what_is_not_executed_is_an_error_of_that_operation_alone() {
    let shop = Eventful::new();
    let mut config = open();
    config.subscriptions.per_connection = 1;
    let running = over(config, &shop).await;
    let mut socket = running.ready().await;
    socket.subscribe("a", "{nope}").await;
    let message = socket.next().await;
    assert_eq!((&message["id"], &message["type"]), (&json!("a"), &json!("error")));
    assert_eq!(code(&message), "GRAPHQL_VALIDATION_FAILED");
    assert!(message["payload"][0]["extensions"]["requestId"].is_string());
    // The id is free again; and there is one place.
    socket.subscribe("a", SOLD).await;
    socket.subscribe("b", "{mood}").await;
    let message = socket.next().await;
    assert_eq!((&message["id"], code(&message)), (&json!("b"), "TOO_MANY_SUBSCRIPTIONS"));
    socket.send(json!({ "type": "complete", "id": "a" })).await;
    shop.subscriber().await.gone().await;
    socket.subscribe("b", "{mood}").await;
    assert_eq!(socket.next().await["payload"]["data"]["mood"], 7);
}

#[tokio::test]
async fn a_close_frame_is_answered() {
    let running = over(open(), &Eventful::new()).await;
    for mut socket in [running.ready().await, running.connect().await] {
        socket.0.send(Message::Close(None)).await.unwrap();
        assert!(matches!(socket.0.next().await, Some(Ok(Message::Close(None)))));
        assert!(socket.0.next().await.is_none());
    }
}

#[tokio::test]
async fn whoever_leaves_ends_the_subscriptions() {
    let shop = Eventful::new();
    let running = over(open(), &shop).await;
    let mut socket = running.ready().await;
    socket.subscribe("a", SOLD).await;
    socket.subscribe("b", SOLD).await;
    let (one, other) = (shop.subscriber().await, shop.subscriber().await);
    drop(socket);
    one.gone().await;
    other.gone().await;
}

/// What clients say wrongly, after what they said before, and the code that it is answered with.
#[tokio::test]
async fn wrong_messages_close_the_connection() {
    let init = r#"{"type":"connection_init"}"#;
    let sub = r#"{"type":"subscribe","id":"1","payload":{"query":"subscription{sold{number}}"}}"#;
    let running = over(open(), &Eventful::new()).await;
    for (messages, code) in [
        (vec!["nonsense"], 4400),
        (vec!["[]"], 4400),
        (vec![r#"{"type":"nonsense"}"#], 4400),
        (vec![r#"{"type":"connection_init","payload":3}"#], 4400),
        (vec![sub], 4401),
        (vec![init, init], 4429),
        (vec![init, sub, sub], 4409),
        (vec![init, r#"{"type":"subscribe","id":"1"}"#], 4400),
        (vec![init, r#"{"type":"subscribe","id":"","payload":{"query":"{mood}"}}"#], 4400),
        (vec![init, r#"{"type":"subscribe","payload":{"query":"{mood}"}}"#], 4400),
        (vec![init, r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#], 4400),
        (vec![init, r#"{"type":"complete"}"#], 4400),
    ] {
        let mut socket = running.connect().await;
        for message in &messages {
            socket.text(message).await;
        }
        assert_eq!(socket.closed().await.0, code, "{messages:?}");
    }
    let mut socket = running.ready().await;
    socket.0.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(socket.closed().await.0, 4400);
    assert_eq!(running.open(&[]).await.ok().unwrap().closed().await.0, 4406);
}

#[tokio::test]
async fn who_does_not_begin_is_not_waited_for() {
    let mut config = open();
    config.subscriptions.init_timeout_ms = 20;
    let running = over(config, &Eventful::new()).await;
    let mut socket = running.connect().await;
    assert_eq!(socket.closed().await.0, 4408);
}

#[tokio::test]
async fn pages_of_other_origins_are_kept_out() {
    let mut config = open();
    config.cors.origins = vec!["https://app.test".to_owned()];
    let running = over(config, &Eventful::new()).await;
    let own = format!("http://{}", running.address);
    for (origin, allowed) in [
        (own.as_str(), true),
        ("https://app.test", true),
        ("https://evil.test", false),
        ("http://127.0.0.1", false),
        ("https://app.test.evil.test", false),
        ("null", false),
        ("", false),
    ] {
        let headers = [("sec-websocket-protocol", "graphql-transport-ws"), ("origin", origin)];
        let opened = running.open(&headers).await;
        assert_eq!(opened.err(), (!allowed).then_some(StatusCode::FORBIDDEN), "{origin:?}");
    }
    let mut config = open();
    config.cors.origins = vec!["*".to_owned()];
    let running = over(config, &Eventful::new()).await;
    assert!(running.open(&[("origin", "https://evil.test")]).await.is_ok());
}

#[tokio::test]
async fn connections_beyond_the_limit_are_refused_until_one_is_closed() {
    let shop = Eventful::new();
    let mut config = open();
    config.subscriptions.connections = 1;
    let running = over(config, &shop).await;
    let mut socket = running.ready().await;
    let headers = [("sec-websocket-protocol", "graphql-transport-ws")];
    assert_eq!(running.open(&headers).await.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
    socket.text("nonsense").await;
    assert_eq!(socket.closed().await.0, 4400);
    // The client's answer to the close frame, and the end.
    assert!(socket.0.next().await.is_none());
    let mut opened = running.open(&headers).await;
    while opened.is_err() {
        tokio::task::yield_now().await;
        opened = running.open(&headers).await;
    }
}

#[tokio::test]
async fn a_client_that_does_not_answer_is_given_up() {
    let shop = Eventful::new();
    let mut config = open();
    config.subscriptions.heartbeat_ms = 20;
    let running = over(config, &shop).await;
    let mut socket = running.ready().await;
    socket.subscribe("a", SOLD).await;
    // Nothing is read from here on, and so no ping is answered.
    shop.subscriber().await.gone().await;
}

#[tokio::test]
async fn the_end_of_the_gateway_closes_connections() {
    let shop = Eventful::new();
    let running = over(open(), &shop).await;
    let (mut ready, mut silent) = (running.ready().await, running.connect().await);
    ready.subscribe("a", SOLD).await;
    let subscriber = shop.subscriber().await;
    running.stop.cancel();
    assert_eq!(ready.closed().await.0, 1001);
    assert_eq!(silent.closed().await.0, 1001);
    subscriber.gone().await;
    assert!(ready.0.next().await.is_none() && silent.0.next().await.is_none());
    running.server.await.unwrap();
}

/// A gateway that believes an issuer, and the `authorization` of somebody.
async fn guarded(shop: &Arc<Eventful>, left: chrono::TimeDelta) -> (Running, String) {
    let clock = Arc::new(FixedClock::new(Utc::now().trunc_subsecs(0)));
    let issuer = DevIssuer::with_clock("https://login.test", clock.clone()).unwrap();
    let tenant: TenantId = "00000000-0000-0000-0000-000000000007".parse().unwrap();
    let token = issuer.token(&DevIssuer::somebody(tenant, &[Role::Owner]), "tributary").unwrap();
    // Tokens live for 5 minutes, and the leeway is 30 seconds.
    clock.advance(chrono::TimeDelta::seconds(330) - left);
    let trusted = issuer.verifier("tributary");
    let gateway =
        builder(Config::default(), parts(shop.clone())).clock(clock).trust(trusted).build().unwrap();
    (serve(gateway).await, format!("Bearer {token}"))
}

#[tokio::test]
async fn who_asks_is_told_by_the_header_or_the_first_message() {
    let shop = Eventful::new();
    let (running, token) = guarded(&shop, chrono::TimeDelta::seconds(60)).await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    for payload in [json!({ "authorization": token }), json!({ "Authorization": token })] {
        let mut socket = running.connect().await;
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket.subscribe("a", SOLD).await;
        let subscriber = shop.subscriber().await;
        let internal = subscriber.request.headers["authorization"].to_str().unwrap();
        assert!(internal.starts_with("Bearer ") && internal != token);
    }
    let mut socket = running.open(&[protocol, ("authorization", &token)]).await.ok().unwrap();
    socket.send(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
    for payload in [json!({}), json!({ "authorization": "Bearer x" }), json!({ "authorization": 3 })] {
        let mut socket = running.connect().await;
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.closed().await.0, 4403, "{payload}");
    }
    let refused = running.open(&[protocol, ("authorization", "Bearer x")]).await;
    assert_eq!(refused.err(), Some(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
async fn a_connection_ends_when_its_token_expires() {
    let shop = Eventful::new();
    let (running, token) = guarded(&shop, chrono::TimeDelta::milliseconds(300)).await;
    let mut socket = running.connect().await;
    socket.send(json!({ "type": "connection_init", "payload": { "authorization": token } })).await;
    assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
    assert_eq!(socket.closed().await, (4403, "The token has expired.".to_owned()));
}

const DEFERRED: &str =
    "query($late: Boolean! = true) { mood ... @defer(if: $late, label: \"rest\") { buyer { name } } }";

/// A gateway over a subgraph that knows a buyer, and one that knows the name when it is let.
async fn with_buyers() -> (Running, Arc<Semaphore>) {
    struct Names(Arc<Semaphore>);

    #[async_trait]
    impl Subgraph for Names {
        async fn call(&self, request: wire::Request) -> Result<Response, TransportError> {
            self.0.acquire().await.unwrap().forget();
            people().call(request).await
        }
    }

    let shop = r#"type Query { mood: Int buyer: User } type Mutation { sell: User } type User @key(fields: "id") { id: ID! }"#;
    let buyer = json!({ "__typename": "User", "id": "7" });
    let shop_answer = json!({ "data": { "mood": 5, "buyer": buyer, "sell": buyer } }).to_string();
    let open_names = Arc::new(Semaphore::new(0));
    let parts: Vec<Part<'_>> = vec![
        ("shop", shop, Canned::saying(shop_answer)),
        ("people", PEOPLE, Arc::new(Names(open_names.clone()))),
    ];
    (serve(builder(open(), parts).build().unwrap()).await, open_names)
}

#[tokio::test]
async fn what_is_deferred_comes_in_messages_of_its_own() {
    let (running, names) = with_buyers().await;
    let mut socket = running.ready().await;
    socket.subscribe("1", DEFERRED).await;
    let next = |payload: Value| json!({ "id": "1", "type": "next", "payload": payload });
    let first = json!({ "data": { "mood": 5 }, "hasNext": true });
    assert_eq!(socket.next().await, next(first));
    names.add_permits(1);
    let increment = json!({ "data": { "buyer": { "name": "user 7" } }, "path": [], "label": "rest" });
    assert_eq!(socket.next().await, next(json!({ "incremental": [increment], "hasNext": false })));
    assert_eq!(socket.next().await, json!({ "id": "1", "type": "complete" }));
}

#[tokio::test]
async fn what_is_not_to_be_deferred_comes_in_one_message() {
    let (running, names) = with_buyers().await;
    names.add_permits(10);
    let mut socket = running.ready().await;
    let whole = json!({ "mood": 5, "buyer": { "name": "user 7" } });
    for (query, variables, data) in [
        (DEFERRED, json!({ "late": false }), whole),
        // Nothing would be gained.
        (
            "{ buyer { id ... @defer { __typename } } }",
            json!({}),
            json!({ "buyer": { "id": "7", "__typename": "User" } }),
        ),
        ("mutation { sell { ... @defer { name } } }", json!({}), json!({ "sell": { "name": "user 7" } })),
    ] {
        let payload = json!({ "query": query, "variables": variables });
        socket.send(json!({ "type": "subscribe", "id": "1", "payload": payload })).await;
        assert_eq!(socket.next().await, json!({ "id": "1", "type": "next", "payload": { "data": data } }));
        assert_eq!(socket.next().await, json!({ "id": "1", "type": "complete" }), "{query}");
    }
}

#[tokio::test]
async fn a_client_may_leave_before_what_is_deferred() {
    let (running, names) = with_buyers().await;
    let mut socket = running.ready().await;
    socket.subscribe("1", DEFERRED).await;
    assert_eq!(socket.next().await["payload"]["hasNext"], true);
    socket.send(json!({ "type": "complete", "id": "1" })).await;
    // The id is free, and nothing more is told of what went before under it.
    socket.subscribe("1", DEFERRED).await;
    assert_eq!(socket.next().await["payload"]["hasNext"], true);
    names.add_permits(1);
    assert_eq!(socket.next().await["payload"]["hasNext"], false);
    assert_eq!(socket.next().await, json!({ "id": "1", "type": "complete" }));
}

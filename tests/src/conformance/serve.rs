//! A group's subgraphs as the gateway meets them, and the gateway itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::routing::post;
use bytes::Bytes;
use gateway::Gateway;
use http::HeaderMap;
use serde_json::Value;
use tower::ServiceExt as _;
use wire::{Request, Response, Subgraph, TransportError};

use super::executor::Executor;
use super::group::Group;

/// How the gateway reaches the subgraphs, and which supergraph it is fed.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// By HTTP; otherwise in this process.
    pub http: bool,
    /// The folder's ready-made supergraph; otherwise our own composition's.
    pub ready_made: bool,
}

impl Shape {
    /// All there are.
    pub const ALL: [Self; 4] = [
        Self { http: false, ready_made: false },
        Self { http: false, ready_made: true },
        Self { http: true, ready_made: false },
        Self { http: true, ready_made: true },
    ];
}

impl Group {
    fn ask(&self, subgraph: &str, body: &[u8]) -> Bytes {
        let Some(schema) = self.subgraphs.iter().find(|one| one.name == subgraph) else {
            return Bytes::from_static(b"{\"errors\":[{\"message\":\"no such subgraph\"}]}");
        };
        let executor = Executor {
            world: &self.world,
            subgraph: Some(schema),
            schema: &schema.schema,
            violations: &self.violations,
        };
        let body: Value = serde_json::from_slice(body).expect("the gateway sends JSON");
        self.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Bytes::from(executor.answer(&body).to_string())
    }
}

struct InProcess {
    group: Arc<Group>,
    name: String,
}

#[async_trait]
impl Subgraph for InProcess {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        Ok(Response { headers: HeaderMap::new(), body: self.group.ask(&self.name, &request.body) })
    }
}

async fn by_http(
    State(group): State<Arc<Group>>,
    Path(name): Path<String>,
    body: Bytes,
) -> impl axum::response::IntoResponse {
    ([("content-type", "application/json")], group.ask(&name, &body))
}

/// Serves all subgraphs of a group, at `/NAME`, until the runtime ends.
pub async fn serve(group: &Arc<Group>) -> SocketAddr {
    let router = Router::new().route("/{name}", post(by_http)).with_state(Arc::clone(group));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A gateway over a group.
pub fn gateway(group: &Arc<Group>, shape: Shape, address: SocketAddr) -> Result<Gateway, String> {
    // A provider that is there already is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let sdl = if shape.ready_made { group.ready_made.clone() } else { group.compose()? };
    let mut config = group.config.clone();
    if shape.http {
        for subgraph in &group.subgraphs {
            let url = Some(format!("http://{address}/{}", subgraph.name));
            let over = gateway::config::SubgraphConfig { url, ..gateway::config::SubgraphConfig::default() };
            config.subgraphs.overrides.insert(subgraph.name.clone(), over);
        }
    }
    let mut builder = Gateway::builder(config).supergraph_sdl(sdl);
    if !shape.http {
        for subgraph in &group.subgraphs {
            let name = subgraph.name.clone();
            builder = builder
                .in_process(&name, Arc::new(InProcess { group: Arc::clone(group), name: name.clone() }));
        }
    }
    builder.build().map_err(|error| error.to_string())
}

/// What the gateway answers to that body.
pub(super) async fn ask(gateway: &Gateway, body: &Value) -> Value {
    let request = http::Request::post("/graphql")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    let response = gateway.router().oneshot(request).await.expect("a response");
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{error}: {body:?}"))
}

//! A gateway, put together.

mod builder;

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::Name;
use apollo_compiler::collections::HashMap as NameMap;
use apollo_compiler::schema::Implementers;
use arc_swap::ArcSwap;
use http::HeaderName;
use planner::Supergraph;
use tower_http::cors::CorsLayer;

use crate::config::{Config, LimitsConfig};
use crate::overrides::Overrides;
use crate::pipeline::{Admission, Authentication, Preparation, Subscriptions};
use crate::server::{ConsoleTokens, Draining};
use crate::transport::{InternalTokens, Transport};

pub use builder::{Builder, StartError};

/// One supergraph and all that was made for it: it is replaced as a whole.
pub(crate) struct Graph {
    pub(crate) supergraph: Supergraph,
    pub(crate) preparation: Preparation,
    pub(crate) transports: HashMap<Arc<str>, Transport>,
    pub(crate) implementers: NameMap<Name, Implementers>,
    /// With the labels that are active for all requests.
    pub(crate) options: planner::Options,
    pub(crate) overrides: Overrides,
    pub(crate) introspection: bool,
}

/// All that answering a request takes.
pub(crate) struct State {
    pub(crate) config: Config,
    /// A request keeps to the one that it met.
    pub(crate) graph: ArcSwap<Graph>,
    pub(crate) authentication: Authentication,
    pub(crate) admission: Admission,
    pub(crate) tokens: InternalTokens,
    /// Headers of the client that go on to subgraphs.
    pub(crate) forwarded: Vec<HeaderName>,
    pub(crate) cors: Option<CorsLayer>,
    pub(crate) console: Option<Arc<dyn ConsoleTokens>>,
    pub(crate) draining: Draining,
    pub(crate) subscriptions: Subscriptions,
}

/// A Federation gateway. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    state: Arc<State>,
}

impl Gateway {
    /// Begins a gateway with that configuration.
    pub fn builder(config: Config) -> Builder {
        Builder::new(config)
    }

    /// `/graphql`, `/health/live`, `/health/ready`, `/.well-known/jwks.json` and the console at `/`.
    pub fn router(&self) -> axum::Router {
        crate::server::router(self.state.clone())
    }

    /// From here on `/health/ready` answers 503, so that requests go elsewhere, and subscriptions end, so that clients begin
    /// them again elsewhere. [`serve`](crate::serve) does it when it is told to stop.
    pub fn begin_draining(&self) {
        self.state.draining.begin();
    }

    pub(crate) fn limits(&self) -> &LimitsConfig {
        &self.state.config.limits
    }

    /// Ends when no WebSocket connection is open any more; for when the process is about to end.
    pub(crate) async fn sockets_closed(&self) {
        self.state.subscriptions.sockets_closed().await;
    }
}

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Subscriptions: GraphQL over WebSocket and over server-sent events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubscriptionsConfig {
    /// WebSocket connections open at a time; more are refused at once.
    pub connections: usize,
    /// Operations under way on one WebSocket connection at a time.
    pub per_connection: usize,
    /// Subscriptions under way in all; more are refused at once.
    pub total: usize,
    /// Events of one subscription that may wait for a slow client. One more ends the subscription.
    pub queue: usize,
    /// How long a WebSocket connection may take to send `connection_init`, in milliseconds.
    pub init_timeout_ms: u64,
    /// How often a client that is sent nothing else gets a sign of life, in milliseconds: a ping, or a comment in the event
    /// stream. A WebSocket connection from which nothing came for two such times is closed.
    pub heartbeat_ms: u64,
}

impl Default for SubscriptionsConfig {
    fn default() -> Self {
        Self {
            connections: 10_000,
            per_connection: 100,
            total: 10_000,
            queue: 32,
            init_timeout_ms: 10_000,
            heartbeat_ms: 12_000,
        }
    }
}

/// How a subgraph sends events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SubscriptionProtocol {
    /// Server-sent events: GraphQL over SSE, distinct connections mode.
    #[default]
    Sse,
    /// GraphQL over WebSocket: subprotocol `graphql-transport-ws`.
    Websocket,
    /// Apollo's subscriptions over multipart HTTP: `multipart/mixed;subscriptionSpec=1.0`.
    Multipart,
}

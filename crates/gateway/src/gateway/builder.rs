use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use auth::{
    Algorithm, Clock, FileKeys, HttpKeys, Issuer, KeyRing, KeySource, KeySourceError, RevocationList,
    SigningKey, SigningKeyError, Subjects, SystemClock, Verifier, VerifierConfig,
};
use chrono::TimeDelta;
use http::{HeaderName, header};
use planner::{SubgraphInfo, Supergraph, SupergraphError};
use revocation::Follower;
use url::Url;
use wire::Subgraph;

use super::{Gateway, Graph, State};
use crate::config::{Config, IssuerConfig, SubgraphConfig};
use crate::overrides::{Draw, Overrides};
use crate::pipeline::{Admission, Authentication, Preparation, Subscriptions};
use crate::server::{ConsoleTokens, Draining, cors_layer};
use crate::transport::{self, HttpSubgraph, InProcess, InternalTokens, SubscriptionEndpoint, Transport};

/// Why a gateway did not start: one line for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nobody said which graph.
    #[error("no supergraph was given")]
    NoSupergraph,
    /// The supergraph can't be planned over.
    #[error("the supergraph can't be used ({code}): {0}", code = .0.code())]
    Supergraph(#[from] SupergraphError),
    /// Nobody would be let in, or everybody, without that being said.
    #[error(
        "no issuer of tokens is configured: add [[authentication.issuers]], or let everybody in with --insecure-no-auth"
    )]
    NoIssuer,
    /// Two issuers could speak of the same user.
    #[error(
        "authentication.issuers: {first} and {second} could both speak of the same user; set `subjects = \"foreign\"` for all issuers but one"
    )]
    SharedUsers {
        /// One of them.
        first: String,
        /// Another.
        second: String,
    },
    /// An issuer's keys can't be reached that way.
    #[error("authentication.issuers: {0}")]
    Keys(#[from] KeySourceError),
    /// What an issuer takes back can't be read there.
    #[error("authentication.issuers: revocations: {0}")]
    Revocations(#[from] revocation::AddressError),
    /// The gateway's own key can't be used.
    #[error("internal_tokens.key_file {file}: {message}")]
    SigningKey {
        /// The file.
        file: String,
        /// Why.
        message: String,
    },
    /// No key could be made.
    #[error("a key for internal tokens: {0}")]
    KeyGeneration(#[from] SigningKeyError),
    /// A subgraph's address is not one.
    #[error("the address of subgraph {subgraph} can't be used: `{url}`")]
    Address {
        /// The subgraph.
        subgraph: String,
        /// What stands there.
        url: String,
    },
    /// A subgraph is configured that the graph does not have.
    #[error("subgraphs.overrides names {0}, which is not in the supergraph")]
    UnknownSubgraph(String),
    /// A header that can't go on to subgraphs.
    #[error("subgraphs.forward_headers: `{0}` is no header that can be forwarded")]
    ForwardedHeader(String),
    /// No origin of web pages.
    #[error("cors.origins: `{0}` is no origin; write it as in https://app.example.com")]
    Origin(String),
    /// No client for HTTP.
    #[error("HTTP: {0}")]
    Http(String),
}

/// Revocations that are older are about tokens that have expired: no issuer should let one live for longer.
const LONGEST_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Headers that belong to one connection or one body (RFC 9110 section 7.6.1), and so never to the next.
const NOT_FORWARDED: [HeaderName; 14] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::HOST,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Where and how a subgraph behind HTTP is asked for events.
fn subscriptions(
    name: &str,
    address: &Url,
    config: Option<&SubgraphConfig>,
) -> Result<SubscriptionEndpoint, StartError> {
    let path = config.and_then(|config| config.subscription_path.as_deref()).unwrap_or_default();
    let protocol = config.and_then(|config| config.subscription).unwrap_or_default();
    SubscriptionEndpoint::new(address, path, protocol)
        .ok_or_else(|| StartError::Address { subgraph: name.to_owned(), url: path.to_owned() })
}

fn forwarded(names: &[String]) -> Result<Vec<HeaderName>, StartError> {
    let forwarded = names.iter().map(|name| {
        let header = HeaderName::try_from(name).ok().filter(|header| !NOT_FORWARDED.contains(header));
        header.ok_or_else(|| StartError::ForwardedHeader(name.clone()))
    });
    forwarded.collect()
}

/// A gateway in the making.
pub struct Builder {
    config: Config,
    supergraph: Option<String>,
    in_process: HashMap<String, Arc<dyn Subgraph>>,
    clock: Arc<dyn Clock>,
    draw: Draw,
    issuer: Option<Issuer>,
    verifiers: Vec<Verifier>,
    console: Option<Arc<dyn ConsoleTokens>>,
}

impl Builder {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            supergraph: None,
            in_process: HashMap::new(),
            clock: Arc::new(SystemClock),
            draw: Arc::new(fastrand::f64),
            issuer: None,
            verifiers: Vec::new(),
            console: None,
        }
    }

    /// The supergraph's schema, composed by whatever tool.
    #[must_use]
    pub fn supergraph_sdl(mut self, sdl: impl Into<String>) -> Self {
        self.supergraph = Some(sdl.into());
        self
    }

    /// A subgraph of this process, instead of the one at the supergraph's address.
    #[must_use]
    pub fn in_process(mut self, name: impl Into<String>, subgraph: Arc<dyn Subgraph>) -> Self {
        self.in_process.insert(name.into(), subgraph);
        self
    }

    /// What time it is.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// What draws a number from 0 up to, and without, 1 for each request: it decides for which of them the label of a progressive
    /// `@override` is active.
    #[must_use]
    pub fn draw(mut self, draw: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.draw = Arc::new(draw);
        self
    }

    /// What makes the tokens for subgraphs, instead of the configured key.
    #[must_use]
    pub fn internal_issuer(mut self, issuer: Issuer) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// Whose tokens are believed, beside the configured issuers.
    #[must_use]
    pub fn trust(mut self, verifier: Verifier) -> Self {
        self.verifiers.push(verifier);
        self
    }

    /// Tokens that the console offers. For development alone: whoever opens the page gets them.
    #[must_use]
    pub fn console(mut self, tokens: Arc<dyn ConsoleTokens>) -> Self {
        self.console = Some(tokens);
        self
    }

    /// Puts the gateway together.
    ///
    /// # Errors
    /// When the supergraph, the configuration, or both together make no sense.
    pub fn build(mut self) -> Result<Gateway, StartError> {
        let supergraph = Supergraph::parse(&self.supergraph.take().ok_or(StartError::NoSupergraph)?)?;
        let overrides =
            Overrides::new(&supergraph.override_labels(), &self.config.overrides, self.draw.clone());
        let transports = self.transports(&supergraph)?;
        let authentication = self.authentication()?;
        let tokens = InternalTokens::new(self.issuer()?, self.clock.clone());
        let graph = Graph {
            implementers: supergraph.api_schema().implementers_map(),
            supergraph,
            preparation: Preparation::new(&self.config.prepared, self.config.limits.clone()),
            transports,
            options: planner::Options {
                active_labels: overrides.always().clone(),
                ..planner::Options::default()
            },
            overrides,
            introspection: self.config.introspection.enabled,
        };
        let state = State {
            graph: ArcSwap::from_pointee(graph),
            admission: Admission::new(&self.config.limits),
            authentication,
            tokens,
            forwarded: forwarded(&self.config.subgraphs.forward_headers)?,
            cors: cors_layer(&self.config.cors)?,
            console: self.console,
            draining: Draining::default(),
            subscriptions: Subscriptions::new(&self.config.subscriptions),
            config: self.config,
        };
        Ok(Gateway { state: Arc::new(state) })
    }

    fn transports(&mut self, supergraph: &Supergraph) -> Result<HashMap<Arc<str>, Transport>, StartError> {
        let known = |name: &str| supergraph.subgraphs().iter().any(|subgraph| subgraph.name == name);
        if let Some(unknown) = self.config.subgraphs.overrides.keys().find(|name| !known(name)) {
            return Err(StartError::UnknownSubgraph(unknown.clone()));
        }
        let client = transport::client().map_err(|error| StartError::Http(error.to_string()))?;
        let mut transports = HashMap::new();
        for SubgraphInfo { name, url } in supergraph.subgraphs() {
            let over = self.config.subgraphs.overrides.get(name);
            let timeout = over.and_then(|over| over.timeout_ms).unwrap_or(self.config.subgraphs.timeout_ms);
            let timeout = Duration::from_millis(timeout);
            let transport: Transport = if let Some(subgraph) = self.in_process.remove(name) {
                Arc::new(InProcess::new(subgraph, timeout, self.config.subgraphs.response_bytes))
            } else {
                let url = over.and_then(|over| over.url.as_ref()).unwrap_or(url);
                let address = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
                let address = address
                    .ok_or_else(|| StartError::Address { subgraph: name.clone(), url: url.clone() })?;
                let subscriptions = subscriptions(name, &address, over)?;
                let longest = self.config.subgraphs.response_bytes;
                Arc::new(HttpSubgraph::new(client.clone(), address, timeout, longest, subscriptions))
            };
            transports.insert(Arc::from(name.as_str()), transport);
        }
        Ok(transports)
    }

    fn authentication(&mut self) -> Result<Authentication, StartError> {
        if self.config.authentication.insecure_no_auth {
            tracing::warn!("everybody is let in, without a token: authentication.insecure_no_auth is set");
            return Ok(Authentication::Insecure);
        }
        let issuers = &self.config.authentication.issuers;
        let mut of_users =
            issuers.iter().filter(|one| one.subjects == Subjects::Users).map(|one| &one.issuer);
        if let Some(first) = of_users.next()
            && let Some(second) = of_users.find(|issuer| *issuer != first)
        {
            return Err(StartError::SharedUsers { first: first.clone(), second: second.clone() });
        }
        let mut verifiers = std::mem::take(&mut self.verifiers);
        let mut followers = Vec::new();
        for issuer in &self.config.authentication.issuers {
            let verifier = self.verifier(issuer)?;
            verifiers.push(match &issuer.revocations {
                None => verifier,
                Some(redis) => {
                    let list = Arc::new(RevocationList::new(LONGEST_LIFETIME, self.clock.clone()));
                    followers.push(Follower::follow(redis, list.clone())?);
                    verifier.with_revocations(list)
                }
            });
        }
        if verifiers.is_empty() {
            return Err(StartError::NoIssuer);
        }
        Ok(Authentication::Tokens { verifiers, clock: self.clock.clone(), followers })
    }

    fn verifier(&self, config: &IssuerConfig) -> Result<Verifier, StartError> {
        let source: Arc<dyn KeySource> = match Url::parse(&config.jwks) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Arc::new(HttpKeys::new(url)?),
            _ => Arc::new(FileKeys(config.jwks.clone().into())),
        };
        let keys = Arc::new(KeyRing::new(source, self.clock.clone()));
        let mut expected = VerifierConfig::new(config.issuer.as_str(), config.audience.as_str());
        expected.leeway = Duration::from_secs(config.leeway_seconds);
        expected.claims = config.claims.clone();
        expected.subjects = config.subjects;
        Ok(Verifier::new(expected, keys, self.clock.clone()))
    }

    fn issuer(&mut self) -> Result<Issuer, StartError> {
        if let Some(issuer) = self.issuer.take() {
            return Ok(issuer);
        }
        let config = &self.config.internal_tokens;
        let key = match &config.key_file {
            None => SigningKey::generate(Algorithm::EdDsa)?,
            Some(file) => {
                let unusable =
                    |message: String| StartError::SigningKey { file: file.display().to_string(), message };
                let pem = fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
                SigningKey::from_pem(&pem).map_err(|error| unusable(error.to_string()))?
            }
        };
        let lifetime = Duration::from_secs(config.lifetime_seconds);
        Ok(Issuer::new(key, auth::INTERNAL_ISSUER.to_owned(), lifetime, self.clock.clone()))
    }
}

//! Events from subgraphs behind HTTP.

mod event_stream;
mod multipart;
mod websocket;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use url::Url;
use wire::{Events, Request, TransportError};

use self::event_stream::EventStream;
use self::multipart::Multipart;
use super::http::unreachable;
use crate::config::SubscriptionProtocol;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Alone: graphql-sse knows "distinct connections mode" by this very text.
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");

/// Apollo's servers look for this text.
const PARTS: HeaderValue =
    HeaderValue::from_static("multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0, application/json");

/// Where and how one subgraph is asked for events.
pub(crate) struct SubscriptionEndpoint {
    url: Url,
    protocol: SubscriptionProtocol,
}

impl SubscriptionEndpoint {
    /// `path` is relative to the subgraph's address; `None` where the two make no address for HTTP or WebSocket.
    pub(crate) fn new(address: &Url, path: &str, protocol: SubscriptionProtocol) -> Option<Self> {
        let mut url = if path.is_empty() { address.clone() } else { address.join(path).ok()? };
        // A WebSocket connection begins as a request of HTTP.
        let scheme = match url.scheme() {
            "ws" => Some("http"),
            "wss" => Some("https"),
            "http" | "https" => None,
            _ => return None,
        };
        if let Some(scheme) = scheme {
            url.set_scheme(scheme).ok()?;
        }
        Some(Self { url, protocol })
    }

    /// Begins a subscription. `longest`: the longest event, in bytes.
    pub(super) async fn subscribe(
        &self,
        client: &reqwest::Client,
        request: Request,
        longest: usize,
    ) -> Result<Events, TransportError> {
        match self.protocol {
            SubscriptionProtocol::Websocket => {
                websocket::subscribe(client, &self.url, request, longest).await
            }
            SubscriptionProtocol::Sse => self.stream(client, request, EVENTS, longest).await,
            SubscriptionProtocol::Multipart => self.stream(client, request, PARTS, longest).await,
        }
    }

    /// Asks for a response that does not end, and reads whichever kind of stream it is.
    async fn stream(
        &self,
        client: &reqwest::Client,
        request: Request,
        accept: HeaderValue,
        longest: usize,
    ) -> Result<Events, TransportError> {
        let mut headers = request.headers;
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(ACCEPT, accept);
        let sent = client.post(self.url.clone()).headers(headers).body(request.body).send().await;
        let response = sent.map_err(|error| unreachable(&error))?;
        let status = response.status();
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.and_then(|kind| kind.parse::<mime::Mime>().ok());
        match kind.as_ref().map(mime::Mime::essence_str) {
            _ if status == StatusCode::UNAUTHORIZED => Err(TransportError::Unauthenticated),
            Some("text/event-stream") if status.is_success() => {
                Ok(events(response, EventStream::default(), longest))
            }
            Some("multipart/mixed") if status.is_success() => {
                let boundary = kind.as_ref().and_then(|kind| kind.get_param(mime::BOUNDARY));
                let multipart = Multipart::new(boundary.map_or("-", |boundary| boundary.as_str()));
                Ok(events(response, multipart, longest))
            }
            // Why there are no events, as the only answer (GraphQL over HTTP).
            Some("application/json" | "application/graphql-response+json") => {
                Ok(events(response, Whole::default(), longest))
            }
            _ if status.is_success() => Err(TransportError::Unsupported),
            _ => Err(TransportError::Status(status.as_u16())),
        }
    }
}

/// What a decoder makes of the bytes so far.
enum Decoded {
    Event(Bytes),
    /// An event, and nothing after it.
    Last(Bytes),
    Complete,
    /// More bytes are needed.
    More,
}

/// Takes events out of a stream of bytes.
trait Decode: Send + 'static {
    fn push(&mut self, bytes: &[u8]);

    fn next(&mut self) -> Decoded;

    /// How many bytes are kept for what is not complete yet.
    fn kept(&self) -> usize;

    /// What the end of the response means; by itself, that something broke.
    fn end(&mut self) -> Option<Bytes> {
        None
    }
}

/// A response that is being read.
struct Reading<D> {
    response: reqwest::Response,
    decoder: D,
    ended: bool,
}

fn events<D: Decode>(response: reqwest::Response, decoder: D, longest: usize) -> Events {
    let reading = Reading { response, decoder, ended: false };
    let read = stream::try_unfold(reading, move |mut reading| async move {
        loop {
            if reading.ended {
                return Ok(None);
            }
            match reading.decoder.next() {
                Decoded::Event(event) => return Ok(Some((event, reading))),
                Decoded::Last(event) => {
                    reading.ended = true;
                    return Ok(Some((event, reading)));
                }
                Decoded::Complete => return Ok(None),
                Decoded::More => {}
            }
            match reading.response.chunk().await.map_err(|error| unreachable(&error))? {
                Some(chunk) if reading.decoder.kept() + chunk.len() > longest => {
                    return Err(TransportError::TooLarge { limit: longest });
                }
                Some(chunk) => reading.decoder.push(&chunk),
                None => match reading.decoder.end() {
                    Some(event) => {
                        reading.ended = true;
                        return Ok(Some((event, reading)));
                    }
                    None => {
                        return Err(TransportError::Unreachable(
                            "it ended before it was complete".to_owned(),
                        ));
                    }
                },
            }
        }
    });
    read.boxed()
}

/// One answer that is no stream.
#[derive(Default)]
struct Whole(Vec<u8>);

impl Decode for Whole {
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn next(&mut self) -> Decoded {
        Decoded::More
    }

    fn kept(&self) -> usize {
        self.0.len()
    }

    fn end(&mut self) -> Option<Bytes> {
        Some(std::mem::take(&mut self.0).into())
    }
}

use axum::extract::ws::{CloseFrame, Utf8Bytes};
use bytes::Bytes;

use crate::json::{self, Object, Value, write_string};

/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 256;

/// The longest reason that a close frame can hold, in bytes (RFC 6455 section 5.5).
const LONGEST_REASON: usize = 123;

/// What a client sends.
pub(super) enum FromClient {
    /// With what stands under `authorization`, in either spelling.
    Init {
        authorization: Option<String>,
    },
    /// With its payload, if any.
    Ping(Option<Value>),
    Pong,
    Subscribe {
        id: String,
        payload: Object,
    },
    Complete {
        id: String,
    },
}

impl FromClient {
    /// Reads a message; the reason why it is none.
    pub(super) fn read(text: Utf8Bytes) -> Result<Self, &'static str> {
        let Ok(Value::Object(mut message)) = json::parse(&Bytes::from(text)) else {
            return Err("The message is not a JSON object.");
        };
        let kind = message.take("type");
        match kind.as_ref().and_then(Value::as_plain_str) {
            Some("connection_init") => match message.take("payload") {
                None | Some(Value::Null) => Ok(Self::Init { authorization: None }),
                Some(Value::Object(payload)) => Ok(Self::Init { authorization: authorization(&payload) }),
                Some(_) => Err("The payload of connection_init must be an object."),
            },
            Some("ping") => Ok(Self::Ping(message.take("payload"))),
            Some("pong") => Ok(Self::Pong),
            Some("subscribe") => match (id(&message), message.take("payload")) {
                (Some(id), Some(Value::Object(payload))) => Ok(Self::Subscribe { id, payload }),
                _ => Err("A subscribe message needs an id of 256 bytes at most, and a payload."),
            },
            Some("complete") => match id(&message) {
                Some(id) => Ok(Self::Complete { id }),
                None => Err("A complete message needs the id of an operation."),
            },
            _ => Err("The type of the message is unknown."),
        }
    }
}

fn id(message: &Object) -> Option<String> {
    let id = message.get("id")?.as_string()?;
    (1..=LONGEST_ID).contains(&id.len()).then(|| id.into_owned())
}

fn authorization(payload: &Object) -> Option<String> {
    let value = payload.get("authorization").or_else(|| payload.get("Authorization"))?;
    value.as_string().map(std::borrow::Cow::into_owned)
}

/// `{"type":"…"}`, or with a payload that is JSON text.
pub(super) fn plain(kind: &str, payload: Option<&Value>) -> Utf8Bytes {
    let mut text = format!("{{\"type\":\"{kind}\"").into_bytes();
    if let Some(payload) = payload {
        text.extend_from_slice(b",\"payload\":");
        json::write_value(&mut text, payload);
    }
    end(text)
}

/// A message about an operation; the payload is JSON text.
pub(super) fn about(id: &str, kind: &str, payload: Option<&[u8]>) -> Utf8Bytes {
    let mut text = Vec::with_capacity(payload.map_or(0, <[u8]>::len) + id.len() + 48);
    text.extend_from_slice(b"{\"id\":");
    write_string(&mut text, id);
    text.extend_from_slice(format!(",\"type\":\"{kind}\"").as_bytes());
    if let Some(payload) = payload {
        text.extend_from_slice(b",\"payload\":");
        text.extend_from_slice(payload);
    }
    end(text)
}

fn end(mut text: Vec<u8>) -> Utf8Bytes {
    text.push(b'}');
    // JSON is text; subgraphs' leaves were read as UTF-8.
    String::from_utf8(text).unwrap_or_default().into()
}

/// Why the gateway closes a connection.
pub(super) struct Close {
    code: u16,
    reason: String,
}

impl Close {
    pub(super) fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        while reason.len() > LONGEST_REASON {
            reason.pop();
        }
        Self { code, reason }
    }

    pub(super) fn into_frame(self) -> CloseFrame {
        CloseFrame { code: self.code, reason: self.reason.into() }
    }
}

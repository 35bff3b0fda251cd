//! How a revocation stands in the stream.

use auth::{Revocation, Revoked};
use chrono::DateTime;
use redis::FromRedisValue;
use redis::streams::StreamId;

/// The fields of an entry, each with its value.
pub(crate) fn fields(revocation: &Revocation) -> [(&'static str, String); 3] {
    let (kind, id) = match &revocation.revoked {
        Revoked::Token { id } => ("token", id),
        Revoked::Session { id } => ("session", id),
    };
    [("kind", kind.to_owned()), ("id", id.clone()), ("at", revocation.at.timestamp_millis().to_string())]
}

/// `None` for what a newer version may have written.
pub(crate) fn read(entry: &StreamId) -> Option<Revocation> {
    let id: String = text(entry, "id")?;
    let revoked = match text::<String>(entry, "kind")?.as_str() {
        "token" => Revoked::Token { id },
        "session" => Revoked::Session { id },
        _ => return None,
    };
    // What is cut off in milliseconds must not make the revocation earlier than it was.
    let at = DateTime::from_timestamp_millis(text::<i64>(entry, "at")?.checked_add(1)?)?;
    Some(Revocation { revoked, at })
}

fn text<T: FromRedisValue>(entry: &StreamId, field: &str) -> Option<T> {
    entry.get(field)
}

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike as _, Utc};
use uuid::Uuid;

/// The first byte of every cursor. A change of the layout takes the next number.
const VERSION: u8 = 1;

/// Seconds (8), nanoseconds (4), id (16).
const POSITION_BYTES: usize = 28;

/// Where a row stands in the order (moment descending, id descending).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    /// The row's moment: created, placed, issued.
    pub at: DateTime<Utc>,
    /// The row's id, which decides between rows of the same moment.
    pub id: Uuid,
}

/// Why a text is no cursor of this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// Not base64url, or not the layout of a cursor.
    #[error("Not a cursor")]
    Malformed,
    /// A cursor of a layout that is not read any more, or not yet.
    #[error("This cursor comes from another version; start again from the first page")]
    Version,
    /// A cursor of another connection.
    #[error("This cursor belongs to a list of another type")]
    Kind,
}

impl Position {
    /// The opaque text for clients: base64url of version, position and the nodes' type.
    ///
    /// It is not signed, since it grants nothing: a made-up position only starts the page elsewhere in rows that the
    /// Caller can see anyway.
    pub fn encode(&self, kind: &str) -> String {
        let mut bytes = Vec::with_capacity(1 + POSITION_BYTES + kind.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.at.timestamp().to_be_bytes());
        bytes.extend_from_slice(&self.at.timestamp_subsec_nanos().to_be_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(kind.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor of a connection whose nodes are of type `kind`.
    ///
    /// # Errors
    /// A [`CursorError`] for every other text.
    pub fn decode(kind: &str, cursor: &str) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| CursorError::Malformed)?;
        let (version, bytes) = bytes.split_first().ok_or(CursorError::Malformed)?;
        if *version != VERSION {
            return Err(CursorError::Version);
        }
        let (seconds, bytes) = bytes.split_first_chunk().ok_or(CursorError::Malformed)?;
        let (nanoseconds, bytes) = bytes.split_first_chunk().ok_or(CursorError::Malformed)?;
        let (id, tag) = bytes.split_first_chunk().ok_or(CursorError::Malformed)?;
        if tag != kind.as_bytes() {
            return Err(CursorError::Kind);
        }
        let at = DateTime::from_timestamp(i64::from_be_bytes(*seconds), u32::from_be_bytes(*nanoseconds))
            // No row has another year, and not every database knows other years.
            .filter(|at| (0..=9_999).contains(&at.year()))
            .ok_or(CursorError::Malformed)?;
        Ok(Self { at, id: Uuid::from_bytes(*id) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back(seconds in -62_135_596_800_i64..253_402_300_799, nanoseconds in 0_u32..1_000_000_000, id: u128) {
            let at = DateTime::from_timestamp(seconds, nanoseconds).expect("in range");
            let position = Position { at, id: Uuid::from_u128(id) };
            prop_assert_eq!(Position::decode("Order", &position.encode("Order")), Ok(position));
            prop_assert_eq!(Position::decode("Orders", &position.encode("Order")), Err(CursorError::Kind));
        }

        #[test]
        fn any_other_text_is_refused_without_a_panic(text in ".*") {
            prop_assert!(Position::decode("Order", &text).is_err());
        }

        #[test]
        fn any_bytes_are_refused_or_read(bytes: Vec<u8>) {
            let text = URL_SAFE_NO_PAD.encode(bytes);
            if let Ok(position) = Position::decode("", &text) {
                prop_assert_eq!(position.encode(""), text);
            }
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_cursor() {
        let mut next_version = vec![VERSION + 1];
        next_version.extend([0; POSITION_BYTES]);
        let beyond = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC]
            .map(|at| Position { at, id: Uuid::nil() }.encode("Order"));
        let cases = [
            (beyond[0].as_str(), CursorError::Malformed),
            (beyond[1].as_str(), CursorError::Malformed),
            ("", CursorError::Malformed),
            ("??", CursorError::Malformed),
            ("AQ", CursorError::Malformed),
            (&URL_SAFE_NO_PAD.encode(next_version), CursorError::Version),
        ];
        for (text, expected) in cases {
            assert_eq!(Position::decode("Order", text), Err(expected), "{text}");
        }
    }
}

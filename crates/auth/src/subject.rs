use aws_lc_rs::digest::{Context, SHA256};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Builder;

use crate::UserId;

/// What an issuer's `sub` is to us.
///
/// A derived id is a UUIDv8 made of the SHA-256 of issuer and subject: the same each time, and another for each issuer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Subjects {
    /// The id of one of our users: a UUID, and nothing else. For tokens of our own.
    #[default]
    #[serde(skip)]
    OurUsers,
    /// A UUID is the id of one of our users; any other text gets an id derived from it. One issuer at most may be trusted
    /// so far: two could speak of the same user.
    Users,
    /// Every text gets an id derived from it, which no other issuer can speak of.
    Foreign,
}

impl Subjects {
    /// The id of an issuer's subject; `None` where it can have none.
    pub(crate) fn id(self, issuer: &str, subject: &str) -> Option<UserId> {
        let literal = subject.parse::<UserId>().ok();
        match self {
            _ if subject.is_empty() => None,
            Self::OurUsers => literal,
            // A derived id that comes back literally is somebody else's.
            Self::Users => {
                let literal = literal.filter(|id| id.as_uuid().get_version_num() != 8);
                Some(literal.unwrap_or_else(|| derived(issuer, subject)))
            }
            Self::Foreign => Some(derived(issuer, subject)),
        }
    }
}

fn derived(issuer: &str, subject: &str) -> UserId {
    let mut hash = Context::new(&SHA256);
    // With its length, so that the end of one text can't be the beginning of the other.
    hash.update(&issuer.len().to_be_bytes());
    hash.update(issuer.as_bytes());
    hash.update(subject.as_bytes());
    let bytes = hash.finish().as_ref().first_chunk::<16>().copied().unwrap_or_default();
    UserId::from(Builder::from_custom_bytes(bytes).into_uuid())
}

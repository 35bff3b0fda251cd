//! What the subgraph is about: no GraphQL, no SQL, no HTTP.

mod error;
mod model;
mod policy;
mod service;
mod text;

pub(crate) use error::Error;
pub use model::{Membership, MembershipStatus, Organization, User};
pub(crate) use policy::POLICIES;
pub(crate) use service::{Directory, Invitation, MembersQuery, Service};
pub(crate) use text::address;

use async_graphql::{Context, Enum, Object};
use subgraph_kit::error::Error;
use subgraph_kit::scalar::DateTime;

use super::Request;
use super::organization::Organization;
use super::user::User;
use crate::domain;

/// What a member may do
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "auth::Role")]
pub(super) enum Role {
    /// Everything, and to make others owner
    Owner,
    /// Everything but to make others owner
    Admin,
    /// The daily work
    Member,
    /// To look, and nothing else
    Viewer,
    /// Staff of the platform, let in to help
    Support,
}

/// How far a membership has come
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::MembershipStatus")]
pub(super) enum MembershipStatus {
    /// Asked, and not there yet
    Invited,
    /// A member
    Active,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Membership(pub(super) domain::Membership);

/// That somebody belongs to an organization, and as what
#[Object]
impl Membership {
    async fn organization(&self, context: &Context<'_>) -> Result<Organization, Error> {
        let organization = Request::of(context)?.loader.load_one(self.0.tenant).await?;
        organization.map(Organization).ok_or_else(|| Error::internal("a membership without its organization"))
    }

    async fn user(&self, context: &Context<'_>) -> Result<User, Error> {
        let user = Request::of(context)?.loader.load_one(self.0.user).await?;
        user.map(User).ok_or_else(|| Error::internal("a membership without its user"))
    }

    async fn role(&self) -> Role {
        self.0.role.into()
    }

    async fn status(&self) -> MembershipStatus {
        self.0.status.into()
    }

    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

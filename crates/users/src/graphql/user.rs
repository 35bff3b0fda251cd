use async_graphql::{Context, ID, Object};
use subgraph_kit::error::Error;
use subgraph_kit::scalar::DateTime;

use super::Request;
use super::loader::MembershipOf;
use super::membership::Membership;
use crate::domain;

#[derive(Debug, Clone)]
pub(super) struct User(pub(super) domain::User);

/// A person
#[Object]
impl User {
    pub(super) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    async fn email(&self) -> &str {
        &self.0.email
    }

    pub(super) async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// What the person is a member of, as far as it is your organization
    async fn memberships(&self, context: &Context<'_>) -> Result<Vec<Membership>, Error> {
        let membership = Request::of(context)?.loader.load_one(MembershipOf(self.0.id)).await?;
        Ok(membership.map(Membership).into_iter().collect())
    }
}

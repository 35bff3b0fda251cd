use async_graphql::{Context, ID, InputObject, Object};
use auth::{TenantId, UserId};
use subgraph_kit::error::Error;

use super::Request;
use super::loader::{Email, MembershipOf, Slug};
use super::membership::Membership;
use super::organization::Organization;
use super::user::User;
use crate::domain::address;

/// The keys under which other subgraphs refer to what lives here. A key that belongs to nobody, or to another tenant,
/// is answered with null.
#[derive(Default)]
pub(crate) struct Entities;

/// `organization { id }`
#[derive(InputObject)]
struct OrganizationKey {
    id: ID,
}

/// `user { id }`
#[derive(InputObject)]
struct UserKey {
    id: ID,
}

#[Object]
impl Entities {
    #[graphql(entity)]
    async fn organization_by_id(&self, context: &Context<'_>, id: ID) -> Result<Option<Organization>, Error> {
        let Ok(id) = id.parse::<TenantId>() else { return Ok(None) };
        Ok(Request::of(context)?.loader.load_one(id).await?.map(Organization))
    }

    #[graphql(entity)]
    async fn organization_by_slug(
        &self,
        context: &Context<'_>,
        slug: String,
    ) -> Result<Option<Organization>, Error> {
        Ok(Request::of(context)?.loader.load_one(Slug(slug)).await?.map(Organization))
    }

    #[graphql(entity)]
    async fn user_by_id(&self, context: &Context<'_>, id: ID) -> Result<Option<User>, Error> {
        let Ok(id) = id.parse::<UserId>() else { return Ok(None) };
        Ok(Request::of(context)?.loader.load_one(id).await?.map(User))
    }

    #[graphql(entity)]
    async fn user_by_email(&self, context: &Context<'_>, email: String) -> Result<Option<User>, Error> {
        let email = address(&email);
        Ok(Request::of(context)?.loader.load_one(Email(email)).await?.map(User))
    }

    #[graphql(entity)]
    async fn membership(
        &self,
        context: &Context<'_>,
        organization: OrganizationKey,
        user: UserKey,
    ) -> Result<Option<Membership>, Error> {
        let (Ok(organization), Ok(user)) = (organization.id.parse::<TenantId>(), user.id.parse::<UserId>())
        else {
            return Ok(None);
        };
        let membership = Request::of(context)?.loader.load_one(MembershipOf(user)).await?;
        Ok(membership.filter(|membership| membership.tenant == organization).map(Membership))
    }
}

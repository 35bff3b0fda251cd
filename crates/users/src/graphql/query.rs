use async_graphql::{Context, ID, Object};
use subgraph_kit::error::Error;

use super::Request;
use super::organization::Organization;
use super::user::User;

#[derive(Default)]
pub(crate) struct Queries;

#[Object]
impl Queries {
    /// You
    async fn me(&self, context: &Context<'_>) -> Result<Option<User>, Error> {
        let request = Request::of(context)?;
        let user = request.loader.load_one(request.service.caller().subject).await?;
        Ok(user.map(User))
    }

    /// Your organization
    async fn organization(&self, context: &Context<'_>) -> Result<Option<Organization>, Error> {
        let request = Request::of(context)?;
        let organization = request.loader.load_one(request.service.caller().tenant).await?;
        Ok(organization.map(Organization))
    }

    /// Somebody in your organization
    async fn user(&self, context: &Context<'_>, id: ID) -> Result<Option<User>, Error> {
        // What is no id is nobody's.
        let Ok(id) = id.parse::<auth::UserId>() else { return Ok(None) };
        Ok(Request::of(context)?.loader.load_one(id).await?.map(User))
    }
}

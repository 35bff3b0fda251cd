use async_graphql::{Context, InputObject, Object, SimpleObject};
use subgraph_kit::error::Error;

use super::Request;
use super::membership::{Membership, Role};
use crate::domain::Invitation;

pub(crate) struct Mutation;

/// Whom to invite, and as what
#[derive(InputObject)]
struct InviteUserInput {
    email: String,
    display_name: String,
    role: Role,
}

/// What came of an invitation
#[derive(SimpleObject)]
struct InviteUserPayload {
    membership: Membership,
}

#[Object]
impl Mutation {
    /// Invite somebody into your organization; owners and admins can
    async fn invite_user(
        &self,
        context: &Context<'_>,
        input: InviteUserInput,
    ) -> Result<Option<InviteUserPayload>, Error> {
        let InviteUserInput { email, display_name, role } = input;
        let invitation = Invitation { email, display_name, role: role.into() };
        let request = Request::of(context)?;
        let membership = request.service.invite(invitation).await?;
        request.forget_members();
        Ok(Some(InviteUserPayload { membership: Membership(membership) }))
    }
}

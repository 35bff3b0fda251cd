use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use auth::{Caller, Clock, Role, TenantId, UserId};
use subgraph_kit::authorization::Authorizer;
use subgraph_kit::pagination::{Page, PageArguments};
use subgraph_kit::record::{moment, new_id};

use super::error::Error;
use super::model::{Membership, MembershipStatus, Organization, User};
use super::policy::{self, Action};
use super::text::{display_name, email};

/// What the domain needs from a store. Each store belongs to one tenant, and finds only what is that tenant's.
#[async_trait]
pub(crate) trait Directory: Send + Sync {
    /// The tenant's organization.
    async fn organization(&self) -> Result<Option<Organization>, Error>;

    /// The people with these ids, as far as there are any, in no order.
    async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<User>, Error>;

    /// The people with these addresses, as far as there are any, in no order.
    async fn users_by_email(&self, emails: &[String]) -> Result<Vec<User>, Error>;

    /// The memberships of these people, as far as there are any, in no order.
    async fn memberships(&self, users: &[UserId]) -> Result<Vec<Membership>, Error>;

    /// The same page of members of each of these organizations.
    async fn members(
        &self,
        organizations: &[TenantId],
        query: &MembersQuery,
    ) -> Result<HashMap<TenantId, Page<Membership>>, Error>;

    /// Adds a person and the membership, or neither.
    ///
    /// # Errors
    /// [`Error::AlreadyMember`] when the tenant has this person or this address.
    async fn add_member(&self, user: &User, membership: &Membership) -> Result<(), Error>;
}

/// Which members.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct MembersQuery {
    /// Only those with this role.
    pub(crate) role: Option<Role>,
    /// Which of them.
    pub(crate) page: PageArguments,
}

/// Who is invited, and as what.
#[derive(Debug)]
pub(crate) struct Invitation {
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) role: Role,
}

/// What can be asked of this subgraph, by one Caller. Lists of keys are answered with what there is for them: what
/// belongs to another tenant is not there.
pub(crate) struct Service {
    authorizer: Authorizer,
    clock: Arc<dyn Clock>,
    directory: Arc<dyn Directory>,
}

impl Service {
    pub(crate) fn new(authorizer: Authorizer, clock: Arc<dyn Clock>, directory: Arc<dyn Directory>) -> Self {
        Self { authorizer, clock, directory }
    }

    /// Who asks.
    pub(crate) fn caller(&self) -> &Caller {
        self.authorizer.caller()
    }

    pub(crate) async fn organization(&self) -> Result<Option<Organization>, Error> {
        self.authorizer.check_organization(Action::ViewOrganization)?;
        self.directory.organization().await
    }

    pub(crate) async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<User>, Error> {
        self.authorizer.check_organization(Action::ViewPeople)?;
        self.directory.users_by_id(ids).await
    }

    pub(crate) async fn users_by_email(&self, emails: &[String]) -> Result<Vec<User>, Error> {
        self.authorizer.check_organization(Action::ViewPeople)?;
        self.directory.users_by_email(emails).await
    }

    pub(crate) async fn memberships(&self, users: &[UserId]) -> Result<Vec<Membership>, Error> {
        self.authorizer.check_organization(Action::ViewPeople)?;
        self.directory.memberships(users).await
    }

    pub(crate) async fn members(
        &self,
        organizations: &[TenantId],
        query: &MembersQuery,
    ) -> Result<HashMap<TenantId, Page<Membership>>, Error> {
        self.authorizer.check_organization(Action::ViewPeople)?;
        self.directory.members(organizations, query).await
    }

    /// Invites somebody into the Caller's organization.
    ///
    /// Whether the person has an account elsewhere is not looked up: it would tell one tenant about another. An
    /// invitation makes a person of this organization; accounts are linked when the person signs in.
    pub(crate) async fn invite(&self, invitation: Invitation) -> Result<Membership, Error> {
        self.authorizer.check_organization(Action::InviteMembers)?;
        if invitation.role == Role::Support {
            let reason = "Support is not a role that an organization gives";
            return Err(Error::Invalid { field: "input.role", reason });
        }
        let tenant = self.caller().tenant;
        self.authorizer.check(Action::InviteMember, &policy::membership(tenant, invitation.role))?;
        let now = moment(self.clock.now());
        let user = User {
            id: UserId::from(new_id(now)),
            email: email(&invitation.email)?,
            display_name: display_name(&invitation.display_name)?,
            created_at: now,
        };
        let membership = Membership {
            tenant,
            user: user.id,
            role: invitation.role,
            status: MembershipStatus::Invited,
            created_at: now,
        };
        self.directory.add_member(&user, &membership).await?;
        Ok(membership)
    }
}

use std::collections::HashMap;
use std::sync::Arc;

use auth::{TenantId, UserId};
use subgraph_kit::error::Error;
use subgraph_kit::loader::{Loader, by_key};
use subgraph_kit::pagination::Page;

use crate::domain::{MembersQuery, Membership, Organization, Service, User};

/// Every way that this subgraph looks something up for a list of keys: one statement each.
pub(super) struct Lookups {
    service: Arc<Service>,
}

impl Lookups {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }
}

subgraph_kit::loader_keys! {
    /// An organization by its slug.
    Slug(String);
    /// A person by address.
    Email(String);
    /// The membership of a person in the Caller's organization.
    MembershipOf(UserId);
}

/// A page of an organization's members.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct MembersOf {
    pub(super) organization: TenantId,
    pub(super) query: MembersQuery,
}

impl Loader<TenantId> for Lookups {
    type Value = Organization;
    type Error = Error;

    async fn load(&self, _: &[TenantId]) -> Result<HashMap<TenantId, Organization>, Error> {
        let own = self.service.organization().await?;
        Ok(by_key(own, |organization| organization.id))
    }
}

impl Loader<Slug> for Lookups {
    type Value = Organization;
    type Error = Error;

    async fn load(&self, _: &[Slug]) -> Result<HashMap<Slug, Organization>, Error> {
        let own = self.service.organization().await?;
        Ok(by_key(own, |organization| Slug(organization.slug.clone())))
    }
}

impl Loader<UserId> for Lookups {
    type Value = User;
    type Error = Error;

    async fn load(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, Error> {
        let users = self.service.users_by_id(ids).await?;
        Ok(by_key(users, |user| user.id))
    }
}

impl Loader<Email> for Lookups {
    type Value = User;
    type Error = Error;

    async fn load(&self, emails: &[Email]) -> Result<HashMap<Email, User>, Error> {
        let emails: Vec<String> = emails.iter().map(|email| email.0.clone()).collect();
        let users = self.service.users_by_email(&emails).await?;
        Ok(by_key(users, |user| Email(user.email.clone())))
    }
}

impl Loader<MembershipOf> for Lookups {
    type Value = Membership;
    type Error = Error;

    async fn load(&self, users: &[MembershipOf]) -> Result<HashMap<MembershipOf, Membership>, Error> {
        let users: Vec<UserId> = users.iter().map(|user| user.0).collect();
        let memberships = self.service.memberships(&users).await?;
        Ok(by_key(memberships, |membership| MembershipOf(membership.user)))
    }
}

impl Loader<MembersOf> for Lookups {
    type Value = Page<Membership>;
    type Error = Error;

    async fn load(&self, keys: &[MembersOf]) -> Result<HashMap<MembersOf, Page<Membership>>, Error> {
        let mut groups: HashMap<&MembersQuery, Vec<TenantId>> = HashMap::new();
        for key in keys {
            groups.entry(&key.query).or_default().push(key.organization);
        }
        let mut pages = HashMap::new();
        for (query, organizations) in groups {
            for (organization, page) in self.service.members(&organizations, query).await? {
                pages.insert(MembersOf { organization, query: query.clone() }, page);
            }
        }
        Ok(pages)
    }
}
